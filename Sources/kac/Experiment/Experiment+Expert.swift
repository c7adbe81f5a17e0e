import Experts
import Foundation
import Torus

extension Experiment {
    /// Reads the section `expert`: a circuit or an ansatz with its observable, a neuron, or a trigonometric polynomial.
    static func expert(_ node: ConfigurationNode, in folder: InputFiles) throws -> any Expert {
        let names = Set(try node.entries().map(\.0))
        do {
            if names.contains("neuron") { return try neuron(node) }
            if names.contains("polynomial") { return try polynomial(node, in: folder) }
            return try quantumExpert(node, in: folder)
        } catch let error as NeuronError {
            throw node.error("\(error)")
        }
    }

    /// `{circuit: FILE, parameters: [names], observable: …}`, or an ansatz in the place of the circuit.
    private static func quantumExpert(_ node: ConfigurationNode, in folder: InputFiles) throws -> QuantumExpert {
        let keys = try node.children(known: [
            "circuit", "ansatz", "amplitude_encoding", "parameters", "observable", "term_limit", "path", "neuron",
            "polynomial",
        ])
        let circuit = try circuit(keys, of: node, in: folder)
        let file = try keys["circuit"].map { try resolve($0, in: folder).relativePathIfShorter }
        let parameters: [String]
        if keys["parameters"] == nil, keys["ansatz"] != nil {
            parameters = ["theta"]
        } else {
            let parametersNode = try child("parameters", of: keys, node)
            parameters = try parametersNode.elements().map { try $0.text() }
            guard !parameters.isEmpty else { throw parametersNode.error("found no names, expected the trained inputs") }
        }
        let observableNode = try child("observable", of: keys, node)
        let observable = try observable(observableNode)
        let termLimit = try keys["term_limit"]?.integer(in: 1...1 << 28) ?? PauliPropagation.defaultTermLimit
        let path = try keys["path"].map(pathChoice) ?? .automatic
        do {
            return try QuantumExpert(
                circuit: circuit, parameters: parameters, observable: observable, termLimit: termLimit,
                path: path)
        } catch let error as ExpertError {
            let place =
                switch error {
                case .unknownParameter, .repeatedParameter, .notPeriodic, .trainedAmplitude: keys["parameters"]
                case .observableTooWide: observableNode
                case .tooManyQubits, .coneTooWide: keys["circuit"] ?? keys["ansatz"]
                }
            throw (place ?? node).error(error.description(file: file))
        }
    }

    /// `auto`, `expansion` or `direct`.
    private static func pathChoice(_ node: ConfigurationNode) throws -> PathChoice {
        let text = try node.text()
        guard let choice = PathChoice(rawValue: text) else {
            throw node.error(
                "found '\(text)', expected one of \(PathChoice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A sum of Pauli strings, as a text or as a map from strings to coefficients.
    static func observable(_ node: ConfigurationNode) throws -> PauliSum {
        do {
            guard node.isMapping else { return try PauliSum(node.text()) }
            let terms = try node.entries().map { ($0.0, try $0.1.number()) }
            return try PauliSum(Dictionary(terms) { $0 + $1 })
        } catch let error as PauliSumError {
            throw node.error("\(error)")
        }
    }

    /// `{neuron: SHAPE, inputs: [names], frequencies: …, parameters: [names]}`, and of `tanh` `gain` and `tolerance`.
    private static func neuron(_ node: ConfigurationNode) throws -> Neuron {
        let keys = try node.children(known: ["neuron", "inputs", "frequencies", "parameters", "gain", "tolerance"])
        let word = try child("neuron", of: keys, node).choice(of: Neuron.Shape.allCases.map(\.rawValue))
        guard let shape = Neuron.Shape(rawValue: word) else { throw node.error("found no shape of this name") }
        let inputs = try child("inputs", of: keys, node).elements().map { try $0.text() }
        let parameters = try keys["parameters"]?.elements().map { try $0.text() }
        let frequencies = try keys["frequencies"].map {
            try self.frequencies($0, shape: shape, inputs: inputs.count)
        }
        if let extra = keys["gain"] ?? keys["tolerance"], shape != .tanh {
            throw extra.error("belongs to neuron: tanh")
        }
        return try Neuron(
            shape, parameters: parameters, inputs: inputs,
            frequencies: frequencies ?? defaultFrequencies(shape, inputs: inputs.count),
            gain: keys["gain"]?.number() ?? 1, tolerance: keys["tolerance"]?.number() ?? 1e-9)
    }

    /// One feature that adds up the inputs, or a feature an input.
    private static func defaultFrequencies(_ shape: Neuron.Shape, inputs: Int) -> [[Double]] {
        switch shape {
        case .cosine, .tanh, .twoAngle: [Array(repeating: 1, count: inputs)]
        case .additive, .product: (0..<inputs).map { p in (0..<inputs).map { $0 == p ? 1 : 0 } }
        }
    }

    /// One row, a list of rows, or `{deviation: s, seed: n, features: d}` for random ones.
    private static func frequencies(_ node: ConfigurationNode, shape: Neuron.Shape, inputs: Int) throws -> [[Double]] {
        if node.isMapping {
            let keys = try node.children(known: ["deviation", "seed", "features"])
            let single = shape.hasOneFeature
            if single, let features = keys["features"] {
                throw features.error("the neuron \(shape.rawValue) has one feature: leave the key out")
            }
            return Neuron.normalFrequencies(
                features: try single ? 1 : keys["features"]?.integer(in: 1...4096) ?? inputs, inputs: inputs,
                standardDeviation: try keys["deviation"]?.positiveNumber() ?? 1,
                seed: UInt64(try keys["seed"]?.integer(in: 0...Int.max) ?? 0))
        }
        let elements = try node.elements()
        guard elements.first?.isList ?? false else { return [try elements.map { try $0.number() }] }
        return try elements.map { try $0.elements().map { try $0.number() } }
    }

    /// `{polynomial: FILE}` or the file's keys in place: `{parameters: [names], inputs: [names], terms: {…}}`.
    private static func polynomial(_ node: ConfigurationNode, in folder: InputFiles) throws -> PolynomialExpert {
        let keys = try node.children(known: ["polynomial"])
        var body = try child("polynomial", of: keys, node)
        if !body.isMapping {
            let file = try resolve(body, in: folder)
            let text = try contents(of: file.path, role: "the polynomial")
            body = try ConfigurationNode(yaml: text, source: file.relativePathIfShorter)
        }
        let inner = try body.children(known: ["parameters", "inputs", "terms"])
        let parameters = try child("parameters", of: inner, body).elements().map { try $0.text() }
        let inputs = try inner["inputs"]?.elements().map { try $0.text() } ?? []
        let termsNode = try child("terms", of: inner, body)
        let terms = try termsNode.entries().map { ($0.0, try $0.1.number()) }
        do {
            return try PolynomialExpert(
                parameters: parameters, inputs: inputs, terms: Dictionary(terms) { $0 + $1 })
        } catch let error
            where error is HarmonicProductError || error is TrigonometricPolynomialError
            || error is PolynomialExpertError
        {
            throw termsNode.error("\(error)")
        }
    }
}
