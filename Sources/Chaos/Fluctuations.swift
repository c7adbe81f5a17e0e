import Continuum
public import Torus
public import Training

/// How a finite mixture scatters about its limit: the covariances of the Gaussian limit of `√N (⟨μ^N_t, φ⟩ − ⟨μ_t, φ⟩)`.
///
/// ```swift
/// let held = problem.heldOutTargets.indices.map { TestFunction.heldOut($0, of: problem) }
/// let fluctuations = try Fluctuations(problem, times: [0, 1, 5], of: held)
/// fluctuations.covariance(output: 2, 0, 0)    // N·Var F_N(x) as N → ∞
/// ```
///
/// `η = lim √N (μ^N − μ)` solves `∂_t η = div(η ∇V[μ]) + div(μ ∇U_η)`, `U_η = (1/n) Σ_a ⟨η, f_a⟩ f_a`, and is random through the initial draws alone.
/// So with the influence `φ_0` of `φ`, which the adjoint equation carries back from `φ_t = φ`,
/// `N·Cov(⟨μ^N_t, φ⟩, ⟨μ^N_t, φ'⟩) → Cov_{μ_0}(φ_0, φ'_0)`. No finite mixture is trained. The adjoint is solved along
/// characteristics, where all integrals are sums over nodes.
///
/// - Source: docs/model.md; Braun, Hepp, *The Vlasov dynamics and its fluctuations in the 1/N limit of interacting classical particles*,
///   Commun. Math. Phys. 56 (1977).
public struct Fluctuations: Sendable {
    /// The times.
    public let times: [Double]
    /// The test functions.
    public let functions: [TestFunction]
    /// The number of nodes that stand for the law.
    public let nodeCount: Int
    /// The means `∫ φ dμ_t`, as `[time][function]`.
    public let means: [[Double]]
    /// How far from where they began the nodes are that were carried forward and back, at the worst, for each time: a check of the
    /// integration, large where the flow contracts much.
    public let returnErrors: [Double]

    private let covariances: [[Double]]
    private let resamplings: [[Double]]
    private let responses: [[Double]]

    /// The fluctuations of the means of test functions.
    ///
    /// - Parameters:
    ///   - times: increasing, from 0 on.
    ///   - nodesPerAxis: the fewest nodes along an axis, up to three angles; `nil`: eight a period of the highest harmonic.
    ///   - parallelism: the threads; the numbers do not depend on it.
    /// - Throws: `FluctuationError.expansion` where the problem has no expansion; `ContinuumError`, `TimeSteppingError`.
    /// - Complexity: for each time, that of the limit by characteristics times the functions and angles.
    public init(
        _ problem: MeanFieldProblem, times: [Double], of functions: [TestFunction], tolerance: Double = 1e-10,
        nodesPerAxis: Int? = nil, parallelism: Parallelism = .serial
    ) throws {
        guard problem.basis.trigonometric != nil else { throw FluctuationError.expansion }
        // The square of a wave has twice its frequency, and the flow draws it together.
        let harmonic = functions.map { $0.harmonic(problem) }.max() ?? 0
        let nodes = try LabelledNodes(
            resolving: problem, until: times.last ?? 0, tolerance: tolerance,
            nodesPerAxis: nodesPerAxis ?? max(16, 8 * harmonic), parallelism: parallelism)
        let flow = LinearizedFlow(problem: problem, nodes: nodes, tolerance: tolerance, parallelism: parallelism)
        self.times = times
        self.functions = functions
        nodeCount = nodes.count
        let positions = try flow.positions(at: times)
        var (means, errors) = ([[Double]](), [Double]())
        var (covariances, resamplings, responses) = ([[Double]](), [[Double]](), [[Double]]())
        for (time, places) in zip(times, positions) {
            let values = functions.map { function in
                (0..<nodes.count).map { node in
                    function.values(
                        at: (0..<problem.dimension).map { places[$0 * nodes.count + node] }, problem
                    ).value
                }
            }
            let (influences, error) = try flow.influences(of: functions, at: time, positions: places)
            means.append(values.map { nodes.mean($0) })
            errors.append(error)
            resamplings.append(nodes.covariance(values))
            covariances.append(nodes.covariance(influences.map(\.values)))
            responses.append(
                influences.map { influence in
                    (0..<problem.dimension).reduce(0) { sum, axis in
                        let slopes = influence.slopes[axis * nodes.count..<(axis + 1) * nodes.count]
                        return sum + zip(slopes, nodes.masses).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
                    }.squareRoot()
                })
        }
        self.means = means
        returnErrors = errors
        self.covariances = covariances
        self.resamplings = resamplings
        self.responses = responses
    }

    /// The limit of `N·Cov` of the means of two test functions over a trained mixture.
    public func covariance(output: Int, _ a: Int, _ b: Int) -> Double {
        covariances[output][a * functions.count + b]
    }

    /// The part of it that independent draws from `μ_t` would have: `Cov_{μ_t}(φ, φ')`.
    public func resampling(output: Int, _ a: Int, _ b: Int) -> Double {
        resamplings[output][a * functions.count + b]
    }

    /// The rest, which training makes: the limit of `N·Cov(φ(θ_1), φ'(θ_2))` of two different experts. Training draws it below 0 where
    /// the mixture corrects what chance did.
    public func pairCovariance(output: Int, _ a: Int, _ b: Int) -> Double {
        covariance(output: output, a, b) - resampling(output: output, a, b)
    }

    /// How much the mean of a test function answers to one expert that is moved at time 0: the root mean square over the experts of the
    /// limit of `N·|∂⟨μ^N_t, φ⟩/∂θ_i(0)|`.
    public func response(output: Int, _ function: Int) -> Double { responses[output][function] }
}

/// Why fluctuations cannot be computed.
public enum FluctuationError: Error, Equatable, CustomStringConvertible {
    /// The expert has no expansion, whose second derivatives are needed.
    case expansion

    /// What was found, and what to do.
    public var description: String {
        switch self {
        case .expansion:
            "fluctuations need the expert's expansion, and the state vector is the only way to its functions: raise "
                + "expert.term_limit, or leave expert.path out"
        }
    }
}
