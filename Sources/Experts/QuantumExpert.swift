/// An expert that is the expectation value of an observable after a circuit: `⟨0| U†(θ, x) O U(θ, x) |0⟩`.
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
    /// The most qubits that the state vector can have.
    public static let largestQubitCount = StateVector.largestQubitCount

    /// The circuit.
    public let circuit: Circuit
    /// Which of the circuit's inputs are trained.
    public let roles: InputRoles
    /// The observable `O`.
    public let observable: PauliSum
    private let propagation: PauliPropagation

    /// The expert with the given circuit, trained inputs and observable.
    ///
    /// - Parameter parameters: the names of the trained inputs, in the order of `θ`; an array's name means all its elements.
    ///   The other inputs are data.
    /// - Throws: `ExpertError` when a name is unknown or repeats, a trained angle is not 2π-periodic, the observable does not
    ///   fit the circuit, or there are more qubits than a state vector can have.
    public init(
        circuit: Circuit, parameters: [String], observable: PauliSum,
        termLimit: Int = PauliPropagation.defaultTermLimit
    ) throws {
        guard circuit.qubitCount <= StateVector.largestQubitCount else {
            throw ExpertError.tooManyQubits(circuit.qubitCount, limit: StateVector.largestQubitCount)
        }
        self.circuit = circuit
        self.observable = observable
        roles = try InputRoles(circuit: circuit, parameters: parameters)
        propagation = try PauliPropagation(
            circuit: circuit, roles: roles, observable: observable, termLimit: termLimit)
    }

    /// The names of the trained inputs.
    public var parameterNames: [String] { roles.parameters.map { circuit.inputs[$0].name } }

    /// The names of the data inputs.
    public var inputNames: [String] { roles.data.map { circuit.inputs[$0].name } }

    /// The value by the state vector.
    ///
    /// - Complexity: gates times `2^qubits`.
    public func value(parameters: [Double], inputs: [Double]) -> Double {
        var differentiation = AdjointDifferentiation(self)
        return differentiation.value(parameters: parameters, inputs: inputs)
    }

    /// The value and gradient by the state vector, forward once and backward once.
    ///
    /// - Complexity: gates times `2^qubits`, whatever the number of parameters.
    public func valueAndGradient(parameters: [Double], inputs: [Double]) -> (value: Double, gradient: [Double]) {
        var differentiation = AdjointDifferentiation(self)
        var gradient = Array(repeating: 0.0, count: parameterCount)
        let value = differentiation.valueAndGradient(parameters: parameters, inputs: inputs, gradient: &gradient)
        return (value, gradient)
    }

    /// The expansion by Pauli propagation.
    public func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion {
        try propagation.expansion(inputs: inputs)
    }
}
