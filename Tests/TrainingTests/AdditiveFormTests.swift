import Experts
import Foundation
import Testing
import Torus

@testable import Training

@Suite("Sums of first harmonics")
struct AdditiveFormTests {
    private func problem(
        _ monomials: [TrigonometricMonomial], dimension: Int = 1, amplitude: Double = 1, law: InitialLaw = .uniform
    ) -> MeanFieldProblem {
        MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: dimension, monomials: monomials), datumCount: 3,
                coefficients: (0..<3 * monomials.count).map { Double($0 + 1) }),
            targets: [0.5, -0.5], heldOutTargets: [0.25], initialLaw: law, amplitude: amplitude)
    }

    private let cosine = TrigonometricMonomial([.init(.cosine, axis: 0)])
    private let sine = TrigonometricMonomial([.init(.sine, axis: 0)])

    @Test("constant, cosine and sine are found wherever they stand, for the training data alone")
    func parts() throws {
        let form = try #require(AdditiveForm(problem([sine, .one, cosine])))
        #expect(form.sine == [[1, 2]])
        #expect(form.constant == [4, 5])
        #expect(form.cosine == [[7, 8]])
        #expect(form.targets == [0.5, -0.5])
        #expect(try #require(AdditiveForm(problem([sine, .one, cosine], amplitude: 2))).cosine == [[14, 16]])
    }

    @Test("parts that the basis lacks are zero")
    func missingParts() throws {
        let form = try #require(AdditiveForm(problem([sine])))
        #expect(form.constant == [0, 0] && form.cosine == [[0, 0]] && form.sine == [[1, 2]])
        let constant = try #require(AdditiveForm(problem([.one])))
        #expect(constant.cosine == [[0, 0]] && constant.sine == [[0, 0]])
    }

    @Test("higher harmonics, products of angles and other initial laws have no such form")
    func otherProblems() throws {
        #expect(AdditiveForm(problem([cosine, .init([.init(.sine, axis: 0, harmonic: 2)])])) == nil)
        #expect(AdditiveForm(problem([.init([.init(.cosine, axis: 0), .init(.sine, axis: 1)])], dimension: 2)) == nil)
        let vonMises = try InitialLaw.product([.vonMises(centre: 1, concentration: 2)])
        #expect(AdditiveForm(problem([cosine], law: vonMises)) == nil)
    }

    @Test("several angles, from a product of Poisson kernels")
    func severalAngles() throws {
        let other = TrigonometricMonomial([.init(.cosine, axis: 1)])
        let law = try InitialLaw.product([.uniform, .wrappedCauchy(centre: .pi / 2, concentration: 0.5)])
        let form = try #require(AdditiveForm(problem([sine, other], dimension: 2, law: law)))
        #expect(form.sine == [[1, 2], [0, 0]] && form.cosine == [[0, 0], [4, 5]])
        #expect(form.initialMoments[0] == (0, 0))
        #expect(abs(form.initialMoments[1].real) < 1e-16 && abs(form.initialMoments[1].imaginary - 0.5) < 1e-16)
    }

    @Test("the form of f is f")
    func value() throws {
        let problem = problem([.one, cosine, sine])
        let form = try #require(AdditiveForm(problem))
        for theta in stride(from: -3.0, to: 4, by: 0.7) {
            let values = problem.function(moments: problem.basis.values(at: [theta]))
            for a in 0..<2 {
                let value = form.constant[a] + form.cosine[0][a] * cos(theta) + form.sine[0][a] * sin(theta)
                #expect(abs(value - values[a]) <= 1e-14)
            }
        }
    }
}
