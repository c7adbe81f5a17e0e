import Torus

/// The Laguerre cells of weighted atoms on the flat torus, and what the density puts into them.
///
/// The cell of atom `i` holds the points `y` where `|y − x_i|² − w_i` is least, over all atoms and their periodic copies.
/// Each cell is cut out of a box by the atoms that could cut it: first by those that did before, then by what a walk
/// through the tree finds that could still reach it; the boxes of the tree are left out by a bound that holds for all their
/// atoms, so no cut is missed.
struct LaguerreDiagram: Sendable {
    /// The atoms in a chunk of the parallel loop.
    private static let chunk = 256

    /// The mass of each cell.
    var masses: [Double]
    /// `∫|v|² ρ` over each cell, relative to its atom; empty unless moments were asked for.
    private(set) var costs: [Double] = []
    /// The mean of the mass in each cell relative to its atom, 0 for an empty one; empty unless moments were asked for.
    private(set) var displacements: [PeriodicPoint] = []
    /// An upper bound of the squared distance from each atom to the points of its cell.
    private(set) var squaredReaches: [Double]
    /// Where the facets of each cell begin, and the end of the last one's.
    private(set) var starts: [Int]
    private(set) var facets: [LaguerreFacet]

    /// Cuts all cells.
    ///
    /// - Parameters:
    ///   - previous: a diagram of the same atoms whose facets are tried first.
    ///   - moments: whether costs and displacements are wanted.
    init<Cell: LaguerreCell>(
        of type: Cell.Type, _ tree: AtomTree, weights: [Double], table: DensityTable, previous: LaguerreDiagram?,
        moments: Bool, parallelism: Parallelism
    ) {
        let count = tree.points.count
        let pieces = (count + Self.chunk - 1) / Self.chunk
        var parts = [Part](repeating: Part(), count: pieces)
        weights.withUnsafeBufferPointer { weights in
            guard let base = weights.baseAddress else { return }
            let envelope = WeightEnvelope(tree, weights: base)
            parts.withUnsafeMutableBufferPointer { parts in
                // A piece reads all weights and writes its own part.
                nonisolated(unsafe) let (parts, base) = (parts, base)
                parallelism.forEach(pieces) { piece in
                    var cutter = CellCutter<Cell>(tree, envelope, base)
                    defer { cutter.deallocate() }
                    let atoms = piece * Self.chunk..<min(count, (piece + 1) * Self.chunk)
                    parts[piece] = Part(atoms, &cutter, tree, table, previous: previous, moments: moments)
                }
            }
        }
        masses = parts.flatMap(\.masses)
        costs = parts.flatMap(\.costs)
        displacements = parts.flatMap(\.displacements)
        squaredReaches = parts.flatMap(\.squaredReaches)
        facets = parts.flatMap(\.facets)
        starts = [0]
        starts.reserveCapacity(count + 1)
        for size in parts.lazy.flatMap(\.facetCounts) { starts.append(starts[starts.count - 1] + size) }
    }

    /// The cells of consecutive atoms.
    private struct Part {
        var masses: [Double] = []
        var costs: [Double] = []
        var displacements: [PeriodicPoint] = []
        var squaredReaches: [Double] = []
        var facetCounts: [Int] = []
        var facets: [LaguerreFacet] = []

        init() {}

        init<Cell: LaguerreCell>(
            _ atoms: Range<Int>, _ cutter: inout CellCutter<Cell>, _ tree: AtomTree, _ table: DensityTable,
            previous: LaguerreDiagram?, moments: Bool
        ) {
            masses.reserveCapacity(atoms.count)
            squaredReaches.reserveCapacity(atoms.count)
            facetCounts.reserveCapacity(atoms.count)
            facets.reserveCapacity(atoms.count * (Cell.dimension == 2 ? 7 : 18))
            for atom in atoms {
                cutter.cut(atom, previous)
                let row = RowAntiderivative(table, origin: tree.points[atom], near: cutter.cell.vertex)
                let place = facets.count
                let sums = withUnsafeTemporaryAllocation(
                    of: LaguerreFacet.self, capacity: cutter.cell.facetCount + 1
                ) { buffer in
                    // There is room for one facet at least.
                    guard let target = buffer.baseAddress else { return CellMoments() }
                    let (sums, count) = cutter.cell.integrate(row, moments: moments, facets: target)
                    facets.append(contentsOf: buffer[..<count])
                    return sums
                }
                masses.append(Swift.max(0, sums.mass))
                squaredReaches.append(cutter.cell.squaredReach)
                facetCounts.append(facets.count - place)
                if moments {
                    costs.append(sums.second)
                    displacements.append(sums.mass > 0 ? sums.first / sums.mass : .zero)
                }
            }
        }
    }
}

/// Cuts the cells of atoms one after the other.
struct CellCutter<Cell: LaguerreCell> {
    private let tree: AtomTree
    private let envelope: WeightEnvelope
    private let weights: UnsafePointer<Double>
    var cell = Cell()
    /// What the walk has yet to visit: at most one node of every depth, and the windows.
    private let stack: UnsafeMutablePointer<(node: Int32, window: Int32)>
    /// The shifts of the 27 windows.
    private let shifts: UnsafeMutablePointer<PeriodicPoint>

    init(_ tree: AtomTree, _ envelope: WeightEnvelope, _ weights: UnsafePointer<Double>) {
        (self.tree, self.envelope, self.weights) = (tree, envelope, weights)
        stack = .allocate(capacity: 128)
        shifts = .allocate(capacity: 27)
        for window in 0..<27 { shifts[window] = Self.shift(window) }
    }

    func deallocate() {
        cell.deallocate()
        stack.deallocate()
        shifts.deallocate()
    }

    /// The shift of a window, three choices an axis, window 13 being the atom's own.
    @inline(__always)
    static func shift(_ window: Int) -> PeriodicPoint {
        let second = window / 3
        return period
            * PeriodicPoint(
                Double(window &- 3 &* second &- 1), Double(second % 3 &- 1), Double(second / 3 &- 1), 0)
    }

    @inline(__always)
    private mutating func clip(_ atom: Int, _ other: Int, _ window: Int, _ shift: PeriodicPoint) {
        let offset = (tree.points[other] - tree.points[atom]) + shift
        cell.clip(
            normal: offset, offset: offset.dot(offset) + (weights[atom] - weights[other]),
            label: Int32(27 &* other &+ window))
    }

    /// Makes `cell` the cell of an atom.
    mutating func cut(_ atom: Int, _ previous: LaguerreDiagram?) {
        cell.reset()
        if let previous {
            for index in previous.starts[atom]..<previous.starts[atom + 1] {
                let label = Int(previous.facets[index].label)
                let window = label % 27
                clip(atom, label / 27, window, Self.shift(window))
            }
        }
        if previous == nil || cell.isEmpty {
            if cell.isEmpty { cell.reset() }
            // Neighbours in memory are mostly neighbours in space.
            for other in max(0, atom - 8)...min(tree.points.count - 1, atom + 8) where other != atom {
                clip(atom, other, 13, .zero)
            }
        }
        search(atom)
    }

    /// Cuts with every atom that a walk down the tree cannot leave out.
    private mutating func search(_ atom: Int) {
        let origin = tree.points[atom]
        let weight = weights[atom]
        tree.nodes.withUnsafeBufferPointer { nodes in
            tree.points.withUnsafeBufferPointer { points in
                envelope.bounds.withUnsafeBufferPointer { bounds in
                    let windows = Cell.dimension == 2 ? 9..<18 : 0..<27
                    var waiting = 0
                    for window in windows where window != 13 {
                        stack[waiting] = (0, Int32(window))
                        waiting &+= 1
                    }
                    stack[waiting] = (0, 13)
                    waiting &+= 1
                    while waiting > 0 {
                        if cell.isEmpty { return }
                        waiting &-= 1
                        let (node, window) = stack[waiting]
                        let shift = shifts[Int(window)]
                        let place = Int(node)
                        let middle = (nodes[place].centre - origin) + shift
                        let slack = weight - bounds[place].level
                        guard
                            Self.reaches(
                                middle, nodes[place].half, 0.5 * bounds[place].slope, slack, cell.low, cell.high)
                        else { continue }
                        if nodes[place].isLeaf {
                            for other in Int(nodes[place].first)..<Int(nodes[place].end) where other != atom {
                                let offset = (points[other] - origin) + shift
                                let constant = offset.dot(offset) + (weight - weights[other])
                                let (a, b) = (cell.low * offset, cell.high * offset)
                                let most = a.raised(by: b)
                                if 2 * ((most.x + most.y) + (most.z + most.w)) > constant {
                                    cell.clip(
                                        normal: offset, offset: constant, label: Int32(27 &* other) &+ window)
                                }
                            }
                        } else {
                            let (first, second) = (node &+ 1, nodes[place].second)
                            let near = (nodes[Int(first)].centre - origin) + shift
                            let far = (nodes[Int(second)].centre - origin) + shift
                            let isFirstNearer = near.dot(near) < far.dot(far)
                            stack[waiting] = (isFirstNearer ? second : first, window)
                            stack[waiting &+ 1] = (isFirstNearer ? first : second, window)
                            waiting &+= 2
                        }
                    }
                }
            }
        }
    }

    /// Whether an atom of a box may cut a cell within `[low, high]`: whether
    /// `|u|² − 2 v·u − 2 slope·(u − middle) + slack` is negative for some `u` in the box and `v` in the cell's box.
    ///
    /// For each axis apart the least value over `v` is at an end; the least over `u` is at the vertex of a parabola.
    @inline(__always)
    private static func reaches(
        _ middle: PeriodicPoint, _ half: PeriodicPoint, _ slope: PeriodicPoint, _ slack: Double, _ low: PeriodicPoint,
        _ high: PeriodicPoint
    ) -> Bool {
        let (first, last) = (middle - half, middle + half)
        let (a, b) = (low + slope, high + slope)
        let u = a.raised(by: first).lowered(by: last)
        let w = b.raised(by: first).lowered(by: last)
        let least = (u * (u - 2 * a)).lowered(by: w * (w - 2 * b)) + 2 * slope * middle
        return (least.x + least.y) + (least.z + least.w) + slack < 0
    }
}
