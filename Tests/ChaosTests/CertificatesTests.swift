import Experts
import Foundation
import Testing
import Torus
import Training

@testable import Chaos

@Suite struct CertificatesTests {
    @Test func theLossStaysWithinItsCertificates() throws {
        let problem = ComparisonTests.problem
        let times = [0.0, 1, 2, 5, 10]
        let certificates = try Certificates(problem, times: times)
        // The reference's losses.
        let losses = [
            0.08499999999999999, 0.05170637191364169, 0.031882938965156926, 0.008362635584805794, 0.001188712480725464,
        ]
        for (index, loss) in losses.enumerated() {
            #expect(abs(certificates.losses[index] - loss) < 1e-9)
            // y₁² + y₂² < 1: the least loss of any mixture is 0.
            #expect(certificates.gaps[index] >= loss)
            // Trapezoids of an integral with 64 steps: relative 1e-4.
            #expect(certificates.speedBounds[index] > loss * (1 - 1e-3))
        }
        // At the start V = −½ (0.5 cos θ + 0.3 sin θ) and ∫ V dμ = 0; the kernel is ½ of the unit matrix, so both bounds begin alike.
        #expect(abs(certificates.gaps[0] - 0.5 * hypot(0.5, 0.3)) < 1e-6)
        #expect(abs(certificates.leastEigenvalues[0] - 0.5) < 1e-12)
        // In general K = ½ [[1 − Re m₂, −Im m₂], [−Im m₂, 1 + Re m₂]] with m₂ = ∫ e^{2iθ} dμ = z² of a Poisson kernel: eigenvalues ½ (1 ± |z|²).
        // Residuals are Re z − 0.5 and Im z − 0.3, and z keeps the direction of 0.5 + 0.3i: the loss says |z|.
        for (loss, spectrum) in zip(losses, certificates.eigenvalues) {
            let size = hypot(0.5, 0.3) - 2 * loss.squareRoot()
            #expect(abs(spectrum[0] - 0.5 * (1 + size * size)) < 1e-8)
            #expect(abs(spectrum[1] - 0.5 * (1 - size * size)) < 1e-8)
        }
        for (time, loss) in zip(times, certificates.frozenLosses) {
            #expect(abs(loss - 0.085 * exp(-0.5 * time)) < 1e-9)
        }
        #expect(certificates.areProven)
    }

    @Test func leastValuesAreBracketed() {
        // −cos θ₀ cos θ₁ has −1; the polynomial in one angle has its minimum from a fine scan.
        let plane = LeastValue(
            basis: TrigonometricBasis(
                dimension: 2, monomials: [.init([.init(.cosine, axis: 0), .init(.cosine, axis: 1)])]), weights: [-1])
        #expect(plane.lowerBound <= -1 && plane.lowerBound > -1 - 1e-5 && abs(plane.upperBound + 1) < 1e-5)
        let basis = TrigonometricBasis(
            dimension: 1, monomials: [.init([.init(.cosine, axis: 0)]), .init([.init(.sine, axis: 0, harmonic: 3)])])
        let line = LeastValue(basis: basis, weights: [0.4, 0.9])
        let scan =
            (0..<100_000).map { index -> Double in
                let t = 2 * Double.pi * Double(index) / 100_000
                return 0.4 * cos(t) + 0.9 * sin(3 * t)
            }.min() ?? 0
        #expect(line.lowerBound <= scan && line.lowerBound > scan - 1e-5)
        #expect(LeastValue(basis: basis, weights: [0, 0]).lowerBound == 0)
    }
}
