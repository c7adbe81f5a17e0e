extension Field {
    /// The averages over the cells of a coarser grid, each a whole number of this field's cells; `nil` where the grids are not nested.
    ///
    /// Cost: one addition a cell.
    public func averages(on coarse: PeriodicGrid) -> Field? {
        guard coarse.dimension == grid.dimension, zip(grid.cells, coarse.cells).allSatisfy({ $0 % $1 == 0 }) else {
            return nil
        }
        var (values, stride) = (values, 1)
        for (n, m) in zip(grid.cells, coarse.cells) {
            let parts = n / m
            let outer = values.count / (n * stride)
            var averages = Array(repeating: 0.0, count: values.count / parts)
            for block in 0..<outer {
                for cell in 0..<m {
                    let (from, to) = ((block * n + cell * parts) * stride, (block * m + cell) * stride)
                    for inner in 0..<stride {
                        var sum = 0.0
                        for part in 0..<parts { sum += values[from + part * stride + inner] }
                        averages[to + inner] = sum / Double(parts)
                    }
                }
            }
            values = averages
            stride *= m
        }
        return Field(grid: coarse, values: values)
    }
}
