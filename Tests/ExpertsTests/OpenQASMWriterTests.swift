import Experts
import Testing

@Suite struct OpenQASMWriterTests {
    /// The circuit without the lines of its file.
    static func withoutLines(_ circuit: Circuit) throws -> Circuit {
        try Circuit(
            qubitCount: circuit.qubitCount, inputs: circuit.inputs,
            instructions: circuit.instructions.map { .init($0.gate, qubits: $0.qubits, angles: $0.angles) })
    }

    /// Numbers included: nothing is rounded.
    @Test(arguments: [UInt64](1...200))
    func randomCircuitsAreReadBackAsTheyAre(seed: UInt64) throws {
        var random = RandomNumbers(seed: 70_000 + seed)
        let circuit = try PathAgreementTests.randomCircuit(&random, qubits: 1 + Int(seed % 6))
        let pairs: Set<Gate> = [.rxx, .ryy, .rzz]
        let plain = try Circuit(
            qubitCount: circuit.qubitCount, inputs: circuit.inputs,
            instructions: circuit.instructions.filter { !pairs.contains($0.gate) })
        #expect(try Self.withoutLines(OpenQASMReader.read(OpenQASMWriter.text(of: plain))) == plain, "seed \(seed)")
        // Those three are read back as other gates, of the same effect.
        let other = try OpenQASMReader.read(OpenQASMWriter.text(of: circuit))
        let observable = try random.observable(qubits: circuit.qubitCount)
        func value(_ circuit: Circuit) throws -> Double {
            try QuantumExpert(circuit: circuit, parameters: ["a", "b", "c"], observable: observable)
                .value(parameters: [0.3, -1.1, 2.7], inputs: [0.9, -0.4])
        }
        // A few roundings at each of some hundred gates.
        #expect(abs(try value(other) - value(circuit)) <= 1e-13 * observable.norm, "seed \(seed)")
    }

    @Test(arguments: [
        Ansatz(.hardwareEfficient(), qubitCount: 1, layerCount: 1),
        Ansatz(
            .hardwareEfficient(rotations: [.ry, .rz]), qubitCount: 4, layerCount: 2,
            encoding: .init(inputs: ["x0", "x1"], isRepeated: true, scale: .pi / 3), hasFinalRotations: true),
        Ansatz(.basicEntangler(), qubitCount: 3, layerCount: 2, encoding: .init(inputs: ["q", "q_"])),
        Ansatz(.stronglyEntangling, qubitCount: 3, layerCount: 2),
    ])
    func ansaetzeAreReadBackAsTheyAre(ansatz: Ansatz) throws {
        let circuit = try ansatz.circuit()
        #expect(try Self.withoutLines(OpenQASMReader.read(OpenQASMWriter.text(of: circuit))) == circuit)
    }

    @Test func theTextIsOneThatPeopleRead() throws {
        let circuit = try OpenQASMReader.read(
            """
            input float a; input array[float[64], 2] t; qubit[2] w;
            rx(pi/2 - 2*a) w[0]; U(-3*pi/4, t[1], 0.1) w[1]; cp(-t[0] + 1e-20) w[1], w[0]; h w; rzz(0) w[0], w[1];
            """)
        #expect(
            try OpenQASMWriter.text(of: circuit) == """
                OPENQASM 3.0;
                include "stdgates.inc";
                gate rzz(phi) a, b { cx a, b; rz(phi) b; cx a, b; }
                input float[64] a;
                input array[float[64], 2] t;
                qubit[2] q;
                rx(-2.0 * a + pi / 2) q[0];
                U(-3 * pi / 4, t[1], 0.1) q[1];
                cp(-t[0] + 1e-20) q[1], q[0];
                h q[0];
                h q[1];
                rzz(0.0) q[0], q[1];

                """)
    }

    @Test func amplitudesAreDeclaredAndSaid() throws {
        let circuit = try OpenQASMReader.read("qubit[2] q; h q;").encodingAmplitudes(["x0", "x1", "x2"])
        let text = try OpenQASMWriter.text(of: circuit)
        #expect(text.contains("initial state, to be normalised: x0, x1, x2."))
        #expect(try OpenQASMReader.read(text).encodingAmplitudes(["x0", "x1", "x2"]).amplitudes == [0, 1, 2])
    }

    @Test(arguments: [
        [Circuit.Input("a b")], [.init("pi")], [.init("a[0]")], [.init("a[1]", array: "a")],
        [.init("a[0]", array: "a"), .init("b"), .init("a[1]", array: "a")],
    ])
    func namesThatAreNoneAreRefused(inputs: [Circuit.Input]) throws {
        let circuit = try Circuit(qubitCount: 1, inputs: inputs)
        #expect(throws: OpenQASMWriterError.self) { try OpenQASMWriter.text(of: circuit) }
    }
}
