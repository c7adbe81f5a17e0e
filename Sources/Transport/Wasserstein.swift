public import Torus

/// The Wasserstein distance between atoms and a density on the torus in one, two or three angles, in radians.
///
/// ```swift
/// let density = Field.uniform(on: try PeriodicGrid(cells: [64, 64]))
/// let distance = try wasserstein(atoms: [1, 2, 0.5, 3], density: density, order: .two)    // two atoms (1, 0.5), (2, 3)
/// ```
///
/// For many sets of atoms or many densities, build `CircleAtoms` and `CircleDensity`, or `TorusAtoms` and `TorusDensity`, once
/// each.
///
/// - Parameters:
///   - atoms: radians, axis by axis: angle `a` of atom `i` is at `a·N + i`; wrapped to `[0, 2π)`.
///   - weights: one an atom, sum 1; nil for equal weights.
///   - density: cell averages per radian^d.
///   - parallelism: the threads; the result is the same to the bit for any number.
/// - Throws: `TransportError` when the data cannot be compared.
/// - Complexity: O((N + M) log N) for one angle, as `TorusTransport.plan` for two and three.
public func wasserstein(
    atoms: [Double], weights: [Double]? = nil, density: Field, order: WassersteinOrder,
    parallelism: Parallelism = .serial
) throws -> Distance {
    switch density.grid.dimension {
    case 1:
        let circle = try weights.map { try CircleAtoms(angles: atoms, weights: $0) } ?? CircleAtoms(angles: atoms)
        return wasserstein(atoms: circle, density: try CircleDensity(density), order: order)
    case 2, 3:
        return try wasserstein(
            atoms: try TorusAtoms(angles: atoms, dimension: density.grid.dimension, weights: weights),
            density: try TorusDensity(density), order: order, parallelism: parallelism)
    default: throw TransportError.unsupportedDimension(found: density.grid.dimension)
    }
}

/// The Wasserstein distance between atoms and a density that is given by its Fourier modes, in radians.
///
/// The modes become cell averages on a grid, and what lies between these and the modes is added to both ends of the bracket
/// (`FourierDensity.interpolationTerm`): it falls with the square of the cells' width.
///
/// - Parameters:
///   - grid: the cells; the finer, the narrower the bracket.
///   - atoms, weights, order, parallelism: as for cell averages.
/// - Throws: `TransportError` when the data cannot be compared, `FourierTransformError`.
public func wasserstein(
    atoms: [Double], weights: [Double]? = nil, density: FourierDensity, on grid: PeriodicGrid, order: WassersteinOrder,
    parallelism: Parallelism = .serial
) throws -> Distance {
    let term = try density.interpolationTerm(on: grid, order: order)
    let distance = try wasserstein(
        atoms: atoms, weights: weights, density: density.cellAverages(on: grid), order: order,
        parallelism: parallelism)
    return Distance(
        lower: Swift.max(0, (distance.lower - term).nextDown), upper: (distance.upper + term).nextUp,
        method: distance.method + ", interpolated modes", iterations: distance.iterations)
}

/// The Wasserstein distance between atoms and atoms on the torus in any number of angles, in radians, exact to rounding.
///
/// - Parameters:
///   - atoms, otherAtoms: radians, axis by axis: angle `a` of atom `i` is at `a·N + i`; wrapped to `[0, 2π)`. Beyond one angle equally
///     many, at most `AtomTransport.largestAssignment`.
///   - weights, otherWeights: one an atom, sum 1; nil for equal weights, which are needed beyond one angle.
///   - dimension: the number `d ≥ 1` of angles.
/// - Throws: `TransportError` when the data cannot be compared.
/// - Complexity: `CircleTransport.between` for one angle, `AtomTransport.assignment` beyond.
public func wasserstein(
    atoms: [Double], weights: [Double]? = nil, otherAtoms: [Double], otherWeights: [Double]? = nil, dimension: Int,
    order: WassersteinOrder
) throws -> Distance {
    if dimension == 1 {
        let circles = try [(atoms, weights), (otherAtoms, otherWeights)].map { angles, weights in
            try weights.map { try CircleAtoms(angles: angles, weights: $0) } ?? CircleAtoms(angles: angles)
        }
        return CircleTransport.between(circles[0], circles[1], order: order)
    }
    for case let weights? in [weights, otherWeights] {
        // Nine digits are more than a table has.
        guard let index = weights.firstIndex(where: { !(abs($0 - weights[0]) <= 1e-9 * weights[0]) }) else { continue }
        throw TransportError.unequalWeights(index: index)
    }
    return try AtomTransport.assignment(atoms, otherAtoms, dimension: dimension, order: order)
}

/// The Wasserstein distance of the given order on the circle, in radians.
///
/// - Complexity: O(N + M) a sweep, in practice about ten sweeps.
public func wasserstein(atoms: CircleAtoms, density: CircleDensity, order: WassersteinOrder) -> Distance {
    switch order {
    case .one: CircleTransport.w1(atoms, density)
    case .two: CircleTransport.w2(atoms, density)
    }
}

/// The Wasserstein distance of the given order on the torus in two or three angles, in radians.
///
/// Order 2 is exact and order 1 known to half a per cent (`TorusTransport.w1`) unless `Distance.isEarly`, as for order 1 and densities
/// concentrated in few cells.
///
/// - Throws: `TransportError` when the numbers of angles differ.
public func wasserstein(
    atoms: TorusAtoms, density: TorusDensity, order: WassersteinOrder, parallelism: Parallelism = .serial
) throws -> Distance {
    let plan = try TorusTransport.plan(atoms, density, parallelism: parallelism)
    return switch order {
    case .one: try TorusTransport.w1(atoms, density, from: plan, parallelism: parallelism)
    case .two: plan.distance
    }
}
