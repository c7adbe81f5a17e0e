public import Torus

/// Semi-discrete transport for `W₂` on the flat torus in two and three angles.
///
/// The cells of the atoms are cut exactly and the density stays piecewise constant; the bracket holds whether or not the
/// solver has converged.
public enum TorusTransport {
    /// The relative gap of `W₂²` below which a distance is called exact.
    static let exactGap = 1e-9
    /// Ends the method's name of a distance whose solver did not converge.
    static let earlyEnd = ", stopped early"

    /// The best plan between atoms and a density.
    ///
    /// - Parameters:
    ///   - start: a dual weight for each given atom, such as those of a plan at an earlier time; nil for none.
    ///   - parallelism: the threads of the loops over atoms; the result is the same to the bit for any number.
    ///   - steps: the most Newton steps. A solver that stops early returns its bracket and says so in the method's name.
    /// - Throws: `TransportError` when the numbers of angles differ, or the start does not fit the atoms.
    /// - Complexity: about seven diagrams, each O(N log N + facets × grid cells that a facet meets), and as many sparse
    ///   solves, O(N) each.
    /// - Source: Kitagawa, Mérigot, Thibert, J. Eur. Math. Soc. 21 (2019), arXiv 1603.05579.
    public static func plan(
        _ atoms: TorusAtoms, _ density: TorusDensity, start: [Double]? = nil, parallelism: Parallelism = .serial,
        steps: Int = 100
    ) throws -> SemiDiscretePlan {
        guard atoms.dimension == density.dimension else {
            throw TransportError.dimension(found: density.dimension, expected: atoms.dimension)
        }
        var weights = [Double](repeating: 0, count: atoms.weights.count)
        if let start {
            guard start.count == atoms.count else {
                throw TransportError.startCount(found: start.count, expected: atoms.count)
            }
            for (index, value) in start.enumerated() {
                guard value.isFinite else { throw TransportError.nonFiniteStart(index: index, value: value) }
                if atoms.places[index] >= 0 { weights[Int(atoms.places[index])] = value }
            }
        }
        return atoms.dimension == 2
            ? plan(LaguerrePolygon.self, atoms, density, weights, parallelism, steps)
            : plan(LaguerrePolyhedron.self, atoms, density, weights, parallelism, steps)
    }

    private static func plan<Cell: LaguerreCell>(
        _ type: Cell.Type, _ atoms: TorusAtoms, _ density: TorusDensity, _ weights: [Double],
        _ parallelism: Parallelism, _ steps: Int
    ) -> SemiDiscretePlan {
        density.withUnsafeTable { table in
            var dual = SemiDiscreteDual<Cell>(atoms, table, weights: weights, parallelism: parallelism)
            if dual.starved.count * 20 > atoms.weights.count {
                let start = MultiscaleStart<Cell>(atoms: atoms, density: density, parallelism: parallelism).weights()
                let before = dual.evaluations
                dual = SemiDiscreteDual<Cell>(atoms, table, weights: start, parallelism: parallelism)
                dual.evaluations += before
            }
            dual.fillStarved()
            if !dual.ascend(to: 0.05, limit: steps) {
                let start = MultiscaleStart<Cell>(atoms: atoms, density: density, parallelism: parallelism).continued()
                let before = dual.evaluations
                dual = SemiDiscreteDual<Cell>(atoms, table, weights: start, parallelism: parallelism)
                dual.evaluations += before
                dual.fillStarved()
            }
            var tolerance = 1e-9
            while true {
                let hasArrived = dual.ascend(to: tolerance, limit: steps)
                dual.measure()
                let bracket = dual.bracket()
                let isExact = bracket.upperBound - bracket.lowerBound <= exactGap * bracket.lowerBound
                // At rounding there is nothing left to gain.
                if isExact || !hasArrived || tolerance < 1e-15 {
                    let name = "semi-discrete W2: damped Newton"
                    let distance = Distance(
                        lower: bracket.lowerBound.squareRoot().nextDown.magnitude,
                        upper: bracket.upperBound.squareRoot().nextUp,
                        method: isExact ? name : name + earlyEnd, iterations: dual.evaluations)
                    return SemiDiscretePlan(dual, distance: distance)
                }
                tolerance *= 0.01
            }
        }
    }
}
