/// The wave vectors `k ∈ Z^d`, `|k_p| ≤ K_p`, of a real function's Fourier coefficients, half of them by Hermitian symmetry:
/// those with `k_0 ≥ 0`.
///
/// Rows run along `k_0 = 0 … K_0`; there is a row for each `(k_1, …, k_{d−1})`, `k_1` fastest, from `−K_p` to `K_p`. In the column
/// `k_0 = 0` both `k` and `−k` are there; row `r` and row `rowCount − 1 − r` have opposite `(k_1, …)`.
struct ModeLattice: Sendable, Equatable {
    /// The largest frequency `K_p` of each angle.
    let limits: [Int]

    /// Coefficients in a row.
    var rowLength: Int { limits[0] + 1 }
    /// The number of rows.
    var rowCount: Int { limits.dropFirst().reduce(1) { $0 * (2 * $1 + 1) } }
    /// The number of coefficients.
    var count: Int { rowLength * rowCount }

    /// The components `k_1 … k_{d−1}` of a row.
    func rowVector(_ row: Int) -> [Int] {
        var rest = row
        return limits.dropFirst().map { limit in
            defer { rest /= 2 * limit + 1 }
            return rest % (2 * limit + 1) - limit
        }
    }

    /// The row of given components `k_1 … k_{d−1}`; `nil` beyond the limits.
    func row(_ components: some Sequence<Int>) -> Int? {
        var (row, stride) = (0, 1)
        for (k, limit) in zip(components, limits.dropFirst()) {
            guard abs(k) <= limit else { return nil }
            row += stride * (k + limit)
            stride *= 2 * limit + 1
        }
        return row
    }

    /// The position of `k` or of `−k`, whichever has `k_0 ≥ 0`, and whether it is that of `−k`; `nil` beyond the limits.
    func place(_ k: [Int]) -> (index: Int, isConjugate: Bool)? {
        let isConjugate = k[0] < 0
        guard abs(k[0]) <= limits[0], let row = row(k.dropFirst().lazy.map { isConjugate ? -$0 : $0 }) else {
            return nil
        }
        return (row * rowLength + abs(k[0]), isConjugate)
    }
}
