import Chaos
import Experts
import Training
import Transport

/// The `study` section of an experiment file: what `kac rates` measures beyond what `particles` and `compare` say.
struct StudySection {
    /// What is studied.
    enum Kind: String, CaseIterable {
        /// The rates at which mixtures tend to the limit.
        case rates
        /// The rates over values of one key of the experiment: what exponents do not depend on.
        case sweep
        /// Lazy against mean-field scalings.
        case scaling
        /// One wide network, over the number of its qubits.
        case width
        /// Training in steps against the flow.
        case training
        /// Covariances, spectrum and the answer to one expert moved, measured beside their predictions.
        case fluctuations
        /// The rate function of outputs far from the limit's.
        case largeDeviations = "large_deviations"
    }

    var kind = Kind.rates
    /// The key that a sweep changes, and its values as YAML.
    var sweep: (key: String, values: [String], labels: [String]) = ("", [], [])
    var widths = [4, 8, 16, 32, 64]
    var gammas = [0.5, 0.75, 1]
    var centre = false
    var steps = [0.04, 0.02, 0.01, 0.005]
    var batches = [1, 2, 4, 8]
    var shots = [1, 4, 16]
    var precision = 0.015
    var least: Int?
    var batch = 32
    var experts = Int.max
    var distances = Int.max
    var spectrum: Int?
    var wrongTargets = 0.9
    /// At how many inputs fluctuations and large deviations are told.
    var inputs = 3
    /// How fluctuations are predicted.
    var method = Fluctuations.Method.characteristics
    var tilts = [-2.0, -1, -0.5, 0.5, 1, 2]
    var folder: String?

    init() {}

    /// Reads and checks the section.
    ///
    /// - Throws: `ExperimentError`.
    init(_ node: ConfigurationNode) throws {
        let keys = try node.children(known: [
            "kind", "precision", "least", "batch", "experts", "distances", "spectrum", "wrong_targets", "folder",
            "gammas", "centre",
            "steps", "batches", "shots", "widths", "key", "values", "labels", "inputs", "tilts",
            "method",
        ])
        if let node = keys["kind"] {
            kind = Kind(rawValue: try node.choice(of: Kind.allCases.map(\.rawValue))) ?? .rates
        }
        for (name, kinds) in Self.kinds {
            if let node = keys[name], !kinds.contains(kind) {
                throw node.error("has no meaning in a study of the kind '\(kind.rawValue)': leave it out")
            }
        }
        if let node = keys["gammas"] {
            gammas = try node.elements().map { element in
                let gamma = try element.number()
                guard (0.5...1).contains(gamma) else {
                    throw element.error("found \(gamma), expected a scaling from 0.5, lazy, to 1, mean-field")
                }
                return gamma
            }
        }
        if kind == .sweep {
            let key = try Experiment.child("key", of: keys, node).text()
            let values = try Experiment.child("values", of: keys, node).elements().map { try $0.yaml() }
            let labels = try keys["labels"]?.elements().map { try $0.text() } ?? values
            guard labels.count == values.count else {
                throw try Experiment.child("labels", of: keys, node)
                    .error("found \(labels.count) labels for \(values.count) values, expected as many")
            }
            sweep = (key, values, labels)
        }
        centre = try keys["centre"]?.truth() ?? false
        func list<Value>(_ name: String, _ value: (ConfigurationNode) throws -> Value) throws -> [Value]? {
            guard let node = keys[name] else { return nil }
            let values = try node.elements().map(value)
            guard values.count >= 2 else {
                throw node.error("found \(values.count) values, expected at least 2: a slope is fitted")
            }
            return values
        }
        if let found = try list("widths", { try $0.integer(in: 1...OpenQASMReader.largestQubitCount) }) {
            guard zip(found, found.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw try Experiment.child("widths", of: keys, node).error("expected increasing numbers of qubits")
            }
            widths = found
        }
        steps = try list("steps") { try $0.positiveNumber() } ?? steps
        batches = try list("batches") { try $0.integer(in: 1...1_000_000) } ?? batches
        shots = try list("shots") { try $0.integer(in: 1...65_536) } ?? shots
        if let node = keys["precision"] { precision = try node.positiveNumber() }
        least = try keys["least"]?.integer(in: 2...1_000_000)
        batch = try keys["batch"]?.integer(in: 1...1_000_000) ?? batch
        experts = try keys["experts"]?.integer(in: 2...Int.max) ?? experts
        distances = try keys["distances"]?.integer(in: 2...Int.max) ?? distances
        spectrum = try keys["spectrum"]?.integer(in: 0...16)
        if let node = keys["wrong_targets"] {
            wrongTargets = try node.number()
            guard wrongTargets != 1 else {
                throw node.error("found 1, which changes nothing: expected another factor, such as 0.9")
            }
        }
        if let node = keys["method"] {
            method = try node.choice(of: ["characteristics", "grid"]) == "grid" ? .grid() : .characteristics
        }
        inputs = try keys["inputs"]?.integer(in: 1...64) ?? inputs
        if let node = keys["tilts"] {
            tilts = try node.elements().map { element in
                let tilt = try element.number()
                guard tilt != 0 else { throw element.error("found 0, where the rate is 0: expected another tilt") }
                return tilt
            }
            guard !tilts.isEmpty else { throw node.error("found no tilts, expected some, such as [-1, 1]") }
        }
        folder = try keys["folder"]?.text()
    }

    /// The keys that only some kinds have.
    private static let kinds: [(String, [Kind])] = [
        ("precision", [.rates, .sweep]), ("least", [.rates, .sweep]), ("batch", [.rates, .sweep]),
        ("experts", [.rates, .sweep, .fluctuations]),
        ("distances", [.rates, .sweep]),
        ("spectrum", [.rates, .sweep, .fluctuations]),
        ("method", [.rates, .sweep, .fluctuations]), ("inputs", [.fluctuations, .largeDeviations]),
        ("tilts", [.largeDeviations]),
        ("wrong_targets", [.rates, .sweep, .fluctuations]), ("gammas", [.scaling]), ("centre", [.scaling]),
        ("widths", [.width]),
        ("steps", [.training]),
        ("batches", [.training]), ("shots", [.training]),
        ("key", [.sweep]), ("values", [.sweep]), ("labels", [.sweep]),
    ]

    /// The plan of a study.
    ///
    /// - Throws: `StudyError` where no rate could come of it.
    func plan(_ experiment: Experiment) throws -> RateStudyPlan {
        guard let particles = experiment.particles else { throw StudyError.missing("particles") }
        let judgesExponents = kind != .fluctuations
        guard !judgesExponents || experiment.compare != nil else { throw StudyError.missing("compare") }
        guard particles.replicates >= 2 else { throw StudyError.tooFewReplicates(particles.replicates) }
        let usable = particles.counts.filter { $0 >= Rate.smallestCount }
        guard !judgesExponents || usable.count >= 3 else { throw StudyError.tooFewCounts(found: particles.counts) }
        if !judgesExponents, let single = particles.counts.first(where: { $0 < 2 }) {
            throw StudyError.noPair(found: single)
        }
        var plan = RateStudyPlan(
            counts: particles.counts, replicates: particles.replicates, seed: particles.seed,
            outputs: experiment.compare?.outputs ?? Array(experiment.times.indices),
            wasserstein: judgesExponents
                ? (experiment.compare?.wasserstein ?? []).compactMap(WassersteinOrder.init) : [])
        if method != .characteristics, experiment.model.dimension > 3 {
            throw FluctuationError.grid(dimension: experiment.model.dimension)
        }
        plan.method = method
        plan.tolerance = particles.tolerance
        plan.precision = precision
        plan.leastReplicates =
            judgesExponents ? min(particles.replicates, least ?? plan.leastReplicates) : particles.replicates
        plan.batch = batch
        plan.expertBudget = experts
        plan.distanceReplicates = distances
        // As many waves as there are about a dozen of.
        plan.spectrumDegree = spectrum ?? [6, 2, 1][min(experiment.model.dimension, 3) - 1]
        if experiment.model.dimension > 3, spectrum == nil { plan.spectrumDegree = 0 }
        plan.wrongTargets = wrongTargets
        return plan
    }

    /// The inputs at which fluctuations and large deviations are told, spread over those held out or, without these, the training data.
    func chosenInputs(_ problem: MeanFieldProblem) -> [Int] {
        let count = problem.heldOutTargets.isEmpty ? problem.targets.count : problem.heldOutTargets.count
        let wanted = min(inputs, count)
        return (0..<wanted).map { $0 * count / wanted }
    }

    /// The mixtures of a study without a limit.
    ///
    /// - Throws: `StudyError`.
    func particles(_ experiment: Experiment, leastCounts: Int) throws -> Experiment.Particles {
        guard let particles = experiment.particles else { throw StudyError.missing("particles") }
        guard particles.replicates >= 2 else { throw StudyError.tooFewReplicates(particles.replicates) }
        guard particles.counts.count >= leastCounts else {
            throw StudyError.tooFewScalings(found: particles.counts.count, expected: leastCounts)
        }
        return particles
    }

    /// Training in steps: each variable on its own, noise at the smallest step.
    var series: [DiscreteTrainingStudy.Series] {
        typealias Setting = DiscreteTrainingStudy.Setting
        let (smallest, least, few) = (steps.min() ?? 0, batches.min() ?? 1, shots.min() ?? 1)
        return [
            .init("gradient descent", .step, steps.map { Setting(step: $0) }, theory: 1),
            .init("mini-batches of \(least)", .step, steps.map { Setting(step: $0, batch: least) }, theory: 0.5),
            .init("mini-batches", .batch, batches.map { Setting(step: smallest, batch: $0) }, theory: -0.5),
            .init("\(few) shots", .step, steps.map { Setting(step: $0, shots: few) }, theory: 0.5),
            .init("shots", .shots, shots.map { Setting(step: smallest, shots: $0) }, theory: -0.5),
        ]
    }
}

/// Why a study cannot be made of an experiment.
enum StudyError: Error, CustomStringConvertible {
    case missing(String)
    case tooFewReplicates(Int)
    case tooFewCounts(found: [Int])
    case tooFewScalings(found: Int, expected: Int)
    case noPair(found: Int)
    case potential
    case noExpansion(reason: String)
    case limitEnded(time: Double, reason: String)
    case noDistance(reason: String)
    /// What a study of the kind 'width' expects.
    case network(String)
    case occupied(file: String)
    case notAStudy(folder: String)
    case notWritable(file: String, reason: String)

    var description: String {
        switch self {
        case .missing(let key): "\(key): is missing: a study needs finite mixtures and what of them is compared"
        case .tooFewReplicates(let found):
            "particles.replicates: found \(found), expected at least 2: an interval needs replicates"
        case .tooFewCounts(let found):
            "particles.counts: found \(found.count { $0 >= Rate.smallestCount }) numbers of experts from \(Rate.smallestCount) on "
                + "(of \(found.map { "\($0)" }.joined(separator: ", "))), expected at least 3: an exponent is fitted over them"
        case .tooFewScalings(let found, let expected):
            "particles.counts: found \(found) numbers of experts, expected at least \(expected): a slope is fitted"
        case .noPair(let found):
            "particles.counts: found \(found), expected at least 2: covariances are also those of two experts"
        case .potential: "continuum.potential: a given potential does not train: a study needs an expert and its data"
        case .noExpansion(let reason):
            "expert: a study needs the expert's expansion, and there is none (\(reason)): raise expert.term_limit"
        case .limitEnded(let time, let reason):
            "the limit ended at t = \(Measured.time(time)), before the last compared output: \(reason)"
        case .noDistance(let reason): reason
        case .network(let expected): "expert: a study of the kind 'width' expects \(expected)"
        case .occupied(let file):
            "\(file): another study is writing its measurements there: wait for it, or choose another --output"
        case .notAStudy(let folder):
            "\(folder): found a folder without the tables of a study, expected one that 'kac rates' wrote, or a run file"
        case .notWritable(let file, let reason): "\(file): cannot be written: \(reason)"
        }
    }
}

/// A study that was stopped on its way; its measurements are kept.
struct StudyInterruption: Error, CustomStringConvertible {
    let folder: String

    var description: String {
        "interrupted: what was measured is kept in \(folder); the same command goes on from there"
    }
}
