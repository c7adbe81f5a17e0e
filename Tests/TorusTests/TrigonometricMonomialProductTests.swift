import Testing
import Torus

@Suite struct TrigonometricMonomialProductTests {
    /// Every pair of kinds and harmonics up to 3, and a factor on an axis of its own.
    @Test func productsAreTheProductsOfTheValues() {
        let kinds: [TrigonometricMonomial.Factor.Kind] = [.cosine, .sine]
        let theta = [0.4, -1.3, 2.2]
        for (first, second) in kinds.flatMap({ a in kinds.map { (a, $0) } }) {
            for (a, k) in (1...3).flatMap({ a in (1...3).map { (a, $0) } }) {
                for axis in [0, 1, 2] {
                    let monomial = TrigonometricMonomial([
                        .init(first, axis: 1, harmonic: a), .init(.sine, axis: 2, harmonic: 1),
                    ])
                    let factor = TrigonometricMonomial.Factor(second, axis: axis, harmonic: k)
                    let sum = monomial.multiplied(by: factor)
                    let basis = TrigonometricBasis(dimension: 3, monomials: [monomial] + sum.map(\.monomial))
                    let values = basis.values(at: theta)
                    var total = 0.0
                    for (term, value) in zip(sum, values.dropFirst()) { total += term.coefficient * value }
                    // Three products of sines and cosines, each rounded to 1e-16.
                    #expect(abs(total - values[0] * factor.value(at: theta[axis])) <= 1e-15)
                    #expect(sum.count <= 2)
                }
            }
        }
    }
}
