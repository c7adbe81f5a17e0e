import Foundation
public import Torus

/// A law whose density is constant in each cell of a grid.
public struct FieldLaw: Sendable, Hashable {
    /// The density's cell averages, per radian^d.
    public let field: Field

    /// The law of a field that is not negative and integrates to 1 up to 10⁻¹².
    ///
    /// - Throws: `InitialLawError` with the defect.
    public init(_ field: Field) throws(InitialLawError) {
        for (index, value) in field.values.enumerated() where !(value >= 0) {
            var rest = index
            let place = field.grid.cells.indices.map { axis in
                defer { rest /= field.grid.cells[axis] }
                return (Double(rest % field.grid.cells[axis]) + 0.5) * field.grid.spacing(axis: axis)
            }
            throw InitialLawError.negative(minimum: value, at: place)
        }
        let integral = field.integral
        guard abs(integral - 1) <= 1e-12 else { throw InitialLawError.notNormalised(integral: integral) }
        self.field = field
    }

    /// The average of the cell that the point is in.
    func density(at theta: [Double]) -> Double {
        let cells = field.grid.cells
        var index = 0
        for axis in cells.indices.reversed() {
            let cell = Int(wrapped(theta[axis]) / field.grid.spacing(axis: axis))
            index = index * cells[axis] + min(cell, cells[axis] - 1)
        }
        return field.values[index]
    }

    /// The averages over the cells of another grid, by the shares of the edges that overlap.
    func averages(on grid: PeriodicGrid) -> Field {
        precondition(grid.dimension == field.grid.dimension)
        var values = field.values
        var before = 1
        for axis in grid.cells.indices {
            let (old, new) = (field.grid.cells[axis], grid.cells[axis])
            let after = values.count / (before * old)
            var next = Array(repeating: 0.0, count: before * new * after)
            for cell in 0..<new {
                // In units of 1/(old·new) of a turn: whole numbers, so nested grids are exact.
                let (start, end) = (cell * old, (cell + 1) * old)
                for source in start / new...(end - 1) / new {
                    let overlap = min(end, (source + 1) * new) - max(start, source * new)
                    let share = Double(overlap) / Double(old)
                    for outer in 0..<after {
                        for inner in 0..<before {
                            next[inner + before * (cell + new * outer)] +=
                                share * values[inner + before * (source + old * outer)]
                        }
                    }
                }
            }
            values = next
            before *= new
        }
        return Field(grid: grid, values: values)
    }

    /// The moment `∫ e^{ik·θ} dμ`.
    func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        let grid = field.grid
        var waves = (real: field.values, imaginary: Array(repeating: 0.0, count: field.values.count))
        var count = waves.real.count
        for axis in grid.cells.indices {
            let n = grid.cells[axis]
            let half = 0.5 * Double(k[axis]) * grid.spacing(axis: axis)
            let width = grid.spacing(axis: axis) * (k[axis] == 0 ? 1 : sin(half) / half)
            let phases = grid.centres(axis: axis).map {
                (width * cos(Double(k[axis]) * $0), width * sin(Double(k[axis]) * $0))
            }
            count /= n
            for rest in 0..<count {
                var sum = (0.0, 0.0)
                for cell in 0..<n {
                    let (re, im) = (waves.real[rest * n + cell], waves.imaginary[rest * n + cell])
                    sum.0 += re * phases[cell].0 - im * phases[cell].1
                    sum.1 += re * phases[cell].1 + im * phases[cell].0
                }
                (waves.real[rest], waves.imaginary[rest]) = sum
            }
        }
        return (waves.real[0], waves.imaginary[0])
    }
}
