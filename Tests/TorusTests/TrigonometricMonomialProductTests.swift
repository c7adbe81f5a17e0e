import Foundation
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

    /// Two monomials that share none, some and all of their angles.
    @Test func productsOfMonomialsAreTheProductsOfTheValues() {
        let theta = [0.4, -1.3, 2.2]
        let monomials: [TrigonometricMonomial] = [
            .one, .init([.init(.sine, axis: 1)]), .init([.init(.cosine, axis: 0, harmonic: 2)]),
            .init([.init(.sine, axis: 0), .init(.cosine, axis: 2, harmonic: 3)]),
            .init([.init(.sine, axis: 0), .init(.sine, axis: 1, harmonic: 2), .init(.cosine, axis: 2)]),
        ]
        for a in monomials {
            for b in monomials {
                let sum = a.multiplied(by: b)
                let shared = a.factors.count { factor in b.factors.contains { $0.axis == factor.axis } }
                #expect(sum.count <= 1 << shared && Set(sum.map(\.monomial)).count == sum.count)
                let values = TrigonometricBasis(dimension: 3, monomials: [a, b] + sum.map(\.monomial)).values(at: theta)
                let total = zip(sum, values.dropFirst(2)).reduce(0) { $0 + $1.0.coefficient * $1.1 }
                // At most eight products of sines and cosines, each rounded to some 1e-16.
                #expect(abs(total - values[0] * values[1]) <= 4e-15)
            }
        }
    }

    /// The Fourier moments of a point mass give the monomial's value there; asked as seldom as they need to be.
    @Test func meansUnderAPointMassAreValues() {
        let theta = [0.4, -1.3, 2.2]
        let kinds: [TrigonometricMonomial.Factor.Kind] = [.cosine, .sine]
        for word in 0..<64 {
            // For each axis: no factor, cosine or sine, of harmonic axis + 1.
            let factors = (0..<3).compactMap { axis -> TrigonometricMonomial.Factor? in
                let place = word >> (2 * axis) & 3
                return place == 0 || place == 3 ? nil : .init(kinds[place - 1], axis: axis, harmonic: axis + 1)
            }
            let monomial = TrigonometricMonomial(factors)
            var count = 0
            let mean = monomial.mean(
                dimension: 3,
                fourierMoments: { k in
                    count += 1
                    let phase = zip(k, theta).reduce(0) { $0 + Double($1.0) * $1.1 }
                    return (cos(phase), sin(phase))
                })
            let value = TrigonometricBasis(dimension: 3, monomials: [monomial]).values(at: theta)[0]
            // Phases up to 10, rounded to 2e-15.
            #expect(abs(mean - value) <= 4e-15)
            #expect(count == max(1, 1 << (factors.count - 1)))
        }
    }
}
