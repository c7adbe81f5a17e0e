import Foundation

/// The moments `∫ e^{ik·θ} dμ` that cell averages stand for, each wave divided by its mean over a cell, for a box of wave vectors.
///
/// The sums are taken axis by axis: along a row once for each `k_0`, then over rows, then over planes.
///
/// Cost: one pass over the cells with two multiplications for each `k_0 ≥ 0`.
struct MomentTable {
    private let ranges: [ClosedRange<Int>]
    private var values: [Value] = []

    /// A complex number.
    private typealias Value = (real: Double, imaginary: Double)

    /// All moments with `|k_p|` up to the limits.
    init(_ averages: UnsafePointer<Double>, layout: GridLayout, limits: [Int]) {
        self.init(averages, layout, limits.enumerated().map { $0 == 0 ? 0...$1 : -$1...$1 })
    }

    /// One moment alone.
    static func moment(
        _ k: [Int], _ averages: UnsafePointer<Double>, layout: GridLayout
    ) -> (real: Double, imaginary: Double) {
        MomentTable(averages, layout, k.map { $0...$0 }).values[0]
    }

    /// The moment of a wave vector in the box.
    subscript(k: [Int]) -> (real: Double, imaginary: Double) {
        let isConjugate = k[0] < 0
        var (place, stride) = (0, 1)
        for (axis, range) in ranges.enumerated() {
            place += stride * ((isConjugate ? -k[axis] : k[axis]) - range.lowerBound)
            stride *= range.count
        }
        return (values[place].real, isConjugate ? -values[place].imaginary : values[place].imaginary)
    }

    private init(_ averages: UnsafePointer<Double>, _ layout: GridLayout, _ ranges: [ClosedRange<Int>]) {
        self.ranges = ranges
        let extents = [layout.length, layout.rows.0, layout.rows.1]
        // Waves at the centres of the cells along each axis, `[k][cell]`; rows of averages are padded with zeros.
        var waves: [[[Value]]] = []
        for axis in 0..<3 {
            guard axis < layout.dimension else {
                waves.append([[Value(real: 1, imaginary: 0)]])
                continue
            }
            let h = layout.spacing[axis]
            waves.append(ranges[axis].map { Self.wave($0, cells: extents[axis], spacing: h) })
        }
        let counts = waves.map { $0.count }
        let padded = layout.blocks * 8
        let rowWaves = waves[0].map { row in
            let zeros = Array(repeating: 0.0, count: padded - row.count)
            return (row.map { $0.real } + zeros, row.map { $0.imaginary } + zeros)
        }
        let zero = Value(real: 0, imaginary: 0)
        var rows = Array(repeating: zero, count: counts[0])
        var plane = Array(repeating: zero, count: counts[0] * counts[1])
        values = Array(repeating: zero, count: counts[0] * counts[1] * counts[2])
        func add(
            _ terms: [Value], times wave: Value, to sums: inout [Value], from first: Int
        ) {
            for (index, term) in terms.enumerated() {
                sums[first + index].real += term.real * wave.real - term.imaginary * wave.imaginary
                sums[first + index].imaginary += term.real * wave.imaginary + term.imaginary * wave.real
            }
        }
        for layer in 0..<layout.rows.1 {
            for place in plane.indices { plane[place] = (0, 0) }
            for row in 0..<layout.rows.0 {
                let base = averages + layout.start(row, layer)
                for (q, wave) in rowWaves.enumerated() {
                    rows[q] = (Self.product(base, wave.0, layout.blocks), Self.product(base, wave.1, layout.blocks))
                }
                for (q, wave) in waves[1].enumerated() { add(rows, times: wave[row], to: &plane, from: q * counts[0]) }
            }
            for (q, wave) in waves[2].enumerated() {
                add(plane, times: wave[layer], to: &values, from: q * plane.count)
            }
        }
    }

    /// A wave at the centres of the cells along an axis, over its mean over a cell, times the cell's edge.
    private static func wave(_ k: Int, cells: Int, spacing: Double) -> [Value] {
        let phase = Double(k) * spacing
        let scale = spacing / GridWaves.edgeMean(0, phase)
        return (0..<cells).map { cell in
            let angle = phase * (Double(cell) + 0.5)
            return Value(real: scale * cos(angle), imaginary: scale * sin(angle))
        }
    }

    /// The inner product of a row and a wave, eight lanes at a time.
    private static func product(_ row: UnsafePointer<Double>, _ wave: [Double], _ blocks: Int) -> Double {
        wave.withUnsafeBufferPointer { wave in
            guard let wave = wave.baseAddress else { return 0 }
            var sum = SIMD8<Double>()
            for block in 0..<blocks { sum = sum + load(row, block &* 8) * load(wave, block &* 8) }
            return sum.sum()
        }
    }
}
