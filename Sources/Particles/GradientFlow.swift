public import TimeStepping
public import Torus
public import Training

/// The training of a finite mixture by gradient flow, `dθ_i/dt = −N ∂L/∂θ_i`, by Dormand and Prince's 5(4) with step control.
public struct GradientFlow: Sendable {
    /// The expert, its data and the initial law.
    public let problem: MeanFieldProblem
    /// The tolerance of a time step.
    public let tolerance: Double
    /// The threads of one ensemble's sweeps; the numbers do not depend on it.
    public let parallelism: Parallelism

    /// The flow of a problem.
    public init(_ problem: MeanFieldProblem, tolerance: Double = 1e-8, parallelism: Parallelism = .serial) {
        self.problem = problem
        self.tolerance = tolerance
        self.parallelism = parallelism
    }

    /// Trains an ensemble and visits it at given times.
    ///
    /// - Parameters:
    ///   - ensemble: the experts at time 0.
    ///   - times: increasing, from 0 on.
    ///   - resumed: the snapshot to go on from; the visits before it are not made again.
    ///   - afterStep: called after each step, and before each visit, with the time that it covered and a snapshot for who wants it.
    ///   - visit: called at each time, exactly on it, with the time's index, the experts and their moments `M_m`.
    /// - Throws: `TimeSteppingError`, and what `visit` throws; `SnapshotError` for a snapshot of something else.
    public func train(
        _ ensemble: Ensemble, times: [Double], resuming resumed: Snapshot? = nil,
        afterStep: (Double, () -> Snapshot) -> Void = { _, _ in }, visit: (Int, Ensemble, [Double]) throws -> Void
    ) throws {
        let flow = MeanFieldFlow(problem, count: ensemble.count, parallelism: parallelism)
        var moments = Array(repeating: 0.0, count: problem.basis.count)
        try run(flow, from: ensemble, times: times, resumed, afterStep) { index, state in
            if let base = state.baseAddress { flow.moments(state: base, into: &moments) }
            try visit(index, ensemble.moved(to: state), moments)
        }
    }

    /// Moves independent copies `θ̄_i` of an ensemble in the potential of the limit, and visits them at given times.
    ///
    /// - Parameters:
    ///   - ensemble: the copies at time 0.
    ///   - history: the limit's weights `w(t)`.
    ///   - times: increasing, from 0 on, within the history.
    ///   - resumed: the snapshot to go on from; the visits before it are not made again.
    ///   - afterStep: called after each step, and before each visit, with the time that it covered and a snapshot for who wants it.
    ///   - visit: called at each time with its index and the copies.
    /// - Throws: `TimeSteppingError`, and what `visit` throws; `SnapshotError` for a snapshot of something else.
    public func carryCopies(
        of ensemble: Ensemble, along history: PiecewisePolynomial, times: [Double], resuming resumed: Snapshot? = nil,
        afterStep: (Double, () -> Snapshot) -> Void = { _, _ in }, visit: (Int, Ensemble) throws -> Void
    ) throws {
        precondition(history.end >= (times.last ?? 0), "the history ends at \(history.end)")
        let flow = DrivenFlow(
            basis: problem.basis, history: history, count: ensemble.count, parallelism: parallelism)
        try run(flow, from: ensemble, times: times, resumed, afterStep) { try visit($0, ensemble.moved(to: $1)) }
    }

    private func run<System: DynamicalSystem>(
        _ system: System, from ensemble: Ensemble, times: [Double], _ resumed: Snapshot?,
        _ afterStep: (Double, () -> Snapshot) -> Void, visit: (Int, UnsafeBufferPointer<Double>) throws -> Void
    ) throws {
        let solver = AdaptiveRungeKutta(system, state: ensemble.angles, pair: .dormandPrince54, tolerance: tolerance)
        var first = 0
        if let resumed {
            first = try resumed.integer("visits", atLeast: 0)
            try solver.restore(resumed.part("integration"))
        }
        for (index, time) in times.enumerated().dropFirst(first) {
            func snapshot() -> Snapshot {
                var snapshot = Snapshot()
                snapshot.store(index, as: "visits")
                snapshot.parts["integration"] = solver.snapshot
                return snapshot
            }
            try solver.advance(to: time) { afterStep(solver.time - solver.previousTime, snapshot) }
            // What a visit does may take long.
            afterStep(0, snapshot)
            try visit(index, solver.state)
        }
    }
}

extension Ensemble {
    fileprivate func moved(to state: UnsafeBufferPointer<Double>) -> Ensemble {
        Ensemble(count: count, dimension: dimension, angles: Array(state))
    }
}
