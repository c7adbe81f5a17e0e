import Foundation
import TimeStepping
import Torus
import Training

/// The nodes that stand for a law: where they start, what they count, and how they move.
///
/// Up to three angles the labels are a tensor grid of equal-spaced points, and a node counts the initial density at its label: the
/// rectangle rule, exponential for analytic laws. Beyond, there are eight copies of a rank-1 lattice with independent shifts,
/// each with a flow of its own, so that the spread of their moments contains what an error does to the flow as well; there
/// the labels of a product law go through its quantiles, which spends no nodes where there is no mass.
///
/// The state is copy by copy, and in a copy axis by axis. Nothing is allocated in a right-hand side.
final class NodeFlow: DynamicalSystem {
    /// The number of copies of a lattice.
    static let shiftCount = 8

    /// The nodes along each axis of a tensor grid; empty for lattices.
    let axes: [Int]
    /// The nodes of a copy.
    let count: Int
    /// The copies.
    let copies: Int
    /// The positions at time 0.
    let labels: [Double]
    /// What each node of a copy counts, copy by copy; `nil`: equal masses `1/count`.
    let masses: [Double]?

    /// How far the masses of a tensor grid are from adding up to 1, along each axis; empty for lattices.
    let massDefects: [Double]

    private let problem: MeanFieldProblem
    private let flows: [MeanFieldFlow]
    // Moments of a copy, of all, and of each.
    private let memory: UnsafeMutablePointer<Double>
    /// Room for a state, for who samples the dense output.
    let scratch: UnsafeMutablePointer<Double>

    /// A tensor grid of nodes.
    convenience init(_ problem: MeanFieldProblem, axes: [Int], parallelism: Parallelism) {
        let count = axes.reduce(1, *)
        // Fields are constant in cells: nodes at centres count whole cells where their grids are nested.
        let offset = if case .field = problem.initialLaw { 0.5 } else { 0.0 }
        var labels: [Double] = []
        labels.reserveCapacity(count * axes.count)
        var before = 1
        for n in axes {
            for node in 0..<count {
                labels.append(2 * .pi * (Double(node / before % n) + offset) / Double(n))
            }
            before *= n
        }
        let isUniform = problem.initialLaw == .uniform
        self.init(
            problem, axes: axes, count: count, copies: 1, labels: labels,
            masses: isUniform ? nil : Self.masses(problem.initialLaw, labels: labels, count: count, copies: 1),
            parallelism: parallelism)
    }

    /// Shifted lattices of `count` nodes each.
    convenience init(_ problem: MeanFieldProblem, latticeCount count: Int, parallelism: Parallelism) {
        let d = problem.dimension
        var quantiles: [CircleQuantile]?
        if case .product(let laws) = problem.initialLaw { quantiles = laws.map { CircleQuantile($0) } }
        var labels: [Double] = []
        labels.reserveCapacity(Self.shiftCount * count * d)
        for copy in 0..<Self.shiftCount {
            let lattice = RankOneLattice(dimension: d, count: count, shiftIndex: copy)
            for axis in 0..<d {
                for node in 0..<count {
                    let u = lattice.coordinate(node, axis: axis)
                    labels.append(quantiles.map { $0[axis](u) } ?? 2 * .pi * u)
                }
            }
        }
        let isEqual = quantiles != nil || problem.initialLaw == .uniform
        self.init(
            problem, axes: [], count: count, copies: Self.shiftCount, labels: labels,
            masses: isEqual
                ? nil : Self.masses(problem.initialLaw, labels: labels, count: count, copies: Self.shiftCount),
            parallelism: parallelism)
    }

    private init(
        _ problem: MeanFieldProblem, axes: [Int], count: Int, copies: Int, labels: [Double], masses: [Double]?,
        parallelism: Parallelism
    ) {
        self.problem = problem
        self.axes = axes
        self.count = count
        self.copies = copies
        self.labels = labels
        self.masses = masses
        massDefects = Self.massDefects(problem.initialLaw, axes: axes, masses: masses)
        flows = (0..<copies).map { copy in
            MeanFieldFlow(
                problem, count: count, masses: masses.map { Array($0[copy * count..<(copy + 1) * count]) },
                parallelism: parallelism)
        }
        memory = .allocate(capacity: (2 + copies) * max(1, problem.basis.count))
        scratch = .allocate(capacity: max(1, labels.count))
    }

    deinit {
        memory.deallocate()
        scratch.deallocate()
    }

    /// The initial density at the labels times the volume that a label stands for.
    private static func masses(_ law: InitialLaw, labels: [Double], count: Int, copies: Int) -> [Double] {
        let d = labels.count / (count * copies)
        let volume = pow(2 * .pi, Double(d)) / Double(count)
        var theta = Array(repeating: 0.0, count: d)
        return (0..<count * copies).map { index in
            let first = index / count * d * count + index % count
            for axis in 0..<d { theta[axis] = labels[first + axis * count] }
            return law.density(at: theta) * volume
        }
    }

    /// A law that lies between the nodes counts nothing, and looks as smooth as can be: its mass tells.
    private static func massDefects(_ law: InitialLaw, axes: [Int], masses: [Double]?) -> [Double] {
        guard let masses else { return axes.map { _ in 0 } }
        guard case .product(let laws) = law else {
            let defect = abs(masses.reduce(0, +) - 1)
            return axes.map { _ in defect }
        }
        return zip(laws, axes).map { law, n in
            let h = 2 * .pi / Double(n)
            return abs((0..<n).reduce(0) { $0 + law.density(at: h * Double($1)) } * h - 1)
        }
    }

    /// The number of nodes in all.
    var nodes: Int { copies * count }

    var dimension: Int { nodes * problem.dimension }

    /// The mass of a node.
    func mass(copy: Int, node: Int) -> Double { masses.map { $0[copy * count + node] } ?? 1 / Double(count) }

    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        let size = count * problem.dimension
        for copy in 0..<copies {
            flows[copy].derivative(time: time, state: state + copy * size, rate: rate + copy * size)
        }
    }

    /// Writes the moments of a state, the mean over the copies.
    func moments(state: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>) {
        let (own, size) = (problem.basis.count, count * problem.dimension)
        if copies == 1 { return flows[0].moments(state: state, into: moments) }
        for m in 0..<own { moments[m] = 0 }
        for copy in 0..<copies {
            flows[copy].moments(state: state + copy * size, into: memory)
            for m in 0..<own { moments[m] += memory[m] / Double(copies) }
        }
    }

    /// Writes the weights of the potential of the moments of a state.
    func weights(state: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>) {
        let moments = memory + problem.basis.count
        self.moments(state: state, into: moments)
        problem.weights(moments: moments, into: weights)
    }

    /// Calls `body` with each moment's standard error, from the spread over the copies.
    func forEachMomentError(state: UnsafePointer<Double>, _ body: (Double) -> Void) {
        let (own, size) = (problem.basis.count, count * problem.dimension)
        let samples = memory + 2 * own
        for copy in 0..<copies { flows[copy].moments(state: state + copy * size, into: samples + copy * own) }
        for m in 0..<own { body(Self.standardError(samples + m, count: copies, stride: own)) }
    }

    /// The standard error of a mean of samples.
    static func standardError(_ samples: UnsafePointer<Double>, count: Int, stride: Int = 1) -> Double {
        let n = Double(count)
        var (mean, square) = (0.0, 0.0)
        for i in 0..<count { mean += samples[i * stride] / n }
        for i in 0..<count { square += (samples[i * stride] - mean) * (samples[i * stride] - mean) }
        return (square / (n * (n - 1))).squareRoot()
    }
}
