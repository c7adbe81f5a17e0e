import Foundation
import Particles
public import Torus
public import Training

/// How far training in steps is from the flow: gradient descent with steps `Δt`, mini-batches of `B` data, expectation values of `S` shots.
///
/// The distance is `(E (1/N) Σ_i |θ_i − θ_i^flow|²)^{1/2}` at the end, from the same draws. Its exponents are 1 in `Δt` with all data and exact values, and
/// ½ in `Δt`, −½ in `B` and `S` where noise rules, which is where `Δt` is small.
public struct DiscreteTrainingStudy: Sendable {
    /// A way of training.
    public struct Setting: Sendable, Hashable {
        /// `Δt`.
        public let step: Double
        /// `B`; `nil`: all data.
        public let batch: Int?
        /// `S`; `nil`: exact values.
        public let shots: Int?

        /// A way of training.
        public init(step: Double, batch: Int? = nil, shots: Int? = nil) {
            self.step = step
            self.batch = batch
            self.shots = shots
        }
    }

    /// A variable over which the distance is fitted.
    public enum Variable: String, Sendable {
        /// `Δt`.
        case step
        /// `B`.
        case batch
        /// `S`.
        case shots
    }

    /// Settings that differ in one variable, and the exponent that the theory gives.
    public struct Series: Sendable {
        /// What a table calls it.
        public let name: String
        /// What the settings differ in.
        public let variable: Variable
        /// The settings, at least two.
        public let settings: [Setting]
        /// The exponent that the theory gives.
        public let theory: Double

        /// A series of settings.
        public init(_ name: String, _ variable: Variable, _ settings: [Setting], theory: Double) {
            self.name = name
            self.variable = variable
            self.settings = settings
            self.theory = theory
        }

        /// The value of the variable in a setting.
        public func value(_ setting: Setting) -> Double {
            switch variable {
            case .step: setting.step
            case .batch: Double(setting.batch ?? 0)
            case .shots: Double(setting.shots ?? 0)
            }
        }
    }

    /// What was found of a series.
    public struct Finding: Sendable {
        /// The series.
        public let series: Series
        /// The root mean square distances, one a setting, and their standard errors.
        public let distances: [(value: Double, error: Double)]
        /// The exponent.
        public let slope: Double
        /// The interval's lower end.
        public let lower: Double
        /// Its upper end.
        public let upper: Double
    }

    /// The findings, one a series.
    public let findings: [Finding]

    /// Trains mixtures in each setting and by the flow.
    ///
    /// - Throws: `GradientDescentError`, `TimeSteppingError`.
    public init(
        _ problem: MeanFieldProblem, series: [Series], count: Int, replicates: Int, time: Double, seed: UInt64,
        parallelism: Parallelism = .allCores, progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws {
        precondition(replicates >= 2 && series.allSatisfy { $0.settings.count >= 2 })
        let bootstrap = NestedBootstrap(replicates: [replicates], seed: seed)
        let flows = try parallelism.map(replicates) { replicate -> [Ensemble] in
            let draws = Ensemble(
                drawing: count, dimension: problem.dimension, from: problem.initialLaw, seed: seed, replicate: replicate
            )
            var end = draws
            try GradientFlow(problem, tolerance: 1e-10).train(draws, times: [time]) { _, ensemble, _ in end = ensemble }
            return [draws, end]
        }
        let total = Double(series.reduce(0) { $0 + $1.settings.count })
        var (found, done) = ([Finding](), 0.0)
        for one in series {
            var squares: [[Double]] = []
            for setting in one.settings {
                let descent = try GradientDescent(
                    problem, step: setting.step, batch: setting.batch, shots: setting.shots, seed: seed)
                squares.append(
                    try parallelism.map(replicates) { replicate in
                        var square = Double.nan
                        descent.train(flows[replicate][0], times: [time], replicate: replicate) { _, ensemble, _ in
                            square =
                                zip(ensemble.angles, flows[replicate][1].angles).reduce(0) {
                                    $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
                                } / Double(count)
                        }
                        return square
                    })
                done += 1
                progress(done / total)
            }
            let logs = one.settings.map { log(one.value($0)) }
            let means = squares.map(bootstrap.means)
            func slope(_ values: [Double]) -> Double { 0.5 * PowerLawFit.line(logs, values.map { log($0) }) }
            let (lower, upper) = NestedBootstrap.interval(
                (0..<NestedBootstrap.resamples).map { resample in slope(means.map { $0.resampled[resample] }) })
            found.append(
                Finding(
                    series: one,
                    distances: squares.map { row in
                        let (mean, error) = meanAndError(row)
                        return (mean.squareRoot(), 0.5 * error / mean.squareRoot())
                    }, slope: slope(means.map(\.plain)), lower: lower, upper: upper))
        }
        findings = found
    }
}
