/// When an integration is given up because its end is out of reach.
///
/// Short steps may grow, and a condition may end the way before its end: so some thousands of steps are taken before the rest of the
/// way is looked at.
public enum StepCount {
    /// Steps that are taken whatever is left.
    static let patience = 10_000
    /// Steps that nobody waits for.
    static let hopeless = 1e12

    /// Whether so many steps are left that nobody waits for them.
    public static func isHopeless(taken: Int, step: Double, remaining: Double) -> Bool {
        taken >= patience && remaining > hopeless * step
    }
}
