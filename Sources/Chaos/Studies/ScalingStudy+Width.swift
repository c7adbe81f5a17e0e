import Experts
import Particles
public import Torus
public import Training

extension ScalingStudy {
    /// One wide network instead of a mixture: `f = m^{−1/2} Σ_k Z_k` with a number `m` of qubits, trained alone by `dθ/dt = −∂L/∂θ`.
    ///
    /// Its qubits are to one another what experts are in the lazy scaling: every angle moves by `m^{−1/2}`, and the kernel freezes, provided that
    /// strings see few qubits. In the results the number of experts stands for the width, and `γ` is ½.
    ///
    /// - Parameters:
    ///   - networks: for every width a problem whose expert is the network.
    ///   - parallelism: replicates side by side; the numbers do not depend on it.
    /// - Throws: `FluctuationError.expansion`; `TimeSteppingError`.
    /// - Complexity: a right-hand side is linear in the network's monomials, a kernel in these times the data.
    public init(
        networks: [(width: Int, problem: MeanFieldProblem)], replicates: Int, time: Double, seed: UInt64,
        tolerance: Double = 1e-7, parallelism: Parallelism = .allCores,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws {
        precondition(replicates >= 2 && networks.count >= 2)
        let total = Double(networks.map(\.width).reduce(0, +))
        var done = 0.0
        var samples: [[[Double]]] = []
        for (width, problem) in networks {
            guard let basis = problem.basis.trigonometric else { throw FluctuationError.expansion }
            let functions = TrigonometricExpansion(
                basis: basis, datumCount: problem.targets.count, coefficients: problem.coefficients)
            samples.append(
                try parallelism.map(replicates) { replicate in
                    try Self.values(
                        of: problem, functions, replicate: replicate, time: time, seed: seed, tolerance: tolerance)
                })
            done += Double(width)
            progress(done / total)
        }
        let bootstrap = NestedBootstrap(replicates: networks.map { _ in replicates }, seed: seed)
        (means, slopes) = Self.summary(samples, sizes: networks.map(\.width), gamma: 0.5, bootstrap) { measure in
            // The kernel is of order 1/m off in some networks whose third moments vanish.
            measure == .displacement ? -0.5 : .nan
        }
    }

    private static func values(
        of problem: MeanFieldProblem, _ functions: TrigonometricExpansion, replicate: Int, time: Double, seed: UInt64,
        tolerance: Double
    ) throws -> [Double] {
        let draw = Ensemble(
            drawing: 1, dimension: problem.dimension, from: problem.initialLaw, seed: seed, replicate: replicate)
        let start = kernel(functions, at: draw.angles)
        var result: [Double] = []
        try GradientFlow(problem, tolerance: tolerance).train(draw, times: [time]) { _, network, moments in
            let moved = zip(network.angles, draw.angles).map(-)
            let end = kernel(functions, at: network.angles)
            func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            let errors = zip(problem.heldOutFunction(moments: moments), problem.heldOutTargets).map(-)
            result = [
                norm(moved) / Double(problem.dimension).squareRoot(), norm(zip(end, start).map(-)) / norm(start),
                problem.loss(moments: moments), norm(errors) / norm(problem.heldOutTargets),
            ]
        }
        return result
    }

    /// The tangent kernel `Σ_p ∂_p f_a ∂_p f_b` of one network on the training data.
    static func kernel(_ functions: TrigonometricExpansion, at theta: [Double]) -> [Double] {
        let n = functions.datumCount
        var kernel = Array(repeating: 0.0, count: n * n)
        for slopes in functions.gradients(at: theta) {
            for a in 0..<n {
                for b in 0..<n { kernel[a * n + b] += slopes[a] * slopes[b] }
            }
        }
        return kernel
    }
}
