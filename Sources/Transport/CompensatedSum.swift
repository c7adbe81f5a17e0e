/// A sum that carries its rounding error along: as accurate as in twice the precision, rounded once at the end.
///
/// Source: Neumaier, *Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen*, ZAMM 54 (1974).
struct CompensatedSum {
    private(set) var high = 0.0
    private(set) var low = 0.0

    /// The rounded sum.
    var value: Double { high + low }

    /// Knuth's branch-free exact addition: `high + error` is the sum before rounding.
    @inline(__always)
    mutating func add(_ term: Double) {
        let sum = high + term
        let part = sum - high
        low += (high - (sum - part)) + (term - part)
        high = sum
    }

    /// The quotient of two sums, rounded once from about twice the precision.
    func divided(by other: CompensatedSum) -> Double {
        let quotient = value / other.value
        let (numerator, numeratorRest) = normalised
        let (denominator, denominatorRest) = other.normalised
        let remainder = numerator.addingProduct(-quotient, denominator) + numeratorRest - quotient * denominatorRest
        return quotient + remainder / other.value
    }

    private var normalised: (Double, Double) {
        let sum = high + low
        return (sum, (high - sum) + low)
    }
}

/// The partial sums `0, t₀, t₀ + t₁, …` of non-negative terms, divided by the whole: non-decreasing, from exactly 0 to
/// exactly 1, each within `2⁻⁵³` of the exact quotient.
func normalisedPartialSums(_ terms: [Double]) -> [Double] {
    var total = CompensatedSum()
    for term in terms { total.add(term) }
    var partial = CompensatedSum()
    var sums = [0.0]
    sums.reserveCapacity(terms.count + 1)
    var previous = 0.0
    for term in terms {
        partial.add(term)
        previous = Swift.min(Swift.max(previous, partial.divided(by: total)), 1)
        sums.append(previous)
    }
    sums[terms.count] = 1
    return sums
}
