import Foundation
import Testing
import Torus

@testable import Transport

/// Truths of W₂ in two and three angles that need no product of many atoms, and cases on which solvers fail.
@Suite struct TorusTruthTests {
    /// Cell masses on a grid, as a density.
    private static func field(_ cells: [Int], _ mass: ([Int]) -> Double) throws -> Field {
        let grid = try PeriodicGrid(cells: cells)
        let masses = (0..<grid.cellCount).map { cell -> Double in
            var rest = cell
            return mass(
                cells.map { count in
                    defer { rest /= count }
                    return rest % count
                })
        }
        let total = masses.reduce(0, +) * grid.cellVolume
        return Field(grid: grid, values: masses.map { $0 / total })
    }

    /// The mean of the squared circle distance to `x` over `[a, b]`: pieces between the atom's images and its antipodes.
    private static func meanSquare(_ a: Double, _ b: Double, to x: Double) -> Double {
        let kinks = (-3...3).map { x + Double($0) * .pi }.filter { $0 > a && $0 < b }
        var sum = 0.0
        for (low, high) in zip([a] + kinks, kinks + [b]) {
            let shift = turn * (((low + high) / 2 - x) / turn).rounded() + x
            sum += (pow(high - shift, 3) - pow(low - shift, 3)) / 3
        }
        return sum / (b - a)
    }

    /// All atoms at one point and any density: no choice is left, and the cost is an integral.
    @Test(arguments: [2, 3], [1, 2, 7]) func onePointAndAnyDensity(dimension: Int, count: Int) throws {
        let seed: UInt64 = 81
        var stream = UniformStream(seed: seed)
        let cells = Array([7, 4, 5].prefix(dimension))
        let field = try Self.field(cells) { _ in stream.next() < 0.3 ? 0 : stream.next() }
        let place = stream.angles(dimension)
        var cost = 0.0
        for (cell, value) in field.values.enumerated() {
            var rest = cell
            for (axis, n) in cells.enumerated() {
                let (i, h) = (Double(rest % n), turn / Double(n))
                cost += value * field.grid.cellVolume * Self.meanSquare(i * h, (i + 1) * h, to: place[axis])
                rest /= n
            }
        }
        let distance = try wasserstein(
            atoms: place.flatMap { Array(repeating: $0, count: count) }, density: field, order: .two)
        #expect(abs(distance.midpoint * distance.midpoint - cost) <= 1e-12 * cost, "seed \(seed)")
        #expect(distance.gap <= 1e-9 * distance.lower)
        // The plan for W₂ is the only one, so W₁ is within its bracket too.
        let first = try wasserstein(
            atoms: place.flatMap { Array(repeating: $0, count: count) }, density: field, order: .one)
        #expect(first.lower <= first.upper && first.upper <= distance.upper)
    }

    /// Two atoms that differ along one axis alone and the uniform law: the circle's distance there, 1/12·(2π)² along the others.
    @Test(arguments: [2, 3], [0.001, 0.7, Double.pi, 4]) func twoAtoms(dimension: Int, distance: Double) throws {
        let field = try Self.field(Array([3, 5, 2].prefix(dimension))) { _ in 1 }
        for axis in 0..<dimension {
            let angles = (0..<dimension).flatMap { other -> [Double] in other == axis ? [1, 1 + distance] : [2, 2] }
            let truth = squaredDistanceToUniform([1, 1 + distance]) + Double(dimension - 1) / 12 * turn * turn
            let found = try wasserstein(atoms: angles, density: field, order: .two)
            #expect(abs(found.midpoint * found.midpoint - truth) <= 1e-12 * truth, "axis \(axis) \(found)")
            #expect(found.gap <= 1e-9 * found.lower)
        }
    }

    /// Uniform atoms that are no product, against concentrated densities and half a torus without mass: the bracket closes, the cells
    /// have their masses, and a shift by whole cells or another order of atoms changes nothing.
    @Test(arguments: [2, 3], [10.0, 20, -1]) func hardCases(dimension: Int, concentration: Double) throws {
        let seed: UInt64 = 82
        var stream = UniformStream(seed: seed)
        let count = dimension == 2 ? 300 : 60
        let side = dimension == 2 ? 64 : 16
        let axes = (0..<dimension).map { _ in stream.angles(count) }
        func density(shift: Int) throws -> TorusDensity {
            try TorusDensity(
                Self.field(Array(repeating: side, count: dimension)) { cell in
                    // Negative stands for the half that is empty.
                    let first = (cell[0] - shift + side) % side
                    if concentration < 0 { return first < side / 2 ? 1 : 0 }
                    return cell.enumerated().reduce(1) { product, entry in
                        let place = entry.offset == 0 ? first : entry.element
                        return product
                            * exp(concentration * (cos(turn * ((Double(place) + 0.5) / Double(side) - 0.37)) - 1))
                    }
                })
        }
        let plan = try TorusTransport.plan(
            TorusAtoms(angles: axes.flatMap { $0 }, dimension: dimension), density(shift: 0))
        #expect(
            plan.distance.gap <= 1e-9 * plan.distance.lower && !plan.distance.isEarly, "\(plan.distance) seed \(seed)")
        for mass in plan.masses { #expect(abs(mass - 1 / Double(count)) <= 1e-6 / Double(count), "seed \(seed)") }
        // Random atoms are farther from a peak than those of any one axis are from its marginal.
        for axis in 0..<dimension {
            let marginal = CircleTransport.w2(
                try CircleAtoms(angles: axes[axis]), try density(shift: 0).marginal(axis: axis))
            #expect(plan.distance.upper >= marginal.lower)
        }
        let order = (0..<count).map { ($0 * 7 + 3) % count }
        let shift = 5
        let moved = axes.enumerated().map { axis, angles in
            order.map { angles[$0] + (axis == 0 ? turn * Double(shift) / Double(side) : 0) }
        }
        let other = try TorusTransport.plan(
            TorusAtoms(angles: moved.flatMap { $0 }, dimension: dimension), density(shift: shift)
        ).distance
        #expect(abs(other.midpoint - plan.distance.midpoint) <= 1e-9 * plan.distance.midpoint, "seed \(seed)")
    }
}
