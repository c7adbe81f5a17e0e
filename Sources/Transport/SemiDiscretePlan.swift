import Torus

/// Where each atom's share of a density lies under the best transport for `W₂`, on the torus `[0, 2π)^d`.
///
/// Atoms that coincide share one cell; each has its part of the mass and of the cost by its weight.
public struct SemiDiscretePlan: Sendable {
    /// The bracket of `W₂`.
    public let distance: Distance
    /// The dual weight of each given atom, in radians²: a start for nearby atoms or densities; 0 for one of weight 0.
    public let weights: [Double]
    /// The mass in each given atom's cell; but for the bracket's gap its weight.
    public let masses: [Double]
    /// The part of `W₂²` carried to each given atom, in radians².
    public let costs: [Double]
    /// The mean place of each given atom's mass, wrapped to `[0, 2π)`, axis by axis: angle `a` of atom `i` is at `a·N + i`.
    public let barycentres: [Double]

    init<Cell: LaguerreCell>(_ dual: SemiDiscreteDual<Cell>, distance: Distance) {
        let (atoms, diagram) = (dual.atoms, dual.diagram)
        self.distance = distance
        func spread(_ value: (_ place: Int, _ share: Double) -> Double) -> [Double] {
            zip(atoms.places, atoms.shares).map { place, share in place < 0 ? 0 : value(Int(place), share) }
        }
        weights = spread { place, _ in dual.weights[place] }
        masses = spread { place, share in share * diagram.masses[place] }
        costs = spread { place, share in share * diagram.costs[place] }
        barycentres = (0..<atoms.dimension).flatMap { axis in
            spread { place, _ in wrapped(atoms.tree.points[place][axis] + diagram.displacements[place][axis]) }
        }
    }
}
