import Foundation
import Testing
import Torus

@testable import Transport

@Suite("W2 on the circle")
struct CircleW2Tests {
    @Test("the exact rational cases", arguments: RationalCase.all)
    func rationalCases(_ example: RationalCase) throws {
        let distance = CircleTransport.w2(try example.atoms(), try example.density())
        let truth = turn * example.squaredW2.squareRoot()
        #expect(distance.lower <= truth && truth <= distance.upper, "\(distance), truth \(truth)")
        #expect(abs(distance.midpoint - truth) <= 1e-14 * truth)
        #expect(distance.gap <= 1e-9 * distance.lower)
    }

    @Test("Watson's double sum for the uniform density", arguments: [1, 2, 3, 7, 33, 1000])
    func watsonForm(count: Int) throws {
        var stream = UniformStream(seed: 11)
        for cells in [1, 7, 64] {
            let density = try uniform(cells)
            for _ in 0..<(count < 100 ? 20 : 1) {
                let angles = stream.angles(count)
                let distance = CircleTransport.w2(try CircleAtoms(angles: angles), density)
                let truth = watson(angles)
                // The terms of the double sum are rounded before they cancel down to about 1/N of their size.
                let tolerance = 1e-13 + 1e-16 * Double(count)
                #expect(abs(distance.midpoint * distance.midpoint - truth) <= tolerance * truth)
                let stable = squaredDistanceToUniform(angles).squareRoot()
                #expect(distance.lower <= stable && stable <= distance.upper)
            }
        }
    }

    @Test("nothing cancels with 100,000 atoms")
    func manyAtoms() throws {
        var stream = UniformStream(seed: 12)
        let angles = stream.angles(100_000)
        let truth = squaredDistanceToUniform(angles).squareRoot()
        let distance = CircleTransport.w2(try CircleAtoms(angles: angles), try uniform(4096))
        #expect(distance.lower <= truth && truth <= distance.upper)
        // The rounding of an angle, an ulp of 4π, over W₂ of about 0.006.
        #expect(abs(distance.midpoint - truth) <= 3e-13 * truth)
        #expect(distance.gap <= 1e-9 * distance.lower)
    }

    @Test("equally spaced atoms", arguments: [1, 2, 3, 10, 1000, 100_000])
    func equallySpaced(count: Int) throws {
        let angles = (0..<count).map { turn * Double($0) / Double(count) + 0.3 }
        let distance = CircleTransport.w2(try CircleAtoms(angles: angles), try uniform(24))
        let truth = turn / (12.0.squareRoot() * Double(count))
        #expect(distance.lower <= truth && truth <= distance.upper)
        #expect(distance.gap <= 1e-9 * distance.lower)
    }

    @Test("the mean 1/(12N) of Watson's statistic", arguments: [1, 2, 10, 100])
    func mean(count: Int) throws {
        let seed: UInt64 = 13
        var stream = UniformStream(seed: seed)
        let density = try uniform(16)
        let samples = try (0..<10_000).map { _ in
            let distance = CircleTransport.w2(try CircleAtoms(angles: stream.angles(count)), density).midpoint / turn
            return Double(count) * distance * distance
        }
        let (mean, error) = meanAndError(samples)
        // One atom has no variance: only rounding is left.
        #expect(abs(mean - 1.0 / 12) <= 3 * error + 1e-14, "seed \(seed): \(mean) ± \(error)")

        let squares = samples.map { ($0 - mean) * ($0 - mean) }
        let (variance, varianceError) = meanAndError(squares)
        let expected = Double(count - 1) / (360 * Double(count))
        #expect(abs(variance - expected) <= 3 * varianceError + 1e-14, "seed \(seed): \(variance) ± \(varianceError)")
    }

    @Test("the tail of Watson's statistic")
    func tail() throws {
        let seed: UInt64 = 14
        var stream = UniformStream(seed: seed)
        let density = try uniform(16)
        let indicators = try (0..<10_000).map { _ in
            let distance = CircleTransport.w2(try CircleAtoms(angles: stream.angles(200)), density).midpoint / turn
            return 200 * distance * distance > 0.187 ? 1.0 : 0
        }
        let (share, error) = meanAndError(indicators)
        #expect(abs(share - 0.0499) <= 3 * error, "seed \(seed): \(share) ± \(error)")
    }

    @Test("a brute-force search over shifts of a fine discretisation")
    func bruteForce() throws {
        var stream = UniformStream(seed: 15)
        let masses = peak(cells: 12, concentration: 4, centre: 1)
        let angles = stream.angles(5).sorted()
        let points = 4000
        let total = masses.reduce(0, +)
        let quantile = (0..<points).map { point in
            var rest = total * (Double(point) + 0.5) / Double(points)
            var cell = 0
            while rest > masses[cell] {
                rest -= masses[cell]
                cell += 1
            }
            return turn * (Double(cell) + rest / masses[cell]) / 12
        }
        var best = Double.infinity
        for shift in -points..<2 * points {
            var cost = 0.0
            for point in 0..<points {
                let moved = point + shift
                let lap = moved >= 0 ? moved / points : (moved - points + 1) / points
                let offset = quantile[moved - lap * points] + turn * Double(lap) - angles[point * 5 / points]
                cost += offset * offset
            }
            best = Swift.min(best, cost / Double(points))
        }
        let distance = CircleTransport.w2(try CircleAtoms(angles: angles), try density(masses: masses)).midpoint
        // A shift off by 1/(2K) costs C″/(8K²), and a point stands for 1/K of the mass: both O(K⁻²).
        #expect(abs(distance * distance - best) <= 1e-5 * best)
    }

    /// `Σ w_i φ_i + ∫ min_{i,k} (|y − x_i − 2πk|² − φ_i) ρ dy` is a lower bound for every `φ`, sharp for the potential of the
    /// best cut; here it is integrated over all atoms and windings without use of their order.
    @Test("the dual at the best cut")
    func dual() throws {
        var stream = UniformStream(seed: 16)
        let masses = peak(cells: 16, concentration: 2, centre: 4)
        let angles = stream.angles(7).sorted()
        let density = try density(masses: masses)
        let distance = CircleTransport.w2(try CircleAtoms(angles: angles), density)

        let total = masses.reduce(0, +)
        func quantile(_ level: Double) -> Double {
            let lap = level.rounded(.down)
            var rest = (level - lap) * total
            var cell = 0
            while cell < 15 && rest > masses[cell] {
                rest -= masses[cell]
                cell += 1
            }
            return turn * (lap + (Double(cell) + rest / masses[cell]) / 16)
        }
        func slope(_ shift: Double) -> Double {
            (1...7).reduce(0) { sum, i in
                let next = i < 7 ? angles[i] : angles[0] + turn
                return sum + (next - angles[i - 1]) * (2 * quantile(Double(i) / 7 + shift) - angles[i - 1] - next)
            }
        }
        var (low, high) = (-2.0, 3.0)
        for _ in 0..<80 {
            let middle = 0.5 * (low + high)
            if slope(middle) < 0 { low = middle } else { high = middle }
        }
        var potential = [0.0]
        for i in 1..<7 {
            let b = quantile(Double(i) / 7 + low)
            let (toThis, toLast) = (b - angles[i], b - angles[i - 1])
            potential.append(potential[i - 1] + toThis * toThis - toLast * toLast)
        }
        let samples = 16 * 4000
        var integral = 0.0
        for sample in 0..<samples {
            let y = turn * (Double(sample) + 0.5) / Double(samples)
            var least = Double.infinity
            for (x, value) in zip(angles, potential) {
                for winding in [-turn, 0, turn] {
                    least = Swift.min(least, (y - x - winding) * (y - x - winding) - value)
                }
            }
            integral += least * masses[sample / 4000] / total / 4000
        }
        let dual = potential.reduce(0, +) / 7 + integral
        // The midpoint rule with 64,000 points on a piecewise parabola.
        #expect(abs(distance.midpoint * distance.midpoint - dual) <= 1e-7 * dual)
    }

    @Test("atoms split in two and cells split in three change nothing")
    func splitting() throws {
        var stream = UniformStream(seed: 17)
        let masses = peak(cells: 10, concentration: 9, centre: 2)
        let angles = stream.angles(21)
        let whole = CircleTransport.w2(try CircleAtoms(angles: angles), try density(masses: masses))
        let split = CircleTransport.w2(
            try CircleAtoms(
                angles: angles + angles, weights: angles.map { _ in 0.25 / 21 } + angles.map { _ in 0.75 / 21 }),
            try density(masses: masses.flatMap { [$0, $0, $0] }))
        #expect(abs(whole.midpoint - split.midpoint) <= 1e-14)
    }

    @Test("many atoms a cell, taken eight at a time, beside the same density in more cells, atom by atom")
    func denseAndSparse() throws {
        let seed: UInt64 = 91
        var stream = UniformStream(seed: seed)
        for count in [32, 33, 200, 1000] {
            var masses = (0..<4).map { _ in stream.next() }
            if count == 200 { masses[2] = 0 }
            let atoms = stream.angles(count).sorted()
            let weights = (0..<count).map { _ in stream.next() }
            let total = weights.reduce(0, +)
            let circle =
                count == 33
                ? try CircleAtoms(angles: atoms)
                : try CircleAtoms(angles: atoms, weights: weights.map { $0 / total })
            let few = CircleTransport.w2(circle, try density(masses: masses))
            let many = CircleTransport.w2(
                circle, try density(masses: masses.flatMap { Array(repeating: $0, count: count) }))
            #expect(
                few.lower <= many.upper && many.lower <= few.upper && few.gap < 1e-11, "\(few) \(many) seed \(seed)")
        }
    }

    @Test("random cases: W1 ≤ W2 and narrow ordered brackets")
    func randomCases() throws {
        var stream = UniformStream(seed: 18)
        for _ in 0..<2000 {
            let cells = stream.integer(in: 1...20)
            var masses = (0..<cells).map { _ in stream.next() < 0.3 ? 0 : pow(10, -12 * stream.next()) }
            masses[stream.integer(in: 0...cells - 1)] = 1
            let count = stream.integer(in: 1...15)
            // Places on a coarse lattice: coinciding atoms and atoms on faces.
            let places = (0..<count).map { _ in turn * Double(stream.integer(in: 0...4 * cells)) / Double(4 * cells) }
            let weights = (0..<count).map { _ in stream.next() < 0.2 ? 0 : stream.next() + 0.01 }
            let sum = weights.reduce(0, +)
            let atoms =
                sum > 0
                ? try CircleAtoms(angles: places, weights: weights.map { $0 / sum }) : try CircleAtoms(angles: places)
            let density = try density(masses: masses)
            let w1 = CircleTransport.w1(atoms, density)
            let w2 = CircleTransport.w2(atoms, density)
            #expect(w1.lower <= w2.upper)
            #expect(w2.upper <= .pi * (1 + 1e-14))
            #expect(w1.gap <= 1e-9 * w1.lower && w2.gap <= 1e-9 * w2.lower, "\(w1) \(w2)")
        }
    }
}
