import Foundation
import Testing
import Torus

/// Averages over the cells of a grid that is not nested.
@Suite struct FieldResamplingTests {
    /// The averages of `1 + Π_p (1 + ½ cos(2θ_p − 0.3))`, a trigonometric polynomial of degree 2 an axis, in closed form.
    private static func polynomial(_ cells: [Int]) throws -> Field {
        let grid = try PeriodicGrid(cells: cells)
        let axes = cells.map { n -> [Double] in
            let h = 2 * Double.pi / Double(n)
            func integral(_ x: Double) -> Double { x + 0.25 * sin(2 * x - 0.3) }
            return (0..<n).map { (integral(Double($0 + 1) * h) - integral(Double($0) * h)) / h }
        }
        let product = axes.reduce([1]) { values, axis in axis.flatMap { f in values.map { $0 * f } } }
        return Field(grid: grid, values: product.map { 1 + $0 })
    }

    /// A polynomial that both grids resolve is found to rounding, on more cells, fewer, and other numbers an axis.
    @Test(arguments: [
        ([9], [5]), ([5], [9]), ([7], [7]), ([8], [5]), ([9, 7], [5, 6]), ([6, 5], [11, 8]), ([7, 9, 5], [5, 6, 8]),
    ])
    func polynomialsAreKept(from: [Int], to: [Int]) throws {
        let found = try Self.polynomial(from).resampled(on: PeriodicGrid(cells: to))
        let expected = try Self.polynomial(to)
        for (a, b) in zip(found.values, expected.values) { #expect(abs(a - b) < 1e-13) }
    }

    @Test func oneCellTakesTheMean() throws {
        let field = Field(grid: try PeriodicGrid(cells: [5]), values: [1, 5, 2, 0, 4])
        let mean = try field.resampled(on: PeriodicGrid(cells: [1]))
        #expect(abs(mean.values[0] - 2.4) < 1e-15)
        let constant = try Field(grid: PeriodicGrid(cells: [1]), values: [3]).resampled(on: PeriodicGrid(cells: [4]))
        #expect(constant.values.allSatisfy { abs($0 - 3) < 1e-15 })
    }

    @Test func theIntegralIsKept() throws {
        let field = Field(grid: try PeriodicGrid(cells: [33, 20]), values: (0..<660).map { Double($0 * $0 % 101) })
        let other = try field.resampled(on: PeriodicGrid(cells: [17, 10]))
        #expect(abs(other.integral - field.integral) < 1e-13 * field.integral)
    }
}
