import Foundation

/// A law of one angle in closed form.
public struct CircleLaw: Sendable, Hashable {
    /// Which family the law is of.
    public enum Family: Sendable, Hashable {
        /// The density `1/2π`.
        case uniform
        /// The density `exp(κ cos(θ − μ)) / (2π I₀(κ))`.
        case vonMises(centre: Double, concentration: Double)
        /// The density `(1 − r²) / (2π |e^{iθ} − r e^{iμ}|²)`, the Poisson kernel.
        case wrappedCauchy(centre: Double, concentration: Double)
    }

    /// The family, with the parameters.
    public let family: Family
    /// The logarithm of `2π I₀(κ) e^{−κ}`.
    private let logNormaliser: Double

    private init(_ family: Family, logNormaliser: Double) {
        self.family = family
        self.logNormaliser = logNormaliser
    }

    /// The uniform law.
    public static let uniform = CircleLaw(.uniform, logNormaliser: log(2 * .pi))

    /// The von Mises law of centre `μ` in radians and concentration `κ`, from 0 (uniform) to 10⁸.
    ///
    /// - Throws: `InitialLawError`.
    public static func vonMises(centre: Double, concentration: Double) throws(InitialLawError) -> CircleLaw {
        guard centre.isFinite else { throw InitialLawError.centre(centre) }
        guard concentration >= 0, concentration <= 1e8 else {
            throw InitialLawError.concentration(concentration, law: "von Mises", expected: "a number from 0 to 1e8")
        }
        return CircleLaw(
            .vonMises(centre: centre, concentration: concentration),
            logNormaliser: log(2 * .pi * scaledBesselMoment(0, concentration)))
    }

    /// The wrapped Cauchy law of centre `μ` in radians and concentration `r`, from 0 (uniform) to below 1.
    ///
    /// - Throws: `InitialLawError`.
    public static func wrappedCauchy(centre: Double, concentration: Double) throws(InitialLawError) -> CircleLaw {
        guard centre.isFinite else { throw InitialLawError.centre(centre) }
        guard concentration >= 0, concentration < 1 else {
            throw InitialLawError.concentration(
                concentration, law: "wrapped Cauchy", expected: "a number from 0 to below 1")
        }
        return CircleLaw(.wrappedCauchy(centre: centre, concentration: concentration), logNormaliser: log(2 * .pi))
    }

    /// The density at an angle, per radian.
    public func density(at angle: Double) -> Double { exp(logDensity(at: angle)) }

    /// The logarithm of the density at an angle.
    public func logDensity(at angle: Double) -> Double {
        switch family {
        case .uniform: return -logNormaliser
        case .vonMises(let centre, let concentration):
            let half = sin(0.5 * (angle - centre))
            return -2 * concentration * half * half - logNormaliser
        case .wrappedCauchy(let centre, let r):
            let half = sin(0.5 * (angle - centre))
            return log((1 - r) * (1 + r) / ((1 - r) * (1 - r) + 4 * r * half * half)) - logNormaliser
        }
    }

    /// The mass of an arc of at most a turn, to relative rounding where the density is not below 10⁻¹⁰ of its maximum.
    public func mass(from start: Double, to end: Double) -> Double {
        switch family {
        case .uniform: return (end - start) / (2 * .pi)
        case .vonMises(_, let concentration):
            // Panels in which the exponent bends by less than one; ten Gauss points are exact to rounding there.
            let panels = max(1, Int(((end - start) * (1 + concentration).squareRoot()).rounded(.up)))
            let width = (end - start) / Double(panels)
            var sum = 0.0
            for panel in 0..<panels {
                let middle = start + (Double(panel) + 0.5) * width
                for (node, weight) in GaussLegendre.tenPoints {
                    sum += weight * density(at: middle + node * width)
                }
            }
            return sum * width
        case .wrappedCauchy(let centre, let r):
            // The difference of two values of the primitive (1/π) arctan((1+r)/(1−r) tan ψ), ψ = (θ − μ)/2, as one angle.
            let (a, b) = (0.5 * (start - centre), 0.5 * (end - centre))
            let rise = (1 - r) * (1 + r) * sin(b - a)
            return atan2(rise, (1 - r) * (1 - r) * cos(a) * cos(b) + (1 + r) * (1 + r) * sin(a) * sin(b)) / .pi
        }
    }

    /// The moment `∫ e^{ikθ} dμ`.
    public func moment(_ k: Int) -> (real: Double, imaginary: Double) {
        switch family {
        case .uniform: return (k == 0 ? 1 : 0, 0)
        case .vonMises(let centre, let concentration):
            let size = Self.scaledBesselMoment(k, concentration) / Self.scaledBesselMoment(0, concentration)
            return (size * cos(Double(k) * centre), size * sin(Double(k) * centre))
        case .wrappedCauchy(let centre, let r):
            let size = pow(r, Double(abs(k)))
            return (size * cos(Double(k) * centre), size * sin(Double(k) * centre))
        }
    }

    /// `I_k(κ) e^{−κ}`, the mean of `cos kθ · exp(κ (cos θ − 1))`, by the rectangle rule.
    ///
    /// The rule errs by the Bessel functions of order `points − k`, below rounding for the points taken.
    private static func scaledBesselMoment(_ k: Int, _ concentration: Double) -> Double {
        let points = 2 * abs(k) + 48 + Int(16 * concentration.squareRoot())
        var sum = 0.0
        for j in 0..<points {
            let angle = 2 * .pi * Double(j) / Double(points)
            let half = sin(0.5 * angle)
            sum += cos(Double(k) * angle) * exp(-2 * concentration * half * half)
        }
        return sum / Double(points)
    }
}

/// Quadrature on `[−½, ½]`.
enum GaussLegendre {
    /// Ten points and weights, exact for polynomials of degree 19 (Abramowitz, Stegun, table 25.4, halved).
    static let tenPoints: [(node: Double, weight: Double)] = {
        let half = [
            (0.148874338981631210884826001130, 0.295524224714752870173815619189),
            (0.433395394129247190799265943166, 0.269266719309996355091226921569),
            (0.679409568299024406234327365115, 0.219086362515982043995534934228),
            (0.865063366688984510732096688423, 0.149451349150580593145863397658),
            (0.973906528517171720077964012084, 0.066671344308688137593568809893),
        ]
        return half.flatMap { [(-0.5 * $0.0, 0.5 * $0.1), (0.5 * $0.0, 0.5 * $0.1)] }
    }()
}
