import Experts
import Testing

/// The examples beside the errors' declarations.
@Suite struct ErrorExampleTests {
    @Test func theyThrowWhatTheySay() throws {
        #expect(throws: AnsatzError.noQubit(0)) {
            try Ansatz(.hardwareEfficient(), qubitCount: 0, layerCount: 1).circuit()
        }
        #expect(throws: CircuitError.noQubit(0)) { try Circuit(qubitCount: 0, inputs: [], instructions: []) }
        #expect(throws: PauliSumError.repeatedQubit(0, in: "Z0 Z0")) { try PauliSum("Z0 Z0") }
        #expect(throws: NeuronError.frequencies(feature: 0, found: 2, expected: 1)) {
            try Neuron(.cosine, inputs: ["x"], frequencies: [[1, 2]])
        }
        #expect(throws: PolynomialExpertError.noParameter) {
            try PolynomialExpert(parameters: [], inputs: ["x"], terms: ["x": 1])
        }
        let neuron = try Neuron(.cosine, inputs: ["x"], frequencies: [[1]])
        #expect(throws: ExpansionError.wrongInputCount(datum: 1, found: 2, expected: 1)) {
            try neuron.lift(inputs: [[0.1], [0.2, 0.3]])
        }
        let circuit = try Circuit(
            qubitCount: 1, inputs: [.init("x"), .init("theta")],
            instructions: [.init(.rx, qubits: [0], angles: [.input(0)]), .init(.ry, qubits: [0], angles: [.input(1)])])
        #expect(throws: ExpertError.unknownParameter("phi", inputs: ["x", "theta"])) {
            try QuantumExpert(circuit: circuit, parameters: ["phi"], observable: PauliSum("Z0"))
        }
        let direct = try QuantumExpert(
            circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0"), path: .direct)
        #expect(try direct.lift(inputs: [[0.1]]).expansion == nil)
        let error = #expect(throws: OpenQASMError.self) {
            try OpenQASMReader.read("OPENQASM 3.0;\nqubit[1] q;\nreset q;")
        }
        #expect(error?.line == 3 && error?.column == 1)
        let named = try Circuit(
            qubitCount: 1, inputs: [.init("two words")],
            instructions: [.init(.rx, qubits: [0], angles: [.input(0)])])
        #expect(throws: OpenQASMWriterError.self) { try OpenQASMWriter.text(of: named) }
    }
}
