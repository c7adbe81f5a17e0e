/// Weighted atoms on the flat torus `[0, 2π)^d`, `d = 2` or `3`, sorted in space.
///
/// Sorted once, then compared with any number of densities. Atoms at the same place are one atom with the sum of their
/// weights, and atoms of weight 0 are left out: neither changes a distance.
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

        // Coinciding atoms are neighbours in lexicographic order.
        let ascending = (0..<count).sorted { first, second in
            let (a, b) = (points[first], points[second])
            return (a.x, a.y, a.z, first) < (b.x, b.y, b.z, second)
        }
        var distinct: [PeriodicPoint] = []
        var sums: [Double] = []
        var owner = [Int32](repeating: -1, count: count)
        distinct.reserveCapacity(count)
        sums.reserveCapacity(count)
        for atom in ascending {
            let weight = given?[atom] ?? 1
            if weight == 0 { continue }
            if distinct.last != points[atom] {
                distinct.append(points[atom])
                sums.append(0)
            }
            sums[sums.count - 1] += weight
            owner[atom] = Int32(sums.count - 1)
        }
        var total = CompensatedSum()
        for sum in sums { total.add(sum) }

        self.dimension = dimension
        self.count = count
        tree = AtomTree(distinct)
        var place = [Int32](repeating: 0, count: distinct.count)
        for (position, atom) in tree.order.enumerated() { place[Int(atom)] = Int32(position) }
        let mass = total.value
        self.weights = tree.order.map { sums[Int($0)] / mass }
        places = owner.map { $0 < 0 ? -1 : place[Int($0)] }
        shares = owner.enumerated().map { atom, owner in owner < 0 ? 0 : (given?[atom] ?? 1) / sums[Int(owner)] }
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
    }
}
