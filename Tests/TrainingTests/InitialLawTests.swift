import Foundation
import Testing
import Torus
import Training

@Suite struct InitialLawTests {
    static func polynomial() throws -> InitialLaw {
        // (1 + 0.5 cos θ₀ + 0.3 sin θ₀ sin 2θ₁) / (2π)²
        let scale = 1 / (4 * Double.pi * .pi)
        let basis = TrigonometricBasis(
            dimension: 2,
            monomials: [
                [], [.init(.cosine, axis: 0)], [.init(.sine, axis: 0), .init(.sine, axis: 1, harmonic: 2)],
            ].map { TrigonometricMonomial($0) })
        return .polynomial(try PolynomialLaw(basis: basis, coefficients: [scale, 0.5 * scale, 0.3 * scale]))
    }

    static func laws() throws -> [InitialLaw] {
        [
            .uniform,
            .product([try .vonMises(centre: 1, concentration: 2), try .vonMises(centre: 2.5, concentration: 2)]),
            .product([try .wrappedCauchy(centre: -4, concentration: 0.6), .uniform]),
            .product([try .vonMises(centre: 7, concentration: 0), try .vonMises(centre: 0, concentration: 40)]),
            try polynomial(),
        ]
    }

    /// The density's rectangle rule converges exponentially: with 400 points it is exact to rounding for these laws.
    static func integral(_ law: InitialLaw, _ weight: (Double, Double) -> Double) -> Double {
        let n = 400
        let step = 2 * Double.pi / Double(n)
        var sum = 0.0
        for j in 0..<n {
            // Row by row, so that rounding does not grow with the square of n.
            sum += (0..<n).reduce(0) { row, i in
                let (a, b) = (Double(i) * step, Double(j) * step)
                return row + law.density(at: [a, b]) * weight(a, b)
            }
        }
        return sum * step * step
    }

    @Test func momentsAndMassAreThoseOfTheDensity() throws {
        for law in try Self.laws() {
            #expect(abs(Self.integral(law) { _, _ in 1 } - 1) < 1e-13)
            for k in [[0, 0], [1, 0], [-1, 2], [0, -3], [1, 2], [1, -2], [2, 1]] {
                let moment = law.moment(k)
                func phase(_ a: Double, _ b: Double) -> Double { Double(k[0]) * a + Double(k[1]) * b }
                #expect(abs(Self.integral(law) { cos(phase($0, $1)) } - moment.real) < 1e-13)
                #expect(abs(Self.integral(law) { sin(phase($0, $1)) } - moment.imaginary) < 1e-13)
            }
            for theta in [[0.3, 1.0], [-2.0, 9.5]] {
                #expect(abs(log(law.density(at: theta)) - law.logDensity(at: theta)) < 1e-13)
            }
        }
    }

    /// Averages over four cells by three against averages over many by many, whose own error the Fourier moments bound.
    @Test func averagesAreIntegralsOverCells() throws {
        let coarse = try PeriodicGrid(cells: [4, 3])
        let fine = try PeriodicGrid(cells: [64, 60])
        for law in try Self.laws() {
            let averages = law.averages(on: fine)
            #expect(abs(averages.integral - 1) < 1e-14 && averages.minimum >= 0)
            let nested = try InitialLaw.field(FieldLaw(averages)).averages(on: coarse)
            for (a, b) in zip(nested.values, law.averages(on: coarse).values) {
                #expect(abs(a - b) < 1e-15 + 1e-13 * b)
            }
            // A wave's mean over a cell is a sinc times its value at the centre.
            for k in [[1, 0], [1, -2], [2, 3]] {
                var sum = 0.0
                var damping = 1.0
                for axis in 0..<2 where k[axis] != 0 {
                    let half = 0.5 * Double(k[axis]) * fine.spacing(axis: axis)
                    damping *= sin(half) / half
                }
                for (index, value) in averages.values.enumerated() {
                    let (a, b) = (fine.centres(axis: 0)[index % 64], fine.centres(axis: 1)[index / 64])
                    sum += value * cos(Double(k[0]) * a + Double(k[1]) * b)
                }
                let aliased = 1e-13 + (law == .uniform ? 0 : 1e-8)
                #expect(abs(sum * fine.cellVolume / damping - law.moment(k).real) < aliased, "\(law) \(k)")
            }
        }
    }

    @Test func closedFormsAtAPoint() throws {
        // I₀(2) = 2.2795853023360673, I₁(2) = 1.5906368546373291 (Abramowitz, Stegun, table 9.8).
        let law = try CircleLaw.vonMises(centre: 1, concentration: 2)
        #expect(abs(law.density(at: 1) - exp(2) / (2 * .pi * 2.2795853023360673)) < 1e-15)
        #expect(
            abs(hypot(law.moment(1).real, law.moment(1).imaginary) - 1.5906368546373291 / 2.2795853023360673) < 1e-15)
        let sharp = try CircleLaw.vonMises(centre: 3, concentration: 1e8)
        #expect(abs(sharp.mass(from: 0, to: 2 * .pi) - 1) < 1e-12)
        #expect(abs(sharp.mass(from: 3, to: 4) - 0.5) < 1e-12)
        let cauchy = try CircleLaw.wrappedCauchy(centre: 0.2, concentration: 0.99)
        #expect(abs(cauchy.mass(from: -1, to: -1 + 2 * .pi) - 1) < 1e-15)
        #expect(cauchy.mass(from: 3, to: 3.0001) > 0)
    }

    @Test func aFieldIsAveragedExactlyOntoAnyGrid() throws {
        let three = Field(grid: try PeriodicGrid(cells: [3]), values: [0, 1, 2].map { $0 / (2 * .pi) })
        let law = InitialLaw.field(try FieldLaw(three))
        let two = law.averages(on: try PeriodicGrid(cells: [2]))
        for (a, b) in zip(two.values, [1.0 / 3, 5.0 / 3]) { #expect(abs(a - b / (2 * .pi)) < 1e-16) }
        #expect(law.averages(on: try PeriodicGrid(cells: [6])).values == [0, 0, 1, 1, 2, 2].map { $0 / (2 * .pi) })
        #expect(law.density(at: [2 * .pi + 2.2]) == 1 / (2 * .pi) && law.density(at: [-0.1]) == 2 / (2 * .pi))
        #expect(abs(law.moment([0]).real - 1) < 1e-15 && law.logDensity(at: [0.1]) == -.infinity)
        // ∫ e^{iθ} over the cells by hand: the primitive is −i e^{iθ}.
        let step = 2 * Double.pi / 3
        let expected = (1...2).reduce((0.0, 0.0)) { sum, cell in
            let (a, b) = (step * Double(cell), step * Double(cell + 1))
            let height = Double(cell) / (2 * .pi)
            return (sum.0 + height * (sin(b) - sin(a)), sum.1 - height * (cos(b) - cos(a)))
        }
        #expect(abs(law.moment([1]).real - expected.0) < 1e-15 && abs(law.moment([1]).imaginary - expected.1) < 1e-15)
    }

    @Test func whatIsNoDensityIsRefusedWithItsDefect() throws {
        let basis = TrigonometricBasis(
            dimension: 1, monomials: [.one, TrigonometricMonomial([.init(.cosine, axis: 0, harmonic: 3)])])
        let level = 1 / (2 * Double.pi)
        #expect(throws: InitialLawError.notNormalised(integral: 2)) {
            try PolynomialLaw(basis: basis, coefficients: [2 * level, 0])
        }
        // It touches 0, which is allowed; a thousandth more is not.
        _ = try PolynomialLaw(basis: basis, coefficients: [level, level])
        let error = #expect(throws: InitialLawError.self) {
            try PolynomialLaw(basis: basis, coefficients: [level, 1.001 * level])
        }
        guard case .negative(let minimum, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(abs(minimum + 0.001 * level) < 1e-15)
        let grid = try PeriodicGrid(cells: [2])
        #expect(throws: InitialLawError.negative(minimum: -1, at: [1.5 * .pi])) {
            try FieldLaw(Field(grid: grid, values: [1, -1]))
        }
        #expect(throws: InitialLawError.self) { try FieldLaw(Field(grid: grid, values: [.nan, 1])) }
        #expect(throws: InitialLawError.self) { try FieldLaw(Field(grid: grid, values: [level, 1.1 * level])) }
        #expect(throws: InitialLawError.self) { try CircleLaw.vonMises(centre: 0, concentration: -1) }
        #expect(throws: InitialLawError.self) { try CircleLaw.wrappedCauchy(centre: 0, concentration: 1) }
        #expect(throws: InitialLawError.self) { try CircleLaw.vonMises(centre: .nan, concentration: 1) }
        #expect(throws: InitialLawError.dimension(law: 1, expert: 2)) {
            try InitialLaw.product([.uniform]).check(dimension: 2)
        }
    }
}
