public import TimeStepping
public import Torus

/// Points that move in a potential `V_t = Σ_m w_m(t) Φ_m` given for all times, and do not act on it.
///
/// Forward, `dθ/dt = −∇V_t(θ)`; backward from a time `T`, with `s = T − t` as the time, `dθ/ds = ∇V_{T−s}(θ)`. The state is
/// axis by axis, as in `MeanFieldFlow`. A right-hand side costs `O(N·nnz)` and allocates nothing.
public final class DrivenFlow: DynamicalSystem {
    /// The number of points.
    public let count: Int
    private let history: PiecewisePolynomial
    private let turningTime: Double?
    private let sweep: TrigonometricSweep
    private let weights: UnsafeMutablePointer<Double>

    /// A flow in the potential of the weights `w(t)`.
    ///
    /// - Parameter backwardFrom: the time `T` from which the flow runs backward; `nil` runs forward.
    public init(
        basis: TrigonometricBasis, history: PiecewisePolynomial, backwardFrom: Double? = nil, count: Int,
        parallelism: Parallelism = .serial
    ) {
        precondition(history.dimension == basis.count, "one weight a monomial")
        self.history = history
        self.count = count
        turningTime = backwardFrom
        sweep = TrigonometricSweep(basis: basis, count: count, parallelism: parallelism)
        weights = .allocate(capacity: max(1, basis.count))
    }

    deinit { weights.deallocate() }

    /// The number of unknowns.
    public var dimension: Int { count * sweep.basis.dimension }

    /// Writes the velocities.
    public func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        // The last stage of a step can lie a rounding beyond the history's end.
        let instant = min(history.end, max(history.start, turningTime.map { $0 - time } ?? time))
        history.evaluate(at: instant, into: weights)
        sweep.gradient(at: state, weights: weights, scale: turningTime == nil ? -1 : 1, into: rate)
    }
}
