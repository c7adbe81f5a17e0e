/// An autonomous or driven system of ordinary differential equations `dy/dt = g(t, y)`.
public protocol DynamicalSystem: SendableMetatype {
    /// The number of unknowns.
    var dimension: Int { get }

    /// Writes `g(t, y)`.
    ///
    /// - Parameters:
    ///   - time: `t`.
    ///   - state: `y`, `dimension` numbers.
    ///   - rate: where `dimension` numbers are written; never overlaps `state`.
    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>)

    /// Calls `body` once for each index below `count`, in any order and from as many threads as the system uses itself.
    ///
    /// For passes over the state between two calls of `derivative`; one after the other unless the system says otherwise.
    func forEachPiece(_ count: Int, _ body: @Sendable (Int) -> Void)
}

extension DynamicalSystem {
    /// One piece after the other, on the calling thread.
    public func forEachPiece(_ count: Int, _ body: @Sendable (Int) -> Void) {
        for piece in 0..<count { body(piece) }
    }
}
