public import Transport

/// Which finite mixtures are trained, and what of them is compared with the limit.
public struct ComparisonPlan: Sendable {
    /// The numbers of experts `N`, increasing.
    public var counts: [Int]
    /// Independent repetitions of each; the ensembles of a replicate are nested.
    public var replicates: Int
    /// The seed of the initial draws.
    public var seed: UInt64
    /// The tolerance of the particles' time steps.
    public var tolerance: Double
    /// The compared outputs, as increasing indices into the limit's times.
    public var outputs: [Int]
    /// The Wasserstein distances that are wanted.
    public var wasserstein: [WassersteinOrder]
    /// Whether synchronous copies are carried along.
    public var coupling: Bool
    /// Whether the generated functions and the losses are compared.
    public var function: Bool
    /// Whether the mean of `W₂²` is wanted with the copies as control variate (`Comparison.squaredW2`); that needs
    /// `coupling` and the order 2.
    public var controlVariate: Bool
    /// Whether all ensembles are kept at every output of the limit, rather than one.
    public var keepsEnsembles = false

    /// A plan that compares everything.
    public init(counts: [Int], replicates: Int, seed: UInt64, outputs: [Int]) {
        self.counts = counts
        self.replicates = replicates
        self.seed = seed
        self.outputs = outputs
        tolerance = 1e-8
        wasserstein = [.one, .two]
        coupling = true
        function = true
        controlVariate = true
    }

    /// The quantities that the plan asks for.
    ///
    /// - Parameter hasHeldOutData: whether there are inputs that are not trained on.
    public func quantities(hasHeldOutData: Bool) -> [Quantity] {
        var list: [Quantity] = []
        if wasserstein.contains(.one) { list.append(.w1) }
        if wasserstein.contains(.two) { list.append(.w2) }
        if coupling { list.append(.coupling) }
        if function {
            list.append(.functionError)
            if hasHeldOutData { list.append(.functionErrorTest) }
            list += [.functionErrorSup, .lossGap]
        }
        return list
    }
}
