import Foundation
import Torus

/// The single expert of least loss: what one gets without a mixture.
public struct BestSingleExpert: Sendable, Equatable {
    /// Its parameters.
    public let parameters: [Double]
    /// Its loss on the training data.
    public let loss: Double
    /// Its moments `M_m = Φ_m(θ)`, for `MeanFieldProblem.function`.
    public let moments: [Double]

    /// The global minimiser of `L(δ_θ)` over one angle; `nil` for problems of several angles.
    ///
    /// The loss is a trigonometric polynomial of twice the expert's degree: the best of 64 points a half-wave starts a
    /// golden-section search.
    public init?(_ problem: MeanFieldProblem) {
        guard problem.dimension == 1 else { return nil }
        func loss(_ angle: Double) -> Double { problem.loss(moments: problem.basis.values(at: [angle])) }
        let points = 256 * max(1, problem.basis.harmonics[0])
        let step = 2 * Double.pi / Double(points)
        let losses = (0..<points).map { loss(Double($0) * step) }
        guard let start = losses.indices.min(by: { losses[$0] < losses[$1] }) else { return nil }
        var (low, high) = (Double(start - 1) * step, Double(start + 1) * step)
        let ratio = (5.0.squareRoot() - 1) / 2
        while high - low > 1e-9 {
            let (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
            if loss(a) < loss(b) { high = b } else { low = a }
        }
        let best = wrapped(0.5 * (low + high))
        parameters = [best]
        self.loss = loss(best)
        moments = problem.basis.values(at: [best])
    }
}
