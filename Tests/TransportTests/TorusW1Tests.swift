import Foundation
import Testing
import Torus

@testable import Transport

/// The bracket of W₁ in two and three angles.
@Suite struct TorusW1Tests {
    /// One atom and the uniform law on the unit torus: (√2 + asinh 1)/6 in two angles, 0.480296 in three; a lattice of `m^d` atoms an
    /// `m`-th of that.
    @Test(arguments: [2, 3], [1, 3]) func latticesOfAtoms(dimension: Int, side: Int) throws {
        let single = turn * (dimension == 2 ? (2.0.squareRoot() + asinh(1)) / 6 : 0.480296)
        // The constant in three angles has six digits.
        let (truth, digits) = (single / Double(side), dimension == 2 ? 0 : 1e-6 * turn)
        let count = dimension == 2 ? side * side : side * side * side
        let angles = (0..<dimension).flatMap { axis in
            (0..<count).map { atom -> Double in
                let place = axis == 0 ? atom % side : axis == 1 ? atom / side % side : atom / side / side
                return 0.4 + turn * Double(place) / Double(side)
            }
        }
        let grid = try PeriodicGrid(cells: Array(repeating: 5, count: dimension))
        let distance = try wasserstein(atoms: angles, density: .uniform(on: grid), order: .one)
        #expect(distance.lower <= truth + digits && truth - digits <= distance.upper, "\(distance) \(truth)")
        #expect(distance.gap <= 0.005 * distance.upper && !distance.isEarly)
        let close = try TorusTransport.w1(
            TorusAtoms(angles: angles, dimension: dimension), TorusDensity(.uniform(on: grid)),
            accuracy: dimension == 2 ? 5e-4 : 2e-3)
        #expect(close.lower <= truth + digits && truth - digits <= close.upper, "\(close) \(truth)")
    }

    /// All atoms at one point, or next to it, and any density: no choice is left, and the distance is an integral.
    @Test(arguments: [2, 3]) func onePointAndAnyDensity(dimension: Int) throws {
        let seed: UInt64 = 74
        var stream = UniformStream(seed: seed)
        let density = try ApolloniusCellsTests.density(Array([7, 4, 5].prefix(dimension)), &stream)
        let place = stream.angles(dimension)
        let parts = dimension == 2 ? 60 : 16
        var truth = 0.0
        let grid = density.grid
        for cell in 0..<grid.cellCount {
            for part in 0..<(dimension == 2 ? parts * parts : parts * parts * parts) {
                var (rest, inner, squares) = (cell, part, 0.0)
                for axis in 0..<dimension {
                    let n = grid.cells[axis]
                    let x =
                        grid.spacing(axis: axis) * (Double(rest % n) + (Double(inner % parts) + 0.5) / Double(parts))
                    let way = x - place[axis] - turn * ((x - place[axis]) / turn).rounded()
                    squares += way * way
                    rest /= n
                    inner /= parts
                }
                truth += density.values[cell] * squares.squareRoot()
            }
        }
        truth *= grid.cellVolume / pow(Double(parts), Double(dimension))
        for spread in [0, 1e-9, 1e-4] {
            let angles = place.flatMap { x in (0..<4).map { x + spread * Double(($0 * 3) % 5) } }
            let distance = try TorusTransport.w1(TorusAtoms(angles: angles, dimension: dimension), density)
            // The midpoint rule errs by about h²/24 over the distance; the atoms are up to 1e-3 apart.
            let slack = 1e-3 + 10 * spread
            #expect(
                distance.lower <= truth + slack && truth - slack <= distance.upper, "\(distance) \(truth) seed \(seed)")
            #expect(distance.gap <= 0.005 * distance.upper, "\(distance) seed \(seed)")
        }
    }

    /// A thousand atoms of a density on 64² cells: the bracket is within a per cent; a closer one lies where it says.
    @Test func aThousandAtoms() throws {
        let seed: UInt64 = 75
        var stream = UniformStream(seed: seed)
        let row = peak(cells: 64, concentration: 1, centre: 2)
        let grid = try PeriodicGrid(cells: [64, 64])
        let values = (0..<grid.cellCount).map { row[$0 % 64] * row[$0 / 64] }
        let mass = values.reduce(0, +) * grid.cellVolume
        let density = try TorusDensity(Field(grid: grid, values: values.map { $0 / mass }))
        let angles = (0..<2000).map { _ -> Double in
            while true {
                let angle = turn * stream.next()
                if stream.next() < exp(cos(angle - 2) - 1) { return angle }
            }
        }
        let atoms = try TorusAtoms(angles: angles, dimension: 2)
        let plan = try TorusTransport.plan(atoms, density)
        let distance = try TorusTransport.w1(atoms, density, from: plan, accuracy: 0.01, parallelism: .allCores)
        #expect(distance.gap <= 0.01 * distance.upper && !distance.isEarly, "\(distance) seed \(seed)")
        let close = try TorusTransport.w1(atoms, density, from: plan, accuracy: 0.002, parallelism: .allCores)
        #expect(close.gap <= 0.002 * close.upper && !close.isEarly, "\(close) seed \(seed)")
        #expect(distance.lower <= close.upper && close.lower <= distance.upper, "seed \(seed)")
        #expect(close.upper <= plan.distance.upper)
    }

    /// Uniform atoms against a concentrated density, half a torus without mass, and a single cell with all of it; a shift by whole cells, another
    /// order of atoms and axes change the bracket by no more than its width, another number of threads nothing.
    @Test(arguments: [2, 3], [10.0, -1, -2]) func hardCases(dimension: Int, concentration: Double) throws {
        let seed: UInt64 = 76
        var stream = UniformStream(seed: seed)
        let (count, side) = dimension == 2 ? (100, 32) : (20, 8)
        let axes = (0..<dimension).map { _ in stream.angles(count) }
        func density(shift: Int, along: Int) throws -> TorusDensity {
            let grid = try PeriodicGrid(cells: Array(repeating: side, count: dimension))
            let masses = (0..<grid.cellCount).map { cell -> Double in
                var rest = cell
                var places = (0..<dimension).map { _ -> Int in
                    defer { rest /= side }
                    return rest % side
                }
                places[along] = (places[along] - shift + side) % side
                let own = places[along]
                if concentration == -1 { return own < side / 2 ? 1 : 0 }
                if concentration == -2 { return places.allSatisfy { $0 == 3 } ? 1 : 0 }
                return places.enumerated().reduce(1) { product, entry in
                    let angle = turn * (Double(entry.element) + 0.5) / Double(side)
                    return product * exp((entry.offset == along ? 1 : 0.5) * concentration * (cos(angle - 0.7) - 1))
                }
            }
            let total = masses.reduce(0, +) * grid.cellVolume
            return try TorusDensity(Field(grid: grid, values: masses.map { $0 / total }))
        }
        let atoms = try TorusAtoms(angles: axes.flatMap { $0 }, dimension: dimension)
        let first = try TorusTransport.w1(atoms, density(shift: 0, along: 0))
        #expect(first.gap <= 0.005 * first.upper && !first.isEarly, "\(first) seed \(seed)")
        let parallel = try TorusTransport.w1(atoms, density(shift: 0, along: 0), parallelism: Parallelism(threads: 3))
        #expect(parallel == first)

        let order = (0..<count).map { ($0 * 7 + 3) % count }
        let shift = 3
        var moved = axes.enumerated().map { axis, angles in
            order.map { angles[$0] + (axis == 0 ? turn * Double(shift) / Double(side) : 0) }
        }
        moved.swapAt(0, dimension - 1)
        let other = try TorusTransport.w1(
            TorusAtoms(angles: moved.flatMap { $0 }, dimension: dimension), density(shift: shift, along: dimension - 1))
        #expect(other.lower <= first.upper && first.lower <= other.upper, "\(first) \(other) seed \(seed)")
        #expect(other.gap <= 0.005 * other.upper)
    }

    /// Weights like those of coinciding atoms.
    @Test func weights() throws {
        var stream = UniformStream(seed: 77)
        let (x, y) = (stream.angles(5), stream.angles(5))
        let field = Field.uniform(on: try PeriodicGrid(cells: [4, 4]))
        let weighted = try wasserstein(
            atoms: x + y, weights: [0.2, 0.4, 0.1, 0.1, 0.2], density: field, order: .one)
        let copies = [0, 0, 1, 1, 1, 1, 2, 3, 4, 4]
        let repeated = try wasserstein(
            atoms: copies.map { x[$0] } + copies.map { y[$0] }, density: field, order: .one)
        #expect(weighted.lower <= repeated.upper && repeated.lower <= weighted.upper)
        #expect(weighted.gap <= 0.005 * weighted.upper)
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

    /// Atoms on a line that differ from the density in one angle alone: the circle's distance, up to what is left along the other.
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
        #expect(distance.lower <= circle.upper + turn / Double(4 * side) + 1e-12)
        #expect(distance.upper >= circle.lower && distance.gap <= 0.005 * distance.upper)
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
        let early = try TorusTransport.w1(atoms, density, partitions: 1)
        let whole = try TorusTransport.w1(atoms, density)
        #expect(early.isEarly && !whole.isEarly)
        #expect(early.lower <= whole.upper && whole.lower <= early.upper)
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
