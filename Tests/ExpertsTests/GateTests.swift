import Experts
import Testing

/// Every gate against dense matrices made of exponentials of its generator.
@Suite struct GateTests {
    /// On three qubits in a random product state, on every choice of qubits, followed by random rotations.
    @Test(arguments: Gate.allCases)
    func bothPathsMatchDenseMatrices(gate: Gate) throws {
        var random = RandomNumbers(seed: 5)
        let places =
            gate.qubitCount == 1
            ? [[0], [1], [2]] : [[0, 1], [1, 0], [0, 2], [2, 0], [1, 2], [2, 1]]
        for qubits in places {
            for angle in [0, 0.7, -2.9, .pi / 2, .pi, 8.5] {
                var instructions: [Circuit.Instruction] = []
                func rotations() {
                    for qubit in 0..<3 {
                        instructions.append(
                            .init(.ry, qubits: [qubit], angles: [AffineAngle(constant: random.uniform(-3...3))]))
                        instructions.append(
                            .init(.rz, qubits: [qubit], angles: [AffineAngle(constant: random.uniform(-3...3))]))
                    }
                }
                rotations()
                let angles = (0..<gate.angleCount).map { AffineAngle(constant: angle + Double($0)) }
                instructions.append(.init(gate, qubits: qubits, angles: angles))
                rotations()
                let circuit = try Circuit(qubitCount: 3, instructions: instructions)
                let observable = try random.observable(qubits: 3)
                let dense = DenseMatrix.expectation(circuit, inputs: [], observable: observable)
                let expert = try QuantumExpert(circuit: circuit, parameters: [], observable: observable)
                // The series and its squarings lose a few digits of 1e-16.
                let tolerance = 2e-14 * observable.norm
                #expect(abs(expert.value(parameters: [], inputs: []) - dense) <= tolerance)
                #expect(abs(try expert.expansion(inputs: [[]]).value(at: [], datum: 0) - dense) <= tolerance)
            }
        }
    }

    @Test func anglesThatDoNotFitACircuitAreRefused() throws {
        #expect(throws: CircuitError.noQubit(0)) { try Circuit(qubitCount: 0) }
        #expect(throws: CircuitError.repeatedInput("a")) {
            try Circuit(qubitCount: 1, inputs: [.init("a"), .init("a")])
        }
        let wrong: [Circuit.Instruction] = [
            .init(.h, qubits: []), .init(.h, qubits: [0, 1]), .init(.h, qubits: [2]), .init(.h, qubits: [-1]),
            .init(.cx, qubits: [1, 1]), .init(.rx, qubits: [0]), .init(.rx, qubits: [0], angles: [.input(0)]),
            .init(.rx, qubits: [0], angles: [AffineAngle(constant: .nan)]),
        ]
        for instruction in wrong {
            #expect(throws: CircuitError.self) { try Circuit(qubitCount: 2, instructions: [instruction]) }
        }
    }
}
