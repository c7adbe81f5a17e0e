/// The experts of one ensemble at every output of a run.
public struct ExpertTrajectories: Sendable, Equatable {
    /// The angles `θ_i(t)` in radians, as `[axis][time][expert]`, stored as they are given: wrapped or not.
    public var positions: [[[Double]]]
    /// The weights of the experts, as `[time][expert]`.
    public var weights: [[Double]]
    /// The number of experts `N` that the ensemble was asked for, kept as the file's attribute `ensemble_count`.
    public var ensembleCount: Int

    /// Experts with positions `[axis][time][expert]` and weights `[time][expert]`.
    public init(positions: [[[Double]]], weights: [[Double]], ensembleCount: Int) {
        self.positions = positions
        self.weights = weights
        self.ensembleCount = ensembleCount
    }

    /// Experts of equal weight `1/N`, with positions `[axis][time][expert]`.
    public init(positions: [[[Double]]]) {
        let times = positions.first ?? []
        self.init(
            positions: positions,
            weights: times.map { Array(repeating: 1 / Double($0.count), count: $0.count) },
            ensembleCount: times.first?.count ?? 0)
    }
}
