import Chaos
import Experts
import Foundation
import Particles
import Testing
import Torus
import Training
import Transport

@testable import Continuum

@Suite struct ComparisonTests {
    /// `f = cos(θ − x)` trained at `x = 0, π/2`, held out at `x = 1`.
    static let problem = MeanFieldProblem(
        expansion: TrigonometricExpansion(
            basis: TrigonometricBasis(
                dimension: 1, monomials: [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { .init($0) }),
            datumCount: 3, coefficients: [1, 0, cos(1.0), 0, 1, sin(1.0)]), targets: [0.5, 0.3],
        heldOutTargets: [0.4])

    static func limit(_ problem: MeanFieldProblem = problem, cells: Int = 256) throws -> Limit {
        try Limit(
            problem, scheme: .galerkin(tolerance: 1e-10), grid: PeriodicGrid(cells: [cells]), times: [0, 1, 2, 5],
            refinedOutputs: [0, 2, 3])
    }

    static func comparison(threads: Int, replicates: Int, counts: [Int]) throws -> Comparison {
        try Comparison(
            problem, limit: limit(),
            plan: ComparisonPlan(counts: counts, replicates: replicates, seed: 12, outputs: [0, 2, 3]),
            parallelism: Parallelism(threads: threads))
    }

    @Test func theNumberOfThreadsChangesNoBit() throws {
        // Six replicates run side by side on two threads, and one after the other on eight.
        let runs = try [1, 2, 8].map { try Self.comparison(threads: $0, replicates: 6, counts: [3, 50, 5000]) }
        for run in runs.dropFirst() {
            #expect(run.trajectory == runs[0].trajectory)
            for quantity in run.quantities {
                for count in 0..<3 {
                    for output in 0..<3 {
                        #expect(
                            run.samples(quantity, count: count, output: output)
                                == runs[0].samples(quantity, count: count, output: output))
                    }
                }
            }
        }
    }

    @Test func theTrajectoryIsTheLargestEnsembleOnEveryOutput() throws {
        let run = try Self.comparison(threads: 2, replicates: 2, counts: [3, 40])
        #expect(run.trajectory.count == 4 && run.trajectory.allSatisfy { $0.count == 40 })
        #expect(run.trajectory[0] == Ensemble(drawing: 40, dimension: 1, from: .uniform, seed: 12, replicate: 0))
        #expect(run.largestFunctions.count == 4 && run.largestFunctions[3].heldOut.count == 1)
        // The stored distance is that of the stored atoms.
        let density = try CircleDensity(Self.limit().densities[3])
        let distance = wasserstein(
            atoms: try CircleAtoms(angles: run.trajectory[3].angles), density: density, order: .two)
        #expect(run.sample(.w2, count: 1, output: 2, replicate: 0).value == distance.midpoint)
    }

    @Test func everyBracketHoldsItsMiddleAndOrderIsKept() throws {
        let run = try Self.comparison(threads: 2, replicates: 8, counts: [10, 100])
        for count in 0..<2 {
            for output in 0..<3 {
                for replicate in 0..<8 {
                    let (w1, w2) = (
                        run.sample(.w1, count: count, output: output, replicate: replicate),
                        run.sample(.w2, count: count, output: output, replicate: replicate)
                    )
                    #expect(w1.lower <= w1.value && w1.value <= w1.upper && w2.upper - w2.lower < 1e-9)
                    #expect(w1.lower <= w2.upper, "Jensen: W1 ≤ W2")
                }
            }
        }
    }

    /// The synchronous coupling falls like N^{−1/2}, vanishes at t = 0, and bounds W2 between the two atom sets.
    @Test func theCouplingFallsLikeTheSquareRoot() throws {
        let run = try Self.comparison(threads: 2, replicates: 48, counts: [100, 400, 1600, 6400])
        #expect(run.mean(.coupling, count: 0, output: 0).mean == 0)
        let ratios = [Double](repeating: 1, count: 3)
        let rates = run.rates(densityRatios: ratios)
        for rate in rates where rate.time > 0 && rate.quantity.rawValue != "loss_gap" {
            // Forty-eight replicates: relative errors of some 10 % a point over a range of 64 in N.
            #expect(abs(rate.exponent + 0.5) < 0.08, "\(rate.quantity) at \(rate.time): \(rate.exponent)")
            #expect(rate.lower < rate.exponent && rate.exponent < rate.upper)
        }
        let atStart = rates.filter { $0.time == 0 && $0.quantity == .coupling }
        #expect(atStart.count == 1 && atStart[0].verdict == .notApplicable && atStart[0].exponent.isNaN)
    }

    /// `E W2² = (2π)²/(12 N)` at the uniform law, for every N: Watson's statistic.
    @Test func theWassersteinDistanceAtTheStartHasWatsonsMean() throws {
        let run = try Self.comparison(threads: 2, replicates: 400, counts: [1, 10, 200])
        for (index, count) in [1, 10, 200].enumerated() {
            let squares = run.samples(.w2, count: index, output: 0).map { $0.value * $0.value }
            let mean = squares.reduce(0, +) / 400
            let expected = 4 * Double.pi * Double.pi / (12 * Double(count))
            // Var(N W2²) = (N − 1)/(360 N) on the unit circle.
            let deviation = (Double(count - 1) / (360 * Double(count))).squareRoot() * 4 * .pi * .pi / Double(count)
            #expect(abs(mean - expected) <= 3 * deviation / 20 + 1e-12, "N = \(count), seed 12")
        }
    }

    /// Trained mixtures are closer to the limit than independent draws: N·E W2² is near 2.03 at t = 2 against 3.24
    /// (one-qubit case, N = 100, as published with the model's derivation).
    @Test func trainedMixturesAreCloserThanIndependentDraws() throws {
        let run = try Self.comparison(threads: 2, replicates: 600, counts: [100])
        let squares = run.samples(.w2, count: 0, output: 1).map { 100 * $0.value * $0.value }
        let mean = squares.reduce(0, +) / 600
        let error = (squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 599 / 600).squareRoot()
        #expect(abs(mean - 2.03) < 3 * error + 0.005, "\(mean) ± \(error), seed 12")
    }

    /// On eight cells the distances level off at the grid's own; that is said, and no theorem is called refuted.
    @Test func aCoarseGridGivesNoVerdict() throws {
        let plan = ComparisonPlan(counts: [100, 1000, 10_000], replicates: 8, seed: 1, outputs: [0, 3])
        let coarse = try Comparison(Self.problem, limit: Self.limit(cells: 8), plan: plan)
        let fine = try Comparison(Self.problem, limit: Self.limit(), plan: plan)
        // The uniform law is exact on any grid.
        #expect(coarse.gridTerm(.w2, output: 0) < 1e-7 && fine.gridTerm(.w2, output: 1) < 1e-3)
        // The coarse grid's term accounts for the difference between the two grids' distances.
        let difference = abs(
            coarse.mean(.w2, count: 2, output: 1).mean - fine.mean(.w2, count: 2, output: 1).mean)
        #expect(difference <= coarse.gridTerm(.w2, output: 1) + fine.gridTerm(.w2, output: 1))
        #expect(coarse.gridTerm(.w2, output: 1) > 0.02)
        for rate in coarse.rates(densityRatios: [1, 1])
        where rate.time == 5 && ["w1", "w2"].contains(rate.quantity.rawValue) {
            #expect(rate.verdict == .notApplicable && rate.isTooCoarse)
        }
        for rate in fine.rates(densityRatios: [1, 1]) { #expect(!rate.isTooCoarse) }
    }

    @Test func oneReplicateHasNoStandardError() throws {
        let run = try Self.comparison(threads: 2, replicates: 1, counts: [1, 2])
        #expect(run.mean(.w1, count: 0, output: 1).standardError.isNaN)
        #expect(run.rates(densityRatios: [1, 1, 1]).isEmpty)
    }

    @Test func whatIsNotAskedForIsNotThere() throws {
        var plan = ComparisonPlan(counts: [5], replicates: 2, seed: 1, outputs: [1])
        plan.wasserstein = [.two]
        plan.coupling = false
        plan.function = false
        let run = try Comparison(Self.problem, limit: Self.limit(), plan: plan)
        #expect(run.quantities == [.w2])
    }

    /// A density with a negative average gives no distance, and says why.
    @Test func aDensityThatIsNoneFailsItsRowsAlone() throws {
        var limit = try Self.limit()
        limit.densities[3].values[7] = -1e-9
        let run = try Comparison(
            Self.problem, limit: limit, plan: ComparisonPlan(counts: [10], replicates: 2, seed: 1, outputs: [0, 3]))
        #expect(run.failures.count == 1 && run.failures[0].contains("t = 5"))
        #expect(run.mean(.w2, count: 0, output: 0).mean > 0 && run.mean(.w2, count: 0, output: 1).mean.isNaN)
        #expect(run.mean(.coupling, count: 0, output: 1).mean > 0)
    }
}
