public import TimeStepping
public import Torus

/// `N` points, of equal mass unless told otherwise, that move down the potential which they generate:
/// `dθ_i/dt = −∇V[μ^N](θ_i)`.
///
/// The points are the experts of a finite mixture, or the nodes of a solver of the limit. The state is axis by axis:
/// angle `p` of point `i` is at `p·N + i`. A right-hand side costs `O(N·nnz)`, whatever the number of data, and
/// allocates nothing.
public final class MeanFieldFlow: DynamicalSystem {
    /// The number of points `N`.
    public let count: Int
    private let problem: MeanFieldProblem
    private let sweep: PotentialSweep
    private let parallelism: Parallelism
    // The moments, then the weights.
    private let scratch: UnsafeMutablePointer<Double>
    private let residual: UnsafeMutablePointer<Double>
    private let masses: UnsafeMutablePointer<Double>?

    /// The flow of `count` points of a problem.
    ///
    /// - Parameter masses: the points' masses; `nil`: `1/N` each.
    public init(_ problem: MeanFieldProblem, count: Int, masses: [Double]? = nil, parallelism: Parallelism) {
        precondition(masses.map { $0.count == count } ?? true, "one mass a point")
        self.problem = problem
        self.masses = masses.map { values in
            let copy = UnsafeMutablePointer<Double>.allocate(capacity: max(1, values.count))
            for (i, value) in values.enumerated() { copy[i] = value }
            return copy
        }
        self.count = count
        self.parallelism = parallelism
        sweep = PotentialSweep(problem.basis, count: count, parallelism: parallelism)
        scratch = .allocate(capacity: 2 * max(1, problem.basis.count))
        residual = .allocate(capacity: problem.targets.count)
    }

    deinit {
        scratch.deallocate()
        residual.deallocate()
        masses?.deallocate()
    }

    /// The number of unknowns `N·d`.
    public var dimension: Int { count * problem.dimension }

    /// Writes the moments `M_m = Σ_i m_i Φ_m(θ_i)` of a state, `m_i` the masses.
    public func moments(state: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>) {
        sweep.moments(of: state, masses: masses.map { UnsafePointer($0) }, into: moments)
    }

    /// Writes the weights `w` of the potential that a state generates.
    public func weights(state: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>) {
        moments(state: state, into: scratch)
        problem.weights(moments: scratch, into: weights, residual: residual)
    }

    /// Calls `body` for each piece of a pass over the state, on the threads of the flow.
    public func forEachPiece(_ count: Int, _ body: @Sendable (Int) -> Void) { parallelism.forEach(count, body) }

    /// Writes the velocities `−∇V[μ^N](θ_i)`.
    public func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        let weights = scratch + problem.basis.count
        self.weights(state: state, into: weights)
        sweep.gradient(at: state, followsMoments: true, weights: weights, scale: -1, into: rate)
    }
}
