import Foundation
import Testing
import Torus
import Transport

/// Densities that are given by their Fourier modes.
@Suite struct FourierDensityTests {
    typealias Mode = FourierDensity.Mode

    /// `(1 + a cos(kθ − b))/2π`.
    static func wave(_ k: Int, _ a: Double, _ b: Double) throws -> FourierDensity {
        try FourierDensity(
            dimension: 1,
            modes: [
                Mode([0], real: 1 / turn),
                Mode([k], real: a * cos(b) / (2 * turn), imaginary: -a * sin(b) / (2 * turn)),
            ])
    }

    /// The product of `(1 + a_p cos θ_p)/2π`.
    static func product(_ amplitudes: [Double]) throws -> FourierDensity {
        var modes = [Mode([], real: 1)]
        for amplitude in amplitudes {
            modes = modes.flatMap { mode in
                [-1, 0, 1].map { k in
                    Mode(mode.frequency + [k], real: mode.real * (k == 0 ? 1 : amplitude / 2) / turn)
                }
            }
        }
        // One of each pair.
        return try FourierDensity(
            dimension: amplitudes.count,
            modes: modes.filter { ($0.frequency.first { $0 != 0 } ?? 0) >= 0 })
    }

    /// Differences of the antiderivative over the cells, also for frequencies beyond the grid's.
    @Test(arguments: [1, 2, 3, 5, 8, 11, 16, 29], [1, 2, 7, 8]) func averagesAreExact(k: Int, cells: Int) throws {
        let grid = try PeriodicGrid(cells: [cells])
        let found = try Self.wave(k, 0.7, 0.4).cellAverages(on: grid)
        let (faces, h) = (grid.faces(axis: 0), grid.spacing(axis: 0))
        for cell in 0..<cells {
            let integral = (sin(Double(k) * faces[cell + 1] - 0.4) - sin(Double(k) * faces[cell] - 0.4)) / Double(k)
            #expect(abs(found.values[cell] - (1 + 0.7 * integral / h) / turn) < 1e-15)
        }
    }

    /// Products of rows, and a mode of mixed signs against the transposed grid.
    @Test func averagesInSeveralAngles() throws {
        let amplitudes = [0.9, -0.5, 0.3]
        for dimension in [2, 3] {
            let grid = try PeriodicGrid(cells: Array([5, 8, 3].prefix(dimension)))
            let found = try Self.product(Array(amplitudes.prefix(dimension))).cellAverages(on: grid)
            let rows = try (0..<dimension).map { axis in
                try Self.wave(1, amplitudes[axis], 0).cellAverages(on: PeriodicGrid(cells: [grid.cells[axis]])).values
            }
            for (cell, value) in found.values.enumerated() {
                var (rest, expected) = (cell, 1.0)
                for row in rows {
                    expected *= row[rest % row.count]
                    rest /= row.count
                }
                #expect(abs(value - expected) < 1e-15)
            }
        }
        let constant = Mode([0, 0], real: 1 / (turn * turn))
        let (a, b) = (Mode([3, -2], real: 0.004, imaginary: 0.007), Mode([-2, 3], real: 0.004, imaginary: 0.007))
        let found = try FourierDensity(dimension: 2, modes: [constant, a]).cellAverages(
            on: PeriodicGrid(cells: [6, 7]))
        let turned = try FourierDensity(dimension: 2, modes: [constant, b]).cellAverages(
            on: PeriodicGrid(cells: [7, 6]))
        for i in 0..<6 { for j in 0..<7 { #expect(abs(found.values[i + 6 * j] - turned.values[j + 7 * i]) < 1e-16) } }
    }

    /// The term bounds the distance between neighbouring resolutions, falls like the square of the cells' width, and is not
    /// many times what is needed.
    @Test(arguments: WassersteinOrder.allCases) func theTermBoundsWhatLiesWithinCells(order: WassersteinOrder) throws {
        let density = try Self.wave(2, 0.9, 0.3)
        let terms = try [16, 32, 64].map { try density.interpolationTerm(on: PeriodicGrid(cells: [$0]), order: order) }
        // In the limit a factor of four; the cells near the minimum 0.1/2π are not there yet.
        #expect(zip(terms, terms.dropFirst()).allSatisfy { abs(log2($0 / $1) - 2) < 0.1 }, "\(terms)")
        let (coarse, fine) = try (
            density.cellAverages(on: PeriodicGrid(cells: [64])), density.cellAverages(on: PeriodicGrid(cells: [256]))
        )
        // The estimate of the same by rearranging four parts, without its factor 4/3 a plan between these two.
        let rearranged = gridTerm(of: coarse, against: fine, order: order) * 3 / 4
        let term = try density.interpolationTerm(on: PeriodicGrid(cells: [64]), order: order)
        #expect(rearranged <= term && term < 4 * rearranged, "\(rearranged) \(term)")
    }

    /// The bracket on a coarse grid holds the one on a fine grid, for any atoms.
    @Test(arguments: [1, 2, 3], WassersteinOrder.allCases)
    func bracketsAreNested(dimension: Int, order: WassersteinOrder) throws {
        let seed: UInt64 = 61
        var stream = UniformStream(seed: seed)
        let density = try Self.product(Array([0.9, -0.5, 0.3].prefix(dimension)))
        let atoms = stream.angles(7 * dimension)
        func distance(_ cells: Int) throws -> Distance {
            try wasserstein(
                atoms: atoms, density: density, on: PeriodicGrid(cells: Array(repeating: cells, count: dimension)),
                order: order)
        }
        let (coarse, fine) = try (distance(4), distance(dimension == 3 ? 16 : 64))
        #expect(coarse.lower <= fine.upper && fine.lower <= coarse.upper, "seed \(seed)")
        if dimension == 1 || order == .two {
            // Where the distance to the grid's density is exact, the bracket is the term's.
            #expect(fine.gap < 0.2 * coarse.gap)
            #expect(coarse.lower <= fine.lower && fine.upper <= coarse.upper, "\(coarse) \(fine) seed \(seed)")
        }
    }

    /// The uniform law is exact on any grid: one atom is at the distance of d/12·(2π)².
    @Test(arguments: [1, 2, 3]) func theUniformLawHasNoTerm(dimension: Int) throws {
        let uniform = try FourierDensity(
            dimension: dimension,
            modes: [Mode(Array(repeating: 0, count: dimension), real: pow(turn, -Double(dimension)))])
        let grid = try PeriodicGrid(cells: Array(repeating: 3, count: dimension))
        for order in WassersteinOrder.allCases { #expect(try uniform.interpolationTerm(on: grid, order: order) == 0) }
        let distance = try wasserstein(
            atoms: Array(repeating: 1, count: dimension), density: uniform, on: grid, order: .two)
        #expect(abs(distance.midpoint - turn * (Double(dimension) / 12).squareRoot()) < 1e-9)
    }

    @Test func refusals() throws {
        let mean = Mode([0], real: 1 / turn)
        #expect(throws: TransportError.frequencyCount(found: 1, expected: 2)) {
            try FourierDensity(dimension: 2, modes: [mean])
        }
        #expect(throws: TransportError.repeatedMode(frequency: [-1])) {
            try FourierDensity(dimension: 1, modes: [mean, Mode([1], real: 0.1), Mode([-1], real: 0.1)])
        }
        #expect(throws: TransportError.repeatedMode(frequency: [0])) {
            try FourierDensity(dimension: 1, modes: [mean, mean])
        }
        #expect(throws: TransportError.nonFiniteMode(frequency: [1])) {
            try FourierDensity(dimension: 1, modes: [mean, Mode([1], real: .nan)])
        }
        #expect(throws: TransportError.complexMass(imaginary: 1)) {
            try FourierDensity(dimension: 1, modes: [Mode([0], real: 1 / turn, imaginary: 1)])
        }
        #expect(throws: TransportError.mass(defect: -1, tolerance: 1e-10)) {
            try FourierDensity(dimension: 1, modes: [Mode([1], real: 0.1)])
        }
        #expect(throws: TransportError.unsupportedDimension(found: 4)) {
            try FourierDensity(dimension: 4, modes: [])
        }
        let negative = try FourierDensity(dimension: 1, modes: [mean, Mode([1], real: 1 / turn)])
        #expect(throws: TransportError.self) {
            try negative.interpolationTerm(on: PeriodicGrid(cells: [8]), order: .two)
        }
        #expect(throws: TransportError.dimension(found: 2, expected: 1)) {
            try negative.cellAverages(on: PeriodicGrid(cells: [8, 8]))
        }
    }
}
