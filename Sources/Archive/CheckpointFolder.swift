public import Foundation
public import TimeStepping

/// The checkpoints of a run: `NAME.checkpoints/restart_000000001.h5` and so on beside the run file `NAME.h5`.
///
/// Each is a whole file that gets its name when it is on the disk; the last three are kept, so that one that turns out to be
/// damaged costs little.
///
/// ```swift
/// let folder = CheckpointFolder(beside: URL(fileURLWithPath: "run.h5"))
/// try folder.write(snapshot)
/// let latest = try folder.latest()?.snapshot
/// ```
public struct CheckpointFolder: Sendable {
    /// The checkpoints that are kept.
    static let kept = 3

    /// The folder.
    public let url: URL

    /// The checkpoints of a run file.
    public init(beside runFile: URL) {
        url = runFile.deletingPathExtension().appendingPathExtension("checkpoints")
    }

    private func file(_ number: Int) -> URL {
        let digits = String(number)
        return url.appendingPathComponent(
            "restart_\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits).h5")
    }

    /// The numbers of the checkpoints there are, increasing.
    private var numbers: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.compactMap { $0.wholeMatch(of: /restart_([0-9]{9,18})\.h5/).flatMap { Int($0.1) } }.sorted()
    }

    /// Whether there are no checkpoints.
    public var isEmpty: Bool { numbers.isEmpty }

    /// Checks, before anything is computed, that nothing else is where a folder is to be made.
    ///
    /// - Throws: `ArchiveError.notAFolder`.
    static func check(_ url: URL) throws(ArchiveError) {
        var facts = stat()
        guard stat(url.path, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else { return }
        throw .notAFolder(path: url.path)
    }

    /// Checks, before anything is computed, that nothing else has the folder's name.
    ///
    /// - Throws: `ArchiveError.notAFolder`.
    public func check() throws(ArchiveError) { try Self.check(url) }

    /// Makes the folder unless it is there.
    static func make(_ url: URL) throws(ArchiveError) {
        if mkdir(url.path, 0o777) != 0, errno != EEXIST {
            let (code, folder) = (errno, url.deletingLastPathComponent().path)
            switch code {
            case EROFS: throw .readOnly(path: url.path, folder: folder)
            case EACCES, EPERM: throw .notWritable(path: url.path, folder: folder, reason: DurableFile.reason(code))
            case ENOSPC, EDQUOT: throw .outOfSpace(path: url.path, bytes: 0, reason: DurableFile.reason(code))
            default: throw .system(path: url.path, operation: "making the folder", reason: DurableFile.reason(code))
            }
        }
    }

    /// Writes the next checkpoint, and removes those before the last three.
    ///
    /// - Returns: its file.
    /// - Throws: `ArchiveError`; the earlier checkpoints are kept.
    @discardableResult
    public func write(_ snapshot: Snapshot) throws(ArchiveError) -> URL {
        try Self.make(url)
        let earlier = numbers
        let next = file((earlier.last ?? 0) + 1)
        do throws(ArchiveError) {
            try SnapshotFile.write(snapshot, to: next)
        } catch {
            // It may have been made for this one.
            rmdir(url.path)
            throw error
        }
        for number in earlier.dropLast(Self.kept - 1) { unlink(file(number).path) }
        return next
    }

    /// The latest checkpoint that is whole.
    ///
    /// - Parameter skipped: called with what is wrong with each later one.
    /// - Returns: `nil` when there is none at all.
    /// - Throws: `ArchiveError` of the latest when none is whole.
    public func latest(
        skipped: (ArchiveError) -> Void = { _ in }
    ) throws(ArchiveError) -> (file: URL, snapshot: Snapshot)? {
        var first: ArchiveError?
        for number in numbers.reversed() {
            do {
                return (file(number), try SnapshotFile.read(file(number)))
            } catch {
                if first == nil { first = error }
                skipped(error)
            }
        }
        if let first { throw first }
        return nil
    }

    /// Removes the checkpoints, what writers that were killed left among them, and the folder when nothing else is in it.
    public func remove() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where name.wholeMatch(of: /\.?restart_[0-9]{9,18}\.h5(\.tmp-.*)?/) != nil {
            unlink(url.appendingPathComponent(name).path)
        }
        rmdir(url.path)
    }
}
