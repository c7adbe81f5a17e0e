import Archive
import Chaos
import Continuum
import Experts
import Foundation
import Torus
import Training
import Yams

/// What an experiment file asks for, read and checked; nothing is computed yet.
struct Experiment {
    /// The finite mixtures.
    struct Particles {
        var counts: [Int]
        var replicates: Int
        var seed: UInt64
        var tolerance: Double
    }

    /// What is compared; the times are positions in the outputs.
    struct Compare {
        var wasserstein: [Int]
        var coupling: Bool
        var function: Bool
        /// Whether the mean of `W₂²` is wanted with the copies as control variate.
        var controlVariate: Bool
        var outputs: [Int]
    }

    /// An expert with the data that it is trained on.
    struct Training {
        var expert: any Expert
        var source: TrainingSource
        /// `α` of `F = (α/N) Σ f`.
        var amplitude: Double
        /// Whether the experiment names the columns of the inputs; otherwise they have the inputs' names.
        var hasNamedColumns: Bool
        /// Where the inputs are fed.
        var inputsNode: ConfigurationNode
        /// Where each column is named.
        var columnNodes: [String: ConfigurationNode]
    }

    /// Where the potential `V` comes from.
    enum Model {
        /// The residuals of training.
        case training(Training)
        /// The experiment itself: transport in a potential that is given.
        case potential(TrigonometricPolynomial)

        /// The number of angles `d`.
        var dimension: Int {
            switch self {
            case .training(let training): training.expert.parameterCount
            case .potential(let potential): potential.basis.dimension
            }
        }
    }

    /// What an experiment is read for: it decides what is refused.
    enum Purpose {
        /// The expert and its data, whatever the number of trained angles; no times are needed.
        case expert
        /// The whole experiment.
        case limit
    }

    var title: String
    /// Who answers for the run, with an address where one is wanted.
    var author: String?
    /// The text that is kept in the run file: the experiment file's own, or what `--set` made of it.
    var text: String
    var model: Model
    var initialLaw: InitialLaw
    var times: [Double]
    /// What ends the limit before its time.
    var stops: [StopCondition]
    var scheme: Scheme
    /// What is done where the law concentrates beyond what the method resolves.
    var policy: ResolutionPolicy
    /// Whether the limit is solved again with fewer unknowns or longer steps, to tell its error.
    var estimatesErrors: Bool
    /// The grid of the densities; `nil` beyond three angles.
    var grid: PeriodicGrid?
    /// Where the cells of the grid are given, if they are.
    var cellsNode: ConfigurationNode?
    var particles: Particles?
    var compare: Compare?
    /// What is written, and when.
    var output: OutputSection
    /// The files that it names.
    var inputs: InputFiles
    /// What `kac rates` measures beyond it, as it stands in the file.
    var study: ConfigurationNode?
}

extension Experiment {
    /// Reads and checks an experiment file with the overrides of `--set`.
    ///
    /// - Throws: `ExperimentError`, `MissingInput`, and the errors of the files that it names.
    init(contentsOf path: String, overrides: [String] = [], for purpose: Purpose) throws {
        let url = URL(fileURLWithPath: path)
        try self.init(
            text: Self.contents(of: path, role: "the experiment"), source: path,
            name: url.deletingPathExtension().lastPathComponent,
            files: InputFiles(relativeTo: url.deletingLastPathComponent()), overrides: overrides, for: purpose)
    }

    /// Reads and checks the experiment of a run file, with the files that it carries.
    ///
    /// - Throws: as for an experiment file.
    init(repeating run: RunContents, in path: String, overrides: [String] = [], for purpose: Purpose) throws {
        try self.init(
            text: run.experiment, source: "\(path):experiment",
            name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent, title: run.title,
            files: InputFiles(of: run, in: URL(fileURLWithPath: path)), overrides: overrides, for: purpose)
    }

    /// - Parameters:
    ///   - source: where the text stands, for messages.
    ///   - name: what the run file is called when the text does not say.
    ///   - ownTitle: the title when the text has none; `nil` for the name.
    private init(
        text: String, source path: String, name: String, title ownTitle: String? = nil, files folder: InputFiles,
        overrides: [String],
        for purpose: Purpose
    ) throws {
        var root = try ConfigurationNode(yaml: text, source: path)
        for assignment in overrides { root = try root.setting(assignment) }
        let keys = try root.children(known: [
            "title", "author", "expert", "training", "scaling", "initial", "time", "continuum", "particles", "compare",
            "study", "output",
        ])
        func required(_ name: String) throws -> ConfigurationNode {
            guard let node = keys[name] else {
                throw ExperimentError(
                    source: path, line: nil, key: name, problem: "is missing: every experiment needs it")
            }
            return node
        }
        inputs = folder
        title = try keys["title"]?.text() ?? ownTitle ?? name
        author = try keys["author"]?.text()
        self.text = try overrides.isEmpty ? text : root.serialized(overrides: overrides)
        let continuum = try keys["continuum"].map(ContinuumSection.init)
        let angleNames: [String]
        if purpose == .limit, let potential = continuum?.potential {
            for name in ["expert", "training", "scaling"] {
                if let node = keys[name] {
                    throw node.error(
                        "the potential is given in continuum.potential: leave '\(name)' or the potential out")
                }
            }
            let polynomial = try Self.potential(
                potential, grid: continuum?.grid(dimension: nil, in: folder)?.grid.dimension)
            model = .potential(polynomial)
            angleNames = Self.angleNames(polynomial.basis.dimension)
        } else {
            let expert = try Self.expert(required("expert"), in: folder)
            guard purpose == .expert || expert.parameterCount <= Characteristics.largestDimension else {
                throw try required("expert").error(
                    "the expert has \(expert.parameterCount) trained angles, expected at most "
                        + "\(Characteristics.largestDimension) for the limit: name fewer inputs in 'parameters'")
            }
            model = .training(
                try Self.training(
                    required("training"), expert, amplitude: keys["scaling"].map(Self.amplitude) ?? 1, in: folder))
            angleNames = expert.parameterNames
        }
        initialLaw = try keys["initial"].map { try Self.initialLaw($0, names: angleNames, in: folder) } ?? .uniform
        times = purpose == .expert && keys["time"] == nil ? [] : try Self.times(required("time"))
        // The expert alone may have any number of angles, and its method and grid are not looked at.
        let dimension = purpose == .limit ? model.dimension : nil
        scheme =
            try continuum?.scheme(dimension: dimension)
            ?? ContinuumSection.defaultScheme(dimension: model.dimension)
        let goesByNodes = if case .characteristics = scheme { true } else { false }
        if purpose == .limit, case .training(let training) = model,
            (training.expert as? QuantumExpert)?.path == .direct, !goesByNodes
        {
            throw try required("expert").error(
                "path: direct gives no expansion, which continuum.method \(scheme.name) needs: take method: characteristics, or "
                    + "leave 'path' out")
        }
        policy = try continuum?.policy() ?? .refine
        estimatesErrors = try continuum?.estimatesErrors() ?? true
        let given = try continuum?.grid(dimension: dimension, in: folder)
        cellsNode = given?.cells
        let field: PeriodicGrid? = if case .field(let law) = initialLaw { law.field.grid } else { nil }
        if let field, let given, given.grid != field, let node = keys["initial"] {
            throw try Self.child("field", of: node.children(known: ["field"]), node).error(
                "found \(field.description) cells, expected \(given.grid.description) as in continuum.grid: give the field on "
                    + "these cells, or leave the grid out for the field's own")
        }
        grid =
            try given?.grid ?? field
            ?? (model.dimension <= 3 ? ContinuumSection.defaultGrid(dimension: model.dimension) : nil)
        stops = try Self.stops(keys["time"], isPotential: continuum?.potential != nil)
        particles = try keys["particles"].map(Self.particles)
        study = keys["study"]
        let outputs = times
        compare = outputs.isEmpty ? nil : try keys["compare"].map { try Self.compare($0, outputs: outputs) }
        if purpose == .limit, model.dimension > 3, let node = keys["compare"], !(compare?.wasserstein ?? []).isEmpty {
            throw node.error(
                "Wasserstein distances are measured for up to three trained angles, found \(model.dimension): leave "
                    + "'wasserstein' out")
        }
        if let compare = keys["compare"], particles == nil {
            throw compare.error("there are no particles to compare: add the key 'particles', or leave 'compare' out")
        }
        output = try OutputSection(keys["output"], name: name, hasGrid: grid != nil)
    }

    static func contents(of path: String, role: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw MissingInput(path: path, role: role) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ExperimentError(source: path, line: nil, key: "", problem: "is not UTF-8 text: save it as UTF-8")
        }
        return text
    }

    /// Reads a circuit; `name` stands for it in complaints.
    static func circuit(at path: String, name: String) throws -> Circuit {
        try OpenQASMReader.read(contents(of: path, role: "the circuit"), file: name)
    }

    /// The expert and its data, of an experiment that was read for them.
    func training() throws -> Training {
        guard case .training(let training) = model else {
            throw ExperimentError(
                source: title, line: nil, key: "expert", problem: "is missing: a potential has no expert")
        }
        return training
    }

    static func resolve(_ node: ConfigurationNode, in folder: InputFiles) throws -> URL {
        folder.url(of: try node.text())
    }

    static func child(
        _ name: String, of keys: [String: ConfigurationNode], _ parent: ConfigurationNode
    ) throws -> ConfigurationNode {
        guard let node = keys[name] else { throw parent.error("the key '\(name)' is missing") }
        return node
    }

    private static func training(
        _ node: ConfigurationNode, _ expert: any Expert, amplitude: Double, in folder: InputFiles
    ) throws -> Training {
        let (names, amplitudes) = (expert.inputNames, expert.amplitudeNames)
        let keys = try node.children(known: [
            "file", "inputs", "range", "target", "classes", "test", "split_seed", "evaluation",
        ])
        let inputs: [TrainingSource.Input]
        var columnNodes: [String: ConfigurationNode] = [:]
        if let node = keys["inputs"] {
            inputs = try node.entries().map { name, column in
                guard names.contains(name) else {
                    let expected = names.isEmpty ? "none" : names.joined(separator: ", ")
                    throw column.error("the expert has no data input of this name; its data inputs are \(expected)")
                }
                columnNodes[try column.text()] = column
                return TrainingSource.Input(name: name, column: try column.text())
            }
        } else {
            inputs = names.map { TrainingSource.Input(name: $0, column: $0) }
        }
        let target = try child("target", of: keys, node)
        columnNodes[try target.text()] = target
        var source = TrainingSource(
            file: try resolve(child("file", of: keys, node), in: folder), inputs: inputs, target: try target.text())
        if let range = keys["range"] {
            let ends = try range.elements().map { try $0.number() }
            guard ends.count == 2, ends[0] < ends[1] else {
                throw range.error("expected two increasing angles, such as [0, pi]")
            }
            guard amplitudes.isEmpty || amplitudes.count < names.count else {
                throw range.error(
                    "no data input is an angle, and amplitudes are taken as they are: leave the range out")
            }
            source.range = ends[0]...ends[1]
        }
        source.unmappedInputs = Set(amplitudes)
        source.classes = try keys["classes"].map(classes)
        if let test = keys["test"] {
            source.testFraction = try test.number()
            guard source.testFraction >= 0, source.testFraction < 1 else {
                throw test.error("found \(source.testFraction), expected a share of the rows in [0, 1)")
            }
        }
        source.splitSeed = UInt64(try keys["split_seed"]?.integer(in: 0...Int.max) ?? 0)
        if let evaluation = keys["evaluation"] {
            guard keys["test"] == nil else {
                throw evaluation.error("held-out data come from 'test' or from 'evaluation': leave one out")
            }
            let inner = try evaluation.children(known: ["file"])
            source.evaluation = try resolve(child("file", of: inner, evaluation), in: folder)
        }
        return Training(
            expert: expert, source: source, amplitude: amplitude, hasNamedColumns: keys["inputs"] != nil,
            inputsNode: keys["inputs"] ?? node, columnNodes: columnNodes)
    }

    /// A map from class to number, or a list of two classes for −1 and +1.
    private static func classes(_ node: ConfigurationNode) throws -> [TrainingSource.Label] {
        if node.isList {
            let names = try node.elements().map { try $0.text() }
            guard names.count == 2, names[0] != names[1] else {
                throw node.error(
                    "a list stands for −1 and +1 and needs two classes; use a map {class: number} for others")
            }
            return zip(names, [-1.0, 1]).map { TrainingSource.Label(name: $0, value: $1) }
        }
        let labels = try node.entries().map { TrainingSource.Label(name: $0.0, value: try $0.1.number()) }
        guard !labels.isEmpty else { throw node.error("found no classes, expected at least one") }
        return labels
    }

    private static func amplitude(_ node: ConfigurationNode) throws -> Double {
        let keys = try node.children(known: ["gamma", "alpha"])
        if let gamma = keys["gamma"], try gamma.number() != 1 {
            throw gamma.error(
                """
                found \(try gamma.number()), expected 1, the mean-field scaling: with another one there is no limit to compare with. \
                `kac rates` compares scalings, where study.kind is scaling and study.gammas lists them.
                """)
        }
        return try keys["alpha"]?.positiveNumber() ?? 1
    }

    /// Outputs in equal parts of a later end could not be told apart from infinity.
    private static let largestTime = 1e300

    private static func times(_ node: ConfigurationNode) throws -> [Double] {
        let keys = try node.children(known: ["end", "outputs", "stop"])
        if let outputs = keys["outputs"], outputs.isList {
            if let end = keys["end"] {
                throw end.error("a list of outputs has its own end: leave one of the two out")
            }
            let times = try outputs.elements().map { try $0.number() }
            guard let first = times.first, first >= 0, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw outputs.error("expected increasing times from 0 on")
            }
            return times
        }
        let last = try child("end", of: keys, node)
        let end = try last.positiveNumber()
        guard end <= largestTime else { throw last.error("found \(end), expected at most \(largestTime)") }
        let count = try keys["outputs"]?.integer(in: 2...1_000_000) ?? 11
        return (0..<count).map { end * Double($0) / Double(count - 1) }
    }

    /// `{gradient: 1e-8, loss: 1e-3, wall: 600}`, any of them.
    /// - Parameter isPotential: whether the loss is an energy, of either sign.
    private static func stops(_ node: ConfigurationNode?, isPotential: Bool) throws -> [StopCondition] {
        let node = try node?.children(known: ["end", "outputs", "stop"])["stop"]
        guard let keys = try node?.children(known: ["gradient", "loss", "wall"]) else { return [] }
        var stops: [StopCondition] = []
        if let gradient = keys["gradient"] { stops.append(.gradient(below: try gradient.positiveNumber())) }
        if let loss = keys["loss"] {
            stops.append(.loss(below: try isPotential ? loss.number() : loss.positiveNumber()))
        }
        if let wall = keys["wall"] { stops.append(.wallTime(seconds: try wall.positiveNumber())) }
        return stops
    }

    /// Below this a tolerance asks for more than double precision holds.
    private static let smallestTolerance = 1e-14

    static func tolerance(_ node: ConfigurationNode?, default value: Double) throws -> Double {
        guard let node else { return value }
        let tolerance = try node.positiveNumber()
        guard tolerance >= smallestTolerance, tolerance < 1 else {
            throw node.error("found \(tolerance), expected \(smallestTolerance), where rounding begins, to 1")
        }
        return tolerance
    }

    private static func particles(_ node: ConfigurationNode) throws -> Particles {
        let keys = try node.children(known: ["counts", "replicates", "seed", "dynamics", "tolerance"])
        if let dynamics = keys["dynamics"] { _ = try dynamics.choice(of: ["flow"]) }
        let countsNode = try child("counts", of: keys, node)
        let counts = try (countsNode.isList ? countsNode.elements() : [countsNode])
            .map { try $0.integer(in: 1...100_000_000) }
        guard !counts.isEmpty, zip(counts, counts.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw countsNode.error("expected increasing numbers of experts, such as [10, 100, 1000]")
        }
        return Particles(
            counts: counts, replicates: try keys["replicates"]?.integer(in: 1...1_000_000) ?? 32,
            seed: UInt64(try keys["seed"]?.integer(in: 0...Int.max) ?? 1),
            tolerance: try tolerance(keys["tolerance"], default: 1e-8))
    }

    private static func compare(_ node: ConfigurationNode, outputs: [Double]) throws -> Compare {
        let keys = try node.children(known: ["wasserstein", "coupling", "function", "control_variate", "times"])
        let orders = try keys["wasserstein"].map { node in
            try (node.isList ? node.elements() : [node]).map { try $0.integer(in: 1...2) }
        }
        let positions: [Int]
        if let node = keys["times"] {
            positions = try (node.isList ? node.elements() : [node]).map { element in
                let time = try element.number()
                // Output times are quotients and products; what is meant is the one within rounding.
                guard let index = outputs.firstIndex(where: { abs($0 - time) <= 1e-9 * max(1, abs(time)) }) else {
                    throw element.error(
                        "\(time) is not an output time: choose among \(outputs.map { "\($0)" }.joined(separator: ", "))"
                    )
                }
                return index
            }
            guard !positions.isEmpty, zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw node.error("expected increasing output times")
            }
        } else {
            positions = Set([0, outputs.count / 2, outputs.count - 1]).sorted()
        }
        let coupling = try keys["coupling"]?.truth() ?? false
        let controlVariate = try keys["control_variate"]?.truth() ?? false
        if controlVariate, let node = keys["control_variate"], !coupling || !(orders ?? []).contains(2) {
            throw node.error(
                "the control variate is the distance of the synchronous copies, for W2: expected 'wasserstein: [2]' and "
                    + "'coupling: true' beside it")
        }
        return Compare(
            wasserstein: Set(orders ?? []).sorted(), coupling: coupling,
            function: try keys["function"]?.truth() ?? false, controlVariate: controlVariate, outputs: positions)
    }
}

extension ConfigurationNode {
    /// The configuration as YAML, after the overrides that made it.
    func serialized(overrides: [String]) throws -> String {
        overrides.map { "# --set \($0)\n" }.joined() + (try Yams.serialize(node: node))
    }

    /// The value as YAML.
    func yaml() throws -> String { try Yams.serialize(node: node).trimmingCharacters(in: .whitespacesAndNewlines) }
}

extension URL {
    /// The path as a user would type it: relative to the working directory where that is shorter.
    var relativePathIfShorter: String {
        let current = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
    }
}
