import Continuum
import Experts
import Foundation
import Particles
import Synchronization
import Testing
import Torus
import Training
import Transport

@testable import Chaos

@Suite struct RateStudyTests {
    static func study(
        counts: [Int] = [10, 100, 316, 1000], replicates: Int = 48, least: Int = 16, precision: Double = 0.001,
        threads: Int = 2
    ) throws -> RateStudy {
        let problem = ComparisonTests.problem
        let wrong = MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(
                    dimension: 1, monomials: [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { .init($0) }),
                datumCount: 3, coefficients: [1, 0, cos(1.0), 0, 1, sin(1.0)]), targets: [0.25, 0.15],
            heldOutTargets: [0.4])
        var plan = RateStudyPlan(
            counts: counts, replicates: replicates, seed: 4, outputs: [0, 2, 3], wasserstein: [.one, .two])
        plan.leastReplicates = least
        plan.batch = 16
        plan.precision = precision
        plan.expertBudget = 20_000
        plan.wrongTargets = 0.5
        return try RateStudy(
            problem, limit: ComparisonTests.limit(), wrong: (wrong, ComparisonTests.limit(wrong)), plan: plan,
            parallelism: Parallelism(threads: threads))
    }

    @Test func theResultDependsOnNeitherThreadsNorInterruption() throws {
        let whole = try Self.study(threads: 1).run()
        let study = try Self.study(threads: 2)
        let recorded = Mutex([StudySample]())
        // Stopped after thirty ensembles, gone on from what was recorded.
        #expect(throws: RateStudy.Interruption.self) {
            try study.run(
                record: { sample in recorded.withLock { $0.append(sample) } },
                isCancelled: { recorded.withLock { $0.count } >= 30 })
        }
        let first = recorded.withLock { $0 }
        #expect(first.count >= 30 && first.count < 60)
        let again = Mutex(0)
        let resumed = try study.run(known: first, record: { _ in again.withLock { $0 += 1 } })
        let total = whole.replicates.reduce(0, +)
        #expect(again.withLock { $0 } == total - first.count)
        // NaN equals NaN in texts.
        #expect("\(whole)" == "\(resumed)")
    }

    @Test func largeMixturesHaveFewerReplicates() throws {
        let result = try Self.study().run()
        #expect(result.replicates == [48, 48, 48, 20])
    }

    @Test func aPreciseStudyStopsEarly() throws {
        let result = try Self.study(replicates: 320, precision: 0.2).run()
        #expect(result.precision <= 0.2 && result.replicates[0] < 320)
    }

    @Test func ratesAndFluctuationsAreTheTheorys() throws {
        let study = try Self.study(counts: [100, 316, 1000, 3162], replicates: 320, least: 320)
        var plan = study.plan
        plan.expertBudget = .max
        let result = try RateStudy(
            ComparisonTests.problem, limit: ComparisonTests.limit(),
            wrong: Self.wrong(), plan: plan, parallelism: Parallelism(threads: 2)
        ).run()
        for row in result.exponents where row.column.family == .trained && !row.theory.isNaN && row.time > 0 {
            // 320 replicates over a range of 30 in N: standard errors of about 0.012.
            #expect(abs(row.exponent - row.theory) < 0.06, "\(row)")
            #expect(row.lower < row.exponent && row.exponent < row.upper)
        }
        for row in result.fluctuations where row.column.family != .wrong && row.count == 3162 {
            // 320 replicates, about fifty comparisons: four standard errors, and a correction of the order of 1/N.
            #expect(abs(row.measured - row.predicted) < 4 * row.standardError + 0.002 * row.predicted, "\(row)")
        }
        let missed = result.fluctuations.filter { $0.column.family == .wrong && $0.time == 5 && $0.count == 3162 }
        #expect(missed.contains { $0.score > 20 })
        for row in result.exponents
        where row.column.family == .wrong && row.time == 5 && row.column.kind == .quantity(.functionErrorTest) {
            #expect(row.verdict == .inconsistent)
        }
        // The prefactor of the squared function error is its predicted variance.
        for row in result.prefactors where row.column == StudyColumn(.trained, .quantity(.functionErrorTest)) {
            #expect(row.aLower < row.predicted * 1.1 && row.aUpper > row.predicted * 0.9)
        }
        for row in result.bounds {
            // At the start the function's bound is an equality in the mean: four standard errors of 320 squares.
            #expect(row.bound == 0 ? row.measured < 1e-12 : row.ratio < (row.time == 0 ? 1.16 : 1), "\(row)")
        }
        // At the start every quantile is that of a mean of cosines, nearly normal: errors of order statistics.
        for row in result.quantiles { #expect(abs(row.measured - row.normal) < 0.45, "\(row)") }
    }

    private static func wrong() throws -> (problem: MeanFieldProblem, limit: Limit) {
        let problem = MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(
                    dimension: 1, monomials: [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { .init($0) }),
                datumCount: 3, coefficients: [1, 0, cos(1.0), 0, 1, sin(1.0)]), targets: [0.25, 0.15],
            heldOutTargets: [0.4])
        return (problem, try ComparisonTests.limit(problem))
    }
}

@Suite struct StudyBasisTests {
    /// Waves and kernel from moments of monomials, against sums over the points.
    @Test func wavesAndKernelAreThoseOfThePoints() throws {
        let problem = FluctuationsTests.plane()
        let frequencies = [[1, 0], [2, -1], [0, 3], [1, 1]]
        let basis = StudyBasis(problem, frequencies: frequencies)
        let points = Ensemble(drawing: 7, dimension: 2, from: .uniform, seed: 3, replicate: 0)
        let moments = basis.moments(points.angles, count: 7, parallelism: .serial)
        for (k, wave) in zip(frequencies, basis.waves(moments)) {
            var (re, im) = (0.0, 0.0)
            for i in 0..<7 {
                let phase = Double(k[0]) * points.angles[i] + Double(k[1]) * points.angles[7 + i]
                (re, im) = (re + cos(phase) / 7, im + sin(phase) / 7)
            }
            #expect(abs(wave.real - re) < 1e-14 && abs(wave.imaginary - im) < 1e-14)
        }
        let expansion = TrigonometricExpansion(
            basis: try #require(problem.basis.trigonometric), datumCount: 4, coefficients: problem.coefficients)
        let kernel = NeuralTangentKernel(
            expansion, points: (0..<7).map { [points.angles[$0], points.angles[7 + $0]] })
        let entries = basis.kernel(moments)
        let pairs = (0..<4).flatMap { a in (0...a).map { (a, $0) } }
        #expect(entries.count == pairs.count)
        for (entry, pair) in zip(entries, pairs) { #expect(abs(entry - kernel[pair.0, pair.1]) < 1e-13) }
    }
}

@Suite struct StudyFitTests {
    @Test func formsFindTheirFactors() {
        let counts = [100, 316, 1000, 10_000]
        for form in [PrefactorForm.inverseRoot, .inverse, .twoPowers, .logarithmic, .twoThirds] {
            let means = counts.map { count in zip(form.terms(count), [2.5, -0.7]).reduce(0) { $0 + $1.0 * $1.1 } }
            let (a, b) = form.fit(counts: counts, means: means)
            #expect(abs(a - 2.5) < 1e-11, "\(form.rawValue)")
            #expect(form.terms(1).count == 1 ? b.isNaN : abs(b + 0.7) < 1e-9)
        }
        #expect(PrefactorForm.twoPowers.fit(counts: [100], means: [1]).a.isNaN)
        #expect(PrefactorForm.inverse.fit(counts: [100, 200], means: [1, 0]).a.isNaN)
    }

    @Test func resamplesKeepTheReplicatesOfLargeMixturesTogether() {
        let bootstrap = NestedBootstrap(replicates: [40, 40, 5], seed: 8)
        // Sums over equal samples are the same for all draws.
        #expect(bootstrap.means(Array(repeating: 2, count: 40)).resampled.allSatisfy { $0 == 2 })
        // A mixture that has the first five replicates only takes what the others take of them.
        let values = (0..<40).map { $0 < 5 ? Double($0) : 0 }
        let (all, few) = (bootstrap.means(values), bootstrap.means(Array(values.prefix(5))))
        for (a, b) in zip(all.resampled, few.resampled) { #expect(abs(40 * a - 5 * b) < 1e-12) }
        let (lower, upper) = NestedBootstrap.interval(few.resampled)
        // Five values 0 … 4: their mean has the standard error (2/5)^½.
        #expect(lower < 2 - 0.6 && upper > 2 + 0.6 && lower > 2 - 1.5 && upper < 2 + 1.5)
        #expect(NestedBootstrap.interval([1, .nan]).lower.isNaN)
    }

    @Test(arguments: [(0.5, 0.0), (0.975, 1.959963984540054), (0.001, -3.090232306167813), (1e-10, -6.361340902404056)])
    func normalQuantilesAreTheTables(probability: Double, quantile: Double) {
        #expect(abs(NormalLaw.quantile(probability) - quantile) < 1e-12 * max(1, abs(quantile)))
    }

    @Test func binomialIntervalsAreClopperAndPearsons() {
        // 5 of 10 at 95 %: the published [0.1871, 0.8129]; 0 of 10 by hand.
        let half = BinomialInterval(successes: 5, trials: 10, level: 0.95)
        #expect(abs(half.lower - 0.1871) < 5e-5 && abs(half.upper - 0.8129) < 5e-5)
        let none = BinomialInterval(successes: 0, trials: 10, level: 0.95)
        #expect(none.lower == 0 && abs(none.upper - (1 - pow(0.025, 0.1))) < 1e-12)
        #expect(BinomialInterval(successes: 1, trials: 1, level: 0.95).upper == 1)
    }
}
