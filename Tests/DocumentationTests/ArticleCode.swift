import Archive
import Chaos
import Continuum
import Experts
import Foundation
import Particles
import Testing
import Torus
import Training
import Transport

/// The code of the README and of the articles in docs/Kac.docc, which stands in both places to the letter, with what it gives.
@Suite struct ArticleCode {
    @Test func readMe() throws {
        let circuit = try OpenQASMReader.read("input float theta; input float x; qubit q; ry(theta) q; ry(-x) q;")
        let expert = try QuantumExpert(circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0"))
        let data = TrainingSet(inputNames: ["x"], training: .init(inputs: [[0], [.pi / 2]], targets: [0.5, 0.3]))
        let problem = try MeanFieldProblem(expert: expert, trainingSet: data)
        let limit = try Limit(
            problem, scheme: .galerkin(tolerance: 1e-10), grid: PeriodicGrid(cells: [256]), times: [0, 10])
        // limit.diagnostics[1].loss is 0.0011887124807
        // Fifty-digit value; the tolerance is the solver's.
        #expect(abs(limit.diagnostics[1].loss - 0.001188712480725464) < 1e-10)
    }

    @Test func liftingCircuits() throws {
        let circuit = try OpenQASMReader.read(
            """
            include "stdgates.inc";
            input float theta0; input float theta1; input float x;
            qubit[2] q;
            ry(x) q[0];
            ry(theta0) q[0];
            cx q[0], q[1];
            ry(theta1) q[1];
            """)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta0", "theta1"], observable: PauliSum("Z1"))
        let lift = try expert.lift(inputs: [[0.1], [0.7]])
        let expansion = try #require(lift.expansion)
        #expect(expansion.basis.monomials.map(\.description) == ["cos(theta0)*cos(theta1)", "sin(theta0)*cos(theta1)"])
        // cos(θ₁) cos(θ₀ + x), to rounding.
        for (datum, x) in [0.1, 0.7].enumerated() {
            #expect(abs(expansion.value(at: [0.3, 0.5], datum: datum) - cos(0.5) * cos(0.3 + x)) < 1e-15)
        }

        let (value, gradient) = expert.valueAndGradient(parameters: [0.3, 0.5], inputs: [0.7])
        let difference = value - expansion.value(at: [0.3, 0.5], datum: 1)
        #expect(abs(difference) < 1e-15)
        #expect(abs(gradient[1] + sin(0.5) * cos(1)) < 1e-15)
        let constants = LipschitzConstants(circuit: circuit, roles: expert.roles, observable: expert.observable)
        // Both derivatives of the product are at most 1.
        #expect(constants.gradient >= 1 && constants.gradient <= 2.0.squareRoot())
    }

    @Test func choosingASolver() throws {
        let expert = try Neuron(.additive, inputs: ["x0", "x1"], frequencies: [[1, 0], [0, 1]])
        let data = TrainingSet(
            inputNames: ["x0", "x1"],
            training: .init(inputs: [[0.2, 1], [1.4, -0.3], [2.5, 0.6]], targets: [0.3, 0.1, -0.2]))
        let problem = try MeanFieldProblem(expert: expert, trainingSet: data)
        let grid = try PeriodicGrid(cells: [64, 64])
        let schemes: [Scheme] = [
            .galerkin(tolerance: 1e-10), .characteristics(nodes: 24, tolerance: 1e-10),
            .finiteVolume(.weno5, tolerance: 1e-8),
        ]
        let limits = try schemes.map {
            try Limit(problem, scheme: $0, grid: grid, times: [0, 1, 2], estimatesErrors: true)
        }
        // An additive expert has an exact solution, which every limit carries beside it.
        let errors = limits.map { $0.exactMomentErrors?.max() ?? .nan }
        // Tolerances hold a step; three time units have some tens. WENO5 on 64 cells a turn errs by its grid.
        #expect(errors[0] < 1e-8 && errors[1] < 1e-8 && errors[2] < 1e-5, "\(errors)")

        let told = limits.map { $0.errorEstimate?.moment.last?.total ?? .nan }
        // What a limit tells of itself is no more than a hundred times too small, and for WENO5 it sees the grid.
        #expect(zip(told, errors).allSatisfy { $0 * 100 + 1e-12 > $1 }, "\(told), \(errors)")
    }

    @Test func readingDistances() throws {
        let density = Field.uniform(on: try PeriodicGrid(cells: [64]))
        let atoms = (0..<4).map { (Double($0) + 0.5) * .pi / 2 }
        let distance = try wasserstein(atoms: atoms, density: density, order: .two)
        // distance.lower ≤ W₂ ≤ distance.upper
        // Every atom serves an arc of a quarter turn: W₂² = (π/2)²/12, exact to rounding.
        let exact = .pi / 2 / 12.0.squareRoot()
        #expect(distance.lower <= exact * (1 + 1e-14) && exact <= distance.upper * (1 + 1e-14) && distance.gap < 1e-13)

        let plane = try TorusDensity(Field.uniform(on: try PeriodicGrid(cells: [16, 16])))
        let pair = try TorusAtoms(angles: [1, 4, 2, 2], dimension: 2, weights: [0.25, 0.75])
        let shares = try TorusTransport.plan(pair, plane)
        let close = try TorusTransport.w1(pair, plane, from: shares, accuracy: 1e-3)
        #expect(abs(shares.masses[0] - 0.25) < 1e-9 && close.gap <= 1e-3 * close.upper)
        #expect(close.upper <= shares.distance.upper)

        let between = try wasserstein(atoms: [1, 4, 2, 2], otherAtoms: [2, 5, 2, 2], dimension: 2, order: .one)
        #expect(abs(between.midpoint - 1) < 1e-14 && between.gap < 1e-13)

        let expert = try Neuron(.cosine, inputs: ["x"], frequencies: [[1]])
        let data = TrainingSet(inputNames: ["x"], training: .init(inputs: [[0], [.pi / 2]], targets: [0.5, 0.3]))
        let problem = try MeanFieldProblem(expert: expert, trainingSet: data)
        let limit = try Limit(
            problem, scheme: .galerkin(tolerance: 1e-10), grid: PeriodicGrid(cells: [256]), times: [0, 2],
            refinedOutputs: [1],
            estimatesErrors: true)
        let plan = ComparisonPlan(counts: [100, 316, 1000, 3162], replicates: 64, seed: 1, outputs: [1])
        let comparison = try Comparison(problem, limit: limit, plan: plan)
        let ratio = limit.densities[1].minimum * 2 * .pi
        for rate in comparison.rates(densityRatios: [ratio]) {
            print(rate.quantity.rawValue, rate.exponent, rate.lower, rate.upper, rate.verdict.rawValue)
        }
        let coupling = Rate(.coupling, of: comparison, output: 0, densityRatio: ratio)
        // Its interval, of 64 replicates, is some hundredths wide.
        #expect(coupling.verdict != .inconsistent && abs(coupling.exponent + 0.5) < 0.1)
    }

    @Test func readingARunFile() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("kac-\(UUID().uuidString).h5")
        defer { try? FileManager.default.removeItem(at: file) }
        let grid = try PeriodicGrid(cells: [8])
        try RunFileWriter.write(
            RunContents(
                title: "Two outputs", experiment: "", softwareVersion: "0", date: Date(timeIntervalSince1970: 0),
                grid: grid,
                times: [0, 1], densities: Array(repeating: Field.uniform(on: grid).values, count: 2),
                series: ["loss": [0.5, 0.25]],
                tables: [
                    RunTable(
                        "comparison",
                        columns: [.init("n_experts", .integers([10, 100])), .init("w2", .reals([1, 0.5]))])
                ]),
            to: file)
        let run = try RunFileReader.contents(of: file)
        let losses = run.series["loss"] ?? []
        let density = run.densities.last ?? []
        if let table = run.tables.first(where: { $0.name == "comparison" }) {
            for column in table.columns { print(column.name, column.values) }
        }
        #expect(losses == [0.5, 0.25] && density.count == 8 && run.tables[0].rowCount == 2)
    }

    @Test func addingAnExpert() throws {
        let expert = Cardioid(inputNames: ["x"])
        let lift = try expert.lift(inputs: [[0.4]])
        let (value, gradient) = expert.valueAndGradient(parameters: [1.1], inputs: [0.4])
        let expansion = try #require(lift.expansion)
        #expect(abs(expansion.value(at: [1.1], datum: 0) - value) < 1e-15)
        #expect(abs(expansion.gradient(at: [1.1], datum: 0)[0] - gradient[0]) < 1e-15)
        // It trains as every other expert does, and falls.
        let data = TrainingSet(inputNames: ["x"], training: .init(inputs: [[0.4], [1.9]], targets: [0.7, 0.2]))
        let problem = try MeanFieldProblem(expert: expert, trainingSet: data)
        let limit = try Limit(problem, scheme: .galerkin(tolerance: 1e-9), grid: nil, times: [0, 5])
        #expect(limit.diagnostics[1].loss < limit.diagnostics[0].loss)
    }

    @Test func addingAScheme() throws {
        let expert = try Neuron(.cosine, inputs: ["x"], frequencies: [[1]])
        let data = TrainingSet(inputNames: ["x"], training: .init(inputs: [[0], [.pi / 2]], targets: [0.5, 0.3]))
        let problem = try MeanFieldProblem(expert: expert, trainingSet: data)
        let form = try #require(AdditiveForm(problem))
        let exact = try AdditiveSolution(form, times: [2]).moments[0][0]
        let errors = try [16, 32, 64].map { cells in
            let solver = try FiniteVolume(
                problem, grid: PeriodicGrid(cells: [cells]), reconstruction: .muscl(.vanLeer), tolerance: 1e-10)
            try solver.advance(to: 2)
            let moment = solver.moment([1])
            return hypot(moment.real - exact.real, moment.imaginary - exact.imaginary)
        }
        let orders = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
        // Second order, which a limiter lowers where it flattens extrema.
        #expect(orders.allSatisfy { $0 > 1.5 }, "\(errors)")
    }
}

/// An expert that the library does not have: `f(θ, x) = x (1 + cos θ) / 2`, a heart seen from its cusp.
struct Cardioid: Expert {
    let parameterNames = ["theta"]
    let inputNames: [String]

    func value(parameters: [Double], inputs: [Double]) -> Double {
        0.5 * inputs[0] * (1 + cos(parameters[0]))
    }

    func valueAndGradient(parameters: [Double], inputs: [Double]) -> (value: Double, gradient: [Double]) {
        (value(parameters: parameters, inputs: inputs), [-0.5 * inputs[0] * sin(parameters[0])])
    }

    func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion {
        try check(inputs: inputs)
        let basis = TrigonometricBasis(dimension: 1, monomials: [.one, .init([.init(.cosine, axis: 0)])])
        let halves = inputs.map { 0.5 * $0[0] }
        return TrigonometricExpansion(basis: basis, datumCount: inputs.count, coefficients: halves + halves)
    }
}
