import Torus

/// The matrix `(L x)_i = Σ_j c_ij (x_i − x_j)` of a weighted graph, by rows.
struct GraphLaplacian {
    var starts: [Int32]
    var columns: [Int32]
    /// The conductances `c_ij ≥ 0`.
    var conductances: [Double]
    /// Their row sums.
    var diagonal: [Double]

    var count: Int { diagonal.count }

    init(starts: [Int32], columns: [Int32], conductances: [Double]) {
        (self.starts, self.columns, self.conductances) = (starts, columns, conductances)
        diagonal = (0..<starts.count - 1).map { row in
            var sum = 0.0
            for entry in Int(starts[row])..<Int(starts[row + 1]) { sum += conductances[entry] }
            return sum
        }
    }

    /// Rows of a piece of a parallel loop: some tens of microseconds.
    private static let chunk = 8192

    /// `y = b − L x`.
    func residual(
        _ b: UnsafePointer<Double>, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>,
        _ parallelism: Parallelism
    ) {
        sweep { starts, columns, conductances, diagonal in
            // A piece reads all numbers and writes its own rows.
            nonisolated(unsafe) let (starts, columns, conductances, diagonal) = (
                starts, columns, conductances, diagonal
            )
            nonisolated(unsafe) let (b, x, y) = (b, x, y)
            let count = count
            parallelism.forEach((count + Self.chunk - 1) / Self.chunk) { piece in
                for row in piece &* Self.chunk..<min(count, (piece &+ 1) &* Self.chunk) {
                    var sum = b[row] - diagonal[row] * x[row]
                    for entry in Int(starts[row])..<Int(starts[row &+ 1]) {
                        sum += conductances[entry] * x[Int(columns[entry])]
                    }
                    y[row] = sum
                }
            }
        }
    }

    /// One Gauss–Seidel sweep for `L x = b`, in ascending or descending order of the rows.
    func relax(_ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, ascending: Bool) {
        sweep { starts, columns, conductances, diagonal in
            for step in 0..<count {
                let row = ascending ? step : count &- 1 &- step
                guard diagonal[row] > 0 else { continue }
                var sum = b[row]
                for entry in Int(starts[row])..<Int(starts[row &+ 1]) {
                    sum += conductances[entry] * x[Int(columns[entry])]
                }
                x[row] = sum / diagonal[row]
            }
        }
    }

    @inline(__always)
    private func sweep(
        _ body: (UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Double>, UnsafePointer<Double>) -> Void
    ) {
        starts.withUnsafeBufferPointer { starts in
            columns.withUnsafeBufferPointer { columns in
                conductances.withUnsafeBufferPointer { conductances in
                    diagonal.withUnsafeBufferPointer { diagonal in
                        guard let starts = starts.baseAddress, let diagonal = diagonal.baseAddress else { return }
                        // A graph without edges has empty arrays, whose addresses are not read.
                        body(
                            starts, columns.baseAddress ?? starts, conductances.baseAddress ?? diagonal, diagonal)
                    }
                }
            }
        }
    }
}
