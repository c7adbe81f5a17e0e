import Continuum
import Experts
import Foundation
import Torus
import Training

/// A problem whose solution is known: in closed form, where the law stays a product of Poisson kernels; elsewhere from
/// characteristics, which have no cells and no modes of the density.
struct VerificationProblem {
    let name: String
    let problem: MeanFieldProblem
    /// Where the solution is looked at.
    let end: Double
    /// `z_p` at the end; none where only the density is known.
    private let firstMoments: [(real: Double, imaginary: Double)]
    /// The cell averages at the end.
    private let averages: (PeriodicGrid) throws -> Field

    /// A sum of first harmonics from the uniform law, followed up to a time.
    init(name: String, inputs: [[Double]], targets: [Double], end: Double) throws {
        let names = inputs[0].indices.map { "x\($0)" }
        let identity = names.indices.map { p in names.indices.map { $0 == p ? 1.0 : 0 } }
        try self.init(
            name: name, expert: Neuron(.additive, inputs: names, frequencies: identity),
            set: TrainingSet(inputNames: names, training: .init(inputs: inputs, targets: targets)), end: end)
    }

    init(name: String, expert: any Expert, set: TrainingSet, end: Double) throws {
        let problem = try MeanFieldProblem(expert: expert, trainingSet: set)
        guard let form = AdditiveForm(problem) else { throw NoExactSolution() }
        let solution = try AdditiveSolution(form, times: [end])
        self.name = name
        self.problem = problem
        self.end = end
        firstMoments = solution.moments[0]
        averages = { try solution.law(output: 0).averages(on: $0) }
    }

    /// A problem in which only mass and sign are looked at.
    private init(potential problem: MeanFieldProblem, name: String, end: Double) {
        self.name = name
        self.problem = problem
        self.end = end
        firstMoments = []
        averages = { _ in throw NoExactSolution() }
    }

    private init(
        transport problem: MeanFieldProblem, name: String, end: Double, nodes: Int, parallelism: Parallelism
    ) throws {
        let solver = try Characteristics(problem, nodes: nodes, tolerance: 1e-12, parallelism: parallelism)
        try solver.advance(to: end)
        self.name = name
        self.problem = problem
        self.end = end
        firstMoments = []
        averages = { try solver.density(on: $0) }
    }

    /// A problem that is not one of these.
    struct NoExactSolution: Error {}

    /// `f = cos(θ − x)` with two data: converges to a smooth density.
    static func oneAngle() throws -> VerificationProblem {
        try VerificationProblem(
            name: "one angle, t = 20", inputs: [[0], [.pi / 2]], targets: [0.5, 0.3], end: 20)
    }

    /// The same with targets that no mixture reaches: concentrates on one point.
    static func concentrating() throws -> VerificationProblem {
        try VerificationProblem(
            name: "one angle, concentrating, t = 20", inputs: [[0], [.pi / 2]], targets: [0.9, 0.8], end: 20)
    }

    /// `f = (1/d) Σ_p cos(θ_p − x_p)` with three data.
    static func product(dimension d: Int, end: Double = 4) throws -> VerificationProblem {
        let inputs = [0.0, 1, 2].map { (a: Double) -> [Double] in
            (0..<d).map { p -> Double in 0.4 + a * (1.3 - 0.7 * Double(p)) }
        }
        return try VerificationProblem(
            name: "product of \(d) angles, t = \(Measured.time(end))", inputs: inputs, targets: [0.3, -0.2, 0.25],
            end: end)
    }

    /// The same with two data whose targets no mixture reaches.
    static func concentratingProduct(dimension d: Int, end: Double) throws -> VerificationProblem {
        try VerificationProblem(
            name: "product of \(d) angles, concentrating, t = \(Measured.time(end))",
            inputs: [Array(repeating: 0, count: d), Array(repeating: .pi / 2, count: d)], targets: [0.9, 0.8], end: end)
    }

    /// Potential and initial law of transport along and across the cells: `V = −cos θ₀ − ½ sin(θ₀ + 2θ₁)` from von Mises laws.
    static func transport() throws -> MeanFieldProblem {
        let potential = try TrigonometricPolynomial(
            ["cos(a)": -1, "sin(a)*cos(2*b)": -0.5, "cos(a)*sin(2*b)": -0.5], names: ["a", "b"])
        return MeanFieldProblem(
            potential: potential.basis, weights: potential.coefficients,
            initialLaw: .product([
                try .vonMises(centre: 1, concentration: 2), try .vonMises(centre: 2.5, concentration: 2),
            ]))
    }

    /// The densities of `transport()` per radian² at some points and times: characteristics and their Jacobian integrated backwards
    /// with 50 digits, rounded.
    static let transportDensities: [(time: Double, values: [(point: [Double], density: Double)])] = [
        (
            0.5,
            [
                ([0.3, 0.7], 0.1384679528135721), ([1.0, 2.5], 0.1320195457613232),
                ([2.2, 4.9], 0.0007563666871449482), ([3.5, 1.1], 0.0002485173561383086),
                ([4.4, 3.3], 0.0005511047730700447), ([5.1, 5.9], 5.1231676893938956e-05),
                ([6.0, 2.0], 0.03803249782123166), ([0.8, 5.5], 0.002847816893552414),
            ]
        ),
        (
            1.5,
            [
                ([0.3, 0.7], 0.13260914860088494), ([1.0, 2.5], 0.0036245449135448886),
                ([2.2, 4.9], 2.9082834360604296e-05), ([3.5, 1.1], 7.670495849904548e-06),
                ([4.4, 3.3], 1.9770456330633666e-05), ([5.1, 5.9], 4.121687152939911e-06),
                ([6.0, 2.0], 0.00554085938085876), ([0.8, 5.5], 0.00029893272275118644),
            ]
        ),
    ]

    /// One cell full and the rest empty, carried through all cells by a potential.
    static func fullCell(of cells: [Int]) throws -> VerificationProblem {
        let grid = try PeriodicGrid(cells: cells)
        var values = Array(repeating: 0.0, count: grid.cellCount)
        values[grid.cellCount / 3] = 1 / grid.cellVolume
        let axes = cells.indices
        let basis = TrigonometricBasis(
            dimension: cells.count,
            monomials: axes.map { TrigonometricMonomial([.init(.cosine, axis: $0)]) }
                + [TrigonometricMonomial(axes.map { .init(.sine, axis: $0, harmonic: $0 == 0 ? 2 : 1) })])
        let law = InitialLaw.field(try FieldLaw(Field(grid: grid, values: values)))
        return VerificationProblem(
            potential: MeanFieldProblem(
                potential: basis, weights: axes.map { 0.5 + Double($0) } + [0.7], initialLaw: law),
            name: "one full cell of \(grid), t = 2", end: 2)
    }

    /// Transport in that potential until a time, judged by characteristics.
    static func transport(end: Double, parallelism: Parallelism) throws -> VerificationProblem {
        try VerificationProblem(
            transport: transport(), name: "transport in two angles", end: end, nodes: 64,
            parallelism: parallelism)
    }

    /// A quantum expert with one angle, used once, behind entangling gates.
    static func circuit() throws -> VerificationProblem {
        let circuit = try OpenQASMReader.read(
            """
            OPENQASM 3.0;
            input float x0; input float x1; input float theta;
            qubit[3] q;
            ry(x0) q[0]; rx(x1) q[1]; h q[2];
            cx q[0], q[1]; cz q[1], q[2]; t q[2];
            ry(theta) q[1];
            cx q[1], q[2]; rx(0.7) q[0]; crx(x0) q[2], q[0];
            """, file: "built in")
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta"], observable: PauliSum("0.3 Z0 - Z1 + 0.5 X1 X2"))
        let inputs = [0.0, 1, 2, 3, 4].map { (a: Double) -> [Double] in [0.6 * a, 1 - 0.4 * a] }
        let set = TrainingSet(
            inputNames: ["x0", "x1"], training: .init(inputs: inputs, targets: [0.2, -0.1, 0.3, 0, -0.2]))
        return try VerificationProblem(name: "one angle of a circuit, t = 20", expert: expert, set: set, end: 20)
    }

    /// The largest error of a first moment.
    func momentError(_ solver: any ContinuumSolver) -> Double {
        firstMoments.enumerated().reduce(0) { worst, entry in
            let z = solver.moment((0..<problem.dimension).map { $0 == entry.offset ? 1 : 0 })
            return max(worst, hypot(z.real - entry.element.real, z.imaginary - entry.element.imaginary))
        }
    }

    /// A solver that has reached the end.
    func solved(
        _ scheme: Scheme, grid: PeriodicGrid, largestStep: Double = .infinity, parallelism: Parallelism
    ) throws -> any ContinuumSolver {
        let solver: any ContinuumSolver
        if case .finiteVolume(let reconstruction, let tolerance) = scheme {
            solver = try FiniteVolume(
                problem, grid: grid, reconstruction: reconstruction, tolerance: tolerance, largestStep: largestStep,
                parallelism: parallelism)
        } else {
            solver = try Limit.solver(problem, scheme: scheme, grid: grid, parallelism: parallelism)
        }
        try solver.advance(to: end)
        return solver
    }

    /// The errors of a density: in the mean, relative to the mean, and at most, relative to the peak.
    func densityErrors(_ density: Field) throws -> (relativeL1: Double, ofPeak: Double) {
        let exact = try averages(density.grid)
        let differences = zip(density.values, exact.values).map { abs($0 - $1) }
        return (
            differences.reduce(0, +) / exact.values.reduce(0, +),
            (differences.max() ?? 0) / (exact.values.max() ?? 1)
        )
    }
}
