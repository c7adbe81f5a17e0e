public import Torus
public import Training

/// Points with masses that stand for an initial law: where characteristics begin, and what each of them counts.
///
/// Functions of the flow are integrated over the initial law as sums over them: a rectangle rule up to three angles, shifted lattices
/// beyond (`Characteristics`).
public struct LabelledNodes: Sendable {
    /// The number of angles `d`.
    public let dimension: Int
    /// The number of nodes.
    public let count: Int
    /// The angles, axis by axis.
    public let positions: [Double]
    /// The masses, of sum 1.
    public let masses: [Double]

    /// Given points and masses.
    ///
    /// - Precondition: there is one mass a point, and their sum is positive; they are divided by it.
    public init(dimension: Int, positions: [Double], masses: [Double]) {
        let sum = masses.reduce(0, +)
        precondition(positions.count == dimension * masses.count && sum > 0, "one mass a point")
        self.dimension = dimension
        self.positions = positions
        count = masses.count
        self.masses = masses.map { $0 / sum }
    }

    /// As many nodes as the characteristics of a problem need until a time.
    ///
    /// - Parameters:
    ///   - nodesPerAxis: the fewest along each axis, up to three angles; for a field as initial law, the number.
    ///   - parallelism: the threads; the nodes do not depend on it.
    /// - Throws: `ContinuumError`, `TimeSteppingError`.
    /// - Complexity: that of `Characteristics` up to the time.
    public init(
        resolving problem: MeanFieldProblem, until time: Double, tolerance: Double, nodesPerAxis: Int = 16,
        parallelism: Parallelism = .serial
    ) throws {
        let isField = if case .field = problem.initialLaw { true } else { false }
        let trial = try Characteristics(
            problem, nodes: isField ? nodesPerAxis : nil, tolerance: tolerance, parallelism: parallelism)
        try trial.advance(to: time)
        let needed = trial.nodesPerAxis.max().map { max($0, nodesPerAxis) } ?? trial.nodes
        let start = try Characteristics(problem, nodes: needed, tolerance: tolerance, parallelism: parallelism)
        let places = start.sample(atMost: .max)
        let d = problem.dimension
        self.init(
            dimension: d, positions: (0..<d).flatMap { axis in places.map { $0.point[axis] } },
            masses: places.map(\.mass))
    }
}
