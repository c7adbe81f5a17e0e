public import Torus

/// A piecewise constant probability density on the flat torus `[0, 2π)^d`, `d = 2` or `3`.
///
/// Its tables are built once, then used for any number of sets of atoms. The density is never turned into atoms.
public struct TorusDensity: Sendable {
    /// The number `d` of angles.
    public let dimension: Int
    /// The grid of the cells.
    public let grid: PeriodicGrid
    /// The mass of the given cell averages minus 1, which was divided out.
    public let massDefect: Double
    /// Averages per radian^d of mass 1, θ₀ fastest.
    let values: [Double]
    /// The integral along θ₀ from angle 0 to each face of a row: `n₀ + 1` numbers a row.
    let integrals: [Double]

    /// The density of a field.
    ///
    /// - Parameters:
    ///   - field: cell averages per radian^d.
    ///   - massTolerance: the largest defect of the mass, which is divided out.
    /// - Throws: `TransportError` when the grid has neither two nor three axes, a value is not finite or negative, or the
    ///   mass is not 1.
    /// - Complexity: O(cells).
    public init(_ field: Field, massTolerance: Double = 1e-10) throws {
        guard (2...3).contains(field.grid.dimension) else {
            throw TransportError.unsupportedDimension(found: field.grid.dimension)
        }
        var sum = CompensatedSum()
        for (cell, value) in field.values.enumerated() {
            guard value.isFinite else { throw TransportError.nonFiniteDensity(cell: cell, value: value) }
            guard value >= 0 else { throw TransportError.negativeDensity(cell: cell, value: value) }
            sum.add(value)
        }
        let mass = sum.value * field.grid.cellVolume
        guard abs(mass - 1) <= massTolerance else {
            throw TransportError.mass(defect: mass - 1, tolerance: massTolerance)
        }
        dimension = field.grid.dimension
        grid = field.grid
        massDefect = mass - 1
        let values = field.values.map { $0 / mass }
        self.values = values
        integrals = Self.integrals(values, field.grid)
    }

    private init(_ density: TorusDensity, values: [Double]) {
        (dimension, grid, massDefect) = (density.dimension, density.grid, density.massDefect)
        self.values = values
        integrals = Self.integrals(values, density.grid)
    }

    /// `(1 − ε)ρ + ε/(2π)^d`.
    func mixed(with part: Double) -> TorusDensity {
        let uniform = 1 / (grid.cellVolume * Double(grid.cellCount))
        return TorusDensity(self, values: values.map { (1 - part) * $0 + part * uniform })
    }

    private static func integrals(_ values: [Double], _ grid: PeriodicGrid) -> [Double] {
        let (row, width) = (grid.cells[0], grid.spacing(axis: 0))
        var integrals: [Double] = []
        integrals.reserveCapacity(values.count / row * (row + 1))
        for start in stride(from: 0, to: values.count, by: row) {
            var partial = CompensatedSum()
            integrals.append(0)
            for cell in start..<start + row {
                partial.add(values[cell])
                integrals.append(partial.value * width)
            }
        }
        return integrals
    }

    func withUnsafeTable<Result>(_ body: (DensityTable) throws -> Result) rethrows -> Result {
        try values.withUnsafeBufferPointer { values in
            try integrals.withUnsafeBufferPointer { integrals in
                guard let values = values.baseAddress, let integrals = integrals.baseAddress else {
                    preconditionFailure("a grid has at least one cell")
                }
                return try body(DensityTable(grid: grid, values: values, integrals: integrals))
            }
        }
    }
}
