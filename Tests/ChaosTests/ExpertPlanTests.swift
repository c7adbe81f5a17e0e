import Foundation
import Testing
import Torus
import Training

@testable import Chaos

@Suite struct ExpertPlanTests {
    /// One held-out input at the start: `N ε² = ½ z²` with the normal quantile `z`, and the bound by hand.
    @Test(arguments: [0.5, 0.9, 0.99]) func oneInputAtTheStartIsAChiSquare(confidence: Double) throws {
        let plan = try ExpertPlan(
            ComparisonTests.problem, goal: .function, error: 0.01, confidence: confidence, times: [0])
        let z = NormalLaw.quantile(0.5 * (1 + confidence))
        let exact = 0.5 * z * z / 1e-4
        // 200,000 draws: the quantile to three standard errors, half as wide again as the interval.
        let half = 0.5 * (plan.interval.upper - plan.interval.lower)
        #expect(abs(Double(plan.count) - exact) < 1.6 * half + 1)
        #expect(half < 0.02 * exact)
        // σ² = ½ at the start, and no coupling error.
        #expect(abs(plan.boundCount - 0.5 / 1e-4 / (1 - confidence)) < 1e-6 * plan.boundCount)
    }

    @Test func theWorstOfSeveralTimesAsksForMore() throws {
        let problem = FluctuationsTests.plane()
        func count(_ times: [Double], _ goal: ExpertPlan.Goal) throws -> ExpertPlan {
            try ExpertPlan(problem, goal: goal, error: 0.02, confidence: 0.9, times: times)
        }
        for goal in ExpertPlan.Goal.allCases {
            let single = try [0.0, 3].map { try count([$0], goal).interval }
            let both = try count([0, 3], goal)
            #expect(both.interval.upper >= single.map(\.lower).max() ?? 0)
            #expect(Double(both.count) <= both.boundCount)
        }
    }

    @Test func theLossNeedsItsFirstCrossing() {
        // a s + b s² = ε at s = 0.1: N = 100.
        #expect(abs(ExpertPlan.needed(linear: 0.5, square: 5, error: 0.1) - 100) < 1e-10)
        // Linear alone, of either sign.
        #expect(abs(ExpertPlan.needed(linear: -2, square: 0, error: 0.1) - 400) < 1e-9)
        #expect(abs(ExpertPlan.needed(linear: 0, square: 4, error: 0.01) - 400) < 1e-9)
        // −s + s²: its lowest value −¼ is beyond −0.2 from s = (1 − √0.2)/2 on.
        let s = 0.5 * (1 - 0.2.squareRoot())
        #expect(abs(ExpertPlan.needed(linear: -1, square: 1, error: 0.2) - 1 / (s * s)) < 1e-9)
        // Not beyond −0.3: what counts is where it comes up to +0.3.
        let up = 0.5 * (1 + 2.2.squareRoot())
        #expect(abs(ExpertPlan.needed(linear: -1, square: 1, error: 0.3) - 1 / (up * up)) < 1e-12)
        #expect(ExpertPlan.needed(linear: 0, square: 0, error: 0.3) == 0)
    }

    @Test func drawsHaveTheirCovariance() {
        // Rank two in three components.
        let columns = [[1.0, 2, -1], [0.5, 0, 1]]
        let covariance = (0..<9).map { index in columns.reduce(0) { $0 + $1[index / 3] * $1[index % 3] } }
        let vector = GaussianVector(covariance: covariance, dimension: 3, seed: 12)
        #expect(vector.rank == 2)
        for index in 0..<9 {
            let entry = (0..<2).reduce(0.0) {
                $0 + vector.factor[index / 3 * 2 + $1] * vector.factor[index % 3 * 2 + $1]
            }
            #expect(abs(entry - covariance[index]) < 1e-14)
        }
        let count = 20_000
        var sums = Array(repeating: 0.0, count: 9)
        for draw in 0..<count {
            let values = vector.values(draw: draw)
            for index in 0..<9 { sums[index] += values[index / 3] * values[index % 3] / Double(count) }
        }
        // Products of Gaussians of variance up to 5: standard errors below 7/√20,000.
        for index in 0..<9 { #expect(abs(sums[index] - covariance[index]) < 0.2) }
    }
}
