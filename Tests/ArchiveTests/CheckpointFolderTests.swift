import Foundation
import Testing
import TimeStepping

@testable import Archive

/// Checkpoints: what is read is what was written, and what was not written whole is not read.
@Suite struct CheckpointFolderTests {
    static func snapshot(_ number: Int) -> Snapshot {
        var inner = Snapshot()
        let special = [.nan, -0.0, .infinity, Double.leastNonzeroMagnitude]
        inner.store([Double](repeating: 0.1, count: 300_000) + special, as: "reals")
        inner.store([Int.min, -1, 0, .max], as: "integers")
        inner.store("Zeilen\nund π\u{0}", as: "a text")
        inner.store([Double](), as: "none")
        inner.store("", as: "empty")
        var snapshot = Snapshot()
        snapshot.store(number, as: "number")
        snapshot.parts["in ner"] = inner
        snapshot.parts["other"] = inner
        return snapshot
    }

    let temporary: TemporaryFolder
    let folder: CheckpointFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = CheckpointFolder(beside: temporary.url.appendingPathComponent("run.h5"))
    }

    @Test func whatIsReadIsWhatWasWritten() throws {
        #expect(try folder.latest() == nil)
        let file = try folder.write(Self.snapshot(7))
        #expect(file.path == temporary.url.appendingPathComponent("run.checkpoints/restart_000000001.h5").path)
        let found = try #require(try folder.latest()?.snapshot)
        #expect(try found.integer("number") == 7)
        let (inner, expected) = (try found.part("in ner"), try Self.snapshot(7).part("in ner"))
        #expect(try inner.reals("reals").map(\.bitPattern) == expected.reals("reals").map(\.bitPattern))
        #expect(try inner.integers("integers") == expected.integers("integers"))
        #expect(try inner.text("a text") == expected.text("a text"))
        #expect(try inner.reals("none").isEmpty && inner.text("empty").isEmpty)
        #expect(found.parts.keys.sorted() == ["in ner", "other"])
    }

    /// Large ones go past the system's cache in whole pages, and end anywhere.
    @Test(arguments: [1 << 20, 1 << 20 + 1, 3 << 20 - 5]) func largeOnesArriveWhole(count: Int) throws {
        var snapshot = Snapshot()
        let values = (0..<count).map { Double($0).squareRoot() }
        snapshot.store(values, as: "large")
        for name in 0..<300 { snapshot.store([Double](repeating: Double(name), count: name), as: "small \(name)") }
        snapshot.store(String(repeating: "x", count: count % 7), as: "text")
        let file = try folder.write(snapshot)
        let found = try SnapshotFile.read(file)
        #expect(try found.reals("large") == values)
        for name in 0..<300 {
            #expect(try found.reals("small \(name)") == [Double](repeating: Double(name), count: name))
        }
        // A byte anywhere is found: in the values, in the list of them, in the check itself.
        let bytes = try Data(contentsOf: file)
        for place in [bytes.count / 2, bytes.count - 3, 60, bytes.count - 20, 8 * count] {
            var damaged = bytes
            damaged[place] ^= 16
            try damaged.write(to: file)
            #expect(throws: ArchiveError.self, "byte \(place)") { try SnapshotFile.read(file) }
        }
    }

    @Test func threeAreKeptAndADamagedOneIsPassedOver() throws {
        for number in 1...5 { try folder.write(Self.snapshot(number)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        #expect(names == (3...5).map { "restart_00000000\($0).h5" })
        // Half of the last one, and a byte of the one before, as a failing disk might leave them.
        let (last, second) = (folder.url.appendingPathComponent(names[2]), folder.url.appendingPathComponent(names[1]))
        try Data(contentsOf: last).prefix(10_000).write(to: last)
        var bytes = try Data(contentsOf: second)
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: second)
        var skipped: [ArchiveError] = []
        let latest = try #require(try folder.latest { skipped.append($0) })
        #expect(try latest.snapshot.integer("number") == 3)
        #expect(skipped.count == 2)
        guard case .truncated = skipped[0], case .damaged = skipped[1] else {
            Issue.record("\(skipped)")
            return
        }
        folder.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.url.path))
    }

    @Test(Mount.isPermitted) func aReadOnlyFolderKeepsWhatItHas() throws {
        try folder.write(Self.snapshot(1))
        try Mount.withReadOnly(temporary.url) {
            let found = #expect(throws: ArchiveError.self) { _ = try folder.write(Self.snapshot(2)) }
            guard case .readOnly = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            folder.remove()
            let kept = try folder.latest()?.snapshot.integer("number")
            #expect(kept == 1)
        }
        try folder.write(Self.snapshot(3))
        #expect(try folder.latest()?.snapshot.integer("number") == 3)
    }

    @Test(Mount.isPermitted) func aFullDiskKeepsTheCheckpointsThatAreThere() throws {
        let small = temporary.url.appendingPathComponent("small")
        try FileManager.default.createDirectory(at: small, withIntermediateDirectories: true)
        // A checkpoint takes five mebibytes.
        try Mount.withTmpfs(small, kibibytes: 13 << 10) {
            let folder = CheckpointFolder(beside: small.appendingPathComponent("run.h5"))
            try folder.write(Self.snapshot(1))
            try folder.write(Self.snapshot(2))
            let found = #expect(throws: ArchiveError.self) { _ = try folder.write(Self.snapshot(3)) }
            guard case .outOfSpace = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            let kept = try folder.latest()?.snapshot.integer("number")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            #expect(kept == 2 && names.count == 2)
        }
    }

    @Test func otherFilesAreRefusedAndKept() throws {
        try folder.write(Self.snapshot(1))
        let notes = folder.url.appendingPathComponent("notes.txt")
        try Data("mine".utf8).write(to: notes)
        folder.remove()
        #expect(FileManager.default.fileExists(atPath: notes.path))
        let run = temporary.url.appendingPathComponent("a-run.h5")
        try RunFileWriter.write(sampleRun(cells: [8]), to: run)
        #expect(throws: ArchiveError.notACheckpoint(path: run.path, reason: "it is no checkpoint of kac")) {
            try SnapshotFile.read(run)
        }
    }
}
