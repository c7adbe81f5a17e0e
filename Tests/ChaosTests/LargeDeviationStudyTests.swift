import Experts
import Foundation
import Testing
import Torus
import Training

@testable import Chaos

@Suite struct LargeDeviationStudyTests {
    private static func study(
        _ problem: MeanFieldProblem, times: [Double], counts: [Int] = [], replicates: Int = 0, seed: UInt64 = 5,
        threads: Int = 2
    ) throws -> LargeDeviationStudy {
        try LargeDeviationStudy(
            problem, times: times, inputs: [0], tilts: [-1, 0.01, 0.5, 1], counts: counts, replicates: replicates,
            seed: seed, parallelism: Parallelism(threads: threads))
    }

    /// At the start the experts are independent, and one harmonic is a Bessel function: I₀(1) = 1.266065877752008.
    @Test func theStartIsExact() throws {
        let points = try Self.study(ComparisonTests.problem, times: [0]).points
        for point in points {
            #expect(abs(point.scaledCumulant - point.exactCumulant) < 1e-12)
            #expect(abs(point.rate - point.independentRate) < 1e-12)
        }
        let last = try #require(points.last)
        #expect(last.tilt == 1 && abs(last.exactCumulant - log(1.266065877752008)) < 1e-14)
        // Products of harmonics have no such form; independent draws they are all the same.
        for point in try Self.study(FluctuationsTests.plane(), times: [0]).points {
            #expect(point.exactCumulant.isNaN && abs(point.scaledCumulant - point.independentCumulant) < 1e-10)
        }
    }

    /// The reference at t = 2, λ = 1, x = 0 to four digits; near the limit the rate is Gaussian, which that of independent draws is not.
    @Test func theRateIsTheReference() throws {
        let problem = ComparisonTests.problem
        let atTraining = MeanFieldProblem(
            expansion: .init(
                basis: try #require(problem.basis.trigonometric), datumCount: 2, coefficients: problem.coefficients),
            targets: problem.targets)
        let points = try Self.study(atTraining, times: [2]).points
        let point = try #require(points.last)
        #expect(abs(point.scaledCumulant - 0.2812) < 5e-5 && abs(point.output - 0.3661) < 5e-5)
        #expect(abs(point.rate - 0.0849) < 5e-5)
        // λ = 0.01: the next term is of the order of λ.
        #expect(abs(points[1].rate / points[1].gaussianRate - 1) < 0.02)
        #expect(points.allSatisfy { $0.independentRate < 0.6 * $0.rate })
    }

    /// Mixtures of few experts that are trained: exact at the start, and at t = 2 with a correction of `1/N` that is taken out.
    @Test func smallMixturesHaveTheCumulants() throws {
        let seed = UInt64(5)
        let study = try Self.study(
            ComparisonTests.problem, times: [0, 2], counts: [3, 6, 10], replicates: 20_000, seed: seed)
        #expect(study.cumulants.count == 2 * 4 * 4)
        for row in study.cumulants where row.count == nil || row.time == 0 {
            // Four standard errors; the next correction, of 1/N², is below them.
            #expect(abs(row.score) < 4, "seed \(seed): \(row)")
        }
        // The correction is there: three experts are told from infinitely many.
        let few = try #require(study.cumulants.first { $0.time == 2 && $0.tilt == 1 && $0.count == 3 })
        #expect(few.score > 5)
    }

    /// What rests on a few replicates is not told.
    @Test func cumulantsOfFewReplicatesAreNotKnown() throws {
        let study = try Self.study(ComparisonTests.problem, times: [0], counts: [4, 400], replicates: 300)
        let many = try #require(study.cumulants.first { $0.count == 400 && $0.tilt == 1 })
        #expect(many.measured.isNaN && many.effectiveReplicates < 100)
        #expect(!study.cumulants.contains { $0.count == nil && $0.tilt == 1 })
        #expect(study.cumulants.contains { $0.count == nil && $0.tilt == 0.01 })
    }

    @Test func theNumberOfThreadsChangesNoBit() throws {
        let runs = try [1, 2].map {
            try Self.study(
                FluctuationsTests.plane(), times: [0, 1], counts: [2, 4], replicates: 500, threads: $0)
        }
        #expect("\(runs[0])" == "\(runs[1])")
    }
}
