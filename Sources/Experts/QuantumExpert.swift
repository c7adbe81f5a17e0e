import Torus

/// An expert that is the expectation value of an observable after a circuit: `⟨ψ| U†(θ, x) O U(θ, x) |ψ⟩` with `|ψ⟩` the
/// state `|0…0⟩`, or the one whose amplitudes are data.
///
/// Values and gradients come from the state vector, the expansion from Pauli propagation: two independent paths to one
/// function.
///
/// ```swift
/// let circuit = try OpenQASMReader.read(contentsOf: "data/circuits/one-qubit.qasm")
/// let expert = try QuantumExpert(circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0"))
/// expert.value(parameters: [0.3], inputs: [0.1])    // cos(0.2)
/// ```
public struct QuantumExpert: Expert {
    /// The most qubits that the state vector can have; Pauli propagation takes more, 64 in the light cone of a string.
    public static let largestQubitCount = StateVector.largestQubitCount

    /// The circuit.
    public let circuit: Circuit
    /// Which of the circuit's inputs are trained.
    public let roles: InputRoles
    /// The observable `O`.
    public let observable: PauliSum
    /// The number of pairs of Pauli string and monomial beyond which Pauli propagation gives up.
    public let termLimit: Int
    /// Which way to its functions is taken.
    public let path: PathChoice
    private let propagation: PauliPropagation
    /// The observable's strings with the parts of the circuit that they see, where a state vector cannot have the whole circuit but can have these.
    private let parts: [QuantumExpert]

    /// What a monomial costs a point in a right-hand side, beside a gate on an amplitude for a datum by the state vector, forward, backward
    /// and for the moments: 1.1 and 0.28 ns, by `flow/B` and `direct/B` in Benchmarks.
    private static let monomialCost = 4.0
    /// How much cheaper the state vector has to be before coefficients are given up for it.
    private static let worthwhileRatio = 8.0

    /// Operations of Pauli propagation that are not worth asking for another way: some hundredths of a second.
    private static let unquestionedOperations = 1e7

    /// The expert with the given circuit, trained inputs and observable.
    ///
    /// - Parameter parameters: the names of the trained inputs, in the order of `θ`; an array's name means all its elements.
    ///   The other inputs are data.
    /// - Throws: `ExpertError` when a name is unknown or repeats, a trained angle is not 2π-periodic, the observable does not
    ///   fit the circuit, a string of it sees more qubits than Pauli propagation can have, or an amplitude is trained.
    public init(
        circuit: Circuit, parameters: [String], observable: PauliSum,
        termLimit: Int = PauliPropagation.defaultTermLimit, path: PathChoice = .automatic
    ) throws {
        self.circuit = circuit
        self.observable = observable
        self.termLimit = termLimit
        self.path = path
        roles = try InputRoles(circuit: circuit, parameters: parameters)
        propagation = try PauliPropagation(
            circuit: circuit, roles: roles, observable: observable, termLimit: termLimit)
        guard circuit.qubitCount > Self.largestQubitCount, circuit.amplitudes.isEmpty else {
            parts = []
            return
        }
        let found = try circuit.parts(of: observable)
        let fit = found.allSatisfy { $0.qubits.count <= Self.largestQubitCount }
        parts =
            try fit
            ? found.map {
                try QuantumExpert(
                    circuit: $0.circuit, parameters: parameters, observable: $0.observable, termLimit: termLimit)
            } : []
    }

    /// The names of the trained inputs.
    public var parameterNames: [String] { roles.parameters.map { circuit.inputs[$0].name } }

    /// The names of the data inputs.
    public var inputNames: [String] { roles.data.map { circuit.inputs[$0].name } }

    /// Whether a state vector can have the circuit's qubits.
    public var fitsStateVector: Bool { circuit.qubitCount <= Self.largestQubitCount }

    /// Whether values can be found by state vectors: of the whole circuit, or of each string's light cone.
    public var hasDirectValues: Bool { fitsStateVector || !parts.isEmpty }

    /// The names of the data inputs that are amplitudes of the initial state.
    public var amplitudeNames: [String] { circuit.amplitudes.map { circuit.inputs[$0].name } }

    /// Refuses data that the expert cannot take.
    ///
    /// - Parameter inputs: one row of input values a datum.
    /// - Throws: `ExpansionError` when there is no datum, or a row has a wrong number of values, one that is not finite, or
    ///   zeros only for the amplitudes of the initial state.
    public func check(inputs: [[Double]]) throws { try roles.check(inputs, for: circuit) }

    /// The value by the state vector; NaN for data that `check(inputs:)` refuses.
    ///
    /// - Precondition: `hasDirectValues`.
    /// - Complexity: gates times `2^qubits`, the qubits of a light cone where the circuit has more than a state vector.
    public func value(parameters: [Double], inputs: [Double]) -> Double {
        precondition(hasDirectValues, "no state vector holds the qubits")
        if !fitsStateVector { return parts.reduce(0) { $0 + $1.value(parameters: parameters, inputs: inputs) } }
        var differentiation = AdjointDifferentiation(self)
        return differentiation.value(parameters: parameters, inputs: inputs)
    }

    /// The value and gradient by the state vector, forward once and backward once; NaN for data that `check(inputs:)` refuses.
    ///
    /// - Precondition: `hasDirectValues`.
    /// - Complexity: gates times `2^qubits`, whatever the number of parameters; the qubits of a light cone where the circuit has more than a
    ///   state vector.
    public func valueAndGradient(parameters: [Double], inputs: [Double]) -> (value: Double, gradient: [Double]) {
        precondition(hasDirectValues, "no state vector holds the qubits")
        if !fitsStateVector {
            var sum = (value: 0.0, gradient: Array(repeating: 0.0, count: parameterCount))
            for part in parts {
                let found = part.valueAndGradient(parameters: parameters, inputs: inputs)
                sum.value += found.value
                for p in sum.gradient.indices { sum.gradient[p] += found.gradient[p] }
            }
            return sum
        }
        var differentiation = AdjointDifferentiation(self)
        var gradient = Array(repeating: 0.0, count: parameterCount)
        let value = differentiation.valueAndGradient(parameters: parameters, inputs: inputs, gradient: &gradient)
        return (value, gradient)
    }

    /// The expansion by Pauli propagation.
    public func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion {
        do {
            return try propagation.expansion(inputs: inputs)
        } catch ExpansionError.tooManyTerms(let limit) where !fitsStateVector {
            throw ExpansionError.tooManyTermsAndQubits(limit: limit, qubitCount: circuit.qubitCount)
        }
    }

    /// The functions on the given data: their expansion by Pauli propagation, or from values of the state vector, which is as exact and
    /// the cheaper way for deep circuits of few trained angles; where neither is within reach, the state vector itself.
    ///
    /// Propagation is given up when its terms grow beyond `termLimit`, or when it takes more operations than the values of the state vector would;
    /// operations are counted, so that the choice is the same everywhere.
    ///
    /// - Throws: `ExpansionError` when data do not fit, there is no way, or not the one that `path` asks for.
    public func lift(inputs: [[Double]]) throws -> Lift {
        switch path {
        case .expansion: return Lift(try expansion(inputs: inputs))
        case .direct:
            guard fitsStateVector else { throw ExpansionError.tooManyQubits(circuit.qubitCount) }
            return Lift(try StateVectorFunctions(self, inputs: inputs), reason: "asked for")
        case .automatic: break
        }
        let sampled = fitsStateVector ? SampledExpansion(self, datumCount: inputs.count) : nil
        let feasible = sampled.flatMap { $0.isFeasible ? $0 : nil }
        let reason: String
        do {
            let limit = feasible.map { max($0.operations, Self.unquestionedOperations) } ?? .infinity
            if let expansion = try propagation.expansion(inputs: inputs, operationLimit: limit) {
                return Lift(expansion)
            }
            reason = "Pauli propagation takes more operations"
        } catch ExpansionError.tooManyTerms(let limit) {
            guard let sampled else {
                throw ExpansionError.tooManyTermsAndQubits(limit: limit, qubitCount: circuit.qubitCount)
            }
            reason = "Pauli propagation meets more than \(limit) terms"
            guard feasible != nil else {
                return Lift(
                    try StateVectorFunctions(self, inputs: inputs), reason: "\(reason), and \(sampled.excess)")
            }
        }
        guard let feasible, let count = feasible.sampleCount else {
            preconditionFailure("propagation without a limit of operations has a result")
        }
        return Lift(
            try feasible.expansion(inputs: inputs),
            reason: "\(reason); the expansion is found from \(count) values of the state vector a datum")
    }

    /// The lift, unless the state vector is asked for, or, in more than three angles, costs a step of a flow less than an eighth of
    /// what the expansion does: what needs coefficients, such as densities on grids, is there in up to three angles alone.
    public func trainingForm(of lift: Lift, inputs: [[Double]]) throws -> Lift {
        guard fitsStateVector, let expansion = lift.expansion else { return lift }
        func states(_ reason: String) throws -> Lift {
            Lift(try StateVectorFunctions(self, inputs: inputs), reason: reason)
        }
        if path == .direct { return try states("asked for") }
        let amplitudes = Double(circuit.instructions.count * inputs.count) * Double(1 << circuit.qubitCount)
        let ratio = Self.monomialCost * Double(expansion.basis.count) / amplitudes
        guard path == .automatic, parameterCount > 3, ratio > Self.worthwhileRatio else { return lift }
        return try states(
            "a step on the expansion's \(expansion.basis.count) monomials would take about \(Int(ratio)) times as long")
    }

    /// The same expert with another choice of the path.
    public func choosing(_ path: PathChoice) throws -> QuantumExpert {
        try QuantumExpert(
            circuit: circuit, parameters: parameterNames, observable: observable, termLimit: termLimit, path: path)
    }
}
