import ArgumentParser
import Chaos
import Continuum
import Foundation
import Particles
import Torus
import Training
import Transport

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "How many experts are enough for an accuracy at a confidence.",
        discussion: """
            The smallest N for which a mixture is within the error of the infinite one with the given probability: of its generated function \
            (root mean square over the held-out inputs) and its loss from the equation of its fluctuations, without training a mixture; of its \
            Wasserstein distances from the law that is fitted to some trained ones. Beside it stands what the explicit bound would ask for. \
            --verify trains that many, 100 times, and counts.

              kac plan data/experiments/iris.yml --error 0.01 --confidence 0.95 --verify
            """)

    /// What is to be near the limit's.
    enum Goal: String, ExpressibleByArgument, CaseIterable { case function, w1, w2, loss }

    @OptionGroup var experiment: ExperimentOptions

    @Option(help: "The error that is allowed: of the function and loss in their own units, of W in radians.")
    var error: Double

    @Option(help: "The probability with which it must hold, between 0 and 1.")
    var confidence: Double

    @Option(name: .customLong("for"), help: "What must be near the limit's: function, w1, w2, loss.")
    var goal = Goal.function

    @Option(
        name: .customLong("at"),
        help: "The time, an output of the experiment, or sup: the worst of all outputs. (default: the last output)")
    var time: String?

    @Flag(help: "Train that many experts 100 times, and report how often the error holds.")
    var verify = false

    @Option(help: "The trials of --verify.")
    var trials = 100

    @Flag(
        help: """
            Print JSON: for, error, confidence, times, experts, lower, upper (of the 95 % interval), source, explicit_bound (null for W), and \
            with --verify verification: trials, held, lower, upper (of the coverage's 99.9 % interval), passes.
            """)
    var json = false

    @Option(help: "Threads to use; the numbers are the same for any. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads: found \(threads), expected at least 1") }
        guard error > 0, error.isFinite else {
            throw ValidationError("--error: found \(error), expected a number above 0")
        }
        guard confidence > 0, confidence < 1 else {
            throw ValidationError("--confidence: found \(confidence), expected a probability between 0 and 1")
        }
        if trials < 1 { throw ValidationError("--trials: found \(trials), expected at least 1") }
    }

    func run() throws {
        try FailureReport.reporting {
            let read = try experiment.read(for: .limit)
            let outputs = try self.outputs(read.times)
            let parallelism = threads.map { Parallelism(threads: $0) } ?? .allCores
            let progress = Progress()
            let (problem, _) = try PreparedStudy.problem(read, progress)
            let planned = try plan(problem, read, outputs, parallelism, progress)
            if !json { print("\(read.title)\n\n\(text(planned, problem, outputs.map { read.times[$0] }))") }
            if planned.count < Self.fewExperts {
                progress.warn("so few experts are no Gaussian fluctuation: see what --verify counts")
            }
            let verification =
                verify ? try check(planned.count, problem, read, outputs, parallelism, progress) : nil
            if json {
                print(try report(planned, times: outputs.map { read.times[$0] }, verification).json())
            } else if let verification {
                print(
                    "\n\(verification.held) of \(trials) mixtures of \(planned.count) experts are within \(Measured.number(error)): "
                        + "99.9 % interval of the coverage [\(Measured.number(verification.lower)), "
                        + "\(Measured.number(verification.upper))], asked \(confidence): "
                        + (verification.passes ? "passes" : "fails"))
            }
            if verification?.passes == false { throw ExitCode(EX_SOFTWARE) }
        }
    }

    private func text(_ planned: Planned, _ problem: MeanFieldProblem, _ times: [Double]) -> String {
        var list = TextList()
        let at = times.count > 1 ? "at the worst of \(times.count) outputs" : "at t = \(Measured.time(times[0]))"
        list.add("asked", "\(subject(problem)) within \(Measured.number(error)) with probability \(confidence), \(at)")
        list.add("experts", "\(planned.count)")
        list.add(
            "95 % interval",
            "\(Measured.number(planned.lower)) to \(Measured.number(planned.upper)), by \(planned.source)")
        list.add(
            "the explicit bound asks for", planned.bound.map(Measured.number) ?? "- (it has no constant for W)")
        return list.text
    }

    private func report(_ planned: Planned, times: [Double], _ verification: PlanReport.Verification?) -> PlanReport {
        PlanReport(
            goal: goal.rawValue, error: error, confidence: confidence, times: times, experts: planned.count,
            lower: planned.lower, upper: planned.upper, source: planned.source, explicitBound: planned.bound,
            verification: verification)
    }

    /// Below this number the limit theorem says little.
    private static let fewExperts = 30

    private func subject(_ problem: MeanFieldProblem) -> String {
        switch goal {
        case .function:
            problem.heldOutTargets.isEmpty
                ? "the function (root mean square over the training inputs: none are held out)"
                : "the function (root mean square over \(problem.heldOutTargets.count) held-out inputs)"
        case .loss: "the loss"
        case .w1: "W1"
        case .w2: "W2"
        }
    }

    private func outputs(_ times: [Double]) throws -> [Int] {
        guard let time else { return [times.count - 1] }
        if time == "sup" { return Array(times.indices) }
        guard let value = Double(time),
            let index = times.firstIndex(where: { abs($0 - value) <= 1e-9 * max(1, abs(value)) })
        else {
            throw ValidationError(
                "--at: found '\(time)', expected sup or an output time: \(times.map { Measured.time($0) }.joined(separator: ", "))"
            )
        }
        return [index]
    }

    private struct Planned {
        let count: Int
        let lower: Double
        let upper: Double
        let bound: Double?
        let source: String
    }

    private func plan(
        _ problem: MeanFieldProblem, _ read: Experiment, _ outputs: [Int], _ parallelism: Parallelism,
        _ progress: Progress
    ) throws -> Planned {
        switch goal {
        case .function, .loss:
            progress.begin("fluctuations", total: 1, unit: "")
            let plan = try ExpertPlan(
                problem, goal: goal == .loss ? .loss : .function, error: error, confidence: confidence,
                times: outputs.map { read.times[$0] }, parallelism: parallelism)
            progress.end()
            return Planned(
                count: plan.count, lower: plan.interval.lower, upper: plan.interval.upper, bound: plan.boundCount,
                source: "draws from the Gaussian limit")
        case .w1, .w2:
            let quantity: Quantity = goal == .w1 ? .w1 : .w2
            let comparison = try self.comparison(
                problem, read, outputs, counts: problem.dimension == 1 ? [100, 316, 1000] : [50, 158, 500],
                replicates: DistancePlan.replicates(confidence: confidence), seed: read.particles?.seed ?? 1,
                parallelism,
                progress)
            let plan = DistancePlan(comparison, quantity: quantity, error: error, confidence: confidence)
            return Planned(
                count: plan.count, lower: plan.lower, upper: plan.upper, bound: nil,
                source:
                    "\(comparison.plan.replicates) mixtures of \(comparison.plan.counts.map { "\($0)" }.joined(separator: ", ")) experts"
            )
        }
    }

    private func comparison(
        _ problem: MeanFieldProblem, _ read: Experiment, _ outputs: [Int], counts: [Int], replicates: Int, seed: UInt64,
        _ parallelism: Parallelism, _ progress: Progress
    ) throws -> Comparison {
        progress.begin("limit (\(read.scheme.name))", total: read.times.last ?? 0, unit: "time units")
        let limit = try Limit(
            problem, scheme: read.scheme, grid: read.grid, times: read.times, policy: read.policy,
            parallelism: parallelism,
            progress: progress.update)
        guard limit.times.count == read.times.count else {
            throw StudyError.limitEnded(
                time: limit.times.last ?? 0, reason: "take method: characteristics, or end earlier")
        }
        progress.end()
        var plan = ComparisonPlan(counts: counts, replicates: replicates, seed: seed, outputs: outputs)
        plan.coupling = false
        plan.wasserstein = goal == .w1 ? [.one] : goal == .w2 ? [.two] : []
        plan.function = goal == .function || goal == .loss
        progress.begin("\(replicates) mixtures", total: Double(counts.reduce(0, +) * replicates), unit: "experts")
        let comparison = try Comparison(
            problem, limit: limit, plan: plan, parallelism: parallelism, progress: progress.update)
        progress.end()
        if let failure = comparison.failures.first { throw StudyError.noDistance(reason: failure) }
        return comparison
    }

    /// Trains mixtures of other draws, and counts those that hold the error.
    private func check(
        _ count: Int, _ problem: MeanFieldProblem, _ read: Experiment, _ outputs: [Int], _ parallelism: Parallelism,
        _ progress: Progress
    ) throws -> PlanReport.Verification {
        let quantity: Quantity =
            switch goal {
            case .function: problem.heldOutTargets.isEmpty ? .functionError : .functionErrorTest
            case .loss: .lossGap
            case .w1: .w1
            case .w2: .w2
            }
        // Other draws than those that the plan was made with.
        let seed = (read.particles?.seed ?? 1) &+ 0x9E37_79B9_7F4A_7C15
        let comparison = try self.comparison(
            problem, read, outputs, counts: [count], replicates: trials, seed: seed, parallelism, progress)
        let held = (0..<trials).count { trial in
            outputs.indices.allSatisfy {
                comparison.sample(quantity, count: 0, output: $0, replicate: trial).value <= error
            }
        }
        let interval = BinomialInterval(successes: held, trials: trials, level: 0.999)
        return PlanReport.Verification(
            trials: trials, held: held, lower: interval.lower, upper: interval.upper,
            passes: interval.upper >= confidence)
    }
}
