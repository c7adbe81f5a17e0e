import Experts
import Foundation
import Torus

/// A bound from below of a trigonometric polynomial's least value, close to it.
///
/// Up to three angles by branch and bound: within a cell of centre `c` and half diagonal `r` the value is at least `V(c) − |∇V(c)| r − ½ L₂ r²`; cells that
/// cannot hold anything below the best value are left, the others are cut. Beyond, the best of descents from many points, which
/// proves nothing.
struct LeastValue {
    /// At most the least value.
    let lowerBound: Double
    /// At least the least value: one that is taken.
    let upperBound: Double

    /// Cells that are looked at, in all.
    private static let cellLimit = 200_000
    /// What is left between the bounds, beside the sum of the coefficients' sizes.
    private static let accuracy = 1e-7

    /// - Complexity: cells times monomials, thousands of cells for potentials of low degree.
    init(basis: TrigonometricBasis, weights: [Double]) {
        let polynomial = TrigonometricExpansion(basis: basis, datumCount: 1, coefficients: weights)
        let curvature = LipschitzConstants(polynomial).hessian
        let size = weights.reduce(0) { $0 + abs($1) }
        let d = basis.dimension
        guard d <= 3 else {
            let value = Self.descended(polynomial, curvature: curvature)
            (lowerBound, upperBound) = (value, value)
            return
        }
        func value(_ theta: [Double]) -> Double { polynomial.value(at: theta, datum: 0) }
        let first = max(4, 4 * (basis.harmonics.max() ?? 1))
        var half = .pi / Double(first)
        var cells = (0..<Int(pow(Double(first), Double(d)).rounded())).map { index -> [Double] in
            var rest = index
            return (0..<d).map { _ in
                defer { rest /= first }
                return (2 * Double(rest % first) + 1) * half
            }
        }
        var (best, left, seen) = (Double.infinity, Double.infinity, 0)
        while true {
            let radius = half * Double(d).squareRoot()
            let values = cells.map(value)
            seen += cells.count
            best = min(best, values.min() ?? .infinity)
            let bounds = zip(cells, values).map { cell, value in
                let slope = polynomial.gradient(at: cell, datum: 0).reduce(0) { $0 + $1 * $1 }.squareRoot()
                return value - slope * radius - 0.5 * curvature * radius * radius
            }
            left = min(best, bounds.min() ?? best)
            let open = zip(cells, bounds).filter { $0.1 < best - Self.accuracy * size }.map(\.0)
            if open.isEmpty || best - left <= Self.accuracy * size || seen + open.count << d > Self.cellLimit { break }
            half *= 0.5
            let quarter = half
            cells = open.flatMap { cell in
                (0..<1 << d).map { corner in
                    (0..<d).map { cell[$0] + (corner >> $0 & 1 == 0 ? -quarter : quarter) }
                }
            }
        }
        // Cells that were left out hold nothing below the best value less the accuracy.
        lowerBound = min(left, best - Self.accuracy * size)
        upperBound = best
    }

    /// The least value after descents by steps of `1/L₂` from random points.
    private static func descended(_ polynomial: TrigonometricExpansion, curvature: Double) -> Double {
        let (generator, d) = (Philox(seed: 1), polynomial.basis.dimension)
        guard curvature > 0 else { return polynomial.value(at: Array(repeating: 0, count: d), datum: 0) }
        return (0..<64).map { start -> Double in
            var theta = (0..<d).map {
                2 * .pi * generator.uniforms(SIMD4(UInt32(start), UInt32($0), 0, 0x6c65_6173))[0]
            }
            for _ in 0..<300 {
                let gradient = polynomial.gradient(at: theta, datum: 0)
                for axis in 0..<d { theta[axis] -= gradient[axis] / curvature }
            }
            return polynomial.value(at: theta, datum: 0)
        }.min() ?? 0
    }
}
