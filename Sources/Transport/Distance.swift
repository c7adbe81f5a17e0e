/// A Wasserstein distance enclosed between two bounds.
///
/// Both bounds are of `W_p` in radians, not of its power `W_p^p`.
public struct Distance: Sendable, Equatable {
    /// The distance is at least this many radians.
    public let lower: Double
    /// The distance is at most this many radians.
    public let upper: Double
    /// How it was found, such as `circle W2: quantile shift`.
    public let method: String
    /// Sweeps over the data that the search took; on the torus, diagrams of all atoms, without those of coarser starts.
    public let iterations: Int

    /// The distance between the given bounds.
    ///
    /// - Precondition: `0 ≤ lower ≤ upper`.
    public init(lower: Double, upper: Double, method: String, iterations: Int) {
        precondition(0 <= lower && lower <= upper, "bounds out of order: \(lower) and \(upper)")
        self.lower = lower
        self.upper = upper
        self.method = method
        self.iterations = iterations
    }

    /// Whether the solver gave up before the bracket was as narrow as the method makes it.
    public var isEarly: Bool { method.contains(TorusTransport.earlyEnd) }

    /// The width `upper − lower` of the bracket, in radians.
    public var gap: Double { upper - lower }

    /// The middle of the bracket, in radians.
    public var midpoint: Double { lower + 0.5 * (upper - lower) }
}
