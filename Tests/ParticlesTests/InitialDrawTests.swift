import Foundation
import Testing
import Torus
import Training

@testable import Particles

@Suite struct InitialDrawTests {
    static func laws() throws -> [InitialLaw] {
        let scale = 1 / (4 * Double.pi * .pi)
        let basis = TrigonometricBasis(
            dimension: 2,
            monomials: [[], [.init(.sine, axis: 0), .init(.cosine, axis: 1)]].map { TrigonometricMonomial($0) })
        let grid = try PeriodicGrid(cells: [3, 2])
        let field = Field(grid: grid, values: [0, 2, 1, 1, 0.5, 1.5].map { $0 * scale })
        return [
            .uniform,
            .product([try .vonMises(centre: 1, concentration: 2), try .wrappedCauchy(centre: 2, concentration: 0.5)]),
            .product([try .vonMises(centre: -9, concentration: 300), .uniform]),
            .polynomial(try PolynomialLaw(basis: basis, coefficients: [scale, -0.9 * scale])),
            .field(try FieldLaw(field)),
        ]
    }

    /// Moments of 40,000 draws are within five standard errors, at most 1/√40000 each, of the law's.
    @Test func drawsHaveTheMomentsOfTheirLaw() throws {
        let (count, seed) = (40_000, UInt64(20_261))
        for law in try Self.laws() {
            let ensemble = Ensemble(drawing: count, dimension: 2, from: law, seed: seed, replicate: 3)
            for k in [[1, 0], [0, 1], [1, 1], [1, -1], [2, 0], [0, 3]] {
                var (re, im) = (0.0, 0.0)
                for (a, b) in zip(ensemble.angles(axis: 0), ensemble.angles(axis: 1)) {
                    let phase = Double(k[0]) * a + Double(k[1]) * b
                    re += cos(phase) / Double(count)
                    im += sin(phase) / Double(count)
                }
                let moment = law.moment(k)
                #expect(hypot(re - moment.real, im - moment.imaginary) < 5 / 200, "\(law) k = \(k), seed \(seed)")
            }
        }
    }

    @Test func theFirstDrawsOfMoreAreTheSame() throws {
        for law in try Self.laws() {
            let many = Ensemble(drawing: 50, dimension: 2, from: law, seed: 5, replicate: 1)
            #expect(many.prefix(7) == Ensemble(drawing: 7, dimension: 2, from: law, seed: 5, replicate: 1))
            #expect(many != Ensemble(drawing: 50, dimension: 2, from: law, seed: 5, replicate: 2))
        }
    }

    @Test func theQuantileInvertsTheMass() throws {
        for law in [
            try CircleLaw.vonMises(centre: 1, concentration: 0), try .vonMises(centre: 1, concentration: 2),
            try .vonMises(centre: -5, concentration: 1e4), try .wrappedCauchy(centre: 3, concentration: 0.9),
        ] {
            let quantile = CircleQuantile(law)
            let start = quantile(0)
            for u in [0x1p-53, 0.001, 0.25, 0.5, 0.75, 0.999, 1 - 0x1p-53] {
                // Newton's method stops within four units of the angle's last place, and the nodes of the quadrature are rounded
                // by as many more; a mass errs by the density times that.
                let angle = quantile(u)
                let rounding = 1e-14 + 8 * abs(angle).ulp * law.density(at: angle)
                #expect(abs(law.mass(from: start, to: angle) - u) < rounding, "\(law) at \(u)")
            }
        }
    }
}
