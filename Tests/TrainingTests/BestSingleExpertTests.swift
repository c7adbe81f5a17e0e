import Experts
import Foundation
import Testing
import Torus
import Training

@Suite struct BestSingleExpertTests {
    static func problem(
        _ monomials: [TrigonometricMonomial], _ coefficients: [Double], _ targets: [Double]
    )
        -> MeanFieldProblem
    {
        MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: 1, monomials: monomials), datumCount: targets.count,
                coefficients: coefficients), targets: targets)
    }

    /// `cos(θ − x)` at x = 0, π/2: the nearest point of the circle to the targets.
    @Test func onTheCircleItIsTheNearestPoint() throws {
        let monomials = [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { TrigonometricMonomial($0) }
        let best = try #require(
            BestSingleExpert(Self.problem(monomials, [1, 0, 0, 1], [0.5, -0.3])))
        #expect(abs(best.parameters[0] - (2 * .pi - atan2(0.3, 0.5))) < 1e-8)
        let radius = hypot(0.5, 0.3)
        #expect(abs(best.loss - (1 - radius) * (1 - radius) / 4) < 1e-14)
    }

    /// Random polynomials of degree 5 against a scan a hundred times as fine.
    @Test func noPointOfAFineScanIsBetter() throws {
        let generator = Philox(seed: 31)
        let monomials = (1...5).flatMap { k in
            [TrigonometricMonomial.Factor.Kind.cosine, .sine].map {
                TrigonometricMonomial([.init($0, axis: 0, harmonic: k)])
            }
        }
        for trial in 0..<20 {
            let numbers = (0..<33).map { 2 * generator.uniforms(SIMD4(UInt32($0), UInt32(trial), 0, 0))[0] - 1 }
            let problem = Self.problem(monomials, Array(numbers[0..<30]), Array(numbers[30...]))
            let best = try #require(BestSingleExpert(problem))
            let scan = (0..<20_000).map { point in
                problem.loss(moments: problem.basis.values(at: [2 * .pi * Double(point) / 20_000]))
            }
            #expect(best.loss <= (scan.min() ?? 0) + 1e-12, "trial \(trial), seed 31")
        }
    }
}
