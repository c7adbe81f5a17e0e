/// Value and gradient of a quantum expert by the state vector; keeps its two states between calls.
///
/// ```swift
/// var differentiation = AdjointDifferentiation(expert)
/// var gradient = [0.0]
/// let value = differentiation.valueAndGradient(parameters: [0.3], inputs: [0.1], gradient: &gradient)
/// ```
///
/// Forward through the circuit to `|ψ⟩`, then backward with `|ψ⟩` and `O|ψ⟩`: the derivative by a gate's angle is
/// `2 Re ⟨λ| ∂U |ψ⟩` at that gate.
///
/// Source: Jones, Gacon, *Efficient calculation of gradients in classical simulations of variational quantum algorithms*,
/// arXiv:2009.02823.
public struct AdjointDifferentiation {
    private let circuit: Circuit
    private let observable: PauliSum
    private let roles: InputRoles
    /// The parameter of every input of the circuit, or −1.
    private let axes: [Int]
    private var values: [Double]
    private var state: StateVector
    private var costate: StateVector

    /// The workspace for an expert: two states.
    public init(_ expert: QuantumExpert) {
        circuit = expert.circuit
        observable = expert.observable
        roles = expert.roles
        var axes = Array(repeating: -1, count: circuit.inputs.count)
        for (axis, input) in roles.parameters.enumerated() { axes[input] = axis }
        self.axes = axes
        values = Array(repeating: 0, count: circuit.inputs.count)
        state = StateVector(qubitCount: circuit.qubitCount)
        costate = state
    }

    /// The value `f(θ, x)`.
    ///
    /// - Complexity: gates times `2^qubits`.
    public mutating func value(parameters: [Double], inputs: [Double]) -> Double {
        forward(parameters, inputs)
        return costate.set(to: observable, times: state)
    }

    /// The value `f(θ, x)`; sets `gradient` to the derivatives `∂f/∂θ_p`.
    ///
    /// - Complexity: gates times `2^qubits`, whatever the number of parameters.
    public mutating func valueAndGradient(parameters: [Double], inputs: [Double], gradient: inout [Double]) -> Double {
        precondition(gradient.count == roles.parameters.count, "one derivative a parameter")
        forward(parameters, inputs)
        let value = costate.set(to: observable, times: state)
        for p in gradient.indices { gradient[p] = 0 }
        for instruction in circuit.instructions.reversed() {
            let angles = angles(of: instruction)
            let inverse = GateMatrix(instruction.gate, angles).adjoint
            state.apply(inverse, on: instruction.qubits)
            for (index, angle) in instruction.angles.enumerated() where angle.terms.contains(where: isTrained) {
                let matrix = GateMatrix(derivativeOf: instruction.gate, angles, by: index)
                let derivative = 2 * state.realProduct(costate, matrix, on: instruction.qubits)
                for term in angle.terms where isTrained(term) {
                    gradient[axes[term.input]] += term.factor * derivative
                }
            }
            costate.apply(inverse, on: instruction.qubits)
        }
        return value
    }

    private func isTrained(_ term: AffineAngle.Term) -> Bool { axes[term.input] >= 0 }

    private mutating func forward(_ parameters: [Double], _ inputs: [Double]) {
        precondition(parameters.count == roles.parameters.count, "one value a parameter")
        precondition(inputs.count == roles.data.count, "one value a data input")
        for (input, value) in zip(roles.parameters, parameters) { values[input] = value }
        for (input, value) in zip(roles.data, inputs) { values[input] = value }
        state.prepare(circuit, inputs: values)
        for instruction in circuit.instructions {
            state.apply(GateMatrix(instruction.gate, angles(of: instruction)), on: instruction.qubits)
        }
    }

    private func angles(of instruction: Circuit.Instruction) -> SIMD3<Double> {
        var result = SIMD3<Double>.zero
        for (index, angle) in instruction.angles.enumerated() { result[index] = angle.value(values) }
        return result
    }
}
