import Continuum
import Experts
import Testing
import Torus
import Training

/// Problems whose functions only the state vector has, beside the same ones with their expansion.
@Suite struct StateVectorProblemTests {
    private struct Pair {
        let expanded: MeanFieldProblem
        let direct: MeanFieldProblem
    }

    /// Two qubits with `d` angles in turn, three training data and a held-out one.
    private static func pair(angles d: Int, initialLaw: InitialLaw = .uniform) throws -> Pair {
        var gates: [Circuit.Instruction] = []
        for place in 0..<max(3, d) {
            gates.append(.init(.ry, qubits: [place % 2], angles: [.input(place % d)]))
            gates.append(.init(place % 2 == 0 ? .rx : .rz, qubits: [place % 2], angles: [.input(d)]))
            gates.append(.init(.cx, qubits: [place % 2, (place + 1) % 2]))
        }
        let inputs = (0..<d).map { Circuit.Input("t\($0)") } + [Circuit.Input("x")]
        let circuit = try Circuit(qubitCount: 2, inputs: inputs, instructions: gates)
        let set = TrainingSet(
            inputNames: ["x"], training: .init(inputs: [[0.2], [1.1], [-0.7]], targets: [0.2, -0.3, 0.1]),
            heldOut: .init(inputs: [[0.6]], targets: [0.15]))
        func problem(_ path: PathChoice) throws -> MeanFieldProblem {
            let expert = try QuantumExpert(
                circuit: circuit, parameters: (0..<d).map { "t\($0)" }, observable: PauliSum("Z0 + 0.5 X1"),
                path: path)
            return try MeanFieldProblem(
                expert: expert, trainingSet: set, initialLaw: initialLaw, amplitude: 1.5)
        }
        return Pair(expanded: try problem(.expansion), direct: try problem(.direct))
    }

    private static func expectEqual(_ a: [Double], _ b: [Double], within tolerance: Double) {
        #expect(a.count == b.count && !a.isEmpty)
        for (a, b) in zip(a, b) { #expect(abs(a - b) <= tolerance) }
    }

    /// On the same nodes the limits are the same, in as many angles as there are forms of nodes.
    @Test(arguments: [1, 2, 3, 5])
    func limitsAgree(dimension d: Int) throws {
        let pair = try Self.pair(
            angles: d,
            initialLaw: d == 2
                ? .product([try .vonMises(centre: 1, concentration: 1), .uniform]) : .uniform)
        let grid = d <= 2 ? try PeriodicGrid(cells: Array(repeating: 12, count: d)) : nil
        let limits = try [pair.expanded, pair.direct].map { problem in
            try Limit(
                problem, scheme: .characteristics(nodes: d <= 3 ? 16 : 64, tolerance: 1e-9), grid: grid, times: [0, 1],
                estimatesErrors: true)
        }
        for output in 0..<2 {
            // The steps are the same but for the measure of their errors: each holds 1e-10.
            Self.expectEqual(limits[0].functions[output], limits[1].functions[output], within: 1e-9)
            Self.expectEqual(limits[0].heldOutFunctions[output], limits[1].heldOutFunctions[output], within: 1e-9)
            #expect(abs(limits[0].losses[output] - limits[1].losses[output]) < 1e-9)
            #expect(abs(limits[0].dissipations[output] - limits[1].dissipations[output]) < 1e-8)
            if d <= 2 {
                Self.expectEqual(
                    limits[0].densities[output].values, limits[1].densities[output].values, within: 1e-7)
            }
        }
        #expect(limits[1].losses[1] < 0.9 * limits[1].losses[0])
        #expect(limits[1].diagnostics[1].entropyRate.isNaN)
        #expect(d <= 2 || limits[1].diagnostics[1].entropy.isNaN)
        #expect(limits[1].errorEstimate?.moment.allSatisfy { $0.total.isFinite } ?? false)
    }

    /// The right-hand sides of a mixture, of any number of experts and threads.
    @Test(arguments: [1, 2, 65, 200])
    func mixturesAgree(count: Int) throws {
        let pair = try Self.pair(angles: 3)
        let state = (0..<3 * count).map { 0.37 * Double($0 * $0 % 101) }
        func rate(_ problem: MeanFieldProblem, threads: Int) -> [Double] {
            let flow = MeanFieldFlow(problem, count: count, parallelism: Parallelism(threads: threads))
            var rate = state
            flow.derivative(time: 0, state: state, rate: &rate)
            return rate
        }
        let direct = rate(pair.direct, threads: 1)
        #expect(direct == rate(pair.direct, threads: 2))
        // Values to 1e-15 or so, three data.
        Self.expectEqual(direct, rate(pair.expanded, threads: 1), within: 1e-14)
    }

    @Test func gridMethodsAskForTheExpansion() throws {
        let problem = try Self.pair(angles: 2).direct
        #expect(throws: ContinuumError.expansion(scheme: "galerkin")) { try Galerkin(problem, tolerance: 1e-6) }
        let grid = try PeriodicGrid(cells: [16, 16])
        #expect(throws: ContinuumError.expansion(scheme: "finite volume")) {
            try FiniteVolume(problem, grid: grid, reconstruction: .upwind, tolerance: 1e-6)
        }
    }
}
