import Foundation

/// The standard normal law.
enum NormalLaw {
    /// `P(X ≤ x)`.
    static func distribution(_ x: Double) -> Double { 0.5 * erfc(-x / 2.squareRoot()) }

    /// The `x` with `P(X ≤ x) = p`, to rounding.
    ///
    /// Newton's method from 0 in the logarithm of the tail, where the distribution is concave: it converges from either side.
    ///
    /// - Precondition: `0 < p < 1`.
    static func quantile(_ p: Double) -> Double {
        precondition(p > 0 && p < 1, "a probability between 0 and 1")
        if p > 0.5 { return -quantile(1 - p) }
        var x = 0.0
        for _ in 0..<100 {
            let tail = distribution(x)
            let density = exp(-0.5 * x * x) / (2 * .pi).squareRoot()
            let step = log(tail / p) * tail / density
            x -= step
            if abs(step) <= 1e-15 * max(1, abs(x)) { break }
        }
        return x
    }
}
