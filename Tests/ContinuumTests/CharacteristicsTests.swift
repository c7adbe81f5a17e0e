import Experts
import Foundation
import Testing
import TimeStepping
import Torus
import Training

@testable import Continuum

/// Nodes on a tensor grid, and densities by going backward, in one, two and three angles.
@Suite struct CharacteristicsTests {
    /// The prescribed potential at `t = 0.5` and, concentrated, at `t = 1.5`.
    @Test func densitiesAgreeWithFiftyDigits() throws {
        let solver = try Characteristics(LinearTransport.problem(), nodes: nil, tolerance: 1e-11)
        try solver.advance(to: 1.5)
        for time in [0.5, 1.5] {
            let values = LinearTransport.densities.filter { $0.time == time }
            let densities = try solver.density(at: values.map { [$0.theta0, $0.theta1 - 2 * .pi] }, time: time)
            for (density, value) in zip(densities, values) {
                #expect(abs(density / value.density - 1) < 1e-9, "t = \(time): \(density) for \(value.density)")
            }
        }
    }

    @Test(arguments: [1, 2, 3])
    func productsArePoissonKernels(dimension: Int) throws {
        var axes = Array(repeating: CircleLaw.uniform, count: dimension)
        axes[0] = try .wrappedCauchy(centre: 2, concentration: 0.3)
        let grid = try PeriodicGrid(cells: Array([24, 15, 10].prefix(dimension)))
        for law in [InitialLaw.uniform, .product(axes)] {
            let problem = try GalerkinTests.additive(dimension: dimension, initialLaw: law)
            let limit = try Limit(
                problem, scheme: .characteristics(nodes: nil, tolerance: 1e-10), grid: grid, times: [0, 1, 4])
            let errors = try #require(limit.exactMomentErrors)
            #expect(errors.allSatisfy { $0 < 1e-10 }, "\(errors)")
            let exact = try #require(limit.exact)
            for output in limit.times.indices {
                #expect(abs(limit.losses[output] - exact.losses[output]) < 1e-10)
                let rows = (0..<dimension).map { axis -> [Double] in
                    let faces = grid.faces(axis: axis)
                    return zip(faces, faces.dropFirst()).map {
                        ReferenceProblems.poissonAverage(exact.moments[output][axis], $0, $1)
                    }
                }
                let expected = rows.reduce([1]) { values, row in row.flatMap { f in values.map { $0 * f } } }
                let peak = expected.max() ?? 0
                for (a, b) in zip(limit.densities[output].values, expected) { #expect(abs(a - b) < 1e-9 * peak) }
                #expect(abs(limit.diagnostics[output].mass - 1) < 1e-9)
            }
            let solver = try Characteristics(problem, nodes: nil, tolerance: 1e-11)
            try solver.advance(to: 4)
            let points = (0..<20).map { i in (0..<dimension).map { sin(Double(3 * i + $0)) * 9 } }
            for (density, point) in zip(try solver.density(at: points), points) {
                #expect(abs(density / exact.density(at: point, output: 2) - 1) < 1e-9)
            }
        }
    }

    /// A law between the nodes of the first grids counts nothing there, and what counts nothing is smooth.
    @Test(arguments: [(50.0, 1e-4), (3000, 1e-4), (3000, 1e-8), (1e5, 1e-8), (1e6, 1e-10)])
    func narrowLawsAreFound(concentration: Double, tolerance: Double) throws {
        for centre in [0.1, 1, 3.3] {
            let law = InitialLaw.product([try .vonMises(centre: centre, concentration: concentration)])
            let problem = ReferenceProblems.oneQubit(from: law)
            let solver = try Characteristics(problem, nodes: nil, tolerance: tolerance)
            try solver.advance(to: 0.5)
            let galerkin = try Galerkin(problem, tolerance: 1e-11, modeLimit: 1 << 14)
            try galerkin.advance(to: 0.5)
            let (z, judge) = (solver.moment([1]), galerkin.moment([1]))
            // Errors of steps add up to a few tolerances.
            #expect(hypot(z.real - judge.real, z.imaginary - judge.imaginary) < 10 * tolerance, "\(z), \(judge)")
        }
    }

    @Test func tooFewNodesForANarrowLawAreToldAtOnce() throws {
        let law = InitialLaw.product([
            try .vonMises(centre: 0.1, concentration: 3000), try .wrappedCauchy(centre: 1, concentration: 0.3),
        ])
        let problem = try GalerkinTests.additive(dimension: 2, initialLaw: law)
        #expect(try Characteristics(problem, nodes: 32, tolerance: 1e-6).lostAt == 0)
        let open = try Characteristics(problem, nodes: nil, tolerance: 1e-4)
        #expect(open.lostAt == nil && open.nodesPerAxis[0] > 100 && open.nodesPerAxis[1] < 100)
        let exact = law.moment([1, 1])
        let own = open.moment([1, 1])
        #expect(hypot(own.real - exact.real, own.imaginary - exact.imaginary) < 1e-4)
    }

    /// The estimate goes on where the averages themselves took finer rules, so it is no cruder than they are.
    @Test func cellAveragesOfFilamentsAreJudgedByFinerRules() throws {
        let solver = try Characteristics(LinearTransport.problem(), nodes: nil, tolerance: 1e-9)
        try solver.advance(to: 1.5)
        let grid = try PeriodicGrid(cells: [32, 25])
        let field = try solver.density(on: grid)
        #expect(abs(field.integral - 1) < 1e-7)
        #expect(try solver.cellAverageError(of: field, time: 1.5, atMost: 64) < 1e-7)
        // And it sees what is wrong: a thousandth of every average.
        let wrong = Field(grid: grid, values: field.values.map { 1.001 * $0 })
        #expect(try (2e-4...5e-3).contains(solver.cellAverageError(of: wrong, time: 1.5, atMost: 64)))
    }

    @Test func galerkinAndCharacteristicsAgreeForTwoQubits() throws {
        let problem = try TwoQubits.problem()
        let galerkin = try Galerkin(problem, tolerance: 1e-12)
        let nodes = try Characteristics(problem, nodes: nil, tolerance: 1e-11)
        let grid = try PeriodicGrid(cells: [48, 40])
        for time in [2.0, 20] {
            try galerkin.advance(to: time)
            try nodes.advance(to: time)
            let (a, b) = (galerkin.moments(), nodes.moments())
            #expect(abs(problem.loss(moments: a) - problem.loss(moments: b)) < 1e-9)
            for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-9) }
            for k in [[1, 0], [0, 1], [1, 1], [2, -1], [3, 2]] {
                let (x, y) = (galerkin.moment(k), nodes.moment(k))
                #expect(hypot(x.real - y.real, x.imaginary - y.imaginary) < 1e-9)
            }
            #expect(abs(galerkin.dissipation() - nodes.dissipation()) < 1e-9)
            #expect(abs(galerkin.meanLaplacian() - nodes.meanLaplacian()) < 1e-9)
            let (f, g) = (try galerkin.density(on: grid), try nodes.density(on: grid))
            let peak = f.values.max() ?? 0
            for (x, y) in zip(f.values, g.values) { #expect(abs(x - y) < 1e-9 * peak) }
            #expect(abs(g.integral - 1) < 1e-9)
            let uniform = 1 / (4 * Double.pi * .pi)
            if time == 20 { #expect(peak > 2 * uniform && peak < 20 * uniform, "\(peak / uniform) times uniform") }
        }
    }

    /// The rectangle rule in the labels converges exponentially: 16² nodes to rounding.
    @Test func fewNodesSuffice() throws {
        let problem = try GalerkinTests.additive(dimension: 2)
        let form = try #require(AdditiveForm(problem))
        let z = try AdditiveSolution(form, times: [1]).moments[0]
        let errors = try [8, 16, 24].map { nodes -> Double in
            let solver = try Characteristics(problem, nodes: nodes, tolerance: 1e-13)
            try solver.advance(to: 1)
            return (0..<2).reduce(0) { worst, axis in
                let m = solver.moment((0..<2).map { $0 == axis ? 1 : 0 })
                return max(worst, hypot(m.real - z[axis].real, m.imaginary - z[axis].imaginary))
            }
        }
        #expect(errors[1] < 1e-12 && errors[2] < 1e-13, "\(errors)")
        #expect(errors[0] > 10 * errors[1], "\(errors)")
    }

    @Test func equalBitsForAnyNumberOfThreads() throws {
        func result(threads: Int) throws -> (Field, [Double]) {
            let solver = try Characteristics(
                GalerkinTests.product(dimension: 2), nodes: 80, tolerance: 1e-9,
                parallelism: Parallelism(threads: threads))
            try solver.advance(to: 2)
            return (try solver.density(on: PeriodicGrid(cells: [65, 40])), solver.moments())
        }
        let serial = try result(threads: 1)
        for threads in [2, 3] {
            let parallel = try result(threads: threads)
            #expect(parallel.0 == serial.0 && parallel.1 == serial.1)
        }
    }

    @Test func tooFewNodesAreReportedWithTheTime() throws {
        let problem = ReferenceProblems.concentrating
        let solver = try Characteristics(problem, nodes: 32, tolerance: 1e-9)
        try solver.advance(to: 20)
        let lost = try #require(solver.resolution.lostAt)
        #expect(lost > 0 && lost < 20)
        // Until then the answer is right, later it is not.
        let form = try #require(AdditiveForm(problem))
        let exact = try AdditiveSolution(form, times: [lost, 20])
        let early = try Characteristics(problem, nodes: 32, tolerance: 1e-9)
        try early.advance(to: lost)
        #expect(abs(early.moment([1]).real - exact.moments[0][0].real) < 1e-8)
        #expect(abs(solver.moment([1]).real - exact.moments[1][0].real) > 1e-6)
    }

    /// A peak thinner than a cell: the mass is found, and sums to 1.
    @Test func peaksThinnerThanACellKeepTheirMass() throws {
        let law = try InitialLaw.product([
            .vonMises(centre: 1, concentration: 4000), .vonMises(centre: 2.55, concentration: 4000),
        ])
        let potential = try TrigonometricPolynomial(["cos(a)": -1, "cos(b)": -1], names: ["a", "b"])
        let problem = MeanFieldProblem(potential: potential.basis, weights: potential.coefficients, initialLaw: law)
        let solver = try Characteristics(problem, nodes: nil, tolerance: 1e-8)
        try solver.advance(to: 1)
        let grid = try PeriodicGrid(cells: [16, 14])
        let density = try solver.density(on: grid)
        #expect(abs(density.integral - 1) < 1e-7, "\(density.integral - 1)")
        #expect(density.minimum >= 0)
        // Each angle follows tan(θ/2) = e^{−t} tan(θ₀/2).
        func origin(_ angle: Double) -> Double { 2 * atan2(exp(1) * sin(angle / 2), cos(angle / 2)) }
        guard case .product(let laws) = law else { return }
        let rows = laws.enumerated().map { axis, law -> [Double] in
            let faces = grid.faces(axis: axis).map { $0 > .pi ? origin($0 - 2 * .pi) + 2 * .pi : origin($0) }
            return zip(faces, faces.dropFirst()).map { law.mass(from: $0, to: $1) / grid.spacing(axis: axis) }
        }
        let expected = rows.reduce([1]) { values, row in row.flatMap { f in values.map { $0 * f } } }
        let peak = expected.max() ?? 0
        for (a, b) in zip(density.values, expected) { #expect(abs(a - b) < 1e-7 * peak) }
    }

    /// On the circle, cell masses are initial masses between origins: exact for every law.
    @Test func lawsOfOneAngle() throws {
        let basis = TrigonometricBasis(
            dimension: 1, monomials: [.one, .init([.init(.sine, axis: 0, harmonic: 2)])])
        let field = Field(
            grid: try PeriodicGrid(cells: [3]), values: [0.5, 1.5, 1].map { $0 / (2 * .pi) })
        let laws: [InitialLaw] = [
            .polynomial(try PolynomialLaw(basis: basis, coefficients: [0.5 / .pi, 0.1])),
            .field(try FieldLaw(field)), .product([try .vonMises(centre: 6, concentration: 3)]),
        ]
        let grid = try PeriodicGrid(cells: [37])
        for law in laws {
            let potential = try TrigonometricPolynomial(["cos(a)": -1], names: ["a"])
            let problem = MeanFieldProblem(potential: potential.basis, weights: potential.coefficients, initialLaw: law)
            let solver = try Characteristics(problem, nodes: 48, tolerance: 1e-11)
            for (a, b) in zip(try solver.density(on: grid).values, law.averages(on: grid).values) {
                #expect(abs(a - b) < 1e-13)
            }
            try solver.advance(to: 0.7)
            let density = try solver.density(on: grid)
            #expect(abs(density.integral - 1) < 1e-13)
            if case .field = law { continue }
            // The same average from densities, by another rule: ten points are exact far beyond this.
            let rule = GaussLegendreRule(points: 10)
            let points = rule.nodes.map { [grid.spacing(axis: 0) * (5 + $0)] }
            let mean = zip(try solver.density(at: points), rule.weights).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(density.values[5] / mean - 1) < 1e-9)
        }
    }

    /// Constant in cells: a rectangle rule of second order at best, which says so from the start.
    @Test func fieldsAreTakenWithAWarning() throws {
        let grid = try PeriodicGrid(cells: [4, 2])
        let field = Field(grid: grid, values: [1, 2, 0.5, 0.5, 1, 1, 1.5, 0.5].map { $0 / (4 * .pi * .pi) })
        let problem = MeanFieldProblem(
            potential: TrigonometricBasis(
                dimension: 2, monomials: [.init([.init(.cosine, axis: 0), .init(.sine, axis: 1)])]), weights: [1],
            initialLaw: .field(try FieldLaw(field)))
        let solver = try Characteristics(problem, nodes: 64, tolerance: 1e-9)
        #expect(solver.resolution.lostAt == 0)
        let exact = problem.initialLaw.moment([1, 1])
        let own = solver.moment([1, 1])
        // The midpoint rule errs by h²/24 of the second derivative.
        #expect(hypot(own.real - exact.real, own.imaginary - exact.imaginary) < 1e-3)
        #expect(throws: ContinuumError.self) { try Characteristics(problem, nodes: nil, tolerance: 1e-9) }
        // Jumps inside cells are found to the weight of a node, 0.117 of a cell's half an axis.
        let other = try PeriodicGrid(cells: [10, 6])
        let averages = problem.initialLaw.averages(on: other)
        let largestJump = 1.5 / (4 * .pi * .pi)
        for (a, b) in zip(try solver.density(on: other).values, averages.values) {
            #expect(abs(a - b) < 0.24 * largestJump)
        }
        try solver.advance(to: 0.3)
        let mass = try solver.density(on: other).integral
        #expect(abs(mass - 1) < 0.02)
    }

    @Test func historyIsTheWeightsInSeveralAngles() throws {
        let problem = try TwoQubits.problem()
        let whole = try Characteristics(problem, nodes: 32, tolerance: 1e-11)
        try whole.advance(to: 3)
        let part = try Characteristics(problem, nodes: 32, tolerance: 1e-11)
        try part.advance(to: 1.3)
        for (a, b) in zip(whole.history.value(at: 1.3), problem.weights(moments: part.moments())) {
            #expect(abs(a - b) < 1e-10)
        }
    }

    @Test func moreNodesThanTheLimitAreRefused() throws {
        #expect(throws: ContinuumError.self) {
            try Characteristics(GalerkinTests.product(dimension: 3), nodes: 128, tolerance: 1e-9)
        }
    }
}
