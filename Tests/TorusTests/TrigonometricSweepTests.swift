import Foundation
import Testing
import Torus

@Suite struct TrigonometricSweepTests {
    static let basis = TrigonometricBasis(
        dimension: 3,
        monomials: [
            .one, TrigonometricMonomial([.init(.cosine, axis: 0)]),
            TrigonometricMonomial([.init(.sine, axis: 2, harmonic: 3)]),
            TrigonometricMonomial([.init(.sine, axis: 0, harmonic: 2), .init(.cosine, axis: 1)]),
            TrigonometricMonomial([.init(.sine, axis: 0), .init(.sine, axis: 1, harmonic: 2), .init(.cosine, axis: 2)]),
        ])

    static func points(_ count: Int) -> [Double] {
        let generator = Philox(seed: 11)
        return (0..<3 * count).map { 20 * generator.uniforms(SIMD4(UInt32($0), 0, 0, 0))[0] - 10 }
    }

    static func sweep(_ count: Int, _ threads: Int) -> (moments: [Double], gradient: [Double]) {
        let sweep = TrigonometricSweep(basis: basis, count: count, parallelism: Parallelism(threads: threads))
        let weights = [3.0, -0.5, 0.25, 1.5, -2]
        var moments = Array(repeating: 0.0, count: basis.count)
        var gradient = Array(repeating: 0.0, count: 3 * count)
        let points = points(count)
        sweep.moments(of: points, into: &moments)
        sweep.gradient(at: points, followsMoments: true, weights: weights, scale: -1, into: &gradient)
        var again = Array(repeating: 0.0, count: 3 * count)
        sweep.gradient(at: points, weights: weights, scale: -1, into: &again)
        #expect(again == gradient)
        return (moments, gradient)
    }

    @Test(arguments: [1, 2, 7, 8, 9, 1000, 4097])
    func agreesWithTheBasisPointByPoint(count: Int) {
        let (moments, gradient) = Self.sweep(count, 1)
        let points = Self.points(count)
        let weights = [3.0, -0.5, 0.25, 1.5, -2]
        var sums = Array(repeating: 0.0, count: Self.basis.count)
        for i in 0..<count {
            let theta = (0..<3).map { points[$0 * count + i] }
            for (m, value) in Self.basis.values(at: theta).enumerated() { sums[m] += value }
            for (axis, row) in Self.basis.gradients(at: theta).enumerated() {
                let expected = -zip(weights, row).reduce(0) { $0 + $1.0 * $1.1 }
                // Five terms of size up to 4, each a product of a few factors with errors of 3e-16.
                #expect(abs(gradient[axis * count + i] - expected) < 3e-14)
            }
        }
        for m in sums.indices { #expect(abs(moments[m] - sums[m] / Double(count)) < 1e-14) }
    }

    @Test(arguments: [1, 7, 8, 9, 4097])
    func massesAndLaplaciansAgreeWithTheBasis(count: Int) {
        let sweep = TrigonometricSweep(basis: Self.basis, count: count, parallelism: .serial)
        let points = Self.points(count)
        let weights = [3.0, -0.5, 0.25, 1.5, -2]
        let masses = (0..<count).map { (1 + sin(Double($0))) / Double(count) }
        var moments = Array(repeating: 0.0, count: Self.basis.count)
        var gradient = Array(repeating: 0.0, count: 3 * count)
        var both = Array(repeating: 0.0, count: 4 * count)
        sweep.moments(of: points, masses: masses, into: &moments)
        sweep.gradient(at: points, weights: weights, scale: -1, into: &gradient)
        sweep.gradientAndLaplacian(at: points, weights: weights, scale: -1, into: &both)
        var sums = Array(repeating: 0.0, count: Self.basis.count)
        for i in 0..<count {
            let values = Self.basis.values(at: (0..<3).map { points[$0 * count + i] })
            var laplacian = 0.0
            for (m, monomial) in Self.basis.monomials.enumerated() {
                sums[m] += masses[i] * values[m]
                let square = monomial.factors.reduce(0) { $0 + $1.harmonic * $1.harmonic }
                laplacian -= Double(square) * weights[m] * values[m]
            }
            // Terms of size up to 12, each a product of a few factors with errors of 3e-16.
            #expect(abs(both[3 * count + i] - laplacian) < 1e-13)
        }
        for m in sums.indices { #expect(abs(moments[m] - sums[m]) < 1e-14) }
        for (a, b) in zip(both, gradient) { #expect(abs(a - b) < 1e-14) }
    }

    @Test func theNumberOfThreadsChangesNoBit() {
        let one = Self.sweep(50_001, 1)
        for threads in [2, 3, 8] {
            let many = Self.sweep(50_001, threads)
            #expect(one.moments == many.moments && one.gradient == many.gradient)
        }
    }
}
