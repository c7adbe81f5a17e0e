import Continuum
import Experts
import Foundation
import Testing
import Torus
import Training

@testable import Chaos

/// The linear transport equation on a grid, which shares points, derivatives and quadrature with no other way.
@Suite struct GridFluctuationsTests {
    private static let laws: [InitialLaw] = {
        let product = try? InitialLaw.product([
            .vonMises(centre: 1, concentration: 0.7), .wrappedCauchy(centre: 2, concentration: 0.3),
        ])
        return [.uniform] + (product.map { [$0] } ?? [])
    }()

    /// The reference of one angle, about ten digits (FluctuationsTests has all of it).
    @Test func oneAngleHasTheReferenceCovariances() throws {
        let reference: [(t: Double, c11: Double, c12: Double, c22: Double)] = [
            (0, 0.5, 0, 0.5), (1, 0.3000511959, 0.0007703562, 0.2992294826),
            (2, 0.1817454045, 0.0030181276, 0.1785260684), (5, 0.0510293815, 0.0066010581, 0.0439882528),
            (10, 0.0115420515, 0.0038753319, 0.0074083642),
        ]
        let problem = ComparisonTests.problem
        let fluctuations = try Fluctuations(
            problem, times: reference.map(\.t), of: (0..<2).map { .training($0, of: problem) }, tolerance: 1e-11,
            method: .grid())
        for (output, row) in reference.enumerated() {
            // The reference has ten decimals.
            #expect(abs(fluctuations.covariance(output: output, 0, 0) - row.c11) < 2e-10)
            #expect(abs(fluctuations.covariance(output: output, 0, 1) - row.c12) < 2e-10)
            #expect(abs(fluctuations.covariance(output: output, 1, 1) - row.c22) < 2e-10)
            #expect(fluctuations.returnErrors[output] <= 1e-11)
        }
        // The largest grid that was taken is a small one.
        #expect(fluctuations.nodeCount <= 256)
    }

    /// Errors fall exponentially with the points: each half as many more gain at least a digit, until the time steps show.
    @Test func theErrorFallsExponentially() throws {
        let problem = ComparisonTests.problem
        func numbers(_ method: Fluctuations.Method, nodes: Int? = nil) throws -> [Double] {
            let found = try Fluctuations(
                problem, times: [2, 5], of: [.training(0, of: problem), .cosine([2])], tolerance: 1e-12, method: method,
                nodesPerAxis: nodes)
            return (0..<2).flatMap { output in
                [
                    found.means[output][1], found.resampling(output: output, 1, 1),
                    found.covariance(output: output, 0, 0), found.covariance(output: output, 0, 1),
                    found.covariance(output: output, 1, 1), found.response(output: output, 1),
                ]
            }
        }
        let exact = try numbers(.characteristics, nodes: 256)
        // As many nodes as are taken without being told are enough.
        for (own, other) in zip(try numbers(.characteristics), exact) { #expect(abs(own - other) < 1e-10) }
        let errors = try [12, 18, 27, 40, 60].map { cells in
            zip(try numbers(.grid(cells: [cells])), exact).reduce(0) { max($0, abs($1.0 - $1.1)) }
        }
        for (coarse, fine) in zip(errors, errors.dropFirst()) where coarse > 1e-9 {
            #expect(fine < 0.1 * coarse, "\(errors)")
        }
        #expect(errors[0] > 1e-5 && errors[4] < 1e-10, "\(errors)")
    }

    /// In two angles, from both kinds of laws, all that is told, against characteristics.
    @Test(arguments: 0..<2) func twoAnglesAreThoseOfCharacteristics(law: Int) throws {
        let problem = FluctuationsTests.plane(Self.laws[law])
        let functions = [TestFunction.heldOut(0, of: problem), .training(2, of: problem), .sine([1, -2])]
        let times = [0.0, 1, 3]
        // Ten times the tolerance: outermost frequencies are told for the law and the influences, not for products.
        let tolerance = 1e-9
        let own = try Fluctuations(problem, times: times, of: functions, tolerance: tolerance, method: .grid())
        let other = try Fluctuations(problem, times: times, of: functions, tolerance: tolerance)
        for output in times.indices {
            for a in functions.indices {
                #expect(abs(own.means[output][a] - other.means[output][a]) < 10 * tolerance)
                #expect(abs(own.response(output: output, a) - other.response(output: output, a)) < 100 * tolerance)
                for b in functions.indices {
                    #expect(
                        abs(own.covariance(output: output, a, b) - other.covariance(output: output, a, b))
                            < 10 * tolerance)
                    #expect(
                        abs(own.resampling(output: output, a, b) - other.resampling(output: output, a, b))
                            < 10 * tolerance)
                }
            }
        }
        #expect(abs(own.pairCovariance(output: 2, 0, 0)) > 0.01)
    }

    /// Three angles: `f = ⅓ Σ_p cos(θ_p − x)` is one angle at three times the speed, with three times the variance.
    @Test func anAdditiveExpertInThreeAnglesIsASumOfCircles() throws {
        let inputs = [0.0, Double.pi / 2]
        func problem(dimension: Int) -> MeanFieldProblem {
            let share = 1 / Double(dimension)
            let monomials = (0..<dimension).flatMap { axis in
                [TrigonometricMonomial([.init(.cosine, axis: axis)]), .init([.init(.sine, axis: axis)])]
            }
            let coefficients = (0..<dimension).flatMap { _ in
                inputs.map { share * cos($0) } + inputs.map { share * sin($0) }
            }
            return MeanFieldProblem(
                expansion: TrigonometricExpansion(
                    basis: TrigonometricBasis(dimension: dimension, monomials: monomials), datumCount: 2,
                    coefficients: coefficients), targets: [0.3, 0.2])
        }
        let (three, one) = (problem(dimension: 3), problem(dimension: 1))
        let wide = try Fluctuations(
            three, times: [3], of: [.training(0, of: three)], tolerance: 1e-7, method: .grid())
        let narrow = try Fluctuations(one, times: [1], of: [.training(0, of: one)])
        #expect(abs(3 * wide.covariance(output: 0, 0, 0) - narrow.covariance(output: 0, 0, 0)) < 1e-6)
        #expect(abs(3 * wide.resampling(output: 0, 0, 0) - narrow.resampling(output: 0, 0, 0)) < 1e-6)
    }

    @Test func aGivenPotentialTransportsWithoutCorrelation() throws {
        let problem = MeanFieldProblem(
            potential: TrigonometricBasis(dimension: 1, monomials: [.init([.init(.cosine, axis: 0)])]), weights: [0.7])
        let fluctuations = try Fluctuations(
            problem, times: [0, 1.5], of: [.cosine([1]), .sine([3])], tolerance: 1e-9, method: .grid())
        for output in 0..<2 {
            for function in 0..<2 {
                #expect(abs(fluctuations.pairCovariance(output: output, function, function)) < 1e-8)
            }
        }
    }

    @Test func theNumberOfThreadsChangesNoBit() throws {
        let problem = FluctuationsTests.plane()
        let runs = try [1, 2].map { threads in
            try Fluctuations(
                problem, times: [1, 2], of: TestFunction.basis(of: problem), tolerance: 1e-6, method: .grid(),
                parallelism: Parallelism(threads: threads))
        }
        #expect("\(runs[0])" == "\(runs[1])")
    }

    @Test func whatAGridCannotSolveIsRefused() throws {
        let problem = FluctuationsTests.plane()
        let functions = [TestFunction.cosine([3, 0])]
        #expect(throws: FluctuationError.coarse(cells: [6, 30], least: [10, 12])) {
            try Fluctuations(problem, times: [1], of: functions, method: .grid(cells: [6, 30]))
        }
        let field = FluctuationsTests.plane(
            .field(try FieldLaw(Field.uniform(on: PeriodicGrid(cells: [4, 4])))))
        #expect(throws: FluctuationError.initialLaw) {
            try Fluctuations(field, times: [1], of: functions, method: .grid())
        }
        let four = MeanFieldProblem(
            potential: TrigonometricBasis(dimension: 4, monomials: [.init([.init(.cosine, axis: 3)])]), weights: [1])
        #expect(throws: FluctuationError.grid(dimension: 4)) {
            try Fluctuations(four, times: [1], of: [.cosine([1, 0, 0, 0])], method: .grid())
        }
        // A law that draws together to a width of e^{−20}: no grid holds it, and the points that it had are told.
        let steep = MeanFieldProblem(
            potential: TrigonometricBasis(dimension: 1, monomials: [.init([.init(.cosine, axis: 0)])]), weights: [1])
        #expect {
            try Fluctuations(steep, times: [20], of: [.cosine([1])], tolerance: 1e-6, method: .grid())
        } throws: { error in
            if case .unresolved(let cells, let tail) = error as? FluctuationError {
                return cells == [4096] && tail > 1e-6 && "\(error)".contains("take characteristics")
            }
            return false
        }
    }
}
