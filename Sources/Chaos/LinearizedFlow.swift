import Continuum
import TimeStepping
import Torus
import Training

/// The limit as a flow of nodes, and its derivative: how the mean of a test function at a later time depends on the law at time 0.
///
/// The nodes' masses may be any law's; what is computed is then that law's limit and derivative, as the rate function needs it.
struct LinearizedFlow {
    /// The derivative of `∫ φ dμ_t` by the law at time 0.
    struct Influence {
        /// `ψ = φ_0` at each node, by its mass: `d∫ φ dμ_t = ∫ ψ dν` for a change `ν` of the law, up to a constant.
        var values: [Double]
        /// `∇ψ` at each node, axis by axis.
        var slopes: [Double]
    }

    let problem: MeanFieldProblem
    let nodes: LabelledNodes
    let tolerance: Double
    let parallelism: Parallelism

    /// Memory for the integration that goes back.
    private static let byteLimit = 256 << 20

    /// Where the nodes are at given times, axis by axis.
    ///
    /// - Throws: `TimeSteppingError`.
    func positions(at times: [Double]) throws -> [[Double]] {
        let flow = MeanFieldFlow(problem, count: nodes.count, masses: nodes.masses, parallelism: parallelism)
        let solver = AdaptiveRungeKutta(
            flow, state: nodes.positions, pair: .dormandPrince853, tolerance: tolerance / 10)
        return try times.map { time in
            try solver.advance(to: time)
            return Array(solver.state)
        }
    }

    /// The influences of test functions at a time, and how far the nodes that were carried back are from where they began.
    ///
    /// - Parameter positions: those of the nodes at the time.
    /// - Throws: `TimeSteppingError`.
    /// - Complexity: about that of the forward flow times the test functions and angles.
    func influences(
        of functions: [TestFunction], at time: Double, positions: [Double]
    ) throws -> (influences: [Influence], returnError: Double) {
        let perFunction = AdjointFlow.bytesPerNode(dimension: problem.dimension) * nodes.count
        let batch = max(1, Self.byteLimit / perFunction)
        var influences: [Influence] = []
        var worst = 0.0
        for start in stride(from: 0, to: functions.count, by: batch) {
            let part = functions[start..<min(functions.count, start + batch)]
            let flow = AdjointFlow(
                problem, masses: nodes.masses, functionCount: part.count, parallelism: parallelism)
            let state = flow.state(positions: positions, nodes: nodes.count) { index, theta in
                part[start + index].values(at: theta, problem)
            }
            let solver = AdaptiveRungeKutta(
                flow, state: state, pair: .dormandPrince853, tolerance: tolerance / 10)
            try solver.advance(to: time)
            func row(_ index: Int) -> ArraySlice<Double> {
                Array(solver.state[index * flow.count..<index * flow.count + nodes.count])[...]
            }
            for axis in 0..<problem.dimension {
                for (node, angle) in row(axis).enumerated() {
                    worst = max(worst, abs(angle - nodes.positions[axis * nodes.count + node]))
                }
            }
            for function in 0..<part.count {
                influences.append(
                    Influence(
                        values: Array(row(flow.valueRow(function))),
                        slopes: (0..<problem.dimension).flatMap { row(flow.slopeRow(function, axis: $0)) }))
            }
        }
        return (influences, worst)
    }
}
