import Foundation
import Testing
import Torus

@testable import Chaos

@Suite struct PowerLawFitTests {
    static let counts = [100, 316, 1000, 3162, 10_000]

    /// `N^exponent` times a factor of mean square one that a replicate draws for each count.
    static func values(exponent: Double, replicates: Int, noise: Double) -> [[Double]] {
        let generator = Philox(seed: 99)
        return counts.enumerated().map { index, count in
            (0..<replicates).map { replicate in
                let u = generator.uniforms(SIMD4(UInt32(replicate), UInt32(index), 0, 0))[0]
                return pow(Double(count), exponent) * (1 + noise * (2 * u - 1) * 3.0.squareRoot()).squareRoot()
            }
        }
    }

    @Test(arguments: [-0.5, -0.25, -1]) func exactPowersAreFoundExactly(exponent: Double) {
        for power in [1, 2] {
            let values = Self.values(exponent: exponent, replicates: 3, noise: 0)
            let fit = PowerLawFit(counts: Self.counts, values: values, power: power, seed: 1)
            #expect(abs(fit.exponent - exponent) < 1e-12)
            #expect(abs(fit.interval.lower - exponent) < 1e-12 && abs(fit.interval.upper - exponent) < 1e-12)
        }
    }

    /// The laws of `E W₂²` in two and three angles, with the known amplitude and any correction.
    @Test(arguments: [-0.5, -1.0 / 3, -0.4], [-3.0, 0, 5.75]) func knownFactorsAreTakenOut(exponent: Double, b: Double)
    {
        for shape in [RateShape.plane(amplitude: .pi), .space(amplitude: 17.5)] {
            let values = Self.counts.map { count -> [Double] in
                let terms = shape.terms(count: count) ?? (0, 0)
                let square = (terms.known + b * terms.correction) * pow(Double(count), 2 * exponent)
                return [square.squareRoot(), square.squareRoot()]
            }
            let fit = PowerLawFit(counts: Self.counts, values: values, power: 2, shape: shape, seed: 1)
            #expect(abs(fit.exponent - exponent) < 1e-10, "\(shape) \(fit.exponent)")
            #expect(abs(fit.interval.lower - exponent) < 1e-10 && abs(fit.interval.upper - exponent) < 1e-10)
        }
    }

    /// A limit whose own square distance is the smallest mean square bends the fit away from the sharp exponent.
    @Test func aWrongLimitIsNotConsistent() {
        let counts = [100, 316, 1000, 3162, 10_000]
        let values = counts.map { count -> [Double] in
            let square = (Double.pi * log(Double(count)) + 5.75) / Double(count)
            let wrong = (square + (Double.pi * log(1e4) + 5.75) / 1e4).squareRoot()
            return [wrong, wrong]
        }
        let fit = PowerLawFit(counts: counts, values: values, power: 2, shape: .plane(amplitude: .pi), seed: 1)
        // −0.45807, by another least-squares solver.
        #expect(abs(fit.exponent + 0.45807) < 1e-5, "\(fit.exponent)")
        #expect(Rate.verdict(interval: fit.interval, theory: -0.5) == .inconsistent)
    }

    /// The bootstrap's half width against the delta method's 1.96 standard errors of the slope.
    @Test func theIntervalHasTheWidthOfTheSamplingError() {
        let (replicates, noise) = (400, 0.3)
        let values = Self.values(exponent: -0.5, replicates: replicates, noise: noise)
        let fit = PowerLawFit(counts: Self.counts, values: values, power: 2, seed: 1)
        let logs = Self.counts.map { log(Double($0)) }
        let centre = logs.reduce(0, +) / 5
        let spread = logs.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
        let error = noise / Double(replicates).squareRoot() / spread.squareRoot() / 2
        let half = (fit.interval.upper - fit.interval.lower) / 2
        // Of 2000 resamples the ends of the interval scatter by some per cent; the sample's own variance by 4 %.
        #expect(abs(half / (1.96 * error) - 1) < 0.15, "half width \(half), standard error \(error)")
        #expect(abs(fit.exponent + 0.5) < 4 * error)
    }

    @Test func withoutReplicatesOrCountsThereIsNoInterval() {
        let one = PowerLawFit(counts: [100, 1000], values: [[0.1], [0.01]], power: 1, seed: 1)
        #expect(abs(one.exponent + 1) < 1e-12 && one.interval.lower.isNaN)
        #expect(PowerLawFit(counts: [100], values: [[1, 2]], power: 1, seed: 1).exponent.isNaN)
        #expect(PowerLawFit(counts: [], values: [], power: 1, seed: 1).exponent.isNaN)
        #expect(PowerLawFit(counts: [100, 1000], values: [[0, 0], [0, 0]], power: 2, seed: 1).exponent.isNaN)
    }

    @Test func verdictsAreByEquivalence() {
        #expect(Rate.verdict(interval: (-0.52, -0.48), theory: -0.5) == .consistent)
        #expect(Rate.verdict(interval: (-0.54, -0.48), theory: -0.5) == .notEnoughData)
        #expect(Rate.verdict(interval: (-0.40, -0.36), theory: -0.5) == .inconsistent)
        #expect(Rate.verdict(interval: (-0.64, -0.54), theory: -0.5) == .inconsistent)
        #expect(Rate.verdict(interval: (.nan, .nan), theory: -0.5) == .notEnoughData)
    }
}
