/// What ends the limit before its last output, as a value.
public enum StopCondition: Sendable, Hashable {
    /// The root mean square `(∫ |∇V|² dμ)^½` of the velocity falls below a bound: the law is steady.
    case gradient(below: Double)
    /// The loss falls below a bound.
    case loss(below: Double)
    /// The time on the clock is used up; where a run ends then depends on the machine.
    case wallTime(seconds: Double)

    /// What happened, for messages.
    public var description: String {
        switch self {
        case .gradient(let bound): "the gradient norm is below \(bound)"
        case .loss(let bound): "the loss is below \(bound)"
        case .wallTime(let seconds): "\(seconds) seconds have passed"
        }
    }
}

/// What is done where a law concentrates beyond what the method resolves.
public enum ResolutionPolicy: String, Sendable, CaseIterable {
    /// The method takes more unknowns where it can, and fails at its limit; finite volumes go on and say from when on they are
    /// under-resolved.
    case refine
    /// The characteristics take over, from the start: they resolve any peak.
    case `switch`
    /// The limit ends with the last output that is resolved.
    case stop
}
