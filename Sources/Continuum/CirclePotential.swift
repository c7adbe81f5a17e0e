import Foundation
import Torus

/// The potential `V(θ) = Σ_m w_m Φ_m(θ)` of one angle, as cosines and sines of its harmonics.
///
/// It sorts the monomials of a basis by harmonic once, so that solvers on the circle work on the arrays `cosine[l]` and
/// `sine[l]`, `l = 0 … degree`: `V = Σ_l cosine[l] cos lθ + sine[l] sin lθ`.
struct CirclePotential: Sendable {
    /// The largest harmonic, `L`.
    let degree: Int
    /// Where each monomial belongs.
    private let places: [(harmonic: Int, isSine: Bool)]

    init(_ basis: TrigonometricBasis) {
        precondition(basis.dimension == 1, "one angle")
        degree = basis.harmonics[0]
        places = basis.monomials.map { monomial in
            guard let factor = monomial.factors.first else { return (0, false) }
            return (factor.harmonic, factor.kind == .sine)
        }
    }

    /// The moments `M_m` from those of the harmonics, `∫ cos kθ dμ` and `∫ sin kθ dμ` for `k = 0 … degree`.
    func moments(
        cosine: UnsafePointer<Double>, sine: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>
    ) {
        for (m, place) in places.enumerated() {
            moments[m] = place.isSine ? sine[place.harmonic] : cosine[place.harmonic]
        }
    }

    /// The harmonics of the potential from the weights; the constant does not move anything and is kept all the same.
    func harmonics(
        weights: UnsafePointer<Double>, cosine: UnsafeMutablePointer<Double>, sine: UnsafeMutablePointer<Double>
    ) {
        for l in 0...degree {
            cosine[l] = 0
            sine[l] = 0
        }
        for (m, place) in places.enumerated() {
            if place.isSine { sine[place.harmonic] += weights[m] } else { cosine[place.harmonic] += weights[m] }
        }
    }

    /// The dissipation `∫ (V')² dμ` from the weights and the moments `∫ e^{ikθ} dμ`, `k = 0 … 2·degree`.
    ///
    /// `V' = Σ_l A_l cos lθ + B_l sin lθ` with `A_l = l·sine[l]`, `B_l = −l·cosine[l]`; products become sums.
    func dissipation(weights: [Double], moment: (Int) -> (real: Double, imaginary: Double)) -> Double {
        var cosine = Array(repeating: 0.0, count: degree + 1)
        var sine = cosine
        harmonics(weights: weights, cosine: &cosine, sine: &sine)
        let a = (0...degree).map { Double($0) * sine[$0] }
        let b = (0...degree).map { -Double($0) * cosine[$0] }
        var sum = 0.0
        for j in 0...degree {
            for l in 0...degree {
                let (total, difference) = (moment(j + l), moment(j - l))
                sum += 0.5 * (a[j] * a[l] + b[j] * b[l]) * difference.real
                sum += 0.5 * (a[j] * a[l] - b[j] * b[l]) * total.real
                sum += 0.5 * (b[j] * a[l] + a[j] * b[l]) * total.imaginary
                sum += 0.5 * (b[j] * a[l] - a[j] * b[l]) * difference.imaginary
            }
        }
        return sum
    }
}
