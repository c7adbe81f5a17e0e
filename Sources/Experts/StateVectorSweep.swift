import Synchronization
public import Torus

/// Values `f(θ_i, x_a)` and gradients `∇_θ f(θ_i, x_a)` of a quantum expert for many parameter vectors and many data, by
/// the state vector.
///
/// ```swift
/// let sweep = try StateVectorSweep(expert, inputs: data, parallelism: .allCores)
/// let (values, gradients) = sweep.valuesAndGradients(parameters: points, count: 1000)
/// values[a * 1000 + i]                        // f(θ_i, x_a)
/// gradients[(a * d + p) * 1000 + i]           // ∂f/∂θ_p at (θ_i, x_a)
/// ```
///
/// Points are given axis by axis, as for `TrigonometricSweep`: parameter `p` of point `i` is at `p·N + i`. Eight points are
/// worked on at once, a point a lane. What no point sees differently is done once: entangling gates before the first trained
/// one and the angles of data in the initialiser, sines and cosines of trained angles once for a block of points and sixteen
/// data, and fixed gates at the end are moved onto the observable where that saves work. Rotations of one qubit one after
/// the other are multiplied out first, and two qubits are turned in one pass through the state.
///
/// The gradient is that of `AdjointDifferentiation`: forward to `|ψ⟩`, then backward with `O|ψ⟩`; the derivatives of all
/// rotations between two entangling gates come from the numbers `Im ⟨λ|σ|ψ⟩` after them. States at which derivatives are
/// taken are kept on the way forward when they fit into the cache, and otherwise found again on the way back.
///
/// Eight blocks of points and sixteen data are a piece of the parallel loop; every number is computed on its own, so the results
/// are the same to the bit for any number of threads. Nothing is allocated after the initialiser, but by the conveniences
/// with arrays. One sweep must not be used from two threads at once.
///
/// - Complexity: `N · n · 2^qubits` times the gates. Memory: `256 · 2^qubits` bytes a thread, or up to
///   `tapeLimit` bytes more; `16 · 2^qubits` bytes a datum up to `prefixLimit` bytes; 8 bytes
///   for every datum's amplitudes; `8 · 2^qubits` bytes for
///   every set of qubits that a string of the observable flips.
///
/// Source of the method: Jones, Gacon, *Efficient calculation of gradients in classical simulations of variational quantum
/// algorithms*, arXiv:2009.02823.
public final class StateVectorSweep {
    /// The most bytes of states that are kept for the way back: they have to stay in a core's cache.
    public static let tapeLimit = 1 << 19
    /// The most bytes of states before the first trained gate that are kept, for all data.
    public static let prefixLimit = 1 << 27

    /// The number of data `n`.
    public let datumCount: Int
    /// The number of parameters `d`.
    public let parameterCount: Int

    private typealias Lanes = SIMD8<Double>
    private typealias Rows = UnsafeMutablePointer<Lanes>
    /// Data in a piece of the parallel loop.
    private static let dataChunk = 16
    /// Blocks of eight points in a piece: enough that results are written in lines that follow one another.
    static let blockChunk = 8

    private final class PieceCounter: Sendable {
        let next = Atomic(0)
    }

    private let parallelism: Parallelism
    // Owns what the core points to.
    private let functions: StateVectorFunctions
    private let core: Core
    private let scratch: Rows
    private let pieceCounter = PieceCounter()

    /// Sweeps over the given data, one row of input values a datum.
    ///
    /// - Throws: `ExpansionError` when there is no datum, or a row is not one that the expert can take.
    public convenience init(_ expert: QuantumExpert, inputs: [[Double]], parallelism: Parallelism = .serial) throws {
        self.init(try StateVectorFunctions(expert, inputs: inputs), parallelism: parallelism)
    }

    /// Sweeps over the data of given functions.
    public init(_ functions: StateVectorFunctions, parallelism: Parallelism = .serial) {
        datumCount = functions.count
        parameterCount = functions.dimension
        self.parallelism = parallelism
        self.functions = functions
        core = functions.core
        scratch = .allocateLines(capacity: parallelism.threads * core.scratchLength)
        scratch.initialize(repeating: Lanes(), count: parallelism.threads * core.scratchLength)
    }

    deinit {
        scratch.deallocate()
    }

    /// Writes all values and, unless `gradients` is nil, all gradients at `count` points.
    ///
    /// - Parameters:
    ///   - parameters: parameter `p` of point `i` at `p·N + i`.
    ///   - count: the number of points `N`.
    ///   - values: `f(θ_i, x_a)` at `a·N + i`, `n·N` numbers.
    ///   - gradients: `∂f/∂θ_p` at `(a·d + p)·N + i`, `n·d·N` numbers.
    public func evaluate(
        parameters: UnsafePointer<Double>, count: Int, values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let blocks = (count + 7) / 8
        let chunks = (blocks + Self.blockChunk - 1) / Self.blockChunk
        let pieces = chunks * ((datumCount + Self.dataChunk - 1) / Self.dataChunk)
        let workers = min(parallelism.threads, pieces)
        pieceCounter.next.store(0, ordering: .relaxed)
        let core = core
        // Workers have scratch rows of their own, and pieces results of their own.
        nonisolated(unsafe) let (points, values, gradients, rows) = (parameters, values, gradients, scratch)
        parallelism.forEach(workers) { [pieceCounter] worker in
            let scratch = Core.Scratch(rows + worker &* core.scratchLength, core)
            while true {
                let piece = pieceCounter.next.wrappingAdd(1, ordering: .relaxed).oldValue
                if piece >= pieces { return }
                let firstBlock = piece % chunks &* Self.blockChunk
                let lastBlock = min(blocks, firstBlock &+ Self.blockChunk)
                for block in firstBlock..<lastBlock {
                    core.load(
                        scratch.block(block &- firstBlock, core), points: points, stride: count, count: count,
                        first: 8 &* block)
                }
                let firstDatum = piece / chunks &* Self.dataChunk
                for datum in firstDatum..<min(core.datumCount, firstDatum &+ Self.dataChunk) {
                    for block in firstBlock..<lastBlock {
                        core.evaluate(
                            scratch.block(block &- firstBlock, core), datum: datum, count: count, first: 8 &* block,
                            values: values, gradients: gradients)
                    }
                }
            }
        }
    }

    /// The values at `count` points, `f(θ_i, x_a)` at `a·N + i`.
    ///
    /// - Precondition: there are `d·count` parameters, parameter `p` of point `i` at `p·N + i`.
    public func values(parameters: [Double], count: Int) -> [Double] {
        precondition(count >= 0 && parameters.count == parameterCount * count, "one number a parameter and point")
        return [Double](unsafeUninitializedCapacity: datumCount * count) { values, filled in
            filled = datumCount * count
            guard let values = values.baseAddress, count > 0 else { return }
            parameters.withUnsafeBufferPointer {
                let parameters = $0.baseAddress ?? UnsafePointer(values)
                evaluate(parameters: parameters, count: count, values: values, gradients: nil)
            }
        }
    }

    /// The values and gradients at `count` points: `f(θ_i, x_a)` at `a·N + i` and `∂f/∂θ_p` at `(a·d + p)·N + i`.
    ///
    /// - Precondition: there are `d·count` parameters, parameter `p` of point `i` at `p·N + i`.
    public func valuesAndGradients(parameters: [Double], count: Int) -> (values: [Double], gradients: [Double]) {
        precondition(count >= 0 && parameters.count == parameterCount * count, "one number a parameter and point")
        var gradients = Array(repeating: 0.0, count: datumCount * parameterCount * count)
        var values = Array(repeating: 0.0, count: datumCount * count)
        gradients.withUnsafeMutableBufferPointer { gradients in
            values.withUnsafeMutableBufferPointer { values in
                parameters.withUnsafeBufferPointer { parameters in
                    guard let values = values.baseAddress, count > 0 else { return }
                    evaluate(
                        parameters: parameters.baseAddress ?? UnsafePointer(values), count: count, values: values,
                        gradients: gradients.baseAddress)
                }
            }
        }
        return (values, gradients)
    }
}
