import Foundation
import Torus

/// The dual of semi-discrete transport: `D(w) = Σ ν_i w_i + ∫ min_i (|y − x_i|² − w_i) ρ dy`, concave in the weights `w` of the
/// Laguerre cells, with the gradient `ν − m(w)`, `m` the masses of the cells, and minus its Hessian the Laplacian of the facets.
///
/// Damped Newton: a step is shortened until no cell starves and the masses come closer to their targets.
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
    private(set) var evaluations = 1
    static var trace: Bool { false }

    init(_ atoms: TorusAtoms, _ table: DensityTable, weights: [Double], parallelism: Parallelism) {
        (self.atoms, self.table, self.weights, self.parallelism) = (atoms, table, weights, parallelism)
        diagram = LaguerreDiagram(
            of: Cell.self, atoms.tree, weights: weights, table: table, previous: nil, moments: false,
            parallelism: parallelism)
        fillStarved()
    }

    /// The least share of its target that a step leaves to every cell that had it.
    private static var hunger: Double { 0.1 }

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

    private func leastShare(_ diagram: LaguerreDiagram) -> Double {
        var least = Double.infinity
        for (target, mass) in zip(atoms.weights, diagram.masses) { least = Swift.min(least, mass / target) }
        return least
    }

    /// Raises the weights of starving cells, each alone, until they hold about half of their targets: an ascent of the dual
    /// along single coordinates.
    private mutating func fillStarved() {
        for _ in 0..<20 {
            let starved = diagram.masses.indices.filter { diagram.masses[$0] < 1e-2 * atoms.weights[$0] }
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
    private func direction(tolerance: Double) -> ([Double], Int) {
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
        return solver.solve(gradient, tolerance: tolerance, limit: 200)
    }

    /// Newton's method until the imbalance of the masses is below `tolerance`.
    ///
    /// - Returns: whether it got there.
    mutating func ascend(to tolerance: Double, limit: Int) -> Bool {
        var error = imbalance(diagram)
        for _ in 0..<limit {
            if error <= tolerance { return true }
            let clock = ContinuousClock()
            let begin = clock.now
            let (step, iterations) = direction(tolerance: Swift.min(0.01, Swift.max(1e-8, 0.1 * error)))
            let solved = clock.now
            var share = 1.0
            let floor = Swift.min(Self.hunger, 0.5 * leastShare(diagram))
            while true {
                let trial = zip(weights, step).map { $0 + share * $1 }
                let found = cut(trial, moments: false)
                evaluations += 1
                let next = imbalance(found)
                if Self.traced { print("   N", weights.count, "error", error, "->", next, "share", share, "least", leastShare(found), "floor", floor, "cg", iterations, "solve", solved - begin, "cut", clock.now - solved) }
                if next <= (1 - 0.25 * share) * error {
                    (weights, diagram, error) = (trial, found, next)
                    if leastShare(found) < 1e-2 { fillStarved(); error = imbalance(diagram); print("  filled", error, leastShare(diagram), evaluations) }
                    break
                }
                share *= 0.5
                if share < 1e-4 { return error <= tolerance }
            }
        }
        return error <= tolerance
    }
    static var traced: Bool { true }

    /// Cuts the cells once more, with their moments.
    mutating func measure() {
        diagram = cut(weights, moments: true)
        evaluations += 1
    }
}
