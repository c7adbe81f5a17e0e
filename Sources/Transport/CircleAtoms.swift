/// Weighted atoms on the circle of length 2π in cyclic order.
///
/// Sorted once, then compared with any number of densities.
public struct CircleAtoms: Sendable {
    /// The number `N` of atoms.
    public let count: Int
    /// The sorted angles in `[0, 2π)`, followed by the first one a period later: `N + 1` numbers.
    let positions: [Double]
    /// The weight of the first `i` atoms, from exactly 0 to exactly 1: `N + 1` numbers.
    let cumulative: [Double]

    /// Atoms of weight `1/N` each.
    ///
    /// - Parameter angles: one angle an atom in radians, in any order; wrapped to `[0, 2π)`.
    /// - Throws: `TransportError` when there is no atom or an angle is not finite.
    /// - Complexity: O(N) when the wrapped angles are a rotation of a sorted list, O(N log N) otherwise.
    public init(angles: [Double]) throws {
        guard !angles.isEmpty else { throw TransportError.noAtoms }
        var positions = try wrapped(angles)
        switch cyclicOrder(positions) {
        case .sorted: break
        case .rotated(let first): positions = Array(positions[first...] + positions[..<first])
        case .none: positions.sort()
        }
        let total = Double(angles.count)
        self.init(
            sorted: positions,
            cumulative: [Double](unsafeUninitializedCapacity: angles.count + 1) { buffer, count in
                for index in 0...angles.count { buffer[index] = Double(index) / total }
                count = angles.count + 1
            })
    }

    /// Atoms of given weights.
    ///
    /// - Parameters:
    ///   - angles: one angle an atom in radians, in any order; wrapped to `[0, 2π)`.
    ///   - weights: one weight an atom, none negative, sum 1.
    ///   - tolerance: the largest defect of the sum, which is divided out.
    /// - Throws: `TransportError` when there is no atom, an angle or weight is not finite, a weight is negative, their
    ///   numbers differ, or their sum is not 1.
    /// - Complexity: as for equal weights.
    public init(angles: [Double], weights: [Double], tolerance: Double = 1e-10) throws {
        guard !angles.isEmpty else { throw TransportError.noAtoms }
        let weights = try checkedWeights(weights, count: angles.count, tolerance: tolerance)
        var positions = try wrapped(angles)
        var ordered = weights
        switch cyclicOrder(positions) {
        case .sorted: break
        case .rotated(let first):
            positions = Array(positions[first...] + positions[..<first])
            ordered = Array(weights[first...] + weights[..<first])
        case .none:
            let order = positions.indices.sorted { positions[$0] < positions[$1] }
            ordered = order.map { weights[$0] }
            positions = order.map { positions[$0] }
        }
        self.init(sorted: positions, cumulative: normalisedPartialSums(ordered))
    }

    private init(sorted: [Double], cumulative: [Double]) {
        count = sorted.count
        positions = sorted + [sorted[0] + 2 * .pi]
        self.cumulative = cumulative
    }

    /// The angles in `[0, 2π)`, sorted, in radians.
    public var angles: [Double] { Array(positions.dropLast()) }

    /// The weights in the order of `angles`.
    public var weights: [Double] { (0..<count).map { cumulative[$0 + 1] - cumulative[$0] } }
}

/// How far a list is from sorted, up to where on the circle it starts.
private enum CyclicOrder {
    case sorted
    case rotated(first: Int)
    case none
}

private func cyclicOrder(_ positions: [Double]) -> CyclicOrder {
    var descent: Int?
    for index in positions.indices.dropFirst() where positions[index] < positions[index - 1] {
        if descent != nil { return .none }
        descent = index
    }
    guard let first = descent else { return .sorted }
    return positions[positions.count - 1] <= positions[0] ? .rotated(first: first) : .none
}

func wrapped(_ angles: [Double]) throws -> [Double] {
    let period = 2 * Double.pi
    var positions = angles
    for index in positions.indices {
        let angle = positions[index]
        if angle >= 0 && angle < period { continue }
        guard angle.isFinite else { throw TransportError.nonFiniteAngle(index: index, value: angle) }
        // The remainder is exact; a tiny negative one plus the period may round to the period, which is angle 0.
        var remainder = angle.truncatingRemainder(dividingBy: period)
        if remainder < 0 { remainder += period }
        positions[index] = remainder < period ? remainder : 0
    }
    return positions
}

/// The weights, when there are as many as atoms, all finite, none negative, and of sum 1 within the tolerance.
func checkedWeights(_ weights: [Double], count: Int, tolerance: Double) throws -> [Double] {
    guard weights.count == count else { throw TransportError.weightCount(found: weights.count, expected: count) }
    var sum = CompensatedSum()
    for (index, weight) in weights.enumerated() {
        guard weight.isFinite else { throw TransportError.nonFiniteWeight(index: index, value: weight) }
        guard weight >= 0 else { throw TransportError.negativeWeight(index: index, value: weight) }
        sum.add(weight)
    }
    let defect = sum.value - 1
    guard abs(defect) <= tolerance else { throw TransportError.weightSum(defect: defect, tolerance: tolerance) }
    return weights
}
