/// Groups of atoms close together, within which masses that cells hold too much or too little are exchanged at next to no cost.
///
/// Weights of the dual tell atoms apart that are `δ` from each other to about `10⁻¹⁶/δ` of their cells' width, whatever the solver does; the
/// masses of their cells together are as sharp as any.
struct SurplusGroups {
    /// Two atoms and how far they are apart, in radians.
    struct Pair {
        var first: Int32
        var second: Int32
        var distance: Double
    }

    /// What is left over at each atom, or lacks where negative; all that a group has is at one of its atoms.
    private(set) var surpluses: [Double]
    /// The square of how far an atom's cell reaches, at the atom of a group the greatest among its cells.
    private(set) var squaredReaches: [Double]
    /// An upper bound of what the exchange costs, in radians².
    private(set) var cost = 0.0
    /// No two atoms of a group are farther apart.
    private(set) var widest = 0.0
    /// Another atom of the group, nearer to the one that stands for it; that one is its own.
    private var parents: [Int32] = []
    /// The diameter of the group for which an atom stands.
    private var diameters: [Double] = []

    init(surpluses: [Double], squaredReaches: [Double]) {
        (self.surpluses, self.squaredReaches) = (surpluses, squaredReaches)
    }

    /// By how much the square of a way of at most `√squaredReach` grows when its end moves by `distance`.
    static func detour(_ distance: Double, squaredReach: Double) -> Double {
        (2 * squaredReach.squareRoot() + distance) * distance
    }

    /// Joins groups along pairs, the closest first; what one of them has left over goes to what the other lacks.
    mutating func exchange(_ pairs: [Pair]) {
        if pairs.isEmpty { return }
        parents = surpluses.indices.map(Int32.init)
        diameters = Array(repeating: 0, count: surpluses.count)
        for pair in pairs.sorted(by: { ($0.distance, $0.first, $0.second) < ($1.distance, $1.first, $1.second) }) {
            let (first, second) = (group(of: Int(pair.first)), group(of: Int(pair.second)))
            if first == second { continue }
            parents[second] = Int32(first)
            diameters[first] += pair.distance + diameters[second]
            widest = Swift.max(widest, diameters[first])
            squaredReaches[first] = Swift.max(squaredReaches[first], squaredReaches[second])
            if surpluses[first] * surpluses[second] < 0 {
                cost +=
                    Swift.min(abs(surpluses[first]), abs(surpluses[second]))
                    * Self.detour(diameters[first], squaredReach: squaredReaches[first])
            }
            surpluses[first] += surpluses[second]
            surpluses[second] = 0
        }
    }

    private mutating func group(of atom: Int) -> Int {
        var here = atom
        while Int(parents[here]) != here {
            parents[here] = parents[Int(parents[here])]
            here = Int(parents[here])
        }
        return here
    }
}
