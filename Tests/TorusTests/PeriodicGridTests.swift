import Foundation
import Testing
import Torus

@Suite struct PeriodicGridTests {
    @Test func geometry() throws {
        let grid = try PeriodicGrid(cells: [4, 3])
        #expect(grid.dimension == 2 && grid.cellCount == 12)
        #expect(abs(grid.cellVolume - 4 * .pi * .pi / 12) < 1e-15)
        #expect(grid.centres(axis: 0).first == .pi / 4 && grid.faces(axis: 1).last == 2 * .pi)
        #expect(grid.faces(axis: 1).count == 4)
    }

    @Test func refusals() {
        #expect(throws: GridError.noAxis) { try PeriodicGrid(cells: []) }
        #expect(throws: GridError.emptyAxis(axis: 1, cells: 0)) { try PeriodicGrid(cells: [4, 0]) }
        #expect(throws: GridError.tooManyCells([.max, 2])) { try PeriodicGrid(cells: [.max, 2]) }
    }

    @Test(arguments: [1, 2, 3]) func theUniformDensityHasMassOne(dimension: Int) throws {
        let field = Field.uniform(on: try PeriodicGrid(cells: Array([5, 6, 7].prefix(dimension))))
        #expect(abs(field.integral - 1) < 1e-14)
        #expect(abs(field.entropy + Double(dimension) * log(2 * .pi)) < 1e-13)
    }

    @Test func anglesAreWrappedIntoThePeriod() {
        #expect(wrapped(-1e-20) == 0 && wrapped(2 * .pi) == 0)
        #expect(abs(wrapped(-1) - (2 * .pi - 1)) < 1e-15)
    }
}
