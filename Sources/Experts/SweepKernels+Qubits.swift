import CLanes

/// What is done to single qubits of eight states at once.
///
/// A unitary `w − i(xX + yY + zZ)`, `w² + x² + y² + z² = 1`, is the four rows `w, x, y, z`. Two qubits are turned in one go
/// through the state: four amplitudes stay in registers for both.
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

    /// A unitary in registers.
    private struct Unitary {
        let w: Lanes
        let x: Lanes
        let y: Lanes
        let z: Lanes

        @inline(__always)
        init(_ rows: UnsafePointer<Lanes>, isInverse: Bool) {
            let sign = Lanes(repeating: isInverse ? -1 : 1)
            w = rows[0]
            x = sign * rows[1]
            y = sign * rows[2]
            z = sign * rows[3]
        }

        @inline(__always)
        func apply(_ a: inout Amplitude, _ b: inout Amplitude) {
            let (p, q) = (a, b)
            a.re = kac_multiply_add(z, p.im, kac_multiply_subtract(y, q.re, kac_multiply_add(x, q.im, w * p.re)))
            a.im = kac_multiply_subtract(
                z, p.re, kac_multiply_subtract(y, q.im, kac_multiply_subtract(x, q.re, w * p.im)))
            b.re = kac_multiply_add(y, p.re, kac_multiply_add(x, p.im, kac_multiply_subtract(z, q.im, w * q.re)))
            b.im = kac_multiply_add(y, p.im, kac_multiply_subtract(x, p.re, kac_multiply_add(z, q.re, w * q.im)))
        }
    }

    private struct Amplitude {
        var re: Lanes
        var im: Lanes

        @inline(__always)
        init(_ rows: UnsafePointer<Lanes>, _ k: Int) {
            re = rows[2 &* k]
            im = rows[2 &* k &+ 1]
        }

        @inline(__always)
        func store(_ rows: Rows, _ k: Int) {
            rows[2 &* k] = re
            rows[2 &* k &+ 1] = im
        }
    }

    /// Turns one qubit of `source` into `target`, which may be the same.
    @inline(never)
    static func turn(
        _ size: Int, bit a: Int, by unitary: UnsafePointer<Lanes>, isInverse: Bool, from source: Rows, to target: Rows
    ) {
        let unitary = Unitary(unitary, isInverse: isInverse)
        for j in 0..<(size &>> 1) {
            let k = j &+ (j & (0 &- a))
            var (p, q) = (Amplitude(source, k), Amplitude(source, k | a))
            unitary.apply(&p, &q)
            p.store(target, k)
            q.store(target, k | a)
        }
    }

    /// Turns two qubits of `source` into `target`, which may be the same.
    @inline(never)
    static func turn(
        _ size: Int, bits: (Int, Int), by unitaries: (UnsafePointer<Lanes>, UnsafePointer<Lanes>), isInverse: Bool,
        from source: Rows, to target: Rows
    ) {
        let (a, b) = bits
        let first = Unitary(unitaries.0, isInverse: isInverse)
        let second = Unitary(unitaries.1, isInverse: isInverse)
        let (low, high) = (0 &- min(a, b), 0 &- max(a, b))
        for j in 0..<(size &>> 2) {
            let k = index(j, low, high)
            var (p, q) = (Amplitude(source, k), Amplitude(source, k | a))
            var (r, s) = (Amplitude(source, k | b), Amplitude(source, k | a | b))
            first.apply(&p, &q)
            first.apply(&r, &s)
            second.apply(&p, &r)
            second.apply(&q, &s)
            p.store(target, k)
            q.store(target, k | a)
            r.store(target, k | b)
            s.store(target, k | a | b)
        }
    }

    /// Writes `Im ⟨λ|σ|ψ⟩` of a Pauli matrix on one qubit.
    @inline(never)
    static func derivative(
        _ size: Int, axis: Int, bit a: Int, costate: UnsafePointer<Lanes>, state: UnsafePointer<Lanes>, to result: Rows
    ) {
        switch axis {
        case 0: derivative(size, X.self, bit: a, costate: costate, state: state, to: result)
        case 1: derivative(size, Y.self, bit: a, costate: costate, state: state, to: result)
        default: derivative(size, Z.self, bit: a, costate: costate, state: state, to: result)
        }
    }

    /// Writes `Im ⟨λ|σ|ψ⟩` of a Pauli matrix on one qubit and of the same on another.
    @inline(never)
    static func derivatives(
        _ size: Int, axis: Int, bits: (Int, Int), costate: UnsafePointer<Lanes>, state: UnsafePointer<Lanes>,
        to results: (Rows, Rows)
    ) {
        switch axis {
        case 0: derivatives(size, X.self, bits: bits, costate: costate, state: state, to: results)
        case 1: derivatives(size, Y.self, bits: bits, costate: costate, state: state, to: results)
        default: derivatives(size, Z.self, bits: bits, costate: costate, state: state, to: results)
        }
    }

    @inline(__always)
    private static func derivative(
        _ size: Int, _ pauli: (some PauliMatrix).Type, bit a: Int, costate: UnsafePointer<Lanes>,
        state: UnsafePointer<Lanes>, to result: Rows
    ) {
        var (s, t) = (Lanes(), Lanes())
        for j in 0..<(size &>> 1) {
            let k = j &+ (j & (0 &- a))
            pauli.add(
                &s, &t, Amplitude(costate, k), Amplitude(costate, k | a), Amplitude(state, k), Amplitude(state, k | a))
        }
        result[0] = s + t
    }

    @inline(__always)
    private static func derivatives(
        _ size: Int, _ pauli: (some PauliMatrix).Type, bits: (Int, Int), costate: UnsafePointer<Lanes>,
        state: UnsafePointer<Lanes>, to results: (Rows, Rows)
    ) {
        let (a, b) = bits
        // Eight sums, so that no addition waits for the one before.
        var (s0, s1, s2, s3) = (Lanes(), Lanes(), Lanes(), Lanes())
        var (t0, t1, t2, t3) = (Lanes(), Lanes(), Lanes(), Lanes())
        let (low, high) = (0 &- min(a, b), 0 &- max(a, b))
        for j in 0..<(size &>> 2) {
            let k = index(j, low, high)
            let (l0, l1) = (Amplitude(costate, k), Amplitude(costate, k | a))
            let (l2, l3) = (Amplitude(costate, k | b), Amplitude(costate, k | a | b))
            let (p0, p1) = (Amplitude(state, k), Amplitude(state, k | a))
            let (p2, p3) = (Amplitude(state, k | b), Amplitude(state, k | a | b))
            pauli.add(&s0, &s1, l0, l1, p0, p1)
            pauli.add(&s2, &s3, l2, l3, p2, p3)
            pauli.add(&t0, &t1, l0, l2, p0, p2)
            pauli.add(&t2, &t3, l1, l3, p1, p3)
        }
        results.0[0] = (s0 + s1) + (s2 + s3)
        results.1[0] = (t0 + t1) + (t2 + t3)
    }

    /// A Pauli matrix's share of `Im ⟨λ|σ|ψ⟩` on two amplitudes, added to two sums.
    private protocol PauliMatrix {
        static func add(
            _ s: inout Lanes, _ t: inout Lanes, _ l0: Amplitude, _ l1: Amplitude, _ p0: Amplitude, _ p1: Amplitude)
    }

    private enum X: PauliMatrix {
        @inline(__always)
        static func add(
            _ s: inout Lanes, _ t: inout Lanes, _ l0: Amplitude, _ l1: Amplitude, _ p0: Amplitude, _ p1: Amplitude
        ) {
            s = kac_multiply_subtract(l0.im, p1.re, kac_multiply_add(l0.re, p1.im, s))
            t = kac_multiply_subtract(l1.im, p0.re, kac_multiply_add(l1.re, p0.im, t))
        }
    }

    private enum Y: PauliMatrix {
        @inline(__always)
        static func add(
            _ s: inout Lanes, _ t: inout Lanes, _ l0: Amplitude, _ l1: Amplitude, _ p0: Amplitude, _ p1: Amplitude
        ) {
            s = kac_multiply_subtract(l0.re, p1.re, kac_multiply_add(l1.re, p0.re, s))
            t = kac_multiply_subtract(l0.im, p1.im, kac_multiply_add(l1.im, p0.im, t))
        }
    }

    private enum Z: PauliMatrix {
        @inline(__always)
        static func add(
            _ s: inout Lanes, _ t: inout Lanes, _ l0: Amplitude, _ l1: Amplitude, _ p0: Amplitude, _ p1: Amplitude
        ) {
            s = kac_multiply_subtract(l0.im, p0.re, kac_multiply_add(l0.re, p0.im, s))
            t = kac_multiply_subtract(l1.re, p1.im, kac_multiply_add(l1.im, p1.re, t))
        }
    }
}
