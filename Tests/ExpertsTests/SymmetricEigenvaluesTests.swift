import Experts
import Foundation
import Testing

/// Matrices whose eigenvalues are known.
@Suite struct SymmetricEigenvaluesTests {
    @Test func smallOnes() {
        #expect(SymmetricEigenvalues.descending(of: [], order: 0) == [])
        #expect(SymmetricEigenvalues.descending(of: [-3.5], order: 1) == [-3.5])
        #expect(SymmetricEigenvalues.descending(of: [0, 0, 0, 0], order: 2) == [0, 0])
        let two = SymmetricEigenvalues.descending(of: [2, 1, 1, 2], order: 2)
        #expect(abs(two[0] - 3) <= 4e-16 * 3 && abs(two[1] - 1) <= 4e-16 * 3)
    }

    /// The second difference with fixed ends: `2 − 2 cos(jπ/(n+1))`.
    @Test(arguments: [1, 2, 3, 7, 40]) func secondDifference(order n: Int) {
        var matrix = Array(repeating: 0.0, count: n * n)
        for i in 0..<n {
            matrix[i * n + i] = 2
            if i > 0 {
                matrix[i * n + i - 1] = -1
                matrix[(i - 1) * n + i] = -1
            }
        }
        let found = SymmetricEigenvalues.descending(of: matrix, order: n)
        let exact = (1...n).map { 2 - 2 * cos(Double($0) * .pi / Double(n + 1)) }.sorted(by: >)
        // A few units of the last place of the largest one, 4.
        for (a, b) in zip(found, exact) { #expect(abs(a - b) <= 8 * 4 * 2.2e-16) }
    }

    /// A diagonal matrix turned by random reflections; repeated, zero and negative eigenvalues, extreme sizes.
    @Test(arguments: [1.0, 1e-300, 1e300, 0x1p-1060]) func turnedDiagonal(size: Double) {
        let n = 31
        var random = RandomNumbers(seed: 12)
        let exact = (0..<n).map { i in i % 5 == 0 ? 0.0 : i % 7 == 0 ? 0.5 : random.uniform(-1...1) }
        var matrix = Array(repeating: 0.0, count: n * n)
        for i in 0..<n { matrix[i * n + i] = exact[i] }
        for _ in 0..<3 {
            let v = (0..<n).map { _ in random.uniform(-1...1) }
            let square = v.reduce(0) { $0 + $1 * $1 }
            func reflect(_ x: [Double]) -> [Double] {
                let share = 2 * zip(v, x).reduce(0) { $0 + $1.0 * $1.1 } / square
                return zip(v, x).map { $1 - share * $0 }
            }
            for i in 0..<n {
                matrix.replaceSubrange(i * n..<(i + 1) * n, with: reflect(Array(matrix[i * n..<(i + 1) * n])))
            }
            for j in 0..<n {
                let column = reflect((0..<n).map { matrix[$0 * n + j] })
                for i in 0..<n { matrix[i * n + j] = column[i] }
            }
        }
        let found = SymmetricEigenvalues.descending(of: matrix.map { size * $0 }, order: n)
        // The reflections cost roundings too; among subnormal numbers an entry is off by half the smallest one.
        let tolerance = 2e-14 * size + Double(n) * .leastNonzeroMagnitude
        for (a, b) in zip(found, exact.sorted(by: >)) { #expect(abs(a - size * b) <= tolerance, "\(a) \(b)") }
        #expect(found == found.sorted(by: >))
    }
}
