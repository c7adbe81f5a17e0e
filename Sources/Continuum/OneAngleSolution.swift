import Foundation
import TimeStepping
import Torus
public import Training

/// The exact solution of a problem with one angle used once, from the uniform law.
///
/// With `z = ∫ e^{iθ} dμ`: `dz/dt = ½ (H − H̄ z²)`, `H = −(1/n) Σ_a r_a c(x_a)`, `F(x) = a(x) + Re(c(x) z̄)`, and the density is
/// the Poisson kernel `ρ_t(θ) = (1 − |z|²) / (2π |e^{iθ} − z|²)`. This one equation, integrated to rounding, judges the
/// solvers of the density.
///
/// Source: Ott, Antonsen, *Low dimensional behavior of large systems of globally coupled oscillators*, Chaos 18 (2008).
public struct OneAngleSolution: Sendable {
    /// The times.
    public let times: [Double]
    /// `z` at each time, real and imaginary part.
    public let moments: [(real: Double, imaginary: Double)]
    /// The loss at each time.
    public let losses: [Double]

    /// The solution at increasing times from 0 on.
    ///
    /// - Throws: `TimeSteppingError` when the integration fails.
    public init(_ form: OneAngleForm, times: [Double]) throws {
        let system = OrderParameter(form: form)
        let solver = AdaptiveRungeKutta(system, state: [0, 0], pair: .dormandPrince853, tolerance: 1e-14)
        var moments: [(real: Double, imaginary: Double)] = []
        for time in times {
            try solver.advance(to: time)
            moments.append((solver.state[0], solver.state[1]))
        }
        self.times = times
        self.moments = moments
        losses = moments.map { system.loss($0.real, $0.imaginary) }
    }

    /// The density `ρ(θ)` at the given output.
    public func density(at angle: Double, output: Int) -> Double {
        let (re, im) = moments[output]
        let (dx, dy) = (cos(angle) - re, sin(angle) - im)
        return (1 - re * re - im * im) / (2 * .pi * (dx * dx + dy * dy))
    }

    private struct OrderParameter: DynamicalSystem {
        let form: OneAngleForm
        let dimension = 2

        func residual(_ a: Int, _ re: Double, _ im: Double) -> Double {
            form.constant[a] + form.cosine[a] * re + form.sine[a] * im - form.targets[a]
        }

        func loss(_ re: Double, _ im: Double) -> Double {
            form.targets.indices.reduce(0) { $0 + residual($1, re, im) * residual($1, re, im) }
                / (2 * Double(form.targets.count))
        }

        func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
            let (re, im) = (state[0], state[1])
            var (forceRe, forceIm) = (0.0, 0.0)
            for a in form.targets.indices {
                let r = residual(a, re, im) / Double(form.targets.count)
                forceRe -= r * form.cosine[a]
                forceIm -= r * form.sine[a]
            }
            let (squareRe, squareIm) = (re * re - im * im, 2 * re * im)
            rate[0] = 0.5 * (forceRe - (forceRe * squareRe + forceIm * squareIm))
            rate[1] = 0.5 * (forceIm - (forceRe * squareIm - forceIm * squareRe))
        }
    }
}
