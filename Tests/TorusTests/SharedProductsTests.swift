import Testing

@testable import Torus

@Suite struct SharedProductsTests {
    /// Random monomials in `d` angles, harmonics up to 2.
    static func basis(_ count: Int, dimension: Int, seed: UInt64) -> TrigonometricBasis {
        let generator = Philox(seed: seed)
        return TrigonometricBasis(
            dimension: dimension,
            monomials: (0..<count).map { m in
                TrigonometricMonomial(
                    (0..<dimension).compactMap { axis in
                        let uniform = generator.uniforms(SIMD4(UInt32(m), UInt32(axis), 0, 0))
                        guard uniform[0] < 0.6 else { return nil }
                        return .init(uniform[1] < 0.5 ? .cosine : .sine, axis: axis, harmonic: uniform[0] < 0.3 ? 1 : 2)
                    })
            })
    }

    /// The functions that a row is the product of.
    static func functions(of row: Int, _ shared: SharedProducts) -> [Int] {
        if row < shared.functionCount { return [row] }
        if row == shared.functionCount { return [] }
        let pair = shared.products[row - shared.functionCount - 1]
        return functions(of: pair.first, shared) + functions(of: pair.second, shared)
    }

    @Test(arguments: [0, 1, 2, 3, 200], [SharedProducts.pairLimit, 0])
    func monomialsAreProductsOfTheirFactors(count: Int, pairLimit: Int) {
        let basis = Self.basis(count, dimension: 7, seed: 5)
        let shared = SharedProducts(basis, pairLimit: pairLimit)
        for (monomial, pair) in zip(basis.monomials, shared.monomials) {
            let factors = monomial.factors.map {
                shared.offsets[$0.axis] + 2 * ($0.harmonic - 1) + ($0.kind == .cosine ? 0 : 1)
            }
            let found = Self.functions(of: pair.first, shared) + Self.functions(of: pair.second, shared)
            #expect(found.sorted() == factors.sorted())
        }
        // A product comes after its factors, and none is made twice.
        for (n, pair) in shared.products.enumerated() {
            #expect(pair.first < pair.second && pair.second < shared.functionCount + 1 + n)
        }
        #expect(Set(shared.products.map { [$0.first, $0.second] }).count == shared.products.count)
    }

    @Test func aPairThatManyMonomialsHoldIsMultipliedOnce() {
        // cos θ0 · sin θ2, with and without others between.
        let monomials = (0..<4).map { k in
            TrigonometricMonomial([
                .init(.cosine, axis: 0), .init(k < 2 ? .cosine : .sine, axis: 1), .init(.sine, axis: 2),
                .init(k % 2 == 0 ? .cosine : .sine, axis: 3),
            ])
        }
        let shared = SharedProducts(TrigonometricBasis(dimension: 4, monomials: monomials))
        // Three: the pair, and the pair with either function of θ1 (or of θ3). In the order of the factors it takes four.
        #expect(shared.products.count == 3)
        #expect(SharedProducts(shared.basis, pairLimit: 0).products.count == 4)
    }

    /// Sweeps over either kind of products agree with the basis, point by point.
    @Test(arguments: [SharedProducts.pairLimit, 0])
    func sweepsAgreeWithTheBasis(pairLimit: Int) {
        let (basis, count) = (Self.basis(60, dimension: 5, seed: 8), 37)
        let sweep = TrigonometricSweep(
            SharedProducts(basis, pairLimit: pairLimit), count: count, parallelism: .serial)
        let generator = Philox(seed: 9)
        let points = (0..<5 * count).map { 20 * generator.uniforms(SIMD4(UInt32($0), 0, 0, 0))[0] - 10 }
        let weights = (0..<60).map { generator.uniforms(SIMD4(UInt32($0), 1, 0, 0))[0] - 0.5 }
        var gradient = points
        sweep.gradient(at: points, weights: weights, scale: 1, into: &gradient)
        for i in 0..<count {
            for (axis, row) in basis.gradients(at: (0..<5).map { points[$0 * count + i] }).enumerated() {
                let expected = zip(weights, row).reduce(0) { $0 + $1.0 * $1.1 }
                // Sixty terms of size up to 1, each a product of up to five factors with errors of 3e-16.
                #expect(abs(gradient[axis * count + i] - expected) < 60 * 5 * 3e-16)
            }
        }
    }
}
