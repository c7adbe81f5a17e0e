import Experts
import Testing
import Torus

@Suite struct LightConeTests {
    @Test func growsBackwardsThroughTwoQubitGates() throws {
        let circuit = try OpenQASMReader.read(
            """
            input float a; input float b; input float c; input float x;
            qubit[4] q;
            ry(a) q[0];
            ry(b) q[2];
            cx q[0], q[1];
            rx(x) q[1];
            cz q[1], q[2];
            ry(c) q[3];
            """)
        let near = circuit.lightCone(of: try string("Z3"))
        #expect(near.qubits == [3] && near.inputs == [2] && near.instructions == [5])
        let far = circuit.lightCone(of: try string("Z2"))
        #expect(far.qubits == [0, 1, 2] && far.inputs == [0, 1, 3] && far.instructions == [0, 1, 2, 3, 4])
        let none = circuit.lightCone(of: .identity)
        #expect(none.qubits.isEmpty && none.inputs.isEmpty && none.instructions.isEmpty)
    }

    /// The expectation value does not depend on what is outside.
    @Test(arguments: [UInt64](1...40)) func holdsEveryAngleOfTheExpansion(seed: UInt64) throws {
        var random = RandomNumbers(seed: 900 + seed)
        let circuit = try PathAgreementTests.randomCircuit(&random, qubits: 4)
        for qubit in 0..<4 {
            let observable = try PauliSum("Z\(qubit)")
            let expert = try QuantumExpert(circuit: circuit, parameters: ["a", "b", "c"], observable: observable)
            let cone = circuit.lightCone(of: observable.terms[0].string)
            for (axis, harmonic) in try expert.expansion(inputs: [[0.3, -1.2]]).basis.harmonics.enumerated() {
                #expect(harmonic == 0 || cone.inputs.contains(expert.roles.parameters[axis]), "seed \(seed)")
            }
        }
    }

    private func string(_ text: String) throws -> PauliString { try PauliSum(text).terms[0].string }
}
