import Continuum
import Experts
import Foundation
import TimeStepping
public import Torus
public import Training

/// What is certain of a training at each output: how far the loss can be from the best that any mixture reaches, and how fast it had to fall.
///
/// The loss is convex in the law and `V` is its derivative, so `L(μ) − inf L ≤ ∫ V dμ − min V`: the gap. With the least eigenvalue `λ_min` of the tangent
/// kernel of the training data, `L(t) ≤ L(0) exp(−(2/n) ∫_0^t λ_min(K_s) ds)`: the speed. The frozen kernel is training with `K_0` for all
/// times, the lazy companion.
public struct Certificates: Sendable {
    /// The times.
    public let times: [Double]
    /// `L`.
    public let losses: [Double]
    /// `∫ V dμ − min V`, the minimum from below up to three angles.
    public let gaps: [Double]
    /// Whether the gaps are proven; beyond three angles the minimum is one of descents from many starts.
    public let areProven: Bool
    /// The eigenvalues of `K_t` in descending order, as `[output][index]`; empty for more data than `largestKernel`.
    public let eigenvalues: [[Double]]
    /// `λ_min(K_t)`, not below 0; NaN for more data than `largestKernel`.
    public let leastEigenvalues: [Double]
    /// `L(0) exp(−(2/n) ∫ λ_min)`.
    public let speedBounds: [Double]
    /// The loss of training with the frozen kernel `K_0`.
    public let frozenLosses: [Double]

    /// The most data whose kernel is decomposed.
    public static let largestKernel = 400
    /// Steps between the outputs for the integral of `λ_min`, so many in all.
    private static let steps = 64

    /// The certificates of a problem's limit.
    ///
    /// - Throws: `FluctuationError.expansion`; `ContinuumError`, `TimeSteppingError`.
    public init(
        _ problem: MeanFieldProblem, times: [Double], tolerance: Double = 1e-8, parallelism: Parallelism = .serial
    ) throws {
        guard let basis = problem.basis.trigonometric else { throw FluctuationError.expansion }
        let accuracy = problem.dimension > 3 ? max(tolerance, 1e-3) : tolerance
        let nodes = try LabelledNodes(
            resolving: problem, until: times.last ?? 0, tolerance: accuracy,
            nodesPerAxis: 8 * max(1, basis.harmonics.max() ?? 1), parallelism: parallelism)
        let flow = LinearizedFlow(problem: problem, nodes: nodes, tolerance: accuracy, parallelism: parallelism)
        let n = problem.targets.count
        let end = times.last ?? 0
        let fine = Set((0...Self.steps).map { end * Double($0) / Double(Self.steps) } + times + [0]).sorted()
        let expansion = TrigonometricExpansion(basis: basis, datumCount: n, coefficients: problem.coefficients)
        let products = KernelMoments(problem)
        let states = try flow.positions(at: fine).map { places -> (moments: [Double], kernel: [Double]) in
            let all = products.moments(places, nodes, parallelism)
            return (products.own(all), n <= Self.largestKernel ? products.kernel(all, expansion) : [])
        }
        let spectra = states.map { state in
            state.kernel.isEmpty ? [] : SymmetricEigenvalues.descending(of: state.kernel, order: n)
        }
        let least = spectra.map { spectrum in spectrum.last.map { max(0, $0) } ?? .nan }
        // Trapezoids of a smooth function.
        var integral = [0.0]
        for index in 1..<fine.count {
            integral.append(
                integral[index - 1] + 0.5 * (fine[index] - fine[index - 1])
                    * (least[index] + least[index - 1]))
        }
        let losses = states.map { problem.loss(moments: $0.moments) }
        let places = times.map { fine.firstIndex(of: $0) ?? 0 }
        self.times = times
        self.losses = places.map { losses[$0] }
        eigenvalues = places.map { spectra[$0] }
        leastEigenvalues = places.map { least[$0] }
        speedBounds = places.map { losses[0] * exp(-2 / Double(n) * integral[$0]) }
        areProven = problem.dimension <= 3
        gaps = places.map { place in
            let weights = problem.weights(moments: states[place].moments)
            let mean = zip(weights, states[place].moments).reduce(0) { $0 + $1.0 * $1.1 }
            return mean - LeastValue(basis: basis, weights: weights).lowerBound
        }
        frozenLosses = try Self.frozen(problem, states[0].moments, states[0].kernel, times: times)
    }

    /// The losses of `dF/dt = −K_0 r / n`.
    private static func frozen(
        _ problem: MeanFieldProblem, _ moments: [Double], _ kernel: [Double], times: [Double]
    ) throws -> [Double] {
        guard !kernel.isEmpty else { return times.map { _ in .nan } }
        let residuals = zip(problem.function(moments: moments), problem.targets).map(-)
        let solver = AdaptiveRungeKutta(
            LinearDecay(kernel: kernel, count: residuals.count), state: residuals, pair: .dormandPrince853,
            tolerance: 1e-10)
        return try times.map { time in
            try solver.advance(to: time)
            return solver.state.reduce(0) { $0 + $1 * $1 } / (2 * Double(residuals.count))
        }
    }
}

/// Residuals that fall by a constant kernel.
private struct LinearDecay: DynamicalSystem {
    let kernel: [Double]
    let count: Int
    var dimension: Int { count }

    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        for a in 0..<count {
            var sum = 0.0
            for b in 0..<count { sum += kernel[a * count + b] * state[b] }
            rate[a] = -sum / Double(count)
        }
    }
}

/// The tangent kernel of all training data as sums of moments.
private struct KernelMoments {
    private let products: SharedProducts
    private let positions: [TrigonometricMonomial: Int]
    private let count: Int

    init(_ problem: MeanFieldProblem) {
        let own = problem.basis.trigonometric?.monomials ?? []
        var positions: [TrigonometricMonomial: Int] = [:]
        var monomials = own
        for (index, monomial) in own.enumerated() { positions[monomial] = index }
        // What the kernel of one datum asks for, that of all does.
        _ = NeuralTangentKernel(
            TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: problem.dimension, monomials: own), datumCount: 1,
                coefficients: own.map { _ in 1 })
        ) { monomial in
            if positions[monomial] == nil {
                positions[monomial] = monomials.count
                monomials.append(monomial)
            }
            return 0
        }
        count = own.count
        self.positions = positions
        products = SharedProducts(TrigonometricBasis(dimension: problem.dimension, monomials: monomials))
    }

    func own(_ moments: [Double]) -> [Double] { Array(moments.prefix(count)) }

    func moments(_ places: [Double], _ nodes: LabelledNodes, _ parallelism: Parallelism) -> [Double] {
        let sweep = TrigonometricSweep(products, count: nodes.count, parallelism: parallelism)
        var result = Array(repeating: 0.0, count: products.basis.count)
        result.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nodes.masses.withUnsafeBufferPointer { sweep.moments(of: places, masses: $0.baseAddress, into: base) }
        }
        return result
    }

    func kernel(_ moments: [Double], _ expansion: TrigonometricExpansion) -> [Double] {
        NeuralTangentKernel(expansion) { monomial in positions[monomial].map { moments[$0] } ?? 0 }.values
    }
}
