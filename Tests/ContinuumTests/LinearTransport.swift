import Foundation
import Torus
import Training

/// Transport in the potential `V = −cos θ₀ − ½ sin(θ₀ + 2θ₁)` from a product of von Mises laws, and values of its density.
enum LinearTransport {
    static func problem() throws -> MeanFieldProblem {
        let potential = try TrigonometricPolynomial(
            ["cos(a)": -1, "sin(a)*cos(2*b)": -0.5, "cos(a)*sin(2*b)": -0.5], names: ["a", "b"])
        return MeanFieldProblem(
            potential: potential.basis, weights: potential.coefficients,
            initialLaw: .product([
                try .vonMises(centre: 1, concentration: 2), try .vonMises(centre: 2.5, concentration: 2),
            ]))
    }

    /// `ρ_t(θ₀, θ₁)` per radian²: characteristics and their Jacobian integrated backwards with 50 digits, rounded.
    static let densities: [(time: Double, theta0: Double, theta1: Double, density: Double)] = [
        (0.5, 0.3, 0.7, 0.1384679528135721),
        (0.5, 1.0, 2.5, 0.1320195457613232),
        (0.5, 2.2, 4.9, 0.0007563666871449482),
        (0.5, 3.5, 1.1, 0.0002485173561383086),
        (0.5, 4.4, 3.3, 0.0005511047730700447),
        (0.5, 5.1, 5.9, 5.1231676893938956e-05),
        (0.5, 6.0, 2.0, 0.03803249782123166),
        (0.5, 0.8, 5.5, 0.002847816893552414),
        (1.5, 0.3, 0.7, 0.13260914860088494),
        (1.5, 1.0, 2.5, 0.0036245449135448886),
        (1.5, 2.2, 4.9, 2.9082834360604296e-05),
        (1.5, 3.5, 1.1, 7.670495849904548e-06),
        (1.5, 4.4, 3.3, 1.9770456330633666e-05),
        (1.5, 5.1, 5.9, 4.121687152939911e-06),
        (1.5, 6.0, 2.0, 0.00554085938085876),
        (1.5, 0.8, 5.5, 0.00029893272275118644),
    ]
}
