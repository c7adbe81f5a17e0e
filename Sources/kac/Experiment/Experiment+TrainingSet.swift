import Experts
import Training

/// Reads the data of an experiment; complaints name the place of the key or of the row.
extension Experiment.Training {
    /// The training data and the held-out data.
    ///
    /// - Throws: `ExperimentError`, `TrainingError` or `CSVError`.
    func set() throws -> TrainingSet {
        try set(from: source, for: expert, circuit: nil)
    }

    /// All selected rows of the training file in its order, whether they are held out or not.
    ///
    /// - Parameter inputNames: the data inputs of the experiment's expert.
    func selectedRows(inputNames: [String]) throws -> TrainingSet.Part {
        precondition(inputNames == expert.inputNames, "the inputs of another expert")
        return try selectedRows(for: expert, circuit: nil)
    }

    /// The same for an expert that takes the place of the experiment's.
    ///
    /// - Parameter circuit: the file of its circuit, when that is not the experiment's.
    func selectedRows(for expert: any Expert, circuit: String?) throws -> TrainingSet.Part {
        var source = source
        source.testFraction = 0
        source.evaluation = nil
        return try set(from: source, for: expert, circuit: circuit).training
    }

    /// Which of the rows of `selectedRows` are trained on: the others are held out.
    func trainedRows(for expert: any Expert, circuit: String?) throws -> [Int] {
        var whole = source
        whole.testFraction = 0
        whole.evaluation = nil
        let all = try set(from: whole, for: expert, circuit: circuit)
        let split = try set(from: source, for: expert, circuit: circuit)
        let lines = Set(split.places.prefix(split.training.count).map(\.line))
        return all.places.indices.filter { lines.contains(all.places[$0].line) }
    }

    private func set(from source: TrainingSource, for expert: any Expert, circuit: String?) throws -> TrainingSet {
        var source = source
        if hasNamedColumns {
            try checkInputs(of: expert, circuit: circuit)
        } else {
            source.inputs = expert.inputNames.map { TrainingSource.Input(name: $0, column: $0) }
        }
        let set: TrainingSet
        do {
            set = try TrainingSet(source, inputNames: expert.inputNames)
        } catch let error as CSVError {
            guard case .unknownColumn(_, let column, _) = error else { throw error }
            throw (columnNodes[column] ?? inputsNode).error("\(error)")
        }
        do {
            try expert.check(inputs: set.training.inputs + set.heldOut.inputs)
        } catch let error as ExpansionError {
            guard let datum = error.datum, set.places.indices.contains(datum) else { throw error }
            let place = set.places[datum]
            throw ExperimentError(source: place.path, line: place.line, key: "", problem: "\(error)")
        }
        return set
    }

    /// Refuses an expert whose data inputs are not those that are fed.
    private func checkInputs(of expert: any Expert, circuit: String?) throws {
        let (wanted, fed) = (expert.inputNames, source.inputs.map(\.name))
        let (missing, extra) = (wanted.filter { !fed.contains($0) }, fed.filter { !wanted.contains($0) })
        guard !missing.isEmpty || !extra.isEmpty else { return }
        func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
        var advice: [String] = []
        if let first = missing.first { advice.append("add a column for \(list(missing)), as in '\(first): COLUMN'") }
        if !extra.isEmpty { advice.append("leave out \(list(extra))") }
        throw inputsNode.error(
            "the data inputs of \(circuit.map { "the circuit '\($0)'" } ?? "the expert") are \(list(wanted)), the experiment has columns for \(list(fed)): "
                + advice.joined(separator: ", and ")
                + (circuit == nil ? "" : "; or give the circuit's inputs the names that the experiment has"))
    }
}
