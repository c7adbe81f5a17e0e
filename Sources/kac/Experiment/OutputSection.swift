import Foundation
import TimeStepping

/// The section `output` of an experiment file: where a run is written, and how often it is saved on the way.
struct OutputSection {
    /// The run file, relative to the working directory.
    var file: String
    /// When checkpoints are written.
    var checkpoints: Recorder.Cadence

    /// - Parameter name: the experiment's own, for the run file that nobody named.
    init(_ node: ConfigurationNode?, name: String) throws {
        let keys = try node?.children(known: ["file", "checkpoint"]) ?? [:]
        file = try keys["file"]?.text() ?? "\(name).h5"
        checkpoints = Recorder.Cadence(seconds: 60)
        guard let node = keys["checkpoint"] else { return }
        guard node.isMapping else {
            guard try node.choice(of: ["none"]) == "none" else { return }
            checkpoints = Recorder.Cadence(seconds: .infinity)
            return
        }
        let cadence = try node.children(known: ["every", "time"])
        checkpoints.time = try cadence["time"]?.positiveNumber()
        // A cadence by the simulated time alone is not changed by the clock.
        checkpoints.seconds =
            try cadence["every"]?.positiveNumber() ?? (checkpoints.time == nil ? 60 : .infinity)
    }
}
