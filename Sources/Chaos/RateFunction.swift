import Continuum
import Foundation
public import Torus
public import Training

/// Large deviations of a trained mixture: how improbable it is that the mean of a test function at a time is far from the limit's,
/// `P(⟨μ^N_t, φ⟩ ≈ y) ≍ e^{−N I(y)}`.
///
/// By Sanov's theorem `I` is the least entropy `KL(ν | μ_0)` of an initial law `ν` whose limit has the mean `y`, and
/// `Λ(λ) = sup_ν {λ ∫ φ dΦ_t ν − KL(ν | μ_0)}` has the solution `ν ∝ e^{λψ} μ_0`, `ψ` the influence of `φ` along the flow that
/// begins at `ν`: a fixed point, found by damped iteration. `I = λy − Λ` there.
///
/// ```swift
/// let rate = RateFunction(problem, time: 2, of: .training(0, of: problem))
/// let point = try rate.point(tilt: 1)    // Λ(1), the most probable mean under that tilt, and its rate
/// ```
///
/// - Source: Dembo, Zeitouni, *Large Deviations Techniques and Applications* (1998), 4.2 and 6.2; docs/model.md.
public struct RateFunction: Sendable {
    /// A point of the rate function.
    public struct Point: Sendable, Equatable {
        /// The tilt `λ = I'(y)`.
        public let tilt: Double
        /// The mean `y`.
        public let output: Double
        /// `I(y)`.
        public let rate: Double
        /// `Λ(λ) = λy − I(y)`.
        public var scaledCumulant: Double { tilt * output - rate }
        /// The iterations it took.
        public let iterations: Int
    }

    private let problem: MeanFieldProblem
    private let time: Double
    private let function: TestFunction
    private let nodes: LabelledNodes
    private let tolerance: Double
    private let parallelism: Parallelism

    /// The most iterations for a point.
    private static let iterationLimit = 500

    /// The rate function of a test function's mean at a time.
    ///
    /// - Throws: `FluctuationError.expansion`; `ContinuumError`, `TimeSteppingError`.
    public init(
        _ problem: MeanFieldProblem, time: Double, of function: TestFunction, tolerance: Double = 1e-9,
        nodesPerAxis: Int? = nil, parallelism: Parallelism = .serial
    ) throws {
        guard problem.basis.trigonometric != nil else { throw FluctuationError.expansion }
        self.problem = problem
        self.time = time
        self.function = function
        self.tolerance = tolerance
        self.parallelism = parallelism
        nodes = try LabelledNodes(
            resolving: problem, until: time, tolerance: tolerance,
            nodesPerAxis: nodesPerAxis ?? max(32, 8 * function.harmonic(problem)), parallelism: parallelism)
    }

    /// The point of a tilt.
    ///
    /// - Throws: `RateFunctionError.notConverged`; `TimeSteppingError`.
    /// - Complexity: an adjoint solution of one test function an iteration, about ten of them for tilts of order 1.
    public func point(tilt: Double) throws -> Point {
        var exponents = Array(repeating: 0.0, count: nodes.count)
        var (damping, last) = (1.0, Double.infinity)
        for iteration in 1...Self.iterationLimit {
            let masses = tilted(exponents)
            let law = LabelledNodes(dimension: nodes.dimension, positions: nodes.positions, masses: masses)
            let flow = LinearizedFlow(problem: problem, nodes: law, tolerance: tolerance, parallelism: parallelism)
            let places = try flow.positions(at: [time])[0]
            let influence = try flow.influences(of: [function], at: time, positions: places).influences[0].values
            let centre = law.mean(influence)
            let wanted = influence.map { tilt * ($0 - centre) }
            let own = law.mean(exponents)
            // The law does not see a constant.
            let change = zip(wanted, exponents).map { $0 - ($1 - own) }
            let size = zip(change, masses).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }.squareRoot()
            // The value is stationary at the fixed point: it errs by the square of the step.
            if size <= 1e-8 * max(1, abs(tilt)) {
                let output = (0..<nodes.count).reduce(0.0) { sum, node in
                    let theta = (0..<nodes.dimension).map { places[$0 * nodes.count + node] }
                    return sum + masses[node] * function.values(at: theta, problem).value
                }
                let entropy = zip(masses, nodes.masses).reduce(0) { sum, pair in
                    pair.0 > 0 && pair.1 > 0 ? sum + pair.0 * log(pair.0 / pair.1) : sum
                }
                return Point(tilt: tilt, output: output, rate: entropy, iterations: iteration)
            }
            if size > 0.9 * last { damping = max(0.01, damping / 2) }
            last = size
            for node in exponents.indices { exponents[node] = exponents[node] - own + damping * change[node] }
        }
        throw RateFunctionError.notConverged(tilt: tilt, time: time)
    }

    /// The rate function of independent draws from the limit's law at the time: Cramér's, by sums over the nodes.
    ///
    /// - Throws: `TimeSteppingError`.
    public func independentDraws() throws -> IndependentRateFunction {
        let flow = LinearizedFlow(problem: problem, nodes: nodes, tolerance: tolerance, parallelism: parallelism)
        let places = try flow.positions(at: [time])[0]
        return IndependentRateFunction(
            values: (0..<nodes.count).map { node in
                function.values(at: (0..<nodes.dimension).map { places[$0 * nodes.count + node] }, problem).value
            }, masses: nodes.masses)
    }

    /// The masses `∝ e^{exponent} μ_0`.
    private func tilted(_ exponents: [Double]) -> [Double] {
        let largest = exponents.max() ?? 0
        let masses = zip(nodes.masses, exponents).map { $0 * exp($1 - largest) }
        let sum = masses.reduce(0, +)
        return masses.map { $0 / sum }
    }
}

/// Why a point of the rate function is not found.
public enum RateFunctionError: Error, Equatable, CustomStringConvertible {
    /// The damped iteration does not settle.
    case notConverged(tilt: Double, time: Double)

    /// What was found, and what to do.
    public var description: String {
        switch self {
        case .notConverged(let tilt, let time):
            "the law that is tilted by \(tilt) at t = \(time) was not found by damped iteration: take a smaller tilt, or an earlier time"
        }
    }
}
