import Foundation
import Testing
import Torus

@testable import Transport

/// The distance between atoms and a field, of order 2.
private func plan(
    _ angles: [Double], _ density: Field, weights: [Double]? = nil, start: [Double]? = nil,
    parallelism: Parallelism = .serial
) throws -> SemiDiscretePlan {
    try TorusTransport.plan(
        TorusAtoms(angles: angles, dimension: density.grid.dimension, weights: weights), TorusDensity(density),
        start: start, parallelism: parallelism)
}

/// `W₂²` of products is the sum over the axes.
private func squaredDistance(atoms axes: [[Double]], rows: [[Double]]) throws -> Double {
    try zip(axes, rows).reduce(0) { sum, pair in
        let distance = CircleTransport.w2(try CircleAtoms(angles: pair.0), try density(masses: pair.1)).midpoint
        return sum + distance * distance
    }
}

@Suite("Semi-discrete W2 on the torus")
struct TorusTransportTests {
    /// Unit torus, equal weights; computed with sdot 2026.10.22.1 to 1e-13, an independent Newton agreeing to 12 digits.
    static let references: [(kappa: Double, cells: Int, atoms: [[Double]], squaredDistance: Double)] = {
        let plane: [[Double]] = [
            [
                0.004161, 0.983994, 0.093193, 0.737896, 0.22639, 0.229471, 0.936813, 0.034951, 0.768283, 0.318304,
                0.438764, 0.657655,
            ],
            [
                0.615203, 0.537769, 0.601659, 0.535612, 0.857753, 0.705145, 0.183757, 0.094846, 0.947677, 0.043366,
                0.042477, 0.625772,
            ],
        ]
        let space: [[Double]] = [
            [
                0.004161, 0.537769, 0.737896, 0.857753, 0.936813, 0.094846, 0.318304, 0.042477, 0.401287, 0.882693,
                0.092235, 0.545927,
            ],
            [
                0.615203, 0.093193, 0.535612, 0.229471, 0.183757, 0.768283, 0.043366, 0.657655, 0.346774, 0.231377,
                0.721237, 0.056999,
            ],
            [
                0.983994, 0.601659, 0.22639, 0.705145, 0.034951, 0.947677, 0.438764, 0.625772, 0.58176, 0.143545,
                0.90599, 0.551349,
            ],
        ]
        return [
            (1, 64, plane, 0.05092269031351393), (5, 64, plane, 0.11512723116291011),
            (1, 16, space, 0.0970011411277633),
        ]
    }()

    @Test("the reference values", arguments: 0..<3)
    func references(_ index: Int) throws {
        let example = Self.references[index]
        let row = peak(cells: example.cells, concentration: example.kappa, centre: turn * 0.37)
        let distance = try plan(
            example.atoms.flatMap { $0.map { turn * $0 } }, product(example.atoms.map { _ in row })
        ).distance
        let truth = turn * turn * example.squaredDistance
        #expect(abs(distance.midpoint * distance.midpoint - truth) <= 1e-10 * truth)
        #expect(distance.gap <= 1e-9 * distance.lower)
    }

    @Test("product atoms × product density", arguments: [1.0, 5, 10, 20], [2, 3])
    func products(concentration: Double, dimension: Int) throws {
        var stream = UniformStream(seed: 41)
        let sizes = dimension == 2 ? [7, 5] : [4, 3, 3]
        let cells = dimension == 2 ? [20, 33] : [10, 9, 7]
        let axes = sizes.map { stream.angles($0) }
        let rows = cells.enumerated().map { peak(cells: $1, concentration: concentration, centre: 1 + Double($0)) }
        let truth = try squaredDistance(atoms: axes, rows: rows)
        let distance = try plan(product(atoms: axes), product(rows)).distance
        #expect(distance.lower * distance.lower <= truth * (1 + 1e-14), "\(distance), truth \(truth.squareRoot())")
        #expect(distance.upper * distance.upper >= truth * (1 - 1e-14), "\(distance), truth \(truth.squareRoot())")
        #expect(distance.gap <= 1e-9 * distance.lower, "\(distance)")
        // The lower end is quadratically better than the bracket is wide.
        #expect(abs(distance.lower * distance.lower - truth) <= 1e-12 * truth)
    }

    @Test("half of the torus without mass", arguments: [2, 3])
    func emptyHalf(dimension: Int) throws {
        var stream = UniformStream(seed: 42)
        let axes = (0..<dimension).map { _ in stream.angles(dimension == 2 ? 8 : 4) }
        let rows = (0..<dimension).map { axis in (0..<12).map { axis > 0 || $0 < 6 ? 1.0 : 0 } }
        let truth = try squaredDistance(atoms: axes, rows: rows)
        let distance = try plan(product(atoms: axes), product(rows)).distance
        #expect(distance.gap <= 1e-9 * distance.lower, "\(distance)")
        #expect(abs(distance.lower * distance.lower - truth) <= 1e-12 * truth)
    }

    @Test("all mass in one cell of the grid", arguments: [2, 3])
    func oneCell(dimension: Int) throws {
        var stream = UniformStream(seed: 43)
        let axes = (0..<dimension).map { _ in stream.angles(3) }
        let rows = (0..<dimension).map { _ in (0..<9).map { $0 == 2 ? 1.0 : 0 } }
        let truth = try squaredDistance(atoms: axes, rows: rows)
        let distance = try plan(product(atoms: axes), product(rows)).distance
        #expect(distance.gap <= 1e-9 * distance.lower, "\(distance)")
        #expect(abs(distance.lower * distance.lower - truth) <= 1e-12 * truth)
    }

    @Test("one atom, atoms that coincide, and the uniform law: W2² = d/12·(2π)²", arguments: [2, 3], [1, 2, 5])
    func onePlace(dimension: Int, count: Int) throws {
        let field = Field.uniform(on: try PeriodicGrid(cells: Array([5, 4, 3].prefix(dimension))))
        let angles = (0..<dimension).flatMap { axis in Array(repeating: 1.5 + Double(axis), count: count) }
        let plan = try plan(angles, field)
        let truth = Double(dimension) / 12 * turn * turn
        #expect(abs(plan.distance.midpoint * plan.distance.midpoint - truth) <= 1e-13 * truth)
        #expect(plan.distance.gap <= 1e-9 * plan.distance.lower)
        for mass in plan.masses { #expect(abs(mass - 1 / Double(count)) <= 1e-13) }
    }

    @Test("lattices: W2² = d/(12m²)·(2π)²", arguments: [2, 3], [2, 3, 4])
    func lattice(dimension: Int, side: Int) throws {
        let field = Field.uniform(on: try PeriodicGrid(cells: Array([6, 5, 4].prefix(dimension))))
        let axis = (0..<side).map { turn * (Double($0) + 0.3) / Double(side) }
        let distance = try plan(product(atoms: Array(repeating: axis, count: dimension)), field).distance
        let truth = Double(dimension) / Double(12 * side * side) * turn * turn
        #expect(abs(distance.midpoint * distance.midpoint - truth) <= 1e-12 * truth, "\(distance)")
        #expect(distance.gap <= 1e-9 * distance.lower)
    }

    @Test("the mean for independent uniform atoms", arguments: [2, 3])
    func mean(dimension: Int) throws {
        let seed: UInt64 = 44
        var stream = UniformStream(seed: seed)
        let count = 100
        let density = try TorusDensity(Field.uniform(on: PeriodicGrid(cells: Array([2, 2, 2].prefix(dimension)))))
        let samples = try (0..<(dimension == 2 ? 200 : 40)).map { _ in
            let atoms = try TorusAtoms(angles: stream.angles(dimension * count), dimension: dimension)
            let distance = try TorusTransport.plan(atoms, density).distance.midpoint / turn
            return distance * distance
        }
        let (mean, error) = meanAndError(samples)
        // d = 2: (ln N/4π + 0.1457(5))/N, Ambrosio, Stra, Trevisan (arXiv 1611.04960) with a measured constant;
        // d = 3: a measured fit, 0.4452(6) N^(−2/3) − 0.22579/N.
        let expected =
            dimension == 2
            ? (log(Double(count)) / (4 * .pi) + 0.1457) / Double(count)
            : 0.4452 * pow(Double(count), -2.0 / 3) - 0.22579 / Double(count)
        #expect(abs(mean - expected) <= 3 * error, "seed \(seed): \(mean) ± \(error), expected \(expected)")
    }

    @Test("translation, permutation of atoms and of axes", arguments: [2, 3])
    func invariance(dimension: Int) throws {
        var stream = UniformStream(seed: 45)
        let count = 40
        let axes = (0..<dimension).map { _ in stream.angles(count) }
        let cells = 12
        let rows = (0..<dimension).map { peak(cells: cells, concentration: 3, centre: 0.4 + Double($0)) }
        let reference = try plan(axes.flatMap { $0 }, product(rows)).distance
        func check(_ axes: [[Double]], _ rows: [[Double]], _ comment: Comment) throws {
            let other = try plan(axes.flatMap { $0 }, product(rows)).distance
            #expect(abs(other.lower - reference.lower) <= 1e-12 * reference.lower, comment)
            #expect(other.gap <= 1e-9 * other.lower, comment)
        }
        for shift in [1, 5, 11] {
            let angle = turn * Double(shift) / Double(cells)
            try check(
                axes.map { $0.map { $0 + angle - 3 * turn } },
                rows.map { row in row.indices.map { row[($0 - shift + cells) % cells] } }, "shift \(shift)")
        }
        try check(axes.map { $0.reversed() }, rows, "atoms reversed")
        try check(axes.reversed(), rows.reversed(), "axes reversed")
    }

    @Test("the bits do not depend on the threads", arguments: [2, 3])
    func threads(dimension: Int) throws {
        var stream = UniformStream(seed: 46)
        let angles = stream.angles(600 * dimension)
        let field = try product((0..<dimension).map { _ in peak(cells: 8, concentration: 1, centre: 2) })
        let serial = try plan(angles, field)
        let parallel = try plan(angles, field, parallelism: Parallelism(threads: 3))
        #expect(serial.distance == parallel.distance)
        #expect(serial.weights == parallel.weights)
    }

    @Test("a warm start needs fewer diagrams and finds the same")
    func warmStart() throws {
        var stream = UniformStream(seed: 47)
        let angles = stream.angles(1000)
        let field = try product([
            peak(cells: 16, concentration: 2, centre: 1), peak(cells: 16, concentration: 1, centre: 4),
        ])
        let cold = try plan(angles, field)
        let moved = angles.map { $0 + 1e-4 * sin(7 * $0) }
        let (first, second) = (try plan(moved, field), try plan(moved, field, start: cold.weights))
        #expect(second.distance.iterations < first.distance.iterations)
        #expect(abs(first.distance.lower - second.distance.lower) <= 1e-11 * first.distance.lower)
        #expect(abs(first.distance.lower - cold.distance.lower) <= 1.5e-4)
    }

    @Test("given weights, a zero among them; the plan's parts sum up")
    func weights() throws {
        var stream = UniformStream(seed: 48)
        let count = 30
        var weights = (0..<count).map { _ in stream.next() }
        weights[4] = 0
        let sum = weights.reduce(0, +)
        weights = weights.map { $0 / sum }
        let field = try product([
            peak(cells: 10, concentration: 1, centre: 1), peak(cells: 7, concentration: 2, centre: 2),
        ])
        let plan = try plan(stream.angles(2 * count), field, weights: weights)
        for (mass, weight) in zip(plan.masses, weights) { #expect(abs(mass - weight) <= 1e-9) }
        let cost = plan.costs.reduce(0, +)
        #expect(abs(cost - plan.distance.midpoint * plan.distance.midpoint) <= 1e-9 * cost)
    }

    /// Masses, costs and barycentres beside the same cells on a fine raster: each point of it belongs to the atom of the least `d² − w`.
    @Test func planOnARaster() throws {
        var stream = UniformStream(seed: 148)
        let count = 9
        let angles = stream.angles(2 * count)
        let cells = [10, 7]
        let field = try product([
            peak(cells: cells[0], concentration: 1, centre: 1), peak(cells: cells[1], concentration: 2, centre: 2),
        ])
        let plan = try plan(angles, field)
        let parts = 60
        var (masses, costs) = (Array(repeating: 0.0, count: count), Array(repeating: 0.0, count: count))
        var offsets = Array(repeating: 0.0, count: 2 * count)
        let spacings = cells.map { turn / Double($0 * parts) }
        for j in 0..<cells[1] * parts {
            for i in 0..<cells[0] * parts {
                let point = [(Double(i) + 0.5) * spacings[0], (Double(j) + 0.5) * spacings[1]]
                let ways = (0..<count).map { atom in
                    (0..<2).map { remainder(point[$0] - angles[$0 * count + atom], turn) }
                }
                let squares = ways.map { $0[0] * $0[0] + $0[1] * $0[1] }
                let atom = (0..<count).min { squares[$0] - plan.weights[$0] < squares[$1] - plan.weights[$1] }!
                let mass = field.values[i / parts + cells[0] * (j / parts)] * spacings[0] * spacings[1]
                masses[atom] += mass
                costs[atom] += mass * squares[atom]
                for axis in 0..<2 { offsets[axis * count + atom] += mass * ways[atom][axis] }
            }
        }
        // Cells of the raster that a face cuts are given to one side: some part of the mass within half a raster cell of the faces.
        let tolerance = 2 * spacings[1] / turn
        for atom in 0..<count {
            #expect(abs(masses[atom] - plan.masses[atom]) <= tolerance)
            #expect(abs(costs[atom] - plan.costs[atom]) <= tolerance)
            for axis in 0..<2 {
                let place = axis * count + atom
                let way = remainder(plan.barycentres[place] - angles[place], turn)
                #expect(abs(offsets[place] / masses[atom] - way) <= tolerance / plan.masses[atom])
                #expect(plan.barycentres[place] >= 0 && plan.barycentres[place] < turn)
            }
        }
    }

    @Test("a solver that stops early returns a bracket around the truth and says so")
    func stopsEarly() throws {
        var stream = UniformStream(seed: 49)
        let axes = [stream.angles(20), stream.angles(15)]
        let rows = [peak(cells: 16, concentration: 1, centre: 1), peak(cells: 16, concentration: 2, centre: 4)]
        let truth = try squaredDistance(atoms: axes, rows: rows).squareRoot()
        let distance = try TorusTransport.plan(
            TorusAtoms(angles: product(atoms: axes), dimension: 2), TorusDensity(product(rows)), steps: 1
        ).distance
        #expect(distance.lower <= truth && truth <= distance.upper)
        #expect(distance.gap > 1e-6)
        #expect(distance.method.contains("stopped early"))
    }

    @Test("bad input is refused")
    func refusals() throws {
        let grid = try PeriodicGrid(cells: [3, 3])
        var field = Field.uniform(on: grid)
        #expect(throws: TransportError.noAtoms) { try TorusAtoms(angles: [], dimension: 2) }
        #expect(throws: TransportError.angleCount(found: 3, dimension: 2)) {
            try TorusAtoms(angles: [1, 2, 3], dimension: 2)
        }
        #expect(throws: TransportError.unsupportedDimension(found: 4)) {
            try TorusAtoms(angles: [1, 2, 3, 4], dimension: 4)
        }
        #expect(throws: TransportError.dimension(found: 2, expected: 3)) {
            try TorusTransport.plan(TorusAtoms(angles: [1, 2, 3], dimension: 3), TorusDensity(.uniform(on: grid)))
        }
        #expect(throws: TransportError.startCount(found: 2, expected: 1)) {
            try TorusTransport.plan(
                TorusAtoms(angles: [1, 2], dimension: 2), TorusDensity(.uniform(on: grid)), start: [0, 0])
        }
        field.values[4] = -1
        #expect(throws: TransportError.negativeDensity(cell: 4, value: -1)) { try TorusDensity(field) }
        field.values[4] = .infinity
        #expect(throws: TransportError.nonFiniteDensity(cell: 4, value: .infinity)) { try TorusDensity(field) }
        #expect(throws: TransportError.self) { try TorusDensity(Field(grid: grid, constant: 1)) }
    }
}
