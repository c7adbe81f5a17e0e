import Foundation
import Torus

/// A classical expert whose trained parameters are phases: a neuron with a periodic activation.
///
/// With the features `φ_p(x) = Σ_j ω_{pj} x_j`, whose frequencies `ω` are fixed:
///
/// | shape | function | angles |
/// |---|---|---|
/// | `cosine` | `cos(θ − φ(x))` | 1 |
/// | `tanh` | `tanh(g cos(θ − φ(x)))` with the gain `g`: no last frequency, so the expansion is cut and says what it leaves out | 1 |
/// | `twoAngle` | `cos θ₀ · cos(θ₁ − φ(x))`, a trained output weight and a trained phase | 2 |
/// | `additive` | `(1/d) Σ_p cos(θ_p − φ_p(x))` | d |
/// | `product` | `Π_p cos(θ_p − φ_p(x))` | d |
///
/// With frequencies drawn from a normal law these are random Fourier features (Rahimi, Recht, *Random features for large-scale
/// kernel machines*, NIPS 2007) with trained phases.
///
/// ```swift
/// let neuron = try Neuron(.additive, inputs: ["x0", "x1"], frequencies: [[1, 0], [0, 1]])
/// neuron.value(parameters: [0.3, 0.4], inputs: [0.1, 0.2])    // (cos 0.2 + cos 0.2) / 2
/// ```
public struct Neuron: Expert {
    /// The shapes of a neuron.
    public enum Shape: String, Sendable, CaseIterable {
        /// `cos(θ − φ(x))`.
        case cosine
        /// `tanh(g cos(θ − φ(x)))`.
        case tanh
        /// `cos θ₀ · cos(θ₁ − φ(x))`.
        case twoAngle = "two_angle"
        /// `(1/d) Σ_p cos(θ_p − φ_p(x))`.
        case additive
        /// `Π_p cos(θ_p − φ_p(x))`.
        case product

        /// Whether there is one feature `φ(x)`, whatever the inputs.
        public var hasOneFeature: Bool { self == .cosine || self == .tanh || self == .twoAngle }
    }

    /// The most angles that a product can have: its expansion has `2^d` monomials.
    public static let largestProduct = 16

    /// The shape.
    public let shape: Shape
    /// The names of the phases.
    public let parameterNames: [String]
    /// The names of the data inputs.
    public let inputNames: [String]
    /// The frequencies `ω_{pj}`, one row a feature.
    public let frequencies: [[Double]]
    /// The gain `g` of `tanh`; 1 for the others.
    public let gain: Double
    private let series: TanhSeries?

    /// The neuron of a shape with the given frequencies.
    ///
    /// - Parameters:
    ///   - parameters: the names of the angles; `nil`: `theta0`, `theta1`, …
    ///   - inputs: the names of the data inputs `x_j`.
    ///   - frequencies: one row a feature, one number an input: a single row for `cosine`, `tanh` and `twoAngle`.
    ///   - gain: of `tanh`, above 0 and at most 20.
    ///   - tolerance: how much the expansion of `tanh` may leave out, 1e-13 at least.
    /// - Throws: `NeuronError` when the numbers do not fit.
    public init(
        _ shape: Shape, parameters: [String]? = nil, inputs: [String], frequencies: [[Double]], gain: Double = 1,
        tolerance: Double = 1e-9
    ) throws {
        let features = frequencies.count
        switch shape {
        case .cosine, .tanh, .twoAngle:
            guard features == 1 else { throw NeuronError.features(found: features, expected: 1) }
        case .additive: guard features >= 1 else { throw NeuronError.features(found: 0, expected: 1) }
        case .product:
            guard (1...Self.largestProduct).contains(features) else {
                throw NeuronError.features(found: features, expected: features < 1 ? 1 : Self.largestProduct)
            }
        }
        for (feature, row) in frequencies.enumerated() {
            guard row.count == inputs.count else {
                throw NeuronError.frequencies(feature: feature, found: row.count, expected: inputs.count)
            }
            if let value = row.first(where: { !$0.isFinite }) {
                throw NeuronError.notFinite(feature: feature, value: value)
            }
        }
        let angles = shape == .twoAngle ? 2 : features
        let names = parameters ?? (0..<angles).map { "theta\($0)" }
        guard names.count == angles else { throw NeuronError.parameters(found: names.count, expected: angles) }
        if let name = Self.repeated(in: names + inputs) { throw NeuronError.repeatedName(name) }
        self.shape = shape
        parameterNames = names
        inputNames = inputs
        self.frequencies = frequencies
        self.gain = gain
        series = shape == .tanh ? try TanhSeries(gain: gain, tolerance: tolerance) : nil
    }

    /// A bound of what the expansion leaves out of a value; 0 unless the shape is `tanh`.
    public var truncation: Double { series?.truncation ?? 0 }

    private static func repeated(in names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }

    /// Frequencies drawn independently from the normal law of mean 0 and the given standard deviation, the same for a seed.
    ///
    /// Source: Box, Muller, *A note on the generation of random normal deviates*, Ann. Math. Statist. 29 (1958).
    public static func normalFrequencies(
        features: Int, inputs: Int, standardDeviation: Double, seed: UInt64
    ) -> [[Double]] {
        let generator = Philox(seed: seed)
        return (0..<features).map { feature in
            (0..<inputs).map { input in
                // The last counter word keeps these numbers apart from those of experts and splits.
                let u = generator.uniforms(SIMD4(UInt32(feature), UInt32(input), 0, 0x6672_6571))
                return standardDeviation * (-2 * log(1 - u[0])).squareRoot() * cos(2 * .pi * u[1])
            }
        }
    }

    /// The features `φ_p(x)`.
    private func features(_ inputs: [Double]) -> [Double] {
        precondition(inputs.count == inputNames.count, "one value a data input")
        return frequencies.map { row in zip(row, inputs).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// The value `f(θ, x)`.
    public func value(parameters: [Double], inputs: [Double]) -> Double {
        valueAndGradient(parameters: parameters, inputs: inputs).value
    }

    /// The value and the derivatives by the phases.
    public func valueAndGradient(parameters: [Double], inputs: [Double]) -> (value: Double, gradient: [Double]) {
        precondition(parameters.count == parameterNames.count, "one value a parameter")
        let features = features(inputs)
        switch shape {
        case .cosine, .additive:
            let share = 1 / Double(features.count)
            let differences = zip(parameters, features).map { $0 - $1 }
            return (
                differences.reduce(0) { $0 + cos($1) } * share, differences.map { -sin($0) * share }
            )
        case .tanh:
            let difference = parameters[0] - features[0]
            let value = Foundation.tanh(gain * cos(difference))
            return (value, [-(1 - value * value) * gain * sin(difference)])
        case .twoAngle:
            let difference = parameters[1] - features[0]
            let (weight, activation) = (cos(parameters[0]), cos(difference))
            return (weight * activation, [-sin(parameters[0]) * activation, -weight * sin(difference)])
        case .product:
            let cosines = zip(parameters, features).map { cos($0 - $1) }
            let gradient = parameters.indices.map { p in
                cosines.indices.reduce(-sin(parameters[p] - features[p])) { $1 == p ? $0 : $0 * cosines[$1] }
            }
            return (cosines.reduce(1, *), gradient)
        }
    }

    /// The expansion, and where the expert's series goes on beyond it what is left out.
    public func lift(inputs: [[Double]]) throws -> Lift {
        let remark = series.flatMap { series in
            series.harmonics.last.map {
                "the series of tanh ends at frequency \($0), which leaves out \(String(format: "%.1e", series.truncation)) at most"
            }
        }
        return Lift(try expansion(inputs: inputs), leavingOut: remark)
    }

    /// The expansion, by the addition theorem; of `tanh` as far as its tolerance asks for, see `truncation`.
    ///
    /// - Throws: `ExpansionError` when a row does not fit.
    public func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion {
        try check(inputs: inputs)
        let rows = inputs.map(features)
        func one(_ axis: Int, _ kind: TrigonometricMonomial.Factor.Kind) -> TrigonometricMonomial.Factor {
            .init(kind, axis: axis)
        }
        var terms: [(monomial: TrigonometricMonomial, coefficients: [Double])] = []
        switch shape {
        case .cosine, .additive:
            let share = 1 / Double(frequencies.count)
            for p in frequencies.indices {
                terms.append((.init([one(p, .cosine)]), rows.map { share * cos($0[p]) }))
                terms.append((.init([one(p, .sine)]), rows.map { share * sin($0[p]) }))
            }
        case .tanh:
            for (k, c) in zip(series?.harmonics ?? [], series?.coefficients ?? []) {
                let angles = rows.map { remainder($0[0], 2 * .pi) * Double(k) }
                terms.append((.init([.init(.cosine, axis: 0, harmonic: k)]), angles.map { c * cos($0) }))
                terms.append((.init([.init(.sine, axis: 0, harmonic: k)]), angles.map { c * sin($0) }))
            }
        case .twoAngle:
            terms.append((.init([one(0, .cosine), one(1, .cosine)]), rows.map { cos($0[0]) }))
            terms.append((.init([one(0, .cosine), one(1, .sine)]), rows.map { sin($0[0]) }))
        case .product:
            for set in 0..<1 << frequencies.count {
                let kinds = frequencies.indices.map {
                    set >> $0 & 1 == 0 ? TrigonometricMonomial.Factor.Kind.cosine : .sine
                }
                let coefficients = rows.map { row in
                    zip(row, kinds).reduce(1) { $0 * ($1.1 == .cosine ? cos($1.0) : sin($1.0)) }
                }
                terms.append((.init(kinds.enumerated().map { one($0, $1) }), coefficients))
            }
        }
        terms.sort { $0.monomial < $1.monomial }
        return TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: parameterNames.count, monomials: terms.map(\.monomial)),
            datumCount: inputs.count, coefficients: terms.flatMap(\.coefficients))
    }
}

/// Why a neuron cannot be made.
///
/// ```swift
/// try Neuron(.cosine, inputs: ["x"], frequencies: [[1, 2]])    // throws .frequencies(feature: 0, found: 2, expected: 1)
/// ```
public enum NeuronError: Error, Equatable, CustomStringConvertible {
    /// The shape has another number of features.
    case features(found: Int, expected: Int)
    /// A feature has a wrong number of frequencies.
    case frequencies(feature: Int, found: Int, expected: Int)
    /// A frequency is infinite or not a number.
    case notFinite(feature: Int, value: Double)
    /// There are not as many names as angles.
    case parameters(found: Int, expected: Int)
    /// The gain of `tanh` is not above 0, or too large.
    case gain(Double)
    /// The tolerance is not below 1, or below the rounding of a series.
    case tolerance(Double)
    /// The series of `tanh` would be too long.
    case series(gain: Double, tolerance: Double, largest: Int)
    /// A name stands twice.
    case repeatedName(String)

    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .features(let found, let expected):
            found > expected && expected == Neuron.largestProduct
                ? "found \(found) features, expected at most \(expected): a product has 2^d monomials"
                : "found \(found) rows of frequencies, expected \(expected)"
        case .frequencies(let feature, let found, let expected):
            "feature \(feature) has \(found) frequencies, expected one for each of the \(expected) inputs"
        case .notFinite(let feature, let value):
            "feature \(feature) has the frequency \(value), expected a finite number"
        case .parameters(let found, let expected): "found \(found) names of angles, expected \(expected)"
        case .gain(let gain):
            "found the gain \(gain), expected a number above 0 and at most \(Int(TanhSeries.largestGain))"
        case .tolerance(let tolerance):
            "found the tolerance \(tolerance), expected a number from \(TanhSeries.smallestTolerance) to below 1"
        case .series(let gain, let tolerance, let largest):
            "tanh with the gain \(gain) needs frequencies beyond \(largest) for a tolerance of \(tolerance): take a larger tolerance "
                + "or a smaller gain"
        case .repeatedName(let name): "the name '\(name)' stands twice among the angles and inputs"
        }
    }
}
