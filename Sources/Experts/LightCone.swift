/// What a Pauli string's expectation value after a circuit can depend on, found by going backwards through the gates.
///
/// ```swift
/// let cone = circuit.lightCone(of: PauliString(z: 0b1))    // of Z0
/// cone.qubits                                              // the qubits that reach qubit 0
/// ```
public struct LightCone: Sendable, Equatable {
    /// The qubits that are reached, ascending.
    public let qubits: [Int]
    /// The gates inside, as indices of the circuit's instructions, ascending.
    public let instructions: [Int]
    /// The inputs on which angles inside depend and, unless no qubit is reached, the amplitudes of the initial state; as
    /// indices of the circuit's inputs, ascending.
    public let inputs: [Int]
}

extension Circuit {
    /// The light cone of a Pauli string that is measured after the last gate.
    ///
    /// A gate that touches a qubit of the cone is inside with all its qubits. Gates that would cancel are not looked for.
    ///
    /// - Precondition: the string touches qubits of the circuit only.
    /// - Complexity: linear in the gates.
    public func lightCone(of string: PauliString) -> LightCone {
        precondition(string.width <= qubitCount, "the string touches a qubit that the circuit does not have")
        var isReached = (0..<qubitCount).map { $0 < UInt64.bitWidth && (string.x | string.z) >> UInt64($0) & 1 == 1 }
        var inside: [Int] = []
        var inputs: Set<Int> = []
        for (index, instruction) in instructions.enumerated().reversed()
        where instruction.qubits.contains(where: { isReached[$0] }) {
            inside.append(index)
            for qubit in instruction.qubits { isReached[qubit] = true }
            inputs.formUnion(instruction.angles.lazy.flatMap(\.terms).map(\.input))
        }
        // A reduced state depends on all amplitudes through their norm.
        if isReached.contains(true) { inputs.formUnion(amplitudes) }
        return LightCone(
            qubits: (0..<qubitCount).filter { isReached[$0] }, instructions: inside.reversed(), inputs: inputs.sorted())
    }
}
