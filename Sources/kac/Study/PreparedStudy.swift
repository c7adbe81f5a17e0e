import Chaos
import Continuum
import Experts
import Foundation
import Torus
import Training

/// An experiment made ready for a study: its problem, its limit and the wrong one.
struct PreparedStudy {
    let problem: MeanFieldProblem
    let study: RateStudy
    /// Everything that a measurement depends on but `N` and the replicate.
    let key: String

    /// Lifts the expert, solves both limits and makes the predictions.
    ///
    /// - Throws: `StudyError`, and what the data and the solvers throw.
    init(
        _ experiment: Experiment, _ section: StudySection, parallelism: Parallelism, progress: Progress
    ) throws {
        var plan = try section.plan(experiment)
        let (problem, _) = try Self.problem(experiment, progress)
        if section.kind == .fluctuations { plan.inputs = section.chosenInputs(problem) }
        self.problem = problem
        progress.begin("limit (\(experiment.scheme.name))", total: experiment.times.last ?? 0, unit: "time units")
        let limit = try Self.limit(problem, experiment, plan, parallelism, progress)
        progress.end()
        let wrong = problem.multiplyingTargets(by: plan.wrongTargets)
        progress.begin("wrong limit, the negative control", total: experiment.times.last ?? 0, unit: "time units")
        let wrongLimit = try Self.limit(wrong, experiment, plan, parallelism, progress)
        progress.end()
        progress.begin("predicted fluctuations", total: 1, unit: "")
        study = try RateStudy(
            problem, limit: limit, wrong: (wrong, wrongLimit), plan: plan,
            tolerance: min(1e-8, experiment.scheme.tolerance), parallelism: parallelism)
        progress.end()
        key = [
            "kac study 1", "\(problem.basis.trigonometric?.monomials.map(\.description) ?? [])",
            "\(problem.coefficients) \(problem.heldOutCoefficients)", "\(problem.targets) \(problem.heldOutTargets)",
            "\(problem.initialLaw)", "\(experiment.scheme)", "\(experiment.grid?.cells ?? [])", "\(experiment.times)",
            "\(experiment.policy)", "\(plan.outputs) \(plan.seed) \(plan.tolerance) \(plan.wrongTargets)",
            "\(study.columns)",
        ].joined(separator: "\n")
    }

    /// The problem of an experiment that trains.
    static func problem(_ experiment: Experiment, _ progress: Progress) throws -> (MeanFieldProblem, TrainingSet) {
        guard case .training(let training) = experiment.model else { throw StudyError.potential }
        let set = try training.set()
        let inputs = set.training.inputs + set.heldOut.inputs
        let lift = try training.expert.trainingForm(of: training.expert.lift(inputs: inputs), inputs: inputs)
        guard let expansion = lift.expansion else {
            throw StudyError.noExpansion(reason: lift.reason ?? "path \(lift.path.rawValue)")
        }
        progress.note(lift.summary)
        try ExpansionError.check(
            sizes: expansion.coefficients, targets: set.training.targets + set.heldOut.targets,
            amplitude: training.amplitude)
        let problem = MeanFieldProblem(
            lift: lift, trainingSet: set, initialLaw: experiment.initialLaw, amplitude: training.amplitude)
        return (problem, set)
    }

    private static func limit(
        _ problem: MeanFieldProblem, _ experiment: Experiment, _ plan: RateStudyPlan, _ parallelism: Parallelism,
        _ progress: Progress
    ) throws -> Limit {
        let limit = try Limit(
            problem, scheme: experiment.scheme, grid: experiment.grid, times: experiment.times,
            refinedOutputs: plan.wasserstein.isEmpty ? [] : plan.outputs, policy: experiment.policy,
            parallelism: parallelism, progress: progress.update)
        guard limit.times.count == experiment.times.count else {
            throw StudyError.limitEnded(
                time: limit.times.last ?? 0, reason: "take method: characteristics, or end earlier")
        }
        return limit
    }
}
