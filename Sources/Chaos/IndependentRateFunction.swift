import Foundation

/// The rate function of the mean of independent draws: `I(y) = sup_λ {λy − Λ(λ)}`, `Λ(λ) = log E e^{λX}`.
///
/// - Source: Dembo, Zeitouni, *Large Deviations Techniques and Applications* (1998), theorem 2.2.3.
public struct IndependentRateFunction: Sendable {
    private let values: [Double]
    private let masses: [Double]

    /// That of draws from a law on some values.
    init(values: [Double], masses: [Double]) {
        self.values = values
        self.masses = masses
    }

    /// `E X`.
    public var mean: Double { derivatives(tilt: 0).output }

    /// `Λ(λ)`.
    public func scaledCumulant(tilt: Double) -> Double { derivatives(tilt: tilt).cumulant }

    /// `I(y)`; infinite for what no mean can be.
    public func rate(output: Double) -> Double {
        guard let least = values.min(), let most = values.max(), output >= least, output <= most else {
            return .infinity
        }
        // Λ' increases: bisection, to rounding.
        var (low, high) = (-1.0, 1.0)
        while derivatives(tilt: low).output > output, low > -1e6 { low *= 2 }
        while derivatives(tilt: high).output < output, high < 1e6 { high *= 2 }
        for _ in 0..<200 {
            let middle = 0.5 * (low + high)
            if middle == low || middle == high { break }
            if derivatives(tilt: middle).output < output { low = middle } else { high = middle }
        }
        let tilt = 0.5 * (low + high)
        return max(0, tilt * output - scaledCumulant(tilt: tilt))
    }

    private func derivatives(tilt: Double) -> (cumulant: Double, output: Double) {
        let largest = values.reduce(-Double.infinity) { max($0, tilt * $1) }
        var (sum, first) = (0.0, 0.0)
        for (value, mass) in zip(values, masses) {
            let weight = mass * exp(tilt * value - largest)
            sum += weight
            first += weight * value
        }
        return (largest + log(sum), first / sum)
    }
}
