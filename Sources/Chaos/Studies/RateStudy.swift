public import Continuum
import Foundation
import Particles
import Synchronization
public import Torus
public import Training
import Transport

/// The measurements of one ensemble of a study.
public struct StudySample: Sendable, Equatable {
    /// The number of experts `N`.
    public let count: Int
    /// The replicate.
    public let replicate: Int
    /// What was measured, `[output][column]`.
    public let values: [Double]

    /// Measurements that were made or read.
    public init(count: Int, replicate: Int, values: [Double]) {
        self.count = count
        self.replicate = replicate
        self.values = values
    }
}

/// A study of the rates at which mixtures tend to their limit: ensembles of many sizes and replicates beside the limit, independent draws from it, a
/// wrong limit, and what the theory predicts.
///
/// ```swift
/// let study = try RateStudy(problem, limit: limit, wrong: (wrongProblem, wrongLimit), plan: plan)
/// let result = try study.run(known: samples) { sample in try cache.append(sample) }
/// ```
public struct RateStudy: Sendable {
    /// The plan.
    public let plan: RateStudyPlan
    /// The compared times.
    public let times: [Double]
    /// What is measured at every output, in the order of the samples' values.
    public let columns: [StudyColumn]
    /// The number of angles.
    public let dimension: Int
    /// The predicted fluctuation spectrum at every compared time.
    public let spectrum: FluctuationSpectrum
    /// The predicted limit of `N·E` of squared function errors, of loss gaps, and of what is measured at chosen inputs, by column and output;
    /// none for others.
    public let predictions: [StudyColumn: [Double]]
    /// The explicit bound, at every compared time.
    public let bound: ExplicitBound
    /// The predicted standard deviation of `√N (F_N − F)` at the input of the column `deviation`.
    public let deviations: [Double]

    private let unit: StudyUnit
    /// Units for each number of experts: their control variates differ in degree.
    private let variates: [[FourierMoments?]]
    /// Whether a distance's exponent can be judged at each output: the density is bounded below, and its grid is fine enough.
    private let densityRatios: [Double]
    private let gridTerms: [[WassersteinOrder: Double]]
    private let shapes: [RateShape]
    private let parallelism: Parallelism

    /// Prepares a study: references, predictions and bounds, all without a finite mixture.
    ///
    /// - Parameters:
    ///   - limit: of the problem, with densities at the plan's outputs where distances are wanted.
    ///   - wrong: the negative control, a problem with other targets and its limit at the same times.
    /// - Throws: `FluctuationError.expansion`; `ContinuumError`, `TimeSteppingError`.
    public init(
        _ problem: MeanFieldProblem, limit: Limit, wrong: (problem: MeanFieldProblem, limit: Limit),
        plan: RateStudyPlan, tolerance: Double = 1e-10, parallelism: Parallelism = .allCores
    ) throws {
        guard problem.basis.trigonometric != nil else { throw FluctuationError.expansion }
        precondition(problem.prescribedWeights == nil && !plan.counts.isEmpty && !plan.outputs.isEmpty)
        self.plan = plan
        self.parallelism = parallelism
        let times = plan.outputs.map { limit.times[$0] }
        self.times = times
        dimension = problem.dimension
        let frequencies = FluctuationSpectrum.frequencies(dimension: problem.dimension, degree: plan.spectrumDegree)
        let basis = StudyBasis(problem, frequencies: frequencies, inputs: plan.inputPairs)
        columns = Self.columns(problem, plan, frequencies, basis)

        // Beyond three angles nodes are lattices, whose error falls slowly: it only has to be below that of the largest mixture.
        let accuracy = problem.dimension > 3 ? max(tolerance, 1e-4) : tolerance
        // What is predicted is compared with squares over replicates, which a part in a thousand serves.
        let coarse = problem.dimension > 3 ? max(tolerance, 1e-3) : tolerance
        let nodes = try LabelledNodes(
            resolving: problem, until: times.last ?? 0, tolerance: accuracy,
            nodesPerAxis: 8 * max(plan.spectrumDegree, problem.basis.harmonics.max() ?? 1), parallelism: parallelism)
        func densities(_ limit: Limit) -> [ComparedDensity?] {
            plan.outputs.map { output in
                plan.wasserstein.isEmpty || !limit.densities.indices.contains(output)
                    ? nil : try? ComparedDensity(limit.densities[output])
            }
        }
        let right = try StudyReference(
            problem, measured: problem, nodes: nodes, times: times, densities: densities(limit), basis: basis,
            tolerance: accuracy, parallelism: parallelism)
        let other = try StudyReference(
            wrong.problem, measured: problem, nodes: nodes, times: times, densities: densities(wrong.limit),
            basis: basis, tolerance: accuracy, parallelism: parallelism)
        unit = StudyUnit(
            problem: problem, history: limit.history, times: times, plan: plan, basis: basis, columns: columns,
            right: right, wrong: other, variates: [])
        variates = plan.counts.map { Self.variates(limit, plan, count: $0, dimension: problem.dimension) }
        densityRatios = plan.outputs.map { output in
            guard limit.densities.indices.contains(output), let grid = limit.grid else { return .nan }
            return limit.densities[output].minimum / Field.uniform(on: grid).minimum
        }
        gridTerms = plan.outputs.map { output in
            guard let refined = limit.refinedDensities[output] else { return [:] }
            return Dictionary(
                uniqueKeysWithValues: plan.wasserstein.map {
                    ($0, gridTerm(of: limit.densities[output], against: refined, order: $0))
                })
        }
        shapes = plan.outputs.map {
            limit.densities.indices.contains($0) ? RateShape(squaredW2: limit.densities[$0]) : .power
        }
        spectrum = try FluctuationSpectrum(
            problem, times: times, frequencies: frequencies, tolerance: coarse, method: plan.method,
            parallelism: parallelism)
        let fluctuations = try Fluctuations(
            problem, times: times, of: TestFunction.basis(of: problem), tolerance: coarse, method: plan.method,
            parallelism: parallelism)
        var (predictions, deviations) = Self.predictions(problem, fluctuations, right)
        if !plan.inputs.isEmpty {
            let chosen = try Fluctuations(
                problem, times: times, of: plan.inputs.map { .input($0, of: problem) }, tolerance: coarse,
                method: plan.method, parallelism: parallelism)
            predictions.merge(Self.predictions(chosen, plan)) { own, _ in own }
        }
        self.predictions = predictions
        self.deviations = deviations
        bound = try ExplicitBound(
            problem,
            flow: LinearizedFlow(problem: problem, nodes: nodes, tolerance: accuracy, parallelism: parallelism),
            times: times)
    }

    private static func columns(
        _ problem: MeanFieldProblem, _ plan: RateStudyPlan, _ frequencies: [[Int]], _ basis: StudyBasis
    ) -> [StudyColumn] {
        let distances: [Quantity] = plan.wasserstein.map { $0 == .one ? .w1 : .w2 }
        let errors: [Quantity] = [.functionError] + (problem.heldOutTargets.isEmpty ? [] : [.functionErrorTest])
        return StudyColumn.Family.allCases.flatMap { family in
            var kinds = distances.map { StudyColumn.Kind.quantity($0) }
            if family == .trained { kinds.append(.quantity(.coupling)) }
            kinds += errors.map { .quantity($0) }
            if family == .trained { kinds.append(.quantity(.functionErrorSup)) }
            kinds.append(.quantity(.lossGap))
            if basis.hasKernel, family != .wrong { kinds.append(.kernelError) }
            if family != .wrong { kinds.append(.deviation) }
            if family == .independent, plan.wasserstein.contains(.two), problem.dimension > 1 { kinds.append(.variate) }
            kinds += frequencies.map { .wave($0) }
            kinds += plan.inputPairs.map { .covariance($0.0, $0.1) }
            if basis.hasInputProducts { kinds += plan.inputPairs.map { .pair($0.0, $0.1) } }
            if family == .trained { kinds += plan.inputs.map { .response($0) } }
            return kinds.map { StudyColumn(family, $0) }
        }
    }

    /// The moments of the limit up to about the experts' spacing, where `W₂` and `H^{−1}` go together best (docs/decisions.md).
    private static func variates(_ limit: Limit, _ plan: RateStudyPlan, count: Int, dimension: Int) -> [FourierMoments?]
    {
        plan.outputs.map { output in
            guard dimension > 1, plan.wasserstein.contains(.two), limit.densities.indices.contains(output) else {
                return nil
            }
            let density = limit.densities[output]
            let spacing = 0.75 * pow(Double(count), 1 / Double(dimension))
            let most = ((density.grid.cells.min() ?? 1) - 1) / 2
            let degree = min(most, max(2, Int(min(spacing, 64).rounded())))
            return degree > 0 ? try? FourierMoments(ofLawWithAverages: density, degree: degree) : nil
        }
    }

    /// `N·E` of the squares of function errors and of the loss gap, from the covariances of the moments.
    private static func predictions(
        _ problem: MeanFieldProblem, _ fluctuations: Fluctuations, _ right: StudyReference
    ) -> ([StudyColumn: [Double]], [Double]) {
        let count = problem.basis.count
        /// `cᵀ Σ c` of the coefficients of one datum.
        func form(_ c: (Int) -> Double, _ entry: (Int, Int) -> Double) -> Double {
            let own = (0..<count).map(c)
            var sum = 0.0
            for a in 0..<count where own[a] != 0 {
                for b in 0..<count { sum += own[a] * own[b] * entry(a, b) }
            }
            return sum
        }
        var result: [StudyColumn: [Double]] = [:]
        var deviations: [Double] = []
        for output in fluctuations.times.indices {
            for family in [StudyColumn.Family.trained, .independent] {
                func entry(_ a: Int, _ b: Int) -> Double {
                    family == .trained
                        ? fluctuations.covariance(output: output, a, b) : fluctuations.resampling(output: output, a, b)
                }
                let (n, held) = (problem.targets.count, problem.heldOutTargets.count)
                func meanVariance(_ coefficients: [Double], _ data: Int) -> Double {
                    (0..<data).reduce(0) { sum, a in sum + form({ coefficients[$0 * data + a] }, entry) }
                        / Double(data)
                }
                func add(_ kind: StudyColumn.Kind, _ value: Double) {
                    result[StudyColumn(family, kind), default: []].append(value)
                }
                add(.quantity(.functionError), meanVariance(problem.coefficients, n))
                if held > 0 { add(.quantity(.functionErrorTest), meanVariance(problem.heldOutCoefficients, held)) }
                let residuals = zip(right.functions[output], problem.targets).map(-)
                add(
                    .quantity(.lossGap),
                    form(
                        { m in
                            residuals.indices.reduce(0) { $0 + residuals[$1] * problem.coefficients[m * n + $1] }
                                / Double(n)
                        }, entry))
                let one = form(
                    { held > 0 ? problem.heldOutCoefficients[$0 * held] : problem.coefficients[$0 * n] }, entry)
                add(.deviation, one)
                if family == .trained { deviations.append(one.squareRoot()) }
            }
        }
        return (result, deviations)
    }

    /// `N·E` of what is measured at chosen inputs.
    private static func predictions(_ fluctuations: Fluctuations, _ plan: RateStudyPlan) -> [StudyColumn: [Double]] {
        var result: [StudyColumn: [Double]] = [:]
        let outputs = fluctuations.times.indices
        for (i, a) in plan.inputs.enumerated() {
            result[StudyColumn(.trained, .response(a))] = outputs.map {
                let response = fluctuations.response(output: $0, i)
                return response * response
            }
            for (j, b) in plan.inputs.enumerated().dropFirst(i) {
                result[StudyColumn(.trained, .covariance(a, b))] = outputs.map {
                    fluctuations.covariance(output: $0, i, j)
                }
                result[StudyColumn(.independent, .covariance(a, b))] = outputs.map {
                    fluctuations.resampling(output: $0, i, j)
                }
                result[StudyColumn(.trained, .pair(a, b))] = outputs.map {
                    fluctuations.pairCovariance(output: $0, i, j)
                }
                result[StudyColumn(.independent, .pair(a, b))] = outputs.map { _ in 0 }
            }
        }
        return result
    }

    /// What ends a run of a study early; what was measured has been recorded.
    public struct Interruption: Error {}

    /// Makes the measurements that are missing, adding replicates until the exponents are known as precisely as asked or the budget is spent.
    ///
    /// The result does not depend on which samples were known, nor on the number of threads.
    ///
    /// - Parameters:
    ///   - known: samples of earlier runs of the same plan; others are passed over.
    ///   - record: called with every new sample, from any thread, one call at a time.
    ///   - isCancelled: asked before each ensemble.
    ///   - progress: called with the share of the budget that is spent.
    /// - Throws: `Interruption`, `TimeSteppingError`, what `record` throws.
    public func run(
        known: [StudySample] = [], record: @escaping @Sendable (StudySample) throws -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws -> RateStudyResult {
        var samples: [Key: [Double]] = [:]
        for sample in known where isComplete(sample) {
            samples[Key(count: sample.count, replicate: sample.replicate)] = sample.values
        }
        let total = work(replicates: plan.mostReplicates)
        var replicates = min(plan.leastReplicates, plan.mostReplicates)
        while true {
            let keys = plan.counts.reversed().flatMap { count in
                (0..<plan.replicates(of: count, upTo: replicates)).map { Key(count: count, replicate: $0) }
            }
            let missing = keys.filter { samples[$0] == nil }
            let done = Mutex(work(replicates: replicates) - missing.reduce(0.0) { $0 + Double($1.count) })
            let sideBySide = missing.count >= 2 * parallelism.threads
            let outer = sideBySide ? parallelism : .serial
            let inner = sideBySide ? Parallelism.serial : parallelism
            let found = try outer.map(missing.count) { index -> [Double] in
                if isCancelled() { throw Interruption() }
                let key = missing[index]
                let unit = unit.with(variates: variates[plan.counts.firstIndex(of: key.count) ?? 0])
                let values = try unit.values(count: key.count, replicate: key.replicate, parallelism: inner)
                try done.withLock { done in
                    try record(StudySample(count: key.count, replicate: key.replicate, values: values))
                    done += Double(key.count)
                    progress(total > 0 ? done / total : 1)
                }
                return values
            }
            for (key, values) in zip(missing, found) { samples[key] = values }
            let result = result(replicates: replicates) { samples[Key(count: $0, replicate: $1)] ?? [] }
            if replicates >= plan.mostReplicates || result.precision <= plan.precision { return result }
            replicates = min(plan.mostReplicates, replicates + plan.batch)
        }
    }

    /// Whether a sample has all that the plan measures of it: more distances may be asked for than were.
    private func isComplete(_ sample: StudySample) -> Bool {
        guard sample.values.count == times.count * columns.count else { return false }
        guard sample.replicate < plan.distanceReplicates, !plan.wasserstein.isEmpty,
            let column = columns.firstIndex(where: \.kind.isTransport)
        else { return true }
        return !sample.values[column].isNaN
    }

    private struct Key: Hashable, Sendable {
        let count: Int
        let replicate: Int
    }

    private func work(replicates: Int) -> Double {
        plan.counts.reduce(0) { $0 + Double($1) * Double(plan.replicates(of: $1, upTo: replicates)) }
    }

    private func result(replicates: Int, _ values: (Int, Int) -> [Double]) -> RateStudyResult {
        let used = plan.counts.map { plan.replicates(of: $0, upTo: replicates) }
        let samples = zip(plan.counts, used).map { count, replicates in
            (0..<replicates).map { values(count, $0) }
        }
        return RateStudyResult(
            study: self, replicates: used, samples: samples, shapes: shapes, densityRatios: densityRatios,
            gridTerms: gridTerms,
            variateMeans: zip(plan.counts, variates).map { count, moments in
                moments.map { $0?.meanSquaredSobolevDistance(ofAtoms: count) ?? .nan }
            }, parallelism: parallelism)
    }
}
