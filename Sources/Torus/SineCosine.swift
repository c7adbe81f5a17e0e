import Foundation

/// The sines and cosines of eight angles at once.
///
/// At most 3 ulps from the exact value for every `|angle| ≤ 2²⁰`, next to zeros too; beyond, the library's functions take over.
///
/// The angle is reduced by multiples of π/2, split in four parts whose products with the multiple are exact but for the last
/// (Cody and Waite); then polynomials in the square of the rest on `[−π/4, π/4]`. The rest's own roundings, up to one ulp of it
/// and nearly two of a sine just below ½, are most of the error.
///
/// No fused operation is used, so portable and native builds give the same bits.
///
/// Source of the polynomials: the kernels of FDLIBM (Sun Microsystems, 1993).
@inlinable
@inline(__always)
public func sineCosine(_ angle: SIMD8<Double>) -> (sine: SIMD8<Double>, cosine: SIMD8<Double>) {
    let limit = SIMD8<Double>(repeating: 0x1p20)
    if any(angle .> limit) || any(angle .< -limit) { return sineCosineBeyondReduction(angle) }
    // Adding and subtracting 1.5·2⁵² rounds to the nearest integer in two vector operations.
    let rounder = 0x1.8p52
    let k = (angle * (2 / Double.pi) + rounder) - rounder
    let rest = ((angle - k * 0x1.921fb544p+0) - k * 0x1.0b4611a8p-34) - k * -0x1.d9cceba000000p-66
    let r = rest - k * -0x1.fc8f8cbb5bf6cp-97
    let u = r * r
    var s = u * 1.58969099521155010221e-10 - 2.50507602534068634195e-08
    s = u * s + 2.75573137070700676789e-06
    s = u * s - 1.98412698298579493134e-04
    s = u * s + 8.33333333332248946124e-03
    s = u * s - 1.66666666666666324348e-01
    let sine = r + r * (u * s)
    var c = u * -1.13596475577881948265e-11 + 2.08757232129817482790e-09
    c = u * c - 2.75573143513906633035e-07
    c = u * c + 2.48015872894767294178e-05
    c = u * c - 1.38888888888741095749e-03
    c = u * c + 4.16666666666666019037e-02
    let half = 0.5 * u
    let whole = 1 - half
    let cosine = whole + (((1 - whole) - half) + (u * u) * c)
    // Even quarters are half turns, which change signs; odd ones, off an even number of half turns, exchange the two. One of
    // `even` and `odd` is 0 and the other ±1, so that the sums are exact.
    let halves = (k * 0.5 + rounder) - rounder
    let odd = k - 2 * halves
    let turned = halves - 2 * ((halves * 0.5 + rounder) - rounder)
    let even = (1 - odd * odd) - 2 * (turned * turned)
    return (even * sine + odd * cosine, even * cosine - odd * sine)
}

@usableFromInline
@inline(never)
func sineCosineBeyondReduction(_ angle: SIMD8<Double>) -> (sine: SIMD8<Double>, cosine: SIMD8<Double>) {
    var sine = SIMD8<Double>()
    var cosine = SIMD8<Double>()
    for lane in 0..<8 {
        sine[lane] = sin(angle[lane])
        cosine[lane] = cos(angle[lane])
    }
    return (sine, cosine)
}
