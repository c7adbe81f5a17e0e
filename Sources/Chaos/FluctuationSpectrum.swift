public import Torus
public import Training

/// The fluctuation spectrum `S_k(t) = lim N·E|μ̂^N_k − μ̂_k|²` of trained mixtures beside that of independent draws, `1 − |μ̂_k|²`.
///
/// It tells whether particles are correlated as the theory says in any number of angles and without a transport distance, where `W_p` sees little but
/// the sampling.
public struct FluctuationSpectrum: Sendable {
    /// The times.
    public let times: [Double]
    /// The frequencies `k`, one of each pair `±k`.
    public let frequencies: [[Int]]
    /// `S_k(t)`, as `[time][frequency]`.
    public let trained: [[Double]]
    /// `1 − |μ̂_k|²`, the same of independent draws from `μ_t`.
    public let independent: [[Double]]
    /// `μ̂_k = ∫ e^{ik·θ} dμ_t`, as `[time][frequency]`.
    public let moments: [[(real: Double, imaginary: Double)]]

    /// The spectrum of a problem at given times.
    ///
    /// - Throws: as `Fluctuations`.
    public init(
        _ problem: MeanFieldProblem, times: [Double], frequencies: [[Int]], tolerance: Double = 1e-10,
        method: Fluctuations.Method = .characteristics, parallelism: Parallelism = .serial
    ) throws {
        let fluctuations = try Fluctuations(
            problem, times: times, of: frequencies.flatMap { [.cosine($0), .sine($0)] }, tolerance: tolerance,
            method: method, parallelism: parallelism)
        func sum(_ part: (Int, Int, Int) -> Double) -> [[Double]] {
            times.indices.map { output in
                frequencies.indices.map { part(output, 2 * $0, 2 * $0) + part(output, 2 * $0 + 1, 2 * $0 + 1) }
            }
        }
        self.times = times
        self.frequencies = frequencies
        trained = sum { fluctuations.covariance(output: $0, $1, $2) }
        independent = sum { fluctuations.resampling(output: $0, $1, $2) }
        moments = fluctuations.means.map { means in
            frequencies.indices.map { (means[2 * $0], means[2 * $0 + 1]) }
        }
    }

    /// All frequencies `0 < |k|_∞ ≤ degree` in `dimension` angles, one of each pair `±k`, by size.
    public static func frequencies(dimension: Int, degree: Int) -> [[Int]] {
        var lists: [[Int]] = [[]]
        for _ in 0..<dimension { lists = lists.flatMap { list in (-degree...degree).map { list + [$0] } } }
        func square(_ k: [Int]) -> Int { k.reduce(0) { $0 + $1 * $1 } }
        return lists.filter { k in k.first { $0 != 0 }.map { $0 > 0 } ?? false }
            .sorted { a, b in
                square(a) != square(b) ? square(a) < square(b) : b.lexicographicallyPrecedes(a)
            }
    }
}
