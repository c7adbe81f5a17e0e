import Continuum
import Experts
import Foundation
import Torus
import Training

/// A problem whose exact solution is known: cosine neurons, whose law stays a product of Poisson kernels.
struct ExactProblem {
    let name: String
    let problem: MeanFieldProblem
    let solution: AdditiveSolution

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
        self.name = name
        self.problem = problem
        solution = try AdditiveSolution(form, times: [end])
    }

    /// A problem that is not one of these.
    struct NoExactSolution: Error {}

    /// `f = cos(θ − x)` with two data: converges to a smooth density.
    static func oneAngle() throws -> ExactProblem {
        try ExactProblem(
            name: "one angle, t = 20", inputs: [[0], [.pi / 2]], targets: [0.5, 0.3], end: 20)
    }

    /// The same with targets that no mixture reaches: concentrates on one point.
    static func concentrating() throws -> ExactProblem {
        try ExactProblem(
            name: "one angle, concentrating, t = 20", inputs: [[0], [.pi / 2]], targets: [0.9, 0.8], end: 20)
    }

    /// `f = (1/d) Σ_p cos(θ_p − x_p)` with three data.
    static func product(dimension d: Int) throws -> ExactProblem {
        let inputs = [0.0, 1, 2].map { (a: Double) -> [Double] in
            (0..<d).map { p -> Double in 0.4 + a * (1.3 - 0.7 * Double(p)) }
        }
        return try ExactProblem(
            name: "product of \(d) angles, t = 4", inputs: inputs, targets: [0.3, -0.2, 0.25], end: 4)
    }

    /// A quantum expert with one angle, used once, behind entangling gates.
    static func circuit() throws -> ExactProblem {
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
        return try ExactProblem(name: "one angle of a circuit, t = 20", expert: expert, set: set, end: 20)
    }

    private var end: Double { solution.times[0] }

    /// The largest error of a first moment.
    func momentError(_ solver: any ContinuumSolver) -> Double {
        solution.moments[0].enumerated().reduce(0) { worst, entry in
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
        let exact = try solution.law(output: 0).averages(on: density.grid)
        let differences = zip(density.values, exact.values).map { abs($0 - $1) }
        return (
            differences.reduce(0, +) / exact.values.reduce(0, +),
            (differences.max() ?? 0) / (exact.values.max() ?? 1)
        )
    }
}
