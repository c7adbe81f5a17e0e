import Foundation
import Torus
import Training

extension InitialLaw {
    /// The mass of an arc of at most a turn, of a law of one angle; angles need not be wrapped.
    func mass(from start: Double, to end: Double) -> Double {
        if end - start >= 2 * .pi * (1 - 1e-15) { return 1 }
        switch self {
        case .uniform: return (end - start) / (2 * .pi)
        case .product(let axes): return axes[0].mass(from: start, to: end)
        case .polynomial(let law):
            let sum = zip(law.basis.monomials, law.coefficients).reduce(0) { sum, term in
                guard let factor = term.0.factors.first else { return sum + term.1 * (end - start) }
                // The mean over an arc is the value in its middle times a sinc.
                let half = 0.5 * Double(factor.harmonic) * (end - start)
                return sum + term.1 * factor.value(at: 0.5 * (start + end)) * 2 * sin(half) / Double(factor.harmonic)
            }
            return max(0, sum)
        case .field(let law):
            let grid = law.field.grid
            let (n, h) = (grid.cells[0], grid.spacing(axis: 0))
            let first = Int((start / h).rounded(.down))
            let last = Int((end / h).rounded(.down))
            return (first...max(first, last)).reduce(0) { sum, cell in
                let overlap = min(end, Double(cell + 1) * h) - max(start, Double(cell) * h)
                return sum + law.field.values[((cell % n) + n) % n] * max(0, overlap)
            }
        }
    }
}
