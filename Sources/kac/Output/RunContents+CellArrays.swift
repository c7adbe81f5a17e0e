import Archive
import Continuum
import Torus
import Training

extension RunContents {
    /// Adds potential and velocity of the limit at the cells' centres, where the experiment asks for them.
    mutating func addCellArrays(of simulation: Simulation, parallelism: Parallelism) {
        let fields = simulation.experiment.output.fields
        guard let grid, !fields.isEmpty else { return }
        let (problem, limit) = (simulation.problem, simulation.limit)
        let weights = limit.moments.map(problem.weights(moments:))
        let centres = Self.centres(of: grid)
        let count = grid.cellCount
        if fields.contains(.potential) {
            var potential = weights.map { _ in Array(repeating: 0.0, count: count) }
            for cell in 0..<count {
                let values = problem.basis.values(at: (0..<grid.dimension).map { centres[$0 * count + cell] })
                for (output, weights) in weights.enumerated() {
                    potential[output][cell] = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
                }
            }
            self.potential = potential
        }
        if fields.contains(.velocity) {
            let sweep = PotentialSweep(problem.basis, count: count, parallelism: parallelism)
            let rates = weights.map { weights in
                var rate = Array(repeating: 0.0, count: centres.count)
                sweep.gradient(at: centres, weights: weights, scale: -1, into: &rate)
                return rate
            }
            velocity = (0..<grid.dimension).map { axis in
                rates.map { Array($0[axis * count..<(axis + 1) * count]) }
            }
        }
    }

    /// The centres of all cells, axis by axis.
    private static func centres(of grid: PeriodicGrid) -> [Double] {
        var before = 1
        return (0..<grid.dimension).flatMap { axis in
            defer { before *= grid.cells[axis] }
            let centres = grid.centres(axis: axis)
            return (0..<grid.cellCount).map { centres[$0 / before % grid.cells[axis]] }
        }
    }
}
