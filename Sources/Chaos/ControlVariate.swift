/// The mean of a quantity whose samples come with a correlated one of known mean.
///
/// The coefficient of the correlated quantity is fitted on one half of the samples and used on the other, both ways round, so the mean is
/// unbiased whatever the fit.
///
/// For `E W₂²` between mixtures and their limit the correlated one is the squared distance in truncated `H^{−1}` between the synchronous copies, which
/// are independent, and the limit (`FourierMoments`). That of the trained mixtures themselves has no known mean: they are closer than
/// independent draws.
public struct ControlVariate: Sendable, Equatable {
    /// The mean.
    public let mean: Double
    /// Its standard error.
    public let standardError: Double
    /// The mean without the correlated quantity.
    public let plainMean: Double
    /// Its standard error.
    public let plainStandardError: Double

    /// - Parameters:
    ///   - samples: at least four independent samples.
    ///   - variates: the correlated quantity of each.
    ///   - variateMean: its mean.
    public init(samples: [Double], variates: [Double], variateMean: Double) {
        let reduced = Self.reduced(samples: samples, variates: variates, variateMean: variateMean)
        (mean, standardError) = Self.meanAndError(reduced)
        (plainMean, plainStandardError) = Self.meanAndError(samples)
    }

    /// The samples with what the correlated quantity explains taken out: their mean is `mean`.
    ///
    /// - Precondition: as for the initialiser.
    public static func reduced(samples: [Double], variates: [Double], variateMean: Double) -> [Double] {
        precondition(
            samples.count == variates.count && samples.count >= 4, "four samples at least, and as many variates")
        let halves = [0, 1].map { half in samples.indices.filter { $0 % 2 == half } }
        let slopes = halves.map { half -> Double in
            let count = Double(half.count)
            let (y, h) = (
                half.reduce(0) { $0 + samples[$1] } / count, half.reduce(0) { $0 + variates[$1] } / count
            )
            let square = half.reduce(0) { $0 + (variates[$1] - h) * (variates[$1] - h) }
            let product = half.reduce(0) { $0 + (samples[$1] - y) * (variates[$1] - h) }
            return square > 0 ? product / square : 0
        }
        return samples.indices.map { samples[$0] - slopes[1 - $0 % 2] * (variates[$0] - variateMean) }
    }

    private static func meanAndError(_ samples: [Double]) -> (Double, Double) {
        let count = Double(samples.count)
        let mean = samples.reduce(0, +) / count
        let spread = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (spread / (count - 1) / count).squareRoot())
    }
}
