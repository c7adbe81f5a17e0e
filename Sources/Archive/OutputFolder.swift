public import Foundation

/// The outputs of a run that goes on, a file each: `NAME.outputs/output_000000000.h5` and so on beside the run file `NAME.h5`.
///
/// Each is a run file of one output, which gets its name when it is on the disk and never changes.
public struct OutputFolder: Sendable {
    /// The folder.
    public let url: URL

    /// The outputs of a run file.
    public init(beside runFile: URL) {
        url = runFile.deletingPathExtension().appendingPathExtension("outputs")
    }

    /// Checks, before anything is computed, that nothing else has the folder's name.
    ///
    /// - Throws: `ArchiveError.notAFolder`.
    public func check() throws(ArchiveError) { try CheckpointFolder.check(url) }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
            .filter { $0.wholeMatch(of: /output_[0-9]{9,18}\.h5/) != nil }
    }

    /// Whether there are no outputs.
    public var isEmpty: Bool { names.isEmpty }

    /// Writes the last output of contents, unless its file is there.
    ///
    /// - Returns: its file.
    /// - Throws: as `RunFileWriter.write`.
    public func writeLast(of contents: RunContents, deflation: Deflation = .init()) throws(ArchiveError) -> URL {
        try CheckpointFolder.make(url)
        let last = contents.times.count - 1
        let digits = String(last)
        let file = url.appendingPathComponent(
            "output_\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits).h5")
        var part = contents.selecting(outputs: [last], fields: Set(RunField.allCases))
        part.isComplete = false
        do {
            try RunFileWriter.write(part, to: file, deflation: deflation)
        } catch ArchiveError.exists {
            // Written before the run was interrupted: the same to the bit.
        }
        return file
    }

    /// Removes the outputs, what writers that were killed left among them, and the folder when nothing else is in it.
    public func remove() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where name.wholeMatch(of: /\.?output_[0-9]{9,18}\.h5(\.tmp-.*)?/) != nil {
            unlink(url.appendingPathComponent(name).path)
        }
        rmdir(url.path)
    }
}
