import Foundation
import Testing
import Torus

@testable import Transport

@Suite("Invariance of the circle distances")
struct CircleInvarianceTests {
    @Test("rotation of atoms and density by whole cells", arguments: WassersteinOrder.allCases)
    func rotationByCells(order: WassersteinOrder) throws {
        var stream = UniformStream(seed: 31)
        let cells = 30
        let masses = peak(cells: cells, concentration: 8, centre: 0.5)
        let angles = stream.angles(57)
        let reference = wasserstein(
            atoms: try CircleAtoms(angles: angles), density: try density(masses: masses), order: order)
        for shift in 1..<cells {
            let moved = wasserstein(
                atoms: try CircleAtoms(angles: angles.map { $0 + turn * Double(shift) / Double(cells) }),
                density: try density(masses: (0..<cells).map { masses[($0 - shift + cells) % cells] }), order: order)
            #expect(abs(moved.midpoint - reference.midpoint) <= 2e-14)
            #expect(moved.lower <= reference.upper && reference.lower <= moved.upper)
        }
    }

    @Test("any rotation under the uniform density", arguments: WassersteinOrder.allCases)
    func rotationUnderUniform(order: WassersteinOrder) throws {
        var stream = UniformStream(seed: 32)
        let angles = stream.angles(40)
        let density = try uniform(11)
        let reference = wasserstein(atoms: try CircleAtoms(angles: angles), density: density, order: order)
        for _ in 0..<50 {
            let shift = 20 * (stream.next() - 0.5)
            let moved = wasserstein(
                atoms: try CircleAtoms(angles: angles.map { $0 + shift }), density: density, order: order)
            // The sum of an angle and a shift of up to 10 is rounded to 2e-15.
            #expect(abs(moved.midpoint - reference.midpoint) <= 2e-14)
        }
    }

    @Test("permutation of atoms to the bit, periods to rounding", arguments: WassersteinOrder.allCases)
    func permutationAndPeriods(order: WassersteinOrder) throws {
        var stream = UniformStream(seed: 33)
        let angles = stream.angles(25)
        let density = try density(masses: peak(cells: 9, concentration: 1, centre: 3))
        let reference = wasserstein(atoms: try CircleAtoms(angles: angles), density: density, order: order)
        let sorted = angles.sorted()
        let permutations = [angles.reversed(), sorted, Array(sorted[7...] + sorted[..<7]), sorted.reversed()]
        for permutation in permutations {
            let other = wasserstein(atoms: try CircleAtoms(angles: permutation), density: density, order: order)
            #expect(other == reference)
        }
        let periods = angles.enumerated().map { $1 + turn * Double($0 % 7 - 3) }
        let other = wasserstein(atoms: try CircleAtoms(angles: periods), density: density, order: order)
        #expect(abs(other.midpoint - reference.midpoint) <= 2e-14)
    }

    @Test("moving every atom by at most δ moves the distance by at most δ", arguments: WassersteinOrder.allCases)
    func lipschitz(order: WassersteinOrder) throws {
        var stream = UniformStream(seed: 34)
        let density = try density(masses: peak(cells: 40, concentration: 20, centre: 5))
        for _ in 0..<100 {
            let angles = stream.angles(12)
            let size = pow(10, -6 * stream.next())
            let moved = angles.map { $0 + size * (2 * stream.next() - 1) }
            let first = wasserstein(atoms: try CircleAtoms(angles: angles), density: density, order: order)
            let second = wasserstein(atoms: try CircleAtoms(angles: moved), density: density, order: order)
            #expect(abs(first.midpoint - second.midpoint) <= size + 1e-14)
        }
    }
}
