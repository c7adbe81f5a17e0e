/// The eigenvalues of a dense real symmetric matrix.
///
/// Householder reflections bring the matrix to tridiagonal form, and bisection on the Sturm sequence finds each eigenvalue:
/// no iteration that could fail to converge. An eigenvalue is off by a few units of the last place of the largest one.
///
/// Source: Golub, Van Loan, *Matrix Computations*, 4th edition, §8.3.1 and §8.4.1.
package enum SymmetricEigenvalues {
    /// The eigenvalues in descending order; NaN when an entry is not finite.
    ///
    /// - Parameters:
    ///   - matrix: the entries row by row; the matrix is taken as symmetric.
    ///   - order: the number of rows.
    /// - Complexity: `2 order³` multiplications and additions, and about 60 divisions a pair of eigenvalue and row.
    package static func descending(of matrix: [Double], order: Int) -> [Double] {
        precondition(matrix.count == order * order, "a square matrix has order² entries")
        guard matrix.allSatisfy(\.isFinite) else { return Array(repeating: .nan, count: order) }
        let scale = matrix.reduce(0) { max($0, abs($1)) }
        // Dividing by a power of two is exact, and squares neither overflow nor vanish.
        let unit = scale.isNormal ? scale.binade : scale
        guard unit > 0 else { return Array(repeating: 0, count: order) }
        let tridiagonal = TridiagonalMatrix(reducing: matrix.map { $0 / unit }, order: order)
        return (0..<order).reversed().map { unit * tridiagonal.eigenvalue($0) }
    }
}

/// A symmetric tridiagonal matrix.
private struct TridiagonalMatrix {
    var diagonal: [Double]
    /// The squares of the entries beside the diagonal.
    var couplings: [Double]
    /// An interval that holds every eigenvalue, by Gershgorin's circles.
    let range: ClosedRange<Double>

    /// The tridiagonal form of a symmetric matrix.
    init(reducing matrix: [Double], order n: Int) {
        var a = matrix
        var beside = Array(repeating: 0.0, count: n)
        var scratch = Array(repeating: 0.0, count: 2 * n)
        a.withUnsafeMutableBufferPointer { a in
            scratch.withUnsafeMutableBufferPointer { scratch in
                guard let a = a.baseAddress, let v = scratch.baseAddress else { return }
                for k in 0..<max(0, n - 1) { beside[k] = Self.reflect(a, k, order: n, v: v, w: v + n) }
            }
        }
        diagonal = (0..<n).map { a[$0 * n + $0] }
        couplings = beside.map { $0 * $0 }
        var (low, high) = (Double.infinity, -Double.infinity)
        for i in 0..<n {
            let radius = abs(beside[i]) + (i > 0 ? abs(beside[i - 1]) : 0)
            low = min(low, diagonal[i] - radius)
            high = max(high, diagonal[i] + radius)
        }
        let margin = 4 * Double(n) * max(abs(low), abs(high)).ulp
        range = low - margin...high + margin
    }

    /// Clears row and column `k` beyond the entry beside the diagonal by a reflection, and returns that entry.
    ///
    /// - Parameters:
    ///   - v: memory for `order` numbers.
    ///   - w: the same.
    private static func reflect(
        _ a: UnsafeMutablePointer<Double>, _ k: Int, order n: Int, v: UnsafeMutablePointer<Double>,
        w: UnsafeMutablePointer<Double>
    ) -> Double {
        let row = a + k &* n
        let first = row[k &+ 1]
        var tail = 0.0
        for j in k &+ 2..<max(n, k &+ 2) { tail += row[j] * row[j] }
        guard tail > 0 else { return first }
        let norm = (first * first + tail).squareRoot()
        let entry = first > 0 ? -norm : norm
        for j in k &+ 1..<n {
            v[j] = row[j]
            w[j] = 0
        }
        v[k &+ 1] -= entry
        // The reflection 1 − β v vᵀ turns the row into (entry, 0, …, 0).
        let beta = 1 / (norm * (norm + abs(first)))
        for i in k &+ 1..<n {
            let share = beta * v[i]
            let row = a + i &* n
            for j in k &+ 1..<n { w[j] += share * row[j] }
        }
        var overlap = 0.0
        for j in k &+ 1..<n { overlap += v[j] * w[j] }
        for j in k &+ 1..<n { w[j] -= 0.5 * beta * overlap * v[j] }
        for i in k &+ 1..<n {
            let (vi, wi) = (v[i], w[i])
            let row = a + i &* n
            for j in k &+ 1..<n { row[j] -= vi * w[j] + wi * v[j] }
        }
        return entry
    }

    /// The eigenvalue with `index` others below it.
    func eigenvalue(_ index: Int) -> Double {
        var (low, high) = (range.lowerBound, range.upperBound)
        let resolution = 0.5 * max(abs(low), abs(high)).ulp
        while high - low > resolution {
            let middle = 0.5 * (low + high)
            guard middle > low, middle < high else { break }
            if count(below: middle) > index { high = middle } else { low = middle }
        }
        return 0.5 * (low + high)
    }

    /// The number of eigenvalues below a value: the negative pivots of the shifted matrix.
    private func count(below value: Double) -> Int {
        var count = 0
        var pivot = 1.0
        for i in diagonal.indices {
            let coupling = i > 0 ? couplings[i - 1] : 0
            pivot = diagonal[i] - value - coupling / pivot
            // A zero pivot means that the value is an eigenvalue of a leading block: a hair beside it serves.
            if pivot == 0 { pivot = -Double.leastNormalMagnitude }
            if pivot < 0 { count += 1 }
        }
        return count
    }
}
