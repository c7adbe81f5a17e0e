public import Transport

/// What a study of rates measures, how often, and when it has measured enough.
public struct RateStudyPlan: Sendable {
    /// The numbers of experts `N`, increasing.
    public var counts: [Int]
    /// The replicates that are made in any case.
    public var leastReplicates: Int
    /// The most replicates: the budget.
    public var mostReplicates: Int
    /// Replicates that are added at a time.
    public var batch: Int
    /// The most experts that are trained of one number `N` in all replicates together: of large mixtures there are fewer replicates.
    public var expertBudget: Int
    /// Replicates are added until the 95 % intervals of the exponents are no wider to either side.
    public var precision: Double
    /// The seed of the initial draws.
    public var seed: UInt64
    /// The tolerance of the particles' time steps.
    public var tolerance: Double
    /// The compared outputs, as increasing indices into the limit's times.
    public var outputs: [Int]
    /// The Wasserstein distances that are wanted.
    public var wasserstein: [WassersteinOrder]
    /// The replicates whose distances are measured, which in several angles take most of the time and need few replicates.
    public var distanceReplicates: Int
    /// The largest frequency of the fluctuation spectrum.
    public var spectrumDegree: Int
    /// What the targets are multiplied by for the wrong limit.
    public var wrongTargets: Double
    /// The inputs, held-out ones or without them those of the training data, at which covariances, those of pairs of experts, and the answer
    /// to one expert moved are measured; the answer costs two more trainings of every mixture an angle.
    public var inputs: [Int]
    /// How the fluctuations are predicted; what is measured does not depend on it.
    public var method: Fluctuations.Method

    /// A plan.
    public init(counts: [Int], replicates: Int, seed: UInt64, outputs: [Int], wasserstein: [WassersteinOrder]) {
        self.counts = counts
        leastReplicates = min(replicates, 32)
        mostReplicates = replicates
        batch = 32
        expertBudget = .max
        precision = 0.015
        self.seed = seed
        tolerance = 1e-8
        self.outputs = outputs
        self.wasserstein = wasserstein
        distanceReplicates = .max
        spectrumDegree = 2
        wrongTargets = 0.9
        inputs = []
        method = .characteristics
    }

    /// Every pair of the chosen inputs once, each with itself first.
    var inputPairs: [(Int, Int)] {
        inputs.indices.flatMap { i in inputs[i...].map { (inputs[i], $0) } }
    }

    /// The replicates of a number of experts when there are `replicates` of small ones.
    public func replicates(of count: Int, upTo replicates: Int) -> Int {
        min(replicates, max(2, expertBudget / count))
    }
}
