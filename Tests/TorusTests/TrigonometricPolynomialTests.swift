import Foundation
import Testing
import Torus

@Suite struct TrigonometricPolynomialTests {
    private static let names = ["a", "b"]

    @Test func equalMonomialsAreAdded() throws {
        let polynomial = try TrigonometricPolynomial(
            ["cos(a)*cos(b)": 1, "cos(b)*cos(a)": 2, "1": 0.5, "sin(0*a)": 7, "cos(0*b)": 0.25], names: Self.names)
        #expect(polynomial.basis.monomials.map(\.description) == ["1", "cos(theta0)*cos(theta1)"])
        #expect(polynomial.coefficients == [0.75, 3])
    }

    /// Products of harmonics of one angle, by the value at points within and beyond the period.
    @Test(arguments: ["cos(a)*cos(a)", "sin(a)*sin(2*a)*cos(b)", "sin(-2*a)*cos(3*a)", "cos(a)*sin(a)*sin(b)*sin(-b)"])
    func productsOfOneAngleBecomeHarmonics(text: String) throws {
        let polynomial = try TrigonometricPolynomial([text: 1.5], names: Self.names)
        for point in [[0.3, -1.2], [7.1, 100], [-20, 2.5]] {
            let expected = try HarmonicProduct(text).factors.reduce(1.5) { product, factor in
                guard case .harmonic(let kind, let multiple, let name) = factor else { return .nan }
                let angle = multiple * point[Self.names.firstIndex(of: name) ?? 0]
                return product * (kind == .cosine ? cos(angle) : sin(angle))
            }
            // Angles up to 300 are rounded to 6e-14 at most.
            #expect(abs(polynomial.value(at: point) - expected) < 2e-13)
        }
    }

    @Test func whatIsNotPeriodicIsRefused() {
        #expect(throws: TrigonometricPolynomialError.notPeriodic(name: "a", term: "a")) {
            try TrigonometricPolynomial(["a": 1], names: Self.names)
        }
        #expect(throws: TrigonometricPolynomialError.notWhole(multiple: 0.5, term: "cos(0.5*a)")) {
            try TrigonometricPolynomial(["cos(0.5*a)": 1], names: Self.names)
        }
        #expect(throws: TrigonometricPolynomialError.unknownName("c", term: "cos(c)", names: Self.names)) {
            try TrigonometricPolynomial(["cos(c)": 1], names: Self.names)
        }
        #expect(throws: TrigonometricPolynomialError.notFinite(term: "cos(a)", coefficient: .infinity)) {
            try TrigonometricPolynomial(["cos(a)": .infinity], names: Self.names)
        }
    }
}
