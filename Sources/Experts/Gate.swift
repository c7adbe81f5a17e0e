/// A quantum gate of the supported set.
///
/// ```swift
/// Circuit.Instruction(.cx, qubits: [0, 1])
/// Circuit.Instruction(.rz, qubits: [1], angles: [.input(0)])
/// ```
///
/// Rotations are `exp(−iφP/2)`; `p(φ)` is `diag(1, e^{iφ})`; `u(θ, φ, λ)` is OpenQASM's `U`. In a controlled gate the first
/// qubit is the control.
public enum Gate: String, Sendable, Hashable, CaseIterable {
    /// The identity.
    case id
    /// The Pauli gate X.
    case x
    /// The Pauli gate Y.
    case y
    /// The Pauli gate Z.
    case z
    /// The Hadamard gate.
    case h
    /// `diag(1, i)`.
    case s
    /// `diag(1, −i)`.
    case sdg
    /// `diag(1, e^{iπ/4})`.
    case t
    /// `diag(1, e^{−iπ/4})`.
    case tdg
    /// The square root of X.
    case sx
    /// The rotation about X.
    case rx
    /// The rotation about Y.
    case ry
    /// The rotation about Z.
    case rz
    /// The phase `diag(1, e^{iφ})`.
    case p
    /// The general one-qubit gate `U(θ, φ, λ)`.
    case u
    /// The controlled X.
    case cx
    /// The controlled Y.
    case cy
    /// The controlled Z.
    case cz
    /// The exchange of two qubits.
    case swap
    /// The controlled phase.
    case cp
    /// The controlled rotation about X.
    case crx
    /// The controlled rotation about Y.
    case cry
    /// The controlled rotation about Z.
    case crz
    /// The rotation about X⊗X.
    case rxx
    /// The rotation about Y⊗Y.
    case ryy
    /// The rotation about Z⊗Z.
    case rzz

    /// The number of qubits that the gate acts on: 1 or 2.
    public var qubitCount: Int {
        switch self {
        case .id, .x, .y, .z, .h, .s, .sdg, .t, .tdg, .sx, .rx, .ry, .rz, .p, .u: 1
        case .cx, .cy, .cz, .swap, .cp, .crx, .cry, .crz, .rxx, .ryy, .rzz: 2
        }
    }

    /// The number of angles that the gate takes.
    public var angleCount: Int {
        switch self {
        case .id, .x, .y, .z, .h, .s, .sdg, .t, .tdg, .sx, .cx, .cy, .cz, .swap: 0
        case .rx, .ry, .rz, .p, .cp, .crx, .cry, .crz, .rxx, .ryy, .rzz: 1
        case .u: 3
        }
    }
}
