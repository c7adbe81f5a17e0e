import Foundation
import Testing
import Torus

@testable import Transport

/// Moments by FFT, and the distances made of them.
@Suite struct FourierMomentsTests {
    /// `Σ w e^{ik·θ}`, summed directly.
    private static func sum(_ angles: [Double], _ weights: [Double]?, _ dimension: Int, _ k: [Int]) -> (Double, Double)
    {
        let count = angles.count / dimension
        var (real, imaginary) = (0.0, 0.0)
        for atom in 0..<count {
            let phase = (0..<dimension).reduce(0) { $0 + Double(k[$1]) * angles[$1 * count + atom] }
            let weight = weights?[atom] ?? 1 / Double(count)
            real += weight * cos(phase)
            imaginary += weight * sin(phase)
        }
        return (real, imaginary)
    }

    @Test(arguments: [1, 2, 3]) func atomsAgainstDirectSums(dimension: Int) throws {
        let seed: UInt64 = 111
        var stream = UniformStream(seed: seed)
        for (count, degree) in [(1, 0), (1, 1), (7, 3), (50, dimension == 3 ? 4 : 17)] {
            // Also outside the period, and on its end.
            var angles = stream.angles(count * dimension).map { $0 - 5 }
            angles[0] = turn.nextDown
            let weights = count == 7 ? (0..<count).map { _ in stream.next() } : nil
            let moments = try FourierMoments(atoms: angles, weights: weights, dimension: dimension, degree: degree)
            for place in moments.real.indices {
                let k = moments.frequency(place)
                #expect(moments.place(k) == (place, false))
                let (real, imaginary) = Self.sum(angles, weights, dimension, k)
                #expect(
                    abs(moments.real[place] - real) < 2e-12 && abs(moments.imaginary[place] - imaginary) < 2e-12,
                    "\(k): \(moments.real[place] - real) \(moments.imaginary[place] - imaginary) seed \(seed)")
            }
        }
    }

    /// Each cell's `∫ e^{ik·θ}` in closed form, with frequencies beyond those of the grid.
    @Test(arguments: [1, 2, 3]) func cellAverages(dimension: Int) throws {
        let seed: UInt64 = 112
        var stream = UniformStream(seed: seed)
        let grid = try PeriodicGrid(cells: Array([5, 4, 1].prefix(dimension)))
        let field = Field(grid: grid, values: (0..<grid.cellCount).map { _ in stream.next() })
        let moments = try FourierMoments(field, degree: 6)
        for place in moments.real.indices {
            let k = moments.frequency(place)
            var (real, imaginary) = (0.0, 0.0)
            for (cell, value) in field.values.enumerated() {
                var (rest, a, b) = (cell, value, 0.0)
                for (axis, n) in grid.cells.enumerated() {
                    let h = grid.spacing(axis: axis)
                    let (from, to) = (Double(rest % n) * h, Double(rest % n + 1) * h)
                    rest /= n
                    let q = Double(k[axis])
                    let (c, s) =
                        q == 0 ? (to - from, 0) : ((sin(q * to) - sin(q * from)) / q, (cos(q * from) - cos(q * to)) / q)
                    (a, b) = (a * c - b * s, a * s + b * c)
                }
                real += a
                imaginary += b
            }
            #expect(
                abs(moments.real[place] - real) < 1e-12 && abs(moments.imaginary[place] - imaginary) < 1e-12,
                "\(k) seed \(seed)")
        }
    }

    /// Modes are the moments of the density that they make, as fine cell averages say.
    @Test func modes() throws {
        let c = 1 / (turn * turn)
        let density = try FourierDensity(
            dimension: 2,
            modes: [
                .init([0, 0], real: c), .init([1, -2], real: 0.2 * c, imaginary: 0.1 * c),
                .init([0, 3], real: -0.1 * c, imaginary: 0.05 * c), .init([-2, 1], real: 0.05 * c),
            ])
        let found = FourierMoments(density, degree: 3)
        let fine = try FourierMoments(density.cellAverages(on: PeriodicGrid(cells: [256, 256])), degree: 3)
        let behind = try FourierMoments(
            ofLawWithAverages: density.cellAverages(on: PeriodicGrid(cells: [8, 9])), degree: 3)
        for place in found.real.indices {
            #expect(abs(found.real[place] - behind.real[place]) < 1e-14, "\(found.frequency(place))")
            #expect(abs(found.imaginary[place] - behind.imaginary[place]) < 1e-14, "\(found.frequency(place))")
            // A piecewise constant density has the moments times sinc², here 1 − (3π/256)²/3 or closer.
            #expect(abs(found.real[place] - fine.real[place]) < 2e-4, "\(found.frequency(place))")
            #expect(abs(found.imaginary[place] - fine.imaginary[place]) < 2e-4, "\(found.frequency(place))")
        }
    }

    /// On the circle `W₂` to the uniform law is the `H^{−1}` distance of all frequencies.
    @Test func theSobolevDistanceOnTheCircle() throws {
        var stream = UniformStream(seed: 113)
        let angles = stream.angles(12)
        let degree = 4000
        let atoms = try FourierMoments(atoms: angles, dimension: 1, degree: degree)
        let uniform = try FourierMoments(.uniform(on: PeriodicGrid(cells: [3])), degree: degree)
        let found = pow(atoms.sobolevDistance(to: uniform), 2)
        let truth = squaredDistanceToUniform(angles)
        // What is left out is at most Σ_{|k|>K} 1/k².
        #expect(found <= truth + 1e-12 && truth <= found + 2 / Double(degree))
        #expect(abs(uniform.meanSquaredSobolevDistance(ofAtoms: 12) - turn * turn / 144) <= 2 / Double(12 * degree))
    }

    /// In several angles the norm is the sum over all frequencies of both signs, written out.
    @Test(arguments: [2, 3], [0.5, 1, 2]) func theSobolevDistanceInSeveralAngles(dimension: Int, order: Double) throws {
        var stream = UniformStream(seed: 115)
        let (a, b) = (stream.angles(5 * dimension), stream.angles(8 * dimension))
        let degree = 3
        let found = try FourierMoments(atoms: a, dimension: dimension, degree: degree).sobolevDistance(
            to: FourierMoments(atoms: b, dimension: dimension, degree: degree), order: order)
        var truth = 0.0
        let side = 2 * degree + 1
        for place in 0..<(0..<dimension).reduce(1, { product, _ in product * side }) {
            var (rest, k) = (place, [Int]())
            for _ in 0..<dimension {
                k.append(rest % side - degree)
                rest /= side
            }
            let square = Double(k.reduce(0) { $0 + $1 * $1 })
            guard square > 0 else { continue }
            let ((x, y), (u, v)) = (Self.sum(a, nil, dimension, k), Self.sum(b, nil, dimension, k))
            truth += ((x - u) * (x - u) + (y - v) * (y - v)) / pow(square, order)
        }
        #expect(abs(found - truth.squareRoot()) <= 1e-12)
    }

    /// A sum over all pairs of atoms of the kernel is the maximum mean discrepancy.
    @Test func discrepancyOfAKernel() throws {
        var stream = UniformStream(seed: 114)
        let (a, b) = (stream.angles(10), stream.angles(14))
        let degree = 3
        func weight(_ k: [Int]) -> Double { exp(-0.3 * Double(k[0] * k[0] + k[1] * k[1])) }
        func kernel(_ x: Double, _ y: Double) -> Double {
            var sum = 0.0
            for i in -degree...degree {
                for j in -degree...degree { sum += weight([i, j]) * cos(Double(i) * x + Double(j) * y) }
            }
            return sum
        }
        func mean(_ p: [Double], _ q: [Double]) -> Double {
            let (n, m) = (p.count / 2, q.count / 2)
            var sum = 0.0
            for i in 0..<n { for j in 0..<m { sum += kernel(p[i] - q[j], p[n + i] - q[m + j]) } }
            return sum / Double(n * m)
        }
        let found = try FourierMoments(atoms: a, dimension: 2, degree: degree).squaredDistance(
            to: FourierMoments(atoms: b, dimension: 2, degree: degree), weight: weight)
        #expect(abs(found - (mean(a, a) - 2 * mean(a, b) + mean(b, b))) < 1e-12)
    }
}
