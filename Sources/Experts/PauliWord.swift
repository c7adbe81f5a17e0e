/// A tensor product of Pauli matrices on up to 64 qubits, without a sign: what propagation works with.
///
/// As an operator it is `i^{|x∧z|} X^x Z^z`, see `PauliString`.
struct PauliWord: Sendable, Hashable {
    /// The qubits with X or Y.
    let x: UInt64
    /// The qubits with Z or Y.
    let z: UInt64

    init(x: UInt64 = 0, z: UInt64 = 0) {
        self.x = x
        self.z = z
    }

    /// Whether the two strings commute.
    @inline(__always)
    func commutes(withX otherX: UInt64, z otherZ: UInt64) -> Bool {
        ((x & otherZ).nonzeroBitCount &+ (z & otherX).nonzeroBitCount) & 1 == 0
    }
}
