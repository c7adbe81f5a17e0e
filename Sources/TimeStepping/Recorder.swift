import Foundation
import Synchronization

/// Keeps the latest snapshot of every part of a computation, and hands all of them to whoever saves them.
///
/// ```swift
/// let recorder = Recorder(cadence: .init(seconds: 60)) { snapshot in … }
/// let track = recorder.track("limit")
/// // after each step:
/// track.offer { solver.snapshot }
/// ```
///
/// Computations offer a snapshot after each step; that costs the reading of one number unless `tick()` was called since, which
/// somebody does some times a second. A snapshot that is then taken is kept in memory, so that there is one at any moment, even
/// in the middle of a long step. Taking them costs at most a twentieth of the time, and so does saving.
public final class Recorder: Sendable {
    /// When snapshots are saved.
    public struct Cadence: Sendable, Equatable {
        /// Seconds on the clock between two savings; infinite for never.
        public var seconds: Double
        /// Simulated time between two savings, of the tracks that follow it.
        public var time: Double?

        /// A cadence by the clock, and by the simulated time if one is given.
        public init(seconds: Double, time: Double? = nil) {
            self.seconds = seconds
            self.time = time
        }
    }

    /// The part of the time on the clock that snapshots may take.
    private static let share = 0.05

    private struct State {
        var snapshot: Snapshot
        var saveDue: Double
        var isClosed = false
    }

    private let cadence: Cadence
    private let isEager: Bool
    private let ticks = Atomic<Int>(1)
    private let state: Mutex<State>
    /// Held while snapshots are saved.
    private let saving = NSLock()
    private let save: @Sendable (Snapshot) -> Bool

    /// A recorder of a computation.
    ///
    /// - Parameters:
    ///   - resumed: the snapshot to go on from.
    ///   - isEager: whether every snapshot offered is taken and saved, for tests.
    ///   - save: called with all parts, one call at a time, from the thread that offered one of them; returns whether they are saved.
    public init(
        resuming resumed: Snapshot = Snapshot(), cadence: Cadence, isEager: Bool = false,
        save: @escaping @Sendable (Snapshot) -> Bool
    ) {
        self.cadence = cadence
        self.isEager = isEager
        self.save = save
        state = Mutex(State(snapshot: resumed, saveDue: Self.now + cadence.seconds))
    }

    private static var now: Double { 1e-9 * Double(DispatchTime.now().uptimeNanoseconds) }

    /// Asks for a snapshot of every part, at its next offer.
    public func tick() { ticks.wrappingAdd(1, ordering: .relaxed) }

    /// The place of one part of the computation.
    ///
    /// - Parameter followsTime: whether the part's time is the one that the cadence counts.
    public func track(_ name: String, followsTime: Bool = false) -> Track {
        Track(
            self, name, resumed: state.withLock { $0.snapshot.parts[name] },
            timeStep: followsTime ? cadence.time : nil)
    }

    /// Saves the latest snapshots.
    ///
    /// - Returns: whether they are saved; `nil` when the computation has ended, and there is nothing to save any more.
    public func saveAtOnce() -> Bool? {
        saving.lock()
        defer { saving.unlock() }
        return state.withLock { $0.isClosed ? nil : $0.snapshot }.map(save)
    }

    /// Saves the latest snapshots for the last time: the process is about to end.
    ///
    /// Whatever is still being computed saves nothing any more, so that what is said to be saved is what is found; `close()` and
    /// `saveAtOnce()` do not return after it, so that the computation does not go on as if it had not been interrupted.
    ///
    /// - Returns: as `saveAtOnce()`.
    public func saveAndStop() -> Bool? {
        saving.lock()
        guard let last = state.withLock({ $0.isClosed ? nil : $0.snapshot }) else {
            saving.unlock()
            return nil
        }
        return save(last)
    }

    /// Ends the recording; waits for a saving that is under way.
    public func close() {
        saving.lock()
        state.withLock { $0.isClosed = true }
        saving.unlock()
    }

    fileprivate func keep(_ snapshot: Snapshot, of name: String, isDue: Bool) {
        let now = Self.now
        let due = state.withLock { state in
            state.snapshot.parts[name] = snapshot
            return state.saveDue
        }
        // Who comes while another thread saves has nothing to wait for.
        guard isEager || isDue || now >= due, saving.try() else { return }
        defer { saving.unlock() }
        guard let all = state.withLock({ $0.isClosed ? nil : $0.snapshot }) else { return }
        _ = save(all)
        let end = Self.now
        state.withLock { $0.saveDue = end + max(cadence.seconds, (end - now) / Self.share) }
    }

    /// The place of one part of a computation, for one thread at a time.
    public final class Track {
        /// The snapshot to go on from; `nil` for the start.
        public let resumed: Snapshot?
        private let recorder: Recorder
        private let name: String
        private let timeStep: Double?
        private var timeDue: Double?
        private var lastTick = 0
        private var earliest = -Double.infinity

        fileprivate init(_ recorder: Recorder, _ name: String, resumed: Snapshot?, timeStep: Double?) {
            self.recorder = recorder
            self.name = name
            self.resumed = resumed
            self.timeStep = timeStep
        }

        /// Offers a snapshot, which is taken when one is due.
        ///
        /// - Parameter time: the simulated time, where the cadence follows it.
        public func offer(at time: Double? = nil, _ take: () -> Snapshot) {
            var isDue = false
            if let timeStep, let time {
                let due = timeDue ?? time + timeStep
                isDue = time >= due
                timeDue = isDue ? time + timeStep : due
            }
            let tick = recorder.ticks.load(ordering: .relaxed)
            guard isDue || tick != lastTick || recorder.isEager else { return }
            lastTick = tick
            let start = Recorder.now
            guard isDue || start >= earliest || recorder.isEager else { return }
            let snapshot = take()
            let end = Recorder.now
            earliest = end + (end - start) / Recorder.share
            recorder.keep(snapshot, of: name, isDue: isDue)
        }

        /// Keeps the snapshot of a part that is finished.
        public func finish(_ snapshot: Snapshot) { recorder.keep(snapshot, of: name, isDue: false) }
    }
}
