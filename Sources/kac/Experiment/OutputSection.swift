import ArgumentParser
import Foundation
import TimeStepping

/// The section `output` of an experiment file: where a run is written, and how often it is saved on the way.
struct OutputSection {
    /// The run file, relative to the working directory.
    var file: String
    /// What is stored on the grid beside the density.
    var fields: Set<Field> = []
    /// Which ensembles are stored.
    var ensembles: Ensembles
    /// How the outputs are written while the run goes on.
    var mode: Mode
    /// The level at which the run file is compressed, from 0 to 9.
    var compression: Int
    /// Seconds between two updates of the run file.
    var updateSeconds: Double
    /// When checkpoints are written.
    var checkpoints: Recorder.Cadence

    /// What is stored on the grid beside the density.
    enum Field: String, CaseIterable {
        case potential, velocity
    }

    /// Which ensembles are stored.
    enum Ensembles: String, CaseIterable, ExpressibleByArgument {
        /// Replicate 0 of the largest.
        case largest
        /// All of them.
        case all
    }

    /// How the outputs are written while the run goes on.
    enum Mode: String, CaseIterable {
        /// The run file at the end.
        case end
        /// The run file with the outputs so far, every some seconds.
        case update
        /// Every output in a file of its own, and the run file at the end.
        case files
    }

    /// - Parameter name: the experiment's own, for the run file that nobody named.
    init(_ node: ConfigurationNode?, name: String, hasGrid: Bool) throws {
        let keys =
            try node?.children(known: ["file", "fields", "ensembles", "mode", "every", "checkpoint", "compression"])
            ?? [:]
        if let node = keys["fields"] {
            let words = try node.elements().map { try $0.choice(of: Field.allCases.map(\.rawValue)) }
            fields = Set(words.compactMap(Field.init))
            guard fields.isEmpty || hasGrid else {
                throw node.error("potential and velocity are stored on a grid, and there is none beyond three angles")
            }
        }
        ensembles =
            try keys["ensembles"].map { try $0.choice(of: Ensembles.allCases.map(\.rawValue)) }.flatMap(Ensembles.init)
            ?? .largest
        mode = try keys["mode"].map { try $0.choice(of: Mode.allCases.map(\.rawValue)) }.flatMap(Mode.init) ?? .end
        compression = try keys["compression"]?.integer(in: 0...9) ?? 1
        updateSeconds = try keys["every"]?.positiveNumber() ?? 10
        if let node = keys["every"], mode != .update {
            throw node.error("belongs to mode: update; checkpoints have output.checkpoint.every")
        }
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
