/// Sums of weighted rows of numbers, eight numbers at a time.
///
/// A sum is taken term by term in the order given, whatever is summed at once.
enum RowSum {
    typealias Lanes = SIMD8<Double>
    typealias Row = UnsafePointer<Double>

    @inline(__always)
    static func load(_ row: Row, _ index: Int) -> Lanes {
        UnsafeRawPointer(row + index).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    static func store(_ value: Lanes, _ row: UnsafeMutablePointer<Double>, _ index: Int) {
        UnsafeMutableRawPointer(row + index).storeBytes(of: value, as: Lanes.self)
    }

    /// Writes `start + w·a`; the result may lie where `start` does.
    static func write(
        _ result: UnsafeMutablePointer<Double>, _ start: Row, _ a: Row, _ w: Double, count: Int
    ) {
        var j = 0
        while j &+ 8 <= count {
            store(load(start, j) + w * load(a, j), result, j)
            j = j &+ 8
        }
        while j < count {
            result[j] = start[j] + w * a[j]
            j = j &+ 1
        }
    }

    /// Writes `start + w₀·a + w₁·b`.
    static func write(
        _ result: UnsafeMutablePointer<Double>, _ start: Row, _ a: Row, _ b: Row, _ w: (Double, Double), count: Int
    ) {
        var j = 0
        while j &+ 8 <= count {
            var sum = load(start, j) + w.0 * load(a, j)
            sum = sum + w.1 * load(b, j)
            store(sum, result, j)
            j = j &+ 8
        }
        while j < count {
            result[j] = start[j] + w.0 * a[j] + w.1 * b[j]
            j = j &+ 1
        }
    }

    /// Writes `start + w₀·a + w₁·b + w₂·c + w₃·d`.
    static func write(
        _ result: UnsafeMutablePointer<Double>, _ start: Row, _ a: Row, _ b: Row, _ c: Row, _ d: Row,
        _ w: (Double, Double, Double, Double), count: Int
    ) {
        var j = 0
        while j &+ 8 <= count {
            var sum = load(start, j) + w.0 * load(a, j)
            sum = sum + w.1 * load(b, j)
            sum = sum + w.2 * load(c, j)
            sum = sum + w.3 * load(d, j)
            store(sum, result, j)
            j = j &+ 8
        }
        while j < count {
            result[j] = start[j] + w.0 * a[j] + w.1 * b[j] + w.2 * c[j] + w.3 * d[j]
            j = j &+ 1
        }
    }

    /// The sum of `(x / (tolerance·(1 + max(|y|, |z|))))²`, in eight partial sums.
    static func scaledSquare(_ x: Row, _ y: Row, _ z: Row, tolerance: Double, count: Int) -> Double {
        var squares = Lanes()
        var j = 0
        while j &+ 8 <= count {
            let (a, b) = (load(y, j), load(z, j))
            var largest = a.replacing(with: -a, where: a .< 0)
            let other = b.replacing(with: -b, where: b .< 0)
            largest = largest.replacing(with: other, where: largest .< other)
            let ratio = load(x, j) / (tolerance * (1 + largest))
            squares = squares + ratio * ratio
            j = j &+ 8
        }
        var sum = squares.sum()
        while j < count {
            let (u, v) = (abs(y[j]), abs(z[j]))
            let ratio = x[j] / (tolerance * (1 + (u > v ? u : v)))
            sum += ratio * ratio
            j = j &+ 1
        }
        return sum
    }
}
