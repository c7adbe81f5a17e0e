import Foundation

/// An angle's representative in `[0, 2π)`.
///
/// - Parameter angle: radians, any finite number.
public func wrapped(_ angle: Double) -> Double {
    let turn = 2 * Double.pi
    let rest = angle - turn * (angle / turn).rounded(.down)
    // Rounding can leave the period's end, or a hair below zero.
    return rest >= turn || rest < 0 ? 0 : rest
}
