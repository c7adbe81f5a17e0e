import Particles
import TimeStepping
import Torus
import Training

/// A mixture trained anew with one expert moved a little to either side along each angle: how what it generates answers.
///
/// Central differences over twice the displacement; they err by its square over six times a third derivative, of a few parts in ten thousand, and by
/// the tolerance times `N` over the displacement.
final class MovedExpert {
    /// The displacement, in radians.
    private static let displacement = 1.0 / 32
    private static let tolerance = 1e-10

    private let problem: MeanFieldProblem
    /// For each angle the expert moved forward, then back.
    private let mixtures: [(forward: AdaptiveRungeKutta<MeanFieldFlow>, back: AdaptiveRungeKutta<MeanFieldFlow>)]

    /// Mixtures with the first expert of some draws moved.
    init(_ problem: MeanFieldProblem, draws: [Double], parallelism: Parallelism) {
        self.problem = problem
        let count = draws.count / problem.dimension
        func mixture(_ axis: Int, _ step: Double) -> AdaptiveRungeKutta<MeanFieldFlow> {
            var state = draws
            state[axis * count] += step
            return AdaptiveRungeKutta(
                MeanFieldFlow(problem, count: count, parallelism: parallelism), state: state, pair: .dormandPrince853,
                tolerance: Self.tolerance)
        }
        mixtures = (0..<problem.dimension).map { (mixture($0, Self.displacement), mixture($0, -Self.displacement)) }
    }

    /// `|∂F_N(x)/∂θ_1(0)|²` at each input at a time; times must increase.
    ///
    /// - Throws: `TimeSteppingError`.
    func slopes(at time: Double, inputs: [Int]) throws -> [Int: Double] {
        var result = Dictionary(inputs.map { ($0, 0.0) }, uniquingKeysWith: { first, _ in first })
        for (forward, back) in mixtures {
            let (ahead, behind) = (try function(of: forward, at: time), try function(of: back, at: time))
            for input in inputs {
                let slope = (ahead[input] - behind[input]) / (2 * Self.displacement)
                result[input, default: 0] += slope * slope
            }
        }
        return result
    }

    private func function(of mixture: AdaptiveRungeKutta<MeanFieldFlow>, at time: Double) throws -> [Double] {
        try mixture.advance(to: time)
        var moments = Array(repeating: 0.0, count: problem.basis.count)
        if let state = mixture.state.baseAddress { mixture.system.moments(state: state, into: &moments) }
        return problem.heldOutTargets.isEmpty
            ? problem.function(moments: moments) : problem.heldOutFunction(moments: moments)
    }
}
