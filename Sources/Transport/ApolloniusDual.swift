import Torus

/// The dual of semi-discrete transport with the cost `(|x − x_i|² + ε²)^{1/2}`: `D(w) = Σ ν_i w_i + ∫ min_i ((|x − x_i|² + ε²)^{1/2} −
/// w_i) ρ dx`, concave in the weights `w` of the Apollonius cells, with the gradient `ν − m(w)`, `m` the masses of the cells.
///
/// For large `ε` the cost is `ε + |x − x_i|²/2ε`, that of `W₂`, and its weights are those of `W₂` over `2ε`; for `ε = 0` it is
/// that of `W₁`, whose cells degenerate into rays. So `ε` leads from one to the other, and Newton's method follows.
struct ApolloniusDual {
    let atoms: TorusAtoms
    let density: TorusDensity
    /// `ε`, in radians.
    let smoothing: Double
    /// How well the boxes are resolved.
    let resolution: ApolloniusCells.Resolution
    let parallelism: Parallelism
    /// The weights `w` in the order of the atoms' tree, in radians.
    private(set) var weights: [Double]
    private(set) var cells: ApolloniusCells
    /// Partitions so far.
    private(set) var evaluations = 1

    init(
        _ atoms: TorusAtoms, _ density: TorusDensity, weights: [Double], smoothing: Double,
        resolution: ApolloniusCells.Resolution, parallelism: Parallelism
    ) {
        (self.atoms, self.density, self.parallelism) = (atoms, density, parallelism)
        (self.weights, self.smoothing, self.resolution) = (weights, smoothing, resolution)
        cells = ApolloniusCells(
            atoms, density, weights: weights, smoothing: smoothing, resolution: resolution, parallelism: parallelism)
    }

    private func cut(_ weights: [Double]) -> ApolloniusCells {
        ApolloniusCells(
            atoms, density, weights: weights, smoothing: smoothing, resolution: resolution, parallelism: parallelism)
    }

    /// The share of the mass that is in the wrong cells, twice.
    var imbalance: Double { imbalance(cells) }

    /// `Σ |ν_i − m_i|`.
    private func imbalance(_ cells: ApolloniusCells) -> Double {
        var sum = 0.0
        for (target, mass) in zip(atoms.weights, cells.masses) { sum += abs(target - mass) }
        return sum
    }

    /// The share of its target below which a cell starves.
    private static let hunger = 0.02

    /// Raises the weights of starving cells, each alone, until they hold about half of their targets: an ascent of the dual along single
    /// coordinates.
    mutating func fillStarved() {
        for _ in 0..<20 {
            let starved = weights.indices.filter { cells.masses[$0] < Self.hunger * atoms.weights[$0] }
            if starved.isEmpty { return }
            let raised = raisedWeights(starved)
            for (atom, weight) in zip(starved, raised) { weights[atom] = weight }
            cells = cut(weights)
            evaluations += 1
        }
    }

    /// The weight at which an atom would take half of its target from the others: a quantile of what its cost is above the least one.
    private func raisedWeights(_ starved: [Int]) -> [Double] {
        var result = [Double](repeating: 0, count: starved.count)
        let (cells, square) = (cells, smoothing * smoothing)
        result.withUnsafeMutableBufferPointer { result in
            nonisolated(unsafe) let result = result
            parallelism.forEach(starved.count) { index in
                let (place, target) = (atoms.tree.points[starved[index]], 0.5 * atoms.weights[starved[index]])
                // A block's points are at least this far above.
                let bounds = cells.samples.map { block -> Double in
                    var nearest = Self.wrapped(place - 0.5 * (block.low + block.high))
                    let half = 0.5 * (block.high - block.low)
                    nearest = nearest.replacing(with: -nearest, where: nearest .< PeriodicPoint.zero) - half
                    nearest = nearest.replacing(with: PeriodicPoint.zero, where: nearest .< PeriodicPoint.zero)
                    return (nearest.dot(nearest) + square).squareRoot() - block.largest
                }
                let order = bounds.indices.sorted { (bounds[$0], $0) < (bounds[$1], $1) }
                var found: [(above: Double, mass: Double)] = []
                var level = Double.infinity
                for block in order where bounds[block] < level {
                    let block = cells.samples[block]
                    for sample in block.masses.indices {
                        let offset = Self.wrapped(place - block.points[sample])
                        let above = (offset.dot(offset) + square).squareRoot() - block.values[sample]
                        if above < level { found.append((above, block.masses[sample])) }
                    }
                    found.sort { $0 < $1 }
                    var sum = 0.0
                    let end = found.firstIndex { entry in
                        sum += entry.mass
                        return sum >= target
                    }
                    guard let end else { continue }
                    found.removeSubrange((end + 1)...)
                    level = found[end].above
                }
                result[index] = Swift.min(level, found.last?.above ?? level)
            }
        }
        return result
    }

    /// The shortest of the ways that differ by periods.
    private static func wrapped(_ way: PeriodicPoint) -> PeriodicPoint {
        way - period * (way * (1 / period)).rounded(.toNearestOrEven)
    }

    /// The Newton direction: `L δ = ν − m`.
    ///
    /// Each unknown is beside the mean of its neighbours' by what its cell lacks over its conductances. Where these are too small for
    /// that, as in a cell that starves, conductances to the next atoms of the tree are added.
    private func direction() -> [Double] {
        let gradient = zip(atoms.weights, cells.masses).map { $0 - $1 }
        let matrix = cells.laplacian
        let median = matrix.diagonal.sorted()[matrix.count / 2]
        let missing = gradient.indices.map { atom in
            let needed = (cells.masses[atom] < 0.1 * atoms.weights[atom] ? 1 : 1e-9) * median
            return 0.5 * Swift.max(0, needed - matrix.diagonal[atom])
        }
        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var conductances: [Double] = []
        for row in 0..<matrix.count {
            let entries = Int(matrix.starts[row])..<Int(matrix.starts[row + 1])
            columns += matrix.columns[entries]
            conductances += matrix.conductances[entries]
            for other in [row - 1, row + 1] where missing.indices.contains(other) && missing[row] + missing[other] > 0 {
                columns.append(Int32(other))
                conductances.append(missing[row] + missing[other])
            }
            starts.append(Int32(columns.count))
        }
        let solver = AggregationMultigrid(
            GraphLaplacian(starts: starts, columns: columns, conductances: conductances), parallelism: parallelism)
        return solver.solve(gradient, tolerance: 1e-3, limit: 100).solution
    }

    /// Newton's method until the imbalance of the masses is below `goal`, or does not fall any more.
    ///
    /// Boxes that are resolved differently make the masses jump a little, so a step that does not help is an end, not an error.
    mutating func ascend(to goal: Double, limit: Int) {
        fillStarved()
        for _ in 0..<limit {
            let error = imbalance(cells)
            if error <= goal { return }
            let step = direction()
            // Weights differ by no more than distances do.
            let largest = step.reduce(0) { Swift.max($0, abs($1)) }
            var share = Swift.min(1, 2 * period / largest)
            let least = 0.05 * share
            while true {
                let trial = zip(weights, step).map { $0 + share * $1 }
                let found = cut(trial)
                evaluations += 1
                if imbalance(found) <= (1 - 0.25 * share) * error {
                    (weights, cells) = (trial, found)
                    fillStarved()
                    break
                }
                share *= 0.5
                if share < least { return }
            }
        }
    }

    /// Bounds of `W₁` from the weights at hand.
    ///
    /// Below: the dual of `W₁` itself, `ε = 0`. Above: the distances within the cells, which are a plan whatever `ε` made them, and those
    /// on the way from what a cell holds too much to the nearest that lacks as much.
    mutating func bracket() -> ClosedRange<Double> {
        let sharp = ApolloniusCells(
            atoms, density, weights: weights, smoothing: 0, resolution: resolution, parallelism: parallelism)
        evaluations += 1
        var gain = CompensatedSum()
        for (target, weight) in zip(atoms.weights, weights) { gain.add(target * weight) }
        let size = weights.reduce(0) { Swift.max($0, abs($1)) } + period
        // Sums of some millions of terms, each within a few roundings.
        let rounding = 0x1p-44 * size
        let upper = Swift.min(cells.cost + rerouting(cells.masses), sharp.cost + rerouting(sharp.masses)) + rounding
        return Swift.min(Swift.max(0, sharp.lower + gain.value - rounding), upper)...upper
    }

    /// An upper bound of the way that the surplus of the masses has to go to where they lack: from the leaves up, what is left over in
    /// one half of a box goes to what is lacking in the other.
    private func rerouting(_ masses: [Double]) -> Double {
        let nodes = atoms.tree.nodes
        var surplus = [Double](repeating: 0, count: nodes.count)
        var total = 0.0
        let greatest = Double(atoms.dimension).squareRoot() * Double.pi
        for place in nodes.indices.reversed() {
            let node = nodes[place]
            var (over, under) = (0.0, 0.0)
            func add(_ difference: Double) { if difference > 0 { over += difference } else { under -= difference } }
            if node.isLeaf {
                for atom in Int(node.first)..<Int(node.end) { add(masses[atom] - atoms.weights[atom]) }
            } else {
                add(surplus[place + 1])
                add(surplus[Int(node.second)])
            }
            total += Swift.min(over, under) * Swift.min(2 * node.half.dot(node.half).squareRoot(), greatest)
            surplus[place] = over - under
        }
        return total + abs(surplus[0]) * greatest
    }
}
