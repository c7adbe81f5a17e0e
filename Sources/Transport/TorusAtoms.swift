import Torus

/// Weighted atoms on the flat torus `[0, 2π)^d`, `d = 2` or `3`, sorted in space.
///
/// Sorted once, then compared with any number of densities. Atoms at the same place are one atom with the sum of their
/// weights, and atoms of weight 0 are left out: neither changes a distance. Atoms within about 10⁻¹¹ radians of each other, where differences of
/// places are mostly rounding, are one atom at their mean; `spread` is how far that may move a distance.
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

        // Coinciding atoms are neighbours in the lexicographic order of their places on a fine lattice.
        let lattice = points.map(Self.latticePlace)
        let ascending = (0..<count).sorted { first, second in
            let (a, b) = (lattice[first], lattice[second])
            return (a.x, a.y, a.z, first) < (b.x, b.y, b.z, second)
        }
        var distinct: [PeriodicPoint] = []
        var sums: [Double] = []
        var owner = [Int32](repeating: -1, count: count)
        distinct.reserveCapacity(count)
        sums.reserveCapacity(count)
        var last: SIMD4<Int64>?
        // Weighted sums of the ways and of their squares from the first atom of each place.
        var (ways, squares): ([PeriodicPoint], [Double]) = ([], [])
        for atom in ascending {
            let weight = given?[atom] ?? 1
            if weight == 0 { continue }
            if last != lattice[atom] {
                distinct.append(points[atom])
                sums.append(0)
                ways.append(.zero)
                squares.append(0)
                last = lattice[atom]
            }
            let place = sums.count - 1
            var way = points[atom] - distinct[place]
            way -= period * (way * (1 / period)).rounded(.toNearestOrEven)
            sums[place] += weight
            ways[place] += weight * way
            squares[place] += weight * way.dot(way)
            owner[atom] = Int32(place)
        }
        var (total, spread) = (CompensatedSum(), 0.0)
        for place in sums.indices {
            total.add(sums[place])
            if squares[place] == 0 { continue }
            spread += squares[place]
            for axis in 0..<dimension {
                distinct[place][axis] = wrapped(distinct[place][axis] + ways[place][axis] / sums[place])
            }
        }

        self.dimension = dimension
        self.count = count
        tree = AtomTree(distinct)
        var place = [Int32](repeating: 0, count: distinct.count)
        for (position, atom) in tree.order.enumerated() { place[Int(atom)] = Int32(position) }
        let mass = total.value
        // The squares of ways to the first atom bound those to the mean but for its rounding.
        self.spread = spread == 0 ? 0 : (spread / mass).squareRoot() + 0x1p-50 * period
        self.weights = tree.order.map { sums[Int($0)] / mass }
        places = owner.map { $0 < 0 ? -1 : place[Int($0)] }
        shares = owner.enumerated().map { atom, owner in owner < 0 ? 0 : (given?[atom] ?? 1) / sums[Int(owner)] }
    }

    /// The cell of an atom in a lattice of `2³⁸` cells an axis, whose faces lie at no simple fraction of the period.
    private static func latticePlace(_ point: PeriodicPoint) -> SIMD4<Int64> {
        let cells = 0x1p38
        let place = (point * (cells / period) + 0.3).rounded(.down)
        return SIMD4(place.replacing(with: 0, where: place .>= cells))
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
