/// The exponent with which a quantity falls with the number of experts, fitted over `N ≥ 100`, beside the theory's.
///
/// The mean over the replicates of W₁, or of the square of a root mean square (W₂, coupling, function error), is fitted by
/// a power of `N`; the exponent is that of the quantity itself. For W₂ in several angles the power stands beside what is known of
/// `E W₂²`: `(a ln N + b) N^{2e}` in two, `(a + b N^{−1/3}) N^{2e}` in three. The interval is a 95 % bootstrap over the replicates.
public struct Rate: Sendable, Equatable {
    /// What the interval says of the sharp exponent.
    public enum Verdict: String, Sendable {
        /// The interval lies within ±`equivalence` of the sharp exponent.
        case consistent
        /// The interval has no point within ±`equivalence` of it.
        case inconsistent
        /// The interval is wider than that, or there is none.
        case notEnoughData = "not enough data"
        /// The theory says nothing here: the quantity vanishes, the density nearly vanishes somewhere, no single power
        /// describes the quantity, or limit or distances are not known well enough for the means that are fitted.
        case notApplicable = "not applicable"
    }

    /// The smallest number of experts that a fit uses.
    public static let smallestCount = 100
    /// Exponents nearer than this to the sharp one count as equal to it.
    public static let equivalence = 0.03
    /// The rates of Wasserstein distances need a density above this part of the uniform one everywhere.
    public static let smallestDensityRatio = 0.01

    /// An error of the limit, of its grid and of its solver, above this part of the smallest mean that is fitted spoils the fit;
    /// so does one that is not known, and a bracket of a distance as wide as that.
    public static let largestErrorShare = 0.1

    /// What falls.
    public let quantity: Quantity
    /// At which time.
    public let time: Double
    /// The fitted exponent, negative when the quantity falls; NaN without a fit.
    public let exponent: Double
    /// The interval's lower end; NaN without one.
    public let lower: Double
    /// The interval's upper end; NaN without one.
    public let upper: Double
    /// The sharp exponent; NaN where no single power describes the quantity.
    public let theory: Double
    /// The exponent of a proved bound; NaN where none is known.
    public let proved: Double
    /// What the interval says.
    public let verdict: Verdict
    /// Whether the limit is not known well enough for the smallest mean that is fitted.
    public let isTooCoarse: Bool

    /// Fits a quantity at one compared time.
    ///
    /// - Parameters:
    ///   - comparison: the samples.
    ///   - output: the time's position in the plan's list.
    ///   - densityRatio: the density's minimum there over the uniform density.
    public init(_ quantity: Quantity, of comparison: Comparison, output: Int, densityRatio: Double) {
        let counts = comparison.plan.counts
        let used = counts.indices.filter { counts[$0] >= Self.smallestCount }
        let values = used.map { comparison.samples(quantity, count: $0, output: output).map(\.value) }
        let dimension = comparison.dimension
        let fit = PowerLawFit(
            counts: used.map { counts[$0] }, values: values, power: quantity.fittedPower,
            shape: quantity == .w2 ? comparison.shapes[output] : .power, seed: comparison.plan.seed)
        self.quantity = quantity
        time = comparison.times[output]
        exponent = fit.exponent
        (lower, upper) = fit.interval
        theory = quantity.sharpExponent(dimension: dimension) ?? .nan
        proved = quantity.provedExponent(dimension: dimension) ?? .nan
        let isTransport = quantity == .w1 || quantity == .w2
        let vanishes = values.contains { row in row.allSatisfy { $0 == 0 } }
        let last = used.last.map { comparison.mean(quantity, count: $0, output: output) }
        let smallest = last?.mean ?? .nan
        let isWide =
            isTransport && !((last?.upper ?? .nan) - (last?.lower ?? .nan) <= Self.largestErrorShare * smallest)
        let error = comparison.gridTerm(quantity, output: output) + comparison.solverError(output: output)
        isTooCoarse = !used.isEmpty && !(error <= Self.largestErrorShare * smallest)
        verdict =
            if theory.isNaN || vanishes || isTooCoarse || isWide
                || (isTransport && densityRatio < Self.smallestDensityRatio)
            {
                .notApplicable
            } else if used.count < 3 {
                .notEnoughData
            } else {
                Self.verdict(interval: fit.interval, theory: theory)
            }
    }

    /// What an interval says of an exponent, by equivalence.
    static func verdict(interval: (lower: Double, upper: Double), theory: Double) -> Verdict {
        let (low, high) = (theory - equivalence, theory + equivalence)
        if interval.lower >= low, interval.upper <= high { return .consistent }
        if interval.upper < low || interval.lower > high { return .inconsistent }
        return .notEnoughData
    }
}

extension Comparison {
    /// The fitted exponents of every quantity at every compared time; empty below three numbers of experts.
    ///
    /// - Parameter densityRatios: at each compared time, the density's minimum over the uniform density.
    public func rates(densityRatios: [Double]) -> [Rate] {
        guard plan.counts.count >= 3 else { return [] }
        return quantities.flatMap { quantity in
            plan.outputs.indices.map { Rate(quantity, of: self, output: $0, densityRatio: densityRatios[$0]) }
        }
    }
}
