import Foundation

/// The interval of a probability of which some trials succeeded, never too short: that of Clopper and Pearson.
///
/// - Source: Clopper, Pearson, *The use of confidence or fiducial limits illustrated in the case of the binomial*, Biometrika 26 (1934).
public struct BinomialInterval: Sendable, Equatable {
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// The interval of so many successes in so many trials.
    ///
    /// - Parameter level: the share of intervals that hold the probability, such as 0.999.
    public init(successes: Int, trials: Int, level: Double) {
        precondition(trials >= 1 && (0...trials).contains(successes) && level > 0 && level < 1)
        let tail = 0.5 * (1 - level)
        lower = successes == 0 ? 0 : Self.solve { 1 - Self.atMost(successes - 1, trials, $0) - tail }
        upper = successes == trials ? 1 : Self.solve { tail - Self.atMost(successes, trials, $0) }
    }

    /// `P(X ≤ k)`.
    private static func atMost(_ k: Int, _ n: Int, _ p: Double) -> Double {
        if p <= 0 { return 1 }
        if p >= 1 { return k >= n ? 1 : 0 }
        return (0...k).reduce(0.0) { sum, i in
            let choose = lgamma(Double(n + 1)) - lgamma(Double(i + 1)) - lgamma(Double(n - i + 1))
            return sum + exp(choose + Double(i) * log(p) + Double(n - i) * log1p(-p))
        }
    }

    /// The zero of an increasing function on `[0, 1]`.
    private static func solve(_ function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            if function(middle) < 0 { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }
}
