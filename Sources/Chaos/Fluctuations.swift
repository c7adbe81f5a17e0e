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
/// characteristics, where all integrals are sums over nodes, or on a grid.
///
/// - Source: docs/model.md; Braun, Hepp, *The Vlasov dynamics and its fluctuations in the 1/N limit of interacting classical particles*,
///   Commun. Math. Phys. 56 (1977).
public struct Fluctuations: Sendable {
    /// The times.
    public let times: [Double]
    /// The test functions.
    public let functions: [TestFunction]
    /// The number of nodes that stand for the law.
    public private(set) var nodeCount = 0
    /// The means `∫ φ dμ_t`, as `[time][function]`.
    public private(set) var means: [[Double]] = []
    /// How far from where they began the nodes are that were carried forward and back, at the worst, for each time: a check of the
    /// integration, large where the flow contracts much. On a grid the largest share that the outermost quarter of the frequencies has of the law or of an
    /// influence.
    public private(set) var returnErrors: [Double] = []

    private var covariances: [[Double]] = []
    private var resamplings: [[Double]] = []
    private var responses: [[Double]] = []

    /// How the linear transport equation is solved.
    public enum Method: Sendable, Equatable {
        /// On the nodes that carry the law: for any initial law and any number of angles.
        case characteristics
        /// By Fourier series on a uniform grid of points, at most three angles: the points along each axis, or `nil` for as many as the tolerance takes. It shares no
        /// step with characteristics but the time stepping, so that each checks the other, and takes five to thirteen times as long (docs/decisions.md).
        case grid(cells: [Int]? = nil)
    }

    /// The fluctuations of the means of test functions.
    ///
    /// - Parameters:
    ///   - times: increasing, from 0 on.
    ///   - method: how the equation is solved.
    ///   - nodesPerAxis: of characteristics the fewest nodes along an axis, up to three angles; `nil`: eight a period of the highest harmonic, in one angle 32 and at least 64.
    ///   - parallelism: the threads; the numbers do not depend on it.
    /// - Throws: `FluctuationError.expansion` where the problem has no expansion, its other cases where a grid cannot solve it; `ContinuumError`,
    ///   `TimeSteppingError`.
    /// - Complexity: for each time, that of the limit by characteristics times the functions and angles.
    public init(
        _ problem: MeanFieldProblem, times: [Double], of functions: [TestFunction], tolerance: Double = 1e-10,
        method: Method = .characteristics, nodesPerAxis: Int? = nil, parallelism: Parallelism = .serial
    ) throws {
        guard problem.basis.trigonometric != nil else { throw FluctuationError.expansion }
        self.times = times
        self.functions = functions
        switch method {
        case .characteristics:
            try followCharacteristics(
                problem, tolerance: tolerance, nodesPerAxis: nodesPerAxis, parallelism: parallelism)
        case .grid(let cells):
            let solution = try GridLinearization(
                problem, times: times, of: functions, cells: cells, tolerance: tolerance, parallelism: parallelism)
            nodeCount = solution.start.count
            for output in solution.outputs {
                add(
                    output.values, under: output.law, influences: output.influences, under: solution.start,
                    error: output.tail)
            }
        }
    }

    private mutating func followCharacteristics(
        _ problem: MeanFieldProblem, tolerance: Double, nodesPerAxis: Int?, parallelism: Parallelism
    ) throws {
        // The square of a wave has twice its frequency, and the flow draws it together.
        // In one angle there are nodes enough for both (docs/decisions.md); in several they cost more than the digits are worth.
        let harmonic = functions.map { $0.harmonic(problem) }.max() ?? 0
        let nodes = try LabelledNodes(
            resolving: problem, until: times.last ?? 0, tolerance: tolerance,
            nodesPerAxis: nodesPerAxis ?? (problem.dimension == 1 ? max(64, 32 * harmonic) : max(16, 8 * harmonic)),
            parallelism: parallelism)
        let flow = LinearizedFlow(problem: problem, nodes: nodes, tolerance: tolerance, parallelism: parallelism)
        nodeCount = nodes.count
        let positions = try flow.positions(at: times)
        for (time, places) in zip(times, positions) {
            let values = functions.map { function in
                (0..<nodes.count).map { node in
                    function.values(
                        at: (0..<problem.dimension).map { places[$0 * nodes.count + node] }, problem
                    ).value
                }
            }
            let (influences, error) = try flow.influences(of: functions, at: time, positions: places)
            add(values, under: nodes, influences: influences, under: nodes, error: error)
        }
    }

    /// Adds a time: the test functions' values under its law, and the influences under the initial one.
    private mutating func add(
        _ values: [[Double]], under law: LabelledNodes, influences: [LinearizedFlow.Influence],
        under start: LabelledNodes, error: Double
    ) {
        means.append(values.map { law.mean($0) })
        returnErrors.append(error)
        resamplings.append(law.covariance(values))
        covariances.append(start.covariance(influences.map(\.values)))
        responses.append(
            influences.map { influence in
                (0..<start.dimension).reduce(0) { sum, axis in
                    let slopes = influence.slopes[axis * start.count..<(axis + 1) * start.count]
                    return sum + zip(slopes, start.masses).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
                }.squareRoot()
            })
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
    /// The problem has too many angles for a grid.
    case grid(dimension: Int)
    /// The initial law has jumps, whose Fourier series a grid cannot hold.
    case initialLaw
    /// The points along an axis do not hold the functions' harmonics.
    case coarse(cells: [Int], least: [Int])
    /// The law or an influence has frequencies beyond what fits.
    case unresolved(cells: [Int], tail: Double)

    /// What was found, and what to do.
    public var description: String {
        switch self {
        case .expansion:
            "fluctuations need the expert's expansion, and the state vector is the only way to its functions: raise "
                + "expert.term_limit, or leave expert.path out"
        case .grid(let d):
            "fluctuations on a grid are for one to three trained angles, found \(d): take characteristics"
        case .initialLaw:
            "fluctuations on a grid cannot start from a law that is given by cells: take characteristics"
        case .coarse(let cells, let least):
            "fluctuations on a grid: found \(cells) points along the axes, expected at least \(least) for the harmonics"
        case .unresolved(let cells, let tail):
            "fluctuations on a grid: with \(cells) points along the axes the outermost frequencies still have a share of \(tail): take characteristics, a larger "
                + "tolerance, or end earlier"
        }
    }
}
