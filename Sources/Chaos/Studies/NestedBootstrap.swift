import Foundation
import Torus

/// Resampled means over replicates, jointly over the numbers of experts, whose ensembles are nested and so correlate.
///
/// Where large mixtures have fewer replicates, the replicates that all have are drawn among themselves, and the others among
/// themselves.
///
/// - Source: Efron, Tibshirani, *An Introduction to the Bootstrap* (1993), the percentile interval.
struct NestedBootstrap: Sendable {
    /// The resamples.
    static let resamples = 1000

    /// The replicates of each number of experts.
    let replicates: [Int]
    /// For each resample the replicate in each position.
    private let draws: [[Int]]

    init(replicates: [Int], seed: UInt64) {
        self.replicates = replicates
        let generator = Philox(seed: seed)
        let ends = Set(replicates).filter { $0 > 0 }.sorted()
        let strata = zip([0] + ends, ends)
        draws = (0..<Self.resamples).map { resample in
            strata.flatMap { start, end in
                (start..<end).map { position in
                    // The last word keeps these numbers apart from the experts'.
                    let counter = SIMD4(UInt32(position), UInt32(resample), 0, 0x626F_6F74)
                    let place = Int(Double(end - start) * generator.uniforms(counter)[0])
                    return start + min(end - start - 1, place)
                }
            }
        }
    }

    /// The mean of samples, and its resamples.
    struct Means: Sendable {
        let plain: Double
        let resampled: [Double]
    }

    /// The means of the samples of one number of experts, one a replicate.
    func means(_ samples: [Double]) -> Means {
        let count = Double(samples.count)
        let resampled = draws.map { draw in
            var sum = 0.0
            for position in samples.indices { sum += samples[draw[position]] }
            return sum / count
        }
        return Means(plain: samples.reduce(0, +) / count, resampled: resampled)
    }

    /// The ends of the 95 % percentile interval of resampled values; NaN where one of them is not a number.
    static func interval(_ values: [Double]) -> (lower: Double, upper: Double) {
        guard !values.isEmpty, values.allSatisfy({ !$0.isNaN }) else { return (.nan, .nan) }
        let sorted = values.sorted()
        let lower = Int(0.025 * Double(sorted.count))
        return (sorted[lower], sorted[sorted.count - 1 - lower])
    }
}
