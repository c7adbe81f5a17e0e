import Foundation
import TimeStepping
import Torus
public import Training

/// The exact solution of a problem whose expert is a sum of first harmonics of single angles.
///
/// The potential is then a sum too, so the law stays a product over the angles. With `z_p = ∫ e^{iθ_p} dμ`:
/// `dz_p/dt = ½ (H_p − H̄_p z_p²)`, `H_p = −(1/n) Σ_a r_a c_p(x_a)`, `F(x) = a(x) + Σ_p Re(c_p(x) z̄_p)`, and each factor of the density is
/// the Poisson kernel `(1 − |z_p|²) / (2π |e^{iθ_p} − z_p|²)`. These `d` equations, integrated to rounding, judge the solvers of the
/// density.
///
/// Source: Ott, Antonsen, *Low dimensional behavior of large systems of globally coupled oscillators*, Chaos 18 (2008).
public struct AdditiveSolution: Sendable {
    /// The times.
    public let times: [Double]
    /// `z_p` at each time, as `[time][p]`, real and imaginary part.
    public let moments: [[(real: Double, imaginary: Double)]]
    /// The loss at each time.
    public let losses: [Double]

    /// The solution at increasing times from 0 on.
    ///
    /// - Throws: `TimeSteppingError` when the integration fails.
    public init(_ form: AdditiveForm, times: [Double]) throws {
        let system = OrderParameters(form: form)
        let solver = AdaptiveRungeKutta(
            system, state: form.initialMoments.flatMap { [$0.real, $0.imaginary] }, pair: .dormandPrince853,
            tolerance: 1e-14)
        var states: [[Double]] = []
        for time in times {
            try solver.advance(to: time)
            states.append(Array(solver.state))
        }
        self.times = times
        moments = states.map { state in
            stride(from: 0, to: state.count, by: 2).map { (real: state[$0], imaginary: state[$0 + 1]) }
        }
        losses = states.map(system.loss)
    }

    /// The density `ρ(θ)` at the given output, per radian^d.
    public func density(at theta: [Double], output: Int) -> Double {
        zip(moments[output], theta).reduce(1) { density, axis in
            let ((re, im), angle) = axis
            let (dx, dy) = (cos(angle) - re, sin(angle) - im)
            return density * (1 - re * re - im * im) / (2 * .pi * (dx * dx + dy * dy))
        }
    }

    /// The law at the given output, a product of wrapped Cauchy laws: its cell averages and moments are exact.
    ///
    /// - Throws: `InitialLawError` where rounding has taken a `|z_p|` to 1.
    public func law(output: Int) throws -> InitialLaw {
        .product(
            try moments[output].map { z in
                try .wrappedCauchy(centre: atan2(z.imaginary, z.real), concentration: hypot(z.real, z.imaginary))
            })
    }

    private struct OrderParameters: DynamicalSystem {
        let form: AdditiveForm
        var dimension: Int { 2 * form.cosine.count }

        /// `r_a` of a state.
        func residual(_ a: Int, _ state: (Int) -> Double) -> Double {
            form.cosine.indices.reduce(form.constant[a] - form.targets[a]) { sum, p in
                sum + form.cosine[p][a] * state(2 * p) + form.sine[p][a] * state(2 * p + 1)
            }
        }

        func loss(_ state: [Double]) -> Double {
            form.targets.indices.reduce(0) { sum, a in
                let r = residual(a) { state[$0] }
                return sum + r * r
            } / (2 * Double(form.targets.count))
        }

        func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
            for i in 0..<dimension { rate[i] = 0 }
            for a in form.targets.indices {
                let r = residual(a) { state[$0] } / Double(form.targets.count)
                for p in form.cosine.indices {
                    rate[2 * p] -= r * form.cosine[p][a]
                    rate[2 * p + 1] -= r * form.sine[p][a]
                }
            }
            for p in form.cosine.indices {
                let (forceRe, forceIm) = (rate[2 * p], rate[2 * p + 1])
                let (re, im) = (state[2 * p], state[2 * p + 1])
                let (squareRe, squareIm) = (re * re - im * im, 2 * re * im)
                rate[2 * p] = 0.5 * (forceRe - (forceRe * squareRe + forceIm * squareIm))
                rate[2 * p + 1] = 0.5 * (forceIm - (forceRe * squareIm - forceIm * squareRe))
            }
        }
    }
}
