public import Continuum
import Foundation
public import Particles
import Synchronization
public import TimeStepping
public import Torus
public import Training
import Transport

/// Finite mixtures beside the limit: every distance for each number of experts, output time and replicate.
public struct Comparison: Sendable {
    /// One measured distance, with bounds where it is a bracket.
    public struct Sample: Sendable, Equatable {
        /// The distance; of a bracket the middle.
        public var value: Double
        /// A lower bound.
        public var lower: Double
        /// An upper bound.
        public var upper: Double

        static let failed = Sample(value: .nan, lower: .nan, upper: .nan)

        init(value: Double, lower: Double, upper: Double) {
            self.value = value
            self.lower = lower
            self.upper = upper
        }

        init(_ value: Double) { self.init(value: value, lower: value, upper: value) }
    }

    /// The plan; of a part of the replicates that of the part.
    public private(set) var plan: ComparisonPlan
    /// The numbers of the replicates.
    public private(set) var replicateNumbers: [Int]
    /// The compared times.
    public let times: [Double]
    /// The quantities, in the order of the tables.
    public let quantities: [Quantity]
    /// The ensembles that were kept at every output time of the limit, `[replicate][count][output]`.
    private var trajectories: [[[Ensemble]]] = []
    /// The generated function of that ensemble at the training and held-out inputs, at every output time.
    public private(set) var largestFunctions: [(training: [Double], heldOut: [Double])] = []
    /// Why distances are missing, if any are.
    public let failures: [String]

    /// The grid's term of the distances' error budget at each compared time, `[output][order]`, in radians; none where
    /// the limit has no finer density.
    private let gridTerms: [[WassersteinOrder: Double]]
    /// What is known of `E W₂²` at each compared time.
    let shapes: [RateShape]
    /// About how far the limit itself is from the true one at each compared time; NaN where that is not known.
    private let solverErrors: [Double]
    private var samples: [Sample] = []
    /// The squared `H^{−1}` distances of the synchronous copies from the limit, and their known means; empty without copies.
    private var variates: [Double] = []
    private let variateMeans: [[Double]]

    /// Trains the mixtures of a plan and compares them with the limit.
    ///
    /// Replicates run side by side when there are enough of them, otherwise the sweeps over one ensemble do; the
    /// numbers are the same to the bit.
    ///
    /// - Parameters:
    ///   - recorder: where snapshots of the replicates are left, and found to go on from.
    ///   - visit: called once for all replicates that snapshots tell the end of, then after each other one, from any thread, with what gives
    ///     the comparison of those that are done; it has none before replicate 0 is.
    ///   - progress: called with the share of the work done, at the start and from then on, from any thread, one call at a time.
    /// - Throws: `TimeSteppingError`; `SnapshotError` for a snapshot of something else.
    public init(
        _ problem: MeanFieldProblem, limit: Limit, plan: ComparisonPlan, parallelism: Parallelism = .allCores,
        recorder: Recorder? = nil, visit: @Sendable (() -> Comparison?) -> Void = { _ in },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws {
        precondition(!plan.counts.isEmpty && plan.replicates >= 1 && !plan.outputs.isEmpty)
        let quantities = plan.quantities(hasHeldOutData: !problem.heldOutTargets.isEmpty)
        let sideBySide = plan.replicates >= 2 * parallelism.threads
        let densities = Self.densities(limit, plan)
        let references = Self.variateReferences(limit, plan)
        let job = ReplicateJob(
            problem: problem, limit: limit, plan: plan, quantities: quantities,
            densities: densities.map { try? $0.get() }, variateReferences: references,
            parallelism: sideBySide ? .serial : parallelism,
            workPerDistance: Self.workPerDistance(plan, limit),
            recorder: recorder, progress: WorkMeter(total: Self.work(plan, limit), report: progress))
        self.plan = plan
        replicateNumbers = Array(0..<plan.replicates)
        times = plan.outputs.map { limit.times[$0] }
        self.quantities = quantities
        variateMeans = zip(plan.counts, references).map { count, references in
            references.map { $0?.meanSquaredSobolevDistance(ofAtoms: count) ?? .nan }
        }
        solverErrors = plan.outputs.map { limit.solverErrors[$0] }
        shapes = plan.outputs.map {
            limit.densities.indices.contains($0) ? RateShape(squaredW2: limit.densities[$0]) : .power
        }
        gridTerms = plan.outputs.map { output in
            guard let refined = limit.refinedDensities[output] else { return [:] }
            let orders = plan.wasserstein.map { order in
                (order, Transport.gridTerm(of: limit.densities[output], against: refined, order: order))
            }
            return Dictionary(uniqueKeysWithValues: orders)
        }
        failures = zip(plan.outputs, densities).compactMap { output, density in
            guard case .failure(let error) = density, !plan.wasserstein.isEmpty else { return nil }
            return "no Wasserstein distance at t = \(limit.times[output]): \(error)"
        }
        let frame = self
        let finished = FinishedReplicates()
        job.progress.add(job.workDone)
        let carriedOver = try (0..<plan.replicates).map { try job.finished(replicate: $0) }
        for (replicate, outcome) in carriedOver.enumerated() {
            if let outcome { finished.add(outcome, of: replicate) }
        }
        if carriedOver.contains(where: { $0 != nil }) { visit { frame.holding(finished.outcomes) } }
        let results = try (sideBySide ? parallelism : .serial).map(plan.replicates) { replicate in
            if let outcome = carriedOver[replicate] { return outcome }
            let outcome = try job.run(replicate: replicate)
            finished.add(outcome, of: replicate)
            visit { frame.holding(finished.outcomes) }
            return outcome
        }
        hold(results)
    }

    /// Takes what replicates have come to, in the order of their numbers.
    private mutating func hold(_ results: [ReplicateJob.Outcome]) {
        samples = results.flatMap(\.samples)
        variates = results.flatMap(\.variates)
        trajectories = results.map(\.trajectories)
        largestFunctions = results[0].functions
    }

    /// The comparison of some replicates; nil without replicate 0, which has the largest ensemble.
    private func holding(_ outcomes: [Int: ReplicateJob.Outcome]) -> Comparison? {
        guard outcomes[0] != nil else { return nil }
        var part = self
        let sorted = outcomes.sorted { $0.key < $1.key }
        part.replicateNumbers = sorted.map(\.key)
        part.plan.replicates = sorted.count
        part.hold(sorted.map(\.value))
        return part
    }

    /// Replicate 0 of the largest ensemble at every output time of the limit.
    public var trajectory: [Ensemble] { trajectories[0][plan.counts.count - 1] }

    /// A replicate, by its position, of the ensemble at a position of the plan's list of counts, at every output time of the limit; none unless it was kept.
    public func trajectory(count: Int, replicate: Int) -> [Ensemble] { trajectories[replicate][count] }

    /// The number of angles.
    public var dimension: Int { trajectory.first?.dimension ?? 1 }

    /// The work of a plan: experts times the time they are followed, the synchronous copies included, and the distances.
    private static func work(_ plan: ComparisonPlan, _ limit: Limit) -> Double {
        let compared = limit.times[plan.outputs[plan.outputs.count - 1]]
        let largest = Double(plan.counts[plan.counts.count - 1])
        let experts = Double(plan.counts.reduce(0, +)) + (plan.coupling ? largest : 0)
        let distances = Double(plan.counts.reduce(0, +) * plan.outputs.count) * workPerDistance(plan, limit)
        // The ensembles that are kept are followed to the last output.
        let kept = plan.keepsEnsembles ? Double(plan.replicates * plan.counts.reduce(0, +)) : largest
        return Double(plan.replicates) * (experts * compared + distances)
            + kept * ((limit.times.last ?? compared) - compared)
    }

    /// The time of a distance, as that over which an expert is followed meanwhile: on the torus it is most of the work.
    fileprivate static func workPerDistance(_ plan: ComparisonPlan, _ limit: Limit) -> Double {
        let dimension = limit.grid?.dimension ?? 1
        return plan.wasserstein.isEmpty || dimension == 1 ? 0 : dimension == 2 ? 30 : 200
    }

    private static func densities(_ limit: Limit, _ plan: ComparisonPlan) -> [Result<ComparedDensity, any Error>] {
        plan.outputs.map { output in
            Result {
                guard output < limit.densities.count else {
                    throw TransportError.unsupportedDimension(found: limit.firstMoments[output].count)
                }
                return try ComparedDensity(limit.densities[output])
            }
        }
    }

    /// The moments of the limit for the variates of each number of experts at each output; empty where there are no copies or no distances.
    private static func variateReferences(_ limit: Limit, _ plan: ComparisonPlan) -> [[FourierMoments?]] {
        guard plan.controlVariate, plan.coupling, plan.wasserstein.contains(.two) else { return [] }
        return plan.counts.map { count in
            plan.outputs.map { output in
                guard limit.densities.indices.contains(output) else { return nil }
                let grid = limit.densities[output].grid
                let degree = Self.variateDegree(count: count, grid: grid)
                return degree > 0
                    ? try? FourierMoments(ofLawWithAverages: limit.densities[output], degree: degree) : nil
            }
        }
    }

    /// The frequencies up to about the experts' spacing, where `W₂` and `H^{−1}` go together best; those that the grid has.
    ///
    /// The measurements are in docs/decisions.md.
    private static func variateDegree(count: Int, grid: PeriodicGrid) -> Int {
        let spacing = 0.75 * pow(Double(count), 1 / Double(grid.dimension))
        let most = ((grid.cells.min() ?? 1) - 1) / 2
        return Swift.min(most, Swift.max(2, Int(Swift.min(spacing, 64).rounded())))
    }

    /// `E W₂²` with the variance that the synchronous copies explain taken out: they are independent, so the mean of their truncated `H^{−1}` distance
    /// from the limit is known. `count` and `output` are positions in the plan's lists.
    ///
    /// - Returns: nil for fewer than four replicates, without the variate (`ComparisonPlan.controlVariate`) or where a distance is missing.
    public func squaredW2(count: Int, output: Int) -> ControlVariate? {
        guard !variates.isEmpty, plan.replicates >= 4, variateMeans[count][output].isFinite else { return nil }
        let squares = samples(.w2, count: count, output: output).map { $0.value * $0.value }
        let own = (0..<plan.replicates).map { variates[($0 * plan.counts.count + count) * plan.outputs.count + output] }
        guard squares.allSatisfy(\.isFinite), own.allSatisfy(\.isFinite) else { return nil }
        return ControlVariate(samples: squares, variates: own, variateMean: variateMeans[count][output])
    }

    /// About how far the density that a distance is measured to is from the law that it stands for, in radians: the grid's
    /// term of the error budget. 0 for other quantities, NaN where it is not known; `output` is a position in the plan's
    /// list.
    public func gridTerm(_ quantity: Quantity, output: Int) -> Double {
        switch quantity {
        case .w1: gridTerms[output][.one] ?? .nan
        case .w2: gridTerms[output][.two] ?? .nan
        default: 0
        }
    }

    /// About how far the limit itself is from the true one, by its first moment; NaN where that is not known.
    public func solverError(output: Int) -> Double { solverErrors[output] }

    /// The sample of one replicate.
    public func sample(_ quantity: Quantity, count: Int, output: Int, replicate: Int) -> Sample {
        guard let index = quantities.firstIndex(of: quantity) else { return .failed }
        let place = ((replicate * plan.counts.count + count) * plan.outputs.count + output) * quantities.count + index
        return samples[place]
    }

    /// The samples of all replicates; `count` and `output` are positions in the plan's lists.
    public func samples(_ quantity: Quantity, count: Int, output: Int) -> [Sample] {
        (0..<plan.replicates).map { sample(quantity, count: count, output: output, replicate: $0) }
    }
}

/// The share of the work done, counted from several threads and reported one call at a time.
private final class WorkMeter: Sendable {
    private let total: Double
    private let done = Mutex(0.0)
    private let report: @Sendable (Double) -> Void

    init(total: Double, report: @escaping @Sendable (Double) -> Void) {
        self.total = total
        self.report = report
    }

    func add(_ amount: Double) {
        done.withLock {
            $0 += amount
            report(total > 0 ? min(1, $0 / total) : 1)
        }
    }
}

/// What replicates have come to that are done, while others go on.
private final class FinishedReplicates: Sendable {
    private let byNumber = Mutex<[Int: ReplicateJob.Outcome]>([:])

    var outcomes: [Int: ReplicateJob.Outcome] { byNumber.withLock(\.self) }

    func add(_ outcome: ReplicateJob.Outcome, of replicate: Int) { byNumber.withLock { $0[replicate] = outcome } }
}

/// All ensembles of one replicate: nested draws, one set of synchronous copies for all of them.
private struct ReplicateJob: Sendable {
    let problem: MeanFieldProblem
    let limit: Limit
    let plan: ComparisonPlan
    let quantities: [Quantity]
    let densities: [ComparedDensity?]
    let variateReferences: [[FourierMoments?]]
    let parallelism: Parallelism
    let workPerDistance: Double
    let recorder: Recorder?
    let progress: WorkMeter

    /// What is known of a replicate: all of it at its end.
    struct Outcome: Sendable {
        /// The synchronous copies at the compared times.
        var copies: [Ensemble] = []
        /// The numbers of experts that are done with.
        var finishedCounts = 0
        var samples: [Comparison.Sample] = []
        var variates: [Double] = []
        /// The kept ensembles at the outputs of the limit, by the positions of their counts.
        var trajectories: [[Ensemble]]
        var functions: [(training: [Double], heldOut: [Double])] = []
    }

    /// A replicate whose end a snapshot tells.
    func finished(replicate: Int) throws -> Outcome? {
        guard let snapshot = recorder?.track("replicate \(replicate)").resumed else { return nil }
        let outcome = try Outcome(snapshot, problem, plan)
        return outcome.finishedCounts == plan.counts.count ? outcome : nil
    }

    func run(replicate: Int) throws -> Outcome {
        let track = recorder?.track("replicate \(replicate)")
        var outcome = try Outcome(track?.resumed, problem, plan)
        // The integration that was under way: that of the copies, or of the next number of experts.
        var resumed = track?.resumed?.parts["integration"]
        let flow = GradientFlow(problem, tolerance: plan.tolerance, parallelism: parallelism)
        let largest = plan.counts[plan.counts.count - 1]
        let draws = Ensemble(
            drawing: largest, dimension: problem.dimension, from: problem.initialLaw, seed: plan.seed,
            replicate: replicate)
        let times = plan.outputs.map { limit.times[$0] }
        if plan.coupling, outcome.copies.count < times.count {
            try flow.carryCopies(
                of: draws, along: limit.history, times: times, resuming: resumed,
                afterStep: { time, integration in
                    progress.add(time * Double(largest))
                    track?.offer { outcome.snapshot(integration()) }
                }, visit: { outcome.copies.append($1) })
            resumed = nil
        }
        for (index, count) in plan.counts.enumerated().dropFirst(outcome.finishedCounts) {
            let references = variateReferences.isEmpty ? [] : variateReferences[index]
            let isLargest = replicate == 0 && count == largest
            let keeps = plan.keepsEnsembles || isLargest
            let position = index
            try flow.train(
                draws.prefix(count), times: keeps ? limit.times : times, resuming: resumed,
                afterStep: { time, integration in
                    progress.add(time * Double(count))
                    track?.offer { outcome.snapshot(integration()) }
                }
            ) { index, ensemble, moments in
                if keeps { outcome.trajectories[position].append(ensemble) }
                if isLargest {
                    outcome.functions.append(
                        (problem.function(moments: moments), problem.heldOutFunction(moments: moments)))
                }
                guard let compared = keeps ? plan.outputs.firstIndex(of: index) : index else { return }
                outcome.samples += compare(
                    ensemble, moments, compared: compared, copies: plan.coupling ? outcome.copies[compared] : nil)
                if !references.isEmpty {
                    outcome.variates.append(variate(outcome.copies[compared].prefix(count), references[compared]))
                }
                progress.add(Double(count) * workPerDistance)
            }
            resumed = nil
            outcome.finishedCounts += 1
        }
        outcome.copies = []
        track?.finish(outcome.snapshot(nil))
        return outcome
    }

    /// The work of all replicates that snapshots tell of.
    var workDone: Double {
        guard let recorder else { return 0 }
        return (0..<plan.replicates).reduce(0) { sum, replicate in
            sum + (recorder.track("replicate \(replicate)").resumed.map { workDone($0, replicate) } ?? 0)
        }
    }

    /// The work of a replicate that a snapshot tells of.
    private func workDone(_ snapshot: Snapshot, _ replicate: Int) -> Double {
        guard let finished = try? snapshot.integer("finished_counts"), finished <= plan.counts.count,
            let copies = try? snapshot.integer("copies_count"), let samples = try? snapshot.reals("samples")
        else { return 0 }
        let compared = limit.times[plan.outputs[plan.outputs.count - 1]]
        let under = snapshot.parts["integration"]?.parts["integration"]
        let time = (try? under?.reals("times"))?.first ?? 0
        let largest = plan.counts[plan.counts.count - 1]
        func end(_ count: Int) -> Double {
            plan.keepsEnsembles || replicate == 0 && count == largest ? limit.times.last ?? compared : compared
        }
        var done = plan.counts.prefix(max(0, finished)).reduce(0) { $0 + Double($1) * end($1) }
        let copiesAreDone = !plan.coupling || finished > 0 || copies == plan.outputs.count
        if plan.coupling { done += Double(largest) * (copiesAreDone ? compared : time) }
        if copiesAreDone, finished < plan.counts.count { done += Double(plan.counts[finished]) * time }
        let distances = samples.count / max(1, 3 * quantities.count)
        for place in 0..<distances {
            done += Double(plan.counts[min(place / plan.outputs.count, plan.counts.count - 1)]) * workPerDistance
        }
        return done
    }

    private func compare(
        _ ensemble: Ensemble, _ moments: [Double], compared: Int, copies: Ensemble?
    ) -> [Comparison.Sample] {
        let output = plan.outputs[compared]
        var distances: [WassersteinOrder: Distance] = [:]
        if !plan.wasserstein.isEmpty, let density = densities[compared] {
            distances = (try? density.distances(plan.wasserstein, to: ensemble, parallelism: parallelism)) ?? [:]
        }
        let training = zip(problem.function(moments: moments), limit.functions[output]).map(-)
        let heldOut = zip(problem.heldOutFunction(moments: moments), limit.heldOutFunctions[output]).map(-)
        func rootMeanSquare(_ values: [Double]) -> Double {
            (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
        }
        return quantities.map { quantity in
            switch quantity {
            case .w1: sample(distances[.one])
            case .w2: sample(distances[.two])
            case .coupling: copies.map { Comparison.Sample(couplingDistance(ensemble, $0)) } ?? .failed
            case .functionError: Comparison.Sample(rootMeanSquare(training))
            case .functionErrorTest: Comparison.Sample(rootMeanSquare(heldOut))
            case .functionErrorSup: Comparison.Sample((training + heldOut).reduce(0) { max($0, abs($1)) })
            case .lossGap: Comparison.Sample(abs(problem.loss(moments: moments) - limit.losses[output]))
            }
        }
    }

    /// The squared truncated `H^{−1}` distance of independent copies from the limit.
    private func variate(_ copies: Ensemble, _ reference: FourierMoments?) -> Double {
        guard let reference,
            let moments = try? FourierMoments(
                atoms: copies.angles, dimension: copies.dimension, degree: reference.degree)
        else { return .nan }
        let distance = moments.sobolevDistance(to: reference)
        return distance * distance
    }

    private func sample(_ distance: Distance?) -> Comparison.Sample {
        guard let distance else { return .failed }
        return Comparison.Sample(value: distance.midpoint, lower: distance.lower, upper: distance.upper)
    }

    /// `(1/N Σ_i |θ_i − θ̄_i|²)^{1/2}`, the angles not wrapped; the copies may be more than the experts.
    private func couplingDistance(_ ensemble: Ensemble, _ copies: Ensemble) -> Double {
        var sum = 0.0
        for axis in 0..<ensemble.dimension {
            for (angle, copy) in zip(ensemble.angles(axis: axis), copies.angles(axis: axis)) {
                sum += (angle - copy) * (angle - copy)
            }
        }
        return (sum / Double(ensemble.count)).squareRoot()
    }
}

extension ReplicateJob.Outcome {
    /// What a snapshot says; without one nothing.
    init(_ snapshot: Snapshot?, _ problem: MeanFieldProblem, _ plan: ComparisonPlan) throws {
        trajectories = plan.counts.map { _ in [] }
        guard let snapshot else { return }
        finishedCounts = try snapshot.integer("finished_counts", atLeast: 0)
        let values = try snapshot.reals("samples")
        samples = (0..<values.count / 3).map {
            Comparison.Sample(value: values[3 * $0], lower: values[3 * $0 + 1], upper: values[3 * $0 + 2])
        }
        variates = try snapshot.reals("variates")
        func ensembles(_ name: String) throws -> [Ensemble] {
            let count = try snapshot.integer("\(name)_count", atLeast: 0)
            return try (0..<count).map { index in
                let angles = try snapshot.reals("\(name)_\(index)")
                return Ensemble(
                    count: angles.count / problem.dimension, dimension: problem.dimension, angles: angles)
            }
        }
        copies = try ensembles("copies")
        trajectories = try plan.counts.indices.map { try ensembles("trajectory_\($0)") }
        functions = try (0..<snapshot.integer("functions", atLeast: 0)).map { index in
            (
                training: try snapshot.reals("function_\(index)", count: problem.targets.count),
                heldOut: try snapshot.reals("held_out_function_\(index)", count: problem.heldOutTargets.count)
            )
        }
    }

    /// All of it, with the integration that is under way.
    func snapshot(_ integration: Snapshot?) -> Snapshot {
        var snapshot = Snapshot()
        snapshot.store(finishedCounts, as: "finished_counts")
        snapshot.store(samples.flatMap { [$0.value, $0.lower, $0.upper] }, as: "samples")
        snapshot.store(variates, as: "variates")
        func store(_ ensembles: [Ensemble], _ name: String) {
            snapshot.store(ensembles.count, as: "\(name)_count")
            for (index, ensemble) in ensembles.enumerated() {
                snapshot.store(ensemble.angles, as: "\(name)_\(index)")
            }
        }
        store(copies, "copies")
        for (count, trajectory) in trajectories.enumerated() { store(trajectory, "trajectory_\(count)") }
        snapshot.store(functions.count, as: "functions")
        for (index, function) in functions.enumerated() {
            snapshot.store(function.training, as: "function_\(index)")
            snapshot.store(function.heldOut, as: "held_out_function_\(index)")
        }
        snapshot.parts["integration"] = integration
        return snapshot
    }
}
