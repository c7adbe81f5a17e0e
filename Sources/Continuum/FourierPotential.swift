import Foundation
package import Torus

/// The potential `V(θ) = Σ_m w_m Φ_m(θ)` in Fourier form, `V(θ) = Σ_k V_k e^{ik·θ}` over `k ∈ Z^d`.
///
/// `V` is real, `V_{−k} = V̄_k`: one mode of each pair is kept, the one whose first component that is not 0 is positive,
/// and `k = 0` is always mode 0. The monomials are sorted into the modes once, as tables; from then on weights become `V_k` and
/// moments `m_k = ∫ e^{ik·θ} dμ` become `M_m = ∫ Φ_m dμ` at one multiplication a table entry (`2^{f−1}` entries for a monomial of `f`
/// factors), without allocation.
package struct FourierPotential: Sendable {
    /// The number of angles `d`.
    let dimension: Int
    /// The wave vectors `k` of the modes kept, in lexicographic order after `k = 0`.
    package let modes: [[Int]]
    /// The largest harmonic of each angle.
    package let harmonics: [Int]

    /// `Φ_m` contains `value·e^{ik·θ}` and its conjugate, with `value` real or `i` times a real number.
    private struct Entry: Sendable {
        let monomial: Int
        let mode: Int
        let value: Double
        let isImaginary: Bool
    }
    private let entries: [Entry]

    package init(_ basis: TrigonometricBasis) {
        dimension = basis.dimension
        harmonics = basis.harmonics
        let zero = Array(repeating: 0, count: basis.dimension)
        var found: [(monomial: Int, k: [Int], value: Double, isImaginary: Bool)] = []
        for (m, monomial) in basis.monomials.enumerated() {
            let factors = monomial.factors
            let sines = factors.count { $0.kind == .sine }
            // cos = ½(e + ē), sin = −(i/2)(e − ē): the signs of all factors but the first are free.
            for signs in 0..<1 << max(0, factors.count - 1) {
                var k = zero
                var value = factors.isEmpty ? 0.5 : pow(0.5, Double(factors.count))
                for (index, factor) in factors.enumerated() {
                    let isMinus = index > 0 && signs >> (index - 1) & 1 == 1
                    k[factor.axis] = isMinus ? -factor.harmonic : factor.harmonic
                    if isMinus, factor.kind == .sine { value = -value }
                }
                // (−i)^sines
                if sines % 4 == 1 || sines % 4 == 2 { value = -value }
                found.append((m, k, value, sines % 2 == 1))
            }
        }
        let nonzero = Set(found.map(\.k)).subtracting([zero]).sorted { $0.lexicographicallyPrecedes($1) }
        modes = [zero] + nonzero
        let places = Dictionary(uniqueKeysWithValues: modes.enumerated().map { ($1, $0) })
        entries = found.map {
            Entry(monomial: $0.monomial, mode: places[$0.k] ?? 0, value: $0.value, isImaginary: $0.isImaginary)
        }
    }

    /// The number of modes kept.
    package var count: Int { modes.count }

    /// Writes the coefficients `V_k` of the modes kept.
    package func coefficients(
        weights: UnsafePointer<Double>, real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>
    ) {
        real.update(repeating: 0, count: modes.count)
        imaginary.update(repeating: 0, count: modes.count)
        for entry in entries {
            let term = weights[entry.monomial] * entry.value
            if entry.isImaginary {
                imaginary[entry.mode] += term
            } else {
                // Mode 0 is its own conjugate.
                real[entry.mode] += entry.mode == 0 ? 2 * term : term
            }
        }
    }

    /// Writes the moments `M_m` from `m_k = ∫ e^{ik·θ} dμ` of the modes kept.
    package func moments(
        real: UnsafePointer<Double>, imaginary: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>,
        count: Int
    ) {
        moments.update(repeating: 0, count: count)
        for entry in entries {
            let part = entry.isImaginary ? -imaginary[entry.mode] : real[entry.mode]
            moments[entry.monomial] += 2 * entry.value * part
        }
    }

    /// The moments `M_m` of a law given by its Fourier moments.
    func moments(count: Int, moment: ([Int]) -> (real: Double, imaginary: Double)) -> [Double] {
        let values = modes.map(moment)
        var result = Array(repeating: 0.0, count: count)
        moments(real: values.map(\.real), imaginary: values.map(\.imaginary), into: &result, count: count)
        return result
    }

    /// Every mode and its conjugate, with its coefficient.
    private func all(weights: [Double]) -> [(k: [Int], real: Double, imaginary: Double)] {
        var real = Array(repeating: 0.0, count: count)
        var imaginary = real
        coefficients(weights: weights, real: &real, imaginary: &imaginary)
        return (0..<count).flatMap { q -> [(k: [Int], real: Double, imaginary: Double)] in
            let mode = (k: modes[q], real: real[q], imaginary: imaginary[q])
            return q == 0 ? [mode] : [mode, (modes[q].map { -$0 }, real[q], -imaginary[q])]
        }
    }

    /// The dissipation `∫ |∇V|² dμ = −Σ_{k,l} (k·l) V_k V_l m_{k+l}`, exact for exact moments.
    ///
    /// Cost: the square of the number of modes, and one call of `moment` for each sum `k + l`.
    func dissipation(weights: [Double], moment: ([Int]) -> (real: Double, imaginary: Double)) -> Double {
        let waves = all(weights: weights)
        var known: [[Int]: (real: Double, imaginary: Double)] = [:]
        var sum = 0.0
        for a in waves {
            for b in waves {
                let product = zip(a.k, b.k).reduce(0) { $0 + $1.0 * $1.1 }
                guard product != 0 else { continue }
                let k = zip(a.k, b.k).map(+)
                let m = known[k] ?? moment(k)
                known[k] = m
                let (re, im) = (
                    a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real
                )
                sum -= Double(product) * (re * m.real - im * m.imaginary)
            }
        }
        return sum
    }

    /// The mean `∫ ΔV dμ = −Σ_k |k|² V_k m_k`, the rate at which the entropy `∫ ρ log ρ` grows.
    func meanLaplacian(weights: [Double], moment: ([Int]) -> (real: Double, imaginary: Double)) -> Double {
        all(weights: weights).reduce(0) { sum, wave in
            let square = wave.k.reduce(0) { $0 + $1 * $1 }
            guard square != 0 else { return sum }
            let m = moment(wave.k)
            return sum - Double(square) * (wave.real * m.real - wave.imaginary * m.imaginary)
        }
    }
}
