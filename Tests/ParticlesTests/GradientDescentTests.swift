import Experts
import Foundation
import Testing
import Torus
import Training

@testable import Particles

@Suite struct GradientDescentTests {
    /// `f = cos(θ − x)` trained at `x = 0, π/2`.
    static let problem = MeanFieldProblem(
        expansion: TrigonometricExpansion(
            basis: TrigonometricBasis(
                dimension: 1, monomials: [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { .init($0) }),
            datumCount: 2, coefficients: [1, 0, 0, 1]), targets: [0.5, 0.3])

    /// Two steps by hand: `θ − Δt Σ_a r_a ∂f_a / n`.
    @Test func aStepIsEulers() throws {
        let start = Ensemble(count: 3, dimension: 1, angles: [0.4, 2.9, 8])
        var expected = start.angles
        for _ in 0..<2 {
            let (c, s) = (
                expected.reduce(0) { $0 + cos($1) } / 3 - 0.5, expected.reduce(0) { $0 + sin($1) } / 3 - 0.3
            )
            expected = expected.map { $0 - 0.25 * 0.5 * (-c * sin($0) + s * cos($0)) }
        }
        var visits = 0
        try GradientDescent(Self.problem, step: 0.25).train(start, times: [0, 0.5], replicate: 0) {
            index, ensemble, time in
            visits += 1
            #expect(time == (index == 0 ? 0 : 0.5))
            if index == 0 { #expect(ensemble == start) }
            for (a, b) in zip(ensemble.angles, index == 0 ? start.angles : expected) { #expect(abs(a - b) < 1e-15) }
        }
        #expect(visits == 2)
    }

    /// The mean over batches and shots of one step is the exact step; the variance of shots is that of two outcomes.
    @Test func noiseHasNoBias() throws {
        let start = Ensemble(count: 2, dimension: 1, angles: [0.4, 2.2])
        func end(_ descent: GradientDescent, _ replicate: Int) -> [Double] {
            var angles: [Double] = []
            descent.train(start, times: [0.1], replicate: replicate) { _, ensemble, _ in angles = ensemble.angles }
            return zip(angles, start.angles).map(-)
        }
        let exact = end(try GradientDescent(Self.problem, step: 0.1), 0)
        let repeats = 20_000
        for descent in [
            try GradientDescent(Self.problem, step: 0.1, batch: 1),
            try GradientDescent(Self.problem, step: 0.1, shots: 3),
            try GradientDescent(Self.problem, step: 0.1, batch: 2, shots: 1),
        ] {
            let samples = (0..<repeats).map { end(descent, $0) }
            for expert in 0..<2 {
                let mean = samples.reduce(0) { $0 + $1[expert] } / Double(repeats)
                let square = samples.reduce(0) { $0 + ($1[expert] - mean) * ($1[expert] - mean) } / Double(repeats)
                #expect(square > 1e-8)
                #expect(
                    abs(mean - exact[expert]) < 4 * (square / Double(repeats)).squareRoot(),
                    "seed \(descent.seed): \(mean) beside \(exact[expert])")
            }
        }
        #expect(
            end(try GradientDescent(Self.problem, step: 0.1, batch: 1), 7)
                == end(try GradientDescent(Self.problem, step: 0.1, batch: 1), 7))
    }

    @Test func sharedAnglesHaveNoParameterShift() {
        let problem = MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: 1, monomials: [.init([.init(.cosine, axis: 0, harmonic: 2)])]),
                datumCount: 1, coefficients: [1]), targets: [0.5])
        #expect(throws: GradientDescentError.parameterShift(axis: 0)) {
            try GradientDescent(problem, step: 0.1, shots: 10)
        }
        #expect(throws: Never.self) { try GradientDescent(problem, step: 0.1, batch: 1) }
    }
}
