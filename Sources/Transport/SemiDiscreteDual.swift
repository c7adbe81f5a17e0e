import Foundation
import Torus

/// The dual of semi-discrete transport: `D(w) = Σ ν_i w_i + ∫ min_i (|y − x_i|² − w_i) ρ dy`, concave in the weights `w` of the
/// Laguerre cells, with the gradient `ν − m(w)`, `m` the masses of the cells, and minus its Hessian the Laplacian of the facets.
///
/// Damped Newton: a step is shortened until the masses come closer to their targets; cells that a step has starved are filled
/// again, each by its own weight, so that one small cell does not shorten the step of all others.
///
/// Source: Kitagawa, Mérigot, Thibert, *Convergence of a Newton algorithm for semi-discrete optimal transport*,
/// J. Eur. Math. Soc. 21 (2019), arXiv 1603.05579.
struct SemiDiscreteDual<Cell: LaguerreCell> {
    let atoms: TorusAtoms
    let table: DensityTable
    let parallelism: Parallelism
    /// The weights `w` in the order of the atoms' tree, in radians².
    private(set) var weights: [Double]
    private(set) var diagram: LaguerreDiagram
    /// Diagrams cut so far.
    var evaluations = 1

    init(_ atoms: TorusAtoms, _ table: DensityTable, weights: [Double], parallelism: Parallelism) {
        (self.atoms, self.table, self.weights, self.parallelism) = (atoms, table, weights, parallelism)
        diagram = LaguerreDiagram(
            of: Cell.self, atoms.tree, weights: weights, table: table, previous: nil, moments: false,
            parallelism: parallelism)
    }

    /// The share of its target below which a cell starves.
    private static var hunger: Double { 1e-2 }
    /// Below this imbalance a step may be the last, so the cells are cut with their moments.
    private static var nearEnd: Double { 1e-6 }

    private func cut(_ weights: [Double], moments: Bool) -> LaguerreDiagram {
        LaguerreDiagram(
            of: Cell.self, atoms.tree, weights: weights, table: table, previous: diagram, moments: moments,
            parallelism: parallelism)
    }

    /// `Σ |ν_i − m_i|`.
    private func imbalance(_ diagram: LaguerreDiagram) -> Double {
        var sum = 0.0
        for (target, mass) in zip(atoms.weights, diagram.masses) { sum += abs(target - mass) }
        return sum
    }

    /// The atoms whose cells hold next to nothing.
    var starved: [Int] {
        diagram.masses.indices.filter { diagram.masses[$0] < Self.hunger * atoms.weights[$0] }
    }

    /// Raises the weights of starving cells, each alone, until they hold about half of their targets: an ascent of the dual
    /// along single coordinates.
    mutating func fillStarved() {
        for _ in 0..<20 {
            let starved = self.starved
            if starved.isEmpty { return }
            let raised = raisedWeights(starved)
            for (atom, weight) in zip(starved, raised) { weights[atom] = weight }
            diagram = cut(weights, moments: false)
            evaluations += 1
        }
    }

    private func raisedWeights(_ starved: [Int]) -> [Double] {
        let count = Double(atoms.tree.points.count)
        let scale = Cell.dimension == 2 ? 1 / count : cbrt(1 / (count * count))
        var result = [Double](repeating: 0, count: starved.count)
        var trial = weights
        trial.withUnsafeMutableBufferPointer { trial in
            guard let base = trial.baseAddress else { return }
            let envelope = WeightEnvelope(atoms.tree, weights: UnsafePointer(base))
            var cutter = CellCutter<Cell>(atoms.tree, envelope, UnsafePointer(base))
            defer { cutter.deallocate() }
            for (index, atom) in starved.enumerated() {
                let original = base[atom]
                func mass(_ weight: Double) -> Double {
                    base[atom] = weight
                    cutter.cut(atom, nil)
                    let row = RowAntiderivative(table, origin: atoms.tree.points[atom], near: cutter.cell.vertex)
                    return withUnsafeTemporaryAllocation(of: LaguerreFacet.self, capacity: cutter.cell.facetCount + 1) {
                        guard let facets = $0.baseAddress else { return 0 }
                        return cutter.cell.integrate(row, moments: false, facets: facets).0.mass
                    }
                }
                let target = atoms.weights[atom]
                var (low, high) = (original, original + scale)
                var found = mass(high)
                while found < 0.25 * target && high - original < 4 * period * period {
                    low = high
                    high = original + 3 * (high - original)
                    found = mass(high)
                }
                for _ in 0..<40 where found > target {
                    let middle = 0.5 * (low + high)
                    found = mass(middle)
                    if found < 0.25 * target { low = middle; found = .infinity } else { high = middle }
                }
                result[index] = high
                base[atom] = original
            }
        }
        return result
    }

    /// The Newton direction: `L δ = ν − m`.
    private func direction(tolerance: Double) -> [Double] {
        let count = weights.count
        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var conductances: [Double] = []
        starts.reserveCapacity(count + 1)
        columns.reserveCapacity(diagram.facets.count)
        conductances.reserveCapacity(diagram.facets.count)
        let points = atoms.tree.points
        for atom in 0..<count {
            for index in diagram.starts[atom]..<diagram.starts[atom + 1] {
                let facet = diagram.facets[index]
                let (other, window) = (Int(facet.label) / 27, Int(facet.label) % 27)
                if other == atom || facet.density <= 0 { continue }
                let offset = (points[other] - points[atom]) + CellCutter<Cell>.shift(window)
                columns.append(Int32(other))
                conductances.append(facet.density / (2 * offset.dot(offset).squareRoot()))
            }
            starts.append(Int32(columns.count))
        }
        let gradient = zip(atoms.weights, diagram.masses).map { $0 - $1 }
        let solver = AggregationMultigrid(
            GraphLaplacian(starts: starts, columns: columns, conductances: conductances))
        return solver.solve(gradient, tolerance: tolerance, limit: 200).solution
    }

    /// Newton's method until the imbalance of the masses is below `tolerance`.
    ///
    /// - Returns: whether it got there.
    mutating func ascend(to tolerance: Double, limit: Int) -> Bool {
        var error = imbalance(diagram)
        for _ in 0..<limit {
            if error <= tolerance { return true }
            let step = direction(tolerance: Swift.min(0.01, Swift.max(1e-8, 0.1 * error)))
            var share = 1.0
            while true {
                let trial = zip(weights, step).map { $0 + share * $1 }
                let found = cut(trial, moments: error < Self.nearEnd)
                evaluations += 1
                let next = imbalance(found)
                if next <= (1 - 0.25 * share) * error {
                    (weights, diagram, error) = (trial, found, next)
                    fillStarved()
                    error = imbalance(diagram)
                    break
                }
                share *= 0.5
                if share < 1e-4 { return error <= tolerance }
            }
        }
        return error <= tolerance
    }

    /// Cuts the cells with their moments, unless the last diagram has them.
    mutating func measure() {
        if !diagram.costs.isEmpty { return }
        diagram = cut(weights, moments: true)
        evaluations += 1
    }

    /// Bounds of `W₂²` from a diagram with moments.
    ///
    /// Below: the dual. Above: the cost of the cells, and of rerouting what a cell holds too much, within the smallest box of
    /// the tree that lacks as much. Both are of a partition of the torus; what the cells miss or hold twice by rounding is
    /// charged the greatest cost, the sums a few units in the last place of their terms.
    func bracket() -> ClosedRange<Double> {
        var (cost, gain, mass) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
        var size = 0.0
        // The dual does not change with a constant; the mean is taken out for the sake of rounding.
        var mean = 0.0
        for (weight, target) in zip(weights, atoms.weights) { mean += weight * target }
        for atom in weights.indices {
            let term = (atoms.weights[atom] - diagram.masses[atom]) * (weights[atom] - mean)
            cost.add(diagram.costs[atom])
            gain.add(term)
            mass.add(diagram.masses[atom])
            size += abs(term)
        }
        let greatest = Double(Cell.dimension) * Double.pi * .pi
        let rounding = 0x1p-46 * (cost.value + size) + abs(mass.value - 1) * greatest
        let lower = cost.value + gain.value - rounding
        let upper = cost.value + rerouting(greatest) + rounding
        return Swift.max(0, Swift.min(lower, upper))...Swift.max(0, upper)
    }

    /// An upper bound of what it costs to bring the cells' masses to their targets.
    ///
    /// From the leaves up, what is left over in one half of a box goes to what is lacking in the other. A point at most `R` from
    /// its atom is then at most `R + D` from the other one, `D` the diameter of the box: `(2R + D)·D` more.
    private func rerouting(_ greatest: Double) -> Double {
        let nodes = atoms.tree.nodes
        var surplus = [Double](repeating: 0, count: nodes.count)
        var squaredReach = surplus
        var total = 0.0
        for place in nodes.indices.reversed() {
            let node = nodes[place]
            var (over, under, reach) = (0.0, 0.0, 0.0)
            func add(_ difference: Double, _ squared: Double) {
                if difference > 0 { over += difference } else { under -= difference }
                reach = Swift.max(reach, squared)
            }
            if node.isLeaf {
                for atom in Int(node.first)..<Int(node.end) {
                    add(diagram.masses[atom] - atoms.weights[atom], diagram.squaredReaches[atom])
                }
            } else {
                for child in [place + 1, Int(node.second)] { add(surplus[child], squaredReach[child]) }
            }
            let diameter = 2 * node.half.dot(node.half).squareRoot()
            let more = (2 * reach.squareRoot() + diameter) * diameter
            total += Swift.min(over, under) * Swift.min(more, greatest)
            surplus[place] = over - under
            squaredReach[place] = reach
        }
        return total + abs(surplus[0]) * greatest
    }
}
