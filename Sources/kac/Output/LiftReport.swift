import Experts
import Foundation
import Torus
import Training

/// What `kac lift` says of an expert: its expansion, or why there is none, and what follows from it.
struct LiftReport {
    /// Who chose the trained inputs.
    enum Choice {
        /// The command line or the experiment.
        case named
        /// Nobody: the names that start with theta or θ.
        case startingWithTheta
    }

    /// The data of an experiment.
    struct Data {
        let rows: TrainingSet.Part
        /// Which of the rows are trained on.
        let trained: [Int]
        /// Where the experts start.
        let initialLaw: InitialLaw
        /// `α` of `F = (α/N) Σ f`.
        let amplitude: Double
    }

    let name: String
    let expert: any Expert
    let choice: Choice
    let data: Data?
    /// Whether values and gradients come from the expansion, and why not.
    let path: Lift.Path
    let reason: String?
    /// `nil` when neither path leads to it.
    let expansion: TrigonometricExpansion?
    let lipschitz: LipschitzConstants?
    /// `λ`, when there are targets and an expansion.
    let rate: Double?
    /// The spectrum of the kernel under the uniform law, when there are data and an expansion.
    let spectrum: KernelSpectrum?

    /// Lifts an expert.
    ///
    /// - Throws: what the lift throws.
    init(name: String, expert: any Expert, choice: Choice, data: Data?) throws {
        self.name = name
        self.expert = expert
        self.choice = choice
        self.data = data
        let inputs = data?.rows.inputs ?? Self.genericInputs(count: expert.inputCount)
        let quantum = expert as? QuantumExpert
        // Coefficients are shown where there are any, whatever a run goes by.
        let lifted: any Expert = try quantum?.path == .direct ? quantum?.choosing(.automatic) ?? expert : expert
        let lift = try lifted.lift(inputs: inputs)
        let used = try data == nil && quantum?.path != .direct ? lift : expert.trainingForm(of: lift, inputs: inputs)
        (path, reason, expansion) = (used.path, used.reason, lift.expansion)
        try Self.checkSizes(expert, expansion, data)
        let general = (expert as? QuantumExpert).map {
            LipschitzConstants(circuit: $0.circuit, roles: $0.roles, observable: $0.observable)
        }
        guard let expansion, let data else {
            lipschitz = general
            rate = nil
            spectrum = nil
            return
        }
        let onData = LipschitzConstants(expansion)
        let constants = general?.tightened(by: onData) ?? onData
        lipschitz = constants
        // The flow never lets the loss grow, so the residual of the data that are trained on bounds the later ones.
        let moments = expansion.basis.monomials.map { monomial in
            data.initialLaw == .uniform
                ? (monomial.factors.isEmpty ? 1 : 0)
                : monomial.mean(dimension: expansion.basis.dimension, fourierMoments: data.initialLaw.moment)
        }
        let start = expansion.values(under: moments, times: data.amplitude)
        let square = data.trained.reduce(0) { sum, row in
            sum + (start[row] - data.rows.targets[row]) * (start[row] - data.rows.targets[row])
        }
        rate = constants.couplingRate(
            residual: (square / Double(max(1, data.trained.count))).squareRoot(), amplitude: data.amplitude)
        spectrum = KernelSpectrum(underUniformLaw: expansion)
    }

    /// Refuses numbers of which kernel and constants would overflow.
    private static func checkSizes(_ expert: any Expert, _ expansion: TrigonometricExpansion?, _ data: Data?) throws {
        let norm = (expert as? QuantumExpert)?.observable.norm ?? 0
        try ExpansionError.check(
            sizes: (expansion?.coefficients ?? []) + [norm], targets: data?.rows.targets ?? [],
            amplitude: data?.amplitude ?? 1)
    }

    /// Four rows of fixed random numbers: no coefficient that depends on the data vanishes at all of them by chance.
    private static func genericInputs(count: Int) -> [[Double]] {
        let generator = Philox(seed: 0x6C69_6674)
        return (0..<4).map { row in
            (0..<count).map { 2 * .pi * generator.uniforms(SIMD4(UInt32($0), UInt32(row), 0, 0))[0] }
        }
    }

    private var parameterNames: [String] { expert.parameterNames }
    private var inputNames: [String] { expert.inputNames }

    /// The largest total degree.
    private var degree: Int? { expansion.map { $0.basis.monomials.map(\.degree).max() ?? 0 } }

    /// What the user should not overlook.
    var warnings: [String] {
        let lack = expansion == nil ? reason.map { "\(Self.lacksExpansion): \($0)" } : nil
        return [lack].compactMap { $0 } + functionWarnings + kernelWarnings
    }

    private static let lacksExpansion = "only the direct path is left, without coefficients and kernel"

    private var functionWarnings: [String] {
        guard let degree, degree == 0 else { return [] }
        return ["the function does not depend on the trained angles: look at the observable and its light cones"]
    }

    private var kernelWarnings: [String] {
        var warnings: [String] = []
        if let spectrum, spectrum.rank < spectrum.eigenvalues.count {
            warnings.append(
                "the kernel's rank \(spectrum.rank) is below the number of data, \(spectrum.eigenvalues.count): experts of "
                    + "this kind cannot fit every choice of labels")
        }
        return warnings
    }
}

extension TrigonometricExpansion {
    /// The values `factor · Σ_m C_ma M_m` for given moments.
    fileprivate func values(under moments: [Double], times factor: Double) -> [Double] {
        (0..<datumCount).map { datum in
            factor * moments.enumerated().reduce(0) { $0 + $1.element * coefficients[$1.offset * datumCount + datum] }
        }
    }
}

extension LiftReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case parameters, inputs, monomials, degree, degrees, lipschitz, path, coefficients, kernel
    }

    private enum LipschitzKeys: String, CodingKey {
        case gradient = "L1"
        case hessian = "L2"
        case rate = "lambda"
    }

    private struct Kernel: Encodable {
        let rank: Int
        let eigenvalues: [Double]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(parameterNames, forKey: .parameters)
        try container.encode(inputNames, forKey: .inputs)
        // What is not known is an explicit null.
        try container.encode(expansion?.basis.count, forKey: .monomials)
        try container.encode(degree, forKey: .degree)
        try container.encode(expansion?.basis.harmonics, forKey: .degrees)
        var constants = container.nestedContainer(keyedBy: LipschitzKeys.self, forKey: .lipschitz)
        try constants.encode(lipschitz?.gradient, forKey: .gradient)
        try constants.encode(lipschitz?.hessian, forKey: .hessian)
        try constants.encode(rate, forKey: .rate)
        try container.encode(path, forKey: .path)
        guard data != nil else { return }
        try container.encode(coefficients, forKey: .coefficients)
        try container.encode(
            spectrum.map { Kernel(rank: $0.rank, eigenvalues: $0.eigenvalues) }, forKey: .kernel)
    }

    /// The coefficients of each monomial, one a datum.
    private var coefficients: [String: [Double]]? {
        expansion.map { expansion in
            let (n, names) = (expansion.datumCount, parameterNames)
            let rows = expansion.basis.monomials.enumerated().map { m, monomial in
                (monomial.description { names[$0] }, Array(expansion.coefficients[m * n..<(m + 1) * n]))
            }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension LiftReport {
    /// The report for a terminal.
    var text: String {
        var facts = TextList()
        let quantum = expert as? QuantumExpert
        if let quantum {
            let (qubits, gates) = (quantum.circuit.qubitCount, quantum.circuit.instructions.count)
            facts.add("circuit", "\(name), \(Self.count(qubits, "qubit")), \(Self.count(gates, "gate"))")
        } else {
            facts.add("expert", name)
        }
        let isDefault = choice == .startingWithTheta
        facts.add(
            "trained",
            Self.list(parameterNames) + (isDefault ? " (the inputs whose names start with theta or θ)" : ""))
        facts.add("data inputs", Self.list(inputNames))
        if let circuit = quantum?.circuit, !circuit.amplitudes.isEmpty {
            let names = circuit.amplitudes.map { circuit.inputs[$0].name }
            facts.add("starts in", "the state with amplitudes \(Self.list(names)), normalised")
        }
        if let quantum { facts.add("observable", "\(quantum.observable)") }
        switch (path, quantum) {
        case (.expansion, let quantum?):
            facts.add("path", "expansion: its terms stay within the limit of \(quantum.termLimit)")
        case (.expansion, nil): facts.add("path", "expansion: the expert's own formula")
        case (.direct, _): facts.add("path", "direct, the state vector: \(reason ?? "there is no expansion")")
        }
        if let expansion {
            let place = data.map { "on \($0.rows.count) data" } ?? "at generic inputs"
            facts.add("monomials", "\(expansion.basis.count) \(place)")
            let degrees = zip(parameterNames, expansion.basis.harmonics).map { "\($0) \($1)" }
            facts.add("degree", "\(degree ?? 0) in all; \(Self.list(degrees))")
        }
        if let lipschitz {
            let (l1, l2) = (Measured.number(lipschitz.gradient), Measured.number(lipschitz.hessian))
            facts.add(
                "Lipschitz",
                "L1 = \(l1), L2 = \(l2) \(data != nil && expansion != nil ? "on the data" : "for any data"); "
                    + (rate.map { "λ = \(Measured.number($0))" } ?? "λ needs \(data == nil ? "data" : "the expansion")")
            )
        }
        if let spectrum, let largest = spectrum.eigenvalues.first, let smallest = spectrum.smallest {
            facts.add(
                "kernel",
                "rank \(spectrum.rank) of \(spectrum.eigenvalues.count) under the uniform law; eigenvalues "
                    + "\(Measured.number(largest)) to \(Measured.number(smallest))")
            facts.add("spectrum", Self.list(spectrum.eigenvalues.map(Measured.number), longest: 16))
        }
        // The reason stands with the path.
        let warnings = ((expansion == nil ? [Self.lacksExpansion] : []) + functionWarnings + kernelWarnings)
            .map { "\nwarning: \($0)" }.joined()
        let cones = quantum.map { "\n\nLight cones, backwards from each Pauli string:\n" + self.cones($0) } ?? ""
        return facts.text + cones + warnings
    }

    private func cones(_ quantum: QuantumExpert) -> String {
        var axes: [Int: Int] = [:]
        for (axis, input) in quantum.roles.parameters.enumerated() { axes[input] = axis }
        return quantum.observable.terms.map { term in
            let cone = quantum.circuit.lightCone(of: term.string)
            let trained = cone.inputs.compactMap { axes[$0] }.sorted().map { parameterNames[$0] }
            return "  \(term.string): qubits \(Self.list(cone.qubits.map(String.init))); trained \(Self.list(trained))"
        }.joined(separator: "\n")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private static func list(_ words: [String], longest: Int = 32) -> String {
        if words.isEmpty { return "none" }
        let rest = words.count - longest
        return words.prefix(longest).joined(separator: " ") + (rest > 0 ? " … (\(rest) more)" : "")
    }
}
