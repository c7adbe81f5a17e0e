/// One number that a study measures of every ensemble at every output.
public struct StudyColumn: Sendable, Hashable, CustomStringConvertible {
    /// Which atoms are compared with which limit.
    public enum Family: String, Sendable, CaseIterable {
        /// The trained mixture with its limit.
        case trained
        /// Independent draws from the limit with the limit: what sampling alone does.
        case independent
        /// The trained mixture with a wrong limit, which must be found out: the negative control.
        case wrong
    }

    /// What is measured.
    public enum Kind: Sendable, Hashable {
        /// A distance of `Quantity`; the loss gap with its sign.
        case quantity(Quantity)
        /// The root mean square over entries of the tangent kernel of the difference from the limit's.
        case kernelError
        /// `F_N − F` at one input, with its sign.
        case deviation
        /// The squared truncated `H^{−1}` distance of independent draws from the limit, whose mean is known.
        case variate
        /// `|μ̂^N_k − μ̂_k|²`.
        case wave([Int])
        /// `(F_N(x) − F(x)) (F_N(x') − F(x'))` at two inputs; of independent draws the same of their function.
        case covariance(Int, Int)
        /// The product of `f(θ_1, x) − F(x)` and `f(θ_2, x') − F(x')`, in the mean over all pairs of different experts.
        case pair(Int, Int)
        /// `N |∂F_N(x)/∂θ_1(0)|²`, of one expert that is moved at time 0.
        case response(Int)

        /// The name in tables.
        public var name: String {
            switch self {
            case .quantity(let quantity): quantity.rawValue
            case .kernelError: "kernel_error"
            case .deviation: "deviation"
            case .variate: "variate"
            case .wave(let k): "s_" + k.map { "\($0)" }.joined(separator: "_")
            case .covariance(let a, let b): "covariance_\(a)_\(b)"
            case .pair(let a, let b): "pair_\(a)_\(b)"
            case .response(let a): "response_\(a)"
            }
        }
    }

    /// Which atoms are compared with which limit.
    public let family: Family
    /// What is measured.
    public let kind: Kind

    /// A column.
    public init(_ family: Family, _ kind: Kind) {
        self.family = family
        self.kind = kind
    }

    /// The name of family and kind.
    public var description: String { "\(family.rawValue).\(kind.name)" }
}

extension StudyColumn.Kind {
    /// The power of the number whose mean over replicates is fitted.
    var fittedPower: Int {
        switch self {
        case .quantity(let quantity): quantity == .lossGap ? 2 : quantity.fittedPower
        case .kernelError: 2
        case .deviation: 2
        case .variate, .wave, .covariance, .pair, .response: 1
        }
    }

    /// The sharp exponent of `N`, if a single power describes the number.
    func sharpExponent(dimension: Int) -> Double? {
        switch self {
        case .quantity(let quantity): quantity.sharpExponent(dimension: dimension)
        case .kernelError: -0.5
        case .deviation, .variate, .wave, .covariance, .pair, .response: nil
        }
    }

    /// The exponent of a proved bound.
    func provedExponent(dimension: Int) -> Double? {
        switch self {
        case .quantity(let quantity): quantity.provedExponent(dimension: dimension)
        case .kernelError: -0.5
        case .deviation, .variate, .wave, .covariance, .pair, .response: nil
        }
    }

    /// Whether it is a Wasserstein distance.
    var isTransport: Bool { self == .quantity(.w1) || self == .quantity(.w2) }
}
