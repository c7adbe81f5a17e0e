import ArgumentParser
import Experts
import Foundation
import Training

struct LiftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "The exact expansion of a circuit: monomials, light cones, Lipschitz constants, kernel.",
        discussion: """
            Without an experiment the monomials are those at generic inputs (four fixed random rows), the Lipschitz constants \
            hold for any input, and λ is unknown because it needs targets.

            With an experiment the data are all selected rows of its training file, in its order, whether they are held out \
            or not; circuit, trained inputs and observable are its own unless they are given here. Then the Lipschitz constants \
            are those on the data, λ = R α L2 + (α L1)² with R the root mean square of the residuals of the data that are trained on, \
            under the law at time 0, and the kernel is that under the uniform law, without α.

            A circuit that is given here starts in |0...0>, whatever the experiment says of amplitudes.

            The path is 'expansion', Pauli propagation, while its terms stay within the limit and its operations below those of \
            the other way; otherwise 'direct', the state vector: the expansion then comes from its values at equal-spaced \
            angles, where these are few enough. A run takes the state vector at every step where there is no expansion, where one \
            in more than three angles would take eight times as long, or where expert.path says so; the path is then 'direct' as well. Classical experts of an experiment \
            (neuron, polynomial) are lifted by their own formulas.

              kac lift data/circuits/reference-b.qasm --observable "0.25 Z0 + 0.25 Z1 + 0.25 Z2 + 0.25 Z3"
              kac lift --experiment data/experiments/iris.yml --json
              kac lift --experiment data/experiments/iris.yml --qasm
            """)

    @Argument(
        help: "The circuit (OpenQASM 3). (default: the experiment's)", completion: .file(extensions: ["qasm"]))
    var circuit: String?

    @Option(
        parsing: .unconditional,
        help: "A sum of Pauli strings, such as \"0.25 Z0 + 0.5 X1 Z2\". (default: the experiment's)")
    var observable: String?

    @Option(
        help: ArgumentHelp(
            "The trained inputs, separated by commas; an array's name means all its elements. (default: the experiment's, "
                + "otherwise all inputs whose names start with \"theta\" or \"θ\", after underscores)",
            valueName: "names"))
    var parameters: String?

    @Option(help: "An experiment file (YAML) with training data.", completion: .file(extensions: ["yml", "yaml"]))
    var experiment: String?

    @Option(
        help: ArgumentHelp(
            "The number of pairs of Pauli string and monomial beyond which Pauli propagation gives up. (default: the "
                + "experiment's, otherwise \(PauliPropagation.defaultTermLimit))", valueName: "terms"))
    var termLimit: Int?

    @Flag(
        help: """
            Print JSON: parameters, inputs, monomials, degree, degrees, lipschitz, path, and with data coefficients and \
            kernel; null is what is not known. Warnings go to standard error.
            """)
    var json = false

    @Flag(help: "Print the circuit alone, as OpenQASM 3: that of the experiment's ansatz, or a file's written out.")
    var qasm = false

    func validate() throws {
        if qasm, json { throw ValidationError("found --qasm and --json, expected one of them") }
        guard experiment == nil else { return }
        guard circuit != nil else {
            throw ValidationError("found neither a circuit nor --experiment, expected one of them")
        }
        guard observable != nil || qasm else {
            throw ValidationError("--observable is missing, expected Pauli strings such as \"0.5 Z0 + 0.5 Z1\"")
        }
    }

    func run() throws {
        if let termLimit, termLimit < 1 {
            throw ValidationError("--term-limit: found \(termLimit), expected at least 1")
        }
        try FailureReport.reporting {
            if qasm { return print(try OpenQASMWriter.text(of: chosenCircuit().circuit), terminator: "") }
            let report = try lift()
            if json {
                report.warnings.forEach { StandardError.write("kac: warning: \($0)\n") }
                print(try report.json())
            } else {
                print(report.text)
            }
        }
    }

    /// What is taken from the experiment: its expert and data, and where the experts start.
    private struct Chosen {
        var title: String
        var training: Experiment.Training
        var initialLaw: InitialLaw
    }

    private func chosenExperiment() throws -> Chosen? {
        guard let experiment else { return nil }
        let read = try Experiment(contentsOf: experiment, for: .expert)
        return Chosen(title: read.title, training: try read.training(), initialLaw: read.initialLaw)
    }

    /// The circuit with the name that stands for it, and the experiment's expert with data for it.
    private func chosenCircuit() throws -> (circuit: Circuit, name: String, chosen: Chosen?) {
        var chosen = try chosenExperiment()
        if let path = circuit {
            chosen?.training.source.unmappedInputs = []
            return (try Experiment.circuit(at: path, name: path), path, chosen)
        }
        guard let chosen else {
            throw ValidationError("found neither a circuit nor --experiment, expected one of them")
        }
        guard let own = chosen.training.expert as? QuantumExpert else {
            throw ValidationError(
                "the experiment's expert is no circuit: leave --qasm, --observable and --parameters out")
        }
        return (own.circuit, "of '\(chosen.title)'", chosen)
    }

    private func lift() throws -> LiftReport {
        if circuit == nil, observable == nil, parameters == nil, let chosen = try chosenExperiment(),
            !(chosen.training.expert is QuantumExpert)
        {
            guard termLimit == nil else {
                throw ValidationError(
                    "--term-limit: the experiment's expert is no circuit, and its own formula has no limit: leave the option out"
                )
            }
            return try report(on: chosen.training.expert, name: chosen.title, choice: .named, chosen)
        }
        let (circuit, name, chosen) = try chosenCircuit()
        let own = chosen?.training.expert as? QuantumExpert
        let (names, choice) = try trainedInputs(of: circuit, own)
        let observable = try observable(fitting: circuit, own)
        let expert: QuantumExpert
        do {
            expert = try QuantumExpert(
                circuit: circuit, parameters: names, observable: observable,
                termLimit: termLimit ?? own?.termLimit ?? PauliPropagation.defaultTermLimit,
                path: own?.path ?? .automatic)
        } catch let error as ExpertError {
            switch error {
            case .unknownParameter where parameters != nil, .repeatedParameter where parameters != nil:
                throw ValidationError("--parameters: \(error)")
            default:
                if let path = self.circuit { throw CircuitRefusal(error: error, file: path) }
                if parameters != nil { throw ValidationError("--parameters: in the experiment's circuit, \(error)") }
                throw ExperimentError(
                    source: experiment ?? name, line: nil, key: "expert", problem: "in its circuit, \(error)")
            }
        }
        return try report(on: expert, name: name, choice: choice, chosen)
    }

    private func report(
        on expert: any Expert, name: String, choice: LiftReport.Choice, _ chosen: Chosen?
    ) throws -> LiftReport {
        try LiftReport(
            name: name, expert: expert, choice: choice,
            data: chosen.map { chosen in
                let training = chosen.training
                // The law of other angles says nothing of these.
                let isFitting = (try? chosen.initialLaw.check(dimension: expert.parameterCount)) != nil
                return .init(
                    rows: try training.selectedRows(for: expert, circuit: circuit),
                    trained: try training.trainedRows(for: expert, circuit: circuit),
                    initialLaw: isFitting ? chosen.initialLaw : .uniform, amplitude: training.amplitude)
            })
    }

    /// The names of the trained inputs, and who chose them.
    private func trainedInputs(of circuit: Circuit, _ own: QuantumExpert?) throws -> ([String], LiftReport.Choice) {
        if let parameters {
            let names = parameters.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard !names.contains("") else {
                throw ValidationError("--parameters: found '\(parameters)', expected names separated by commas")
            }
            return (names, .named)
        }
        if let own { return (own.parameterNames, .named) }
        // Qiskit writes the element 0 of its vector of parameters θ as _θ_0_.
        let names = circuit.inputs.map(\.name).filter { name in
            ["theta", "θ"].contains { name.drop { $0 == "_" }.hasPrefix($0) }
        }
        guard !names.isEmpty else {
            let found = circuit.inputs.isEmpty ? "none" : circuit.inputs.map(\.name).joined(separator: ", ")
            throw ValidationError(
                "no input's name starts with 'theta' or 'θ': name the trained inputs with --parameters; the inputs are \(found)"
            )
        }
        return (names, .startingWithTheta)
    }

    private func observable(fitting circuit: Circuit, _ own: QuantumExpert?) throws -> PauliSum {
        guard let text = observable else {
            guard let own else { throw ValidationError("--observable is missing") }
            return own.observable
        }
        do {
            let sum = try PauliSum(text)
            guard sum.width <= circuit.qubitCount else {
                throw ExpertError.observableTooWide(qubit: sum.width - 1, qubitCount: circuit.qubitCount)
            }
            return sum
        } catch let error as PauliSumError {
            throw ValidationError("--observable: \(error)")
        } catch let error as ExpertError {
            throw ValidationError("--observable: \(error)")
        }
    }
}
