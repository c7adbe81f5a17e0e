import Archive
import Foundation
import Testing

/// Who has the lock of a run, and what is left of it.
@Suite struct RunLockTests {
    private let folder: TemporaryFolder
    private let run: URL

    init() throws {
        folder = try TemporaryFolder()
        run = folder.url.appending(path: "run.h5")
    }

    @Test func oneAtATimeAndNothingIsLeft() throws {
        let first = try #require(try RunLock.take(beside: run))
        #expect(throws: ArchiveError.busy(path: run.path, process: Int(getpid()))) { try RunLock.take(beside: run) }
        // Another run file in the folder is another run.
        let other = try #require(try RunLock.take(beside: folder.url.appending(path: "other.h5")))
        other.release()
        first.release()
        first.release()
        #expect(try folder.names() == [])
        let second = try #require(try RunLock.take(beside: run))
        withExtendedLifetime(second) { #expect((try? folder.names()) == ["run.checkpoints"]) }
    }

    /// A process that was killed leaves its file, and the kernel has taken the lock back.
    @Test func aFileThatNobodyHoldsHoldsNobodyUp() throws {
        let checkpoints = folder.url.appending(path: "run.checkpoints")
        try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: false)
        try Data("123456789\n".utf8).write(to: checkpoints.appending(path: "lock"))
        let lock = try #require(try RunLock.take(beside: run))
        #expect(try String(contentsOf: checkpoints.appending(path: "lock"), encoding: .utf8) == "\(getpid())\n")
        lock.release()
        #expect(try folder.names() == [])
    }

    /// Lockers that come and go at once: no two of them have the lock, whoever removes its file meanwhile.
    @Test func manyThreadsTakeTurns() throws {
        nonisolated(unsafe) var inside = 0
        nonisolated(unsafe) var taken = 0
        let run = run
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<200 {
                guard let lock = try? RunLock.take(beside: run) else { continue }
                inside += 1
                #expect(inside == 1)
                taken += 1
                inside -= 1
                lock.release()
            }
        }
        #expect(taken > 0)
        #expect(try folder.names() == [])
    }

    @Test(Mount.isPermitted) func aReadOnlyFolderHasNone() throws {
        try Mount.withReadOnly(folder.url) {
            let lock = try RunLock.take(beside: run)
            #expect(lock == nil)
        }
        let lock = try RunLock.take(beside: folder.url.appending(path: "missing/run.h5"))
        #expect(lock == nil)
    }
}
