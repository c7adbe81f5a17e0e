import CLanes

/// The end of a stage in one row: averages from fluxes, with their extremes, their sum and the local error.
struct StageUpdate {
    let stage: RungeKuttaStage
    /// The tolerance, and the density that it is absolute for; `nil` where no error is wanted.
    let tolerance: (relative: Double, level: Double)?
    /// What the fluxes are added to: the source, or what a limiter left of it.
    let start: UnsafePointer<Double>
    let source: UnsafePointer<Double>
    let base: UnsafePointer<Double>
    let next: UnsafeMutablePointer<Double>
    /// The flux through the upper face of each cell of the row, from −1 on.
    let flux: UnsafePointer<Double>
    /// What cells gain across the row; `nil` in one angle.
    let rate: UnsafePointer<Double>?

    /// Writes the row, and zeros behind it up to a whole block.
    ///
    /// - Parameter ratio: the time step over the cell's edge along the row.
    @inline(__always)
    func write(
        length n: Int, ratio: Double, _ lowest: inout SIMD8<Double>, _ highest: inout SIMD8<Double>,
        _ report: inout StageReport
    ) {
        let a = SIMD8<Double>(repeating: stage.baseWeight)
        let scale = SIMD8<Double>(repeating: ratio)
        let (start, source, base, next, flux) = (start, source, base, next, flux)
        let (severalAxes, rate) = (rate != nil, rate ?? source)
        let blocks = (n &+ 7) >> 3
        let whole = n >> 3
        var (low, high, sum, square) = (lowest, highest, SIMD8<Double>(), SIMD8<Double>())
        if let tolerance {
            let (e0, e1, e2) = stage.error
            for block in 0..<blocks {
                let i = block &* 8
                let change = load(flux, i &- 1) - load(flux, i)
                let gain = severalAxes ? kac_multiply_add(scale, change, load(rate, i)) : scale * change
                let euler = load(start, i) + gain
                let (u, u0) = (load(source, i), load(base, i))
                let value = kac_multiply_add(a, u0 - euler, euler)
                store(value, next, i)
                let error = (e0 * (euler - u) + e1 * u0 + e2 * u) / (tolerance.relative * (tolerance.level + size(u0)))
                if block < whole {
                    low = smaller(low, value)
                    high = larger(high, value)
                    sum = sum + value
                    square = square + error * error
                } else {
                    for lane in 0..<(n & 7) { report.errorSquare += error[lane] * error[lane] }
                }
            }
        } else {
            for block in 0..<blocks {
                let i = block &* 8
                let change = load(flux, i &- 1) - load(flux, i)
                let gain = severalAxes ? kac_multiply_add(scale, change, load(rate, i)) : scale * change
                let euler = load(start, i) + gain
                let value = kac_multiply_add(a, load(base, i) - euler, euler)
                store(value, next, i)
                if block < whole {
                    low = smaller(low, value)
                    high = larger(high, value)
                    sum = sum + value
                }
            }
        }
        report.errorSquare += square.sum()
        (lowest, highest) = (low, high)
        var total = sum.sum()
        // The last block is cells and padding.
        for i in (n & ~7)..<n {
            total += next[i]
            lowest[0] = min(lowest[0], next[i])
            highest[0] = max(highest[0], next[i])
        }
        for i in n..<blocks * 8 { next[i] = 0 }
        report.sum += total
    }
}
