import Foundation

/// A real trigonometric polynomial `Σ_m c_m Φ_m(θ)` in `d` angles.
///
/// ```swift
/// let potential = try TrigonometricPolynomial(
///     ["cos(theta0)": -1, "sin(theta0)*cos(2*theta1)": -0.5], names: ["theta0", "theta1"])
/// ```
public struct TrigonometricPolynomial: Sendable, Equatable {
    /// The monomials `Φ_m`, sorted, every one once.
    public let basis: TrigonometricBasis
    /// The coefficients `c_m`.
    public let coefficients: [Double]

    /// The polynomial with given terms; equal monomials are added.
    ///
    /// - Precondition: every factor's axis is below `dimension`.
    public init(dimension: Int, terms: [(monomial: TrigonometricMonomial, coefficient: Double)]) {
        var sums: [TrigonometricMonomial: Double] = [:]
        for term in terms { sums[term.monomial, default: 0] += term.coefficient }
        let sorted = sums.sorted { $0.key < $1.key }
        basis = TrigonometricBasis(dimension: dimension, monomials: sorted.map(\.key))
        coefficients = sorted.map(\.value)
    }

    /// The polynomial whose terms are given as texts, such as `cos(theta0)*sin(2*theta1)`, with their coefficients.
    ///
    /// - Parameter names: the names of the angles `θ_p`, in order.
    /// - Throws: `HarmonicProductError` for a text that is not understood; `TrigonometricPolynomialError` for a name that is not
    ///   an angle's, a multiple that is not whole, and a coefficient that is not finite.
    public init(_ terms: [String: Double], names: [String]) throws {
        var sum: [(monomial: TrigonometricMonomial, coefficient: Double)] = []
        for (text, coefficient) in terms.sorted(by: { $0.key < $1.key }) {
            guard coefficient.isFinite else {
                throw TrigonometricPolynomialError.notFinite(term: text, coefficient: coefficient)
            }
            let product = try HarmonicProduct(text)
            sum += try Self.terms(of: product.factors, text: text, names: names).map {
                ($0.monomial, coefficient * $0.coefficient)
            }
        }
        self.init(dimension: names.count, terms: sum)
    }

    /// A product of harmonics of angles as a sum of monomials: two factors of one angle become harmonics of their sum and
    /// difference.
    ///
    /// - Throws: `TrigonometricPolynomialError`.
    public static func terms(
        of factors: [HarmonicProduct.Factor], text: String, names: [String]
    ) throws -> [(monomial: TrigonometricMonomial, coefficient: Double)] {
        var sum: [(monomial: TrigonometricMonomial, coefficient: Double)] = [(.one, 1)]
        for factor in factors {
            guard let axis = names.firstIndex(of: factor.name) else {
                throw TrigonometricPolynomialError.unknownName(factor.name, term: text, names: names)
            }
            guard case .harmonic(let kind, let multiple, _) = factor else {
                throw TrigonometricPolynomialError.notPeriodic(name: factor.name, term: text)
            }
            guard let harmonic = Int(exactly: multiple), abs(harmonic) <= largestHarmonic else {
                throw TrigonometricPolynomialError.notWhole(multiple: multiple, term: text)
            }
            if harmonic == 0 {
                sum = kind == .cosine ? sum : []
                continue
            }
            let sign = kind == .sine && harmonic < 0 ? -1.0 : 1.0
            let next = TrigonometricMonomial.Factor(kind, axis: axis, harmonic: abs(harmonic))
            sum = sum.flatMap { term in
                term.monomial.multiplied(by: next).map { ($0.monomial, sign * term.coefficient * $0.coefficient) }
            }
        }
        return sum
    }

    /// The largest multiple of an angle that is taken from a text.
    public static let largestHarmonic = 1024

    /// The value `Σ_m c_m Φ_m(θ)`.
    public func value(at theta: [Double]) -> Double {
        zip(coefficients, basis.values(at: theta)).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

/// Why terms are not a trigonometric polynomial.
public enum TrigonometricPolynomialError: Error, Equatable, CustomStringConvertible {
    /// A name is none of the angles'.
    case unknownName(String, term: String, names: [String])
    /// An angle stands outside a cosine or sine.
    case notPeriodic(name: String, term: String)
    /// A multiple of an angle is not a whole number, or too large.
    case notWhole(multiple: Double, term: String)
    /// A coefficient is infinite or not a number.
    case notFinite(term: String, coefficient: Double)

    /// What was found, what was expected and what to do.
    public var description: String {
        switch self {
        case .unknownName(let name, let term, let names):
            "'\(term)': there is no '\(name)', expected one of \(names.joined(separator: ", "))"
        case .notPeriodic(let name, let term):
            "'\(term)': the angle '\(name)' must stand in a cos or a sin, as in cos(\(name))"
        case .notWhole(let multiple, let term):
            "'\(term)': found the multiple \(multiple), expected a whole number of at most "
                + "\(TrigonometricPolynomial.largestHarmonic): the function must be 2π-periodic"
        case .notFinite(let term, let coefficient):
            "'\(term)': the coefficient is \(coefficient), expected a finite number"
        }
    }
}
