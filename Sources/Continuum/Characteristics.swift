import Foundation
public import TimeStepping
public import Torus
public import Training

/// The method of characteristics in any number of angles: nodes carried along the flow `dθ/dt = −∇V(θ)`.
///
/// Forward, moments are sums over the nodes. Up to three angles the nodes' labels are a tensor grid of equal-spaced points, and the
/// sums are rectangle rules in the labels, which converge exponentially because the flow is analytic. Beyond, they are eight
/// randomly shifted copies of a rank-1 lattice, whose spread is the standard error of the moments.
///
/// Backward, the weights `w(t)` are kept with dense output, and the density anywhere comes from following the flow back to time 0
/// with the growth `∫ ΔV ds` of its logarithm: positive by construction, however sharp the peak. On the circle the mass of a
/// cell is the initial mass between the origins of its faces, which sums to 1 by construction; in two and three angles cell
/// averages are Gauss–Legendre sums of densities. Time is integrated by Dormand and Prince's 8(5,3).
///
/// - Complexity: of a step, twelve right-hand sides of `O(nodes · nnz)`, fifteen for a law that makes its own potential; memory of 26
///   copies of the nodes.
public final class Characteristics: ContinuumSolver {
    /// The largest number of angles.
    public static let largestDimension = RankOneLattice.largestDimension
    /// The largest number of nodes in all.
    public static let nodeLimit = 1 << 20

    /// What the masses of nodes may miss by rounding.
    private static let massRounding = 1e-12

    private let problem: MeanFieldProblem
    private let tolerance: Double
    private let parallelism: Parallelism
    private let isOpen: Bool
    /// The steps of another solver, which this one follows.
    private let schedule: StepSchedule?
    private var solver: AdaptiveRungeKutta<NodeFlow>
    private var spectrum: LabelSpectrum?
    /// The tail along each axis; of lattices one number, the standard error.
    private var tails: [Double]
    /// The time from which on the nodes do not resolve the law, if there is one.
    public private(set) var lostAt: Double?
    /// The weights `w(t)` so far.
    public private(set) var history: PiecewisePolynomial

    /// A solver with a fixed number of nodes, or with as many as the tolerance needs.
    ///
    /// - Parameters:
    ///   - nodes: nodes along each axis up to three angles; beyond, nodes in all, rounded up to eight times a power of two. `nil`: the
    ///     number is doubled, along the axes that ask for it, until the law is resolved.
    ///   - parallelism: the threads of the sweeps and of the densities; the numbers do not depend on it.
    /// - Throws: `ContinuumError` for more angles than the lattice serves, for more nodes than `nodeLimit`, and for a field as initial
    ///   law without a number of nodes, because its rectangle rule converges too slowly for any tolerance; `FourierTransformError`.
    public convenience init(
        _ problem: MeanFieldProblem, nodes: Int?, tolerance: Double, parallelism: Parallelism = .serial
    ) throws {
        let d = problem.dimension
        guard (1...RankOneLattice.largestDimension).contains(d) else {
            throw ContinuumError.dimension(d, scheme: "characteristics")
        }
        if case .field = problem.initialLaw, nodes == nil {
            throw ContinuumError.initialLaw(scheme: "characteristics without a number of nodes")
        }
        let flow: NodeFlow
        if d <= 3 {
            let axes =
                nodes.map { Array(repeating: $0, count: d) }
                ?? problem.basis.harmonics.map { max(d == 1 ? 32 : 16, 8 * $0) }
            try Self.check(axes.reduce(1.0) { $0 * Double($1) }, time: 0)
            flow = NodeFlow(problem, axes: axes, parallelism: parallelism)
        } else {
            let total = max(nodes ?? 1 << 10, 2 * NodeFlow.shiftCount)
            try Self.check(Double(total), time: 0)
            var count = 2
            while NodeFlow.shiftCount * count < total { count *= 2 }
            flow = NodeFlow(problem, latticeCount: count, parallelism: parallelism)
        }
        try self.init(
            problem, flow, isOpen: nodes == nil, tolerance: tolerance, schedule: nil, parallelism: parallelism)
    }

    private init(
        _ problem: MeanFieldProblem, _ flow: NodeFlow, isOpen: Bool, tolerance: Double, schedule: StepSchedule?,
        parallelism: Parallelism
    ) throws {
        self.problem = problem
        self.tolerance = tolerance
        self.parallelism = parallelism
        self.isOpen = isOpen
        self.schedule = schedule
        let d = problem.dimension
        var flow = flow
        spectrum = d <= 3 ? try LabelSpectrum(axes: flow.axes) : nil
        solver = Self.solver(flow, schedule == nil ? tolerance : .infinity)
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 7, start: 0)
        tails = Array(repeating: 0, count: d <= 3 ? d : 1)
        measure()
        while isOpen, isUnresolved {
            flow = try refined(time: 0)
            try restart(flow)
        }
        if isUnresolved { lostAt = 0 }
    }

    /// The same method from the start with a part of the nodes, which takes this one's steps in equal parts.
    ///
    /// Backward, with steps in parts, it holds a hundredth of the tolerance.
    ///
    /// - Parameters:
    ///   - divisor: what the nodes are divided by, along each axis of a tensor grid.
    ///   - stepParts: the parts of a step.
    /// - Returns: `nil` when fewer than four nodes along an axis would be left.
    func companion(dividingNodesBy divisor: Int, stepParts: Int = 1) throws -> Characteristics? {
        let axes = flow.axes.map { $0 / divisor }
        guard axes.allSatisfy({ $0 >= 4 }) else { return nil }
        return try Characteristics(
            problem,
            axes.isEmpty
                ? NodeFlow(problem, latticeCount: max(2, flow.count / divisor), parallelism: parallelism)
                : NodeFlow(problem, axes: axes, parallelism: parallelism),
            isOpen: false, tolerance: stepParts > 1 ? 1e-2 * tolerance : tolerance,
            schedule: StepSchedule(history, parts: stepParts), parallelism: parallelism)
    }

    private static func check(_ nodes: Double, time: Double) throws {
        guard nodes <= Double(nodeLimit) else {
            throw ContinuumError.underResolved(scheme: "characteristics", time: time, unknowns: nodeLimit)
        }
    }

    private static func solver(_ flow: NodeFlow, _ tolerance: Double) -> AdaptiveRungeKutta<NodeFlow> {
        AdaptiveRungeKutta(flow, state: flow.labels, pair: .dormandPrince853, tolerance: tolerance / 10)
    }

    private var flow: NodeFlow { solver.system }

    /// The time reached.
    public var time: Double { solver.time }

    /// The number of nodes in use, in all.
    public var nodes: Int { flow.nodes }

    /// The nodes in use along each axis of a tensor grid; empty beyond three angles.
    public var nodesPerAxis: [Int] { flow.axes }

    /// The tail of what the rectangle rule sums, as a function of the label; beyond three angles the standard error of the moments.
    public var resolution: Resolution {
        Resolution(
            unknowns: nodes, measure: flow.copies == 1 ? "spectral tail" : "standard error of the moments",
            value: tails.max() ?? 0, lostAt: lostAt)
    }

    /// The standard errors of `moments()`, from the spread over the shifted lattices; `nil` up to three angles, where the error is
    /// about the square of the spectral tail.
    public func momentErrors() -> [Double]? {
        guard flow.copies > 1, let state = solver.state.baseAddress else { return nil }
        var errors: [Double] = []
        flow.forEachMomentError(state: state) { errors.append($0) }
        return errors
    }

    /// Steps until the time is exactly `target`; starts over with more nodes where their number is open and the resolution
    /// asks for it.
    ///
    /// - Throws: `ContinuumError.underResolved` beyond `nodeLimit`; `TimeSteppingError`.
    public func advance(to target: Double, afterStep: (Double) throws -> Void) throws {
        while time < target {
            try solver.step(limit: target, schedule)
            if let weights = problem.prescribedWeights {
                history.append(upTo: time, constant: weights)
            } else {
                let flow = flow
                history.append(solver, scratch: flow.scratch) { flow.weights(state: $0, into: $1) }
            }
            measure()
            if lostAt == nil, isUnresolved {
                if isOpen {
                    try restart(refined(time: time))
                    continue
                }
                lostAt = time
            }
            try afterStep(time)
        }
    }

    /// More nodes where the resolution asks for them.
    private func refined(time: Double) throws -> NodeFlow {
        if flow.copies > 1 {
            try Self.check(2 * Double(nodes), time: time)
            return NodeFlow(problem, latticeCount: 2 * flow.count, parallelism: parallelism)
        }
        let axes = zip(flow.axes, tails).map { $1 > tailLimit ? 2 * $0 : $0 }
        // On the circle a peak that wants more is thinner than its moments' rounding.
        try Self.check(axes.reduce(problem.dimension == 1 ? 16 : 1) { $0 * Double($1) }, time: time)
        return NodeFlow(problem, axes: axes, parallelism: parallelism)
    }

    private func restart(_ flow: NodeFlow) throws {
        if !flow.axes.isEmpty { spectrum = try LabelSpectrum(axes: flow.axes) }
        solver = Self.solver(flow, tolerance)
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 7, start: 0)
        measure()
    }

    private func measure() {
        if let spectrum {
            spectrum.measure(flow, state: solver.state, into: &tails)
            for axis in tails.indices where flow.massDefects[axis] > max(0.1 * tolerance, Self.massRounding) {
                tails[axis] = max(tails[axis], flow.massDefects[axis].squareRoot())
            }
        } else if let state = solver.state.baseAddress {
            var worst = 0.0
            flow.forEachMomentError(state: state) { worst = $0 > worst || $0.isNaN ? $0 : worst }
            tails[0] = worst
        }
    }

    /// The rectangle rule with `n` nodes errs by the coefficient at frequency `n`, the square of what is seen at `n/2`.
    private var tailLimit: Double { flow.copies > 1 ? tolerance : 0.1 * tolerance.squareRoot() }

    private var isUnresolved: Bool { tails.contains { !($0 <= tailLimit) } }

    /// The moments of the problem's basis.
    public func moments() -> [Double] {
        var moments = Array(repeating: 0.0, count: problem.basis.count)
        if let state = solver.state.baseAddress { flow.moments(state: state, into: &moments) }
        return moments
    }

    /// The moment `∫ e^{ik·θ} dμ`, a sum over the nodes.
    public func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        let samples = moments(k)
        let share = 1 / Double(samples.count)
        return samples.reduce((0, 0)) { ($0.0 + share * $1.real, $0.1 + share * $1.imaginary) }
    }

    /// The standard error of `moment(k)`, of real and imaginary part together; `nil` up to three angles.
    public func momentError(_ k: [Int]) -> Double? {
        guard flow.copies > 1 else { return nil }
        let samples = moments(k)
        let (real, imaginary) = (samples.map(\.real), samples.map(\.imaginary))
        return hypot(
            NodeFlow.standardError(real, count: real.count), NodeFlow.standardError(imaginary, count: imaginary.count))
    }

    /// The moment of each copy of the nodes.
    private func moments(_ k: [Int]) -> [(real: Double, imaginary: Double)] {
        let (flow, state) = (flow, solver.state)
        let axes = k.indices.filter { k[$0] != 0 }
        var sums = Array(repeating: (real: 0.0, imaginary: 0.0), count: flow.copies)
        forEachNode { copy, mass, first in
            let phase = axes.reduce(0) { $0 + Double(k[$1]) * state[first + $1 * flow.count] }
            sums[copy].real += mass * cos(phase)
            sums[copy].imaginary += mass * sin(phase)
        }
        return sums
    }

    /// `∫ |∇V|² dμ`, a sum over the nodes.
    public func dissipation() -> Double {
        var rate = Array(repeating: 0.0, count: flow.dimension)
        if let state = solver.state.baseAddress { flow.derivative(time: time, state: state, rate: &rate) }
        var sum = 0.0
        forEachNode { _, mass, first in
            for axis in 0..<problem.dimension {
                let speed = rate[first + axis * flow.count]
                sum += mass * speed * speed
            }
        }
        return sum / Double(flow.copies)
    }

    /// Calls `body` with the copy and the mass of each node, and where its first angle is in the state.
    private func forEachNode(_ body: (_ copy: Int, _ mass: Double, _ first: Int) -> Void) {
        let flow = flow
        for copy in 0..<flow.copies {
            for node in 0..<flow.count {
                body(copy, flow.mass(copy: copy, node: node), copy * flow.count * problem.dimension + node)
            }
        }
    }

    /// `∫ ΔV dμ`: the Laplacian of a monomial is `−|k|²` times the monomial. NaN without an expansion, where second derivatives
    /// by every angle would cost as much as the flow itself.
    public func meanLaplacian() -> Double {
        guard let basis = problem.basis.trigonometric else { return .nan }
        let moments = moments()
        let weights = problem.weights(moments: moments)
        return basis.monomials.indices.reduce(0) { sum, m in
            let square = basis.monomials[m].factors.reduce(0) { $0 + $1.harmonic * $1.harmonic }
            return sum - Double(square) * weights[m] * moments[m]
        }
    }

    /// The density at points at the time reached, or at an earlier one, per radian^d.
    ///
    /// - Parameter points: one list of `d` angles a point, any representatives.
    /// - Throws: `TimeSteppingError`.
    public func density(at points: [[Double]], time: Double? = nil) throws -> [Double] {
        try logDensity(at: points, time: time).map { exp($0) }
    }

    /// The logarithm of the density at points; finite in a tail too thin for a density.
    ///
    /// - Precondition: the time is between 0 and the time reached.
    /// - Throws: `TimeSteppingError`.
    public func logDensity(at points: [[Double]], time: Double? = nil) throws -> [Double] {
        precondition(points.allSatisfy { $0.count == problem.dimension }, "one angle an axis")
        let flat = (0..<problem.dimension).flatMap { axis in points.map { $0[axis] } }
        return try backward(from: time ?? self.time).logDensities(flat, count: points.count)
    }

    /// The entropy `∫ρ log ρ`, the mean of the carried logarithm over nodes, at most some thousands of them; NaN without an
    /// expansion, as `meanLaplacian()`.
    ///
    /// - Throws: `TimeSteppingError`.
    public func entropy() throws -> Double {
        guard problem.basis.trigonometric != nil else { return .nan }
        let sample = sample(atMost: 1 << 13).filter { $0.mass > 0 }
        let logarithms = try logDensity(at: sample.map(\.point))
        var (sum, mass) = (0.0, 0.0)
        for (place, logarithm) in zip(sample, logarithms) {
            sum += place.mass * logarithm
            mass += place.mass
        }
        return sum / mass
    }

    /// Places in the law with what they count, at most so many: nodes at the time reached, spread evenly over all of them.
    func sample(atMost limit: Int) -> [(mass: Double, point: [Double])] {
        let flow = flow
        var count = min(max(1, limit / flow.copies), flow.count)
        var step: Int
        if flow.copies > 1 {
            // Every so many points of a lattice are a lattice again.
            while count.nonzeroBitCount > 1 { count &= count - 1 }
            step = flow.count / count
        } else {
            // Multiples of a golden share of the nodes show no axis of them.
            step = max(1, Int(0.618_033_988_749_895 * Double(flow.count))) | 1
            while Self.greatestCommonDivisor(step, flow.count) > 1 { step += 2 }
        }
        return (0..<flow.copies).flatMap { copy in
            (0..<count).map { index in
                let node = index * step % flow.count
                let first = copy * flow.count * problem.dimension + node
                return (
                    flow.mass(copy: copy, node: node),
                    (0..<problem.dimension).map { solver.state[first + $0 * flow.count] }
                )
            }
        }
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    private func backward(from time: Double) -> BackwardCharacteristics {
        precondition(time >= 0 && time <= self.time, "the flow is known up to \(self.time)")
        return BackwardCharacteristics(
            basis: problem.basis, law: problem.initialLaw, history: history, time: time,
            tolerance: tolerance / 10,
            parallelism: parallelism)
    }

    /// The cell averages on a grid of up to three axes.
    ///
    /// - Throws: `TimeSteppingError`; `ContinuumError.dimension` beyond three angles.
    public func density(on grid: PeriodicGrid) throws -> Field {
        switch problem.dimension {
        case 1: return try circleDensity(on: grid, backward(from: time))
        case 2, 3:
            return try CellQuadrature(grid: grid, backward: backward(from: time))
                .averages(tolerance: tolerance) { occupiedCells(of: grid) }
        default: throw ContinuumError.dimension(problem.dimension, scheme: "grid")
        }
    }

    /// About `∫ |error| dθ` of cell averages beside the density that they stand for: from averages of some cells, on the circle
    /// of all of them, by finer rules and at a hundredth of the tolerance.
    ///
    /// - Throws: `TimeSteppingError`.
    func cellAverageError(of field: Field, time: Double, atMost limit: Int) throws -> Double {
        var exact = backward(from: time)
        exact.tolerance *= 1e-2
        let grid = field.grid
        guard problem.dimension > 1 else {
            return zip(field.values, try circleDensity(on: grid, exact).values)
                .reduce(0) { $0 + abs($1.0 - $1.1) } * grid.cellVolume
        }
        let count = min(limit, grid.cellCount)
        // Spread evenly over all cells, by a step that no axis divides.
        var step = max(1, Int(0.618_033_988_749_895 * Double(grid.cellCount))) | 1
        while Self.greatestCommonDivisor(step, grid.cellCount) > 1 { step += 2 }
        let cells = (0..<count).map { $0 * step % grid.cellCount }
        let averages = try CellQuadrature(grid: grid, backward: exact)
            .judged(
                cells.map { field.values[$0] }, cells: cells, threshold: 1e-2 * tolerance * (field.values.max() ?? 0))
        let sum = zip(cells, averages).reduce(0) { $0 + abs(field.values[$1.0] - $1.1) }
        return sum / Double(count) * Double(grid.cellCount) * grid.cellVolume
    }

    /// The cells that hold nodes, in order.
    private func occupiedCells(of grid: PeriodicGrid) -> [Int] {
        var isOccupied = Array(repeating: false, count: grid.cellCount)
        forEachNode { _, _, first in
            var (cell, stride) = (0, 1)
            for (axis, n) in grid.cells.enumerated() {
                let place = wrapped(solver.state[first + axis * flow.count]) / grid.spacing(axis: axis)
                cell += stride * min(n - 1, Int(place))
                stride *= n
            }
            isOccupied[cell] = true
        }
        return isOccupied.indices.filter { isOccupied[$0] }
    }

    /// The initial mass between the origins of each cell's faces, over the cell's width.
    private func circleDensity(on grid: PeriodicGrid, _ backward: BackwardCharacteristics) throws -> Field {
        let n = grid.cells[0]
        let faces = Array(grid.faces(axis: 0).dropLast())
        var origins = try backward.origins(block: faces, count: faces.count)
        // The flow keeps the order of the faces; where it draws them together beyond rounding, so do these.
        let end = origins[0] + 2 * .pi
        for i in 1..<max(1, n) { origins[i] = min(end, max(origins[i], origins[i - 1])) }
        let h = grid.spacing(axis: 0)
        let values = (0..<n).map { i in
            problem.initialLaw.mass(from: origins[i], to: i + 1 < n ? origins[i + 1] : end) / h
        }
        return Field(grid: grid, values: values)
    }

    /// Where points of the circle at the time reached were at time 0, not wrapped.
    ///
    /// - Precondition: the problem has one angle.
    /// - Throws: `TimeSteppingError`.
    public func origins(of points: [Double]) throws -> [Double] {
        precondition(problem.dimension == 1)
        return try backward(from: time).origins(block: points, count: points.count)
    }
}

extension Characteristics {
    /// All that the steps to come depend on.
    public var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.store(flow.axes, as: "nodes_per_axis")
        snapshot.store(flow.count, as: "nodes_of_a_copy")
        snapshot.store(tails, as: "tails")
        snapshot.store(lostAt, as: "lost_at")
        snapshot.parts["integration"] = solver.snapshot
        snapshot.parts["history"] = history.snapshot
        return snapshot
    }

    /// Goes on from a snapshot of a solver of the same problem.
    ///
    /// - Throws: `SnapshotError`; `FourierTransformError`.
    public func restore(_ snapshot: Snapshot) throws {
        let axes = try snapshot.integers("nodes_per_axis", count: flow.axes.count)
        let count = try snapshot.integer("nodes_of_a_copy", atLeast: 1)
        if axes != flow.axes || count != flow.count {
            let flow =
                axes.isEmpty
                ? NodeFlow(problem, latticeCount: count, parallelism: parallelism)
                : NodeFlow(problem, axes: axes, parallelism: parallelism)
            if !axes.isEmpty { spectrum = try LabelSpectrum(axes: axes) }
            solver = Self.solver(flow, schedule == nil ? tolerance : .infinity)
        }
        tails = try snapshot.reals("tails", count: tails.count)
        lostAt = try snapshot.optionalReal("lost_at")
        history = try PiecewisePolynomial(snapshot.part("history"))
        try solver.restore(snapshot.part("integration"))
    }
}
