import Foundation

extension Field {
    /// The averages over the cells of another grid of the function whose Fourier series, up to the highest frequency that both grids
    /// have, has this field's averages.
    ///
    /// Where the grids are not nested: for a smooth function as exact as this field resolves it. Averages beside a jump overshoot, and may
    /// be negative. The integral is kept to rounding.
    ///
    /// Cost: a transform on each grid.
    /// - Precondition: the grids have the same number of axes.
    /// - Throws: `FourierTransformError`.
    public func resampled(on other: PeriodicGrid) throws -> Field {
        precondition(other.dimension == grid.dimension, "grids of the same angles")
        let (from, to) = (grid.cells, other.cells)
        let spectrum = try FourierTransform(grid: grid).forward(values)
        // Below half of either number of cells: the frequency of alternating signs has no phase.
        let limits = zip(from, to).map { (min($0, $1) - 1) / 2 }
        // A wave's mean over a cell and the place of the first cell's centre are taken back, and put in for the other grid.
        let factors = limits.indices.map { axis in
            (0...limits[axis]).map { k -> (size: Double, angle: Double) in
                let (half, otherHalf) = (.pi * Double(k) / Double(from[axis]), .pi * Double(k) / Double(to[axis]))
                let size = k == 0 ? 1 : (sin(otherHalf) / otherHalf) / (sin(half) / half)
                return (size / Double(from[axis]), otherHalf - half)
            }
        }
        var result = Array(repeating: 0.0, count: 2 * (to[0] / 2 + 1) * to.dropFirst().reduce(1, *))
        let rows = limits.dropFirst().reduce(1) { $0 * (2 * $1 + 1) }
        for row in 0..<rows {
            var (rest, source, target, strides) = (row, 0, 0, (1, 1))
            var (size, angle) = (1.0, 0.0)
            for axis in 1..<limits.count {
                let k = rest % (2 * limits[axis] + 1) - limits[axis]
                rest /= 2 * limits[axis] + 1
                source += strides.0 * (k < 0 ? k + from[axis] : k)
                target += strides.1 * (k < 0 ? k + to[axis] : k)
                strides = (strides.0 * from[axis], strides.1 * to[axis])
                size *= factors[axis][abs(k)].size
                angle += k < 0 ? -factors[axis][-k].angle : factors[axis][k].angle
            }
            for k in 0...limits[0] {
                let (a, b) = (2 * (source * (from[0] / 2 + 1) + k), 2 * (target * (to[0] / 2 + 1) + k))
                let phase = angle + factors[0][k].angle
                let (c, s) = (size * factors[0][k].size * cos(phase), size * factors[0][k].size * sin(phase))
                result[b] = spectrum[a] * c - spectrum[a + 1] * s
                result[b + 1] = spectrum[a] * s + spectrum[a + 1] * c
            }
        }
        return Field(grid: other, values: try FourierTransform(grid: other).backward(result))
    }
}
