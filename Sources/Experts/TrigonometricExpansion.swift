import Foundation
public import Torus

/// A trigonometric polynomial in the parameters for each of several data: `f(θ, x_a) = Σ_m C_{ma} Φ_m(θ)`.
///
/// ```swift
/// let expansion = try expert.expansion(inputs: [[0.1], [0.7]])
/// expansion.value(at: [0.3], datum: 1)       // f(0.3, 0.7)
/// expansion.gradient(at: [0.3], datum: 1)
/// ```
public struct TrigonometricExpansion: Sendable, Equatable {
    /// The monomials `Φ_m`, sorted.
    public let basis: TrigonometricBasis
    /// The number of data.
    public let datumCount: Int
    /// The coefficients `C_{ma}` at `m · datumCount + a`.
    public let coefficients: [Double]

    /// An expansion with the given coefficients.
    ///
    /// - Precondition: there is one coefficient a monomial and datum.
    public init(basis: TrigonometricBasis, datumCount: Int, coefficients: [Double]) {
        precondition(coefficients.count == basis.count * datumCount, "one coefficient a monomial and datum")
        self.basis = basis
        self.datumCount = datumCount
        self.coefficients = coefficients
    }

    /// The value `f(θ, x_a)`.
    ///
    /// - Complexity: linear in the factors of the monomials.
    public func value(at theta: [Double], datum: Int) -> Double {
        let harmonics = HarmonicTable(theta, basis: basis)
        var sum = 0.0
        for (index, monomial) in basis.monomials.enumerated() {
            var product = coefficients[index * datumCount + datum]
            for factor in monomial.factors { product *= harmonics.value(factor) }
            sum += product
        }
        return sum
    }

    /// The derivatives `∂f/∂θ_p (θ, x_a)`, in the order of the parameters.
    ///
    /// - Complexity: quadratic in the factors of a monomial, linear in the monomials.
    public func gradient(at theta: [Double], datum: Int) -> [Double] {
        let harmonics = HarmonicTable(theta, basis: basis)
        var gradient = Array(repeating: 0.0, count: basis.dimension)
        for (index, monomial) in basis.monomials.enumerated() {
            for differentiated in monomial.factors {
                var product = coefficients[index * datumCount + datum]
                for factor in monomial.factors {
                    let isThis = factor.axis == differentiated.axis
                    product *= isThis ? harmonics.derivative(factor) : harmonics.value(factor)
                }
                gradient[differentiated.axis] += product
            }
        }
        return gradient
    }

    /// The derivatives `∂f/∂θ_p (θ, x_a)` for every datum, as `[p][a]`.
    ///
    /// - Complexity: quadratic in the factors of a monomial, linear in the monomials and in the data.
    public func gradients(at theta: [Double]) -> [[Double]] {
        let harmonics = HarmonicTable(theta, basis: basis)
        var gradients = Array(repeating: Array(repeating: 0.0, count: datumCount), count: basis.dimension)
        for (index, monomial) in basis.monomials.enumerated() {
            for differentiated in monomial.factors {
                let product = monomial.factors.reduce(1) { product, factor in
                    let isThis = factor.axis == differentiated.axis
                    return product * (isThis ? harmonics.derivative(factor) : harmonics.value(factor))
                }
                for a in 0..<datumCount {
                    gradients[differentiated.axis][a] += product * coefficients[index * datumCount + a]
                }
            }
        }
        return gradients
    }
}

/// Cosines and sines of the multiples of each angle at one point.
///
/// By angle addition from `cos θ` and `sin θ`: the product `kθ` would be rounded, which costs digits at angles far beyond the
/// period.
private struct HarmonicTable {
    private var cosines: [[Double]] = []
    private var sines: [[Double]] = []

    init(_ theta: [Double], basis: TrigonometricBasis) {
        precondition(theta.count == basis.dimension, "one angle a dimension")
        for (angle, largest) in zip(theta, basis.harmonics) {
            let (c, s) = (cos(angle), sin(angle))
            var (cosine, sine) = ([1.0], [0.0])
            for k in 0..<largest {
                cosine.append(cosine[k] * c - sine[k] * s)
                sine.append(sine[k] * c + cosine[k] * s)
            }
            cosines.append(cosine)
            sines.append(sine)
        }
    }

    func value(_ factor: TrigonometricMonomial.Factor) -> Double {
        (factor.kind == .cosine ? cosines : sines)[factor.axis][factor.harmonic]
    }

    func derivative(_ factor: TrigonometricMonomial.Factor) -> Double {
        let k = Double(factor.harmonic)
        return factor.kind == .cosine
            ? -k * sines[factor.axis][factor.harmonic] : k * cosines[factor.axis][factor.harmonic]
    }
}
