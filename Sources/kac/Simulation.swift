import Chaos
import Continuum
import Experts
import TimeStepping
import Torus
import Training
import Transport

/// An experiment carried out: the limit, and the finite mixtures beside it.
struct Simulation {
    let experiment: Experiment
    /// The data, unless the potential is given.
    let trainingSet: TrainingSet?
    /// The expert's polynomials on all data, the training data first; none in a given potential.
    let lift: Lift?
    let problem: MeanFieldProblem
    let limit: Limit
    /// The finite mixtures, when the experiment has any.
    private(set) var comparison: Comparison?
    /// The fitted exponents, when there are numbers of experts enough.
    let rates: [Rate]

    /// Carries out an experiment.
    ///
    /// - Parameters:
    ///   - recorder: what keeps its snapshots, and has those to go on from.
    ///   - visit: called at each milestone with what gives the simulation as far as it is; after a replicate from any thread.
    /// - Throws: what the data, the solver or the training throw.
    init(
        _ experiment: Experiment, parallelism: Parallelism, progress: Progress, recorder: Recorder? = nil,
        visit: @escaping (Milestone, () -> Simulation) -> Void = { _, _ in }
    ) throws {
        try MemoryEstimate(experiment, threads: parallelism.threads).check()
        let trainingSet: TrainingSet?
        let lift: Lift?
        let problem: MeanFieldProblem
        switch experiment.model {
        case .potential(let potential):
            (trainingSet, lift) = (nil, nil)
            problem = MeanFieldProblem(
                potential: potential.basis, weights: potential.coefficients, initialLaw: experiment.initialLaw)
        case .training(let training):
            let set = try training.set()
            let inputs = set.training.inputs + set.heldOut.inputs
            let found = try training.expert.trainingForm(of: training.expert.lift(inputs: inputs), inputs: inputs)
            try ExpansionError.check(
                sizes: found.expansion?.coefficients ?? [], targets: set.training.targets + set.heldOut.targets,
                amplitude: training.amplitude)
            progress.note(found.summary)
            if found.expansion == nil, experiment.grid != nil {
                progress.note("densities by the state vector take second derivatives by every angle, and their time")
            }
            problem = MeanFieldProblem(
                lift: found, trainingSet: set, initialLaw: experiment.initialLaw, amplitude: training.amplitude)
            (trainingSet, lift) = (set, found)
        }
        progress.begin(
            "limit (\(experiment.scheme.name))", total: experiment.times.last ?? 0, unit: "time units")
        let limit: Limit
        do {
            limit = try Limit(
                problem, scheme: experiment.scheme, grid: experiment.grid, times: experiment.times,
                refinedOutputs: experiment.compare.map { $0.wasserstein.isEmpty ? [] : $0.outputs } ?? [],
                policy: experiment.policy, stops: experiment.stops, estimatesErrors: experiment.estimatesErrors,
                keepsOutputs: true, parallelism: parallelism, track: recorder?.track("limit", followsTime: true),
                visit: { limit in
                    visit(.output) { Simulation(experiment, trainingSet, lift, problem, limit()) }
                }, progress: progress.update)
        } catch let error as ContinuumError {
            guard case .gridTooCoarse = error, let cells = experiment.cellsNode else { throw error }
            throw cells.error(String("\(error)".trimmingPrefix("continuum.grid: ")))
        }
        progress.end()
        try Self.sayHowItEnded(limit, progress)
        Self.warnOfLimitErrors(limit, experiment.scheme, progress)
        visit(.limit) { Simulation(experiment, trainingSet, lift, problem, limit) }
        var comparison: Comparison?
        if let particles = experiment.particles, limit.failure == nil {
            var plan = Self.plan(particles, experiment.compare, outputs: limit.times.count)
            plan.keepsEnsembles = experiment.output.ensembles == .all
            let work = Double(plan.replicates * plan.counts.reduce(0, +))
            progress.begin(
                "particles (\(plan.counts.count) × \(plan.replicates) ensembles)", total: work, unit: "experts")
            // Values that do not change any more; who visits takes care of what it has of its own.
            nonisolated(unsafe) let (visit, before) = (visit, Simulation(experiment, trainingSet, lift, problem, limit))
            let result = try Comparison(
                problem, limit: limit, plan: plan, parallelism: parallelism, recorder: recorder,
                visit: { comparison in visit(.replicate) { before.with(comparison()) } }, progress: progress.update)
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
                guard let grid = limit.grid else {
                    // No density, and no distance that asks for one.
                    return result.rates(densityRatios: result.plan.outputs.map { _ in .nan })
                }
                let uniform = Field.uniform(on: grid).minimum
                return result.rates(densityRatios: result.plan.outputs.map { limit.densities[$0].minimum / uniform })
            } ?? []
    }

    /// What a simulation has come to.
    enum Milestone {
        /// An output of the limit.
        case output
        /// The end of the limit.
        case limit
        /// The end of a replicate's training.
        case replicate
    }

    /// The simulation with the mixtures that are trained so far, whose rates are not fitted.
    private func with(_ comparison: Comparison?) -> Simulation {
        var simulation = self
        simulation.comparison = comparison
        return simulation
    }

    /// A simulation whose mixtures have not been trained.
    private init(
        _ experiment: Experiment, _ trainingSet: TrainingSet?, _ lift: Lift?, _ problem: MeanFieldProblem,
        _ limit: Limit
    ) {
        self.experiment = experiment
        self.trainingSet = trainingSet
        self.lift = lift
        self.problem = problem
        self.limit = limit
        (comparison, rates) = (nil, [])
    }

    /// Tells of a limit that ended early, changed its method or lost its resolution.
    ///
    /// - Throws: `ContinuumError.underResolved` when not even the first output is resolved.
    private static func sayHowItEnded(_ limit: Limit, _ progress: Progress) throws {
        switch limit.end {
        case nil: break
        case .condition(let condition):
            progress.note("the limit ended at t = \(Measured.time(limit.times.last ?? 0)): \(condition.description)")
        case .underResolved(let time):
            guard let last = limit.times.last else {
                throw ContinuumError.underResolved(
                    scheme: "continuum", time: time, unknowns: limit.resolutions.last?.unknowns ?? 0)
            }
            progress.warn(
                "the law concentrates beyond the method's resolution at t = \(Measured.time(time)): the limit ends with the "
                    + "output at t = \(Measured.time(last)); continuum.resolution: switch goes on by characteristics")
        }
        if let time = limit.switchedAt {
            progress.note(
                "the limit is by characteristics: the method was under-resolved from t = \(Measured.time(time)) on")
        }
        if let reason = limit.errorEstimateFailure {
            progress.warn(
                limit.errorEstimate == nil
                    ? "the error of the limit is not known, its companions failed: \(reason)"
                    : "the error of the limit is not known at every output, its companions were ended: \(reason)")
        }
        if let lost = limit.resolutions.compactMap(\.lostAt).min() {
            progress.warn(
                "the limit is under-resolved from t = \(Measured.time(lost)) on: take more cells or nodes, or method: "
                    + "characteristics without a number of nodes, which takes as many as it needs")
        }
    }

    /// Says so when a solver that holds a tolerance of its own is far beyond it, by the exact solution or its estimate.
    private static func warnOfLimitErrors(_ limit: Limit, _ scheme: Scheme, _ progress: Progress) {
        if case .finiteVolume = scheme { return }
        // Errors of single steps add up, and grow with the flow where mass concentrates.
        let bound = 100 * scheme.tolerance
        let remedy =
            "beside a tolerance of \(Measured.number(scheme.tolerance)): take a smaller tolerance or more nodes, or end earlier"
        if let worst = limit.exactMomentErrors?.max(), worst > bound {
            progress.warn("the limit is \(Measured.number(worst)) from the exact solution, \(remedy)")
        } else if let errors = limit.errorEstimate {
            // Tolerances are about moments: the density of a sharp peak may be much less well known.
            for (what, terms) in [("∫ |ρ − ρ_true| dθ", errors.density), ("moments", errors.moment)] {
                guard let output = terms.firstIndex(where: { $0.total > bound }) else { continue }
                progress.warn(
                    "the limit's error in \(what) is about \(Measured.number(terms[output].total)) at "
                        + "t = \(Measured.time(limit.times[output])), \(remedy)")
                break
            }
        }
    }

    /// Says so when the distances are more of the limit's own error than of the mixtures.
    private static func warnOfErrors(_ comparison: Comparison, _ progress: Progress) {
        let last = comparison.plan.counts.count - 1
        for output in comparison.plan.outputs.indices {
            let time = Measured.time(comparison.times[output])
            if comparison.solverError(output: output).isNaN, !comparison.quantities.isEmpty {
                progress.warn(
                    "no verdicts at t = \(time): the limit's own error is not known; continuum.error: estimate finds it"
                )
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
        // A limit that ended early has fewer outputs; its last one stands for those that are missing.
        let compared = Set((compare?.outputs ?? [outputs - 1]).map { min($0, outputs - 1) }).sorted()
        var plan = ComparisonPlan(
            counts: particles.counts, replicates: particles.replicates, seed: particles.seed, outputs: compared)
        plan.tolerance = particles.tolerance
        plan.wasserstein = compare?.wasserstein.compactMap(WassersteinOrder.init) ?? []
        plan.coupling = compare?.coupling ?? false
        plan.function = compare?.function ?? false
        plan.controlVariate = compare?.controlVariate ?? false
        return plan
    }
}
