import Foundation

/// Gauss–Legendre quadrature on `[0, 1]`, exact for polynomials of degree `2n − 1`.
struct GaussLegendreRule: Sendable {
    let nodes: [Double]
    let weights: [Double]

    /// The rule with `n` points: zeros of the Legendre polynomial by Newton's method.
    init(points n: Int) {
        precondition(n >= 1)
        var nodes = Array(repeating: 0.5, count: n)
        var weights = Array(repeating: 1.0, count: n)
        for i in 0..<(n + 1) / 2 {
            var x = 2 * i + 1 == n ? 0 : cos(.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
            var slope = 1.0
            for _ in 0..<8 {
                var (p, before) = (x, 1.0)
                for k in 1..<max(1, n) {
                    (p, before) = ((Double(2 * k + 1) * x * p - Double(k) * before) / Double(k + 1), p)
                }
                slope = Double(n) * (x * p - before) / (x * x - 1)
                if 2 * i + 1 == n { break }
                x -= p / slope
            }
            let weight = 1 / ((1 - x * x) * slope * slope)
            (nodes[i], nodes[n - 1 - i]) = (0.5 * (1 - x), 0.5 * (1 + x))
            (weights[i], weights[n - 1 - i]) = (weight, weight)
        }
        self.nodes = nodes
        self.weights = weights
    }

    /// `c_n` of the error `c_n h^{2n} f^{(2n)}` of a mean over an interval of length `h`: `(n!)⁴ / ((2n + 1) (2n)!³)`.
    static func errorConstant(points n: Int) -> Double {
        exp(4 * lgamma(Double(n + 1)) - 3 * lgamma(Double(2 * n + 1))) / Double(2 * n + 1)
    }
}
