import Foundation
public import TimeStepping
public import Torus
public import Training

/// The method of characteristics: equal-spaced nodes carried along the flow `dθ/dt = −V'(θ)`.
///
/// Moments are means over the nodes: the rectangle rule in the nodes' labels, which converges exponentially because the flow
/// is analytic. The weights `w(t)` are kept with dense output, and the density comes from following the flow
/// backward: the mass of a cell is the initial mass between the origins of its faces, so it is positive and sums to 1 by
/// construction, however sharp the peak. Time is integrated by Dormand and Prince's 8(5,3).
public final class Characteristics: ContinuumSolver {
    /// The largest number of nodes tried when the number is left open.
    public static let nodeLimit = 1 << 16

    private let problem: MeanFieldProblem
    private let potential: FourierPotential
    private let tolerance: Double
    private let isOpen: Bool
    private var solver: AdaptiveRungeKutta<MeanFieldFlow>
    /// The time from which on a fixed number of nodes does not resolve the flow, if there is one.
    public private(set) var lostAt: Double?
    /// The weights `w(t)` so far.
    public private(set) var history: PiecewisePolynomial

    /// A solver with a fixed number of nodes, or with as many as the tolerance needs.
    ///
    /// - Throws: `ContinuumError.dimension` unless the problem has one angle.
    public init(_ problem: MeanFieldProblem, nodes: Int?, tolerance: Double) throws {
        guard problem.dimension == 1 else {
            throw ContinuumError.dimension(problem.dimension, scheme: "characteristics")
        }
        guard problem.initialLaw == .uniform else { throw ContinuumError.initialLaw(scheme: "characteristics") }
        self.problem = problem
        self.tolerance = tolerance
        isOpen = nodes == nil
        potential = FourierPotential(problem.basis)
        solver = Self.solver(problem, nodes: nodes ?? max(32, 8 * potential.harmonics[0]), tolerance)
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 7, start: 0)
    }

    private static func solver(
        _ problem: MeanFieldProblem, nodes: Int, _ tolerance: Double
    ) -> AdaptiveRungeKutta<MeanFieldFlow> {
        let labels = (0..<nodes).map { 2 * Double.pi * Double($0) / Double(nodes) }
        return AdaptiveRungeKutta(
            MeanFieldFlow(problem, count: nodes, parallelism: .serial), state: labels, pair: .dormandPrince853,
            tolerance: tolerance / 10)
    }

    /// The time reached.
    public var time: Double { solver.time }

    /// The number of nodes in use.
    public var nodes: Int { solver.system.count }

    /// The tail of the nodes' displacement as a function of their label.
    public var resolution: Resolution {
        Resolution(unknowns: nodes, measure: "spectral tail", value: tail(), lostAt: lostAt)
    }

    /// Steps until the time is exactly `target`; starts over with twice the nodes where their number is open and the tail
    /// asks for it.
    ///
    /// - Throws: `ContinuumError.underResolved` beyond `nodeLimit`; `TimeSteppingError`.
    public func advance(to target: Double, afterStep: (Double) throws -> Void) throws {
        while time < target {
            try solver.step(limit: target)
            history.append(solver) { state, weights in self.solver.system.weights(state: state, into: weights) }
            guard lostAt == nil, tail() > tailLimit else {
                try afterStep(time)
                continue
            }
            if !isOpen {
                lostAt = time
                try afterStep(time)
                continue
            }
            guard 2 * nodes <= Self.nodeLimit else {
                throw ContinuumError.underResolved(scheme: "characteristics", time: time, unknowns: nodes)
            }
            solver = Self.solver(problem, nodes: 2 * nodes, tolerance)
            history = PiecewisePolynomial(dimension: problem.basis.count, degree: 7, start: 0)
        }
    }

    /// The rectangle rule with `M` nodes errs by the coefficient at frequency `M`, the square of what is seen at `M/2`.
    private var tailLimit: Double { 0.1 * tolerance.squareRoot() }

    private func tail() -> Double {
        let count = nodes
        guard count >= 8, let grid = try? PeriodicGrid(cells: [count]),
            let transform = try? FourierTransform(grid: grid)
        else { return .infinity }
        let displacement = (0..<count).map { solver.state[$0] - 2 * .pi * Double($0) / Double(count) }
        let spectrum = transform.forward(displacement)
        let last = spectrum.count / 2
        return (last - max(2, last / 8)..<last).reduce(0) {
            max($0, hypot(spectrum[2 * $1], spectrum[2 * $1 + 1]) / Double(count))
        }
    }

    /// The moments of the problem's basis.
    public func moments() -> [Double] {
        var moments = Array(repeating: 0.0, count: problem.basis.count)
        if let state = solver.state.baseAddress { solver.system.moments(state: state, into: &moments) }
        return moments
    }

    /// The moment `∫ e^{ikθ} dμ`, the mean over the nodes.
    public func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        let k = k[0]
        let sums = solver.state.reduce((0.0, 0.0)) { ($0.0 + cos(Double(k) * $1), $0.1 + sin(Double(k) * $1)) }
        return (sums.0 / Double(nodes), sums.1 / Double(nodes))
    }

    /// `∫ (V')² dμ`, the mean over the nodes.
    public func dissipation() -> Double {
        var rate = Array(repeating: 0.0, count: nodes)
        if let state = solver.state.baseAddress { solver.system.derivative(time: time, state: state, rate: &rate) }
        return rate.reduce(0) { $0 + $1 * $1 } / Double(nodes)
    }

    /// `∫ V'' dμ`, the mean over the nodes.
    public func meanLaplacian() -> Double {
        potential.meanLaplacian(weights: problem.weights(moments: moments())) { self.moment($0) }
    }

    /// The cell averages: the initial mass between the origins of each cell's faces, over the cell's width.
    ///
    /// - Throws: `TimeSteppingError`.
    public func density(on grid: PeriodicGrid) throws -> Field {
        let n = grid.cells[0]
        let faces = Array(grid.faces(axis: 0).dropLast())
        var origins = try self.origins(of: faces)
        // The flow keeps the order of the faces; where it draws them together beyond rounding, so do these.
        let end = origins[0] + 2 * .pi
        for i in 1..<max(1, n) { origins[i] = min(end, max(origins[i], origins[i - 1])) }
        let h = grid.spacing(axis: 0)
        let values = (0..<n).map { i in
            let right = i + 1 < n ? origins[i + 1] : origins[0] + 2 * .pi
            return (right - origins[i]) / (2 * .pi * h)
        }
        return Field(grid: grid, values: values)
    }

    /// Where the points at the time reached were at time 0, not wrapped.
    ///
    /// - Throws: `TimeSteppingError`.
    public func origins(of points: [Double]) throws -> [Double] {
        guard time > 0, !points.isEmpty else { return points }
        let backward = AdaptiveRungeKutta(
            DrivenFlow(basis: problem.basis, history: history, backwardFrom: time, count: points.count),
            state: points,
            pair: .dormandPrince853, tolerance: tolerance / 10)
        try backward.advance(to: time)
        return Array(backward.state)
    }
}
