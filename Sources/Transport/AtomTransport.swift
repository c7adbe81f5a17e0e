import Torus

/// Distances between atoms and atoms on the flat torus `[0, 2π)^d` in any number of angles.
public enum AtomTransport {
    /// The most atoms on each side of an exact assignment in several angles.
    public static let largestAssignment = 2000

    /// The Wasserstein distance between equally many atoms of equal weights, by an exact assignment.
    ///
    /// Above is the cost of the assignment, below the value of the dual potentials, which are made feasible to the last bit; so the
    /// bracket is as wide as roundings are.
    ///
    /// - Parameters:
    ///   - atoms, others: radians, axis by axis: angle `a` of atom `i` is at `a·N + i`; wrapped to `[0, 2π)`.
    ///   - dimension: the number `d ≥ 1` of angles.
    /// - Throws: `TransportError` when there is no atom, the numbers differ or are more than `largestAssignment`, or an angle is not finite.
    /// - Complexity: O(d N² + N³), in practice nearer to N².⁵; 8 N² bytes.
    public static func assignment(
        _ atoms: [Double], _ others: [Double], dimension: Int, order: WassersteinOrder
    ) throws -> Distance {
        let (first, second) = (
            try AtomCoordinates(atoms, dimension: dimension), try AtomCoordinates(others, dimension: dimension)
        )
        let count = first.count
        guard second.count == count else { throw TransportError.otherCount(found: second.count, expected: count) }
        guard count <= largestAssignment else {
            throw TransportError.tooManyAtoms(found: count, largest: largestAssignment)
        }
        let costs = first.costs(to: second, order: order)
        let assignment = Assignment(costs: costs, count: count)
        var (cost, dual) = (CompensatedSum(), CompensatedSum())
        for row in 0..<count {
            let line = row * count
            var least = Double.infinity
            for column in 0..<count { least = Swift.min(least, costs[line + column] - assignment.potentials[column]) }
            cost.add(costs[line + assignment.columns[row]])
            dual.add(least)
            dual.add(assignment.potentials[row])
        }
        // A difference of angles is within two units in the last place of the period; each difference of a cost and a potential and
        // each sum round once more.
        let way = 4 * period.ulp * Double(dimension).squareRoot()
        let upper = cost.value / Double(count)
        let size = assignment.potentials.reduce(0) { Swift.max($0, abs($1)) } + upper
        let lower = Swift.max(0, Swift.min(dual.value / Double(count), upper) - 4 * size.ulp)
        func root(_ value: Double) -> Double { order == .one ? value : value.squareRoot() }
        return Distance(
            lower: Swift.max(0, root(lower) * (1 - 0x1p-50) - way), upper: root(upper) * (1 + 0x1p-50) + way,
            method: "torus W\(order.rawValue): assignment", iterations: assignment.paths)
    }

    /// An upper bound of the Wasserstein distance between atoms that come in pairs, such as experts and their synchronous copies: the cost of
    /// carrying each to its partner.
    ///
    /// - Throws: `TransportError` as for `assignment`.
    /// - Complexity: O(d N).
    public static func pairing(
        _ atoms: [Double], _ others: [Double], dimension: Int, order: WassersteinOrder
    ) throws -> Double {
        let (first, second) = (
            try AtomCoordinates(atoms, dimension: dimension), try AtomCoordinates(others, dimension: dimension)
        )
        guard second.count == first.count else {
            throw TransportError.otherCount(found: second.count, expected: first.count)
        }
        var sum = CompensatedSum()
        for atom in 0..<first.count { sum.add(first.cost(atom, second, atom, order: order)) }
        let mean = sum.value / Double(first.count)
        return (order == .one ? mean : mean.squareRoot()) * (1 + 0x1p-50) + 4 * period.ulp
            * Double(dimension).squareRoot()
    }

    /// A lower bound of the Wasserstein distance from projections to circles: for integers `k` the map `x ↦ k·x` leads from the torus to a circle and
    /// stretches no way by more than `|k|`, so the distance of the images over `|k|` is a lower bound in each direction.
    ///
    /// - Parameters:
    ///   - directions: vectors `k` of integers, none 0; the axes when nil.
    /// - Returns: a bound a direction, in radians; the greatest is the best, and a mean of them is a sliced distance.
    /// - Throws: `TransportError` when there is no atom, an angle is not finite, or a direction does not fit.
    /// - Complexity: O(directions × (N + M) log(N + M)).
    public static func sliced(
        _ atoms: [Double], _ others: [Double], dimension: Int, order: WassersteinOrder, directions: [[Int]]? = nil
    ) throws -> [Double] {
        let (first, second) = (
            try AtomCoordinates(atoms, dimension: dimension), try AtomCoordinates(others, dimension: dimension)
        )
        let directions = directions ?? (0..<dimension).map { axis in (0..<dimension).map { $0 == axis ? 1 : 0 } }
        return try directions.map { direction in
            let length = try Self.length(direction, dimension)
            let distance = CircleTransport.between(
                try CircleAtoms(angles: first.projected(direction)),
                try CircleAtoms(angles: second.projected(direction)),
                order: order)
            // A sum of multiples of angles rounds by some units in the last place of its size.
            let size = direction.reduce(0) { $0 + Double(abs($1)) } * period
            return Swift.max(0, (distance.lower - 4 * size.ulp * Double(dimension)) / length).nextDown.magnitude
        }
    }

    static func length(_ direction: [Int], _ dimension: Int) throws -> Double {
        guard direction.count == dimension else {
            throw TransportError.frequencyCount(found: direction.count, expected: dimension)
        }
        let square = direction.reduce(0) { $0 + Double($1) * Double($1) }
        guard square > 0 else { throw TransportError.noDirection }
        return square.squareRoot() * (1 + 0x1p-50)
    }
}

/// Atoms in any number of angles, a row an atom.
struct AtomCoordinates {
    let dimension: Int
    let count: Int
    /// Angle `a` of atom `i` is at `i·d + a`, in `[0, 2π)`.
    let values: [Double]

    init(_ angles: [Double], dimension: Int) throws {
        precondition(dimension >= 1, "at least one angle is needed")
        guard !angles.isEmpty else { throw TransportError.noAtoms }
        guard angles.count.isMultiple(of: dimension) else {
            throw TransportError.angleCount(found: angles.count, dimension: dimension)
        }
        let (angles, count) = (try wrapped(angles), angles.count / dimension)
        self.dimension = dimension
        self.count = count
        values = (0..<angles.count).map { angles[$0 % dimension * count + $0 / dimension] }
    }

    /// `d(x, y)^p` for an atom of this list and one of another.
    @inline(__always)
    func cost(_ atom: Int, _ others: AtomCoordinates, _ other: Int, order: WassersteinOrder) -> Double {
        var square = 0.0
        for axis in 0..<dimension {
            let gap = abs(values[atom * dimension + axis] - others.values[other * dimension + axis])
            let way = Swift.min(gap, period - gap)
            square += way * way
        }
        return order == .one ? square.squareRoot() : square
    }

    /// All costs, a row an atom of this list.
    func costs(to others: AtomCoordinates, order: WassersteinOrder) -> [Double] {
        [Double](unsafeUninitializedCapacity: count * others.count) { buffer, filled in
            for atom in 0..<count {
                for other in 0..<others.count {
                    buffer[atom * others.count + other] = cost(atom, others, other, order: order)
                }
            }
            filled = count * others.count
        }
    }

    /// `k·x` for every atom.
    func projected(_ direction: [Int]) -> [Double] {
        (0..<count).map { atom in
            direction.enumerated().reduce(0) { $0 + Double($1.element) * values[atom * dimension + $1.offset] }
        }
    }
}
