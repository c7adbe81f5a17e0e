import Synchronization

/// Sweeps over many points `θ_i` of the torus: the moments `M_m = (1/N) Σ_i Φ_m(θ_i)` of a basis, and the gradients
/// `∇ Σ_m w_m Φ_m(θ_i)` at the points.
///
/// ```swift
/// let sweep = TrigonometricSweep(basis: basis, count: 1000, parallelism: .allCores)
/// sweep.moments(of: points, into: moments)
/// sweep.gradient(at: points, weights: weights, scale: -1, into: velocities)
/// ```
///
/// Points are given axis by axis: angle `p` of point `i` is at `p·N + i`. Four blocks of eight points are worked on at once; chunks
/// of `chunkLength` points are the pieces of the parallel loop, and their sums are added in the order of the chunks: the results do not depend on the number of threads. On one thread nothing is allocated after the initialiser. One
/// sweep must not be used from two threads at once.
///
/// - Complexity: `N` times a sine and cosine an angle and a few multiplications a monomial and a shared product (`SharedProducts`),
///   for all derivatives together.
public final class TrigonometricSweep {
    /// Points in a piece of the parallel loop.
    public static let chunkLength = 4096
    /// The most bytes of sines and cosines that are kept from the moments for the gradient: what does not stay in the cache is
    /// computed as fast as it is read.
    public static let circleLimit = 1 << 19

    /// The number of points `N`.
    public let count: Int
    /// The basis `Φ_m`.
    public let basis: TrigonometricBasis

    private typealias Lanes = SIMD8<Double>

    private final class PieceCounter: Sendable {
        let next = Atomic(0)
    }

    private let parallelism: Parallelism
    private let core: Core
    private let chunks: Int
    private let partialSums: UnsafeMutablePointer<Double>
    private let scratch: UnsafeMutablePointer<FourBlocks>
    private let pieceCounter = PieceCounter()

    /// Sweeps over `count` points.
    public convenience init(basis: TrigonometricBasis, count: Int, parallelism: Parallelism) {
        self.init(SharedProducts(basis), count: count, parallelism: parallelism)
    }

    /// Sweeps over `count` points of a basis whose products are known.
    public init(_ products: SharedProducts, count: Int, parallelism: Parallelism) {
        basis = products.basis
        self.count = count
        self.parallelism = parallelism
        core = Core(products, count: count)
        chunks = (count + Self.chunkLength - 1) / Self.chunkLength
        partialSums = .allocateLines(capacity: max(1, chunks * basis.count))
        scratch = .allocateLines(capacity: max(1, parallelism.threads * core.scratchLength))
        scratch.initialize(repeating: FourBlocks(repeating: 0), count: parallelism.threads * core.scratchLength)
    }

    deinit {
        core.deallocate()
        partialSums.deallocate()
        scratch.deallocate()
    }

    /// Writes the moments `(1/N) Σ_i Φ_m(θ_i)` of points.
    ///
    /// - Parameter masses: what each point counts instead of `1/N`.
    public func moments(
        of points: UnsafePointer<Double>, masses: UnsafePointer<Double>? = nil,
        into result: UnsafeMutablePointer<Double>
    ) {
        nonisolated(unsafe) let masses = masses
        let monomials = basis.count
        let (core, partialSums) = (core, UncheckedPointer(partialSums))
        let points = UncheckedPointer(UnsafeMutablePointer(mutating: points))
        forEachChunk { chunk, scratch in
            let sums = core.momentSums(scratch.base)
            for m in 0..<monomials { sums[m] = Lanes() }
            let first = chunk &* Self.chunkLength
            let last = min(core.count, first &+ Self.chunkLength)
            var i = first
            while i < last {
                if !core.keepsCircle { core.prefetch(points.base, at: i &+ Core.width) }
                core.fill(scratch.base, points.base, at: i, source: core.keepsCircle ? .pointsToKeep : .points)
                core.addMonomials(scratch.base, lanes: last &- i, masses: masses.map { $0 + i })
                i = i &+ Core.width
            }
            for m in 0..<monomials { partialSums.base[chunk &* monomials &+ m] = sums[m].sum() }
        }
        for m in 0..<monomials {
            var sum = 0.0
            for chunk in 0..<chunks { sum += partialSums.base[chunk &* monomials &+ m] }
            result[m] = masses == nil ? sum / Double(count) : sum
        }
    }

    /// Writes `scale·∇ Σ_m w_m Φ_m` at points, axis by axis as the points.
    ///
    /// - Parameter followsMoments: whether the points are those of the last call of `moments(of:into:)`, whose sines and cosines
    ///   then need not be computed again. The result is the same to the bit.
    public func gradient(
        at points: UnsafePointer<Double>, followsMoments: Bool = false, weights: UnsafePointer<Double>, scale: Double,
        into result: UnsafeMutablePointer<Double>
    ) {
        core.load(weights: weights, scale: scale)
        let (core, result) = (core, UncheckedPointer(result))
        let points = UncheckedPointer(UnsafeMutablePointer(mutating: points))
        let source: Core.Source = followsMoments && core.keepsCircle ? .kept : .points
        forEachChunk { chunk, scratch in
            let first = chunk &* Self.chunkLength
            let last = min(core.count, first &+ Self.chunkLength)
            var i = first
            while i < last {
                if !core.keepsCircle {
                    core.prefetch(points.base, at: i &+ Core.width)
                    core.prefetch(result.base, at: i)
                }
                core.fill(scratch.base, points.base, at: i, source: source)
                core.differentiate(scratch.base)
                core.storeSlopes(scratch.base, to: result.base, at: i, lanes: last &- i)
                i = i &+ Core.width
            }
        }
    }

    /// Writes `scale·∇V` at points, `V = Σ_m w_m Φ_m`, axis by axis as the points, and after its rows one more with `ΔV`.
    ///
    /// The Laplacian of a monomial is `−|k|²` times the monomial, so it comes with the gradient at little more.
    public func gradientAndLaplacian(
        at points: UnsafePointer<Double>, weights: UnsafePointer<Double>, scale: Double,
        into result: UnsafeMutablePointer<Double>
    ) {
        core.load(weights: weights, scale: scale)
        core.loadLaplacian(weights: weights)
        let (core, result) = (core, UncheckedPointer(result))
        let points = UncheckedPointer(UnsafeMutablePointer(mutating: points))
        forEachChunk { chunk, scratch in
            let first = chunk &* Self.chunkLength
            let last = min(core.count, first &+ Self.chunkLength)
            var i = first
            while i < last {
                core.fill(scratch.base, points.base, at: i, source: .points)
                core.differentiate(scratch.base)
                core.storeSlopes(scratch.base, to: result.base, at: i, lanes: last &- i)
                core.storeLaplacian(scratch.base, to: result.base, at: i, lanes: last &- i)
                i = i &+ Core.width
            }
        }
    }

    /// Calls `body` with every chunk and its worker's memory.
    private func forEachChunk(_ body: @Sendable (Int, UncheckedPointer<FourBlocks>) -> Void) {
        pieceCounter.next.store(0, ordering: .relaxed)
        let (chunks, length, scratch) = (chunks, core.scratchLength, UncheckedPointer(scratch))
        parallelism.forEach(min(parallelism.threads, chunks)) { [pieceCounter] worker in
            let memory = UncheckedPointer(scratch.base + worker &* length)
            while true {
                let chunk = pieceCounter.next.wrappingAdd(1, ordering: .relaxed).oldValue
                if chunk >= chunks { return }
                body(chunk, memory)
            }
        }
    }
}
