import CLanes

/// What is done to single qubits of eight states at once, beside the loops of `CStateVector`.
///
/// A unitary `w − i(xX + yY + zZ)`, `w² + x² + y² + z² = 1`, is the four rows `w, x, y, z`.
extension SweepKernels {
    /// A product of rotations in the making. It stays in registers: rows that are written in halves are slow to be read.
    struct Product {
        private var w = Lanes(repeating: 1)
        private var x = Lanes()
        private var y = Lanes()
        private var z = Lanes()

        /// Follows by a rotation about an axis whose half angle has the cosine and sine given.
        @inline(__always)
        mutating func rotate(axis: Int, cosine c: Lanes, sine s: Lanes) {
            switch axis {
            case 0: Self.rotate(&w, &x, &y, &z, c, s)
            case 1: Self.rotate(&w, &y, &z, &x, c, s)
            default: Self.rotate(&w, &z, &x, &y, c, s)
            }
        }

        @inline(__always)
        private static func rotate(
            _ w: inout Lanes, _ a: inout Lanes, _ b: inout Lanes, _ d: inout Lanes, _ c: Lanes, _ s: Lanes
        ) {
            (w, a) = (kac_multiply_subtract(s, a, c * w), kac_multiply_add(s, w, c * a))
            (b, d) = (kac_multiply_subtract(s, d, c * b), kac_multiply_add(s, b, c * d))
        }

        @inline(__always)
        func store(_ unitary: Rows) {
            unitary[0] = w
            unitary[1] = x
            unitary[2] = y
            unitary[3] = z
        }
    }

    /// Takes the three numbers `⟨λ|σ|ψ⟩` after a rotation to those of the generators before it.
    @inline(__always)
    static func rotateBack(_ vector: Rows, axis: Int, cosine c: Lanes, sine s: Lanes) {
        let (cosine, sine) = (c * c - s * s, 2 * (c * s))
        let (j, k) = (axis == 2 ? 0 : axis &+ 1, axis == 0 ? 2 : axis &- 1)
        let (u, v) = (vector[j], vector[k])
        vector[j] = kac_multiply_add(sine, v, cosine * u)
        vector[k] = kac_multiply_subtract(sine, u, cosine * v)
    }

    /// Makes the product of a state of the qubits below a bit, and of this bit's qubit in the state `U|0⟩`.
    @inline(never)
    static func extend(_ rows: Rows, bit: Int, by unitary: UnsafePointer<Lanes>) {
        let (w, x, y, z) = (unitary[0], unitary[1], unitary[2], unitary[3])
        let upper = rows + 2 &* bit
        for k in 0..<bit {
            let (re, im) = (rows[2 &* k], rows[2 &* k &+ 1])
            upper[2 &* k] = kac_multiply_add(x, im, y * re)
            upper[2 &* k &+ 1] = kac_multiply_subtract(x, re, y * im)
            rows[2 &* k] = kac_multiply_add(z, im, w * re)
            rows[2 &* k &+ 1] = kac_multiply_subtract(z, re, w * im)
        }
    }
}
