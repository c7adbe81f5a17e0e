/// A product of cosines and sines of multiples of different angles, such as `cos(θ₀)·sin(2θ₃)`; the empty product is 1.
///
/// ```swift
/// let monomial = TrigonometricMonomial([.init(.cosine, axis: 0), .init(.sine, axis: 3, harmonic: 2)])
/// "\(monomial)"    // cos(theta0)*sin(2*theta3)
/// ```
public struct TrigonometricMonomial: Sendable, Hashable {
    /// One factor `cos(kθ_p)` or `sin(kθ_p)`, `k ≥ 1`.
    public struct Factor: Sendable, Hashable {
        /// Which of the two functions.
        public enum Kind: Int, Sendable, Hashable {
            /// `cos(kθ_p)`.
            case cosine
            /// `sin(kθ_p)`.
            case sine
        }

        /// The angle's index `p`.
        public let axis: Int
        /// The harmonic `k ≥ 1`.
        public let harmonic: Int
        /// Cosine or sine.
        public let kind: Kind

        /// The factor of the given kind and harmonic in the angle `axis`.
        public init(_ kind: Kind, axis: Int, harmonic: Int = 1) {
            precondition(axis >= 0 && harmonic >= 1, "a factor needs an axis ≥ 0 and a harmonic ≥ 1")
            self.axis = axis
            self.harmonic = harmonic
            self.kind = kind
        }
    }

    /// The factors in the order of their axes, at most one an axis.
    public let factors: [Factor]

    /// The product of the given factors.
    ///
    /// - Precondition: no two factors share an axis (reduce such products to sums first).
    public init(_ factors: [Factor] = []) {
        let sorted = factors.sorted { $0.axis < $1.axis }
        precondition(zip(sorted, sorted.dropFirst()).allSatisfy { $0.axis < $1.axis }, "two factors share an axis")
        self.factors = sorted
    }

    /// The constant 1.
    public static let one = TrigonometricMonomial()

    /// The total degree `Σ k`.
    public var degree: Int { factors.reduce(0) { $0 + $1.harmonic } }
}

extension TrigonometricMonomial: Comparable {
    /// By total degree, then by the factors from the first axis on; cosine before sine.
    public static func < (a: Self, b: Self) -> Bool {
        if a.degree != b.degree { return a.degree < b.degree }
        return a.factors.lexicographicallyPrecedes(b.factors) {
            ($0.axis, $0.harmonic, $0.kind.rawValue) < ($1.axis, $1.harmonic, $1.kind.rawValue)
        }
    }
}

extension TrigonometricMonomial: CustomStringConvertible {
    /// A text such as `cos(theta0)*sin(2*theta1)`, and `1` for the constant.
    public var description: String { description { "theta\($0)" } }

    /// The same text with the caller's names of the angles.
    public func description(naming name: (Int) -> String) -> String {
        if factors.isEmpty { return "1" }
        return factors.map { factor in
            let function = factor.kind == .cosine ? "cos" : "sin"
            let multiple = factor.harmonic == 1 ? "" : "\(factor.harmonic)*"
            return "\(function)(\(multiple)\(name(factor.axis)))"
        }.joined(separator: "*")
    }
}
