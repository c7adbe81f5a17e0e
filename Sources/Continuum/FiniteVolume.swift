import CLanes
import Foundation
public import TimeStepping
public import Torus
public import Training

/// The finite-volume solver in one to three angles: cell averages, one upwind flux a face used by both neighbours, exact velocities from
/// the potential's modes, and strong-stability-preserving Runge–Kutta methods.
///
/// Mass is conserved to rounding, and averages stay non-negative. A step moves no more than nine tenths of a cell's width, summed over
/// the axes; where an average became negative all the same, the step is taken again at half of that, where upwind and MUSCL cannot,
/// nor WENO5 with its fluxes limited. The tolerance bounds a step through the embedded method of one order less.
///
/// Memory: three copies of the state; `d + 1` more for WENO5. A step allocates nothing on one thread, but for the history, which
/// doubles its room when that is used up. Results do not depend on the number of threads.
///
/// Sources: Shu, Osher, *Efficient implementation of essentially non-oscillatory shock-capturing schemes*, J. Comput. Phys.
/// 77 (1988); van Leer, *Towards the ultimate conservative difference scheme V*, J. Comput. Phys. 32 (1979).
public final class FiniteVolume: ContinuumSolver {
    /// The order of the Runge–Kutta method.
    public enum TimeOrder: Int, Sendable, CaseIterable {
        /// Heun's method: two stages, whose error is measured against Euler's method.
        case two = 2
        /// Shu and Osher's method: three stages, whose error is measured against Heun's.
        case three = 3

        var stages: [RungeKuttaStage] {
            switch self {
            case .two:
                [
                    .init(baseWeight: 0), .init(baseWeight: 0.5, error: (0.5, 0.5, -0.5)),
                ]
            case .three:
                [
                    .init(baseWeight: 0), .init(baseWeight: 0.75),
                    .init(baseWeight: 1.0 / 3, error: (2.0 / 3, 4.0 / 3, -4.0 / 3)),
                ]
            }
        }
    }

    /// A step moves no face's mass further than this part of a cell, summed over the axes.
    static let courantLimit = 1.0
    /// The same where every average stays non-negative whatever it is.
    static let positiveCourantLimit = 0.5
    /// Steps taken at the smaller number, by WENO5 with its limiter, after an average became negative.
    private static let cautiousSteps = 32
    /// Fewer cells than this across the peak are called under-resolved.
    static let fewestCellsAcrossPeak = 8.0

    private let problem: MeanFieldProblem
    private let potential: FourierPotential
    private let grid: PeriodicGrid
    private let layout: GridLayout
    private let waves: GridWaves
    private let reconstruction: Scheme.Reconstruction
    private let stages: [RungeKuttaStage]
    private let order: TimeOrder
    private let tolerance: Double
    private let largestStep: Double
    private let courantShare: Double
    private let intervalShare: Double
    private let parallelism: Parallelism
    private let slabs: [Range<Int>]
    private let uniformDensity: Double
    private let scratchCount: Int

    /// The state, and two stages of a step.
    private var buffers: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)
    private let memory: UnsafeMutablePointer<Double>
    /// Face values and fluxes of WENO5.
    private let highOrder: UnsafeMutablePointer<Double>?
    private let scratch: UnsafeMutablePointer<Double>
    private let sums: UnsafeMutablePointer<Double>
    private let reports: UnsafeMutablePointer<StageReport>
    /// Moments of the modes, real and imaginary parts, then moments and weights of the basis: one part a stage, and one for the end.
    private let momentMemory: UnsafeMutablePointer<Double>

    private var stepSize = Double.infinity
    /// Steps kept on the way to the next output.
    private var stepsOnTheWay = 0
    /// Where the way to the next output began, and where it ends.
    private var way = (start: 0.0, target: -Double.infinity)
    /// `Σ_p max|v_p| / h_p` as it was found last.
    private var courantRate = 0.0
    private var cautious = 0
    /// The time from which on the peak is narrower than eight cells, if it is.
    public private(set) var lostAt: Double?
    /// The time reached.
    public private(set) var time = 0.0
    /// Steps kept so far.
    public private(set) var acceptedSteps = 0
    /// Steps whose length the Courant number set.
    private var courantSteps = 0
    /// The weights `w(t)` so far: a parabola a step, through the values at its ends with the rate at its start.
    public private(set) var history: PiecewisePolynomial

    /// A solver that starts from the problem's initial law.
    ///
    /// - Parameters:
    ///   - grid: the cells; the larger their number along θ₀, the faster a cell.
    ///   - tolerance: of a step, absolute for the uniform density and relative; infinite to leave the step to the Courant number.
    ///   - order: of the Runge–Kutta method.
    ///   - largestStep: a bound of the time step, for studies of convergence.
    /// - Throws: `ContinuumError` when the problem has more than three angles or the grid does not fit it.
    public convenience init(
        _ problem: MeanFieldProblem, grid: PeriodicGrid, reconstruction: Scheme.Reconstruction, tolerance: Double,
        order: TimeOrder = .three, largestStep: Double = .infinity, parallelism: Parallelism = .serial
    ) throws {
        try self.init(
            problem, grid: grid, reconstruction: reconstruction, tolerance: tolerance, order: order,
            largestStep: largestStep, courantShare: 0.9, intervalShare: 1, parallelism: parallelism)
    }

    /// - Parameters:
    ///   - courantShare: the part of the Courant limit that a step takes at most.
    ///   - intervalShare: the part of the way to the next output that it takes at most.
    private init(
        _ problem: MeanFieldProblem, grid: PeriodicGrid, reconstruction: Scheme.Reconstruction, tolerance: Double,
        order: TimeOrder, largestStep: Double, courantShare: Double, intervalShare: Double, parallelism: Parallelism
    ) throws {
        guard problem.dimension <= 3 else {
            throw ContinuumError.dimension(problem.dimension, scheme: "finite volume")
        }
        guard grid.dimension == problem.dimension else {
            throw ContinuumError.gridDimension(grid: grid.dimension, problem: problem.dimension)
        }
        guard let basis = problem.basis.trigonometric else {
            throw ContinuumError.expansion(scheme: "finite volume")
        }
        potential = FourierPotential(basis)
        for (axis, cells) in grid.cells.enumerated() {
            let needed = Self.fewestCells(harmonics: potential.harmonics[axis])
            guard cells >= needed else {
                throw ContinuumError.gridTooCoarse(axis: axis, cells: cells, needed: needed)
            }
        }
        self.problem = problem
        self.grid = grid
        self.reconstruction = reconstruction
        self.tolerance = tolerance
        self.order = order
        self.largestStep = largestStep
        self.courantShare = courantShare
        self.intervalShare = intervalShare
        self.parallelism = parallelism
        stages = order.stages
        layout = GridLayout(grid)
        let isHighOrder = reconstruction == .weno5
        let kinds =
            isHighOrder
            ? HighOrderSweep.kinds(dimension: grid.dimension)
            : (0..<grid.dimension).map { GridWaves.Kind(axis: $0) }
        waves = GridWaves(potential, layout: layout, kinds: kinds)
        slabs = layout.slabs
        uniformDensity = 1 / (Double(grid.cellCount) * layout.cellVolume)
        scratchCount =
            isHighOrder ? HighOrderSweep.scratchCount(layout, waves) : FluxSweep.scratchCount(layout, waves)
        memory = .allocateLines(capacity: 3 * layout.count)
        memory.initialize(repeating: 0, count: 3 * layout.count)
        buffers = (memory, memory + layout.count, memory + 2 * layout.count)
        if isHighOrder {
            let extra = UnsafeMutablePointer<Double>.allocateLines(capacity: (grid.dimension + 1) * layout.count)
            extra.initialize(repeating: 0, count: (grid.dimension + 1) * layout.count)
            highOrder = extra
        } else {
            highOrder = nil
        }
        scratch = .allocateLines(capacity: slabs.count * scratchCount)
        scratch.initialize(repeating: 0, count: slabs.count * scratchCount)
        sums = .allocateLines(capacity: 2 * slabs.count * waves.modeCount)
        sums.initialize(repeating: 0, count: 2 * slabs.count * waves.modeCount)
        reports = .allocateLines(capacity: slabs.count)
        reports.initialize(repeating: StageReport(), count: slabs.count)
        let momentCount = 4 * 2 * (waves.modeCount + problem.basis.count)
        momentMemory = .allocateLines(capacity: momentCount)
        momentMemory.initialize(repeating: 0, count: momentCount)
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 2, start: 0)
        let averages = problem.initialLaw.averages(on: grid).values
        for row in 0..<layout.rowCount {
            for i in 0..<layout.length { memory[row * layout.stride + i] = averages[row * layout.length + i] }
        }
        findMoments(of: state, slot: 0)
        courantRate = measuredCourantRate()
        peak = averages.max() ?? 0
        if mayBeNarrow, cellsAcrossPeak() < Self.fewestCellsAcrossPeak { lostAt = 0 }
    }

    /// The fewest cells along an axis: the dissipation asks for moments of twice the degree, below the grid's highest frequency.
    private static func fewestCells(harmonics: Int) -> Int { max(8, 4 * harmonics + 2) }

    /// The same method from the start on a part of the cells along each axis, rounded up, but no fewer than the method needs.
    ///
    /// - Parameters:
    ///   - divisor: what the cells are divided by.
    ///   - share: how long its steps are beside what they would be.
    /// - Returns: `nil` when there would be as many cells.
    func companion(dividingCellsBy divisor: Int, stepShare share: Double) throws -> FiniteVolume? {
        let cells = zip(grid.cells, potential.harmonics).map {
            min($0, max(($0 + divisor - 1) / divisor, Self.fewestCells(harmonics: $1)))
        }
        guard cells != grid.cells else { return nil }
        // A step's embedded error is of the method's order.
        return try FiniteVolume(
            problem, grid: PeriodicGrid(cells: cells), reconstruction: reconstruction,
            tolerance: tolerance * pow(share, Double(order.rawValue)), order: order,
            largestStep: largestStep * share, courantShare: courantShare * share,
            intervalShare: intervalShare * share,
            parallelism: parallelism)
    }

    /// Whether most steps were as long as the Courant number allows, and so twice as long on half the cells.
    var isCourantLimited: Bool { 2 * courantSteps > acceptedSteps }

    /// The order of the reconstruction on smooth densities.
    var spatialOrder: Double {
        switch reconstruction {
        case .upwind: 1
        case .muscl: 2
        case .weno5: 5
        }
    }

    /// The order of the Runge–Kutta method.
    var timeOrder: Double { Double(order.rawValue) }

    /// The grid of the cells.
    var cells: PeriodicGrid { grid }

    deinit {
        memory.deallocate()
        highOrder?.deallocate()
        scratch.deallocate()
        sums.deallocate()
        reports.deallocate()
        momentMemory.deallocate()
    }

    private var state: UnsafeMutablePointer<Double> { buffers.0 }

    // The parts of a slot of moments.
    private func modeMoments(_ slot: Int) -> UnsafeMutablePointer<Double> {
        momentMemory + slot * 2 * (waves.modeCount + problem.basis.count)
    }
    private func basisMoments(_ slot: Int) -> UnsafeMutablePointer<Double> { modeMoments(slot) + 2 * waves.modeCount }
    private func weights(_ slot: Int) -> UnsafeMutablePointer<Double> { basisMoments(slot) + problem.basis.count }

    /// Whether the weights depend on the law.
    private var isCoupled: Bool { problem.prescribedWeights == nil }

    /// The cells across the peak.
    public var resolution: Resolution {
        Resolution(
            unknowns: grid.cellCount, measure: "cells across the peak", value: cellsAcrossPeak(), lostAt: lostAt)
    }

    private func cellsAcrossPeak() -> Double { PeakWidth(grid: grid).cells(state, rowStride: layout.stride) }

    /// Steps until the time is exactly `target`.
    ///
    /// - Throws: `TimeSteppingError`; the last good state is kept.
    public func advance(to target: Double, afterStep: (Double) throws -> Void) throws {
        // A way that was begun before a restart is gone on with.
        if way.target != target { (way, stepsOnTheWay) = ((start: time, target: target), 0) }
        let start = way.start
        defer {
            // A constant history needs no piece a step.
            if !isCoupled, time > history.end { appendConstantHistory() }
        }
        while time < target {
            try step(limit: target, longest: min(largestStep, intervalShare * (target - start)))
            if lostAt == nil, mayBeNarrow, cellsAcrossPeak() < Self.fewestCellsAcrossPeak { lostAt = time }
            try afterStep(time)
        }
    }

    /// The largest average found by the last stage.
    private var peak = 0.0

    /// Whether a peak of this height can be narrower than wanted along some axis, as wide as it may be along the others.
    ///
    /// With tails as heavy as a Poisson kernel's a peak is half as wide as its height says.
    private var mayBeNarrow: Bool {
        let cells = 1 / (peak * layout.cellVolume)
        return grid.cells.contains { Double(grid.cellCount / $0) * 2 * Self.fewestCellsAcrossPeak > cells }
    }

    private func step(limit: Double, longest: Double) throws {
        while true {
            let bound = cautious > 0 ? Self.positiveCourantLimit : Self.courantLimit
            let byCourant = courantRate > 0 ? courantShare * bound / courantRate : .infinity
            let wanted = min(stepSize, longest, byCourant)
            let remaining = limit - time
            guard courantRate.isFinite, wanted > 0 else { throw TimeSteppingError.notFinite(time: time) }
            if StepCount.isHopeless(taken: stepsOnTheWay, step: wanted, remaining: remaining) {
                throw TimeSteppingError.tooManySteps(time: time, step: wanted, end: limit)
            }
            let lands = wanted >= remaining * (1 - 1e-12)
            let dt = lands ? remaining : min(wanted, remaining / 2)
            var fastest = 0.0
            var report = StageReport()
            var isNegative = false
            for index in stages.indices {
                report = run(stage: index, dt)
                fastest = max(fastest, report.courantRate)
                isNegative = report.minimum < 0
                if isNegative || !report.sum.isFinite { break }
            }
            guard report.sum.isFinite, report.errorSquare.isFinite, fastest.isFinite else {
                try reduceStep(to: dt / 10, isFinite: false)
                continue
            }
            if fastest * dt > bound {
                courantRate = fastest
                continue
            }
            if isNegative {
                if cautious > 0 { try reduceStep(to: dt / 2, isFinite: true) }
                cautious = Self.cautiousSteps
                continue
            }
            let error = tolerance.isFinite ? (report.errorSquare / Double(grid.cellCount)).squareRoot() : 0
            let growth = error > 0 ? min(4, max(0.2, 0.9 * pow(error, -1.0 / Double(order.rawValue)))) : 4
            if error > 1 {
                try reduceStep(to: dt * min(0.9, growth), isFinite: true)
                continue
            }
            accept(dt, end: lands ? limit : time + dt, report, fastest: fastest, growth: growth)
            if wanted == byCourant { courantSteps += 1 }
            return
        }
    }

    private func reduceStep(to size: Double, isFinite: Bool) throws {
        stepSize = size
        if size <= 4 * time.ulp || size < 1e-300 {
            throw isFinite ? TimeSteppingError.stepTooSmall(time: time) : .notFinite(time: time)
        }
    }

    private func accept(_ dt: Double, end: Double, _ report: StageReport, fastest: Double, growth: Double) {
        if isCoupled {
            let last = stages.count
            findWeights(slot: last)
            history.append(upTo: end) { x, value in
                for m in 0..<problem.basis.count {
                    let (w0, w1) = (weights(0)[m], weights(last)[m])
                    // The first stage is an Euler step, whose weights are those of the start plus the rate times the step.
                    let slope = weights(1)[m] - w0
                    value[m] = w0 + x * (slope + x * (w1 - w0 - slope))
                }
            }
            modeMoments(0).update(from: modeMoments(last), count: 2 * (waves.modeCount + problem.basis.count))
        }
        switch order {
        case .two: buffers = (buffers.2, buffers.1, buffers.0)
        case .three: buffers = (buffers.1, buffers.0, buffers.2)
        }
        stepSize = dt < stepSize ? max(min(stepSize, 4 * dt), dt * growth) : dt * growth
        courantRate = fastest
        peak = report.maximum
        cautious = max(0, cautious - 1)
        acceptedSteps += 1
        stepsOnTheWay += 1
        time = end
    }

    /// Runs a stage: the first from the state into the second buffer, and so on; the last one into the buffer that is free.
    private func run(stage index: Int, _ dt: Double) -> StageReport {
        let isLast = index == stages.count - 1
        let source = index == 0 ? buffers.0 : (index == 1 ? buffers.1 : buffers.2)
        let next = index == 0 || (isLast && order == .three) ? buffers.1 : buffers.2
        if isCoupled {
            if index > 0 { findWeights(slot: index) }
            loadPotential(slot: index)
        }
        let errorTolerance = isLast && tolerance.isFinite ? (relative: tolerance, level: uniformDensity) : nil
        if let highOrder {
            HighOrderSweep(
                layout: layout, waves: waves, source: source, base: buffers.0, next: next, faces: highOrder,
                fluxes: highOrder + layout.count, stage: stages[index], timeStep: dt, tolerance: errorTolerance,
                wantsMoments: isCoupled, isLimited: cautious > 0
            ).run(slabs: slabs, parallelism: parallelism, scratch: scratch, sums: sums, reports: reports)
        } else {
            let sweep = FluxSweep(
                layout: layout, waves: waves, source: source, base: buffers.0, next: next, stage: stages[index],
                timeStep: dt, tolerance: errorTolerance, wantsMoments: isCoupled)
            switch reconstruction {
            case .muscl(.minmod): run(sweep, MinmodReconstruction.self)
            case .muscl(.vanLeer): run(sweep, VanLeerReconstruction.self)
            case .muscl(.monotonizedCentral): run(sweep, MonotonizedCentralReconstruction.self)
            default: run(sweep, UpwindReconstruction.self)
            }
        }
        if isCoupled { addMoments(slot: index + 1) }
        var report = StageReport()
        for slab in 0..<slabs.count {
            report.courantRate = max(report.courantRate, reports[slab].courantRate)
            report.minimum = min(report.minimum, reports[slab].minimum)
            report.maximum = max(report.maximum, reports[slab].maximum)
            report.sum += reports[slab].sum
            report.errorSquare += reports[slab].errorSquare
        }
        return report
    }

    private func run<R: FaceReconstruction>(_ sweep: FluxSweep, _ reconstruction: R.Type) {
        nonisolated(unsafe) let (scratch, sums, reports) = (scratch, sums, reports)
        let (length, width, slabs) = (scratchCount, 2 * waves.modeCount, slabs)
        parallelism.forEach(slabs.count) { slab in
            reports[slab] = sweep.run(
                reconstruction, slab: slabs[slab], scratch: scratch + slab * length, sums: sums + slab * width)
        }
    }

    /// Adds the slabs' sums, in their order, to the moments of a slot.
    private func addMoments(slot: Int) {
        let width = 2 * waves.modeCount
        for slab in 1..<max(1, slabs.count) {
            for q in 0..<width { sums[q] += sums[slab * width + q] }
        }
        waves.moments(sums: sums, real: modeMoments(slot), imaginary: modeMoments(slot) + waves.modeCount)
    }

    /// Finds the basis's moments and the weights from the modes' moments.
    private func findWeights(slot: Int) {
        potential.moments(
            real: modeMoments(slot), imaginary: modeMoments(slot) + waves.modeCount, into: basisMoments(slot),
            count: problem.basis.count)
        problem.weights(moments: basisMoments(slot), into: weights(slot))
    }

    private func loadPotential(slot: Int) {
        // The sums are free between stages.
        potential.coefficients(weights: weights(slot), real: sums, imaginary: sums + waves.modeCount)
        waves.load(real: sums, imaginary: sums + waves.modeCount)
    }

    /// Finds moments and weights of averages in a pass of its own.
    private func findMoments(of averages: UnsafePointer<Double>, slot: Int) {
        let width = 2 * waves.modeCount
        sums.update(repeating: 0, count: width)
        for k in 0..<layout.rows.1 {
            for j in 0..<layout.rows.0 {
                waves.addMoments(of: averages + layout.start(j, k), j, k, to: sums, scratch: scratch)
            }
        }
        waves.moments(sums: sums, real: modeMoments(slot), imaginary: modeMoments(slot) + waves.modeCount)
        findWeights(slot: slot)
    }

    /// `Σ_p max|v_p| / h_p` of the state's own potential.
    private func measuredCourantRate() -> Double {
        loadPotential(slot: 0)
        let harmonics = scratch + layout.stride
        return (0..<layout.dimension).reduce(0) { rate, axis in
            var fastest = SIMD8<Double>()
            for k in 0..<layout.rows.1 {
                for j in 0..<layout.rows.0 {
                    fastest = larger(fastest, waves.velocities(kind: axis, j, k, into: scratch, scratch: harmonics))
                }
            }
            return rate + fastest.max() / layout.spacing[axis]
        }
    }

    private func appendConstantHistory() {
        history.append(upTo: time) { _, value in
            for m in 0..<problem.basis.count { value[m] = weights(0)[m] }
        }
    }

    /// The moments of the problem's basis.
    public func moments() -> [Double] {
        if !isCoupled { findMoments(of: state, slot: 0) }
        return (0..<problem.basis.count).map { basisMoments(0)[$0] }
    }

    /// The moment `∫ e^{ik·θ} dμ` that the cell averages stand for, each wave divided by its mean over a cell.
    public func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        MomentTable.moment(k, state, layout: layout)
    }

    private func momentTable(degrees: Int) -> MomentTable {
        MomentTable(state, layout: layout, limits: potential.harmonics.map { degrees * $0 })
    }

    /// `∫ |∇V|² dμ`.
    public func dissipation() -> Double {
        let table = momentTable(degrees: 2)
        return potential.dissipation(weights: problem.weights(moments: moments())) { table[$0] }
    }

    /// `∫ ΔV dμ`.
    public func meanLaplacian() -> Double {
        let table = momentTable(degrees: 1)
        return potential.meanLaplacian(weights: problem.weights(moments: moments())) { table[$0] }
    }

    /// The cell averages; on a finer grid those of limited linear profiles in the solver's cells, axis by axis, which keep mass
    /// and sign.
    ///
    /// - Precondition: the grid has a whole number of cells in each of the solver's own.
    public func density(on grid: PeriodicGrid) throws -> Field {
        precondition(
            grid.dimension == self.grid.dimension && zip(grid.cells, self.grid.cells).allSatisfy { $0 % $1 == 0 },
            "a finite-volume density lives on its own grid")
        var values = (0..<layout.rowCount).flatMap { row in
            UnsafeBufferPointer(start: state + row * layout.stride, count: layout.length)
        }
        var before = 1
        for axis in 0..<grid.dimension {
            let (n, parts) = (self.grid.cells[axis], grid.cells[axis] / self.grid.cells[axis])
            if parts > 1 { values = refined(values, cells: n, stride: before, parts: parts) }
            before *= grid.cells[axis]
        }
        return Field(grid: grid, values: values)
    }

    /// Splits cells along one axis.
    private func refined(_ values: [Double], cells n: Int, stride: Int, parts: Int) -> [Double] {
        // What lies inside a cell is a question beside the scheme's own profile: upwind has none.
        let limiter: SlopeLimiter = if case .muscl(let own) = reconstruction { own } else { .vanLeer }
        var result = Array(repeating: 0.0, count: values.count * parts)
        for line in 0..<values.count / n {
            let (inner, outer) = (line % stride, line / stride)
            func value(_ cell: Int) -> Double { values[inner + stride * (cell + n * outer)] }
            for cell in 0..<n {
                let (left, here, right) = (value((cell + n - 1) % n), value(cell), value((cell + 1) % n))
                let slope = limiter(here - left, right - here)
                for part in 0..<parts {
                    let offset = (Double(part) + 0.5) / Double(parts) - 0.5
                    result[inner + stride * (cell * parts + part + n * parts * outer)] = here + offset * slope
                }
            }
        }
        return result
    }
}

extension FiniteVolume {
    /// The reals of the moments' memory.
    private var momentCount: Int { 4 * 2 * (waves.modeCount + problem.basis.count) }

    /// All that the steps to come depend on.
    public var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.store([time, stepSize, courantRate, peak, way.start, way.target], as: "times")
        snapshot.store([acceptedSteps, courantSteps, stepsOnTheWay, cautious], as: "steps")
        snapshot.store(lostAt, as: "lost_at")
        snapshot.store(Array(UnsafeBufferPointer(start: state, count: layout.count)), as: "averages")
        snapshot.store(Array(UnsafeBufferPointer(start: momentMemory, count: momentCount)), as: "moments")
        snapshot.parts["history"] = history.snapshot
        return snapshot
    }

    /// Goes on from a snapshot of a solver of the same problem on the same grid.
    ///
    /// - Throws: `SnapshotError`.
    public func restore(_ snapshot: Snapshot) throws {
        let times = try snapshot.reals("times", count: 6)
        let steps = try snapshot.integers("steps", count: 4)
        let averages = try snapshot.reals("averages", count: layout.count)
        let moments = try snapshot.reals("moments", count: momentCount)
        (time, stepSize, courantRate, peak) = (times[0], times[1], times[2], times[3])
        way = (times[4], times[5])
        (acceptedSteps, courantSteps, stepsOnTheWay, cautious) = (steps[0], steps[1], steps[2], steps[3])
        lostAt = try snapshot.optionalReal("lost_at")
        history = try PiecewisePolynomial(snapshot.part("history"))
        for i in 0..<layout.count { state[i] = averages[i] }
        for i in 0..<momentCount { momentMemory[i] = moments[i] }
    }
}
