import Foundation
import Particles
public import Torus
public import Training

/// Lazy against mean-field training: mixtures `F = α N^{−γ} Σ f` trained by `dθ_i/dt = −N^{2γ−1} ∂L/∂θ_i`, so that the loss falls at a rate of
/// order 1 whatever `γ`.
///
/// With `γ = 1` parameters and kernel move by order 1; with `γ = ½` parameters move by `N^{−1/2}` and the kernel freezes. Both are the mean-field
/// flow of experts of amplitude `α N^{1−γ}` in the time `N^{2γ−2} t`. Below `γ = 1` the sum is of order 1 only for experts of mean 0 under
/// the initial law: others are refused, or centred.
public struct ScalingStudy: Sendable {
    /// What is measured at the end of the training.
    public enum Measure: String, Sendable, CaseIterable {
        /// `((1/N) Σ_i |θ_i(T) − θ_i(0)|²)^{1/2}` in radians.
        case displacement
        /// `‖K_T − K_0‖ / ‖K_0‖` in the Frobenius norm over some training data.
        case kernelDrift = "kernel_drift"
        /// The loss.
        case loss
        /// The root mean square of `F − y` over that of `y`, on the held-out data.
        case testError = "test_error"
    }

    /// The mean of a measure over the replicates.
    public struct Mean: Sendable, Equatable {
        /// What was measured.
        public let measure: Measure
        /// The scaling `γ`.
        public let gamma: Double
        /// The number of experts.
        public let count: Int
        /// The mean.
        public let mean: Double
        /// Its standard error.
        public let standardError: Double
    }

    /// The exponent of `N` of a measure.
    public struct Slope: Sendable, Equatable {
        /// What was measured.
        public let measure: Measure
        /// The scaling `γ`.
        public let gamma: Double
        /// The exponent.
        public let slope: Double
        /// The ends of its 95 % interval.
        public let lower: Double
        /// See `lower`.
        public let upper: Double
        /// What the theory says; NaN where it says nothing.
        public let theory: Double
    }

    /// The means, by scaling, number of experts and measure.
    public let means: [Mean]
    /// The slopes, by scaling and measure.
    public let slopes: [Slope]

    /// Trains the mixtures.
    ///
    /// - Parameters:
    ///   - problem: in the mean-field scaling.
    ///   - centring: whether the experts' means are taken off, where they are not 0.
    ///   - parallelism: replicates side by side; the numbers do not depend on it.
    /// - Throws: `ScalingError.mean`; `FluctuationError.expansion`; `TimeSteppingError`.
    public init(
        _ problem: MeanFieldProblem, gammas: [Double], counts: [Int], replicates: Int, time: Double, seed: UInt64,
        centring: Bool = false, tolerance: Double = 1e-7, parallelism: Parallelism = .allCores,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws {
        precondition(replicates >= 2 && !counts.isEmpty && gammas.allSatisfy { $0 >= 0.5 && $0 <= 1 })
        let problem = try problem.centred(refusing: !centring && gammas.contains { $0 < 1 })
        var (means, slopes) = ([Mean](), [Slope]())
        let total = Double(gammas.count * counts.reduce(0, +))
        var done = 0.0
        let bootstrap = NestedBootstrap(replicates: counts.map { _ in replicates }, seed: seed)
        let lazyDrift = Self.lazyDrift(problem)
        for gamma in gammas {
            var samples: [[[Double]]] = []
            for count in counts {
                let scale = pow(Double(count), 1 - gamma)
                let scaled = problem.multiplied(by: scale)
                let basis = StudyBasis(scaled, frequencies: [])
                samples.append(
                    try parallelism.map(replicates) { replicate in
                        try Self.values(
                            scaled, basis, count: count, replicate: replicate, time: time / (scale * scale), seed: seed,
                            tolerance: tolerance)
                    })
                done += Double(count)
                progress(done / total)
            }
            let found = Self.summary(samples, sizes: counts, gamma: gamma, bootstrap) {
                Self.theory($0, gamma: gamma, lazyDrift: lazyDrift)
            }
            means += found.means
            slopes += found.slopes
        }
        self.means = means
        self.slopes = slopes
    }

    /// The means and slopes of one scaling, from the values of every size and replicate in the order of the measures.
    static func summary(
        _ samples: [[[Double]]], sizes: [Int], gamma: Double, _ bootstrap: NestedBootstrap,
        theory: (Measure) -> Double
    ) -> (means: [Mean], slopes: [Slope]) {
        var (means, slopes) = ([Mean](), [Slope]())
        for (index, measure) in Measure.allCases.enumerated() {
            let rows = samples.map { $0.map { $0[index] } }
            means += zip(sizes, rows).map { count, row in
                let (mean, error) = meanAndError(row)
                return Mean(measure: measure, gamma: gamma, count: count, mean: mean, standardError: error)
            }
            let found = rows.map(bootstrap.means)
            let logs = sizes.map { log(Double($0)) }
            func slope(_ values: [Double]) -> Double {
                values.allSatisfy { $0 > 0 } ? PowerLawFit.line(logs, values.map { log($0) }) : .nan
            }
            let (lower, upper) = NestedBootstrap.interval(
                (0..<NestedBootstrap.resamples).map { resample in slope(found.map { $0.resampled[resample] }) })
            slopes.append(
                Slope(
                    measure: measure, gamma: gamma, slope: slope(found.map(\.plain)), lower: lower, upper: upper,
                    theory: theory(measure)))
        }
        return (means, slopes)
    }

    /// Parameters move by the inverse of what they are multiplied with, and so does the kernel where its lazy exponent is that; otherwise no power
    /// is known between the scalings.
    private static func theory(_ measure: Measure, gamma: Double, lazyDrift: Double) -> Double {
        switch measure {
        case .displacement: gamma - 1
        case .kernelDrift: gamma == 1 ? 0 : gamma == 0.5 ? lazyDrift : lazyDrift == -0.5 ? gamma - 1 : .nan
        case .loss, .testError: .nan
        }
    }

    /// The exponent of the kernel's drift at `γ = ½`: third moments move it with the parameters; where symmetry lets them vanish, what is left is
    /// of second order. NaN where the experts cannot be looked at.
    static func lazyDrift(_ problem: MeanFieldProblem) -> Double {
        guard case .uniform = problem.initialLaw else { return -0.5 }
        guard let basis = problem.basis.trigonometric, let exist = ThirdMoments.exist(basis) else { return .nan }
        return exist ? -0.5 : -1
    }

    private static func values(
        _ problem: MeanFieldProblem, _ basis: StudyBasis, count: Int, replicate: Int, time: Double, seed: UInt64,
        tolerance: Double
    ) throws -> [Double] {
        let draws = Ensemble(
            drawing: count, dimension: problem.dimension, from: problem.initialLaw, seed: seed, replicate: replicate)
        let start = basis.kernel(basis.moments(draws.angles, count: count, parallelism: .serial))
        var result: [Double] = []
        try GradientFlow(problem, tolerance: tolerance).train(draws, times: [time]) { _, ensemble, moments in
            let moved = zip(ensemble.angles, draws.angles).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let end = basis.kernel(basis.moments(ensemble.angles, count: count, parallelism: .serial))
            func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            let errors = zip(problem.heldOutFunction(moments: moments), problem.heldOutTargets).map(-)
            result = [
                (moved / Double(count)).squareRoot(), norm(zip(end, start).map(-)) / norm(start),
                problem.loss(moments: moments), norm(errors) / norm(problem.heldOutTargets),
            ]
        }
        return result
    }
}

/// Why a mixture cannot be trained in a lazy scaling.
public enum ScalingError: Error, Equatable, CustomStringConvertible {
    /// The experts' mean under the initial law is not 0 at some input.
    case mean(largest: Double)

    /// What was found, what was expected, and what to do.
    public var description: String {
        switch self {
        case .mean(let largest):
            "the experts' mean under the initial law is up to \(largest) at the inputs, expected 0: below gamma 1 their sum grows with N. "
                + "Centre the experts (study.centre: true), or take an observable or a law without a mean"
        }
    }
}
