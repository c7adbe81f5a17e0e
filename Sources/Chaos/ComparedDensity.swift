public import Particles
public import Torus
public import Transport

/// The limit's density at a compared time, made ready for the distances to many ensembles.
public enum ComparedDensity: Sendable {
    /// In one angle.
    case circle(CircleDensity)
    /// In two or three angles.
    case torus(TorusDensity)

    /// Tables of a density of one to three angles.
    ///
    /// - Throws: `TransportError` when it is no density.
    public init(_ field: Field) throws {
        self = try field.grid.dimension == 1 ? .circle(CircleDensity(field)) : .torus(TorusDensity(field))
    }

    /// The distances of the given orders to an ensemble.
    ///
    /// On the torus both orders share one plan. It starts from equal weights: between the outputs of a run experts move by more
    /// than their spacing, and the weights of an earlier output are a worse start.
    ///
    /// `W₁` there is a bracket of a relative width of a hundredth, twice that of a single distance: the spread of the replicates is wider.
    ///
    /// - Parameter parallelism: the threads; the result is the same to the bit for any number.
    /// - Throws: `TransportError` when an expert is at no angle.
    public func distances(
        _ orders: [WassersteinOrder], to ensemble: Ensemble, parallelism: Parallelism
    ) throws -> [WassersteinOrder: Distance] {
        switch self {
        case .circle(let density):
            let atoms = try CircleAtoms(angles: ensemble.angles)
            return Dictionary(
                uniqueKeysWithValues: orders.map { ($0, wasserstein(atoms: atoms, density: density, order: $0)) })
        case .torus(let density):
            let atoms = try TorusAtoms(angles: ensemble.angles, dimension: ensemble.dimension)
            let plan = try TorusTransport.plan(atoms, density, parallelism: parallelism)
            return Dictionary(
                uniqueKeysWithValues: try orders.map { order in
                    switch order {
                    case .one:
                        (
                            order,
                            try TorusTransport.w1(
                                atoms, density, from: plan, accuracy: 0.01, parallelism: parallelism)
                        )
                    case .two: (order, plan.distance)
                    }
                })
        }
    }
}
