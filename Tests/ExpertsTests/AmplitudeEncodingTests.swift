import Experts
import Foundation
import Testing
import Torus

/// Data as the amplitudes of the state before the first gate: every path against dense matrices and against one another.
@Suite struct AmplitudeEncodingTests {
    /// A random expert of every gate on a random number of amplitudes; trained are a, b and c.
    static func expert(_ random: inout RandomNumbers, qubits: Int) throws -> QuantumExpert {
        let count = random.integer(1..<(1 << qubits) + 1)
        let circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
            .encodingAmplitudes((0..<count).map { "amplitude\($0)" })
        return try QuantumExpert(
            circuit: circuit, parameters: ["a", "b", "c"], observable: random.observable(qubits: qubits))
    }

    /// Two angles and the amplitudes, of any length.
    static func data(_ random: inout RandomNumbers, _ expert: QuantumExpert, count: Int) -> [[Double]] {
        (0..<count).map { datum in
            let scale = [1.0, 1e-3, 1e200, 1e-300][datum % 4]
            return (0..<2).map { _ in random.uniform(-3...3) }
                + expert.amplitudeNames.map { _ in scale * random.uniform(-1...1) }
        }
    }

    /// All five ways to a value, and both to a gradient: dense matrices, one state, states in batches, expansion.
    @Test(arguments: [UInt64](1...200))
    func allPathsAgree(seed: UInt64) throws {
        var random = RandomNumbers(seed: 80_000 + seed)
        let qubits = 1 + Int(seed % 5)
        let expert = try Self.expert(&random, qubits: qubits)
        let data = Self.data(&random, expert, count: 9)
        let expansion = try expert.expansion(inputs: data)
        let theta = (0..<3).map { _ in random.uniform(-7...7) }
        // A few roundings at each of 25 gates; angles up to 25 lose a factor of ten.
        let tolerance = 1e-13 * expert.observable.norm
        for (datum, x) in data.enumerated() {
            let direct = expert.valueAndGradient(parameters: theta, inputs: x)
            let gradient = expansion.gradient(at: theta, datum: datum)
            #expect(abs(direct.value - expansion.value(at: theta, datum: datum)) <= tolerance, "seed \(seed)")
            #expect(expert.value(parameters: theta, inputs: x) == direct.value)
            for p in 0..<3 { #expect(abs(direct.gradient[p] - gradient[p]) <= tolerance, "seed \(seed)") }
            // Dense matrices square the data, which only those near 1 survive; and they are slow.
            if qubits < 4, datum < 2 {
                var values = theta + x
                for (place, input) in expert.circuit.amplitudes.enumerated() { values[input] = x[2 + place] }
                let dense = DenseMatrix.expectation(expert.circuit, inputs: values, observable: expert.observable)
                #expect(abs(direct.value - dense) <= tolerance, "seed \(seed)")
            }
        }
        let points = StateVectorSweepTests.points(&random, dimension: 3, count: 9)
        try StateVectorSweepTests.expectAgreement(expert, points: points, count: 9, data: data, "seed \(seed)")
    }

    /// A datum's numbers do not depend on its company or its length, to the bit for powers of two.
    @Test func onlyTheDirectionOfADatumCounts() throws {
        var random = RandomNumbers(seed: 5)
        let circuit = try ReferenceCircuits.ring(qubits: 3, layers: 2)
            .encodingAmplitudes((0..<7).map { "amplitude\($0)" })
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta"], observable: ReferenceCircuits.meanZ(3))
        let data = (0..<70).map { _ in (0..<10).map { _ in random.uniform(-3...3) } }
        let all = try expert.expansion(inputs: data)
        for datum in [0, 31, 32, 69] {
            let scaled = data[datum].prefix(3) + data[datum].dropFirst(3).map { 8 * $0 }
            let alone = try expert.expansion(inputs: [Array(scaled)])
            #expect(alone.basis == all.basis)
            #expect(alone.coefficients == (0..<all.basis.count).map { all.coefficients[$0 * 70 + datum] })
        }
    }

    /// The vector `e_j` is the state `|j⟩`, with qubit 0 the highest bit of `j`; shorter vectors are filled with zeros.
    @Test func basisVectorsAreBasisStates() throws {
        let gates = "input float theta; qubit[3] q; ry(theta) q[1]; cx q[1], q[2]; rzz(theta) q[0], q[1];"
        let observable = try PauliSum("Z0 + 0.5 Z1 + 0.25 Z2 + 0.125 X1 X2")
        for j in 0..<8 {
            let flips = (0..<3).filter { j >> (2 - $0) & 1 == 1 }.map { "x q[\($0)];" }.joined()
            let flipped = try QuantumExpert(
                circuit: OpenQASMReader.read(gates.replacing("qubit[3] q;", with: "qubit[3] q; \(flips)")),
                parameters: ["theta"], observable: observable)
            for count in j + 1...8 {
                let expert = try QuantumExpert(
                    circuit: OpenQASMReader.read(gates).encodingAmplitudes((0..<count).map { "x\($0)" }),
                    parameters: ["theta"], observable: observable)
                let x = (0..<count).map { $0 == j ? -2.5 : 0 }
                let expected = flipped.valueAndGradient(parameters: [0.7], inputs: [])
                let direct = expert.valueAndGradient(parameters: [0.7], inputs: x)
                let expansion = try expert.expansion(inputs: [x])
                // Seven gates.
                #expect(abs(direct.value - expected.value) <= 1e-15)
                #expect(abs(direct.gradient[0] - expected.gradient[0]) <= 1e-15)
                #expect(abs(expansion.value(at: [0.7], datum: 0) - expected.value) <= 1e-15)
            }
        }
    }

    /// Z and X of one qubit in the state `(x₀, x₁)/‖x‖`, turned by θ about Y.
    @Test func oneQubitIsKnown() throws {
        let expert = try QuantumExpert(
            circuit: OpenQASMReader.read("input float theta; qubit q; ry(theta) q;").encodingAmplitudes(["u", "v"]),
            parameters: ["theta"], observable: PauliSum("Z0"))
        #expect(expert.inputNames == ["u", "v"] && expert.amplitudeNames == ["u", "v"])
        let expansion = try expert.expansion(inputs: [[3, 4]])
        #expect(expansion.basis.monomials.map(\.description) == ["cos(theta0)", "sin(theta0)"])
        // (9 − 16)/25 and −2·12/25.
        #expect(abs(expansion.coefficients[0] + 0.28) <= 2e-16 && abs(expansion.coefficients[1] + 0.96) <= 2e-16)
    }

    /// An array that the file declares, and more data than the batched states before the first trained gate are kept for.
    @Test func arraysAndManyData() throws {
        let source = """
            input array[float[64], 4] x; input array[float[64], 12] theta; qubit[12] q;
            \((0..<12).map { "h q[\($0)]; ry(theta[\($0)]) q[\($0)];" }.joined())
            cz q[0], q[11]; cx q[10], q[11];
            """
        let circuit = try OpenQASMReader.read(source).encodingAmplitudes(["x"])
        #expect(circuit.inputs.count == 16 && circuit.amplitudes == [0, 1, 2, 3])
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta"], observable: PauliSum("Z11 + 0.5 X10 Z0"))
        var random = RandomNumbers(seed: 3)
        // 2^12 amplitudes of 16 bytes: 2048 data fill the memory for states before the first trained gate.
        let data = (0..<2049).map { _ in (0..<4).map { _ in random.uniform(-1...1) } }
        let theta = (0..<12).map { _ in random.uniform(-3...3) }
        let sweep = try StateVectorSweep(expert, inputs: data)
        let values = sweep.values(parameters: theta, count: 1)
        let few = try StateVectorSweep(expert, inputs: Array(data.prefix(3))).values(parameters: theta, count: 1)
        let expansion = try expert.expansion(inputs: Array(data.prefix(3)))
        for datum in 0..<3 {
            // A few roundings at each of 26 gates.
            #expect(abs(values[datum] - few[datum]) <= 1e-14)
            #expect(abs(values[datum] - expansion.value(at: theta, datum: datum)) <= 1e-14)
        }
    }

    @Test func lightConesSeeAllAmplitudes() throws {
        let circuit = try OpenQASMReader.read("input float a; qubit[3] q; rx(a) q[0];")
            .encodingAmplitudes(["x0", "x1"])
        #expect(circuit.lightCone(of: PauliString(z: 1)).inputs == [0, 1, 2])
        #expect(circuit.lightCone(of: PauliString(z: 2)).inputs == [1, 2])
        #expect(circuit.lightCone(of: .identity).inputs.isEmpty)
    }

    @Test func whatIsNoStateIsRefused() throws {
        let circuit = try OpenQASMReader.read("input float theta; input float y; qubit q; ry(theta + y) q;")
        let expert = try QuantumExpert(
            circuit: circuit.encodingAmplitudes(["u", "v"]), parameters: ["theta"], observable: PauliSum("Z0"))
        let bad: [([[Double]], ExpansionError)] = [
            ([[1, 1, 1], [1, 0, -0.0]], .zeroVector(datum: 1)),
            ([[1, .nan, 1]], .notFinite(datum: 0, input: "u", value: .nan)),
            ([[1, 1, .infinity]], .notFinite(datum: 0, input: "v", value: .infinity)),
            ([[1, 1]], .wrongInputCount(datum: 0, found: 2, expected: 3)),
        ]
        for (data, expected) in bad {
            // NaN is not equal to itself; the texts are.
            #expect(throws: ExpansionError.self) { try expert.check(inputs: data) }
            do { try expert.check(inputs: data) } catch { #expect("\(error)" == "\(expected)") }
            #expect(throws: ExpansionError.self) { try expert.expansion(inputs: data) }
            #expect(throws: ExpansionError.self) { try StateVectorSweep(expert, inputs: data) }
        }
        #expect(expert.value(parameters: [0.1], inputs: [1, 0, 0]).isNaN)
        // Of no length that a Double holds, but a direction.
        #expect(abs(expert.value(parameters: [0], inputs: [0, .leastNonzeroMagnitude, 0]) - 1) <= 1e-15)
        #expect(abs(expert.value(parameters: [0], inputs: [0, 1e308, 1e308])) <= 1e-15)
        for (names, words) in [
            (["u", "v", "w"], "found 3, expected at most 2, as the circuit has 1 qubit"), (["u", "u"], "'u' twice"),
            (["y", "v"], "'y' is an angle"), (["theta", "v"], "'theta' is an angle"),
        ] {
            let error = try #require(throws: CircuitError.self) { try circuit.encodingAmplitudes(names) }
            #expect("\(error)".contains(words), "\(error)")
        }
        #expect(throws: ExpertError.trainedAmplitude("u")) {
            try InputRoles(circuit: circuit.encodingAmplitudes(["u"]), parameters: ["u"])
        }
    }
}
