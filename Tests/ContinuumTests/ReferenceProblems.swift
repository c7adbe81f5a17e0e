import Experts
import Foundation
import Torus
import Training

/// Problems whose expansions are written down, so that these tests need no circuit.
enum ReferenceProblems {
    /// `f = cos(θ − x)` at the given inputs and targets.
    static func cosine(
        inputs: [Double], targets: [Double], from law: InitialLaw = .uniform
    ) -> MeanFieldProblem {
        MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(
                    dimension: 1, monomials: [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { .init($0) }),
                datumCount: inputs.count, coefficients: inputs.map { cos($0) } + inputs.map { sin($0) }),
            targets: targets, initialLaw: law)
    }

    /// The one-qubit case `x = (0, π/2)`, `y = (0.5, 0.3)`, which converges to a smooth density.
    static let oneQubit = oneQubit(from: .uniform)

    /// The same from another law.
    static func oneQubit(from law: InitialLaw) -> MeanFieldProblem {
        cosine(inputs: [0, .pi / 2], targets: [0.5, 0.3], from: law)
    }

    /// Targets outside of the experts' reach: the law concentrates on a point.
    static let concentrating = cosine(inputs: [0, .pi / 2], targets: [0.9, 0.8])

    /// A constant and harmonics 1 to 3 with three data: outside of the exact family.
    static let threeHarmonics = MeanFieldProblem(
        expansion: TrigonometricExpansion(
            basis: TrigonometricBasis(
                dimension: 1,
                monomials: [.one]
                    + (1...3).flatMap { k in
                        [TrigonometricMonomial.Factor.Kind.cosine, .sine].map {
                            TrigonometricMonomial([.init($0, axis: 0, harmonic: k)])
                        }
                    }),
            datumCount: 3,
            coefficients: [
                0.1, -0.2, 0.05, 0.5, 0.2, -0.3, 0.1, 0.4, 0.2, 0.3, -0.1, 0.2, -0.2, 0.25, 0.15, 0.1, 0.05, -0.1, 0.05,
                0.1, 0.2,
            ]), targets: [0.3, -0.2, 0.25])

    /// `z(t)` and the loss of the one-qubit case: the equation of `AdditiveSolution` in 50-digit arithmetic, rounded.
    static let oneQubitValues: [(time: Double, real: Double, imaginary: Double, loss: Double)] = [
        (0, 0.0, 0.0, 0.08499999999999999),
        (0.5, 0.05866267741262297, 0.03519760644757376, 0.06622473498492212),
        (1, 0.11002876458399224, 0.06601725875039532, 0.05170637191364169),
        (2, 0.1937756543030578, 0.11626539258183467, 0.031882938965156926),
        (5, 0.34316892203987537, 0.20590135322392517, 0.008362635584805794),
        (10, 0.44087121531263895, 0.2645227291875833, 0.001188712480725464),
        (20, 0.4896303907543628, 0.2937782344526176, 3.655979060844952e-05),
    ]

    /// The Poisson kernel's average over a cell `[a, b]`, by its primitive
    /// `(1/π) atan2((1 + r) sin ψ, (1 − r) cos ψ)`, `ψ = (θ − arg z)/2`.
    static func poissonAverage(_ z: (real: Double, imaginary: Double), _ a: Double, _ b: Double) -> Double {
        let (r, phase) = (hypot(z.real, z.imaginary), atan2(z.imaginary, z.real))
        func primitive(_ angle: Double) -> Double {
            let psi = 0.5 * (angle - phase)
            return atan2((1 + r) * sin(psi), (1 - r) * cos(psi)) / .pi
        }
        let mass = primitive(b) - primitive(a)
        return (mass - mass.rounded(.down)) / (b - a)
    }

    static func poissonAverages(_ z: (real: Double, imaginary: Double), on grid: PeriodicGrid) -> [Double] {
        let faces = grid.faces(axis: 0)
        return zip(faces, faces.dropFirst()).map { poissonAverage(z, $0, $1) }
    }
}
