import Foundation

/// The sines and cosines of eight angles at once.
///
/// The angle is reduced by multiples of π, split in three parts (Cody and Waite); then polynomials in the square of the
/// rest, near-minimax on `[−π/2, π/2]` with errors of 1.3e-18 (sine) and 9.5e-20 (cosine). Absolute error at most
/// 2.3e-16 for `|angle| ≤ 2²⁰`; beyond, the library's functions take over.
///
/// No fused operation is used, so portable and native builds give the same bits.
@inlinable
public func sineCosine(_ angle: SIMD8<Double>) -> (sine: SIMD8<Double>, cosine: SIMD8<Double>) {
    let limit = SIMD8<Double>(repeating: 0x1p20)
    if any(angle .> limit) || any(angle .< -limit) { return sineCosineBeyondReduction(angle) }
    // Adding and subtracting 1.5·2⁵² rounds to the nearest integer in two vector operations.
    let rounder = 0x1.8p52
    let k = (angle * (1 / Double.pi) + rounder) - rounder
    let r = ((angle - k * 0x1.921fb544p+1) - k * 0x1.0b4611a8p-33) - k * -0x1.d9cceba3f91f2p-65
    let odd = k - 2 * ((k * 0.5 + rounder) - rounder)
    let sign = 1 - 2 * (odd * odd)
    let u = r * r
    var s = u * 0x1.89a3f165714c1p-49 - 0x1.ae513415ba2a4p-41
    s = u * s + 0x1.6124014cbe5fbp-33
    s = u * s - 0x1.ae6455a1a9e87p-26
    s = u * s + 0x1.71de3a54562a8p-19
    s = u * s - 0x1.a01a01a018aa6p-13
    s = u * s + 0x1.1111111111107p-7
    s = u * s - 0x1.5555555555555p-3
    var c = u * -0x1.5eea848bac7f3p-53 + 0x1.ae5a5978bfaf8p-45
    c = u * c - 0x1.9396fda8b3fc1p-37
    c = u * c + 0x1.1eed8ea6b57cep-29
    c = u * c - 0x1.27e4fb771a6a6p-22
    c = u * c + 0x1.a01a01a019781p-16
    c = u * c - 0x1.6c16c16c16c13p-10
    c = u * c + 0x1.5555555555555p-5
    return (sign * (r + r * (u * s)), sign * ((1 - 0.5 * u) + (u * u) * c))
}

@usableFromInline
func sineCosineBeyondReduction(_ angle: SIMD8<Double>) -> (sine: SIMD8<Double>, cosine: SIMD8<Double>) {
    var sine = SIMD8<Double>()
    var cosine = SIMD8<Double>()
    for lane in 0..<8 {
        sine[lane] = sin(angle[lane])
        cosine[lane] = cos(angle[lane])
    }
    return (sine, cosine)
}
