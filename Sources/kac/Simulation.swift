import Chaos
import Continuum
import Experts
import Torus
import Training
import Transport

/// An experiment carried out: the limit, and the finite mixtures beside it.
struct Simulation {
    let experiment: Experiment
    let trainingSet: TrainingSet
    /// The expert's polynomials on all data, the training data first.
    let lift: Lift
    let problem: MeanFieldProblem
    let limit: Limit
    /// The finite mixtures, when the experiment has any.
    let comparison: Comparison?
    /// The fitted exponents, when there are numbers of experts enough.
    let rates: [Rate]

    /// Carries out an experiment.
    ///
    /// - Throws: what the data, the solver or the training throw.
    init(_ experiment: Experiment, parallelism: Parallelism, progress: Progress) throws {
        try MemoryEstimate(experiment, threads: parallelism.threads).check()
        let trainingSet = try TrainingSet(experiment.trainingSource, inputNames: experiment.expert.inputNames)
        let lift = try experiment.expert.lift(inputs: trainingSet.training.inputs + trainingSet.heldOut.inputs)
        progress.note(
            "experts: path \(lift.path.rawValue), \(lift.expansion.basis.count) monomials"
                + (lift.reason.map { "; \($0)" } ?? ""))
        let problem = MeanFieldProblem(
            lift: lift, trainingSet: trainingSet, initialLaw: experiment.initialLaw, amplitude: experiment.amplitude)
        progress.begin(
            "limit (\(experiment.scheme.name))", total: experiment.times.last ?? 0, unit: "time units")
        let limit = try Limit(
            problem, scheme: experiment.scheme, grid: experiment.grid, times: experiment.times,
            refinedOutputs: experiment.compare.map { $0.wasserstein.isEmpty ? [] : $0.outputs } ?? [],
            parallelism: parallelism, progress: progress.update)
        progress.end()
        if let lost = limit.resolutions.compactMap(\.lostAt).min() {
            progress.warn(
                "the limit is under-resolved from t = \(Measured.time(lost)) on: take more cells or nodes, or method: "
                    + "characteristics without a number of nodes, which takes as many as it needs")
        }
        Self.warnOfExactErrors(limit, experiment.scheme, progress)
        var comparison: Comparison?
        if let particles = experiment.particles {
            let plan = Self.plan(particles, experiment.compare, outputs: experiment.times.count)
            let work = Double(plan.replicates * plan.counts.reduce(0, +))
            progress.begin(
                "particles (\(plan.counts.count) × \(plan.replicates) ensembles)", total: work, unit: "experts")
            let result = try Comparison(
                problem, limit: limit, plan: plan, parallelism: parallelism, progress: progress.update)
            progress.end()
            result.failures.forEach(progress.warn)
            Self.warnOfErrors(result, progress)
            comparison = result
        }
        self.experiment = experiment
        self.trainingSet = trainingSet
        self.lift = lift
        self.problem = problem
        self.limit = limit
        self.comparison = comparison
        rates =
            comparison.map { result in
                let uniform = Field.uniform(on: limit.grid).minimum
                return result.rates(densityRatios: result.plan.outputs.map { limit.densities[$0].minimum / uniform })
            } ?? []
    }

    /// Says so when a solver that ought to follow the exact solution does not.
    private static func warnOfExactErrors(_ limit: Limit, _ scheme: Scheme, _ progress: Progress) {
        if case .finiteVolume = scheme { return }
        // Errors of single steps add up, and grow with the flow where mass concentrates.
        guard let worst = limit.exactMomentErrors?.max(), worst > 100 * scheme.tolerance else { return }
        progress.warn(
            "the limit is \(Measured.number(worst)) from the exact solution, beside a tolerance of "
                + "\(Measured.number(scheme.tolerance)): take a smaller tolerance or more nodes, or end earlier")
    }

    /// Says so when the distances are more of the limit's own error than of the mixtures.
    private static func warnOfErrors(_ comparison: Comparison, _ progress: Progress) {
        let last = comparison.plan.counts.count - 1
        for output in comparison.plan.outputs.indices {
            let time = Measured.time(comparison.times[output])
            if comparison.solverError(output: output).isNaN, !comparison.quantities.isEmpty {
                progress.warn("no verdicts at t = \(time): finite volumes do not know their own error for this expert")
                continue
            }
            let spoiled = comparison.quantities.filter { quantity in
                let error = comparison.gridTerm(quantity, output: output) + comparison.solverError(output: output)
                let mean = comparison.mean(quantity, count: last, output: output).mean
                return quantity != .lossGap && mean > 0 && error > Rate.largestErrorShare * mean
            }
            guard let first = spoiled.first else { continue }
            let error = comparison.gridTerm(first, output: output) + comparison.solverError(output: output)
            let mean = comparison.mean(first, count: last, output: output).mean
            progress.warn(
                "the grid is too coarse or the tolerance too large at t = \(time) for "
                    + "\(spoiled.map(\.rawValue).joined(separator: ", ")): the limit is about "
                    + "\(Measured.number(error)) off, beside a mean \(first.rawValue) of \(Measured.number(mean))")
        }
    }

    private static func plan(
        _ particles: Experiment.Particles, _ compare: Experiment.Compare?, outputs: Int
    ) -> ComparisonPlan {
        var plan = ComparisonPlan(
            counts: particles.counts, replicates: particles.replicates, seed: particles.seed,
            outputs: compare?.outputs ?? [outputs - 1])
        plan.tolerance = particles.tolerance
        plan.wasserstein = compare?.wasserstein.compactMap(WassersteinOrder.init) ?? []
        plan.coupling = compare?.coupling ?? false
        plan.function = compare?.function ?? false
        return plan
    }
}
