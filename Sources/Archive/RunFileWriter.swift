public import Foundation

/// Writes run files: HDF5 files that open as netCDF-4, as VTKHDF and as openPMD.
public enum RunFileWriter {
    /// Checks, before anything is computed, that a run file could be written.
    ///
    /// Makes and removes an empty temporary file in the destination's folder.
    ///
    /// - Throws: `ArchiveError.exists`, `.notAFile`, `.parentMissing`, `.parentNotAFolder`, `.notWritable`, `.readOnly`,
    ///   `.outOfSpace`, `.reservedName` or `.system`, the same errors that `write` would throw.
    public static func check(destination url: URL, overwrite: Bool = false) throws(ArchiveError) {
        try Sidecars.refuseTheirNames(url)
        try DurableFile(url, overwrite: overwrite).probe()
    }

    /// Removes what writers of a run file and its sidecars left that were killed: temporary files of processes that are no more.
    public static func removeLeftovers(of url: URL) {
        let folder = url.deletingLastPathComponent()
        let stem = url.deletingPathExtension().lastPathComponent
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix(".\(stem).") {
            guard let process = name.firstMatch(of: /\.tmp-([0-9]+)-[0-9a-z]+$/).flatMap({ pid_t($0.1) }),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            unlink(folder.appendingPathComponent(name).path)
        }
    }

    /// Writes a run file, which is there whole when the call returns and is not there when it throws.
    ///
    /// An earlier file is kept to the last byte unless all of the new one is on the disk and `overwrite` is true. Equal
    /// contents make equal files, byte by byte.
    ///
    /// - Parameters:
    ///   - deflation: how densities, weights and the experiment's files are compressed; its threads do not change the file.
    ///   - sidecars: whether the files beside it are written too (see `Sidecars`): for less than by themselves.
    /// - Complexity: the file is built in memory first, which takes at most about the size of the contents once more.
    /// - Throws: `ArchiveError.inconsistent` for contents that do not fit together, the errors of `check`, `.exists` also
    ///   for a file that appears in the meantime, `.outOfSpace` for a full disk, and `.library` when memory runs out.
    public static func write(
        _ contents: RunContents, to url: URL, overwrite: Bool = false, deflation: Deflation = .init(),
        sidecars: Bool = false
    ) throws(ArchiveError) {
        try contents.validate()
        try Sidecars.refuseTheirNames(url)
        let file = try DurableFile(url, overwrite: overwrite)
        // A sidecar that cannot be made does not take the run file with it.
        let beside = Result { () throws(ArchiveError) in
            sidecars ? try Sidecars.entries(for: contents, beside: url, overwrite: overwrite) : []
        }
        do {
            let image = try HDF5Image(path: url.path, expectedBytes: contents.plainBytes) { root throws(HDF5Error) in
                if OpenPMDView.isPossible(contents) { try OpenPMDView.writeAttributes(of: contents, into: root) }
                try NetCDFRootView.write(contents, into: root, deflation: deflation)
                try VTKHDFView.write(contents, into: root)
                if OpenPMDView.isPossible(contents) { try OpenPMDView.write(contents, into: root) }
            }
            try image.withBytes { bytes throws(ArchiveError) in
                let entry = DurableFile.Entry(file: file, large: bytes, small: FileSeal.of(bytes))
                try DurableFile.write([entry] + ((try? beside.get()) ?? []))
            }
            _ = try beside.get()
            if sidecars, overwrite { Sidecars.removeOthers(for: contents, beside: url) }
        } catch let error as ArchiveError {
            throw error
        } catch let error as HDF5Error {
            throw .library(path: url.path, error)
        } catch {
            throw .system(path: url.path, operation: "writing", reason: "\(error)")
        }
    }
}

extension RunContents {
    /// Bytes of the large arrays in memory.
    fileprivate var plainBytes: Int {
        let experts = ([self.experts].compactMap(\.self) + ensembles).reduce(0) { sum, experts in
            sum + (experts.positions.count + 1) * experts.weights.reduce(0) { $0 + $1.count }
        }
        let cells = (densities + cellArrays.flatMap(\.rows)).reduce(0) { $0 + $1.count }
        return 8 * (cells + experts)
    }
}
