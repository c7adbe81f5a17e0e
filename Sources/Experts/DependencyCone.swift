/// The gates that an expectation value depends on, less those that commute out of its light cone.
///
/// A gate changes nothing about a string when it commutes with the string and with all later gates that do. Gates are functions of Pauli matrices,
/// one a qubit: two of them commute when they have the same matrix on every qubit that they share. So a ladder of controlled phases, drawn one
/// after the other, is as local as the same gates side by side.
struct DependencyCone {
    /// The qubits of gates inside and of the string, ascending.
    let qubits: [Int]
    /// The gates inside, as indices of the circuit's instructions.
    let instructions: Set<Int>

    /// The Pauli matrix that a gate is a function of on a qubit; `none` where it takes several.
    private enum Basis: UInt8 {
        case x = 1
        case y = 2
        case z = 4
        case none = 8
    }

    /// - Complexity: linear in the gates.
    init(of string: PauliString, after circuit: Circuit) {
        // What stands on each qubit of what has been found.
        var found = Array(repeating: UInt8(0), count: circuit.qubitCount)
        for (qubit, letter) in string.letters {
            found[qubit] |= (letter == "X" ? Basis.x : letter == "Y" ? .y : .z).rawValue
        }
        var inside: Set<Int> = []
        for (index, instruction) in circuit.instructions.enumerated().reversed() {
            let bases = zip(instruction.qubits, Self.bases(of: instruction.gate))
            let commutes = bases.allSatisfy { qubit, basis in
                found[qubit] == 0 || (found[qubit] == basis.rawValue && basis != .none)
            }
            if commutes { continue }
            inside.insert(index)
            for (qubit, basis) in bases { found[qubit] |= basis.rawValue }
        }
        qubits = found.indices.filter { found[$0] != 0 }
        instructions = inside
    }

    private static func bases(of gate: Gate) -> [Basis] {
        switch gate {
        case .id, .z, .s, .sdg, .t, .tdg, .rz, .p: [.z]
        case .x, .sx, .rx: [.x]
        case .y, .ry: [.y]
        case .h, .u: [.none]
        case .cx, .crx: [.z, .x]
        case .cy, .cry: [.z, .y]
        case .cz, .cp, .crz, .rzz: [.z, .z]
        case .swap: [.none, .none]
        case .rxx: [.x, .x]
        case .ryy: [.y, .y]
        }
    }
}
