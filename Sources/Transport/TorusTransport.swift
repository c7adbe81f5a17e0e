import Foundation
public import Torus

/// Semi-discrete transport for `W₂` on the flat torus in two and three angles.
///
/// Where the solver stops early and atoms are close together, they are taken for one for the sake of a bracket: a law of atoms in a cluster is as far from
/// that of its mean place as `spread`, the root of the mean square way there, and each atom can have the same part of what the mean place is given, which costs
/// `W₂² + spread²`.
///
/// The cells of the atoms are cut exactly and the density stays piecewise constant; the bracket holds whether or not the
/// solver has converged.
public enum TorusTransport {
    /// The relative gap of `W₂²` below which a distance is called exact.
    static let exactGap = 1e-9
    /// The Newton steps from one look at the bracket to the next.
    private static let stride = 10
    static let method = "semi-discrete W2: damped Newton"
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
        steps: Int = fullSteps
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
        var best =
            atoms.dimension == 2
            ? plan(LaguerrePolygon.self, atoms, density, weights, parallelism, steps)
            : plan(LaguerrePolyhedron.self, atoms, density, weights, parallelism, steps)
        guard best.distance.isEarly && steps == fullSteps else { return best }
        for radius in radii where radius < best.distance.upper - best.distance.lower {
            let coarse = atoms.merged(within: radius)
            if coarse.tree.points.count == atoms.tree.points.count { continue }
            let start = [Double](repeating: 0, count: coarse.weights.count)
            let found =
                atoms.dimension == 2
                ? plan(LaguerrePolygon.self, coarse, density, start, parallelism, steps)
                : plan(LaguerrePolyhedron.self, coarse, density, start, parallelism, steps)
            best = best.narrowed(by: found)
        }
        return best
    }

    /// The most Newton steps unless fewer are asked for.
    public static let fullSteps = 100

    /// The radii, in radians, within which atoms are taken for one where their weights cannot be told apart: in tails and empty regions, where a unit
    /// of weight moves next to no mass, or where very many are close.
    private static let radii = [1e-9, 1e-7, 1e-5, 1e-3]

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
            if dual.ascend(to: 0.05, limit: steps) != .arrived {
                let start = MultiscaleStart<Cell>(atoms: atoms, density: density, parallelism: parallelism).continued()
                let before = dual.evaluations
                dual = SemiDiscreteDual<Cell>(atoms, table, weights: start, parallelism: parallelism)
                dual.evaluations += before
                dual.fillStarved()
            }
            var (tolerance, left) = (1e-9, steps)
            while true {
                // Where atoms are close together their masses are not sharp, but the bracket is.
                let end = dual.ascend(to: tolerance, limit: Swift.min(left, stride))
                left -= stride
                dual.measure()
                var bracket = dual.bracket()
                if end == .stalled { bracket = polish(&dual, bracket) }
                let isExact = bracket.upperBound - bracket.lowerBound <= exactGap * bracket.lowerBound
                // At rounding there is nothing left to gain.
                if isExact || end == .stalled || left <= 0 || tolerance < 1e-15 {
                    let upper = bracket.upperBound.squareRoot()
                    // The mean places round as well.
                    let moved = atoms.spread == 0 ? 0 : 0x1p-50 * period
                    let distance = Distance(
                        lower: Swift.max(0, (bracket.lowerBound.squareRoot() - atoms.spread).nextDown),
                        upper: (hypot(upper + moved, atoms.spread)).nextUp,
                        method: isExact ? method : method + earlyEnd, iterations: dual.evaluations)
                    return SemiDiscretePlan(dual, distance: distance)
                }
                if end == .arrived { tolerance *= 0.01 }
            }
        }
    }

    /// Takes steps as long as the bracket narrows, unless it is narrow enough.
    private static func polish<Cell: LaguerreCell>(
        _ dual: inout SemiDiscreteDual<Cell>, _ known: ClosedRange<Double>
    ) -> ClosedRange<Double> {
        var bracket = known
        for _ in 0..<stride where bracket.upperBound - bracket.lowerBound > exactGap * bracket.lowerBound {
            var next = dual
            next.step()
            let found = next.bracket()
            dual.evaluations = next.evaluations
            guard found.upperBound - found.lowerBound < bracket.upperBound - bracket.lowerBound else { break }
            (dual, bracket) = (next, found)
        }
        return bracket
    }
}
