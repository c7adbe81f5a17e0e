/// The mean of a quantity over the replicates at one number of experts and one time.
public struct ReplicateMean: Sendable, Equatable {
    /// The mean.
    public let mean: Double
    /// The mean of the lower bounds.
    public let lower: Double
    /// The mean of the upper bounds.
    public let upper: Double
    /// The standard error of the mean; NaN for one replicate.
    public let standardError: Double

    init(_ samples: [Comparison.Sample]) {
        let count = Double(samples.count)
        func average(_ value: (Comparison.Sample) -> Double) -> Double { samples.reduce(0) { $0 + value($1) } / count }
        let mean = average(\.value)
        self.mean = mean
        lower = average(\.lower)
        upper = average(\.upper)
        let spread = samples.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) }
        standardError = samples.count > 1 ? (spread / (count - 1) / count).squareRoot() : .nan
    }
}

extension Comparison {
    /// The mean of a quantity over the replicates; `count` and `output` are positions in the plan's lists.
    public func mean(_ quantity: Quantity, count: Int, output: Int) -> ReplicateMean {
        ReplicateMean(samples(quantity, count: count, output: output))
    }
}
