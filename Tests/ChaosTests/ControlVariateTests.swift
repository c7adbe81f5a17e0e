import Foundation
import Testing
import Torus
import Training
import Transport

@testable import Chaos

/// `E W₂²` with the variance of the synchronous copies taken out.
@Suite struct ControlVariateTests {
    /// At the start the mixtures are independent draws of the uniform law: the mean is the known one, `1/12N` times (2π)² on the circle for every `N`, and
    /// known to 0.3 % beyond; later mixtures are closer than independent draws, and the mean is that without variates.
    @Test(arguments: [1, 2, 3]) func unbiasedWithLessVariance(dimension: Int) throws {
        let seed: UInt64 = 21
        let (counts, replicates) = (
            [[20, 100], [100, 300], [100, 200]][dimension - 1], [48, 32, 16][dimension - 1]
        )
        let problem = TorusComparisonTests.problem(dimension)
        let limit = try TorusComparisonTests.limit(problem, cells: [256, 64, 16][dimension - 1], times: [0, 2])
        var plan = TorusComparisonTests.plan(counts: counts, replicates: replicates, outputs: [0, 1])
        plan.coupling = true
        plan.wasserstein = [.two]
        let run = try Comparison(problem, limit: limit, plan: plan, parallelism: .allCores)
        for (index, count) in counts.enumerated() {
            let n = Double(count)
            let unit =
                dimension == 1
                ? 1 / (12 * n)
                : dimension == 2 ? (log(n) / (4 * .pi) + 0.1457) / n : 0.4452 * pow(n, -2.0 / 3) - 0.22579 / n
            let truth = 4 * Double.pi * .pi * unit
            let start = try #require(run.squaredW2(count: index, output: 0))
            // The constants beyond one angle are known to 0.3 %.
            let slack = dimension == 1 ? 1e-9 * truth : 3e-3 * truth
            #expect(
                abs(start.mean - truth) <= 3 * start.standardError + slack,
                "\(start) \(truth) N = \(count) seed \(seed)")
            // Measured with forty samples of a hundred atoms: 780, 6 and 3 (docs/decisions.md).
            let gain = [50.0, 3, 1.5][dimension - 1]
            #expect(start.standardError * gain <= start.plainStandardError, "\(start) N = \(count) seed \(seed)")
            let later = try #require(run.squaredW2(count: index, output: 1))
            #expect(abs(later.mean - later.plainMean) <= 3 * later.plainStandardError, "\(later) seed \(seed)")
            #expect(later.standardError < later.plainStandardError, "\(later) seed \(seed)")
            let plain = run.samples(.w2, count: index, output: 1).reduce(0) { $0 + $1.value * $1.value }
            #expect(abs(later.plainMean - plain / Double(replicates)) <= 1e-14)
        }
    }

    @Test func whereThereIsNone() throws {
        let problem = TorusComparisonTests.problem(1)
        let limit = try TorusComparisonTests.limit(problem, cells: 64, times: [0])
        var plan = TorusComparisonTests.plan(counts: [10], replicates: 4, outputs: [0])
        #expect(try Comparison(problem, limit: limit, plan: plan).squaredW2(count: 0, output: 0) == nil)
        plan.coupling = true
        #expect(try Comparison(problem, limit: limit, plan: plan).squaredW2(count: 0, output: 0) != nil)
        plan.replicates = 3
        #expect(try Comparison(problem, limit: limit, plan: plan).squaredW2(count: 0, output: 0) == nil)
    }

    /// Samples that are their variates have no variance left; variates without any explain nothing.
    @Test func extremes() {
        let variates = [1.0, 4, 2, 8, 5, 7]
        let exact = ControlVariate(samples: variates.map { 3 * $0 + 1 }, variates: variates, variateMean: 4)
        #expect(abs(exact.mean - 13) < 1e-12 && exact.standardError < 1e-12 && exact.plainMean == 14.5)
        let none = ControlVariate(samples: variates, variates: Array(repeating: 1, count: 6), variateMean: 1)
        #expect(none.mean == none.plainMean && none.standardError == none.plainStandardError)
    }
}
