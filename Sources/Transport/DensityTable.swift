import Torus

/// A density's cells through raw pointers, on the unwrapped axes: cell `i` of axis `a` is `[i·h_a, (i+1)·h_a)` for every
/// integer `i`.
struct DensityTable: @unchecked Sendable {
    let rowLength: Int
    let rows: Int
    let layers: Int
    let spacing: PeriodicPoint
    let inverseSpacing: PeriodicPoint
    let values: UnsafePointer<Double>
    let integrals: UnsafePointer<Double>

    init(grid: PeriodicGrid, values: UnsafePointer<Double>, integrals: UnsafePointer<Double>) {
        rowLength = grid.cells[0]
        rows = grid.cells[1]
        layers = grid.dimension > 2 ? grid.cells[2] : 1
        let spacing = PeriodicPoint(
            grid.spacing(axis: 0), grid.spacing(axis: 1), grid.dimension > 2 ? grid.spacing(axis: 2) : period, period)
        self.spacing = spacing
        inverseSpacing = 1 / spacing
        self.values = values
        self.integrals = integrals
    }

    /// The remainder of a division in `0..<count`, for the few periods that a cell may be away.
    @inline(__always)
    private static func remainder(_ index: Int, _ count: Int) -> Int {
        var rest = index
        while rest < 0 { rest &+= count }
        while rest >= count { rest &-= count }
        return rest
    }

    /// The row of the grid through unwrapped indices of the axes 1 and 2.
    @inline(__always)
    func row(_ second: Int, _ third: Int) -> Int {
        Self.remainder(second, rows) &+ rows &* (layers > 1 ? Self.remainder(third, layers) : 0)
    }

    @inline(__always)
    func value(_ first: Int, row: Int) -> Double { values[row &* rowLength &+ Self.remainder(first, rowLength)] }

    /// The integral along a row between the lower faces of two cells.
    @inline(__always)
    func integral(from first: Int, to last: Int, row: Int) -> Double {
        if first == last { return 0 }
        let base = integrals + row &* (rowLength &+ 1)
        let (a, b) = (Self.remainder(first, rowLength), Self.remainder(last, rowLength))
        let turns = (last &- b &- (first &- a)) / rowLength
        return base[b] - base[a] + (turns == 0 ? 0 : Double(turns) * base[rowLength])
    }
}

/// Integrals of the density over a part of the torus, in coordinates relative to an atom.
struct CellMoments {
    var mass = 0.0
    /// `∫ v ρ dv`.
    var first = PeriodicPoint.zero
    /// `∫ |v|² ρ dv`, the cost of carrying the part to the atom.
    var second = 0.0
}

/// The density's antiderivative along θ₀, seen from an atom, for integrals over a cell by the divergence theorem:
/// `∫_V f ρ = ∮_{∂V} n₀ (∫_{s₀}^{θ₀} f ρ ds) dA`, with any start `s₀` of each row.
struct RowAntiderivative {
    let table: DensityTable
    /// The atom.
    let origin: PeriodicPoint
    /// The column of cells at whose lower face every row starts, near the cell for the sake of rounding.
    let start: Int

    @inline(__always)
    init(_ table: DensityTable, origin: PeriodicPoint, near place: PeriodicPoint) {
        self.table = table
        self.origin = origin
        start = Int(((origin.x + place.x) * table.inverseSpacing.x).rounded(.down))
    }

    /// The index along an axis of the grid's cell that holds a local coordinate.
    @inline(__always)
    func index(_ coordinate: Double, _ axis: Int) -> Int {
        Int(((origin[axis] + coordinate) * table.inverseSpacing[axis]).rounded(.down))
    }

    /// The local coordinate of the lower face of a cell.
    @inline(__always)
    func face(_ index: Int, _ axis: Int) -> Double { Double(index) * table.spacing[axis] - origin[axis] }

    /// The integrals of `ρ`, `sρ` and `s²ρ` from the start to the lower face of a column.
    func powers(to column: Int, row: Int) -> (zeroth: Double, first: Double, second: Double) {
        var (zeroth, first, second) = (0.0, 0.0, 0.0)
        let (low, high) = (Swift.min(start, column), Swift.max(start, column))
        let width = table.spacing.x
        for index in low..<high {
            let mass = table.value(index, row: row) * width
            let middle = face(index, 0) + 0.5 * width
            zeroth += mass
            first += mass * middle
            second += mass * (middle * middle + width * width * (1.0 / 12))
        }
        return column >= start ? (zeroth, first, second) : (-zeroth, -first, -second)
    }
}
