/// Sweeps over many points `θ_i` of the torus: the moments `M_m = (1/N) Σ_i Φ_m(θ_i)` of a basis, and the gradients
/// `∇ Σ_m w_m Φ_m(θ_i)` at the points.
///
/// Points are given axis by axis: angle `p` of point `i` is at `p·N + i`. Eight points are worked on at once; chunks of
/// `chunkLength` points are the pieces of the parallel loop, and their sums are added in the order of the chunks: the
/// results do not depend on the number of threads. Cost: a sine and cosine an angle, then `O(N·nnz)`. On one
/// thread nothing is allocated after the initialiser.
public final class TrigonometricSweep {
    /// Points in a piece of the parallel loop.
    public static let chunkLength = 4096

    /// The number of points `N`.
    public let count: Int
    /// The basis `Φ_m`.
    public let basis: TrigonometricBasis

    private let parallelism: Parallelism
    private let plan: Plan
    private let chunks: Int
    private let stride: Int
    /// `cos θ_p` and `sin θ_p` of every point: rows `2p` and `2p + 1`, each padded to whole chunks.
    private let circle: UnsafeMutablePointer<SIMD8<Double>>
    private let partialSums: UnsafeMutablePointer<Double>

    /// Sweeps over `count` points.
    public init(basis: TrigonometricBasis, count: Int, parallelism: Parallelism) {
        self.basis = basis
        self.count = count
        self.parallelism = parallelism
        plan = Plan(basis)
        chunks = (count + Self.chunkLength - 1) / Self.chunkLength
        stride = (count + 7) / 8
        circle = .allocate(capacity: max(1, 2 * basis.dimension * stride))
        partialSums = .allocate(capacity: max(1, chunks * basis.count))
    }

    deinit {
        circle.deallocate()
        partialSums.deallocate()
    }

    /// The monomials as indices into a table of the harmonics of one block of points.
    private struct Plan: Sendable {
        struct Factor: Sendable {
            /// Where the factor's value is in the table, and where the function is that its derivative needs.
            let value: Int
            let partner: Int
            /// `−k` for a cosine, `k` for a sine.
            let slope: Double
            let axis: Int
        }
        let harmonics: [Int]
        /// Where each axis begins in the table: `cos θ, sin θ, cos 2θ, sin 2θ, …`.
        let offsets: [Int]
        let tableLength: Int
        let factors: [Factor]
        /// Where each monomial's factors begin; one more than there are monomials.
        let starts: [Int]

        init(_ basis: TrigonometricBasis) {
            harmonics = basis.harmonics
            var next = 0
            offsets = harmonics.map { count in
                defer { next += 2 * max(1, count) }
                return next
            }
            tableLength = max(1, next)
            var all: [Factor] = []
            var begins = [0]
            for monomial in basis.monomials {
                for factor in monomial.factors {
                    let cosine = offsets[factor.axis] + 2 * (factor.harmonic - 1)
                    let isCosine = factor.kind == .cosine
                    all.append(
                        Factor(
                            value: isCosine ? cosine : cosine + 1, partner: isCosine ? cosine + 1 : cosine,
                            slope: Double(isCosine ? -factor.harmonic : factor.harmonic), axis: factor.axis))
                }
                begins.append(all.count)
            }
            factors = all
            starts = begins
        }
    }

    /// Takes the points in: their sines and cosines are kept for the next calls.
    public func load(_ points: UnsafePointer<Double>) {
        let (points, circle) = (UncheckedPointer(UnsafeMutablePointer(mutating: points)), UncheckedPointer(circle))
        let (count, stride, dimension) = (count, stride, basis.dimension)
        parallelism.forEach(chunks) { chunk in
            let first = chunk &* Self.chunkLength
            let last = min(count, first &+ Self.chunkLength)
            for axis in 0..<dimension {
                let angles = points.base + axis &* count
                let cosines = circle.base + (2 &* axis) &* stride
                let sines = cosines + stride
                var i = first
                while i &+ 8 <= last {
                    let block = UnsafeRawPointer(angles + i).loadUnaligned(as: SIMD8<Double>.self)
                    let (sine, cosine) = sineCosine(block)
                    cosines[i >> 3] = cosine
                    sines[i >> 3] = sine
                    i = i &+ 8
                }
                if i < last {
                    var block = SIMD8<Double>()
                    for lane in 0..<(last &- i) { block[lane] = angles[i &+ lane] }
                    let (sine, cosine) = sineCosine(block)
                    cosines[i >> 3] = cosine
                    sines[i >> 3] = sine
                }
            }
        }
    }

    /// Writes the moments `(1/N) Σ_i Φ_m(θ_i)` of the points taken in last.
    public func moments(into result: UnsafeMutablePointer<Double>) {
        let monomials = basis.count
        let (plan, count, partialSums) = (plan, count, UncheckedPointer(partialSums))
        let blocks = Blocks(circle: UncheckedPointer(circle), stride: stride)
        parallelism.forEach(chunks) { chunk in
            let first = chunk &* Self.chunkLength
            let last = min(count, first &+ Self.chunkLength)
            withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: plan.tableLength &+ monomials) { scratch in
                guard let table = scratch.baseAddress else { return }
                let sums = table + plan.tableLength
                sums.initialize(repeating: SIMD8(), count: monomials)
                plan.factors.withUnsafeBufferPointer { factors in
                    plan.starts.withUnsafeBufferPointer { starts in
                        var i = first
                        while i < last {
                            blocks.fill(table, block: i >> 3, plan: plan)
                            // Lanes beyond the last point must not count.
                            let mask = Self.mask(lanes: last &- i)
                            for m in 0..<monomials {
                                var product = mask
                                for f in starts[m]..<starts[m &+ 1] { product = product * table[factors[f].value] }
                                sums[m] = sums[m] + product
                            }
                            i = i &+ 8
                        }
                    }
                }
                for m in 0..<monomials { partialSums.base[chunk &* monomials &+ m] = sums[m].sum() }
            }
        }
        for m in 0..<monomials {
            var sum = 0.0
            for chunk in 0..<chunks { sum += partialSums.base[chunk &* monomials &+ m] }
            result[m] = sum / Double(count)
        }
    }

    /// Writes `scale·∇ Σ_m w_m Φ_m` at the points taken in last, axis by axis as the points.
    public func gradient(
        weights: UnsafePointer<Double>, scale: Double, into result: UnsafeMutablePointer<Double>
    ) {
        let (plan, count, dimension, monomials) = (plan, count, basis.dimension, basis.count)
        let (weights, result) = (UncheckedPointer(UnsafeMutablePointer(mutating: weights)), UncheckedPointer(result))
        let blocks = Blocks(circle: UncheckedPointer(circle), stride: stride)
        parallelism.forEach(chunks) { chunk in
            let first = chunk &* Self.chunkLength
            let last = min(count, first &+ Self.chunkLength)
            withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: plan.tableLength &+ dimension) { scratch in
                guard let table = scratch.baseAddress else { return }
                let slopes = table + plan.tableLength
                plan.factors.withUnsafeBufferPointer { factors in
                    plan.starts.withUnsafeBufferPointer { starts in
                        var i = first
                        while i < last {
                            blocks.fill(table, block: i >> 3, plan: plan)
                            slopes.initialize(repeating: SIMD8(), count: dimension)
                            for m in 0..<monomials {
                                let weight = scale * weights.base[m]
                                for f in starts[m]..<starts[m &+ 1] {
                                    let factor = factors[f]
                                    var product = table[factor.partner] * (weight * factor.slope)
                                    for g in starts[m]..<starts[m &+ 1] where g != f {
                                        product = product * table[factors[g].value]
                                    }
                                    slopes[factor.axis] = slopes[factor.axis] + product
                                }
                            }
                            for axis in 0..<dimension {
                                let out = result.base + (axis &* count &+ i)
                                if i &+ 8 <= last {
                                    UnsafeMutableRawPointer(out).storeBytes(
                                        of: slopes[axis], as: SIMD8<Double>.self)
                                } else {
                                    for lane in 0..<(last &- i) { out[lane] = slopes[axis][lane] }
                                }
                            }
                            i = i &+ 8
                        }
                    }
                }
            }
        }
    }

    private static func mask(lanes: Int) -> SIMD8<Double> {
        var mask = SIMD8<Double>(repeating: 1)
        if lanes < 8 { for lane in lanes..<8 { mask[lane] = 0 } }
        return mask
    }

    /// The kept sines and cosines, read a block of eight points at a time.
    private struct Blocks: Sendable {
        let circle: UncheckedPointer<SIMD8<Double>>
        let stride: Int

        /// Writes the harmonics of a block by angle addition.
        @inline(__always)
        func fill(_ table: UnsafeMutablePointer<SIMD8<Double>>, block: Int, plan: Plan) {
            for axis in 0..<plan.harmonics.count {
                let cosine = circle.base[2 &* axis &* stride &+ block]
                let sine = circle.base[(2 &* axis &+ 1) &* stride &+ block]
                let row = table + plan.offsets[axis]
                row[0] = cosine
                row[1] = sine
                for harmonic in Swift.stride(from: 1, to: plan.harmonics[axis], by: 1) {
                    let (c, s) = (row[2 &* harmonic &- 2], row[2 &* harmonic &- 1])
                    row[2 &* harmonic] = c * cosine - s * sine
                    row[2 &* harmonic &+ 1] = s * cosine + c * sine
                }
            }
        }
    }
}
