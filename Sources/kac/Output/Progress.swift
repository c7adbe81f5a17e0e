import Foundation
import Logging
import Synchronization

/// Tells how far a long computation is: one line that is rewritten on a terminal, plain log lines elsewhere.
///
/// Everything goes to standard error, so that standard output holds results alone.
final class Progress: Sendable {
    private struct State {
        var stage = ""
        var unit = ""
        var total = 0.0
        var start = ContinuousClock.now
        /// The share that was done before: of a run that goes on from a checkpoint.
        var firstShare: Double?
        var lastReport = ContinuousClock.now
        var lineIsOpen = false
    }

    private let isTerminal: Bool
    private let state = Mutex(State())
    private let logger: Logger

    init() {
        isTerminal = isatty(STDERR_FILENO) == 1
        logger = Logger(label: "kac") { StreamLogHandler.standardError(label: $0) }
    }

    /// Begins a stage of `total` units of work.
    func begin(_ stage: String, total: Double, unit: String) {
        state.withLock {
            $0 = State(stage: stage, unit: unit, total: total)
            if !isTerminal { logger.info("\(stage)") }
        }
    }

    /// Reports the share of the stage that is done; may be called from any thread. The first call says what was done before.
    func update(_ share: Double) {
        state.withLock { state in
            let first = state.firstShare ?? share
            state.firstShare = first
            let now = ContinuousClock.now
            // A terminal is rewritten ten times a second at most, a log gets a line every ten seconds.
            guard now - state.lastReport >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return }
            state.lastReport = now
            let elapsed = Self.seconds(now - state.start)
            let left = share > first ? elapsed * (1 - share) / (share - first) : .nan
            let rate = elapsed > 0 ? (share - first) * state.total / elapsed : 0
            let text =
                "\(state.stage)  \(Int(100 * share)) %  \(Self.short(rate)) \(state.unit)/s  \(Self.clock(left)) left"
            if isTerminal {
                StandardError.write("\r\u{1B}[2K\(text)")
                state.lineIsOpen = true
            } else {
                logger.info("\(text)")
            }
        }
    }

    /// Ends the stage.
    func end() {
        state.withLock { state in
            let elapsed = Self.seconds(ContinuousClock.now - state.start)
            let text = "\(state.stage)  done in \(String(format: elapsed < 1 ? "%.4f" : "%.2f", elapsed)) s"
            if isTerminal {
                StandardError.write("\r\u{1B}[2K\(text)\n")
            } else {
                logger.info("\(text)")
            }
            state.lineIsOpen = false
        }
    }

    /// A fact of the run, for its log.
    func note(_ text: String) {
        state.withLock { state in
            if isTerminal {
                StandardError.write("\(state.lineIsOpen ? "\n" : "")\(text)\n")
                state.lineIsOpen = false
            } else {
                logger.info("\(text)")
            }
        }
    }

    /// Writes something, and notes what it was and how long it took.
    ///
    /// - Parameter name: tells what was written from what writing it gave.
    func saving<Result>(_ name: (Result) -> String, _ write: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        let result = try write()
        note("saved \(name(result)) in \(String(format: "%.3f", Self.seconds(ContinuousClock.now - start))) s")
        return result
    }

    /// A remark that the user should see.
    func warn(_ text: String) {
        state.withLock { state in
            if isTerminal {
                StandardError.write("\(state.lineIsOpen ? "\n" : "")warning: \(text)\n")
                state.lineIsOpen = false
            } else {
                logger.warning("\(text)")
            }
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + 1e-18 * Double(duration.components.attoseconds)
    }

    private static func short(_ value: Double) -> String {
        switch value {
        case 1e6...: String(format: "%.1f M", value / 1e6)
        case 1e3...: String(format: "%.1f k", value / 1e3)
        default: String(format: "%.3g", value)
        }
    }

    private static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 360_000 else { return "--:--" }
        let whole = Int(seconds.rounded())
        return whole >= 3600
            ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
            : String(format: "%02d:%02d", whole / 60, whole % 60)
    }
}
