public import TimeStepping
public import Torus

/// Points that move in a potential `V_t = Σ_m w_m(t) Φ_m` given for all times, and do not act on it.
///
/// Forward, `dθ/dt = −∇V_t(θ)`; backward from a time `T`, with `s = T − t` as the time, `dθ/ds = ∇V_{T−s}(θ)`. The state is
/// axis by axis, as in `MeanFieldFlow`. Where the flow carries the growth of the density along, one more row holds
/// `∫ ΔV ds` over the path of each point, by which `log ρ` grows. A right-hand side costs `O(N·nnz)` and allocates nothing.
public final class DrivenFlow: DynamicalSystem {
    /// The number of points.
    public let count: Int
    private let history: PiecewisePolynomial
    private let turningTime: Double?
    private let carriesGrowth: Bool
    private let sweep: PotentialSweep
    private let parallelism: Parallelism
    private let weights: UnsafeMutablePointer<Double>

    /// A flow in the potential of the weights `w(t)`.
    ///
    /// - Parameters:
    ///   - basis: the functions that the potential is made of.
    ///   - backwardFrom: the time `T` from which the flow runs backward; `nil` runs forward.
    ///   - carryingGrowth: whether `∫ ΔV ds` is carried along, from 0.
    public init(
        basis: PotentialBasis, history: PiecewisePolynomial, backwardFrom: Double? = nil, count: Int,
        carryingGrowth: Bool = false, parallelism: Parallelism = .serial
    ) {
        precondition(history.dimension == basis.count, "one weight a function")
        self.history = history
        self.count = count
        self.parallelism = parallelism
        turningTime = backwardFrom
        carriesGrowth = carryingGrowth
        sweep = PotentialSweep(basis, count: count, parallelism: parallelism)
        weights = .allocate(capacity: max(1, basis.count))
    }

    deinit { weights.deallocate() }

    /// The number of unknowns.
    public var dimension: Int { count * (sweep.basis.dimension + (carriesGrowth ? 1 : 0)) }

    /// Calls `body` for each piece of a pass over the state, on the threads of the flow.
    public func forEachPiece(_ count: Int, _ body: @Sendable (Int) -> Void) { parallelism.forEach(count, body) }

    /// Writes the velocities, and the growth rates `ΔV`.
    public func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        // The last stage of a step can lie a rounding beyond the history's end.
        let instant = min(history.end, max(history.start, turningTime.map { $0 - time } ?? time))
        history.evaluate(at: instant, into: weights)
        let scale: Double = turningTime == nil ? -1 : 1
        if carriesGrowth {
            sweep.gradientAndLaplacian(at: state, weights: weights, scale: scale, into: rate)
        } else {
            sweep.gradient(at: state, weights: weights, scale: scale, into: rate)
        }
    }
}
