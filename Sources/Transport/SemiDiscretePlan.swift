import Torus

/// Where each atom's share of a density lies under the best transport for `W₂`, on the torus `[0, 2π)^d`.
///
/// Atoms that coincide share one cell; each has its part of the mass and of the cost by its weight.
public struct SemiDiscretePlan: Sendable {
    /// The bracket of `W₂`.
    public private(set) var distance: Distance
    /// The dual weight of each given atom, in radians²: a start for nearby atoms or densities; 0 for one of weight 0.
    public let weights: [Double]
    /// The mass in each given atom's cell; but for the bracket's gap its weight.
    public let masses: [Double]
    /// The part of `W₂²` carried to each given atom, in radians².
    public let costs: [Double]
    /// The mean place of each given atom's mass, wrapped to `[0, 2π)`, axis by axis: angle `a` of atom `i` is at `a·N + i`.
    public let barycentres: [Double]
    /// How far the atoms that the plan leads to are from the given ones; see `TorusAtoms.spread`.
    let spread: Double

    init<Cell: LaguerreCell>(_ dual: SemiDiscreteDual<Cell>, distance: Distance) {
        let (atoms, diagram) = (dual.atoms, dual.diagram)
        (self.distance, spread) = (distance, atoms.spread)
        func given(_ value: (_ place: Int, _ share: Double) -> Double) -> [Double] {
            zip(atoms.places, atoms.shares).map { place, share in place < 0 ? 0 : value(Int(place), share) }
        }
        weights = given { place, _ in dual.weights[place] }
        masses = given { place, share in share * diagram.masses[place] }
        costs = given { place, share in share * diagram.costs[place] }
        barycentres = (0..<atoms.dimension).flatMap { axis in
            given { place, _ in wrapped(atoms.tree.points[place][axis] + diagram.displacements[place][axis]) }
        }
    }

    /// The plan with the narrower bracket, of both brackets what they share.
    func narrowed(by other: SemiDiscretePlan) -> SemiDiscretePlan {
        func width(_ plan: SemiDiscretePlan) -> Double { plan.distance.upper - plan.distance.lower }
        var result = width(other) < width(self) ? other : self
        let (lower, upper) = (
            Swift.max(distance.lower, other.distance.lower), Swift.min(distance.upper, other.distance.upper)
        )
        let isExact = upper * upper - lower * lower <= TorusTransport.exactGap * lower * lower
        result.distance = Distance(
            lower: Swift.min(lower, upper), upper: upper,
            method: TorusTransport.method + (isExact ? "" : TorusTransport.earlyEnd),
            iterations: distance.iterations + other.distance.iterations)
        return result
    }
}
