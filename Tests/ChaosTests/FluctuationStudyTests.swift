import Continuum
import Foundation
import Particles
import Synchronization
import Testing
import Torus
import Training

@testable import Chaos

/// What a study measures at chosen inputs: covariances, those of two experts, and the answer to one expert moved.
@Suite struct FluctuationStudyTests {
    private static func study(
        _ problem: MeanFieldProblem, counts: [Int], replicates: Int, times: [Double], inputs: [Int], seed: UInt64,
        threads: Int = 2
    ) throws -> RateStudy {
        func limit(_ problem: MeanFieldProblem) throws -> Limit {
            try Limit(problem, scheme: .galerkin(tolerance: 1e-9), grid: nil, times: times)
        }
        var plan = RateStudyPlan(
            counts: counts, replicates: replicates, seed: seed, outputs: Array(times.indices), wasserstein: [])
        plan.leastReplicates = replicates
        plan.inputs = inputs
        plan.spectrumDegree = 1
        let wrong = problem.multiplyingTargets(by: 0.5)
        return try RateStudy(
            problem, limit: limit(problem), wrong: (wrong, limit(wrong)), plan: plan, tolerance: 1e-9,
            parallelism: Parallelism(threads: threads))
    }

    /// At the start the mixture is its draws: the double sum over all pairs of different experts.
    @Test(arguments: [2, 3, 17]) func pairsAreTheDoubleSum(count: Int) throws {
        let problem = FluctuationsTests.plane()
        let samples = Mutex([StudySample]())
        let study = try Self.study(problem, counts: [count], replicates: 2, times: [0], inputs: [0], seed: 3)
        _ = try study.run(record: { sample in samples.withLock { $0.append(sample) } })
        let place = try #require(study.columns.firstIndex(of: StudyColumn(.trained, .pair(0, 0))))
        for sample in samples.withLock({ $0 }) {
            let draws = Ensemble(
                drawing: count, dimension: 2, from: .uniform, seed: 3, replicate: sample.replicate)
            let values = (0..<count).map {
                TestFunction.heldOut(0, of: problem).values(at: [draws.angles[$0], draws.angles[count + $0]], problem)
                    .value
            }
            // Under the uniform law the function's mean is 0.
            var sum = 0.0
            for i in 0..<count { for j in 0..<count where i != j { sum += values[i] * values[j] } }
            #expect(abs(sample.values[place] - sum / Double(count * (count - 1))) < 1e-14)
        }
    }

    /// In one and two angles, within four standard errors of 300 replicates and a correction of the order of `1/N`.
    @Test(arguments: [1, 2]) func inputsScatterAsPredicted(dimension: Int) throws {
        let problem = dimension == 1 ? ComparisonTests.problem : FluctuationsTests.plane()
        let seed = UInt64(17)
        let study = try Self.study(
            problem, counts: [1000], replicates: 300, times: [0, 3], inputs: [0], seed: seed)
        let result = try study.run()
        func row(_ family: StudyColumn.Family, _ kind: StudyColumn.Kind) throws -> RateStudyResult.Fluctuation {
            try #require(result.fluctuations.first { $0.column == StudyColumn(family, kind) && $0.time == 3 })
        }
        for row in result.fluctuations where row.column.family != .wrong {
            let error = 4 * row.standardError + 5 * abs(row.predicted) / 1000
            #expect(abs(row.measured - row.predicted) < error, "seed \(seed): \(row)")
        }
        let trained = try row(.trained, .covariance(0, 0))
        let independent = try row(.independent, .covariance(0, 0))
        let pair = try row(.trained, .pair(0, 0))
        #expect(trained.predicted + 10 * trained.standardError < independent.predicted)
        #expect(abs(pair.predicted - (trained.predicted - independent.predicted)) < 1e-12)
        #expect(pair.measured < -10 * pair.standardError, "what training makes is told from 0: \(pair)")
        // The same prediction by another way: covariances of the basis' functions, summed.
        #expect(abs(try row(.trained, .deviation).predicted - trained.predicted) < 1e-8)
        // An expert that is moved does less than at the start, where it moves its own share alone.
        let response = try row(.trained, .response(0))
        let start = try #require(
            result.fluctuations.first { $0.column == StudyColumn(.trained, .response(0)) && $0.time == 0 })
        #expect(response.predicted < 0.7 * start.predicted && response.measured < 0.8 * start.measured)
        // The standard errors of quantiles: 1.25 of a mean's for the median.
        let median = try #require(result.quantiles.first { $0.probability == 0.5 })
        #expect(abs(median.standardError - (.pi / 2 / 300).squareRoot()) < 1e-12)
    }

    @Test func theNumberOfThreadsChangesNoBit() throws {
        let results = try [1, 2].map {
            try Self.study(
                FluctuationsTests.plane(), counts: [5, 40], replicates: 6, times: [0, 1], inputs: [0], seed: 2,
                threads: $0
            ).run()
        }
        // NaN equals NaN in texts.
        #expect("\(results[0])" == "\(results[1])")
    }
}
