/// An autonomous or driven system of ordinary differential equations `dy/dt = g(t, y)`.
public protocol DynamicalSystem {
    /// The number of unknowns.
    var dimension: Int { get }

    /// Writes `g(t, y)`.
    ///
    /// - Parameters:
    ///   - time: `t`.
    ///   - state: `y`, `dimension` numbers.
    ///   - rate: where `dimension` numbers are written; never overlaps `state`.
    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>)
}
