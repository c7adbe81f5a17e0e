import Foundation

/// Cell averages of a function on a periodic grid.
///
/// ```swift
/// let field = Field.uniform(on: try PeriodicGrid(cells: [128, 64]))
/// field.integral    // 1
/// ```
///
/// A density is per radian^d: the uniform law has the value `(2π)^−d` in every cell.
public struct Field: Sendable, Hashable {
    /// The grid of the cells.
    public let grid: PeriodicGrid
    /// One average a cell, θ₀ fastest.
    public var values: [Double]

    /// A field with the given cell averages, θ₀ fastest.
    ///
    /// - Precondition: there are as many values as cells.
    public init(grid: PeriodicGrid, values: [Double]) {
        precondition(values.count == grid.cellCount, "\(values.count) values for \(grid.cellCount) cells")
        self.grid = grid
        self.values = values
    }

    /// A field with one value in every cell.
    public init(grid: PeriodicGrid, constant: Double) {
        self.init(grid: grid, values: Array(repeating: constant, count: grid.cellCount))
    }

    /// The density `(2π)^−d` of the uniform law.
    public static func uniform(on grid: PeriodicGrid) -> Field {
        var density = 1.0
        for _ in 0..<grid.dimension { density /= 2 * .pi }
        return Field(grid: grid, constant: density)
    }

    /// The integral over the torus, summed row by row so that rounding does not grow with the cells.
    public var integral: Double {
        var (sum, correction) = (0.0, 0.0)
        for start in stride(from: 0, to: values.count, by: grid.cells[0]) {
            let row = values[start..<start + grid.cells[0]].reduce(0, +) - correction
            let next = sum + row
            correction = (next - sum) - row
            sum = next
        }
        return sum * grid.cellVolume
    }

    /// The smallest cell average.
    public var minimum: Double { values.reduce(.infinity, Swift.min) }

    /// The entropy `∫ρ log ρ` of the piecewise constant density; empty cells count 0, negative ones give NaN.
    public var entropy: Double {
        var sum = 0.0
        for value in values where value != 0 { sum += value * Foundation.log(value) }
        return sum * grid.cellVolume
    }
}
