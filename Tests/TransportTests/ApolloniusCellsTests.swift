import Foundation
import Testing
import Torus

@testable import Transport

/// Masses and bounds over the cells of additively weighted atoms.
@Suite struct ApolloniusCellsTests {
    static func density(_ cells: [Int], _ stream: inout UniformStream) throws -> TorusDensity {
        let grid = try PeriodicGrid(cells: cells)
        let values = (0..<grid.cellCount).map { _ in stream.next() < 0.2 ? 0 : stream.next() }
        let mass = values.reduce(0, +) * grid.cellVolume
        return try TorusDensity(Field(grid: grid, values: values.map { $0 / mass }))
    }

    /// Against sums over many points; the bounds enclose them and each other as closely as asked.
    @Test(arguments: [2, 3], [0, 0.3]) func againstManyPoints(dimension: Int, smoothing: Double) throws {
        let seed: UInt64 = 91
        var stream = UniformStream(seed: seed)
        for count in [1, 2, 7] {
            let atoms = try TorusAtoms(angles: stream.angles(count * dimension), dimension: dimension)
            let weights = (0..<count).map { _ in 0.5 * stream.next() }
            let density = try Self.density(Array([3, 5, 2].prefix(dimension)), &stream)
            let tolerance = 0.01
            let cells = ApolloniusCells(
                atoms, density, weights: weights, smoothing: smoothing, resolution: .init(cost: tolerance, mass: 0.01),
                parallelism: .serial)
            let parts = dimension == 2 ? 60 : 20
            var (masses, value, cost) = ([Double](repeating: 0, count: count), 0.0, 0.0)
            let grid = density.grid
            let volume = grid.cellVolume / pow(Double(parts), Double(dimension))
            for cell in 0..<grid.cellCount where density.values[cell] > 0 {
                for part in 0..<(dimension == 2 ? parts * parts : parts * parts * parts) {
                    var (rest, inner) = (cell, part)
                    var place = PeriodicPoint.zero
                    for axis in 0..<dimension {
                        let n = grid.cells[axis]
                        place[axis] =
                            grid.spacing(axis: axis)
                            * (Double(rest % n) + (Double(inner % parts) + 0.5) / Double(parts))
                        rest /= n
                        inner /= parts
                    }
                    var (least, best, way) = (Double.infinity, 0, 0.0)
                    for atom in 0..<count {
                        var offset = place - atoms.tree.points[atom]
                        offset -= turn * (offset / turn).rounded(.toNearestOrEven)
                        let distance = offset.dot(offset).squareRoot()
                        let f = hypot(distance, smoothing) - weights[atom]
                        if f < least { (least, best, way) = (f, atom, distance) }
                    }
                    masses[best] += volume * density.values[cell]
                    value += volume * density.values[cell] * least
                    cost += volume * density.values[cell] * way
                }
            }
            // A midpoint rule with steps of at most 0.11 is off by about h²/24 over the distance, masses by less than a step.
            let rule = 2e-3
            #expect(cells.lower <= value + rule && value - rule <= cells.upper, "\(count) atoms, seed \(seed)")
            #expect(cells.upper - cells.lower <= tolerance && cells.lower <= cells.upper)
            #expect(abs(cells.cost - cost) <= tolerance + 0.01, "\(cells.cost) \(cost) seed \(seed)")
            for (mass, expected) in zip(cells.masses, masses) { #expect(abs(mass - expected) < 0.01, "seed \(seed)") }
            #expect(abs(cells.masses.reduce(0, +) - 1) < 1e-13)
        }
    }

    /// The Laplacian is what the masses do when one weight is raised.
    @Test(arguments: [2, 3]) func derivatives(dimension: Int) throws {
        var stream = UniformStream(seed: 92)
        let count = 6
        let atoms = try TorusAtoms(angles: stream.angles(count * dimension), dimension: dimension)
        let density = try TorusDensity(.uniform(on: PeriodicGrid(cells: Array(repeating: 6, count: dimension))))
        func cells(_ weights: [Double]) -> ApolloniusCells {
            ApolloniusCells(
                atoms, density, weights: weights, smoothing: 0.5, resolution: .init(cost: .infinity, mass: 1e-4),
                parallelism: .serial)
        }
        let start = [Double](repeating: 0, count: count)
        let matrix = cells(start).laplacian
        let step = 0.02
        for raised in 0..<count {
            var (up, down) = (start, start)
            up[raised] += step
            down[raised] -= step
            let (more, less) = (cells(up).masses, cells(down).masses)
            let found = (more[raised] - less[raised]) / (2 * step)
            // Second order in the step, and boxes at the corners go to two atoms alone.
            #expect(abs(found - matrix.diagonal[raised]) < 0.1 * matrix.diagonal[raised], "\(raised) seed 92")
        }
    }
}
