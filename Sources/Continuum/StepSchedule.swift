import TimeStepping

/// The steps that an integration took, each in equal parts, for another one to follow without error control.
struct StepSchedule: Sendable {
    /// The ends of the parts.
    private let ends: [Double]

    init(_ history: PiecewisePolynomial, parts: Int) {
        ends = zip(history.breakpoints, history.breakpoints.dropFirst()).flatMap { start, end in
            (1...parts).map { $0 == parts ? end : start + (end - start) * Double($0) / Double(parts) }
        }
    }

    /// The end of the part that follows a time; the target beyond the last one.
    func end(after time: Double, target: Double) -> Double {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > time { high = middle } else { low = middle + 1 }
        }
        return low < ends.count ? min(ends[low], target) : target
    }
}

extension AdaptiveRungeKutta {
    /// Takes the step that a schedule tells, or, without one, a step that the error control does.
    ///
    /// - Throws: `TimeSteppingError`.
    func step(limit: Double, _ schedule: StepSchedule?) throws {
        guard let schedule else { return try step(limit: limit) }
        // Without a tolerance there is no control, and the step is the whole way.
        proposeStep(.infinity)
        try step(limit: schedule.end(after: time, target: limit))
    }
}
