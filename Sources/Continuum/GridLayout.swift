import Torus

/// How cell averages lie in a grid solver's memory: rows along θ₀, padded to whole blocks of eight.
///
/// A row begins every `stride` numbers. The padding holds zeros. Strides that are multiples of a page fraction would put the rows of a
/// stencil on the same cache lines, so they get one block more.
struct GridLayout: Sendable {
    /// Cells along θ₀.
    let length: Int
    /// Numbers from one row to the next.
    let stride: Int
    /// Rows along θ₁ and θ₂; 1 where there is no such axis.
    let rows: (Int, Int)
    /// The number of axes, 1 to 3.
    let dimension: Int
    /// The cell's edges.
    let spacing: [Double]
    /// The cell's volume.
    let cellVolume: Double

    init(_ grid: PeriodicGrid) {
        dimension = grid.dimension
        length = grid.cells[0]
        let padded = (length + 7) & ~7
        stride = padded % 64 == 0 && dimension > 1 ? padded + 8 : padded
        rows = (dimension > 1 ? grid.cells[1] : 1, dimension > 2 ? grid.cells[2] : 1)
        spacing = (0..<dimension).map { grid.spacing(axis: $0) }
        cellVolume = grid.cellVolume
    }

    /// All rows.
    var rowCount: Int { rows.0 * rows.1 }
    /// The numbers of a state.
    var count: Int { stride * rowCount }
    /// Blocks of eight in a row.
    var blocks: Int { (length + 7) / 8 }

    /// Where a row begins, its indices taken modulo the rows of their axes; they are at most one period off.
    @inline(__always)
    func start(_ j: Int, _ k: Int) -> Int {
        let wrappedJ = j < 0 ? j &+ rows.0 : (j >= rows.0 ? j &- rows.0 : j)
        let wrappedK = k < 0 ? k &+ rows.1 : (k >= rows.1 ? k &- rows.1 : k)
        return (wrappedK &* rows.0 &+ wrappedJ) &* stride
    }

    /// The pieces of a parallel loop: ranges of the last axis, fixed by the grid alone.
    var slabs: [Range<Int>] {
        let extent = dimension == 3 ? rows.1 : rows.0
        let count = min(16, max(1, extent / 4))
        return (0..<count).map { extent * $0 / count..<extent * ($0 + 1) / count }
    }

    /// The numbers of a plane of θ₀ and θ₁.
    var planeCount: Int { stride * rows.0 }
}

/// Eight numbers from an address that need not be aligned.
@inline(__always)
func load(_ pointer: UnsafePointer<Double>, _ index: Int) -> SIMD8<Double> {
    UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD8<Double>.self)
}

/// Writes eight numbers to an address that need not be aligned.
@inline(__always)
func store(_ value: SIMD8<Double>, _ pointer: UnsafeMutablePointer<Double>, _ index: Int) {
    UnsafeMutableRawPointer(pointer + index).storeBytes(of: value, as: SIMD8<Double>.self)
}
