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
}
