import Foundation
import Torus

/// How many experts are enough for a Wasserstein distance from the limit: the law that is fitted to a quantile of measured distances, solved for `N`.
///
/// For each `N` of a comparison the quantile at the confidence is taken of the distance, or of the largest one over the compared times; the form of
/// the theory (`PrefactorForm`; for `W₁` in several angles a power) is fitted through them and solved. The interval is a bootstrap over the
/// replicates.
public struct DistancePlan: Sendable, Equatable {
    /// The smallest number of experts.
    public let count: Int
    /// The ends of its 95 % interval.
    public let lower: Double
    /// See `lower`.
    public let upper: Double

    /// The replicates that a quantile at a confidence needs: twenty beyond it, in bounds.
    public static func replicates(confidence: Double) -> Int {
        min(2000, max(100, Int((20 / (1 - confidence)).rounded(.up))))
    }

    /// The plan from measured distances.
    ///
    /// - Precondition: the comparison has the quantity, W₁ or W₂, and at least two numbers of experts.
    public init(_ comparison: Comparison, quantity: Quantity, error: Double, confidence: Double) {
        precondition(quantity == .w1 || quantity == .w2)
        let plan = comparison.plan
        let power = Double(StudyColumn.Kind.quantity(quantity).fittedPower)
        let form = PrefactorForm(.quantity(quantity), dimension: comparison.dimension)
        let largest = plan.counts.indices.map { count in
            (0..<plan.replicates).map { replicate in
                plan.outputs.indices.reduce(0.0) {
                    max($0, comparison.sample(quantity, count: count, output: $1, replicate: replicate).value)
                }
            }
        }
        func solution(_ draw: [Int]) -> Double {
            let quantiles = largest.map { row -> Double in
                let sorted = draw.map { row[$0] }.sorted()
                let place = confidence * Double(sorted.count - 1)
                let low = min(sorted.count - 2, Int(place))
                return pow(sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low]), power)
            }
            let wanted = pow(error, power)
            if let form {
                let (a, b) = form.fit(counts: plan.counts, means: quantiles)
                return Self.solve { count in zip(form.terms(count), [a, b]).reduce(0) { $0 + $1.0 * $1.1 } - wanted }
            }
            let logs = plan.counts.map { log(Double($0)) }
            let values = quantiles.map { log($0) }
            let slope = PowerLawFit.line(logs, values)
            let centre = (logs.reduce(0, +) - values.reduce(0, +) / slope) / Double(logs.count)
            return exp(centre + log(wanted) / slope)
        }
        let all = Array(0..<plan.replicates)
        count = max(1, Int(min(1e15, solution(all)).rounded(.up)))
        let generator = Philox(seed: plan.seed)
        let solutions = (0..<500).map { resample in
            solution(
                all.map { position in
                    let counter = SIMD4(UInt32(position), UInt32(resample), 0, 0x706C_616E)
                    return min(plan.replicates - 1, Int(Double(plan.replicates) * generator.uniforms(counter)[0]))
                })
        }
        (lower, upper) = NestedBootstrap.interval(solutions)
    }

    /// The number at which a falling function of it vanishes.
    private static func solve(_ function: (Int) -> Double) -> Double {
        var (low, high) = (1, 1)
        while function(high) > 0 {
            guard high < 1 << 50 else { return .infinity }
            (low, high) = (high, 2 * high)
        }
        while high - low > max(1, high >> 20) {
            let middle = low + (high - low) / 2
            if function(middle) > 0 { low = middle } else { high = middle }
        }
        return Double(high)
    }
}
