/// The sum `S` of independent centred uniform numbers: `v·δ` for a point `δ` of a box about 0, one half-width `|v_a| h_a` an axis.
///
/// What an affine function does on a box: where it is positive, and its positive part.
struct UniformSum {
    /// The half-widths, descending; those too small to matter are 0.
    private let widths: PeriodicPoint
    /// A bound of what the left-out widths and rounding do to `mean`.
    let error: Double

    /// Below this share of the largest width one is left out.
    private static let smallest = 1e-4

    @inline(__always)
    init(_ given: PeriodicPoint) {
        var (a, b, c) = (given.x, given.y, given.z)
        if a < b { swap(&a, &b) }
        if b < c { swap(&b, &c) }
        if a < b { swap(&a, &b) }
        // In one and two widths nothing cancels, so the second may be as small as it likes when there is no third.
        if c < Self.smallest * a {
            // A centred summand of width w adds at most w²/12a to the mean of the positive part, the density of S being at most 1/2a.
            error = (a > 0 ? c * c / (12 * a) : 0) + 1e-14 * a
            c = 0
        } else {
            error = 1e-7 * a
        }
        widths = PeriodicPoint(a, b, c, 0)
    }

    /// The probability of `t + S > 0`, the mean of `(t + S)₊`, and the density of `S` at `−t`.
    @inline(__always)
    func positivePart(_ t: Double) -> (probability: Double, mean: Double, density: Double) {
        let below = -abs(t)
        let found = widths.z > 0 ? three(below) : two(below)
        return t <= 0 ? found : (1 - found.probability, t + found.mean, found.density)
    }

    @inline(__always)
    private func two(_ t: Double) -> (probability: Double, mean: Double, density: Double) {
        let (a, b) = (widths.x, widths.y)
        let u = t + a + b
        guard u > 0, a > 0 else { return (0, 0, 0) }
        let v = t + a - b
        if v >= 0 {
            return ((u + v) / (4 * a), (u * u + u * v + v * v) / (12 * a), 1 / (2 * a))
        }
        let scale = 1 / (4 * a * b)
        return (0.5 * u * u * scale, u * u * u * scale / 6, u * scale)
    }

    private func three(_ t: Double) -> (probability: Double, mean: Double, density: Double) {
        let (a, b, c) = (widths.x, widths.y, widths.z)
        var (squares, cubes, quartics) = (0.0, 0.0, 0.0)
        @inline(__always) func add(_ u: Double, _ sign: Double) {
            guard u > 0 else { return }
            let square = u * u
            squares += sign * square
            cubes += sign * square * u
            quartics += sign * square * square
        }
        add(t + a + b + c, 1)
        add(t + a + b - c, -1)
        add(t + a - b + c, -1)
        add(t - a + b + c, -1)
        add(t + a - b - c, 1)
        let scale = 1 / (8 * a * b * c)
        return (
            Swift.min(Swift.max(cubes * scale / 6, 0), 0.5), Swift.max(quartics * scale / 24, 0),
            Swift.max(squares * scale / 2, 0)
        )
    }
}
