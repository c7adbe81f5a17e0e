/// A distance between a finite mixture and the limit.
public enum Quantity: String, Sendable, CaseIterable {
    /// The Wasserstein distance W₁ between the experts and the density, in radians.
    case w1
    /// The Wasserstein distance W₂, in radians.
    case w2
    /// The synchronous coupling `(1/N Σ_i |θ_i − θ̄_i|²)^{1/2}`, in radians, unwrapped.
    case coupling
    /// The generated functions' distance on the training inputs, `(1/n Σ_a (F_N − F)²)^{1/2}`.
    case functionError = "function_error"
    /// The same on the held-out inputs.
    case functionErrorTest = "function_error_test"
    /// The largest `|F_N − F|` over all inputs, trained on or held out.
    case functionErrorSup = "function_error_sup"
    /// `|L_N − L|`.
    case lossGap = "loss_gap"

    /// The power whose mean over replicates is fitted: for root mean squares the square, which averages without bias.
    var fittedPower: Int {
        switch self {
        case .w1, .lossGap: 1
        case .w2, .coupling, .functionError, .functionErrorTest, .functionErrorSup: 2
        }
    }

    /// The exponent of `N` that is sharp in `d ≤ 3` angles; `nil` where no single power describes the quantity.
    ///
    /// Of W₂ it is what is left of `E W₂²` beside the logarithm and the correction (`RateShape`). In several angles W₁ has neither
    /// an exact value nor a known correction here. The loss gap is a sum of two powers, `N^{−1/2}` times the residual and
    /// `N^{−1}`.
    func sharpExponent(dimension: Int) -> Double? {
        switch self {
        case .lossGap: nil
        case .w1: dimension == 1 ? -0.5 : nil
        case .w2: dimension == 3 ? -1.0 / 3 : -0.5
        default: -0.5
        }
    }

    /// The exponent of a proved bound in `d ≤ 3` angles; of W₁ in two angles beside a logarithm.
    ///
    /// Fournier, Guillin, *On the rate of convergence in Wasserstein distance of the empirical measure*, PTRF 162 (2015):
    /// `E W_p^p ≤ C N^{−1/2}` for `d < 2p`, `C N^{−1/2} log(1 + N)` for `d = 2p`, `C N^{−p/d}` for `d > 2p`; the coupling and the
    /// function by Grönwall's inequality, whatever `d`.
    func provedExponent(dimension: Int) -> Double? {
        switch self {
        case .w1: dimension == 3 ? -1.0 / 3 : -0.5
        case .w2: -0.25
        case .lossGap: nil
        default: -0.5
        }
    }
}
