import Foundation
import Torus

/// How the mean of a quantity, to the power that is fitted, falls with the number of experts, but for the power law itself.
enum RateShape: Sendable, Equatable {
    /// `C N^{p e}` with any `C`: the exponent `e` of the quantity, its mean to the power `p` fitted.
    case power
    /// `(a ln N + b) N^{2e}`, `a` known: `E W₂²` in two angles, where `e = −1/2`.
    case plane(amplitude: Double)
    /// `(a + b N^{−1/3}) N^{2e}`, `a` known: `E W₂²` in three angles, where `e = −1/3`.
    case space(amplitude: Double)

    /// The shape of `E W₂²` for atoms that are locally independent, at a density that is bounded above and below.
    ///
    /// In two angles `a = (2π)²/4π` whatever the density (Ambrosio, Goldman, Trevisan, *On the quadratic random matching problem in
    /// two-dimensional domains*, EJP 27 (2022)). In three `a = c ∫ρ^{1/3}`, as the distance within a small cube scales with
    /// the number of atoms in it (Goldman, Trevisan, *Optimal transport methods for combinatorial optimization over two
    /// random point sets*, PTRF 188 (2024)); `c = 0.4452(6)` is measured on the uniform law.
    init(squaredW2 density: Field) {
        switch density.grid.dimension {
        case 2: self = .plane(amplitude: Double.pi)
        case 3:
            let integral = density.values.reduce(0) { $0 + cbrt($1) } * density.grid.cellVolume
            self = .space(amplitude: 0.4452 * integral)
        default: self = .power
        }
    }

    /// The factor with a known amplitude, and what its correction is multiplied by; none for a plain power.
    func terms(count: Int) -> (known: Double, correction: Double)? {
        switch self {
        case .power: nil
        case .plane(let amplitude): (amplitude * log(Double(count)), 1)
        case .space(let amplitude): (amplitude, 1 / cbrt(Double(count)))
        }
    }
}
