/// Exact Wasserstein distances on the circle of length 2π.
///
/// Cost of moving mass from `x` to `y`: the geodesic distance `min_k |x − y + 2πk|`, to the power `p`. On the circle both
/// problems have one unknown, where to cut it: a level for `W₁`, a shift of the quantile for `W₂`. The density stays
/// piecewise constant; it is never turned into atoms.
///
/// The bounds enclose the distance between the atoms and the density as given: the search contributes the slope at the
/// cut times the remaining bracket of the cut (both objectives are convex), rounding contributes terms that are
/// derived where they are added. For data of unit mass these are a few `10⁻¹⁵` radians.
public enum CircleTransport {
    /// The rounding of a difference of cumulative masses: half an ulp of 1 or 2 each for the mass at a face, its copy a
    /// period later, the weight of the first atoms, and the shifted weight; `4·2⁻⁵³` in all.
    static let massRounding = 0x1p-51
}
