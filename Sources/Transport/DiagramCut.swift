import Torus

/// The atoms that a cell is cut by.
enum CuttingAtoms {
    /// All that can reach it, the neighbours it had in some diagram first.
    case all(first: LaguerreDiagram?)
    /// The neighbours it had in a diagram, and theirs; all, where it had none.
    case neighbours(of: LaguerreDiagram)
    /// The neighbours it had in a diagram, and those it lacked: one list for each of the cells to be cut.
    case facets(of: LaguerreDiagram, MissedFacets)
}

/// Cuts cells of a Laguerre diagram in parallel.
struct DiagramCut<Cell: LaguerreCell> {
    /// The cells in a chunk of the parallel loop.
    private static var chunk: Int { 256 }

    let tree: AtomTree
    let table: DensityTable
    let moments: Bool
    let parallelism: Parallelism

    /// The cells of the given atoms, in their order.
    func cells(_ atoms: [Int32], weights: [Double], among cutting: CuttingAtoms) -> [LaguerreCells] {
        let pieces = (atoms.count + Self.chunk - 1) / Self.chunk
        var parts = [LaguerreCells](repeating: LaguerreCells(), count: pieces)
        weights.withUnsafeBufferPointer { weights in
            guard let base = weights.baseAddress else { return }
            let envelope = WeightEnvelope(tree, weights: base)
            parts.withUnsafeMutableBufferPointer { parts in
                // A piece reads all weights and writes its own part.
                nonisolated(unsafe) let (parts, base) = (parts, base)
                parallelism.forEach(pieces) { piece in
                    var cutter = CellCutter<Cell>(tree, envelope, base)
                    defer { cutter.deallocate() }
                    let places = piece * Self.chunk..<min(atoms.count, (piece + 1) * Self.chunk)
                    parts[piece].reserve(places.count, facets: places.count * (Cell.dimension == 2 ? 7 : 18))
                    for place in places {
                        let atom = Int(atoms[place])
                        switch cutting {
                        case .all(let first): cutter.cut(atom, first: first)
                        case .neighbours(let diagram): cutter.cut(atom, neighboursOf: diagram)
                        case .facets(let diagram, let missed): cutter.cut(atom, diagram, missed, place)
                        }
                        parts[piece].append(&cutter.cell, tree.points[atom], table, moments: moments)
                    }
                }
            }
        }
        return parts
    }
}

/// What the density puts into consecutive cells.
struct LaguerreCells: Sendable {
    private(set) var masses: [Double] = []
    private(set) var costs: [Double] = []
    private(set) var displacements: [PeriodicPoint] = []
    private(set) var squaredReaches: [Double] = []
    private(set) var facetCounts: [Int] = []
    private(set) var facets: [LaguerreFacet] = []

    mutating func reserve(_ cells: Int, facets count: Int) {
        masses.reserveCapacity(cells)
        squaredReaches.reserveCapacity(cells)
        facetCounts.reserveCapacity(cells)
        facets.reserveCapacity(count)
    }

    mutating func append<Cell: LaguerreCell>(
        _ cell: inout Cell, _ point: PeriodicPoint, _ table: DensityTable, moments: Bool
    ) {
        let row = RowAntiderivative(table, origin: point, near: cell.vertex)
        let place = facets.count
        let sums = withUnsafeTemporaryAllocation(of: LaguerreFacet.self, capacity: cell.facetCount + 1) { buffer in
            // There is room for one facet at least.
            guard let target = buffer.baseAddress else { return CellMoments() }
            let (sums, count) = cell.integrate(row, moments: moments, facets: target)
            facets.append(contentsOf: buffer[..<count])
            return sums
        }
        masses.append(Swift.max(0, sums.mass))
        squaredReaches.append(cell.squaredReach)
        facetCounts.append(facets.count - place)
        if moments {
            costs.append(sums.second)
            displacements.append(sums.mass > 0 ? sums.first / sums.mass : .zero)
        }
    }
}
