import Testing
import Torus

@Suite struct HarmonicProductTests {
    @Test func textsAreRead() throws {
        #expect(try HarmonicProduct("1").factors.isEmpty)
        #expect(try HarmonicProduct("  1 ").factors.isEmpty)
        #expect(
            try HarmonicProduct("cos(theta0)*sin( 2 * theta[3] ) * x_1").factors == [
                .harmonic(.cosine, multiple: 1, name: "theta0"), .harmonic(.sine, multiple: 2, name: "theta[3]"),
                .value(name: "x_1"),
            ])
        #expect(try HarmonicProduct("sin(-a)").factors == [.harmonic(.sine, multiple: -1, name: "a")])
        #expect(try HarmonicProduct("cos(-0.5*a)").factors == [.harmonic(.cosine, multiple: -0.5, name: "a")])
    }

    /// The texts that monomials print are read back.
    @Test func monomialsComeBack() throws {
        let monomial = TrigonometricMonomial([.init(.cosine, axis: 0), .init(.sine, axis: 2, harmonic: 3)])
        let terms = try TrigonometricPolynomial.terms(
            of: HarmonicProduct(monomial.description).factors, text: "", names: ["theta0", "theta1", "theta2"])
        #expect(terms.count == 1 && terms[0].monomial == monomial && terms[0].coefficient == 1)
    }

    @Test(
        arguments: [
            ("", 1), ("2", 1), ("cos", nil), ("cos(", 5), ("cos(a", 6), ("tan(a)", 4), ("cos(a))", 7), ("cos(a)*", 8),
            ("*cos(a)", 1), ("cos(2a)", 6), ("cos(1.2.3*a)", 5), ("cos(a)+sin(a)", 7), ("a[", 2), ("a[x]", 2),
            ("11", 1),
            ("cos()", 5), ("1*a", 1),
        ] as [(String, Int?)])
    func otherTextsAreRefused(text: String, column: Int?) {
        do {
            let product = try HarmonicProduct(text)
            // `cos` alone is a name like any other.
            #expect(column == nil && product.factors == [.value(name: "cos")])
        } catch let error as HarmonicProductError {
            #expect(error.column == column, "\(error)")
            #expect("\(error)".contains("expected"))
        } catch {
            Issue.record("\(error)")
        }
    }
}
