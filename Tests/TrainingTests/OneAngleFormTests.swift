import Experts
import Foundation
import Testing
import Torus

@testable import Training

@Suite("One angle used once")
struct OneAngleFormTests {
    private func problem(
        _ monomials: [TrigonometricMonomial], dimension: Int = 1, amplitude: Double = 1
    ) -> MeanFieldProblem {
        MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: dimension, monomials: monomials), datumCount: 3,
                coefficients: (0..<3 * monomials.count).map { Double($0 + 1) }),
            targets: [0.5, -0.5], heldOutTargets: [0.25], amplitude: amplitude)
    }

    private let cosine = TrigonometricMonomial([.init(.cosine, axis: 0)])
    private let sine = TrigonometricMonomial([.init(.sine, axis: 0)])

    @Test("constant, cosine and sine are found wherever they stand, for the training data alone")
    func parts() throws {
        let form = try #require(OneAngleForm(problem([sine, .one, cosine])))
        #expect(form.sine == [1, 2])
        #expect(form.constant == [4, 5])
        #expect(form.cosine == [7, 8])
        #expect(form.targets == [0.5, -0.5])
        #expect(try #require(OneAngleForm(problem([sine, .one, cosine], amplitude: 2))).cosine == [14, 16])
    }

    @Test("parts that the basis lacks are zero")
    func missingParts() throws {
        let form = try #require(OneAngleForm(problem([sine])))
        #expect(form.constant == [0, 0] && form.cosine == [0, 0] && form.sine == [1, 2])
        let constant = try #require(OneAngleForm(problem([.one])))
        #expect(constant.cosine == [0, 0] && constant.sine == [0, 0])
    }

    @Test("higher harmonics and more angles have no such form")
    func otherProblems() {
        #expect(OneAngleForm(problem([cosine, .init([.init(.sine, axis: 0, harmonic: 2)])])) == nil)
        #expect(OneAngleForm(problem([cosine], dimension: 2)) == nil)
    }

    @Test("the form of f is f")
    func value() throws {
        let problem = problem([.one, cosine, sine])
        let form = try #require(OneAngleForm(problem))
        for theta in stride(from: -3.0, to: 4, by: 0.7) {
            let values = problem.function(moments: problem.basis.values(at: [theta]))
            for a in 0..<2 {
                let value = form.constant[a] + form.cosine[a] * cos(theta) + form.sine[a] * sin(theta)
                #expect(abs(value - values[a]) <= 1e-14)
            }
        }
    }
}
