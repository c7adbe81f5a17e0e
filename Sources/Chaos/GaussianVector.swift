import Foundation
import Torus

/// Draws of a centred Gaussian vector of given covariance, which may be singular.
///
/// The factor is that of Cholesky with the largest remaining variance first, ended where what remains is rounding.
///
/// - Source: Higham, *Accuracy and Stability of Numerical Algorithms* (2002), 10.3.
struct GaussianVector: Sendable {
    /// The number of components.
    let dimension: Int
    /// The rank of the factor.
    let rank: Int
    /// `L` with `L Lᵀ` the covariance, `[component][column]`.
    let factor: [Double]
    private let generator: Philox

    /// - Parameters:
    ///   - covariance: symmetric, row by row.
    ///   - seed: of the draws.
    /// - Complexity: `dimension · rank²`.
    init(covariance: [Double], dimension: Int, seed: UInt64) {
        precondition(covariance.count == dimension * dimension)
        generator = Philox(seed: seed)
        self.dimension = dimension
        var rest = (0..<dimension).map { covariance[$0 * dimension + $0] }
        let largest = rest.max() ?? 0
        var columns: [[Double]] = []
        while columns.count < dimension {
            guard let pivot = rest.indices.max(by: { rest[$0] < rest[$1] }), rest[pivot] > 1e-13 * largest else {
                break
            }
            let root = rest[pivot].squareRoot()
            let column = (0..<dimension).map { row in
                let sum = columns.reduce(covariance[row * dimension + pivot]) { $0 - $1[row] * $1[pivot] }
                return sum / root
            }
            for row in rest.indices { rest[row] -= column[row] * column[row] }
            rest[pivot] = 0
            columns.append(column)
        }
        let rank = columns.count
        self.rank = rank
        factor = (0..<dimension).flatMap { row in (0..<rank).map { columns[$0][row] } }
    }

    /// Independent standard normal numbers, as many as the rank, of a draw.
    ///
    /// - Source: Box, Muller, *A note on the generation of random normal deviates* (1958).
    func normals(draw: Int) -> [Double] {
        (0..<rank).map { index in
            // The last word keeps these numbers apart from the experts'.
            let u = generator.uniforms(
                SIMD4(
                    UInt32(index / 2), UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: draw >> 32),
                    0x6761_7573))
            let radius = (-2 * log(1 - u[0])).squareRoot()
            return index % 2 == 0 ? radius * cos(2 * .pi * u[1]) : radius * sin(2 * .pi * u[1])
        }
    }

    /// A draw.
    func values(draw: Int) -> [Double] {
        let z = normals(draw: draw)
        return (0..<dimension).map { row in
            var sum = 0.0
            for column in 0..<rank { sum += factor[row * rank + column] * z[column] }
            return sum
        }
    }
}
