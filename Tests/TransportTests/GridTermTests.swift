import Foundation
import Testing
import Torus
import Transport

@Suite struct GridTermTests {
    /// Cell averages of `(1 + a cos θ)/2π`.
    static func field(_ cells: Int, _ a: Double) throws -> Field {
        let grid = try PeriodicGrid(cells: [cells])
        let h = grid.spacing(axis: 0)
        let faces = grid.faces(axis: 0)
        return Field(
            grid: grid,
            values: (0..<cells).map { (h + a * (sin(faces[$0 + 1]) - sin(faces[$0]))) / (2 * .pi * h) })
    }

    @Test func itVanishesForTheUniformLawAndFallsLikeTheSquareOfTheCells() throws {
        for order in WassersteinOrder.allCases {
            #expect(gridTerm(of: try Self.field(16, 0), against: try Self.field(64, 0), order: order) < 1e-7)
            let coarse = gridTerm(of: try Self.field(32, 0.8), against: try Self.field(128, 0.8), order: order)
            let fine = gridTerm(of: try Self.field(64, 0.8), against: try Self.field(256, 0.8), order: order)
            // Inside a cell the density is linear: mass moves by h² ρ'/8ρ at most.
            #expect(abs(log2(coarse / fine) - 2) < 0.05)
        }
    }

    /// All of a cell's mass in its first quarter: the plan spreads it linearly, from u(m) = m/4 to m.
    @Test func oneQuarterSpreadOverTheCell() throws {
        let coarse = Field(grid: try PeriodicGrid(cells: [1]), values: [1 / (2 * .pi)])
        let fine = Field(grid: try PeriodicGrid(cells: [4]), values: [4 / (2 * .pi), 0, 0, 0])
        // ∫ (3/4 m)^p dm over the unit mass, times 2π.
        #expect(abs(gridTerm(of: coarse, against: fine, order: .one) - 4 / 3 * 2 * .pi * 3 / 8) < 1e-14)
        #expect(
            abs(gridTerm(of: coarse, against: fine, order: .two) - 4 / 3 * 2 * .pi * (3.0 / 16).squareRoot()) < 1e-14)
    }

    /// On products the map moves each axis alone: the terms' squares add up for W₂, the terms for W₁.
    @Test(arguments: [2, 3]) func itAddsUpOnProducts(dimension: Int) throws {
        let (amplitudes, cells) = ([0.8, -0.5, 0.3], [8, 5, 6])
        func product(_ factor: Int) throws -> Field {
            let rows = try (0..<dimension).map { try Self.field(cells[$0] * factor, amplitudes[$0]) }
            let grid = try PeriodicGrid(cells: rows.map { $0.values.count })
            return Field(
                grid: grid,
                values: (0..<grid.cellCount).map { cell in
                    var (rest, value) = (cell, 1.0)
                    for row in rows {
                        value *= row.values[rest % row.values.count]
                        rest /= row.values.count
                    }
                    return value
                })
        }
        for order in WassersteinOrder.allCases {
            let term = gridTerm(of: try product(1), against: try product(4), order: order)
            let axes = try (0..<dimension).map { axis in
                gridTerm(
                    of: try Self.field(cells[axis], amplitudes[axis]),
                    against: try Self.field(4 * cells[axis], amplitudes[axis]), order: order)
            }
            let sum = order == .one ? axes.reduce(0, +) : axes.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(term - sum) < 1e-14 * sum)
        }
    }

    /// All mass of a cell of the plane in one of its sixteen parts.
    @Test func onePartSpreadOverTheCell() throws {
        let coarse = Field(grid: try PeriodicGrid(cells: [1, 1]), values: [1 / (4 * .pi * .pi)])
        var fine = Field(grid: try PeriodicGrid(cells: [4, 4]), constant: 0)
        fine.values[0] = 16 / (4 * .pi * .pi)
        // As in one angle, along both.
        #expect(abs(gridTerm(of: coarse, against: fine, order: .one) - 4 / 3 * 4 * .pi * 3 / 8) < 1e-14)
        #expect(
            abs(gridTerm(of: coarse, against: fine, order: .two) - 4 / 3 * 2 * .pi * (3.0 / 8).squareRoot()) < 1e-14)
        fine.values[5] = -1
        #expect(gridTerm(of: coarse, against: fine, order: .two).isNaN)
    }
}
