import Torus

/// Weighted atoms on the flat torus `[0, 2π)^d`, `d = 2` or `3`, sorted in space.
///
/// Sorted once, then compared with any number of densities. Atoms at the same place are one atom with the sum of their
/// weights, and atoms of weight 0 are left out: neither changes a distance. Atoms within 2·10⁻¹¹ radians of each other, where differences of
/// places are mostly rounding, are one atom at their mean, and some up to 10⁻¹⁰ apart; `spread` is how far that may move a distance.
public struct TorusAtoms: Sendable {
    /// The number `d` of angles.
    public let dimension: Int
    /// The number of atoms as given.
    public let count: Int
    /// The distinct atoms of positive weight, in the order of a tree.
    let tree: AtomTree
    /// Their weights, in the order of the tree; the sum is 1.
    let weights: [Double]
    /// The place in the tree of each given atom, −1 for one of weight 0.
    let places: [Int32]
    /// The part of each given atom in the weight at its place.
    let shares: [Double]
    /// The root of the mean square way from the given atoms to those of the tree, in radians: no `W₁` or `W₂` is off by more.
    let spread: Double

    /// Atoms of weight `1/N` each, or of given weights.
    ///
    /// - Parameters:
    ///   - angles: radians, axis by axis: angle `a` of atom `i` is at `a·N + i`; wrapped to `[0, 2π)`.
    ///   - dimension: the number `d` of angles of an atom, 2 or 3.
    ///   - weights: one weight an atom, none negative, sum 1; nil for equal weights.
    ///   - tolerance: the largest defect of the sum, which is divided out.
    /// - Throws: `TransportError` when there is no atom, the number of angles is not a multiple of `d`, an angle or weight
    ///   is not finite, a weight is negative, their numbers differ, or their sum is not 1.
    /// - Complexity: O(N log N).
    public init(angles: [Double], dimension: Int, weights: [Double]? = nil, tolerance: Double = 1e-10) throws {
        guard (2...3).contains(dimension) else { throw TransportError.unsupportedDimension(found: dimension) }
        guard !angles.isEmpty else { throw TransportError.noAtoms }
        guard angles.count.isMultiple(of: dimension) else {
            throw TransportError.angleCount(found: angles.count, dimension: dimension)
        }
        let count = angles.count / dimension
        let angles = try wrapped(angles)
        let given = try weights.map { try checkedWeights($0, count: count, tolerance: tolerance) }
        var points = [PeriodicPoint](repeating: .zero, count: count)
        for axis in 0..<dimension {
            for atom in 0..<count { points[atom][axis] = angles[axis * count + atom] }
        }

        self.init(
            dimension: dimension, Merger(points, weights: given, radius: Self.coincidence), weights: given, spread: 0)
    }

    /// The distance in radians below which places are mostly rounding.
    private static let coincidence = 0x1p-38 * period

    /// These atoms with those one where they are within a distance of each other, for a bracket where weights cannot tell them apart.
    ///
    /// - Parameter radius: radians.
    func merged(within radius: Double) -> TorusAtoms {
        let coarse = TorusAtoms(
            dimension: dimension, Merger(tree.points, weights: weights, radius: radius), weights: weights,
            spread: spread)
        return TorusAtoms(these: self, by: coarse)
    }

    private init(dimension: Int, _ merger: Merger, weights given: [Double]?, spread before: Double) {
        self.dimension = dimension
        count = merger.owners.count
        tree = AtomTree(merger.points)
        var place = [Int32](repeating: 0, count: merger.points.count)
        for (position, atom) in tree.order.enumerated() { place[Int(atom)] = Int32(position) }
        spread = before + merger.spread
        weights = tree.order.map { merger.sums[Int($0)] / merger.mass }
        places = merger.owners.map { $0 < 0 ? -1 : place[Int($0)] }
        shares = merger.owners.enumerated().map { atom, owner in
            owner < 0 ? 0 : (given?[atom] ?? 1) / merger.sums[Int(owner)]
        }
    }

    /// The given atoms of `fine` in the places of `coarse`, whose given atoms are those of the tree of `fine`.
    private init(these fine: TorusAtoms, by coarse: TorusAtoms) {
        (dimension, tree, weights, spread) = (coarse.dimension, coarse.tree, coarse.weights, coarse.spread)
        count = fine.count
        places = fine.places.map { $0 < 0 ? -1 : coarse.places[Int($0)] }
        shares = zip(fine.places, fine.shares).map { $0 < 0 ? 0 : $1 * coarse.shares[Int($0)] }
    }

    /// Atoms of positive weights in distinct places, for the levels of a multiscale start.
    init(dimension: Int, points: [PeriodicPoint], weights given: [Double]) {
        self.dimension = dimension
        count = points.count
        tree = AtomTree(points)
        weights = tree.order.map { given[Int($0)] }
        var place = [Int32](repeating: 0, count: points.count)
        for (position, atom) in tree.order.enumerated() { place[Int(atom)] = Int32(position) }
        places = place
        shares = Array(repeating: 1, count: points.count)
        spread = 0
    }
}

/// Atoms that are one where they are closer to each other than a radius, or share a cell of a lattice four times as wide.
///
/// The lattice has four copies, each moved by a quarter of a cell along all axes. A face parts two places that are closer than that along an axis in one
/// copy at most, so in one of four copies they share a cell.
private struct Merger {
    /// The mean places, in the order of their first atoms.
    private(set) var points: [PeriodicPoint] = []
    /// The sums of weights.
    private(set) var sums: [Double] = []
    /// The place of each atom, −1 for one of weight 0.
    private(set) var owners: [Int32]
    /// The sum of all weights.
    let mass: Double
    /// The root of the mean square way from the atoms to their places.
    let spread: Double

    init(_ atoms: [PeriodicPoint], weights: [Double]?, radius: Double) {
        let cells = (period / (4 * radius)).rounded(.down)
        // The first atom of each group, by way of others.
        var first = (0..<Int32(atoms.count)).map { $0 }
        func root(_ atom: Int32) -> Int32 {
            var atom = atom
            while first[Int(atom)] != atom {
                first[Int(atom)] = first[Int(first[Int(atom)])]
                atom = first[Int(atom)]
            }
            return atom
        }
        for copy in 0..<4 {
            var known: [SIMD4<Int64>: Int32] = [:]
            known.reserveCapacity(atoms.count)
            for atom in atoms.indices where weights?[atom] != 0 {
                // The faces lie at no simple fraction of the period.
                let place = (atoms[atom] * (cells / period) + (0.3 + 0.25 * Double(copy))).rounded(.down)
                let cell = SIMD4<Int64>(place.replacing(with: place - cells, where: place .>= cells))
                if let other = known[cell] {
                    let (a, b) = (root(other), root(Int32(atom)))
                    first[Int(Swift.max(a, b))] = Swift.min(a, b)
                } else {
                    known[cell] = Int32(atom)
                }
            }
        }

        owners = Array(repeating: -1, count: atoms.count)
        // Weighted sums of the ways and of their squares from the first atom of each place.
        var (ways, squares): ([PeriodicPoint], [Double]) = ([], [])
        for atom in atoms.indices {
            let weight = weights?[atom] ?? 1
            if weight == 0 { continue }
            let origin = Int(root(Int32(atom)))
            if origin == atom {
                owners[atom] = Int32(points.count)
                points.append(atoms[atom])
                sums.append(0)
                ways.append(.zero)
                squares.append(0)
            } else {
                owners[atom] = owners[origin]
            }
            let place = Int(owners[atom])
            var way = atoms[atom] - points[place]
            way -= period * (way * (1 / period)).rounded(.toNearestOrEven)
            sums[place] += weight
            ways[place] += weight * way
            squares[place] += weight * way.dot(way)
        }
        var (total, spread) = (CompensatedSum(), 0.0)
        for place in sums.indices {
            total.add(sums[place])
            if squares[place] == 0 { continue }
            let square = ways[place].dot(ways[place]) / sums[place]
            spread += Swift.max(0, squares[place] - square) + 0x1p-50 * squares[place]
            for axis in 0..<3 { points[place][axis] = wrapped(points[place][axis] + ways[place][axis] / sums[place]) }
        }
        mass = total.value
        self.spread = spread == 0 ? 0 : (spread / mass).squareRoot() + 0x1p-50 * period
    }
}
