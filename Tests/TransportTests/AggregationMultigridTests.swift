import Testing
import Torus

@testable import Transport

/// Solutions of the Newton systems, put back into them.
@Suite("Multigrid on aggregates")
struct AggregationMultigridTests {
    /// A torus of `side²` nodes whose conductances differ by powers of ten.
    static func torus(side: Int, seed: UInt64) -> GraphLaplacian {
        var stream = UniformStream(seed: seed)
        let (right, up) = (stream.angles(side * side), stream.angles(side * side))
        func conductance(_ angle: Double) -> Double { angle * angle * angle * angle + 1e-4 }
        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var conductances: [Double] = []
        for node in 0..<side * side {
            let (x, y) = (node % side, node / side)
            let (left, down) = (y * side + (x + side - 1) % side, (y + side - 1) % side * side + x)
            columns += [y * side + (x + 1) % side, left, (y + 1) % side * side + x, down].map(Int32.init)
            conductances += [right[node], right[left], up[node], up[down]].map(conductance)
            starts.append(Int32(columns.count))
        }
        return GraphLaplacian(starts: starts, columns: columns, conductances: conductances)
    }

    /// The right-hand side of a jagged solution: its sum is 0 but for rounding.
    static func side(_ matrix: GraphLaplacian) -> [Double] {
        let values = (0..<matrix.count).map { Double(($0 * 37) % 101) }
        var result = [Double](repeating: 0, count: matrix.count)
        matrix.residual([Double](repeating: 0, count: matrix.count), values, into: &result, .serial)
        return result
    }

    static func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    /// From graphs that are factorised at once (3² and 12² nodes) to several levels and several pieces of a parallel loop.
    @Test(arguments: [3, 12, 13, 40, 150])
    func solutionsSolve(side: Int) {
        let matrix = Self.torus(side: side, seed: 60 + UInt64(side))
        let right = Self.side(matrix)
        let solver = AggregationMultigrid(matrix, parallelism: .serial)
        let (solution, iterations) = solver.solve(right, tolerance: 1e-10, limit: 100)
        var residual = right
        matrix.residual(right, solution, into: &residual, .serial)
        // The solver's own residual is updated, not computed: rounding may part the two by some ulps of the terms.
        #expect(Self.norm(residual) <= 2e-10 * Self.norm(right), "\(iterations) iterations")
        #expect(iterations < 100)
    }

    /// Nodes that are left alone would pile up from level to level, until the dense factor of the last one costs the most.
    @Test func everyLevelIsAThirdOfTheOneBefore() {
        let sizes = AggregationMultigrid(Self.torus(side: 150, seed: 72), parallelism: .serial).sizes
        for (size, coarse) in zip(sizes, sizes.dropFirst()) { #expect(3 * coarse < size, "\(sizes)") }
        #expect(sizes[sizes.count - 1] <= 150)
    }

    @Test func bitsDoNotDependOnTheThreads() {
        let matrix = Self.torus(side: 150, seed: 71)
        let right = Self.side(matrix)
        let serial = AggregationMultigrid(matrix, parallelism: .serial).solve(right, tolerance: 1e-8, limit: 100)
        let parallel = AggregationMultigrid(matrix, parallelism: Parallelism(threads: 3))
            .solve(right, tolerance: 1e-8, limit: 100)
        #expect(serial.solution == parallel.solution)
    }
}
