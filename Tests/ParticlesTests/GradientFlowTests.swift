import Experts
import Foundation
import Particles
import Testing
import Torus
import Training

@Suite struct GradientFlowTests {
    /// `f = cos(θ − x)` at `x = 0, π/2` with targets 0.5, 0.3.
    static let cosine = MeanFieldProblem(
        expansion: TrigonometricExpansion(
            basis: TrigonometricBasis(
                dimension: 1, monomials: [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { .init($0) }),
            datumCount: 2, coefficients: [1, 0, 0, 1]), targets: [0.5, 0.3])

    /// Two angles, mixed and higher harmonics, three data.
    static let plane = MeanFieldProblem(
        expansion: TrigonometricExpansion(
            basis: TrigonometricBasis(
                dimension: 2,
                monomials: [
                    .one, .init([.init(.cosine, axis: 0)]), .init([.init(.sine, axis: 0), .init(.cosine, axis: 1)]),
                    .init([.init(.sine, axis: 1, harmonic: 2)]),
                ]), datumCount: 3, coefficients: [0.1, 0.2, -0.1, 0.5, -0.3, 0.2, 0.4, 0.1, 0.3, -0.2, 0.3, 0.1]),
        targets: [0.2, -0.3, 0.1])

    static func final(
        _ problem: MeanFieldProblem, _ ensemble: Ensemble, at time: Double, threads: Int = 1
    ) throws
        -> Ensemble
    {
        var result = ensemble
        let flow = GradientFlow(problem, tolerance: 1e-10, parallelism: Parallelism(threads: threads))
        try flow.train(ensemble, times: [time]) {
            result = $1; _ = $0; _ = $2
        }
        return result
    }

    /// The flow of one-angle experts is a Möbius map of the circle at every N: cross-ratios are conserved.
    @Test func crossRatiosAreConserved() throws {
        let start = Ensemble(drawing: 6, dimension: 1, from: .uniform, seed: 1, replicate: 0)
        let end = try Self.final(Self.cosine, start, at: 3)
        func ratio(_ a: [Double], _ i: Int) -> Double {
            func chord(_ j: Int, _ k: Int) -> Double { sin((a[i + j] - a[i + k]) / 2) }
            return chord(0, 1) * chord(2, 3) / (chord(0, 2) * chord(1, 3))
        }
        for i in 0..<3 {
            let (before, after) = (ratio(start.angles, i), ratio(end.angles, i))
            // A step tolerance of 1e-10, some tens of steps, and chords down to a hundredth.
            #expect(abs(before - after) < 1e-7 * max(1, abs(before)))
        }
        #expect(zip(start.angles, end.angles).contains { abs($0 - $1) > 0.1 })
    }

    /// `dθ_i/dt = −N ∂L/∂θ_i`, by differences of the loss itself.
    @Test func theVelocityIsMinusNTimesTheGradientOfTheLoss() throws {
        let problem = Self.plane
        let ensemble = Ensemble(drawing: 5, dimension: 2, from: .uniform, seed: 2, replicate: 0)
        let flow = MeanFieldFlow(problem, count: 5, parallelism: .serial)
        var rate = Array(repeating: 0.0, count: 10)
        flow.derivative(time: 0, state: ensemble.angles, rate: &rate)
        func loss(_ angles: [Double]) -> Double {
            var moments = Array(repeating: 0.0, count: 4)
            for i in 0..<5 {
                for (m, value) in problem.basis.values(at: [angles[i], angles[5 + i]]).enumerated() {
                    moments[m] += value / 5
                }
            }
            return problem.loss(moments: moments)
        }
        for index in 0..<10 {
            var (up, down) = (ensemble.angles, ensemble.angles)
            up[index] += 1e-5
            down[index] -= 1e-5
            // A central difference: 1e-10 of truncation, 1e-11 of rounding.
            #expect(abs(rate[index] + 5 * (loss(up) - loss(down)) / 2e-5) < 1e-9)
        }
    }

    @Test func theLossFallsAndTimesAreExact() throws {
        let ensemble = Ensemble(drawing: 33, dimension: 2, from: .uniform, seed: 9, replicate: 1)
        var losses: [Double] = []
        try GradientFlow(Self.plane).train(ensemble, times: [0, 0.5, 1, 4]) { index, state, moments in
            if index == 0 { #expect(state == ensemble) }
            losses.append(Self.plane.loss(moments: moments))
        }
        #expect(losses.count == 4 && zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test(arguments: [2, 3]) func theNumberOfThreadsChangesNoBit(threads: Int) throws {
        let ensemble = Ensemble(drawing: 20_001, dimension: 2, from: .uniform, seed: 4, replicate: 0)
        #expect(
            try Self.final(Self.plane, ensemble, at: 1)
                == Self.final(Self.plane, ensemble, at: 1, threads: threads))
    }

    /// One expert alone is plain gradient descent in continuous time: `cos(θ − x)` to a single reachable target.
    @Test func oneExpertReachesAReachableTarget() throws {
        let problem = MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: 1, monomials: [TrigonometricMonomial([.init(.cosine, axis: 0)])]),
                datumCount: 1, coefficients: [1]), targets: [0.5])
        let end = try Self.final(problem, Ensemble(count: 1, dimension: 1, angles: [2]), at: 60)
        #expect(abs(cos(end.angles[0]) - 0.5) < 1e-8)
    }
}
