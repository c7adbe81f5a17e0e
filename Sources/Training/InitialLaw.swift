/// The law of the parameters at time 0.
public enum InitialLaw: Sendable, Hashable {
    /// Independent angles, each uniform on the circle.
    case uniform
}
