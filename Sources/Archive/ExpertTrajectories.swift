/// The experts of one ensemble at every output of a run.
public struct ExpertTrajectories: Sendable, Equatable {
    /// The angles `θ_i(t)` in radians, as `[axis][time][expert]`, stored as they are given: wrapped or not.
    public var positions: [[[Double]]]
    /// The weights of the experts, as `[time][expert]`.
    public var weights: [[Double]]
    /// The number of experts `N` that the ensemble was asked for, kept as the file's attribute `ensemble_count`.
    public var ensembleCount: Int
    /// Which of the ensembles of this size it is, from 0 on.
    public var replicate = 0

    /// Experts with positions `[axis][time][expert]` and weights `[time][expert]`.
    public init(positions: [[[Double]]], weights: [[Double]], ensembleCount: Int) {
        self.positions = positions
        self.weights = weights
        self.ensembleCount = ensembleCount
    }

    /// Experts of equal weight `1/N`, with positions `[axis][time][expert]`.
    public init(positions: [[[Double]]], replicate: Int = 0) {
        let times = positions.first ?? []
        self.init(
            positions: positions,
            weights: times.map { Array(repeating: 1 / Double($0.count), count: $0.count) },
            ensembleCount: times.first?.count ?? 0)
        self.replicate = replicate
    }

    /// Some of the outputs.
    func selecting(outputs: [Int]) -> ExpertTrajectories {
        var part = self
        part.positions = positions.map { rows in outputs.map { rows[$0] } }
        part.weights = outputs.map { weights[$0] }
        return part
    }
}
