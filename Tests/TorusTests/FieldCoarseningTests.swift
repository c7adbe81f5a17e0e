import Testing
import Torus

/// Averages over larger cells.
@Suite struct FieldCoarseningTests {
    @Test func averagesOfAverages() throws {
        let fine = try PeriodicGrid(cells: [6, 4, 2])
        let field = Field(grid: fine, values: (0..<48).map { Double($0 * $0 % 17) })
        let coarse = try PeriodicGrid(cells: [2, 4, 1])
        let averages = try #require(field.averages(on: coarse))
        for j in 0..<4 {
            for i in 0..<2 {
                var sum = 0.0
                for k in 0..<2 { for part in 0..<3 { sum += field.values[3 * i + part + 6 * (j + 4 * k)] } }
                #expect(abs(averages.values[i + 2 * j] - sum / 6) < 1e-14)
            }
        }
        #expect(field.averages(on: fine) == field)
        #expect(abs(averages.integral - field.integral) < 1e-12 * field.integral)
    }

    @Test func gridsThatAreNotNested() throws {
        let field = Field.uniform(on: try PeriodicGrid(cells: [6]))
        #expect(field.averages(on: try PeriodicGrid(cells: [4])) == nil)
        #expect(field.averages(on: try PeriodicGrid(cells: [12])) == nil)
        #expect(field.averages(on: try PeriodicGrid(cells: [3, 2])) == nil)
        #expect(field.averages(on: try PeriodicGrid(cells: [1]))?.values.count == 1)
    }
}
