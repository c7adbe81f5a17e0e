import Foundation
import Particles
public import Torus
public import Training

/// How improbable outputs far from the limit's are: the rate function of the generated function at inputs and times, beside that of independent draws and of the
/// Gaussian limit, and the scaled cumulants `Λ_N(λ) = (1/N) log E e^{λ N F_N}` of small mixtures that are trained.
///
/// `Λ_N → Λ` with a correction of the order of `1/N`, which is taken out by the two largest numbers of experts. Small mixtures it must be: the
/// replicates that matter have the share `e^{−N I}`.
public struct LargeDeviationStudy: Sendable {
    /// A point of the rate function.
    public struct Point: Sendable, Equatable {
        /// The input, held-out or, without these, of the training data.
        public let input: Int
        /// The time.
        public let time: Double
        /// The tilt `λ = I'(y)`.
        public let tilt: Double
        /// The output `y`; NaN, as all that follows from it, where the tilted law was not found.
        public let output: Double
        /// `I(y)`.
        public let rate: Double
        /// `Λ(λ)`.
        public let scaledCumulant: Double
        /// `(y − F)²/(2σ²)`, `σ²` the limit of `N·Var F_N`.
        public let gaussianRate: Double
        /// `I(y)` of independent draws from the limit's law at the time.
        public let independentRate: Double
        /// Their `Λ(λ)`.
        public let independentCumulant: Double
        /// `Λ(λ)` at time 0 in closed form: `λc + Σ_p log I₀(λ A_p)` of a constant and single first harmonics under the uniform law; NaN otherwise.
        public let exactCumulant: Double
        /// The iterations that it took.
        public let iterations: Int
    }

    /// A scaled cumulant of trained mixtures.
    public struct Cumulant: Sendable, Equatable {
        /// See `Point`.
        public let input: Int
        /// The time.
        public let time: Double
        /// The tilt `λ`.
        public let tilt: Double
        /// The number of experts; `nil`: what the two largest numbers tend to.
        public let count: Int?
        /// `Λ_N(λ)`; NaN where it rests on a few replicates.
        public let measured: Double
        /// Its standard error.
        public let standardError: Double
        /// `Λ(λ)` by the rate function.
        public let predicted: Double
        /// The replicates that it rests on, `(Σw)²/Σw²` of their weights `w = e^{λ N F_N}`.
        public let effectiveReplicates: Double
        /// The deviation in standard errors.
        public var score: Double { (measured - predicted) / standardError }
    }

    /// The points, by input, then time, then tilt.
    public let points: [Point]
    /// The cumulants in the same order, then by number of experts.
    public let cumulants: [Cumulant]

    /// Below so many effective replicates a cumulant is not known.
    static let fewestReplicates = 200.0

    /// Finds the points and trains the mixtures.
    ///
    /// - Parameters:
    ///   - counts: the numbers of experts of the trained mixtures, small and increasing; none are trained without them.
    ///   - parallelism: the threads; the numbers do not depend on it.
    /// - Throws: as `RateFunction` but for tilts that are not found; `TimeSteppingError`.
    public init(
        _ problem: MeanFieldProblem, times: [Double], inputs: [Int], tilts: [Double], counts: [Int], replicates: Int,
        seed: UInt64, tolerance: Double = 1e-7, parallelism: Parallelism = .allCores,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws {
        let functions = inputs.map { TestFunction.input($0, of: problem) }
        let fluctuations = try Fluctuations(problem, times: times, of: functions, parallelism: parallelism)
        var points: [Point] = []
        for (index, input) in inputs.enumerated() {
            for (output, time) in times.enumerated() {
                let rate = try RateFunction(problem, time: time, of: functions[index], parallelism: parallelism)
                let independent = try rate.independentDraws()
                let exact = time == 0 ? Self.harmonics(of: functions[index], problem) : nil
                let (mean, variance) = (
                    fluctuations.means[output][index], fluctuations.covariance(output: output, index, index)
                )
                for tilt in tilts {
                    let found: RateFunction.Point?
                    do {
                        found = try rate.point(tilt: tilt)
                    } catch is RateFunctionError {
                        found = nil
                    }
                    let y = found?.output ?? .nan
                    points.append(
                        Point(
                            input: input, time: time, tilt: tilt, output: y, rate: found?.rate ?? .nan,
                            scaledCumulant: found?.scaledCumulant ?? .nan,
                            gaussianRate: 0.5 * (y - mean) * (y - mean) / variance,
                            independentRate: y.isNaN ? .nan : independent.rate(output: y),
                            independentCumulant: independent.scaledCumulant(tilt: tilt),
                            exactCumulant: exact?.scaledCumulant(tilt: tilt) ?? .nan,
                            iterations: found?.iterations ?? 0))
                }
                progress(0.5 * Double(index * times.count + output + 1) / Double(inputs.count * times.count))
            }
        }
        self.points = points

        // By number of experts and replicate what is generated, `[time][input]`.
        var samples: [[[Double]]] = []
        for (index, count) in counts.enumerated() {
            samples.append(
                try parallelism.map(replicates) { replicate in
                    let draws = Ensemble(
                        drawing: count, dimension: problem.dimension, from: problem.initialLaw, seed: seed,
                        replicate: replicate)
                    var values: [Double] = []
                    try GradientFlow(problem, tolerance: tolerance).train(draws, times: times) { _, _, moments in
                        let all =
                            problem.heldOutTargets.isEmpty
                            ? problem.function(moments: moments) : problem.heldOutFunction(moments: moments)
                        values += inputs.map { all[$0] }
                    }
                    return values
                })
            progress(0.5 + 0.5 * Double(index + 1) / Double(counts.count))
        }
        cumulants = points.flatMap { point -> [Cumulant] in
            guard let time = times.firstIndex(of: point.time), let input = inputs.firstIndex(of: point.input) else {
                return []
            }
            let own = zip(counts, samples).map { count, rows in
                Self.cumulant(rows.map { $0[time * inputs.count + input] }, count: count, point)
            }
            return own + Self.limit(of: own)
        }
    }

    private static func cumulant(_ outputs: [Double], count: Int, _ point: Point) -> Cumulant {
        let exponents = outputs.map { point.tilt * Double(count) * $0 }
        let largest = exponents.max() ?? 0
        let weights = exponents.map { exp($0 - largest) }
        let (mean, error) = meanAndError(weights)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        let sum = weights.reduce(0, +)
        let effective = sum * sum / squares
        let isKnown = effective >= fewestReplicates
        return Cumulant(
            input: point.input, time: point.time, tilt: point.tilt, count: count,
            measured: isKnown ? (largest + log(mean)) / Double(count) : .nan,
            standardError: isKnown ? error / mean / Double(count) : .nan, predicted: point.scaledCumulant,
            effectiveReplicates: effective)
    }

    /// What the two largest numbers of experts whose cumulants are known tend to, with a correction of `1/N`.
    private static func limit(of cumulants: [Cumulant]) -> [Cumulant] {
        let known = cumulants.filter(\.measured.isFinite).suffix(2)
        guard known.count == 2, let few = known.first, let many = known.last, let n = few.count, let m = many.count
        else { return [] }
        let (a, b) = (Double(m) / Double(m - n), Double(n) / Double(m - n))
        let (x, y) = (a * many.standardError, b * few.standardError)
        return [
            Cumulant(
                input: few.input, time: few.time, tilt: few.tilt, count: nil,
                measured: a * many.measured - b * few.measured, standardError: (x * x + y * y).squareRoot(),
                predicted: few.predicted, effectiveReplicates: min(few.effectiveReplicates, many.effectiveReplicates))
        ]
    }

    /// A function whose angles each have a single first harmonic, beside a constant, under the uniform law.
    struct Harmonics {
        let constant: Double
        let amplitudes: [Double]

        /// `λc + Σ_p log I₀(λ A_p)`.
        func scaledCumulant(tilt: Double) -> Double {
            amplitudes.reduce(tilt * constant) { sum, amplitude in
                // I₀(x) is the mean of e^{x cos θ}: the rectangle rule, which errs by I_n(x)/I₀(x).
                let x = abs(tilt * amplitude)
                let nodes = 64 + 4 * Int(min(x, 1e6))
                let mean = (0..<nodes).reduce(0.0) { $0 + exp(x * (cos(2 * .pi * Double($1) / Double(nodes)) - 1)) }
                return sum + x + log(mean / Double(nodes))
            }
        }
    }

    private static func harmonics(of function: TestFunction, _ problem: MeanFieldProblem) -> Harmonics? {
        guard case .uniform = problem.initialLaw, case .combination(let coefficients) = function,
            let basis = problem.basis.trigonometric
        else { return nil }
        var constant = 0.0
        var waves = Array(repeating: (cosine: 0.0, sine: 0.0), count: basis.dimension)
        for (coefficient, monomial) in zip(coefficients, basis.monomials) where coefficient != 0 {
            guard let factor = monomial.factors.first else {
                constant += coefficient
                continue
            }
            guard monomial.factors.count == 1, factor.harmonic == 1 else { return nil }
            if factor.kind == .cosine { waves[factor.axis].cosine += coefficient }
            if factor.kind == .sine { waves[factor.axis].sine += coefficient }
        }
        let amplitudes = waves.map { ($0.cosine * $0.cosine + $0.sine * $0.sine).squareRoot() }
        return Harmonics(constant: constant, amplitudes: amplitudes)
    }
}
