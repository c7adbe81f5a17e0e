/// The view of a run file as netCDF-4: the master data, in the root group, with dimension scales.
///
/// ```
/// /time        f8[T], unlimited, a scale        /x, /y, /z  f8[n], scales: centres of the cells, x is θ₀
/// /density     f8[T, (nz, (ny,)) nx]            /expert, /datum  i8, scales that count from 0
/// /expert_x, /expert_y, /expert_z, /expert_weight  f8[T, N]; beyond three angles /expert_theta0, /expert_theta1, …
/// /potential, /velocity_x, /velocity_y, /velocity_z  as /density, where they were asked for
/// /function    f8[T, datum]                     /<series>  f8[T]     /<per datum>  f8[datum]
/// /tables/<name>/<column>  one array a column, the first is the scale of the others
/// /ensembles/n<N>/expert, /ensembles/n<N>/r<k>/expert_x, …, expert_weight  where all ensembles were asked for; those of /expert_x
///              are the same arrays, by another link
/// /inputs/file_<k>     u1[bytes], attribute name: the files that the experiment names, as they were
/// ```
/// Beyond three angles there is no grid, and no /density, /x, /y, /z; the root attribute `grid` is then "none".
/// What varies with time may grow along its first axis; by that a series is told from an array over the data.
enum NetCDFRootView {
    /// The names of the angles θ₀, θ₁, …: the axes of a grid, or numbers where there can be none.
    static func axes(_ dimension: Int) -> [String] {
        dimension <= 3 ? Array(["x", "y", "z"].prefix(dimension)) : (0..<dimension).map { "theta\($0)" }
    }

    /// The root's members that are other views of the same data.
    static let viewNames = ["VTKHDF", "VTKHDF_experts", "data"]

    /// The group of all ensembles.
    static let ensembles = "ensembles"

    /// The value of the root attribute `software`.
    static let software = "kac"
}
