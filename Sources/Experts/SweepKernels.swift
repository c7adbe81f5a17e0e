import CLanes

/// The loops over amplitudes of eight states at once: amplitude `k` is the rows `2k` (real part) and `2k + 1` (imaginary).
///
/// Rows go in and out through pointers: the optimiser takes arguments apart into pieces of registers.
enum SweepKernels {
    typealias Lanes = SIMD8<Double>
    typealias Rows = UnsafeMutablePointer<Lanes>

    /// What is done in a plane; a closure is not sure to be inlined, and a call a plane costs more than the plane.
    private protocol PlaneOperation {
        func callAsFunction(_ u: Int, _ v: Int, _ isNegative: Bool)
    }

    private struct Forward: PlaneOperation {
        let source: Rows
        let target: Rows
        let c: Lanes
        let s: Lanes
        let opposite: Lanes

        @inline(__always)
        func callAsFunction(_ u: Int, _ v: Int, _ isNegative: Bool) {
            let t = isNegative ? opposite : s
            let (x, y) = (source[u], source[v])
            target[u] = kac_multiply_subtract(t, y, c * x)
            target[v] = kac_multiply_add(t, x, c * y)
        }
    }

    private struct Backward: PlaneOperation {
        let costate: Rows
        let state: UnsafePointer<Lanes>
        let sums: Rows
        let c: Lanes
        let s: Lanes
        let opposite: Lanes

        @inline(__always)
        func callAsFunction(_ u: Int, _ v: Int, _ isNegative: Bool) {
            let t = isNegative ? opposite : s
            let (x, y) = (costate[u], costate[v])
            let (a, b) = (kac_multiply_add(t, y, c * x), kac_multiply_subtract(t, x, c * y))
            costate[u] = a
            costate[v] = b
            // Four sums, so that an addition seldom waits for the one before.
            let sum = sums + ((isNegative ? 2 : 0) &+ (u & 1))
            sum[0] = sum[0] + (y * state[u] - x * state[v])
        }
    }

    /// Turns `source` by a step into `target`, which may be the same; steps that do not touch all rows need it to be.
    ///
    /// - Parameters:
    ///   - turn: cosine and sine.
    ///   - sign: −1 turns backward.
    @inline(never)
    static func turn(
        _ step: SweepStep, _ size: Int, from source: Rows, to target: Rows, by turn: UnsafePointer<Lanes>, sign: Double
    ) {
        let (c, s) = (turn[0], sign * turn[1])
        forEachPlane(step, size, Forward(source: source, target: target, c: c, s: s, opposite: -1 * s))
    }

    /// Turns the costate back by a step and writes `Σ ±(λ_v ψ_u − λ_u ψ_v)` of the states after the step to
    /// `sums[0]`, the first of four rows.
    @inline(never)
    static func turnBack(
        _ step: SweepStep, _ size: Int, costate: Rows, state: UnsafePointer<Lanes>, by turn: UnsafePointer<Lanes>,
        sums: Rows
    ) {
        let (c, s) = (turn[0], turn[1])
        sums.update(repeating: Lanes(), count: 4)
        forEachPlane(step, size, Backward(costate: costate, state: state, sums: sums, c: c, s: s, opposite: -1 * s))
        sums[0] = (sums[0] + sums[1]) - (sums[2] + sums[3])
    }

    /// Applies a step without an angle; it is its own inverse.
    static func exchange(_ step: SweepStep, _ size: Int, _ rows: Rows) {
        let (a, b) = (step.bit, step.other)
        if step.kind == .swap {
            forEachIndex(size, a, b) { exchange(rows, $0 | a, $0 | b) }
        } else {
            forEachIndex(size, a, b) { exchange(rows, $0 | b, $0 | a | b) }
        }
    }

    /// Changes the sign of the amplitudes whose bits are set.
    @inline(never)
    static func negate(_ rows: Rows, _ size: Int, where bits: UnsafePointer<UInt64>) {
        for word in 0..<((size &+ 63) &>> 6) {
            var rest = bits[word]
            while rest != 0 {
                let row = rows + 2 &* (word &<< 6 &+ rest.trailingZeroBitCount)
                row[0] = -row[0]
                row[1] = -row[1]
                rest &= rest &- 1
            }
        }
    }

    @inline(__always)
    private static func exchange(_ rows: Rows, _ k: Int, _ l: Int) {
        let (re, im) = (rows[2 &* k], rows[2 &* k &+ 1])
        rows[2 &* k] = rows[2 &* l]
        rows[2 &* k &+ 1] = rows[2 &* l &+ 1]
        rows[2 &* l] = re
        rows[2 &* l &+ 1] = im
    }

    /// Calls `body` with the rows `u`, `v` of every plane that a step turns, and whether it turns it backward.
    @inline(__always)
    private static func forEachPlane(_ step: SweepStep, _ size: Int, _ body: some PlaneOperation) {
        let (a, b) = (step.bit, step.other)
        /// `c − isX` on the amplitudes `k` and `l`: real parts with imaginary ones.
        @inline(__always) func cross(_ k: Int, _ l: Int, _ isNegative: Bool) {
            body(2 &* k, 2 &* l &+ 1, isNegative)
            body(2 &* l, 2 &* k &+ 1, isNegative)
        }
        /// `c − isY` on the amplitudes `k` and `l`: like parts with like ones.
        @inline(__always) func like(_ k: Int, _ l: Int) {
            body(2 &* k, 2 &* l, false)
            body(2 &* k &+ 1, 2 &* l &+ 1, false)
        }
        /// The factor `c ± is` on the amplitude `k`.
        @inline(__always) func phase(_ k: Int, _ isNegative: Bool) { body(2 &* k, 2 &* k &+ 1, isNegative) }

        switch step.kind {
        case .controlledPhase: forEachIndex(size, a, b) { phase($0 | a | b, false) }
        case .controlledX: forEachIndex(size, a, b) { cross($0 | b, $0 | a | b, true) }
        case .controlledY: forEachIndex(size, a, b) { like($0 | b, $0 | a | b) }
        case .controlledZ:
            forEachIndex(size, a, b) {
                phase($0 | b, true)
                phase($0 | a | b, false)
            }
        case .xx:
            forEachIndex(size, a, b) {
                cross($0, $0 | a | b, true)
                cross($0 | a, $0 | b, true)
            }
        case .yy:
            forEachIndex(size, a, b) {
                cross($0, $0 | a | b, false)
                cross($0 | a, $0 | b, true)
            }
        case .zz:
            forEachIndex(size, a, b) {
                phase($0, true)
                phase($0 | a, false)
                phase($0 | b, false)
                phase($0 | a | b, true)
            }
        case .x, .y, .z, .controlledNegate, .controlledExchange, .swap: break
        }
    }

    /// Calls `body` with every index in which both bits are 0.
    @inline(__always)
    private static func forEachIndex(_ size: Int, _ first: Int, _ second: Int, _ body: (Int) -> Void) {
        let (low, high) = (0 &- min(first, second), 0 &- max(first, second))
        for j in 0..<(size &>> 2) { body(index(j, low, high)) }
    }

    /// The index number `j` of those in which the bits `−low < −high` are 0.
    @inline(__always)
    private static func index(_ j: Int, _ low: Int, _ high: Int) -> Int {
        let k = j &+ (j & low)
        return k &+ (k & high)
    }
}
