/// The view of a run file as netCDF-4: the master data, in the root group, with dimension scales.
///
/// ```
/// /time        f8[T], unlimited, a scale        /x, /y, /z  f8[n], scales: centres of the cells, x is θ₀
/// /density     f8[T, (nz, (ny,)) nx]            /expert, /datum  i8, scales that count from 0
/// /expert_x, /expert_y, /expert_z, /expert_weight  f8[T, N]
/// /function    f8[T, datum]                     /<series>  f8[T]     /<per datum>  f8[datum]
/// /tables/<name>/<column>  one array a column, the first is the scale of the others
/// ```
/// What varies with time may grow along its first axis; by that a series is told from an array over the data.
enum NetCDFRootView {
    /// The names of the angles θ₀, θ₁, θ₂.
    static let axes = ["x", "y", "z"]

    /// The value of the root attribute `software`.
    static let software = "kac"
}
