import Foundation
import Testing
import Torus

@testable import Transport

/// The bracket of W₁ in two and three angles.
@Suite struct TorusW1Tests {
    /// One atom and the uniform law on the unit torus: (√2 + asinh 1)/6 in two angles, 0.480296 in three.
    @Test(arguments: [2, 3]) func oneAtom(dimension: Int) throws {
        let truth = turn * (dimension == 2 ? (2.0.squareRoot() + asinh(1)) / 6 : 0.480296)
        let distance = try wasserstein(
            atoms: Array(repeating: 2, count: dimension),
            density: .uniform(on: PeriodicGrid(cells: Array(repeating: 3, count: dimension))), order: .one)
        #expect(distance.lower <= truth && truth <= distance.upper, "\(distance)")
        // Below √d/4, the norm of the marginals' distances; above √(d/12), that of W₂.
        #expect(abs(distance.lower - turn * Double(dimension).squareRoot() / 4) < 1e-9)
        #expect(abs(distance.upper - turn * (Double(dimension) / 12).squareRoot()) < 1e-7)
    }

    /// The bracket lies between the marginals' distances and W₂, whatever the weights; and where all atoms are alike Jensen's
    /// inequality a cell is no better than W₂.
    @Test(arguments: [2, 3]) func itIsBetweenMarginalsAndW2(dimension: Int) throws {
        let seed: UInt64 = 71
        var stream = UniformStream(seed: seed)
        for count in [1, 2, 9, 40] {
            let weights = (0..<count).map { _ in stream.next() }
            let sum = weights.reduce(0, +)
            let atoms = try TorusAtoms(
                angles: stream.angles(count * dimension), dimension: dimension, weights: weights.map { $0 / sum })
            let grid = try PeriodicGrid(cells: Array([9, 6, 5].prefix(dimension)))
            let values = (0..<grid.cellCount).map { _ in stream.next() }
            let mass = values.reduce(0, +) * grid.cellVolume
            let density = try TorusDensity(Field(grid: grid, values: values.map { $0 / mass }))
            let plan = try TorusTransport.plan(atoms, density)
            let distance = try TorusTransport.w1(atoms, density, within: plan)
            #expect(distance.upper <= plan.distance.upper && distance.lower <= distance.upper, "seed \(seed)")
            for axis in 0..<dimension {
                let marginal = CircleTransport.w1(
                    try atoms.marginal(axis: axis), try density.marginal(axis: axis))
                #expect(distance.lower >= marginal.lower - 1e-14, "seed \(seed)")
            }
            // Any other plan's mean distance is at least the lower end: the atoms' own barycentres give one by Jensen.
            #expect(distance.method == "torus W1: marginals and W2 plan")
        }
    }

    /// Atoms on a line that differ from the density in one angle alone: both ends are the circle's distance, up to Jensen's.
    @Test func alongOneAxisTheLowerEndIsSharp() throws {
        let (side, cells) = (24, 8)
        // Along θ₁ a fine lattice, along θ₀ three places.
        let places = [0.3, 1.1, 4.0]
        let first = (0..<side * 3).map { places[$0 % 3] }
        let second: [Double] = (0..<side * 3).map { turn * (Double($0 / 3) + 0.5) / Double(side) }
        let row = peak(cells: cells, concentration: 1, centre: 3)
        let circle = CircleTransport.w1(try CircleAtoms(angles: places), try density(masses: row))
        let grid = try PeriodicGrid(cells: [cells, 1])
        let total = row.reduce(0, +) * grid.cellVolume
        let distance = try wasserstein(
            atoms: first + second, density: Field(grid: grid, values: row.map { $0 / total }), order: .one)
        #expect(distance.lower >= circle.lower - 1e-12)
        // What is left along θ₁ is at most a quarter of the lattice's spacing.
        #expect(distance.lower <= hypot(circle.upper, turn / Double(4 * side)) + 1e-12)
        #expect(distance.upper >= circle.lower)
    }

    @Test func theSolverThatStopsEarlyIsNamed() throws {
        var stream = UniformStream(seed: 72)
        let atoms = try TorusAtoms(angles: stream.angles(200), dimension: 2)
        let field = try PeriodicGrid(cells: [12, 12])
        let row = peak(cells: 144, concentration: 4, centre: 2)
        let sum = row.reduce(0, +) * field.cellVolume
        let density = try TorusDensity(Field(grid: field, values: row.map { $0 / sum }))
        let plan = try TorusTransport.plan(atoms, density, steps: 1)
        #expect(plan.distance.isEarly)
        #expect(try TorusTransport.w1(atoms, density, within: plan).isEarly)
        #expect(!(try TorusTransport.plan(atoms, density).distance.isEarly))
    }

    @Test func refusals() throws {
        let atoms = try TorusAtoms(angles: [1, 2], dimension: 2)
        let plane = try TorusDensity(.uniform(on: PeriodicGrid(cells: [2, 2])))
        let plan = try TorusTransport.plan(atoms, plane)
        #expect(throws: TransportError.self) {
            try TorusTransport.w1(TorusAtoms(angles: [1, 2, 3, 4], dimension: 2), plane, within: plan)
        }
        #expect(throws: TransportError.dimension(found: 3, expected: 2)) {
            try TorusTransport.w1(atoms, TorusDensity(.uniform(on: PeriodicGrid(cells: [2, 2, 2]))), within: plan)
        }
    }
}
