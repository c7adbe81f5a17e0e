/// What a facet of a Laguerre cell contributes to the Hessian of the dual.
struct LaguerreFacet {
    /// The atom behind the facet, packed with the window it lies in: `27·atom + window`.
    var label: Int32
    /// `∫ρ dA` over the facet.
    var density: Double
}

/// A convex cell in coordinates relative to its atom, made by cutting the box `[−π, π]^d` with half-spaces.
///
/// The memory is that of one thread's scratch, reused from cell to cell.
protocol LaguerreCell: SendableMetatype {
    static var dimension: Int { get }

    /// A cell with room for the usual number of facets; it grows when it must.
    init()
    func deallocate()

    /// The smallest box around the cell.
    var low: PeriodicPoint { get }
    var high: PeriodicPoint { get }
    var isEmpty: Bool { get }
    /// Some point of the cell.
    var vertex: PeriodicPoint { get }
    /// An upper bound of the squared distance of its points from the atom.
    var squaredReach: Double { get }

    /// Makes it the box `[−π, π]^d`, where an atom is nearer than its own copies.
    mutating func reset()
    /// Keeps the part where `2 v·normal ≤ offset`.
    mutating func clip(normal: PeriodicPoint, offset: Double, label: Int32)

    /// The mass of the cell and the density of its facets; with `moments` also the first and second moments.
    ///
    /// - Parameter facets: receives the facets; room for `facetCount`.
    /// - Returns: how many facets were written, none of them behind the box's own faces.
    mutating func integrate(
        _ row: RowAntiderivative, moments: Bool, facets: UnsafeMutablePointer<LaguerreFacet>
    ) -> (CellMoments, Int)
    /// At least the number of facets.
    var facetCount: Int { get }
}
