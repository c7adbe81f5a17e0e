import Foundation
import Testing
import Torus

@testable import Continuum

@Suite struct FourierPotentialTests {
    /// Products over one, two and three angles, higher harmonics and the constant.
    static let basis = TrigonometricBasis(
        dimension: 3,
        monomials: [
            [], [.init(.cosine, axis: 1, harmonic: 2)], [.init(.sine, axis: 0), .init(.sine, axis: 2, harmonic: 3)],
            [.init(.sine, axis: 0, harmonic: 2), .init(.cosine, axis: 1), .init(.sine, axis: 2)],
            [.init(.sine, axis: 0), .init(.sine, axis: 1), .init(.sine, axis: 2)],
            [.init(.cosine, axis: 0), .init(.sine, axis: 1)],
        ].map { TrigonometricMonomial($0) })
    static let weights = [0.7, -0.3, 1.1, 0.4, -0.9, 0.25]
    static let points = [[0.3, 1.9, -2.2], [9.1, -0.4, 2.5], [4.0, 3.1, 0.2], [1.1, 5.5, 6.0]]

    static func wave(_ k: [Int], _ theta: [Double]) -> (real: Double, imaginary: Double) {
        let phase = zip(k, theta).reduce(0) { $0 + Double($1.0) * $1.1 }
        return (cos(phase), sin(phase))
    }

    /// The empirical law of the points.
    static func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        points.map { wave(k, $0) }.reduce((0, 0)) {
            ($0.0 + $1.real / Double(points.count), $0.1 + $1.imaginary / Double(points.count))
        }
    }

    static func gradient(_ theta: [Double]) -> [Double] {
        basis.gradients(at: theta).map { zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    @Test func theModesAreTheSameFunction() {
        let potential = FourierPotential(Self.basis)
        var real = Array(repeating: 0.0, count: potential.count)
        var imaginary = real
        potential.coefficients(weights: Self.weights, real: &real, imaginary: &imaginary)
        for theta in Self.points {
            let expected = zip(Self.basis.values(at: theta), Self.weights).reduce(0) { $0 + $1.0 * $1.1 }
            var value = real[0]
            for q in 1..<potential.count {
                let wave = Self.wave(potential.modes[q], theta)
                value += 2 * (real[q] * wave.real - imaginary[q] * wave.imaginary)
            }
            #expect(abs(value - expected) < 1e-14)
        }
        #expect(potential.modes[0] == [0, 0, 0] && Set(potential.modes).count == potential.count)
        #expect(potential.modes.allSatisfy { ($0.first { $0 != 0 } ?? 1) > 0 })
    }

    @Test func theMomentsOfTheBasisAreMeansOverTheLaw() {
        let potential = FourierPotential(Self.basis)
        let moments = potential.moments(count: Self.basis.count, moment: Self.moment)
        for (m, value) in moments.enumerated() {
            let mean = Self.points.reduce(0) { $0 + Self.basis.values(at: $1)[m] } / Double(Self.points.count)
            #expect(abs(value - mean) < 1e-15)
        }
    }

    @Test func dissipationAndLaplacianAreMeansOverTheLaw() {
        let potential = FourierPotential(Self.basis)
        let squares = Self.points.reduce(0) { $0 + Self.gradient($1).reduce(0) { $0 + $1 * $1 } }
        let dissipation = potential.dissipation(weights: Self.weights, moment: Self.moment)
        #expect(abs(dissipation - squares / Double(Self.points.count)) < 1e-13)
        // By central differences of the gradient: an error of step²/6 times a fourth derivative below 100.
        let step = 1e-4
        var laplacian = 0.0
        for theta in Self.points {
            for axis in 0..<3 {
                var (up, down) = (theta, theta)
                up[axis] += step
                down[axis] -= step
                laplacian += (Self.gradient(up)[axis] - Self.gradient(down)[axis]) / (2 * step)
            }
        }
        let mean = potential.meanLaplacian(weights: Self.weights, moment: Self.moment)
        #expect(abs(mean - laplacian / Double(Self.points.count)) < 1e-6)
    }
}
