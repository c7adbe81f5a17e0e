import Foundation
public import TimeStepping
public import Torus
public import Training

/// The infinite mixture over time: its density on a grid, what it generates, and how well that is known.
public struct Limit: Sendable {
    /// The output times.
    public let times: [Double]
    /// The grid of the densities, if any.
    public let grid: PeriodicGrid?
    /// The density at each output, per radian^d; none without a grid.
    public internal(set) var densities: [Field]
    /// Densities on a grid of a quarter of the cell width, by output: those that were asked for. They judge
    /// the grid.
    public let refinedDensities: [Int: Field]
    /// The moments `M_m` of the problem's basis at each output.
    public let moments: [[Double]]
    /// `z_p = ∫ e^{iθ_p} dμ` at each output, one an axis.
    public let firstMoments: [[(real: Double, imaginary: Double)]]
    /// The generated function at the training inputs, at each output.
    public let functions: [[Double]]
    /// The generated function at the held-out inputs, at each output.
    public let heldOutFunctions: [[Double]]
    /// What is watched at each output.
    public let diagnostics: [Diagnostics]
    /// How well the method resolved each output.
    public let resolutions: [Resolution]
    /// The weights `w(t)` of the potential with dense output.
    public let history: PiecewisePolynomial
    private let holdsTolerance: Bool
    /// The exact solution, for a problem that has one.
    public let exact: AdditiveSolution?
    /// How far the limit is from the true one, if that was asked for and its companions could be solved.
    public let errorEstimate: ErrorEstimate?
    /// Why there is no estimate, or none at the last outputs, though it was asked for.
    public let errorEstimateFailure: String?

    /// Why the limit ended before its last output; `nil` when it did not.
    public let end: End?
    /// What ended the limit before its last output, where that was asked to be kept; the last output is then the last good state.
    public let failure: (any Error)?
    /// The time from which on the characteristics took the given method's place, if they did.
    public let switchedAt: Double?

    /// Why a limit ended early.
    public enum End: Sendable, Hashable {
        /// A condition was met; the last output is where it was.
        case condition(StopCondition)
        /// The method did not resolve the law from a time on; the last output is before it.
        case underResolved(time: Double)
    }

    /// Solves the limit of a problem.
    ///
    /// - Parameters:
    ///   - scheme: the method.
    ///   - grid: the grid of the densities; for finite volume also the one that is computed on. `nil`: no densities, the only
    ///     way beyond three angles.
    ///   - times: increasing output times, the first may be 0.
    ///   - refinedOutputs: the outputs whose density is also wanted on the finer grid.
    ///   - policy: what is done where the method does not resolve the law.
    ///   - estimatesErrors: whether the limit is solved again with fewer unknowns or longer steps, to tell its error.
    ///   - keepsOutputs: whether an error after the first output ends the limit as `failure`, with the last good state as its last
    ///     output, rather than throwing everything away.
    ///   - stops: what ends the limit before its last output; the time at which it does becomes the last output.
    ///   - parallelism: the threads of the solvers; the numbers do not depend on it.
    ///   - track: where snapshots are left after each step, and found to go on from.
    ///   - visit: called after each output with the limit up to there, for who wants it; its error is not known yet.
    ///   - progress: called at the start and after each step with the share of the time done.
    /// - Throws: `ContinuumError`, `TimeSteppingError`; `SnapshotError` for a snapshot of something else.
    public init(
        _ problem: MeanFieldProblem, scheme: Scheme, grid: PeriodicGrid?, times: [Double], refinedOutputs: [Int] = [],
        policy: ResolutionPolicy = .refine, stops: [StopCondition] = [], estimatesErrors: Bool = false,
        keepsOutputs: Bool = false, parallelism: Parallelism = .serial, track: Recorder.Track? = nil,
        visit: (@escaping () -> Limit) -> Void = { _ in }, progress: (Double) -> Void = { _ in }
    ) throws {
        if let grid, grid.dimension != problem.dimension {
            throw ContinuumError.gridDimension(grid: grid.dimension, problem: problem.dimension)
        }
        var course = try Course(
            problem, scheme: scheme, grid: grid, policy: policy, stops: stops, parallelism: parallelism)
        let finer = refinedOutputs.isEmpty ? nil : try grid.map { try PeriodicGrid(cells: $0.cells.map { 4 * $0 }) }
        var outputs = try Outputs(track?.resumed?.part("outputs"), problem, grid: grid, finer: finer)
        if let resumed = track?.resumed { try course.restore(resumed.part("course")) }
        let isSolved = try track?.resumed.map { try $0.part("outputs").integer("is_solved") == 1 } ?? false
        var failure: (any Error)?
        let cost = estimatesErrors ? ErrorEstimate.relativeCost(scheme, dimension: problem.dimension) : 0
        let wholeTime = times.last ?? 0
        progress(wholeTime > 0 ? min(1, course.solver.time / wholeTime) / (1 + cost) : 0)
        for (output, time) in times.enumerated().dropFirst(isSolved ? times.count : outputs.count) {
            do {
                try course.advance(to: time) { reached, course in
                    progress(reached / (times.last ?? time) / (1 + cost))
                    track?.offer(at: reached) { outputs.snapshot(course: course(), isSolved: false) }
                }
            } catch  where keepsOutputs && output > 0 {
                failure = error
                // The state before the failure is good; there may be nothing between it and the last output.
                if course.solver.time <= outputs.diagnostics[output - 1].time { break }
            }
            if case .underResolved = course.end { break }
            try outputs.append(
                course.solver, problem, grid: grid, finer: refinedOutputs.contains(output) ? finer : nil)
            visit { [outputs, course] in Limit(outputs, of: problem, grid: grid, course) }
            if course.end != nil || failure != nil { break }
            track?.offer { outputs.snapshot(course: course.snapshot, isSolved: false) }
        }
        holdsTolerance = if case .finiteVolume = scheme { course.switchedAt != nil } else { true }
        end = course.end
        switchedAt = course.switchedAt
        self.failure = failure
        let reached = outputs.diagnostics.map(\.time)
        let (densities, moments, firstMoments) = (outputs.densities, outputs.moments, outputs.firstMoments)
        self.times = reached
        self.grid = grid
        self.densities = densities
        refinedDensities = outputs.refined
        self.moments = moments
        self.firstMoments = firstMoments
        diagnostics = outputs.diagnostics
        resolutions = outputs.resolutions
        functions = moments.map(problem.function(moments:))
        heldOutFunctions = moments.map(problem.heldOutFunction(moments:))
        history = course.solver.history
        // Times that are out of reach for its small steps have no exact solution beside them.
        exact = AdditiveForm(problem).flatMap { try? AdditiveSolution($0, times: reached) }
        var estimate: ErrorEstimate?
        var reason: String?
        if let finished = track?.resumed?.parts["companions"], finished.values["is_finished"] != nil {
            estimate = finished.values["density"] == nil ? nil : try ErrorEstimate(finished)
            reason = finished.values["failure"] == nil ? nil : try finished.text("failure")
        } else if estimatesErrors, failure == nil {
            let samples = reached.indices.map { output in
                ErrorEstimate.Sample(
                    time: reached[output], moments: moments[output], firstMoments: firstMoments[output],
                    density: densities.isEmpty ? nil : densities[output])
            }
            do {
                let solved = outputs.snapshot(course: course.snapshot, isSolved: true)
                estimate = try ErrorEstimate(
                    of: course.solver, samples: samples, tails: outputs.resolutions.map(\.value),
                    resuming: track?.resumed?.parts["companions"]
                ) { time, companions in
                    let end = reached.last ?? 0
                    progress((1 + cost * (end > 0 ? time / end : 1)) / (1 + cost))
                    track?.offer {
                        var snapshot = solved
                        snapshot.parts["companions"] = companions()
                        return snapshot
                    }
                    if let met = course.usedUp {
                        reason = met.description
                        throw ErrorEstimate.Interruption()
                    }
                }
            } catch let error as SnapshotError {
                throw error
            } catch {
                // What was solved stands, whatever its companions do.
                reason = "\(error)"
            }
        }
        errorEstimate = estimate
        errorEstimateFailure = reason
        if failure == nil { track?.finish(finished(outputs.snapshot(course: course.snapshot, isSolved: true))) }
    }

    /// The outputs that a course has reached, without what is known at its end alone.
    private init(_ outputs: Outputs, of problem: MeanFieldProblem, grid: PeriodicGrid?, _ course: Course) {
        times = outputs.diagnostics.map(\.time)
        self.grid = grid
        densities = outputs.densities
        refinedDensities = outputs.refined
        moments = outputs.moments
        firstMoments = outputs.firstMoments
        functions = outputs.moments.map(problem.function(moments:))
        heldOutFunctions = outputs.moments.map(problem.heldOutFunction(moments:))
        diagnostics = outputs.diagnostics
        resolutions = outputs.resolutions
        history = course.solver.history
        holdsTolerance = false
        switchedAt = course.switchedAt
        (exact, errorEstimate, errorEstimateFailure, end, failure) = (nil, nil, nil, nil, nil)
    }

    /// A solver on its way through the outputs, with what may end or change it.
    struct Course {
        let problem: MeanFieldProblem
        let tolerance: Double
        let policy: ResolutionPolicy
        let stops: [StopCondition]
        let parallelism: Parallelism
        let grid: PeriodicGrid?
        /// When the way began on the clock, less what was waited before a restart.
        var start = ContinuousClock.now
        var solver: any ContinuumSolver
        var switchedAt: Double?
        var end: End?

        /// Leaves a solver's loop.
        private enum Interruption: Error {
            case condition(StopCondition)
            case underResolved(time: Double)
        }

        init(
            _ problem: MeanFieldProblem, scheme: Scheme, grid: PeriodicGrid?, policy: ResolutionPolicy,
            stops: [StopCondition], parallelism: Parallelism
        ) throws {
            self.problem = problem
            self.grid = grid
            self.policy = policy
            self.stops = stops
            self.parallelism = parallelism
            tolerance = scheme.tolerance
            solver = try Limit.solver(problem, scheme: scheme, grid: grid, parallelism: parallelism)
        }

        /// Steps to a time, or to where a condition is met; leaves `end` when the way is over.
        ///
        /// - Parameter progress: called after each step with the time and a snapshot of the course, for who wants it.
        mutating func advance(to target: Double, progress: (Double, () -> Snapshot) -> Void) throws {
            do {
                try steps(to: target, progress)
            } catch Interruption.condition(let condition) {
                end = .condition(condition)
            } catch Interruption.underResolved(let time) {
                try leave(at: time, target, progress)
            } catch ContinuumError.underResolved(_, let time, _) where policy != .refine && switchedAt == nil {
                try leave(at: time, target, progress)
            }
        }

        private func steps(to target: Double, _ progress: (Double, () -> Snapshot) -> Void) throws {
            try solver.advance(to: target) { time in
                if policy != .refine, switchedAt == nil, let lost = solver.lostAt {
                    throw Interruption.underResolved(time: lost)
                }
                if let met = stops.first(where: isMet) { throw Interruption.condition(met) }
                // A snapshot of a step that ends the way would go on beyond it.
                progress(time) { snapshot }
            }
        }

        private func isMet(_ stop: StopCondition) -> Bool {
            switch stop {
            case .gradient(let bound): solver.dissipation() < bound * bound
            case .loss(let bound): problem.loss(moments: solver.moments()) < bound
            case .wallTime(let seconds): ContinuousClock.now - start > .seconds(seconds)
            }
        }

        /// The bound of the time on the clock that is used up, if one is.
        var usedUp: StopCondition? {
            stops.first { if case .wallTime = $0 { isMet($0) } else { false } }
        }

        /// Goes on by characteristics, or ends.
        private mutating func leave(
            at time: Double, _ target: Double, _ progress: (Double, () -> Snapshot) -> Void
        ) throws {
            guard policy == .switch else {
                end = .underResolved(time: time)
                return
            }
            try goOnByCharacteristics(from: time)
            try advance(to: target, progress: progress)
        }

        mutating func goOnByCharacteristics(from time: Double) throws {
            switchedAt = time
            solver = try Limit.solver(
                problem, scheme: .characteristics(nodes: nil, tolerance: tolerance), grid: grid,
                parallelism: parallelism)
        }
    }

    /// A solver of the given scheme at time 0.
    ///
    /// - Throws: `ContinuumError` when the scheme does not fit the problem or the grid.
    public static func solver(
        _ problem: MeanFieldProblem, scheme: Scheme, grid: PeriodicGrid?, parallelism: Parallelism = .serial
    ) throws -> any ContinuumSolver {
        switch scheme {
        case .galerkin(let tolerance):
            return try Galerkin(problem, tolerance: tolerance, parallelism: parallelism)
        case .characteristics(let nodes, let tolerance):
            return try Characteristics(problem, nodes: nodes, tolerance: tolerance, parallelism: parallelism)
        case .finiteVolume(let reconstruction, let tolerance):
            guard let grid else {
                throw problem.dimension > 3
                    ? ContinuumError.dimension(problem.dimension, scheme: scheme.name)
                    : .gridDimension(grid: 0, problem: problem.dimension)
            }
            return try FiniteVolume(
                problem, grid: grid, reconstruction: reconstruction, tolerance: tolerance, parallelism: parallelism)
        }
    }

    /// Why the limit ended before its last output, in words; `nil` when it did not.
    public var endReason: String? {
        if let failure { return "\(failure)" }
        switch end {
        case nil: return nil
        case .condition(let condition): return condition.description
        case .underResolved(let time): return "the law concentrates beyond the method's resolution at t = \(time)"
        }
    }

    /// The time from which on the given method, or the one that took its place, does not resolve the law, if there is one.
    public var underResolvedFrom: Double? {
        if case .underResolved(let time) = end { return time }
        return resolutions.compactMap(\.lostAt).min()
    }

    /// The loss at each output.
    public var losses: [Double] { diagnostics.map(\.loss) }

    /// `∫ |∇V|² dμ` at each output.
    public var dissipations: [Double] { diagnostics.map(\.dissipation) }

    /// About how far the law is from the true one at each output, by its first moment.
    ///
    /// The distance from the exact solution where there is one, elsewhere the estimate. Without either 0 for the methods that hold
    /// their own resolution to a tolerance, and NaN, not known, for finite volumes after the start.
    public var solverErrors: [Double] {
        if let exactMomentErrors { return exactMomentErrors }
        if let errorEstimate { return errorEstimate.moment.map(\.total) }
        return times.map { holdsTolerance || $0 == 0 ? 0 : .nan }
    }

    /// The largest distance of a `z_p = ∫ e^{iθ_p} dμ` from the exact solution at each output; `nil` for a problem without one.
    public var exactMomentErrors: [Double]? {
        guard let exact else { return nil }
        return zip(exact.moments, firstMoments).map { exact, own in
            zip(exact, own).reduce(0) { max($0, hypot($1.0.real - $1.1.real, $1.0.imaginary - $1.1.imaginary)) }
        }
    }
}
