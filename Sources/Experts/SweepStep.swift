import Foundation

/// One step of a sweep by the state vector: a rotation of a qubit, a turn of two, a sign or an exchange.
///
/// With amplitudes as rows of real and imaginary parts every turn of two qubits is a set of plane rotations
/// `u → c·u − s·v, v → s·u + c·v`: one kernel serves all. Every gate of the set is a product of such steps up to a global
/// phase, which no expectation value and no derivative of one sees.
struct SweepStep: Sendable {
    enum Kind: Sendable {
        case x, y, z, xx, yy, zz, controlledPhase, controlledX, controlledY, controlledZ
        case controlledNegate, controlledExchange, swap
    }

    /// Where the cosine and sine of a turn come from.
    enum Source: Sendable {
        /// From `cosine` and `sine`.
        case fixed
        /// From the table of a datum.
        case datum
        /// From the table of a block of experts.
        case trained
        /// From the table of a block of experts, advanced by the angle of a datum.
        case trainedAndDatum
    }

    let kind: Kind
    /// The bit of the amplitude's index that belongs to the qubit, to the target of a controlled gate.
    let bit: Int
    /// The bit of the other qubit, of the control.
    var other = 0
    var source = Source.fixed
    /// A fixed turn's angle `φ`.
    var angle = 0.0
    /// The cosine and sine of a fixed turn of the planes.
    var cosine = 1.0
    var sine = 0.0
    /// The turn's place in the table of a datum.
    var datumPlace = 0
    /// The turn's place in the table of a block.
    var trainedPlace = 0

    /// The angle of the planes' turn over the gate's angle.
    var scale: Double { kind == .controlledPhase ? 1 : 0.5 }

    var isTrained: Bool { source == .trained || source == .trainedAndDatum }

    /// Whether the step is a rotation of one qubit.
    var isRotation: Bool { kind == .x || kind == .y || kind == .z }

    /// The axis of a rotation of one qubit, 0, 1, 2 for X, Y, Z; no other step is asked for it.
    var rotationAxis: Int { kind == .x ? 0 : kind == .y ? 1 : 2 }

    /// Multiplications, each with its addition, of an application, an amplitude; rotations of one qubit are one unitary, which
    /// the first of them pays for.
    var cost: Int {
        switch kind {
        case .x, .y, .z: 8
        case .xx, .yy, .zz: 4
        case .controlledPhase, .controlledX, .controlledY, .controlledZ, .controlledExchange, .swap: 2
        case .controlledNegate: 1
        }
    }

    /// The commuting rotations `exp(−iφP/2)` that a fixed step consists of, up to a global phase.
    var rotations: [(string: IndexPauli, angle: Double)] {
        let (a, b, both) = (bit, other, bit | other)
        func string(_ x: Int, _ z: Int) -> IndexPauli { IndexPauli(x: x, z: z) }
        let quarter = Double.pi / 2
        switch kind {
        case .x: return [(string(a, 0), angle)]
        case .y: return [(string(a, a), angle)]
        case .z: return [(string(0, a), angle)]
        case .xx: return [(string(both, 0), angle)]
        case .yy: return [(string(both, both), angle)]
        case .zz: return [(string(0, both), angle)]
        case .controlledPhase:
            return [(string(0, a), angle / 2), (string(0, b), angle / 2), (string(0, both), -angle / 2)]
        case .controlledX: return [(string(a, 0), angle / 2), (string(a, b), -angle / 2)]
        case .controlledY: return [(string(a, a), angle / 2), (string(a, both), -angle / 2)]
        case .controlledZ: return [(string(0, a), angle / 2), (string(0, both), -angle / 2)]
        case .controlledNegate: return [(string(0, a), quarter), (string(0, b), quarter), (string(0, both), -quarter)]
        case .controlledExchange: return [(string(a, 0), quarter), (string(0, b), quarter), (string(a, b), -quarter)]
        case .swap: return [(string(both, 0), -quarter), (string(both, both), -quarter), (string(0, both), -quarter)]
        }
    }

    /// The cosine and sine of an angle, exact at the multiples of the nearest number to π/2.
    static func circle(_ angle: Double) -> (cosine: Double, sine: Double) {
        let quarters = angle / (.pi / 2)
        guard quarters.rounded() == quarters, abs(quarters) < 1e6 else { return (cos(angle), sin(angle)) }
        switch Int(quarters) & 3 {
        case 0: return (1, 0)
        case 1: return (0, 1)
        case 2: return (-1, 0)
        default: return (0, -1)
        }
    }
}

/// A Pauli string `i^{|x∧z|} X^x Z^z` over the bits of an amplitude's index.
struct IndexPauli: Hashable {
    let x: Int
    let z: Int
}
