/// A tensor product of Pauli matrices on up to 64 qubits, without a sign.
///
/// ```swift
/// let string = PauliString(x: 0b010, z: 0b110)    // Y1 Z2
/// ```
///
/// Qubit `q` carries X when only bit `q` of `x` is set, Z when only that of `z` is, Y when both are, and the identity
/// otherwise. As an operator it is `i^{|x∧z|} X^x Z^z`, which is Hermitian.
public struct PauliString: Sendable, Hashable {
    /// The qubits with X or Y.
    public let x: UInt64
    /// The qubits with Z or Y.
    public let z: UInt64

    /// The string with the given bit masks.
    public init(x: UInt64 = 0, z: UInt64 = 0) {
        self.x = x
        self.z = z
    }

    /// The identity.
    public static let identity = PauliString()

    /// One past the last qubit that is not the identity.
    public var width: Int { UInt64.bitWidth - (x | z).leadingZeroBitCount }

    /// Whether the two strings commute.
    @inline(__always)
    func commutes(withX otherX: UInt64, z otherZ: UInt64) -> Bool {
        ((x & otherZ).nonzeroBitCount &+ (z & otherX).nonzeroBitCount) & 1 == 0
    }
}

extension PauliString: CustomStringConvertible {
    /// A text such as `X1 Z2`, and `I` for the identity.
    public var description: String {
        let letters = (0..<UInt64.bitWidth).compactMap { qubit -> String? in
            switch (x >> UInt64(qubit) & 1, z >> UInt64(qubit) & 1) {
            case (1, 0): "X\(qubit)"
            case (1, 1): "Y\(qubit)"
            case (0, 1): "Z\(qubit)"
            default: nil
            }
        }
        return letters.isEmpty ? "I" : letters.joined(separator: " ")
    }
}
