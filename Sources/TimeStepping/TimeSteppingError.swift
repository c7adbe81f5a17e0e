/// Why an integration cannot go on.
public enum TimeSteppingError: Error, Equatable, CustomStringConvertible {
    /// The step that the tolerance asks for is below the resolution of the time.
    case stepTooSmall(time: Double)
    /// The rate is infinite or not a number, however small the step.
    case notFinite(time: Double)
    /// So many steps are left that nobody waits for them.
    case tooManySteps(time: Double, step: Double, end: Double)

    /// What was found, and what to do.
    public var description: String {
        switch self {
        case .stepTooSmall(let time):
            "the time step became too small at t = \(time): ask for a larger tolerance or an earlier end"
        case .notFinite(let time):
            "the state is no longer finite at t = \(time): check the problem's data, or end earlier"
        case .tooManySteps(let time, let step, let end):
            "at t = \(time) steps of \(step) are more than a million million steps from t = \(end): end earlier, give a "
                + "condition that stops before, or check the sizes of the problem's data"
        }
    }
}
