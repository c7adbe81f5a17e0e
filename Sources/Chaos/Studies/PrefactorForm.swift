import Foundation
import Transport

/// How the mean of a measured number, to the power that is fitted, falls with `N` by the theory: known functions of `N` with unknown factors.
public enum PrefactorForm: String, Sendable {
    /// `a N^{−1/2}`.
    case inverseRoot = "a N^-1/2"
    /// `a / N`.
    case inverse = "a / N"
    /// `a/N + b/N²`.
    case twoPowers = "a / N + b / N^2"
    /// `(a ln N + b)/N`.
    case logarithmic = "(a ln N + b) / N"
    /// `a N^{−2/3} + b/N`.
    case twoThirds = "a N^-2/3 + b / N"

    /// The form of a measured number in so many angles; `nil` where the theory has none.
    init?(_ kind: StudyColumn.Kind, dimension: Int) {
        switch kind {
        case .quantity(.w1):
            guard dimension == 1 else { return nil }
            self = .inverseRoot
        case .quantity(.w2):
            switch dimension {
            case 1: self = .inverse
            case 2: self = .logarithmic
            case 3: self = .twoThirds
            default: return nil
            }
        case .quantity(.lossGap): self = .twoPowers
        case .quantity, .kernelError, .deviation, .wave: self = .inverse
        case .variate, .covariance, .pair, .response: return nil
        }
    }

    /// The functions of `N` that the factors `a` and, where there is one, `b` stand before.
    func terms(_ count: Int) -> [Double] {
        let n = Double(count)
        return switch self {
        case .inverseRoot: [1 / n.squareRoot()]
        case .inverse: [1 / n]
        case .twoPowers: [1 / n, 1 / (n * n)]
        case .logarithmic: [log(n) / n, 1 / n]
        case .twoThirds: [pow(n, -2.0 / 3), 1 / n]
        }
    }

    /// The factors of the best fit to means, by least squares of relative differences.
    ///
    /// - Returns: NaN for both where they are not determined; `b` is NaN in forms without it.
    func fit(counts: [Int], means: [Double]) -> (a: Double, b: Double) {
        let rows = zip(counts, means).map { count, mean in terms(count).map { $0 / mean } }
        guard let width = rows.first?.count, means.allSatisfy({ $0 > 0 && $0.isFinite }) else { return (.nan, .nan) }
        func sum(_ i: Int, _ j: Int) -> Double { rows.reduce(0) { $0 + $1[i] * $1[j] } }
        func right(_ i: Int) -> Double { rows.reduce(0) { $0 + $1[i] } }
        if width == 1 { return (right(0) / sum(0, 0), .nan) }
        let determinant = sum(0, 0) * sum(1, 1) - sum(0, 1) * sum(0, 1)
        guard determinant > 1e-12 * sum(0, 0) * sum(1, 1) else { return (.nan, .nan) }
        return (
            (right(0) * sum(1, 1) - right(1) * sum(0, 1)) / determinant,
            (right(1) * sum(0, 0) - right(0) * sum(0, 1)) / determinant
        )
    }
}
