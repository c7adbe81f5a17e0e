import Foundation
import Torus

/// A classical expert that is given as a trigonometric polynomial in its angles, with coefficients that may depend on the
/// data: `f(θ, x) = Σ_j c_j χ_j(x) Φ_j(θ)`, `χ_j` a product of cosines and sines of multiples of inputs and of inputs themselves.
///
/// ```swift
/// let expert = try PolynomialExpert(
///     parameters: ["theta0"], inputs: ["x0"], terms: ["cos(theta0)*cos(x0)": 1, "sin(theta0)*sin(x0)": 1])
/// expert.value(parameters: [0.3], inputs: [0.1])    // cos(0.2)
/// ```
public struct PolynomialExpert: Expert {
    /// The names of the angles.
    public let parameterNames: [String]
    /// The names of the data inputs.
    public let inputNames: [String]
    private let terms: [Term]

    /// The shape of a term: `c χ(x)`, and the angles' part as it was given.
    private struct Term {
        let coefficient: Double
        let data: [(factor: HarmonicProduct.Factor, input: Int)]
        let angles: [(kind: TrigonometricMonomial.Factor.Kind, harmonic: Double, axis: Int)]
        let monomials: [(monomial: TrigonometricMonomial, coefficient: Double)]

        /// `c χ(x)`.
        func amplitude(_ inputs: [Double]) -> Double {
            data.reduce(coefficient) { product, entry in
                let x = inputs[entry.input]
                switch entry.factor {
                case .value: return product * x
                case .harmonic(.cosine, let multiple, _): return product * cos(multiple * x)
                case .harmonic(.sine, let multiple, _): return product * sin(multiple * x)
                }
            }
        }
    }

    /// The polynomial with the given terms, such as `cos(theta0)*sin(2*x0)*x1`, and their coefficients.
    ///
    /// - Parameters:
    ///   - parameters: the names of the angles; each must occur in a cosine or sine of a whole multiple.
    ///   - inputs: the names of the data inputs, in cosines and sines of any real multiple or as they are.
    /// - Throws: `HarmonicProductError`, `TrigonometricPolynomialError`, or `PolynomialExpertError` when there is no angle or
    ///   no term, or a name repeats.
    public init(parameters: [String], inputs: [String], terms: [String: Double]) throws {
        guard !parameters.isEmpty else { throw PolynomialExpertError.noParameter }
        guard !terms.isEmpty else { throw PolynomialExpertError.noTerm }
        var seen: Set<String> = []
        if let name = (parameters + inputs).first(where: { !seen.insert($0).inserted }) {
            throw PolynomialExpertError.repeatedName(name)
        }
        parameterNames = parameters
        inputNames = inputs
        self.terms = try terms.sorted { $0.key < $1.key }.map { text, coefficient in
            guard coefficient.isFinite else {
                throw TrigonometricPolynomialError.notFinite(term: text, coefficient: coefficient)
            }
            let factors = try HarmonicProduct(text).factors
            if let factor = factors.first(where: { !seen.contains($0.name) }) {
                throw TrigonometricPolynomialError.unknownName(factor.name, term: text, names: parameters + inputs)
            }
            let angles = factors.filter { parameters.contains($0.name) }
            return Term(
                coefficient: coefficient,
                data: factors.compactMap { factor in inputs.firstIndex(of: factor.name).map { (factor, $0) } },
                angles: angles.compactMap { factor in
                    guard case .harmonic(let kind, let harmonic, let name) = factor,
                        let axis = parameters.firstIndex(of: name)
                    else { return nil }
                    return (kind, harmonic, axis)
                },
                monomials: try TrigonometricPolynomial.terms(of: angles, text: text, names: parameters))
        }
    }

    /// The value `f(θ, x)`, term by term.
    public func value(parameters: [Double], inputs: [Double]) -> Double {
        valueAndGradient(parameters: parameters, inputs: inputs).value
    }

    /// The value and the derivatives by the angles, term by term with the product rule.
    public func valueAndGradient(parameters: [Double], inputs: [Double]) -> (value: Double, gradient: [Double]) {
        precondition(parameters.count == parameterNames.count, "one value a parameter")
        precondition(inputs.count == inputNames.count, "one value a data input")
        var (value, gradient) = (0.0, Array(repeating: 0.0, count: parameterNames.count))
        for term in terms {
            let amplitude = term.amplitude(inputs)
            let factors = term.angles.map { factor in
                let angle = factor.harmonic * parameters[factor.axis]
                return factor.kind == .cosine
                    ? (value: cos(angle), slope: -factor.harmonic * sin(angle))
                    : (value: sin(angle), slope: factor.harmonic * cos(angle))
            }
            value += factors.reduce(amplitude) { $0 * $1.value }
            for (index, factor) in term.angles.enumerated() {
                gradient[factor.axis] += factors.indices.reduce(amplitude) {
                    $0 * ($1 == index ? factors[$1].slope : factors[$1].value)
                }
            }
        }
        return (value, gradient)
    }

    /// The expansion: products of harmonics of one angle become sums of harmonics.
    ///
    /// - Throws: `ExpansionError` when a row does not fit.
    public func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion {
        try check(inputs: inputs)
        var rows: [TrigonometricMonomial: [Double]] = [:]
        for term in terms {
            let amplitudes = inputs.map(term.amplitude)
            for (monomial, factor) in term.monomials {
                var row = rows[monomial] ?? Array(repeating: 0, count: inputs.count)
                for a in inputs.indices { row[a] += factor * amplitudes[a] }
                rows[monomial] = row
            }
        }
        let sorted = rows.filter { $0.value.contains { $0 != 0 } }.sorted { $0.key < $1.key }
        return TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: parameterNames.count, monomials: sorted.map(\.key)),
            datumCount: inputs.count, coefficients: sorted.flatMap(\.value))
    }
}

/// Why a polynomial is not an expert.
///
/// ```swift
/// try PolynomialExpert(parameters: [], inputs: ["x"], terms: ["x": 1])    // throws .noParameter
/// ```
public enum PolynomialExpertError: Error, Equatable, CustomStringConvertible {
    /// There is no angle to train.
    case noParameter
    /// There is no term.
    case noTerm
    /// A name stands twice.
    case repeatedName(String)

    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .noParameter: "found no angles, expected at least one name"
        case .noTerm: "found no terms, expected at least one, such as cos(theta0): 1"
        case .repeatedName(let name): "the name '\(name)' stands twice among the angles and inputs"
        }
    }
}
