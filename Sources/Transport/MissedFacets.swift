/// Facets that some cells of a diagram lack, sorted by the cells.
struct MissedFacets {
    struct Facet {
        /// The cell that lacks it.
        var atom: Int32
        /// The atom behind it, as in `LaguerreFacet`.
        var label: Int32

        /// The other side of a facet of an atom's cell.
        @inline(__always)
        init(mirroring label: Int32, of atom: Int) {
            self.atom = label / 27
            self.label = Int32(27 &* atom &+ 26) &- label % 27
        }
    }

    /// The cells, ascending.
    private(set) var atoms: [Int32] = []
    /// Where the labels of each cell begin, and the end of the last one's.
    private(set) var starts = [0]
    private(set) var labels: [Int32] = []

    init(_ facets: [Facet]) {
        for facet in facets.sorted(by: { ($0.atom, $0.label) < ($1.atom, $1.label) }) {
            if atoms.last != facet.atom {
                atoms.append(facet.atom)
                starts.append(labels.count)
            }
            labels.append(facet.label)
            starts[starts.count - 1] = labels.count
        }
    }
}
