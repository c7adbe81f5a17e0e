import Foundation

/// One step of Pauli propagation: a Clifford gate, or a rotation about a Pauli string.
///
/// Every gate of the set is a product of such steps up to a global phase, which no expectation value sees.
enum PropagationStep {
    case hadamard(Int)
    case controlledX(Int, Int)
    case controlledZ(Int, Int)
    case exchange(Int, Int)
    /// `exp(−i(π/4)k P)` with `k` from 1 to 3: exact, without a cosine.
    case quarterTurns(PauliWord, Int)
    /// A rotation by an angle without trained inputs.
    case dataTurn(PauliWord, AffineAngle)
    /// A rotation by `halves · θ_axis / 2`.
    case trainedTurn(PauliWord, axis: Int, halves: Int)

    /// The qubits that it touches.
    var support: UInt64 {
        switch self {
        case .hadamard(let qubit): 1 << UInt64(qubit)
        case .controlledX(let a, let b), .controlledZ(let a, let b), .exchange(let a, let b):
            1 << UInt64(a) | 1 << UInt64(b)
        case .quarterTurns(let string, _), .dataTurn(let string, _), .trainedTurn(let string, _, _):
            string.x | string.z
        }
    }

    /// Whether it may turn one string into two.
    var isTurn: Bool {
        switch self {
        case .dataTurn, .trainedTurn: true
        case .hadamard, .controlledX, .controlledZ, .exchange, .quarterTurns: false
        }
    }

    /// The steps of a circuit in the order of their application.
    static func steps(of circuit: Circuit, roles: InputRoles) -> [PropagationStep] {
        var axes: [Int: Int] = [:]
        for (axis, input) in roles.parameters.enumerated() { axes[input] = axis }
        return circuit.instructions.flatMap { steps(of: $0, axes: axes) }
    }

    private static func steps(of instruction: Circuit.Instruction, axes: [Int: Int]) -> [PropagationStep] {
        let first = instruction.qubits[0]
        let second = instruction.qubits.last ?? first
        let angles = instruction.angles

        func x(_ qubit: Int) -> PauliWord { PauliWord(x: 1 << UInt64(qubit)) }
        func z(_ qubit: Int) -> PauliWord { PauliWord(z: 1 << UInt64(qubit)) }
        func y(_ qubit: Int) -> PauliWord { PauliWord(x: 1 << UInt64(qubit), z: 1 << UInt64(qubit)) }
        /// On different qubits, so without a sign.
        func both(_ a: PauliWord, _ b: PauliWord) -> PauliWord { PauliWord(x: a.x | b.x, z: a.z | b.z) }
        func turn(_ string: PauliWord, _ angle: AffineAngle) -> [PropagationStep] {
            rotation(about: string, by: angle, axes: axes)
        }
        /// `exp(−iφ/4 P_t) exp(+iφ/4 Z_c P_t)`.
        func controlled(_ string: PauliWord) -> [PropagationStep] {
            turn(string, 0.5 * angles[0]) + turn(both(z(first), string), -0.5 * angles[0])
        }

        switch instruction.gate {
        case .id: return []
        case .x: return [.quarterTurns(x(first), 2)]
        case .y: return [.quarterTurns(y(first), 2)]
        case .z: return [.quarterTurns(z(first), 2)]
        case .h: return [.hadamard(first)]
        case .s: return [.quarterTurns(z(first), 1)]
        case .sdg: return [.quarterTurns(z(first), 3)]
        case .sx: return [.quarterTurns(x(first), 1)]
        case .t: return turn(z(first), AffineAngle(constant: .pi / 4))
        case .tdg: return turn(z(first), AffineAngle(constant: -.pi / 4))
        case .rx: return turn(x(first), angles[0])
        case .ry: return turn(y(first), angles[0])
        case .rz, .p: return turn(z(first), angles[0])
        case .u: return turn(z(first), angles[2]) + turn(y(first), angles[0]) + turn(z(first), angles[1])
        case .cx: return [.controlledX(first, second)]
        case .cz: return [.controlledZ(first, second)]
        case .cy: return [.quarterTurns(z(second), 3), .controlledX(first, second), .quarterTurns(z(second), 1)]
        case .swap: return [.exchange(first, second)]
        case .cp:
            // exp(iφ|11⟩⟨11|) with |11⟩⟨11| = (1 − Z_c − Z_t + Z_c Z_t)/4. Every Pauli string anticommutes with none or two
            // of the three strings, so half angles of a trained input always meet again in whole ones.
            return turn(z(first), 0.5 * angles[0]) + turn(z(second), 0.5 * angles[0])
                + turn(both(z(first), z(second)), -0.5 * angles[0])
        case .crx: return controlled(x(second))
        case .cry: return controlled(y(second))
        case .crz: return controlled(z(second))
        case .rxx: return turn(both(x(first), x(second)), angles[0])
        case .ryy: return turn(both(y(first), y(second)), angles[0])
        case .rzz: return turn(both(z(first), z(second)), angles[0])
        }
    }

    /// Rotations about one string commute: one a trained input, and one for the rest of the angle.
    private static func rotation(
        about string: PauliWord, by angle: AffineAngle, axes: [Int: Int]
    )
        -> [PropagationStep]
    {
        var steps: [PropagationStep] = []
        for term in angle.terms {
            guard let axis = axes[term.input] else { continue }
            steps.append(.trainedTurn(string, axis: axis, halves: Int((2 * term.factor).rounded())))
        }
        let rest = AffineAngle(constant: angle.constant, terms: angle.terms.filter { axes[$0.input] == nil })
        if !rest.terms.isEmpty {
            steps.append(.dataTurn(string, rest))
        } else if let turns = quarterTurns(rest.constant) {
            if turns != 0 { steps.append(.quarterTurns(string, turns)) }
        } else {
            steps.append(.dataTurn(string, rest))
        }
        return steps
    }

    /// The multiple of π/2, from 0 to 3, that an angle is to its own precision.
    private static func quarterTurns(_ angle: Double) -> Int? {
        guard abs(angle) < 1024 else { return nil }
        let turns = (angle / (.pi / 2)).rounded()
        guard abs(angle - turns * (.pi / 2)) <= angle.ulp else { return nil }
        return ((Int(turns) % 4) + 4) % 4
    }
}
