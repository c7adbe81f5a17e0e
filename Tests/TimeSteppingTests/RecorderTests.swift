import Synchronization
import Testing
import TimeStepping

@Suite struct RecorderTests {
    private final class Saved: Sendable {
        let snapshots = Mutex<[Snapshot]>([])

        func add(_ snapshot: Snapshot) -> Bool {
            snapshots.withLock { $0.append(snapshot) }
            return true
        }

        var count: Int { snapshots.withLock { $0.count } }
        var last: Snapshot? { snapshots.withLock { $0.last } }
    }

    private static func part(_ number: Int) -> Snapshot {
        var part = Snapshot()
        part.store([number], as: "number")
        return part
    }

    /// What an interrupted run says it has saved is the last that it saves, whatever is still computed.
    @Test func nothingIsSavedAfterTheLast() throws {
        let saved = Saved()
        let recorder = Recorder(cadence: .init(seconds: 0), isEager: true, save: saved.add)
        let track = recorder.track("limit")
        track.offer { Self.part(1) }
        #expect(recorder.saveAtOnce() == true && saved.count == 2)
        track.offer { Self.part(2) }
        #expect(recorder.saveAndStop() == true && saved.count == 4)
        track.offer { Self.part(3) }
        track.finish(Self.part(4))
        #expect(saved.count == 4)
        let last = try #require(saved.last)
        #expect(try last.part("limit").integers("number") == [2])
    }

    /// A computation that is at its end has nothing to save.
    @Test func nothingIsSavedAfterTheEnd() {
        let saved = Saved()
        let recorder = Recorder(cadence: .init(seconds: 0), isEager: true, save: saved.add)
        recorder.close()
        recorder.track("limit").finish(Self.part(1))
        #expect(recorder.saveAtOnce() == nil && recorder.saveAndStop() == nil && saved.count == 0)
    }
}
