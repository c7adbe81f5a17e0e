import Experts
import Foundation
import Testing
import TimeStepping
import Torus
import Training

@testable import Continuum

/// Characteristics beyond three angles, and the errors that they estimate.
@Suite struct ShiftedLatticeTests {
    @Test(arguments: [4, 5, 6])
    func additiveExpertsAgreeWithTheExactSolution(dimension: Int) throws {
        var axes = Array(repeating: CircleLaw.uniform, count: dimension)
        axes[1] = try .wrappedCauchy(centre: 2, concentration: 0.3)
        for law in [InitialLaw.uniform, .product(axes)] {
            let problem = try GalerkinTests.additive(dimension: dimension, initialLaw: law)
            let limit = try Limit(
                problem, scheme: .characteristics(nodes: 1 << 10, tolerance: 1e-11), grid: nil, times: [0, 1, 4])
            // Every lattice is the equal-spaced rule along each axis, so sums of single angles are exact to its square.
            let errors = try #require(limit.exactMomentErrors)
            #expect(errors.allSatisfy { $0 < 1e-10 }, "\(errors)")
            #expect(limit.densities.isEmpty && limit.diagnostics[2].mass.isNaN)
            // Of a wrapped Cauchy law with |z| = r it is −log(2π(1 − r²)).
            for (output, moments) in try #require(limit.exact).moments.enumerated() {
                let entropy = moments.reduce(0) { sum, z in
                    sum - log(2 * .pi * (1 - z.real * z.real - z.imaginary * z.imaginary))
                }
                // Every lattice is the equal-spaced rule along each axis.
                #expect(abs(limit.diagnostics[output].entropy - entropy) < 1e-9)
            }
            #expect(limit.resolutions[2].value < 1e-10)
            let exact = try #require(limit.exact)
            let solver = try Characteristics(problem, nodes: 1 << 10, tolerance: 1e-11)
            try solver.advance(to: 4)
            let points = (0..<20).map { i in (0..<dimension).map { sin(Double(3 * i + $0)) * 9 } }
            for (density, point) in zip(try solver.density(at: points), points) {
                #expect(abs(density / exact.density(at: point, output: 2) - 1) < 1e-9)
            }
        }
    }

    /// Two mixed pairs of angles that do not act on each other: moments of all four are products of those of two.
    @Test func fourAnglesThatArePairs() throws {
        func problem(_ names: [String]) throws -> MeanFieldProblem {
            var terms: [String: Double] = [:]
            for pair in stride(from: 0, to: names.count, by: 2) {
                let (a, b) = (names[pair], names[pair + 1])
                terms["cos(\(a))*sin(\(b))"] = 0.7
                terms["sin(\(a))"] = 0.5
                terms["cos(\(a))*cos(2*\(b))"] = -0.3
            }
            let potential = try TrigonometricPolynomial(terms, names: names)
            return MeanFieldProblem(potential: potential.basis, weights: potential.coefficients)
        }
        let pair = try Characteristics(problem(["a", "b"]), nodes: nil, tolerance: 1e-11)
        try pair.advance(to: 1)
        var estimates: [Double] = []
        for nodes in [1 << 10, 1 << 14] {
            let lattice = try Characteristics(problem(["a", "b", "c", "d"]), nodes: nodes, tolerance: 1e-9)
            try lattice.advance(to: 1)
            let (own, expected) = (lattice.moments(), pair.moments())
            let errors = try #require(lattice.momentErrors())
            let basis = try #require(try problem(["a", "b", "c", "d"]).basis.trigonometric)
            let pairBasis = try #require(try problem(["a", "b"]).basis.trigonometric)
            for (m, monomial) in basis.monomials.enumerated() {
                let first = monomial.factors[0].axis / 2
                let single = TrigonometricMonomial(
                    monomial.factors.map { .init($0.kind, axis: $0.axis - 2 * first, harmonic: $0.harmonic) })
                let place = try #require(pairBasis.monomials.firstIndex(of: single))
                // Seven degrees of freedom: six standard errors are exceeded once in two thousand times.
                #expect(abs(own[m] - expected[place]) < 6 * errors[m] + 1e-10, "\(nodes): \(monomial)")
            }
            let (x, y) = (pair.moment([1, 1]), lattice.moment([1, 1, 1, 1]))
            let square = (x.real * x.real - x.imaginary * x.imaginary, 2 * x.real * x.imaginary)
            let error = try #require(lattice.momentError([1, 1, 1, 1]))
            #expect(hypot(y.real - square.0, y.imaginary - square.1) < 6 * error, "\(nodes), \(error)")
            let worst = errors.max() ?? 1
            #expect(lattice.resolution.value == worst)
            estimates.append(worst)
        }
        // Independent draws err by 0.02 and 0.005, a quarter for sixteen times as many; a lattice by less than a sixteenth.
        #expect(estimates[0] < 0.02 && estimates[1] < estimates[0] / 16, "\(estimates)")
    }

    /// A mixed mean-field problem of three angles with a fourth that does nothing.
    @Test func threeAnglesAmongFour() throws {
        func problem(dimension d: Int) throws -> MeanFieldProblem {
            let three = try GalerkinTests.product(dimension: 3)
            let n = three.targets.count
            let basis = try #require(three.basis.trigonometric)
            return MeanFieldProblem(
                expansion: TrigonometricExpansion(
                    basis: TrigonometricBasis(dimension: d, monomials: basis.monomials), datumCount: n,
                    coefficients: three.coefficients), targets: three.targets)
        }
        let tensor = try Characteristics(problem(dimension: 3), nodes: 32, tolerance: 1e-10)
        let lattice = try Characteristics(problem(dimension: 4), nodes: 1 << 14, tolerance: 1e-8)
        for time in [1.0, 5] {
            try tensor.advance(to: time)
            try lattice.advance(to: time)
            let errors = try #require(lattice.momentErrors())
            for (m, moment) in tensor.moments().enumerated() {
                #expect(abs(lattice.moments()[m] - moment) < 6 * errors[m] + 1e-8)
            }
            #expect((errors.max() ?? 1) < 1e-3, "\(errors)")
        }
        #expect(lattice.resolution.lostAt.map { $0 < 5 } ?? (lattice.resolution.value <= 1e-8))
    }

    @Test func openNodesAreDoubledUntilTheEstimateHolds() throws {
        let problem = try GalerkinTests.product(dimension: 4)
        let solver = try Characteristics(problem, nodes: nil, tolerance: 1e-5)
        try solver.advance(to: 2)
        #expect(solver.resolution.value <= 1e-5 && solver.resolution.lostAt == nil)
        let finer = try Characteristics(problem, nodes: 4 * solver.nodes, tolerance: 1e-6)
        try finer.advance(to: 2)
        #expect(abs(problem.loss(moments: solver.moments()) - problem.loss(moments: finer.moments())) < 1e-4)
    }

    @Test func equalBitsForAnyNumberOfThreads() throws {
        func moments(threads: Int) throws -> [Double] {
            let solver = try Characteristics(
                GalerkinTests.product(dimension: 4), nodes: 1 << 16, tolerance: 1e-6,
                parallelism: Parallelism(threads: threads))
            try solver.advance(to: 0.5)
            return solver.moments() + (try solver.density(at: [[1, 2, 3, 4]]))
        }
        let serial = try moments(threads: 1)
        #expect(try moments(threads: 2) == serial)
        #expect(try moments(threads: 3) == serial)
    }

    /// Every axis alone is an equal-spaced rule, and the shifts differ.
    @Test func theLatticeIsOne() {
        let lattice = RankOneLattice(dimension: 100, count: 64, shiftIndex: 3)
        for axis in 0..<100 {
            let places = (0..<64).map { lattice.coordinate($0, axis: axis) }.sorted()
            #expect(places.allSatisfy { (0..<1).contains($0) })
            for (a, b) in zip(places, places.dropFirst()) { #expect(abs(b - a - 1.0 / 64) < 1e-14) }
        }
        #expect(RankOneLattice(dimension: 4, count: 64, shiftIndex: 0).shift != lattice.shift.prefix(4).map { $0 })
    }

    @Test func gridsNeedThreeAnglesAtMost() throws {
        let problem = try GalerkinTests.additive(dimension: 4)
        let solver = try Characteristics(problem, nodes: 256, tolerance: 1e-9)
        #expect(throws: ContinuumError.dimension(4, scheme: "grid")) {
            try solver.density(on: PeriodicGrid(cells: [2, 2, 2, 2]))
        }
        #expect(throws: ContinuumError.dimension(4, scheme: "galerkin")) {
            try Limit(problem, scheme: .galerkin(tolerance: 1e-9), grid: nil, times: [1])
        }
        #expect(throws: ContinuumError.dimension(4, scheme: "upwind")) {
            try Limit(problem, scheme: .finiteVolume(.upwind, tolerance: 1e-6), grid: nil, times: [1])
        }
    }
}
