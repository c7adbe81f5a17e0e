import Foundation
import Testing
import Torus

@testable import Transport

@Suite("W1 on the circle")
struct CircleW1Tests {
    @Test("the exact rational cases", arguments: RationalCase.all)
    func rationalCases(_ example: RationalCase) throws {
        let distance = CircleTransport.w1(try example.atoms(), try example.density())
        let truth = turn * example.w1
        #expect(distance.lower <= truth && truth <= distance.upper, "\(distance), truth \(truth)")
        #expect(abs(distance.midpoint - truth) <= 1e-14 * truth)
        #expect(distance.gap <= 1e-9 * distance.lower)
    }

    @Test("one atom and the uniform density: a quarter of the circle")
    func oneAtom() throws {
        for angle in [0, 1, .pi, 6.2, 100] {
            let distance = CircleTransport.w1(try CircleAtoms(angles: [angle]), try uniform(9))
            #expect(distance.lower <= turn / 4 && turn / 4 <= distance.upper)
        }
    }

    @Test("equally spaced atoms: 2π/(4N)", arguments: [1, 2, 3, 1000, 100_000])
    func equallySpaced(count: Int) throws {
        let angles = (0..<count).map { turn * Double($0) / Double(count) + 0.3 }
        let distance = CircleTransport.w1(try CircleAtoms(angles: angles), try uniform(24))
        let truth = turn / Double(4 * count)
        #expect(distance.lower <= truth && truth <= distance.upper)
        #expect(distance.gap <= 1e-9 * distance.lower)
    }

    @Test("√N·E W1 tends to √(2/π)(π/4 − ½)")
    func mean() throws {
        let seed: UInt64 = 21
        var stream = UniformStream(seed: seed)
        let density = try uniform(16)
        let samples = try (0..<5000).map { _ in
            let distance = CircleTransport.w1(try CircleAtoms(angles: stream.angles(500)), density).midpoint / turn
            return 500.0.squareRoot() * distance
        }
        let (mean, error) = meanAndError(samples)
        let limit = (2 / Double.pi).squareRoot() * (.pi / 4 - 0.5)
        #expect(abs(mean - limit) <= 3 * error, "seed \(seed): \(mean) ± \(error)")
    }

    /// A function of slope ±1 gives a lower bound on `W₁`, sharp when its slope is the sign of `F_N − F` less its median.
    @Test("the dual at the median, found by sorting samples")
    func dual() throws {
        var stream = UniformStream(seed: 22)
        let masses = peak(cells: 16, concentration: 3, centre: 1)
        let total = masses.reduce(0, +)
        let angles = stream.angles(9)
        let distance = CircleTransport.w1(try CircleAtoms(angles: angles), try density(masses: masses))

        let samples = 16 * 10_000
        let step = turn / Double(samples)
        let below = masses.indices.map { masses[..<$0].reduce(0, +) / total }
        let difference = (0..<samples).map { sample in
            let y = (Double(sample) + 0.5) * step
            let share = (Double(sample % 10_000) + 0.5) / 10_000
            let mass = below[sample / 10_000] + masses[sample / 10_000] / total * share
            return Double(angles.count { $0 <= y }) / 9 - mass
        }
        let median = difference.sorted()[samples / 2]
        // The potential at the sample faces; its sign is that which pays for mass moved to the right.
        var potential = [0.0]
        for value in difference { potential.append(potential[potential.count - 1] + (value < median ? step : -step)) }
        let overAtoms = angles.reduce(0) { $0 + potential[Int(($1 / step).rounded())] / 9 }
        var overDensity = 0.0
        for sample in 0..<samples {
            let value = 0.5 * (potential[sample] + potential[sample + 1])
            overDensity += value * masses[sample / 10_000] / total / 10_000
        }
        // Atoms are rounded to the samples, the potential closes up to a few of them.
        #expect(abs(distance.midpoint - (overAtoms - overDensity)) <= 4 * step)
    }
}
