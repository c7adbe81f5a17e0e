import Foundation
import Synchronization
public import Torus

/// Sweeps over many points `θ_i` of the torus: the moments `M_a = (1/N) Σ_i f(θ_i, x_a)` of a quantum expert's functions on its
/// data, and the gradients `∇ Σ_a w_a f(θ_i, x_a)` at the points, by the state vector.
///
/// It takes the place of `TrigonometricSweep` where there is no expansion: points are given axis by axis, and what is said there of
/// chunks and threads holds here. A gradient is forward once and backward once a datum, whatever the number of angles; data
/// whose weight is 0 are left out. Nothing is allocated after the initialiser. One sweep must not be used from two threads at
/// once.
///
/// - Complexity: `N · n · 2^qubits` times the gates; for the Laplacian as many again as there are trained angles, twice their degrees.
///
/// ```swift
/// let sweep = StateVectorFunctionSweep(try StateVectorFunctions(expert, inputs: data), count: 1000, parallelism: .allCores)
/// sweep.moments(of: points, into: moments)    // the generated function at the data
/// sweep.gradient(at: points, weights: weights, scale: -1, into: velocities)
/// ```
public final class StateVectorFunctionSweep {
    private typealias Lanes = SIMD8<Double>
    private typealias Core = StateVectorSweep.Core
    /// Points in a piece of the parallel loop.
    static let chunkLength = 8 * StateVectorSweep.blockChunk

    /// The number of points `N`.
    public let count: Int
    /// The functions.
    public let functions: StateVectorFunctions

    private let parallelism: Parallelism
    private let core: Core
    private let scratch: UnsafeMutablePointer<Lanes>
    // One row of `n` sums a chunk.
    private let partialSums: UnsafeMutablePointer<Double>
    // The sum over data of a block's slopes, and the points of a chunk, one worker after the other.
    private let workers: UnsafeMutablePointer<Lanes>
    private let pieceCounter = PieceCounter()

    private final class PieceCounter: Sendable {
        let next = Atomic(0)
    }

    /// Sweeps over `count` points.
    public init(_ functions: StateVectorFunctions, count: Int, parallelism: Parallelism) {
        self.functions = functions
        self.count = count
        self.parallelism = parallelism
        core = functions.core
        let threads = parallelism.threads
        scratch = .allocateLines(capacity: threads * core.scratchLength)
        scratch.initialize(repeating: Lanes(), count: threads * core.scratchLength)
        let chunks = (count + Self.chunkLength - 1) / Self.chunkLength
        partialSums = .allocateLines(capacity: max(1, chunks * core.datumCount))
        workers = .allocateLines(capacity: threads * Self.workerLength(core))
        workers.initialize(repeating: Lanes(), count: threads * Self.workerLength(core))
    }

    deinit {
        scratch.deallocate()
        partialSums.deallocate()
        workers.deallocate()
    }

    /// The slopes of a chunk, its points, and a Laplacian a block.
    private static func workerLength(_ core: Core) -> Int {
        StateVectorSweep.blockChunk * (2 * core.parameterCount + 1)
    }

    private var chunks: Int { (count + Self.chunkLength - 1) / Self.chunkLength }

    /// Writes the moments `(1/N) Σ_i f(θ_i, x_a)` of points.
    ///
    /// - Parameter masses: what each point counts instead of `1/N`.
    public func moments(
        of points: UnsafePointer<Double>, masses: UnsafePointer<Double>? = nil,
        into result: UnsafeMutablePointer<Double>
    ) {
        let (core, count) = (core, count)
        nonisolated(unsafe) let (points, masses, partialSums) = (points, masses, partialSums)
        forEachChunk { chunk, scratch, _ in
            let blocks = Self.load(core, scratch, points: points, chunk: chunk, count: count)
            for datum in 0..<core.datumCount {
                var sum = Lanes()
                for block in blocks {
                    let scratch = scratch.block(block &- blocks.lowerBound, core)
                    core.value(scratch, datum: datum)
                    sum = sum + scratch.result[0] * Self.masses(masses, first: 8 &* block, count: count)
                }
                partialSums[chunk &* core.datumCount &+ datum] = sum.sum()
            }
        }
        for datum in 0..<core.datumCount {
            var sum = 0.0
            for chunk in 0..<chunks { sum += partialSums[chunk &* core.datumCount &+ datum] }
            result[datum] = masses == nil ? sum / Double(count) : sum
        }
    }

    /// Writes `scale·∇ Σ_a w_a f(·, x_a)` at points, axis by axis as the points.
    public func gradient(
        at points: UnsafePointer<Double>, weights: UnsafePointer<Double>, scale: Double,
        into result: UnsafeMutablePointer<Double>
    ) {
        let (core, count) = (core, count)
        nonisolated(unsafe) let (points, weights, result) = (points, weights, result)
        forEachChunk { chunk, scratch, slopes in
            let blocks = Self.load(core, scratch, points: points, chunk: chunk, count: count)
            Self.addSlopes(core, scratch, weights: weights, blocks: blocks, to: slopes)
            Self.store(core, slopes, blocks: blocks, count: count, scale: scale, to: result)
        }
    }

    /// Writes `scale·∇V` at points, `V = Σ_a w_a f(·, x_a)`, axis by axis as the points, and after its rows one more with `ΔV`.
    ///
    /// Along an angle of degree `D` the second derivative of a trigonometric polynomial is a sum over `2D` equal-spaced
    /// values: `f'' = −(2D² + 1)/6 · f(θ) + Σ_j (−1)^{j−1} f(θ + πj/D) / (2 sin²(πj/2D))`, `j = 1 … 2D − 1`.
    ///
    /// Source of the rule: Wierichs, Izaac, Wang, Lin, *General parameter-shift rules for quantum gradients*,
    /// arXiv:2107.12390.
    public func gradientAndLaplacian(
        at points: UnsafePointer<Double>, weights: UnsafePointer<Double>, scale: Double,
        into result: UnsafeMutablePointer<Double>
    ) {
        let (core, count, functions) = (core, count, functions)
        nonisolated(unsafe) let (points, weights, result) = (points, weights, result)
        functions.harmonics.withUnsafeBufferPointer { degrees in
            nonisolated(unsafe) let degrees = degrees
            forEachChunk { chunk, scratch, slopes in
                let blocks = Self.load(core, scratch, points: points, chunk: chunk, count: count)
                Self.addSlopes(core, scratch, weights: weights, blocks: blocks, to: slopes)
                Self.store(core, slopes, blocks: blocks, count: count, scale: scale, to: result)
                let shifted = slopes + StateVectorSweep.blockChunk &* core.parameterCount
                let laplacians = shifted + StateVectorSweep.blockChunk &* core.parameterCount
                for place in 0..<StateVectorSweep.blockChunk { laplacians[place] = Lanes() }
                var own = 0.0
                for degree in degrees { own -= Double(2 &* degree &* degree &+ (degree > 0 ? 1 : 0)) / 6 }
                Self.addValues(core, scratch, weights: weights, times: own, blocks: blocks, to: laplacians)
                // The chunk's points with one angle shifted, axis by axis.
                let local = UnsafeMutableRawPointer(shifted).assumingMemoryBound(to: Double.self)
                let (first, length) = (
                    chunk &* Self.chunkLength, min(Self.chunkLength, count &- chunk &* Self.chunkLength)
                )
                for axis in 0..<core.parameterCount {
                    for i in 0..<length { local[axis &* Self.chunkLength &+ i] = points[axis &* count &+ first &+ i] }
                }
                for axis in 0..<core.parameterCount {
                    let (row, source) = (local + axis &* Self.chunkLength, points + (axis &* count &+ first))
                    for j in 1..<max(1, 2 &* degrees[axis]) {
                        let shift = Double.pi * Double(j) / Double(degrees[axis])
                        for i in 0..<length { row[i] = source[i] + shift }
                        let sine = sin(0.5 * shift)
                        for place in 0..<blocks.count {
                            core.load(
                                scratch.block(place, core), points: local, stride: Self.chunkLength, count: length,
                                first: 8 &* place)
                        }
                        Self.addValues(
                            core, scratch, weights: weights, times: (j & 1 == 1 ? 0.5 : -0.5) / (sine * sine),
                            blocks: blocks, to: laplacians)
                    }
                    for i in 0..<length { row[i] = source[i] }
                }
                for block in blocks {
                    let lanes = laplacians[block &- blocks.lowerBound]
                    let out = result + (core.parameterCount &* count &+ 8 &* block)
                    for lane in 0..<min(8, count &- 8 &* block) { out[lane] = lanes[lane] }
                }
            }
        }
    }

    /// Takes in the points of a chunk; returns its blocks.
    private static func load(
        _ core: Core, _ scratch: Core.Scratch, points: UnsafePointer<Double>, chunk: Int, count: Int
    ) -> Range<Int> {
        let blocks =
            chunk &* StateVectorSweep.blockChunk..<min((count &+ 7) / 8, (chunk &+ 1) &* StateVectorSweep.blockChunk)
        for block in blocks {
            core.load(
                scratch.block(block &- blocks.lowerBound, core), points: points, stride: count, count: count,
                first: 8 &* block)
        }
        return blocks
    }

    /// Adds `factor · Σ_a w_a f(·, x_a)` at the points taken in last to a block's lanes.
    private static func addValues(
        _ core: Core, _ scratch: Core.Scratch, weights: UnsafePointer<Double>, times factor: Double,
        blocks: Range<Int>, to sums: UnsafeMutablePointer<Lanes>
    ) {
        for datum in 0..<core.datumCount where weights[datum] != 0 {
            for place in 0..<blocks.count {
                let scratch = scratch.block(place, core)
                core.value(scratch, datum: datum)
                sums[place] = sums[place] + (factor * weights[datum]) * scratch.result[0]
            }
        }
    }

    /// Writes `∇ Σ_a w_a f(·, x_a)` at the points taken in last, block by block and in a block axis by axis.
    private static func addSlopes(
        _ core: Core, _ scratch: Core.Scratch, weights: UnsafePointer<Double>, blocks: Range<Int>,
        to slopes: UnsafeMutablePointer<Lanes>
    ) {
        let d = core.parameterCount
        for place in 0..<blocks.count &* d { slopes[place] = Lanes() }
        for datum in 0..<core.datumCount where weights[datum] != 0 {
            for place in 0..<blocks.count {
                let scratch = scratch.block(place, core)
                core.differentiate(scratch, datum: datum)
                for axis in 0..<d {
                    slopes[place &* d &+ axis] =
                        slopes[place &* d &+ axis] + weights[datum] * core.derivative(axis, scratch)
                }
            }
        }
    }

    private static func store(
        _ core: Core, _ slopes: UnsafeMutablePointer<Lanes>, blocks: Range<Int>, count: Int, scale: Double,
        to result: UnsafeMutablePointer<Double>
    ) {
        let d = core.parameterCount
        for block in blocks {
            for axis in 0..<d {
                let lanes = scale * slopes[(block &- blocks.lowerBound) &* d &+ axis]
                let out = result + (axis &* count &+ 8 &* block)
                for lane in 0..<min(8, count &- 8 &* block) { out[lane] = lanes[lane] }
            }
        }
    }

    /// What the points of a block count: their masses, or 1; 0 beyond the last one.
    @inline(__always)
    private static func masses(_ masses: UnsafePointer<Double>?, first: Int, count: Int) -> Lanes {
        var lanes = Lanes()
        for lane in 0..<min(8, count &- first) { lanes[lane] = masses.map { $0[first &+ lane] } ?? 1 }
        return lanes
    }

    /// Calls `body` with every chunk and its worker's memory.
    private func forEachChunk(
        _ body: @Sendable (Int, Core.Scratch, UnsafeMutablePointer<SIMD8<Double>>) -> Void
    ) {
        let (core, chunks) = (core, chunks)
        pieceCounter.next.store(0, ordering: .relaxed)
        nonisolated(unsafe) let (rows, memory) = (scratch, workers)
        parallelism.forEach(min(parallelism.threads, chunks)) { [pieceCounter] worker in
            let scratch = Core.Scratch(rows + worker &* core.scratchLength, core)
            while true {
                let chunk = pieceCounter.next.wrappingAdd(1, ordering: .relaxed).oldValue
                if chunk >= chunks { return }
                body(chunk, scratch, memory + worker &* Self.workerLength(core))
            }
        }
    }
}
