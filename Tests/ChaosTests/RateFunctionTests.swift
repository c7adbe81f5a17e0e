import Foundation
import Testing
import Torus
import Training

@testable import Chaos

@Suite struct RateFunctionTests {
    /// At the start one harmonic has the cumulant `log I₀(λ)`.
    @Test(arguments: [0.0, 0.5, 1, -3]) func oneHarmonicAtTheStartIsABesselFunction(tilt: Double) throws {
        let point = try RateFunction(ComparisonTests.problem, time: 0, of: .cosine([1])).point(tilt: tilt)
        // I₀ and I₁ by their series.
        var (zero, one, term) = (0.0, 0.0, 1.0)
        for k in 0..<40 {
            zero += term
            one += term * 0.5 * tilt / Double(k + 1)
            term *= 0.25 * tilt * tilt / Double((k + 1) * (k + 1))
        }
        #expect(abs(point.scaledCumulant - log(zero)) < 1e-12)
        #expect(abs(point.output - one / zero) < 1e-8)
    }

    /// The reference: t = 2, λ = 1, x = 0, to four digits.
    @Test func theTrainedOutputHasTheReferenceRate() throws {
        let problem = ComparisonTests.problem
        let point = try RateFunction(problem, time: 2, of: .training(0, of: problem)).point(tilt: 1)
        #expect(abs(point.scaledCumulant - 0.2812) < 5e-5)
        #expect(abs(point.output - 0.3661) < 5e-5)
        #expect(abs(point.rate - 0.0849) < 5e-5)
    }

    /// `I'' = 1/Var` at the limit's output, in one and two angles, and `y` is the derivative of `Λ`.
    @Test(arguments: [1, 2]) func theCurvatureIsTheInverseVariance(dimension: Int) throws {
        let problem = dimension == 1 ? ComparisonTests.problem : FluctuationsTests.plane()
        let function = TestFunction.heldOut(0, of: problem)
        let time = 1.5
        let fluctuations = try Fluctuations(problem, times: [time], of: [function])
        let variance = fluctuations.covariance(output: 0, 0, 0)
        let rate = try RateFunction(problem, time: time, of: function)
        let tilt = 1e-3
        let (more, less) = (try rate.point(tilt: tilt), try rate.point(tilt: -tilt))
        #expect(abs((more.output - less.output) / (2 * tilt) - variance) < 1e-5)
        #expect(abs(more.rate - 0.5 * tilt * tilt * variance) < 1e-8 * variance)
        let (a, b) = (try rate.point(tilt: 0.99), try rate.point(tilt: 1.01))
        let middle = try rate.point(tilt: 1)
        // Central differences of the smooth Λ with a step of 0.01.
        #expect(abs((b.scaledCumulant - a.scaledCumulant) / 0.02 - middle.output) < 1e-4)
    }
}
