import CLanes

/// What the averages of five cells in a row say of the density at the middle cell's face towards the last.
///
/// Eight rows side by side. The mirror image gives the other face.
protocol FaceReconstruction: Sendable {
    /// The value at the face between `c` and `d`, as the cell `c` sees it.
    static func value(
        _ a: SIMD8<Double>, _ b: SIMD8<Double>, _ c: SIMD8<Double>, _ d: SIMD8<Double>, _ e: SIMD8<Double>
    ) -> SIMD8<Double>
}

/// The average itself: order 1.
enum UpwindReconstruction: FaceReconstruction {
    @inline(__always)
    static func value(
        _ a: SIMD8<Double>, _ b: SIMD8<Double>, _ c: SIMD8<Double>, _ d: SIMD8<Double>, _ e: SIMD8<Double>
    ) -> SIMD8<Double> { c }
}

/// A linear profile with the smaller one-sided slope.
enum MinmodReconstruction: FaceReconstruction {
    @inline(__always)
    static func value(
        _ a: SIMD8<Double>, _ b: SIMD8<Double>, _ c: SIMD8<Double>, _ d: SIMD8<Double>, _ e: SIMD8<Double>
    ) -> SIMD8<Double> {
        let (left, right) = (c - b, d - c)
        return c + 0.5 * (positivePart(smaller(left, right)) + negativePart(larger(left, right)))
    }
}

/// A linear profile with the harmonic mean of the slopes (van Leer 1974).
enum VanLeerReconstruction: FaceReconstruction {
    @inline(__always)
    static func value(
        _ a: SIMD8<Double>, _ b: SIMD8<Double>, _ c: SIMD8<Double>, _ d: SIMD8<Double>, _ e: SIMD8<Double>
    ) -> SIMD8<Double> {
        // The product over the sum, written so that no lane divides by 0. By rounding the profile could fall below 0 beside an
        // empty cell.
        let sum = d - b
        let half =
            (positivePart((c - b) * (d - c)) * sum) / kac_multiply_add(sum, sum, SIMD8(repeating: 1e-300))
        return positivePart(c + half)
    }
}

/// A linear profile with the central slope, at most twice the one-sided ones (van Leer 1977).
enum MonotonizedCentralReconstruction: FaceReconstruction {
    @inline(__always)
    static func value(
        _ a: SIMD8<Double>, _ b: SIMD8<Double>, _ c: SIMD8<Double>, _ d: SIMD8<Double>, _ e: SIMD8<Double>
    ) -> SIMD8<Double> {
        let (left, right) = (c - b, d - c)
        let central = 0.25 * (d - b)
        let rising = positivePart(smaller(smaller(left, right), central))
        return c + (rising + negativePart(larger(larger(left, right), central)))
    }
}

/// Three parabolas weighted by their smoothness: order 5 where the density is smooth.
///
/// Source: Borges, Carmona, Costa, Don, *An improved weighted essentially non-oscillatory scheme for hyperbolic conservation laws*,
/// J. Comput. Phys. 227 (2008), with the power 2.
enum WENO5Reconstruction: FaceReconstruction {
    @inline(__always)
    static func value(
        _ a: SIMD8<Double>, _ b: SIMD8<Double>, _ c: SIMD8<Double>, _ d: SIMD8<Double>, _ e: SIMD8<Double>
    ) -> SIMD8<Double> { wenoFaceValue(a, b, c, d, e) }
}

/// The averages beside a row of faces: three cells before each face, three after it.
struct FaceStencil {
    let before2: UnsafePointer<Double>
    let before1: UnsafePointer<Double>
    let before: UnsafePointer<Double>
    let after: UnsafePointer<Double>
    let after1: UnsafePointer<Double>
    let after2: UnsafePointer<Double>

    /// The density at eight faces as the cell sees it that the flow comes from.
    @inline(__always)
    func upwindValue<R: FaceReconstruction>(
        _ reconstruction: R.Type, _ velocity: SIMD8<Double>, _ i: Int
    ) -> SIMD8<Double> {
        return R.value(
            choose(wherePositive: velocity, load(before2, i), load(after2, i)),
            choose(wherePositive: velocity, load(before1, i), load(after1, i)),
            choose(wherePositive: velocity, load(before, i), load(after, i)),
            choose(wherePositive: velocity, load(after, i), load(before, i)),
            choose(wherePositive: velocity, load(after1, i), load(before1, i)))
    }
}
