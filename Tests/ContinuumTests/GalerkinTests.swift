import Experts
import Foundation
import Testing
import TimeStepping
import Torus
import Training

@testable import Continuum

/// The spectral solver in one, two and three angles.
@Suite struct GalerkinTests {
    private static func datum(_ a: Double, dimension d: Int) -> [Double] {
        (0..<d).map { p -> Double in 0.4 + 1.3 * a - 0.7 * a * Double(p) }
    }

    /// `(1/d) Σ_p cos(θ_p − x_p)` with three data.
    static func additive(dimension d: Int, initialLaw: InitialLaw = .uniform) throws -> MeanFieldProblem {
        let identity = (0..<d).map { p in (0..<d).map { $0 == p ? 1.0 : 0 } }
        let neuron = try Neuron(.additive, inputs: (0..<d).map { "x\($0)" }, frequencies: identity)
        let inputs = (0..<3).map { datum(Double($0), dimension: d) }
        return try MeanFieldProblem(
            expert: neuron,
            trainingSet: TrainingSet(
                inputNames: neuron.inputNames,
                training: .init(inputs: inputs, targets: [0.3, -0.2, 0.25])), initialLaw: initialLaw)
    }

    /// `Π_p cos(θ_p − x_p)`: every derivative is mixed.
    static func product(dimension d: Int) throws -> MeanFieldProblem {
        let identity = (0..<d).map { p in (0..<d).map { $0 == p ? 1.0 : 0 } }
        let neuron = try Neuron(.product, inputs: (0..<d).map { "x\($0)" }, frequencies: identity)
        let inputs = (0..<3).map { datum(Double($0), dimension: d) }
        return try MeanFieldProblem(
            expert: neuron,
            trainingSet: TrainingSet(
                inputNames: neuron.inputNames,
                training: .init(inputs: inputs, targets: [0.3, -0.3, 0.2])))
    }

    @Test(arguments: [1, 2, 3])
    func productsArePoissonKernels(dimension: Int) throws {
        var axes = Array(repeating: CircleLaw.uniform, count: dimension)
        axes[0] = try .wrappedCauchy(centre: 2, concentration: 0.3)
        let grid = try PeriodicGrid(cells: Array([24, 15, 10].prefix(dimension)))
        for law in [InitialLaw.uniform, .product(axes)] {
            let limit = try Limit(
                Self.additive(dimension: dimension, initialLaw: law), scheme: .galerkin(tolerance: 1e-11), grid: grid,
                times: [0, 1, 4])
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
                for (a, b) in zip(limit.densities[output].values, expected) { #expect(abs(a - b) < 1e-10) }
                #expect(abs(limit.densities[output].integral - 1) < 1e-13)
            }
        }
    }

    /// Stencil and padded FFT are one sum, by two ways.
    @Test(arguments: [1, 2, 3])
    func theTwoRightHandSidesAgree(dimension: Int) throws {
        for problem in try [Self.additive(dimension: dimension), Self.product(dimension: dimension)] {
            let potential = FourierPotential(try #require(problem.basis.trigonometric))
            let lattice = ModeLattice(limits: Array([9, 7, 6].prefix(dimension)))
            let stencil = try MomentHierarchy(
                problem, potential, lattice: lattice, parallelism: .serial, path: .stencil)
            let convolution = try MomentHierarchy(
                problem, potential, lattice: lattice, parallelism: .serial, path: .convolution)
            // A real field's moments: conjugate in the column k_0 = 0.
            var state = (0..<stencil.dimension).map { sin(1.7 * Double($0) + 0.3) / (1 + Double($0 % 10)) }
            for row in 0..<lattice.rowCount / 2 {
                let (here, there) = (row * lattice.rowLength, (lattice.rowCount - 1 - row) * lattice.rowLength)
                state[here] = state[there]
                state[lattice.count + here] = -state[lattice.count + there]
            }
            let centre = lattice.rowCount / 2 * lattice.rowLength
            (state[centre], state[lattice.count + centre]) = (1, 0)
            var (a, b) = (state, state)
            stencil.derivative(time: 0, state: state, rate: &a)
            convolution.derivative(time: 0, state: state, rate: &b)
            let size = a.map(abs).max() ?? 0
            #expect(size > 0.01)
            // Rates of size 10 at most, a transform of a few thousand points.
            for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-13 * max(1, size)) }
        }
    }

    /// The hierarchy written out, mode by mode.
    @Test func theStencilIsTheHierarchy() throws {
        let problem = try Self.product(dimension: 2)
        let potential = FourierPotential(try #require(problem.basis.trigonometric))
        let lattice = ModeLattice(limits: [5, 4])
        let system = try MomentHierarchy(problem, potential, lattice: lattice, parallelism: .serial, path: .stencil)
        let law = try InitialLaw.product([
            .vonMises(centre: 1, concentration: 0.7), .wrappedCauchy(centre: 2, concentration: 0.4),
        ])
        func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
            abs(k[0]) <= 5 && abs(k[1]) <= 4 ? law.moment(k) : (0, 0)
        }
        var state = Array(repeating: 0.0, count: system.dimension)
        for row in 0..<lattice.rowCount {
            for k in 0...5 {
                let m = moment([k] + lattice.rowVector(row))
                state[row * 6 + k] = m.real
                state[lattice.count + row * 6 + k] = m.imaginary
            }
        }
        var rate = state
        system.derivative(time: 0, state: state, rate: &rate)
        let moments = potential.moments(count: problem.basis.count, moment: moment)
        var (vr, vi) = (Array(repeating: 0.0, count: potential.count), Array(repeating: 0.0, count: potential.count))
        potential.coefficients(weights: problem.weights(moments: moments), real: &vr, imaginary: &vi)
        for row in 0..<lattice.rowCount {
            for k0 in 0...5 {
                let k = [k0] + lattice.rowVector(row)
                var sum = (0.0, 0.0)
                for (q, l) in potential.modes.enumerated() where q > 0 {
                    for sign in [1, -1] {
                        let l = l.map { sign * $0 }
                        let product = Double(zip(k, l).reduce(0) { $0 + $1.0 * $1.1 })
                        let m = moment(zip(k, l).map(+))
                        let (re, im) = (vr[q], Double(sign) * vi[q])
                        sum.0 += product * (re * m.real - im * m.imaginary)
                        sum.1 += product * (re * m.imaginary + im * m.real)
                    }
                }
                #expect(abs(rate[row * 6 + k0] - sum.0) < 1e-14)
                #expect(abs(rate[lattice.count + row * 6 + k0] - sum.1) < 1e-14)
            }
        }
    }

    /// Values at points of the Fourier series against 50 digits.
    @Test func linearTransportAgreesWithFiftyDigits() throws {
        let solver = try Galerkin(LinearTransport.problem(), tolerance: 1e-11, parallelism: .allCores)
        try solver.advance(to: 0.5)
        let (k0, k1) = (solver.frequencies[0], solver.frequencies[1])
        for value in LinearTransport.densities where value.time == 0.5 {
            var density = 0.0
            for a in -k0...k0 {
                for b in -k1...k1 {
                    let m = solver.moment([a, b])
                    let phase = Double(a) * value.theta0 + Double(b) * value.theta1
                    density += (m.real * cos(phase) + m.imaginary * sin(phase)) / (4 * .pi * .pi)
                }
            }
            // The density's maximum is about 0.5; the tolerance is for the root of the sum of squares of all modes.
            #expect(abs(density - value.density) < 1e-10, "at \(value.theta0), \(value.theta1)")
        }
    }

    /// Exponential convergence: to rounding with a tolerance of rounding.
    @Test func twelveDigitsAreReached() throws {
        let errors = try [1e-4, 1e-8, 1e-13].map { tolerance -> Double in
            let solver = try Galerkin(Self.additive(dimension: 2), tolerance: tolerance)
            try solver.advance(to: 3)
            let form = try #require(AdditiveForm(Self.additive(dimension: 2)))
            let z = try AdditiveSolution(form, times: [3]).moments[0]
            return (0..<2).reduce(0) { worst, axis in
                let m = solver.moment((0..<2).map { $0 == axis ? 1 : 0 })
                return max(worst, hypot(m.real - z[axis].real, m.imaginary - z[axis].imaginary))
            }
        }
        #expect(errors[0] < 1e-4 && errors[1] < 1e-8 && errors[2] < 1e-12, "\(errors)")
    }

    @Test func equalBitsForAnyNumberOfThreads() throws {
        func state(threads: Int) throws -> Field {
            let solver = try Galerkin(
                Self.product(dimension: 2), tolerance: 1e-9, parallelism: Parallelism(threads: threads))
            try solver.advance(to: 5)
            return try solver.density(on: PeriodicGrid(cells: [33, 20]))
        }
        let serial = try state(threads: 1)
        #expect(try state(threads: 2) == serial)
        #expect(try state(threads: 3) == serial)
    }

    /// From a narrow law that spreads the lattice shrinks, and the law is still the right one.
    @Test func frequenciesThatAreNotNeededAreDropped() throws {
        // V = cos θ₀ pushes away from its top at 0, where the law begins.
        let potential = try TrigonometricPolynomial(["cos(a)": 1], names: ["a"])
        let problem = MeanFieldProblem(
            potential: potential.basis, weights: potential.coefficients,
            initialLaw: .product([try .vonMises(centre: 0, concentration: 2000)]))
        let solver = try Galerkin(problem, tolerance: 1e-9)
        let before = solver.frequencies[0]
        try solver.advance(to: 1.5)
        #expect(solver.frequencies[0] < before / 2)
        // The same flow by characteristics: tan(θ/2) = eᵗ tan(θ'/2) in the gradient descent of cos θ.
        let grid = try PeriodicGrid(cells: [64])
        let density = try solver.density(on: grid)
        let law = try CircleLaw.vonMises(centre: 0, concentration: 2000)
        func origin(_ angle: Double) -> Double { 2 * atan2(exp(-1.5) * sin(angle / 2), cos(angle / 2)) }
        for (cell, value) in density.values.enumerated() {
            let (a, b) = (grid.faces(axis: 0)[cell], grid.faces(axis: 0)[cell + 1])
            let expected = law.mass(from: origin(a), to: origin(b)) / grid.spacing(axis: 0)
            #expect(abs(value - expected) < 1e-7, "cell \(cell)")
        }
    }

    @Test func whatIsNotSolvedIsRefused() throws {
        #expect(throws: ContinuumError.dimension(4, scheme: "galerkin")) {
            try Galerkin(Self.product(dimension: 4), tolerance: 1e-9)
        }
        let field = try FieldLaw(Field.uniform(on: PeriodicGrid(cells: [4])))
        #expect(throws: ContinuumError.initialLaw(scheme: "galerkin")) {
            try Galerkin(Self.additive(dimension: 1, initialLaw: .field(field)), tolerance: 1e-9)
        }
        let narrow = try InitialLaw.product([.vonMises(centre: 0, concentration: 1e6)])
        #expect(throws: ContinuumError.self) {
            try Galerkin(Self.additive(dimension: 1, initialLaw: narrow), tolerance: 1e-9)
        }
    }

    @Test func concentrationBeyondTheModesIsReportedAndTheLastStateKept() throws {
        let solver = try Galerkin(ReferenceProblems.concentrating, tolerance: 1e-9, modeLimit: 100)
        #expect(throws: ContinuumError.self) { try solver.advance(to: 100) }
        #expect(solver.time > 1 && solver.time < 100)
        let density = try solver.density(on: PeriodicGrid(cells: [64]))
        #expect(abs(density.integral - 1) < 1e-13 && density.values.allSatisfy { $0.isFinite })
        // The history ends where the state is.
        #expect(solver.history.end == solver.time)
    }
}
