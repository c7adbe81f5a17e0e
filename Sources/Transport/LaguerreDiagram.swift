import Torus

/// The Laguerre cells of weighted atoms on the flat torus, and what the density puts into them.
///
/// The cell of atom `i` holds the points `y` where `|y − x_i|² − w_i` is least, over all atoms and their periodic copies. A
/// cell that is cut by some of the atoms holds the true one, whichever they are; so such cells cover the torus, and where there is
/// mass they are the true ones when their masses sum to 1. That makes a diagram cheap where a near one is known: each
/// cell is cut by the neighbours it had there and by theirs, and the sum tells whether that was enough. Where it was not, a walk
/// through the tree of atoms finds all that can still reach the cell.
struct LaguerreDiagram: Sendable {
    /// The mass of each cell.
    private(set) var masses: [Double]
    /// `∫|v|² ρ` over each cell, relative to its atom; empty unless moments were asked for.
    private(set) var costs: [Double]
    /// The mean of the mass in each cell relative to its atom, 0 for an empty one; empty unless moments were asked for.
    private(set) var displacements: [PeriodicPoint]
    /// An upper bound of the squared distance from each atom to the points of its cell.
    private(set) var squaredReaches: [Double]
    /// Where the facets of each cell begin, and the end of the last one's.
    private(set) var starts: [Int]
    private(set) var facets: [LaguerreFacet]

    /// How often one-sided facets are mended before all cells are cut anew.
    private static let mendings = 4

    /// What rounding may do to the sum of the masses: ten times what it does to that of 10⁶ cells.
    private static let rounding = 0x1p-44

    /// Cuts all cells.
    ///
    /// - Parameters:
    ///   - previous: a diagram of the same atoms, best one of similar weights.
    ///   - moments: whether costs and displacements are wanted.
    init<Cell: LaguerreCell>(
        of type: Cell.Type, _ tree: AtomTree, weights: [Double], table: DensityTable, previous: LaguerreDiagram?,
        moments: Bool, parallelism: Parallelism
    ) {
        let cut = DiagramCut<Cell>(tree: tree, table: table, moments: moments, parallelism: parallelism)
        let all = Array(0..<Int32(tree.points.count))
        if let previous {
            self.init(cut.cells(all, weights: weights, among: .neighbours(of: previous)))
            for _ in 0..<Self.mendings where overlap > Self.rounding {
                let missed = oneSidedFacets(parallelism)
                if missed.atoms.isEmpty { break }
                replace(missed.atoms, with: cut.cells(missed.atoms, weights: weights, among: .facets(of: self, missed)))
            }
            if overlap <= Self.rounding { return }
        }
        self.init(cut.cells(all, weights: weights, among: .all(first: previous)))
    }

    private init(_ parts: [LaguerreCells]) {
        masses = parts.flatMap(\.masses)
        costs = parts.flatMap(\.costs)
        displacements = parts.flatMap(\.displacements)
        squaredReaches = parts.flatMap(\.squaredReaches)
        facets = parts.flatMap(\.facets)
        starts = [0]
        starts.reserveCapacity(masses.count + 1)
        for size in parts.lazy.flatMap(\.facetCounts) { starts.append(starts[starts.count - 1] + size) }
    }

    /// By how much the masses sum to more than 1.
    private var overlap: Double {
        var sum = CompensatedSum()
        for mass in masses { sum.add(mass) }
        return sum.value - 1
    }

    /// The facets by which a cell borders on one that does not border on it: the second one has to be cut by the first.
    private func oneSidedFacets(_ parallelism: Parallelism) -> MissedFacets {
        let chunk = 4096
        let pieces = (masses.count + chunk - 1) / chunk
        var found = [[MissedFacets.Facet]](repeating: [], count: pieces)
        facets.withUnsafeBufferPointer { facets in
            starts.withUnsafeBufferPointer { starts in
                found.withUnsafeMutableBufferPointer { found in
                    // A piece reads all facets and writes its own list.
                    nonisolated(unsafe) let (facets, starts, found) = (facets, starts, found)
                    let count = masses.count
                    parallelism.forEach(pieces) { piece in
                        var own: [MissedFacets.Facet] = []
                        for atom in piece * chunk..<min(count, (piece + 1) * chunk) {
                            for index in starts[atom]..<starts[atom &+ 1] {
                                let facet = MissedFacets.Facet(mirroring: facets[index].label, of: atom)
                                let other = Int(facet.atom)
                                var isMutual = false
                                for place in starts[other]..<starts[other &+ 1] where facets[place].label == facet.label
                                {
                                    isMutual = true
                                }
                                if !isMutual { own.append(facet) }
                            }
                        }
                        found[piece] = own
                    }
                }
            }
        }
        return MissedFacets(Array(found.joined()))
    }

    /// Cuts the cells of atoms whose weights have been raised, and those that lose to them.
    ///
    /// No other cell changes: a greater weight takes from the cells around and gives nothing to them.
    ///
    /// - Parameter raised: ascending.
    mutating func raise<Cell: LaguerreCell>(
        _ raised: [Int32], of type: Cell.Type, _ tree: AtomTree, weights: [Double], table: DensityTable,
        parallelism: Parallelism
    ) {
        let cut = DiagramCut<Cell>(tree: tree, table: table, moments: !costs.isEmpty, parallelism: parallelism)
        let before = self
        replace(raised, with: cut.cells(raised, weights: weights, among: .all(first: nil)))
        var isRaised = [Bool](repeating: false, count: masses.count)
        for atom in raised { isRaised[Int(atom)] = true }
        var found: [MissedFacets.Facet] = []
        for diagram in [before, self] {
            for atom in raised {
                for index in diagram.starts[Int(atom)]..<diagram.starts[Int(atom) + 1] {
                    let facet = MissedFacets.Facet(mirroring: diagram.facets[index].label, of: Int(atom))
                    if !isRaised[Int(facet.atom)] { found.append(facet) }
                }
            }
        }
        let losing = MissedFacets(found)
        replace(losing.atoms, with: cut.cells(losing.atoms, weights: weights, among: .facets(of: before, losing)))
    }

    /// Puts cells that were cut anew in the places of the old ones.
    ///
    /// - Parameter atoms: ascending.
    private mutating func replace(_ atoms: [Int32], with parts: [LaguerreCells]) {
        let fresh = LaguerreDiagram(parts)
        var merged: [LaguerreFacet] = []
        merged.reserveCapacity(facets.count + fresh.facets.count)
        var ends = [0]
        ends.reserveCapacity(starts.count)
        var next = 0
        func keep(to end: Int) {
            let shift = merged.count - starts[next]
            merged.append(contentsOf: facets[starts[next]..<starts[end]])
            for atom in next..<end { ends.append(starts[atom + 1] + shift) }
        }
        for (index, atom) in atoms.enumerated() {
            let place = Int(atom)
            keep(to: place)
            merged.append(contentsOf: fresh.facets[fresh.starts[index]..<fresh.starts[index + 1]])
            ends.append(merged.count)
            next = place + 1
            masses[place] = fresh.masses[index]
            squaredReaches[place] = fresh.squaredReaches[index]
            if !costs.isEmpty {
                costs[place] = fresh.costs[index]
                displacements[place] = fresh.displacements[index]
            }
        }
        keep(to: masses.count)
        (facets, starts) = (merged, ends)
    }
}
