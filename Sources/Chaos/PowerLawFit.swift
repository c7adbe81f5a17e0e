import Foundation
import Torus

/// A power `C·N^exponent` through the means over replicates of a quantity, with a bootstrap interval.
///
/// The means of the quantity to the given power are fitted by least squares of their logarithm over `log N`, and the
/// exponent is divided by that power. Where the law is a power times a factor with one unknown (`RateShape`), that unknown is
/// fitted too. Whole replicates are resampled, jointly across `N`, because the ensembles of a
/// replicate are nested. Cost: `resamples · counts · replicates`.
///
/// Source: Efron, Tibshirani, *An Introduction to the Bootstrap* (1993), the percentile interval.
struct PowerLawFit {
    /// Bootstrap resamples.
    static let resamples = 2000

    /// The exponent of the quantity; NaN when a mean is not positive or there are fewer than two counts.
    let exponent: Double
    /// The ends of the 95 % interval; NaN without replicates to resample.
    let interval: (lower: Double, upper: Double)

    /// Fits the samples `values[count][replicate]`.
    ///
    /// - Parameters:
    ///   - power: which power of the quantity is averaged.
    ///   - shape: what the mean is but for the power of `N`.
    ///   - seed: of the resamples.
    init(counts: [Int], values: [[Double]], power: Int, shape: RateShape = .power, seed: UInt64) {
        let replicates = values.first?.count ?? 0
        let logs = counts.map { log(Double($0)) }
        let terms = counts.compactMap(shape.terms(count:))
        let powers = values.map { row in row.map { pow($0, Double(power)) } }
        func slope(_ draw: [Int]) -> Double {
            let means = powers.map { row in log(draw.reduce(0) { $0 + row[$1] } / Double(replicates)) }
            let slope = terms.isEmpty ? Self.line(logs, means) : Self.curve(logs, means, terms)
            return slope / Double(power)
        }
        let fitted = counts.count >= 2 && replicates >= 1 ? slope(Array(0..<replicates)) : .nan
        exponent = fitted.isFinite ? fitted : .nan
        guard fitted.isFinite, replicates >= 2 else {
            interval = (.nan, .nan)
            return
        }
        let generator = Philox(seed: seed)
        let slopes = (0..<Self.resamples).map { resample in
            slope(
                (0..<replicates).map { position in
                    // The last word keeps these numbers apart from the experts'.
                    let counter = SIMD4(UInt32(position), UInt32(resample), 0, 0x626F_6F74)
                    return min(replicates - 1, Int(Double(replicates) * generator.uniforms(counter)[0]))
                })
        }.sorted()
        interval = (
            slopes[Int(0.025 * Double(Self.resamples))], slopes[Int(0.975 * Double(Self.resamples)) - 1]
        )
    }

    /// The slope of the best line.
    static func line(_ logs: [Double], _ means: [Double]) -> Double {
        let centre = logs.reduce(0, +) / Double(logs.count)
        let (sum, spread) = zip(logs, means).reduce((0.0, 0.0)) { sums, point in
            let x = point.0 - centre
            return (sums.0 + x * point.1, sums.1 + x * x)
        }
        return sum / spread
    }

    /// The slope `s` of the best curve `s log N + log(known + b·correction)`, by the Gauss–Newton method in `s` and `b`.
    ///
    /// - Returns: NaN when the logarithms are not finite.
    static func curve(
        _ logs: [Double], _ means: [Double], _ terms: [(known: Double, correction: Double)]
    ) -> Double {
        func residuals(_ slope: Double, _ b: Double) -> [Double]? {
            let factors = terms.map { $0.known + b * $0.correction }
            guard factors.allSatisfy({ $0 > 0 }) else { return nil }
            return logs.indices.map { means[$0] - slope * logs[$0] - log(factors[$0]) }
        }
        func norm(_ residuals: [Double]) -> Double { residuals.reduce(0) { $0 + $1 * $1 } }
        var (slope, b) = (0.0, 0.0)
        guard means.allSatisfy(\.isFinite), var rest = residuals(slope, b) else { return .nan }
        for _ in 0..<100 {
            var (xx, xy, yy, xr, yr) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for (index, x) in logs.enumerated() {
                let y = terms[index].correction / (terms[index].known + b * terms[index].correction)
                (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y)
                (xr, yr) = (xr + x * rest[index], yr + y * rest[index])
            }
            let determinant = xx * yy - xy * xy
            guard determinant > 0 else { return .nan }
            let step = ((yy * xr - xy * yr) / determinant, (xx * yr - xy * xr) / determinant)
            // A step that leaves the range of the logarithm, or gains nothing, is shortened.
            var share = 1.0
            while share > 1e-6 {
                if let next = residuals(slope + share * step.0, b + share * step.1), norm(next) <= norm(rest) {
                    (slope, b, rest) = (slope + share * step.0, b + share * step.1, next)
                    break
                }
                share *= 0.5
            }
            if share <= 1e-6 || abs(share * step.0) < 1e-13 { break }
        }
        return slope
    }
}
