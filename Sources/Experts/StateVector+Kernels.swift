/// The loops over amplitudes.
extension StateVector {
    typealias Amplitudes = UnsafeMutablePointer<Double>
    /// Real and imaginary parts of a state, then of the one to its left.
    typealias Pair = (UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>)

    static func apply(_ m: GateMatrix.Matrix2, _ re: Amplitudes, _ im: Amplitudes, _ size: Int, bit: Int) {
        var block = 0
        while block < size {
            transform(m, re + block, im + block, re + block + bit, im + block + bit, bit)
            block &+= 2 &* bit
        }
    }

    static func apply(
        _ m: GateMatrix.Matrix2, _ re: Amplitudes, _ im: Amplitudes, _ size: Int, control: Int, bit: Int
    ) {
        let (low, high) = (min(control, bit), max(control, bit))
        var outer = 0
        while outer < size {
            var inner = outer
            while inner < outer &+ high {
                let base = inner | control
                transform(m, re + base, im + base, re + base + bit, im + base + bit, low)
                inner &+= 2 &* low
            }
            outer &+= 2 &* high
        }
    }

    static func apply(
        _ m: GateMatrix.Matrix4, _ re: Amplitudes, _ im: Amplitudes, _ size: Int, high first: Int, low second: Int
    ) {
        forEachFour(size, first, second) { k in
            let a = SIMD4(re[k], re[k | second], re[k | first], re[k | first | second])
            let b = SIMD4(im[k], im[k | second], im[k | first], im[k | first | second])
            let (c, d) = product(m, a, b)
            (re[k], re[k | second], re[k | first], re[k | first | second]) = (c[0], c[1], c[2], c[3])
            (im[k], im[k | second], im[k | first], im[k | first | second]) = (d[0], d[1], d[2], d[3])
        }
    }

    static func product(_ m: GateMatrix.Matrix2, _ pair: Pair, _ size: Int, bit: Int) -> Double {
        var sum = 0.0
        var block = 0
        while block < size {
            sum += product(m, pair, block, block &+ bit, bit)
            block &+= 2 &* bit
        }
        return sum
    }

    static func product(_ m: GateMatrix.Matrix2, _ pair: Pair, _ size: Int, control: Int, bit: Int) -> Double {
        let (low, high) = (min(control, bit), max(control, bit))
        var sum = 0.0
        var outer = 0
        while outer < size {
            var inner = outer
            while inner < outer &+ high {
                let base = inner | control
                sum += product(m, pair, base, base | bit, low)
                inner &+= 2 &* low
            }
            outer &+= 2 &* high
        }
        return sum
    }

    static func product(
        _ m: GateMatrix.Matrix4, _ pair: Pair, _ size: Int, high first: Int, low second: Int
    )
        -> Double
    {
        let (re, im, leftRe, leftIm) = pair
        var sum = 0.0
        forEachFour(size, first, second) { k in
            let a = SIMD4(re[k], re[k | second], re[k | first], re[k | first | second])
            let b = SIMD4(im[k], im[k | second], im[k | first], im[k | first | second])
            let (c, d) = product(m, a, b)
            let e = SIMD4(leftRe[k], leftRe[k | second], leftRe[k | first], leftRe[k | first | second])
            let f = SIMD4(leftIm[k], leftIm[k | second], leftIm[k | first], leftIm[k | first | second])
            sum += (c * e + d * f).sum()
        }
        return sum
    }

    /// The 2×2 matrix on `count` neighbouring pairs of amplitudes.
    @inline(__always)
    private static func transform(
        _ m: GateMatrix.Matrix2, _ re0: Amplitudes, _ im0: Amplitudes, _ re1: Amplitudes, _ im1: Amplitudes,
        _ count: Int
    ) {
        let (r00, r01, r10, r11) = (m.re[0], m.re[1], m.re[2], m.re[3])
        let (i00, i01, i10, i11) = (m.im[0], m.im[1], m.im[2], m.im[3])
        for k in 0..<count {
            let (a, b, c, d) = (re0[k], im0[k], re1[k], im1[k])
            re0[k] = r00 * a - i00 * b + r01 * c - i01 * d
            im0[k] = r00 * b + i00 * a + r01 * d + i01 * c
            re1[k] = r10 * a - i10 * b + r11 * c - i11 * d
            im1[k] = r10 * b + i10 * a + r11 * d + i11 * c
        }
    }

    /// `Re ⟨left| M |state⟩` over `count` neighbouring pairs from the indices `zero` and `one` on.
    @inline(__always)
    private static func product(
        _ m: GateMatrix.Matrix2, _ pair: Pair, _ zero: Int, _ one: Int, _ count: Int
    )
        -> Double
    {
        let (re, im, leftRe, leftIm) = pair
        let (r00, r01, r10, r11) = (m.re[0], m.re[1], m.re[2], m.re[3])
        let (i00, i01, i10, i11) = (m.im[0], m.im[1], m.im[2], m.im[3])
        var sum = 0.0
        for k in 0..<count {
            let (a, b, c, d) = (re[zero &+ k], im[zero &+ k], re[one &+ k], im[one &+ k])
            sum += leftRe[zero &+ k] * (r00 * a - i00 * b + r01 * c - i01 * d)
            sum += leftIm[zero &+ k] * (r00 * b + i00 * a + r01 * d + i01 * c)
            sum += leftRe[one &+ k] * (r10 * a - i10 * b + r11 * c - i11 * d)
            sum += leftIm[one &+ k] * (r10 * b + i10 * a + r11 * d + i11 * c)
        }
        return sum
    }

    /// A 4×4 complex matrix times a vector.
    @inline(__always)
    private static func product(
        _ m: GateMatrix.Matrix4, _ a: SIMD4<Double>, _ b: SIMD4<Double>
    )
        -> (SIMD4<Double>, SIMD4<Double>)
    {
        let (re, im) = (m.re, m.im)
        var (c, d) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
        for row in 0..<4 {
            let r = SIMD4(re[4 &* row], re[4 &* row &+ 1], re[4 &* row &+ 2], re[4 &* row &+ 3])
            let i = SIMD4(im[4 &* row], im[4 &* row &+ 1], im[4 &* row &+ 2], im[4 &* row &+ 3])
            c[row] = (r * a - i * b).sum()
            d[row] = (r * b + i * a).sum()
        }
        return (c, d)
    }

    /// Calls `body` with every index in which both bits are 0.
    @inline(__always)
    private static func forEachFour(_ size: Int, _ first: Int, _ second: Int, _ body: (Int) -> Void) {
        let (low, high) = (min(first, second), max(first, second))
        var outer = 0
        while outer < size {
            var middle = outer
            while middle < outer &+ high {
                for k in middle..<middle &+ low { body(k) }
                middle &+= 2 &* low
            }
            outer &+= 2 &* high
        }
    }
}
