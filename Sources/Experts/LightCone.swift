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
        var isReached = Array(repeating: false, count: qubitCount)
        for qubit in string.qubits { isReached[qubit] = true }
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

    /// An observable by what its strings depend on: for each set of qubits that a `DependencyCone` has the gates of these cones, on these
    /// qubits alone, and the strings there. Qubits are called by their places in `qubits`; the inputs stay what they are.
    ///
    /// A gate outside the cone of a string changes nothing about it, so the gates of several cones may be put together.
    ///
    /// - Precondition: the circuit starts in `|0…0⟩`, and has the observable's qubits.
    /// - Complexity: strings times gates.
    func parts(of observable: PauliSum) throws -> [(circuit: Circuit, observable: PauliSum, qubits: [Int])] {
        precondition(amplitudes.isEmpty, "a part of a state of given amplitudes is no such state")
        var inside: [[Int]: Set<Int>] = [:]
        var terms: [[Int]: [PauliSum.Term]] = [:]
        var order: [[Int]] = []
        for term in observable.terms {
            let cone = DependencyCone(of: term.string, after: self)
            if inside[cone.qubits] == nil { order.append(cone.qubits) }
            inside[cone.qubits, default: []].formUnion(cone.instructions)
            terms[cone.qubits, default: []].append(.init(term.string.placed(in: cone.qubits), term.coefficient))
        }
        return try order.map { qubits in
            let places = Dictionary(uniqueKeysWithValues: qubits.enumerated().map { ($1, $0) })
            let circuit = try Circuit(
                qubitCount: max(1, qubits.count), inputs: inputs,
                instructions: inside[qubits, default: []].sorted().map { index in
                    let old = instructions[index]
                    return Instruction(
                        old.gate, qubits: old.qubits.compactMap { places[$0] }, angles: old.angles, line: old.line,
                        column: old.column, definition: old.definition)
                })
            return (circuit, try PauliSum(terms: terms[qubits, default: []]), qubits)
        }
    }
}
