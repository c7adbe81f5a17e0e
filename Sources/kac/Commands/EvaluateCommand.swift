import ArgumentParser
import Experts
import Foundation
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "One expert's value and gradient at given parameters, for every datum, by both paths.",
        discussion: """
            The data are all selected rows of the training file, in its order, whether they are held out or not. 'direct' \
            is the state vector with adjoint gradients, for a classical expert its formula; 'expansion' the exact \
            trigonometric polynomial.

              kac evaluate data/experiments/iris.yml --theta 0.3
              kac evaluate data/experiments/iris.yml --theta -pi/2 --json
            """)

    @OptionGroup var experiment: ExperimentOptions

    @Option(
        parsing: .unconditional,
        help: "The trained angles in radians, separated by commas; also as -pi/2 or 3*pi/4.")
    var theta: String

    @Flag(help: "Print JSON: theta, direct and expansion, each with f per datum and gradient per datum and parameter.")
    var json = false

    func run() throws {
        try FailureReport.reporting {
            let training = try experiment.read(for: .expert).training()
            let expert = training.expert
            let parameters = try angles(count: expert.parameterCount)
            let data = try training.selectedRows(inputNames: expert.inputNames)
            try expert.check(inputs: data.inputs)
            let evaluation = try Evaluation(expert, parameters: parameters, inputs: data.inputs)
            print(try json ? evaluation.json() : evaluation.table(names: expert.parameterNames))
        }
    }

    private func angles(count: Int) throws -> [Double] {
        let words = theta.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let numbers = words.map(AngleText.number)
        for (word, number) in zip(words, numbers) where number == nil {
            throw ValidationError("--theta: found '\(word)', expected a finite number")
        }
        guard numbers.count == count else {
            throw ValidationError("--theta: found \(numbers.count) angles, the expert has \(count)")
        }
        let angles = numbers.compactMap { $0 }
        // Times the factors of a circuit it has to be finite.
        if let angle = angles.first(where: { abs($0) > 1e290 }) {
            throw ValidationError("--theta: found \(angle), expected numbers of size at most 1e290")
        }
        return angles
    }
}

/// An expert's values and gradients on given data, by both paths.
struct Evaluation: Encodable {
    struct Path: Encodable {
        var f: [Double]
        var gradient: [[Double]]
    }

    let theta: [Double]
    let direct: Path?
    let expansion: Path?
    /// Why one of the paths is missing, or another one than usual.
    let reason: String?

    init(_ expert: any Expert, parameters: [Double], inputs: [[Double]]) throws {
        theta = parameters
        var reason: String?
        if let quantum = expert as? QuantumExpert, !quantum.hasDirectValues {
            direct = nil
            reason =
                "a state vector, of the circuit or of the light cones of the observable's strings, holds \(QuantumExpert.largestQubitCount) qubits, the circuit has "
                + "\(quantum.circuit.qubitCount)"
        } else {
            let results = inputs.map { expert.valueAndGradient(parameters: parameters, inputs: $0) }
            direct = Path(f: results.map(\.value), gradient: results.map(\.gradient))
        }
        do {
            let lift = try expert.lift(inputs: inputs)
            reason = reason ?? lift.reason
            expansion = lift.expansion.map { polynomial in
                Path(
                    f: inputs.indices.map { polynomial.value(at: parameters, datum: $0) },
                    gradient: inputs.indices.map { polynomial.gradient(at: parameters, datum: $0) })
            }
        } catch let error as ExpansionError {
            guard direct != nil else { throw error }
            expansion = nil
            reason = "\(error)"
        }
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey { case theta, direct, expansion, reason }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(theta, forKey: .theta)
        try container.encode(direct, forKey: .direct)
        // An absent path is an explicit null, beside the reason.
        try container.encode(expansion, forKey: .expansion)
        try container.encodeIfPresent(reason, forKey: .reason)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func table(names: [String]) -> String {
        let paths = [("direct", direct), ("expansion", expansion)].compactMap { name, path in path.map { (name, $0) } }
        var table = TextTable(
            header: ["datum"] + paths.flatMap { name, _ in ["f \(name)"] + names.map { "∂f/∂\($0)" } })
        for datum in paths.first?.1.f.indices ?? 0..<0 {
            table.rows.append(
                ["\(datum)"]
                    + paths.flatMap { _, path in
                        ([path.f[datum]] + path.gradient[datum]).map { String(format: "%.15f", $0) }
                    })
        }
        let isAlone = direct == nil || expansion == nil
        return table.text + (reason.map { "\n\(isAlone ? "one path alone: " : "")\($0)" } ?? "")
    }
}
