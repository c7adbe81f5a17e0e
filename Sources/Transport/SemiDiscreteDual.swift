import Foundation
import Torus

/// The dual of semi-discrete transport: `D(w) = Σ ν_i w_i + ∫ min_i (|y − x_i|² − w_i) ρ dy`, concave in the weights `w` of the
/// Laguerre cells, with the gradient `ν − m(w)`, `m` the masses of the cells, and minus its Hessian the Laplacian of the facets.
///
/// Damped Newton. In a tail the mass of a cell is exponential in its weight, so a cell that has too little asks for the logarithm of what it lacks, which
/// is Newton's step in `ln m`; a step is shortened until the dual no longer falls at its end. Cells that a step has starved are filled again,
/// each by its own weight, so that one small cell does not shorten the step of all others.
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
    /// Which of the ties Newton's direction takes.
    private var level = 0

    init(_ atoms: TorusAtoms, _ table: DensityTable, weights: [Double], parallelism: Parallelism) {
        (self.atoms, self.table, self.weights, self.parallelism) = (atoms, table, weights, parallelism)
        diagram = LaguerreDiagram(
            of: Cell.self, atoms.tree, weights: weights, table: table, previous: nil, moments: false,
            parallelism: parallelism)
    }

    /// The share of its target below which a cell starves.
    private static var hunger: Double { 1e-5 }
    /// The imbalance, relative to the least target, below which full steps converge quadratically.
    private static var squaring: Double { 1e-4 }
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

    /// The derivative of the dual along a step, at the weights of a diagram.
    private func slope(along step: [Double], _ diagram: LaguerreDiagram) -> Double {
        var sum = 0.0
        for atom in step.indices { sum += (atoms.weights[atom] - diagram.masses[atom]) * step[atom] }
        return sum
    }

    /// The atoms whose cells hold next to nothing.
    var starved: [Int] {
        diagram.masses.indices.filter { diagram.masses[$0] < Self.hunger * atoms.weights[$0] }
    }

    /// Raises the weights of starving cells, each alone, until they hold about half of their targets: an ascent of the dual
    /// along single coordinates.
    ///
    /// What neighbours take from each other the next Newton step mends better than more rounds.
    mutating func fillStarved() {
        for _ in 0..<2 {
            let starved = self.starved
            if starved.isEmpty { return }
            let raised = raisedWeights(starved)
            for (atom, weight) in zip(starved, raised) { weights[atom] = weight }
            diagram.raise(
                starved.map(Int32.init), of: Cell.self, atoms.tree, weights: weights, table: table,
                parallelism: parallelism)
        }
    }

    private func raisedWeights(_ starved: [Int]) -> [Double] {
        let chunk = 16
        var result = [Double](repeating: 0, count: starved.count)
        weights.withUnsafeBufferPointer { weights in
            guard let base = weights.baseAddress else { return }
            let envelope = WeightEnvelope(atoms.tree, weights: base)
            result.withUnsafeMutableBufferPointer { result in
                // A piece reads all weights and writes its own part of the result.
                nonisolated(unsafe) let (result, base) = (result, base)
                parallelism.forEach((starved.count + chunk - 1) / chunk) { piece in
                    var cutter = CellCutter<Cell>(atoms.tree, envelope, base)
                    defer { cutter.deallocate() }
                    for index in piece * chunk..<min(starved.count, (piece + 1) * chunk) {
                        result[index] = raisedWeight(starved[index], base[starved[index]], &cutter)
                    }
                }
            }
        }
        return result
    }

    private func raisedWeight(_ atom: Int, _ original: Double, _ cutter: inout CellCutter<Cell>) -> Double {
        let count = Double(atoms.tree.points.count)
        let scale = Cell.dimension == 2 ? 1 / count : cbrt(1 / (count * count))
        var neighbours: [Int32] = []
        func mass() -> Double {
            let row = RowAntiderivative(table, origin: atoms.tree.points[atom], near: cutter.cell.vertex)
            return withUnsafeTemporaryAllocation(of: LaguerreFacet.self, capacity: cutter.cell.facetCount + 1) {
                guard let facets = $0.baseAddress else { return 0 }
                let (sums, count) = cutter.cell.integrate(row, moments: false, facets: facets)
                neighbours = $0[..<count].map(\.label)
                return sums.mass
            }
        }
        let target = atoms.weights[atom]
        var (low, high) = (original, original + scale)
        cutter.cut(atom, first: nil, weight: high)
        var found = mass()
        while found < 0.25 * target && high - original < 4 * period * period {
            low = high
            high = original + 3 * (high - original)
            cutter.cut(atom, first: nil, weight: high)
            found = mass()
        }
        if found <= target { return high }
        cutter.gather(atom, downTo: low, first: neighbours)
        for _ in 0..<40 where found > target {
            let middle = 0.5 * (low + high)
            cutter.cutAmongGathered(atom, weight: middle)
            found = mass()
            if found < 0.25 * target { low = middle; found = .infinity } else { high = middle }
        }
        return high
    }

    /// What the cells ask for: where `m < ν` that is `m ln(ν/m)`, elsewhere `ν − m`, scaled to the sum 0. Near the end both are `ν − m` but for the
    /// square of the imbalance.
    private func demand() -> [Double] {
        var demand = [Double](repeating: 0, count: weights.count)
        var (lacking, left) = (0.0, 0.0)
        for atom in weights.indices {
            let (target, mass) = (atoms.weights[atom], diagram.masses[atom])
            if mass < target {
                demand[atom] = mass > 0 ? mass * log(target / mass) : 0
                lacking += demand[atom]
            } else {
                demand[atom] = target - mass
                left += mass - target
            }
        }
        guard left > 0 else { return demand }
        for atom in weights.indices where demand[atom] < 0 { demand[atom] *= lacking / left }
        return demand
    }

    /// The shares of what it conducts by which every atom is tied to a common node, where Newton's direction alone leads astray.
    private static var ties: [Double] { [0, 1e-6, 1e-4, 1e-2, 1] }

    /// The Newton direction: `L δ` is the demand.
    ///
    /// Where parts of the diagram hardly touch, as across an empty region, or do not, what one of them lacks asks for any weights. Then
    /// the ties are tightened, until no weight moves by more than weights can differ by.
    private mutating func direction(tolerance: Double) -> [Double] {
        let demand = demand()
        while true {
            let ties = Self.ties[level]
            let solver = AggregationMultigrid(hessian(ties: ties), parallelism: parallelism)
            let solution = solver.solve(ties > 0 ? demand + [0] : demand, tolerance: tolerance, limit: 200).solution
            let step = Array(solution[..<demand.count])
            guard let least = step.min(), let greatest = step.max(), greatest - least > period * period,
                level + 1 < Self.ties.count
            else { return step }
            level += 1
        }
    }

    /// Minus the Hessian of the dual; with ties, one more node that is tied to all by that share of what they conduct.
    private func hessian(ties: Double) -> GraphLaplacian {
        let count = weights.count
        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var conductances: [Double] = []
        starts.reserveCapacity(count + 2)
        columns.reserveCapacity(diagram.facets.count)
        conductances.reserveCapacity(diagram.facets.count)
        var knots: [Double] = []
        let points = atoms.tree.points
        for atom in 0..<count {
            var sum = 0.0
            for index in diagram.starts[atom]..<diagram.starts[atom + 1] {
                let facet = diagram.facets[index]
                let (other, window) = (Int(facet.label) / 27, Int(facet.label) % 27)
                if other == atom || facet.density <= 0 { continue }
                let offset = (points[other] - points[atom]) + CellCutter<Cell>.shift(window)
                columns.append(Int32(other))
                conductances.append(facet.density / (2 * offset.dot(offset).squareRoot()))
                sum += conductances[conductances.count - 1]
            }
            if ties > 0 {
                // Where a face moves through a cell, its mass changes by about this a unit of weight.
                let own = Swift.max(atoms.weights[atom], diagram.masses[atom])
                knots.append(ties * (sum + own / (diagram.squaredReaches[atom] + 1e-12)))
                columns.append(Int32(count))
                conductances.append(knots[atom])
            }
            starts.append(Int32(columns.count))
        }
        if ties > 0 {
            columns += (0..<Int32(count)).map { $0 }
            conductances += knots
            starts.append(Int32(columns.count))
        }
        return GraphLaplacian(starts: starts, columns: columns, conductances: conductances)
    }

    /// How an ascent ended: below its tolerance, where no step helps, or after its last step.
    enum End { case arrived, stalled, unfinished }

    /// Newton's method until the imbalance of the masses is below `tolerance`.
    mutating func ascend(to tolerance: Double, limit: Int) -> End {
        var error = imbalance(diagram)
        let least = atoms.weights.reduce(1, Swift.min)
        for _ in 0..<limit {
            if error <= tolerance { return .arrived }
            let step = direction(tolerance: Swift.min(0.01, Swift.max(1e-8, 0.1 * error)))
            let rise = slope(along: step, diagram)
            var share = 1.0
            while true {
                let trial = zip(weights, step).map { $0 + share * $1 }
                let found = cut(trial, moments: error < Self.nearEnd)
                evaluations += 1
                let next = imbalance(found)
                let end = slope(along: step, found)
                // With every mass near its target a full step squares the error, unless rounding is all that is left of it.
                if error < Self.squaring * least && next > 0.5 * error {
                    if next < error { (weights, diagram) = (trial, found) }
                    return .stalled
                }
                // Concave as the dual is, it has its maximum along the step near the zero of the slope.
                if end >= -0.5 * rise || next <= (1 - 0.25 * share) * error {
                    (weights, diagram, error) = (trial, found, next)
                    fillStarved()
                    error = imbalance(diagram)
                    if share == 1 { level = Swift.max(0, level - 1) }
                    break
                }
                share *= Swift.max(0.1, Swift.min(0.5, rise / (rise - end)))
                if share < 0.05 && level + 1 < Self.ties.count {
                    // A few cells that hardly touch others must not shorten the step of all.
                    level += 1
                    break
                }
                if !(share >= 1e-4) { return .stalled }
            }
        }
        return error <= tolerance ? .arrived : .unfinished
    }

    /// One full step of Newton's method whatever the masses become, with moments.
    ///
    /// Where atoms are close together rounding hides in their cells' masses what a step does for all others.
    mutating func step() {
        let step = direction(tolerance: 1e-8)
        weights = zip(weights, step).map { $0 + $1 }
        diagram = cut(weights, moments: true)
        evaluations += 1
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
        // What lies in no cell or in two is next to the cells' faces.
        let reach = diagram.squaredReaches.reduce(0, Swift.max)
        let rounding = 0x1p-46 * (cost.value + size) + abs(mass.value - 1) * Swift.min(greatest, 2 * reach)
        let lower = cost.value + gain.value - rounding
        let upper = cost.value + rerouting(greatest) + rounding
        return Swift.max(0, Swift.min(lower, upper))...Swift.max(0, upper)
    }

    private static func total(_ terms: [Double]) -> Double {
        var sum = CompensatedSum()
        for term in terms { sum.add(term) }
        return sum.value
    }

    /// An upper bound of what it costs to bring the cells' masses to their targets.
    ///
    /// Atoms close together exchange first. Then, from the leaves of the tree up, what is left over in one half of a box goes to what is
    /// lacking in the other. A point at most `R` from its atom is at most `R + D` from one that is `D` away from that: `(2R + D)·D` more.
    private func rerouting(_ greatest: Double) -> Double {
        let nodes = atoms.tree.nodes
        // What the cells together hold more or less than all the mass lies next to their faces, and is charged in `bracket`.
        let (mass, target) = (Self.total(diagram.masses), Self.total(atoms.weights))
        var groups = SurplusGroups(
            surpluses: zip(diagram.masses, atoms.weights).map { $0 / mass - $1 / target },
            squaredReaches: diagram.squaredReaches)
        groups.exchange(closeAtoms)
        var surplus = [Double](repeating: 0, count: nodes.count)
        var squaredReach = surplus
        var total = groups.cost
        for place in nodes.indices.reversed() {
            let node = nodes[place]
            var (over, under, reach) = (0.0, 0.0, 0.0)
            func add(_ difference: Double, _ squared: Double) {
                if difference > 0 { over += difference } else { under -= difference }
                reach = Swift.max(reach, squared)
            }
            if node.isLeaf {
                for atom in Int(node.first)..<Int(node.end) { add(groups.surpluses[atom], groups.squaredReaches[atom]) }
            } else {
                for child in [place + 1, Int(node.second)] { add(surplus[child], squaredReach[child]) }
            }
            // What a group has is next to any of its atoms.
            let diameter = 2 * (node.half.dot(node.half).squareRoot() + groups.widest)
            total += Swift.min(over, under) * Swift.min(greatest, SurplusGroups.detour(diameter, squaredReach: reach))
            surplus[place] = over - under
            squaredReach[place] = reach
        }
        return total + abs(surplus[0]) * greatest
    }

    /// Neighbours that are much closer to each other than their cells are wide.
    private var closeAtoms: [SurplusGroups.Pair] {
        var pairs: [SurplusGroups.Pair] = []
        let points = atoms.tree.points
        for atom in points.indices {
            for facet in diagram.facets[diagram.starts[atom]..<diagram.starts[atom + 1]] {
                let (other, window) = (Int(facet.label) / 27, Int(facet.label) % 27)
                if other <= atom { continue }
                let way = (points[other] - points[atom]) + CellCutter<Cell>.shift(window)
                let squared = way.dot(way)
                if squared < 0x1p-16 * diagram.squaredReaches[atom] {
                    pairs.append(.init(first: Int32(atom), second: Int32(other), distance: squared.squareRoot()))
                }
            }
        }
        return pairs
    }
}
