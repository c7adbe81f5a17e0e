public import Foundation

/// The small files beside a run file by which programs that go by a file's name, or know HDF5 by another way, open it.
///
/// ```
/// NAME.vtkhdf          the density, for VTK, ParaView and PyVista: an external link to /VTKHDF of the run file
/// NAME.experts.vtkhdf  the experts, likewise
/// NAME.pmd             the run file's name, for openPMD tools
/// NAME.xdmf            density and experts, for VisIt and older ParaView
/// ```
/// They name the run file without a folder, and stay valid while all of them are moved together. What a run has nothing of
/// has no file.
public enum Sidecars {
    /// Checks, before anything is computed, that the sidecars could be written.
    ///
    /// - Parameters:
    ///   - hasGrid: whether there are densities on a grid.
    ///   - hasExperts: whether there are experts of up to three angles.
    /// - Throws: as `RunFileWriter.check`; a file of another origin is kept, and is an error.
    public static func check(
        beside url: URL, hasGrid: Bool, hasExperts: Bool, overwrite: Bool = false
    ) throws(ArchiveError) {
        for kind in kinds(hasGrid: hasGrid, hasExperts: hasExperts) {
            try kind.file(beside: url, overwrite: overwrite).probe()
        }
    }

    /// Writes the sidecars of a run file, and removes those of an earlier run that has more of them when `overwrite` is true.
    ///
    /// One that is there as it would be written is left alone, so that a finished run on a read-only disk has all of them, and updates
    /// of a run file sync little.
    ///
    /// - Throws: as `RunFileWriter.write`.
    public static func write(
        for contents: RunContents, beside url: URL, overwrite: Bool = false
    ) throws(ArchiveError) {
        try refuseTheirNames(url)
        try DurableFile.write(try entries(for: contents, beside: url, overwrite: overwrite))
        if overwrite { removeOthers(for: contents, beside: url) }
    }

    /// Refuses a run file that has the name of a file or folder beside it: one would take the other's place.
    ///
    /// - Throws: `ArchiveError.reservedName`.
    static func refuseTheirNames(_ url: URL) throws(ArchiveError) {
        let folders = [CheckpointFolder(beside: url).url, OutputFolder(beside: url).url]
        if (Kind.allCases.map { $0.url(beside: url) } + folders).contains(where: { $0.path == url.path }) {
            throw .reservedName(path: url.path, instead: url.deletingPathExtension().lastPathComponent + ".h5")
        }
    }

    /// The sidecars of a run file that are not there as they would be written.
    static func entries(
        for contents: RunContents, beside url: URL, overwrite: Bool
    ) throws(ArchiveError) -> [DurableFile.Entry] {
        var missing: [DurableFile.Entry] = []
        for kind in kinds(for: contents) {
            let bytes: [UInt8]
            switch kind {
            case .image: bytes = try link(to: "/VTKHDF", in: url)
            case .experts: bytes = try link(to: "/VTKHDF_experts", in: url)
            case .openPMD: bytes = Array("\(url.lastPathComponent)\n".utf8)
            case .xdmf: bytes = Array(XDMF.text(of: contents, runFile: url.lastPathComponent).utf8)
            }
            if overwrite, kind.isThere(bytes, beside: url) { continue }
            missing.append(DurableFile.Entry(file: try kind.file(beside: url, overwrite: overwrite), small: bytes))
        }
        return missing
    }

    /// Removes the sidecars of an earlier run that had more of them.
    static func removeOthers(for contents: RunContents, beside url: URL) {
        let wanted = kinds(for: contents)
        for kind in Kind.allCases where !wanted.contains(kind) {
            let place = kind.url(beside: url)
            if DurableFile.head(of: place.path).map(kind.isOurs) ?? false { unlink(place.path) }
        }
    }

    private static func kinds(for contents: RunContents) -> [Kind] {
        kinds(hasGrid: contents.grid != nil, hasExperts: contents.experts.map { $0.positions.count <= 3 } ?? false)
    }

    private static func kinds(hasGrid: Bool, hasExperts: Bool) -> [Kind] {
        (hasGrid ? [.image, .openPMD, .xdmf] : []) + (hasExperts ? [.experts] : [])
    }

    private enum Kind: CaseIterable {
        case image, experts, openPMD, xdmf

        var suffix: String {
            switch self {
            case .image: "vtkhdf"
            case .experts: "experts.vtkhdf"
            case .openPMD: "pmd"
            case .xdmf: "xdmf"
            }
        }

        func url(beside url: URL) -> URL { url.deletingPathExtension().appendingPathExtension(suffix) }

        func file(beside url: URL, overwrite: Bool) throws(ArchiveError) -> DurableFile {
            try DurableFile(self.url(beside: url), overwrite: overwrite, replacing: isOurs)
        }

        /// Whether the file is there with these bytes.
        func isThere(_ bytes: [UInt8], beside url: URL) -> Bool {
            guard let found = try? Data(contentsOf: self.url(beside: url)) else { return false }
            return found.elementsEqual(bytes)
        }

        /// Whether a file that begins so is one that a run made.
        func isOurs(_ head: Data) -> Bool {
            switch self {
            case .image, .experts: head.starts(with: HDF5Superblock.signature)
            case .openPMD: head.count <= 256 && head.last == 10 && head.count(where: { $0 == 10 }) == 1
            case .xdmf: head.starts(with: XDMF.head.utf8)
            }
        }
    }

    /// The bytes of an HDF5 file whose only member is a link to a group of the run file.
    private static func link(to group: String, in url: URL) throws(ArchiveError) -> [UInt8] {
        do throws(HDF5Error) {
            let image = try HDF5Image(path: url.path) { root throws(HDF5Error) in
                try root.link("VTKHDF", to: group, inFile: url.lastPathComponent)
            }
            return image.withBytes { Array($0) }
        } catch {
            throw .library(path: url.path, error)
        }
    }
}
