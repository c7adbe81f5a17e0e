import Foundation
import Torus

/// A power `C·N^exponent` through the means over replicates of a quantity, with a bootstrap interval.
///
/// The means of the quantity to the given power are fitted by least squares of their logarithm over `log N`, and the
/// exponent is divided by that power. Whole replicates are resampled, jointly across `N`, because the ensembles of a
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
    ///   - seed: of the resamples.
    init(counts: [Int], values: [[Double]], power: Int, seed: UInt64) {
        let replicates = values.first?.count ?? 0
        let logs = counts.map { log(Double($0)) }
        let centre = logs.reduce(0, +) / Double(max(1, logs.count))
        let spread = logs.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
        let powers = values.map { row in row.map { pow($0, Double(power)) } }
        func slope(_ draw: [Int]) -> Double {
            var sum = 0.0
            for (log, row) in zip(logs, powers) {
                let total = draw.reduce(0) { $0 + row[$1] }
                sum += (log - centre) * Foundation.log(total / Double(replicates))
            }
            return sum / spread / Double(power)
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
}
