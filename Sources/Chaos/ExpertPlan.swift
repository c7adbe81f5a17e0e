import Continuum
import Foundation
public import Torus
public import Training

/// How many experts are enough: the smallest `N` for which a trained mixture's function, or its loss, is within `ε` of the limit's with a given
/// confidence, by the Gaussian limit of its fluctuations.
///
/// ```swift
/// let plan = try ExpertPlan(problem, goal: .function, error: 0.01, confidence: 0.95, times: [5])
/// plan.count        // N
/// ```
///
/// The error of the function is the root mean square over the held-out inputs, or over the training inputs where none are held out:
/// `N` times its square is a quadratic form of a Gaussian vector. The loss gap is `(1/n) Σ r_a η_a/√N + (1/2n) Σ η_a²/N`. Over several times the
/// largest error counts, with the correlations between the times. The law of these is drawn from; the interval is that of the draws.
public struct ExpertPlan: Sendable, Equatable {
    /// What is to be near the limit's.
    public enum Goal: String, Sendable, CaseIterable {
        /// The generated function.
        case function
        /// The loss.
        case loss
    }

    /// The smallest number of experts.
    public let count: Int
    /// The ends of the 95 % interval of the number before it is rounded up.
    public let interval: (lower: Double, upper: Double)
    /// The number that the explicit bound and Markov's inequality would ask for.
    public let boundCount: Double

    /// Whether all numbers are the same.
    public static func == (a: Self, b: Self) -> Bool {
        a.count == b.count && a.interval == b.interval && a.boundCount == b.boundCount
    }

    /// The most draws, and the multiplications that they may take.
    private static let (mostDraws, fewestDraws, work) = (200_000, 10_000, 4e9)

    /// The plan of a problem.
    ///
    /// - Parameters:
    ///   - error: `ε`.
    ///   - confidence: the probability, between 0 and 1.
    ///   - times: one time, or several of which the worst counts.
    /// - Throws: `FluctuationError.expansion`; `ContinuumError`, `TimeSteppingError`.
    public init(
        _ problem: MeanFieldProblem, goal: Goal, error: Double, confidence: Double, times: [Double],
        tolerance: Double = 1e-8, seed: UInt64 = 1, parallelism: Parallelism = .serial
    ) throws {
        precondition(error > 0 && confidence > 0 && confidence < 1 && !times.isEmpty)
        let basis = TestFunction.basis(of: problem)
        let joint = try JointFluctuations(
            problem, times: times, of: basis, tolerance: tolerance, parallelism: parallelism)
        let size = basis.count
        let vector = GaussianVector(covariance: joint.covariance, dimension: size * times.count, seed: seed)
        let usesHeldOut = goal == .function && !problem.heldOutTargets.isEmpty
        let data = usesHeldOut ? problem.heldOutTargets.count : problem.targets.count
        let c = usesHeldOut ? problem.heldOutCoefficients : problem.coefficients
        let gram = (0..<size * size).map { index in
            let (m, k) = (index / size, index % size)
            return (0..<data).reduce(0) { $0 + c[m * data + $1] * c[k * data + $1] } / Double(data)
        }
        // The gradient of the loss by the moments.
        let slopes = joint.means.map { problem.weights(moments: $0) }
        let cost = Double(vector.dimension * vector.rank + times.count * size * size)
        let draws = max(Self.fewestDraws, min(Self.mostDraws, Int(Self.work / max(1, cost))))
        let chunk = 1000
        let needed = try parallelism.map((draws + chunk - 1) / chunk) { part in
            (part * chunk..<min(draws, (part + 1) * chunk)).map { draw -> Double in
                let values = vector.values(draw: draw)
                return times.indices.reduce(0) { most, output in
                    var (linear, square) = (0.0, 0.0)
                    for m in 0..<size {
                        let own = values[output * size + m]
                        linear += slopes[output][m] * own
                        var sum = 0.0
                        for k in 0..<size { sum += gram[m * size + k] * values[output * size + k] }
                        square += own * sum
                    }
                    return max(
                        most,
                        goal == .function
                            ? square / (error * error) : Self.needed(linear: linear, square: 0.5 * square, error: error)
                    )
                }
            }
        }.joined().sorted()
        func quantile(_ p: Double) -> Double { needed[min(needed.count - 1, max(0, Int(p * Double(needed.count))))] }
        // Ranks of draws are binomial.
        let spread = 1.96 * (confidence * (1 - confidence) / Double(draws)).squareRoot()
        interval = (quantile(confidence - spread), quantile(confidence + spread))
        count = max(1, Int(quantile(confidence).rounded(.up)))

        let bound = try ExplicitBound(problem, flow: joint.flow, times: times)
        boundCount = times.indices.reduce(0) { most, output in
            let residual = (2 * problem.loss(moments: joint.means[output])).squareRoot()
            // |L_N − L| ≤ R D + D²/2 for the distance D of the functions on the training inputs.
            let distance = goal == .function ? error : (residual * residual + 2 * error).squareRoot() - residual
            let size = (usesHeldOut ? bound.heldOutFunction : bound.function)[output] / distance
            return max(most, size * size / (1 - confidence))
        }
    }

    /// The `N` from which on `|linear/√N + square/N| ≤ error`, for `square ≥ 0`.
    static func needed(linear a: Double, square b: Double, error: Double) -> Double {
        /// The smallest positive `s` with `a s + b s² = ±error`.
        func place(_ a: Double, _ b: Double) -> Double {
            if b == 0 { return a > 0 ? error / a : .infinity }
            let root = a * a + 4 * b * error
            return root < 0 ? .infinity : 2 * error / (a + root.squareRoot())
        }
        // Below: −a s − b s² reaches the error first where a is negative enough.
        let below =
            a < 0 && a * a >= 4 * b * error ? 2 * error / (-a + (a * a - 4 * b * error).squareRoot()) : .infinity
        let first = min(place(a, b), below)
        return 1 / (first * first)
    }
}

/// Fluctuations at several times together: the covariances between test functions at all of them.
struct JointFluctuations {
    let flow: LinearizedFlow
    /// `∫ φ dμ_t`, as `[time][function]`.
    let means: [[Double]]
    /// Row by row, a row a time and function.
    let covariance: [Double]

    init(
        _ problem: MeanFieldProblem, times: [Double], of functions: [TestFunction], tolerance: Double,
        parallelism: Parallelism
    ) throws {
        guard problem.basis.trigonometric != nil else { throw FluctuationError.expansion }
        // Beyond three angles nodes are lattices, whose error falls slowly; a part in a thousand is that of the draws.
        let accuracy = problem.dimension > 3 ? max(tolerance, 1e-3) : tolerance
        let harmonic = functions.map { $0.harmonic(problem) }.max() ?? 0
        let nodes = try LabelledNodes(
            resolving: problem, until: times.last ?? 0, tolerance: accuracy, nodesPerAxis: max(16, 8 * harmonic),
            parallelism: parallelism)
        let flow = LinearizedFlow(problem: problem, nodes: nodes, tolerance: accuracy, parallelism: parallelism)
        self.flow = flow
        var influences: [[Double]] = []
        var means: [[Double]] = []
        for (time, places) in zip(times, try flow.positions(at: times)) {
            means.append(
                functions.map { function in
                    nodes.mean(
                        (0..<nodes.count).map { node in
                            function.values(
                                at: (0..<problem.dimension).map { places[$0 * nodes.count + node] }, problem
                            ).value
                        })
                })
            influences += try flow.influences(of: functions, at: time, positions: places).influences.map(\.values)
        }
        self.means = means
        covariance = nodes.covariance(influences)
    }
}
