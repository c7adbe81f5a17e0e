import Continuum
import Experts
import Foundation
import Particles
import Testing
import TimeStepping
import Torus
import Training

@testable import Chaos

@Suite struct FluctuationsTests {
    /// `f = cos θ₀ cos(θ₁ − x) + 0.4 sin θ₀ + 0.3 sin(2θ₁)`, four data and one held out.
    static func plane(_ law: InitialLaw = .uniform) -> MeanFieldProblem {
        let inputs = [0.2, 0.9, 1.7, 2.6, 1.3]
        let monomials: [TrigonometricMonomial] = [
            .init([.init(.cosine, axis: 0), .init(.cosine, axis: 1)]),
            .init([.init(.cosine, axis: 0), .init(.sine, axis: 1)]), .init([.init(.sine, axis: 0)]),
            .init([.init(.sine, axis: 1, harmonic: 2)]),
        ]
        return MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: 2, monomials: monomials), datumCount: inputs.count,
                coefficients: inputs.map { cos($0) } + inputs.map { sin($0) } + inputs.map { _ in 0.4 }
                    + inputs.map { _ in 0.3 }), targets: [0.3, 0.1, -0.2, 0.25], heldOutTargets: [0],
            initialLaw: law)
    }

    /// The reference values of the one-angle problem: covariances of F at the two training inputs, about ten digits.
    @Test func oneAngleHasTheReferenceCovariances() throws {
        let reference: [(t: Double, c11: Double, c12: Double, c22: Double)] = [
            (0, 0.5, 0, 0.5), (1, 0.3000511959, 0.0007703562, 0.2992294826),
            (2, 0.1817454045, 0.0030181276, 0.1785260684), (5, 0.0510293815, 0.0066010581, 0.0439882528),
            (10, 0.0115420515, 0.0038753319, 0.0074083642),
        ]
        let problem = ComparisonTests.problem
        let fluctuations = try Fluctuations(
            problem, times: reference.map(\.t), of: (0..<2).map { .training($0, of: problem) }, tolerance: 1e-11)
        for (output, row) in reference.enumerated() {
            // The reference has ten decimals.
            #expect(abs(fluctuations.covariance(output: output, 0, 0) - row.c11) < 2e-10)
            #expect(abs(fluctuations.covariance(output: output, 0, 1) - row.c12) < 2e-10)
            #expect(abs(fluctuations.covariance(output: output, 1, 1) - row.c22) < 2e-10)
            #expect(fluctuations.returnErrors[output] < 1e-8)
        }
        // Var φ_0 − Var_{μ_t} φ at t = 10, to the digits that are known.
        #expect(abs(fluctuations.pairCovariance(output: 4, 0, 0) + 0.356) < 5e-4)
    }

    /// At the start the draws are independent: `Σ_m 2^{−|m|} C_ma C_mb` by the orthogonality of the monomials.
    @Test func theStartIsThatOfIndependentDraws() throws {
        let problem = Self.plane()
        let fluctuations = try Fluctuations(
            problem, times: [0], of: [.training(0, of: problem), .heldOut(0, of: problem)])
        let rest = 0.5 * (0.4 * 0.4 + 0.3 * 0.3)
        #expect(abs(fluctuations.covariance(output: 0, 0, 0) - (0.25 + rest)) < 1e-14)
        #expect(abs(fluctuations.covariance(output: 0, 0, 1) - (0.25 * cos(1.3 - 0.2) + rest)) < 1e-14)
        #expect(fluctuations.pairCovariance(output: 0, 0, 1) == 0)
        // |∇f|² of a product of first harmonics is 2·¼ in the mean.
        #expect(abs(fluctuations.response(output: 0, 0) - (0.5 + 0.5 * 0.16 + 0.5 * 4 * 0.09).squareRoot()) < 1e-14)
    }

    /// The adjoint against the nonlinear flow itself: differences of outputs when masses and places of nodes are changed.
    @Test(arguments: [false, true]) func influencesAreDerivativesOfTheFlow(isUniform: Bool) throws {
        let law: InitialLaw =
            isUniform
            ? .uniform
            : .product([
                try .vonMises(centre: 1, concentration: 0.7), try .wrappedCauchy(centre: 2, concentration: 0.3),
            ])
        let problem = Self.plane(law)
        let nodes = try LabelledNodes(resolving: problem, until: 0, tolerance: 1e-6, nodesPerAxis: 9)
        let function = TestFunction.heldOut(0, of: problem)
        let wave = TestFunction.sine([1, -2])
        let time = 3.0
        func outputs(_ positions: [Double], _ masses: [Double]) throws -> [Double] {
            let flow = MeanFieldFlow(problem, count: nodes.count, masses: masses, parallelism: .serial)
            let solver = AdaptiveRungeKutta(flow, state: positions, pair: .dormandPrince853, tolerance: 1e-13)
            try solver.advance(to: time)
            return [function, wave].map { function in
                (0..<nodes.count).reduce(0) { sum, node in
                    sum + masses[node]
                        * function.values(
                            at: (0..<2).map { solver.state[$0 * nodes.count + node] }, problem
                        ).value
                }
            }
        }
        let flow = LinearizedFlow(problem: problem, nodes: nodes, tolerance: 1e-12, parallelism: .serial)
        let influences = try flow.influences(
            of: [function, wave], at: time, positions: flow.positions(at: [time])[0]
        ).influences
        let (first, second) = (4, nodes.count - 3)
        for step in [1e-4] {
            var (more, less) = (nodes.masses, nodes.masses)
            more[first] += step
            more[second] -= step
            less[first] -= step
            less[second] += step
            let (up, down) = (try outputs(nodes.positions, more), try outputs(nodes.positions, less))
            for index in 0..<2 {
                let slope = (up[index] - down[index]) / (2 * step)
                let values = influences[index].values
                // Differences of second order with a step of 1e-4 of outputs that are right to 1e-12.
                #expect(abs(slope - (values[first] - values[second])) < 1e-6)
            }
            for axis in 0..<2 {
                var (right, left) = (nodes.positions, nodes.positions)
                right[axis * nodes.count + first] += step
                left[axis * nodes.count + first] -= step
                let (up, down) = (try outputs(right, nodes.masses), try outputs(left, nodes.masses))
                for index in 0..<2 {
                    let slope = (up[index] - down[index]) / (2 * step)
                    let expected = nodes.masses[first] * influences[index].slopes[axis * nodes.count + first]
                    #expect(abs(slope - expected) < 1e-7)
                }
            }
        }
    }

    /// Trained mixtures scatter as predicted, in two angles on an input that is not trained on.
    @Test func mixturesScatterAsPredicted() throws {
        let problem = Self.plane()
        let functions = [TestFunction.heldOut(0, of: problem), .cosine([1, 1])]
        let times = [0.0, 2, 6]
        let fluctuations = try Fluctuations(problem, times: times, of: functions)
        let (count, replicates, seed) = (400, 3000, UInt64(71))
        var squares = times.map { _ in [0.0, 0] }
        for replicate in 0..<replicates {
            let draws = Ensemble(drawing: count, dimension: 2, from: .uniform, seed: seed, replicate: replicate)
            try GradientFlow(problem, tolerance: 1e-6).train(draws, times: times) { output, ensemble, moments in
                let wave =
                    (0..<count).reduce(0.0) {
                        $0 + cos(ensemble.angles[$1] + ensemble.angles[count + $1])
                    } / Double(count)
                for (index, value) in [problem.heldOutFunction(moments: moments)[0], wave].enumerated() {
                    let error = value - fluctuations.means[output][index]
                    squares[output][index] += error * error * Double(count) / Double(replicates)
                }
            }
        }
        for output in times.indices {
            for index in 0..<2 {
                let predicted = fluctuations.covariance(output: output, index, index)
                // The variance of 3,000 Gaussian squares, four standard errors, and a correction of the order of 1/N.
                let error = predicted * (4 * (2 / Double(replicates)).squareRoot() + 4 / Double(count))
                #expect(
                    abs(squares[output][index] - predicted) < error,
                    "seed \(seed), t = \(times[output]): \(squares[output][index]) beside \(predicted)")
                if output > 0, index == 0 {
                    // What independent draws would have is told apart.
                    #expect(predicted < 0.7 * fluctuations.resampling(output: output, index, index))
                }
            }
        }
    }

    @Test func theNumberOfThreadsChangesNoBit() throws {
        let problem = Self.plane()
        let runs = try [1, 2].map { threads in
            try Fluctuations(
                problem, times: [1, 2], of: TestFunction.basis(of: problem), tolerance: 1e-7,
                parallelism: Parallelism(threads: threads))
        }
        for output in 0..<2 {
            for a in 0..<problem.basis.count {
                #expect(runs[0].response(output: output, a) == runs[1].response(output: output, a))
                for b in 0..<problem.basis.count {
                    #expect(runs[0].covariance(output: output, a, b) == runs[1].covariance(output: output, a, b))
                }
            }
        }
    }

    /// Beyond three angles the nodes are lattices: the product case, whose axes part, against one angle.
    @Test func anAdditiveExpertInFiveAnglesIsASumOfCircles() throws {
        // f = (1/5) Σ_p cos(θ_p − x): every axis has the same law, and by symmetry F is that of one angle with the kernel over 5.
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
        let (five, one) = (problem(dimension: 5), problem(dimension: 1))
        // Five times slower, and a fifth of the variance.
        let wide = try Fluctuations(five, times: [5], of: [.training(0, of: five)], tolerance: 1e-5)
        let narrow = try Fluctuations(one, times: [1], of: [.training(0, of: one)])
        // A lattice with standard errors of the moments below 1e-5.
        #expect(abs(5 * wide.covariance(output: 0, 0, 0) - narrow.covariance(output: 0, 0, 0)) < 1e-3)
    }

    @Test func aGivenPotentialTransportsWithoutCorrelation() throws {
        let problem = MeanFieldProblem(
            potential: TrigonometricBasis(dimension: 1, monomials: [.init([.init(.cosine, axis: 0)])]), weights: [0.7])
        let fluctuations = try Fluctuations(problem, times: [0, 1.5], of: [.cosine([1]), .sine([3])])
        for output in 0..<2 {
            for function in 0..<2 {
                #expect(abs(fluctuations.pairCovariance(output: output, function, function)) < 1e-9)
            }
        }
    }
}
