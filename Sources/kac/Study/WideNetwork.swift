import Experts

/// A network of any width, from an experiment that has one: what of the experiment changes with the number of qubits.
struct WideNetwork {
    private let inputs: [String]
    private let terms: [(letter: Character, coefficient: Double)]

    /// - Throws: `StudyError.network` unless the expert is an ansatz with data and an observable of its first qubit.
    init(_ experiment: Experiment) throws {
        guard case .training(let training) = experiment.model, let expert = training.expert as? QuantumExpert,
            try Self.isAnsatz(experiment), !expert.inputNames.isEmpty
        else { throw StudyError.network("an expert of the kind 'ansatz' with encoding.inputs") }
        inputs = expert.inputNames
        terms = try expert.observable.terms.map { term in
            guard term.string.qubits == [0], let letter = "\(term.string)".first else {
                throw StudyError.network("an observable of qubit 0, such as Z0, which stands for that of every qubit")
            }
            return (letter, term.coefficient)
        }
    }

    private static func isAnsatz(_ experiment: Experiment) throws -> Bool {
        let sections = try ConfigurationNode(yaml: experiment.text, source: experiment.title).entries()
        return try sections.first { $0.0 == "expert" }?.1.entries().contains { $0.0 == "ansatz" } ?? false
    }

    /// What `--set` would say for a number of qubits.
    func assignments(width: Int) -> [String] {
        let scale = 1 / Double(width).squareRoot()
        let strings = (0..<width).flatMap { qubit in
            terms.map { "\($0.letter)\(qubit): \(scale * $0.coefficient)" }
        }
        let names = (0..<width).map { "\"\(inputs[$0 % inputs.count])\"" }
        return [
            "expert.ansatz.qubits=\(width)", "expert.ansatz.encoding.inputs=[\(names.joined(separator: ", "))]",
            "expert.observable={\(strings.joined(separator: ", "))}",
        ]
    }
}
