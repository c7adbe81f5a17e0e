import Experts
import Foundation
import Testing
import Torus

/// Experts with our values and gradients for `Tests/peers`, which computes them with PennyLane and Qiskit.
@Suite struct PeerSamplesTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let folder = environment["KAC_PEER_SAMPLES"]

    private struct Samples: Encodable {
        let seed: UInt64
        let cases: [Sample]
    }

    private struct Term: Encodable {
        let input: Int
        let factor: Double
    }

    private struct Angle: Encodable {
        let constant: Double
        let terms: [Term]
    }

    private struct Step: Encodable {
        let gate: String
        let qubits: [Int]
        let angles: [Angle]
    }

    private struct Answer: Encodable {
        let f: Double
        let gradient: [Double]
    }

    /// An ansatz as its name and options, to be built by the peers' own functions.
    private struct Recipe: Encodable {
        let family: String
        let layers: Int
        var rotations: [String] = []
        var entangler = "cx"
        var topology = "ring"
        let final: Bool
        /// The rotation of the data, the data's place among the inputs for each qubit, and what they are multiplied by.
        let encoding: String?
        let places: [Int]
        let scale: Double
        let repeated: Bool

        init(_ ansatz: Ansatz, _ circuit: Circuit) {
            layers = ansatz.layerCount
            final = ansatz.hasFinalRotations
            encoding = ansatz.encoding?.rotation.rawValue
            places = (ansatz.encoding?.inputs ?? []).compactMap { name in
                circuit.inputs.firstIndex { $0.name == name }
            }
            scale = ansatz.encoding?.scale ?? 1
            repeated = ansatz.encoding?.isRepeated ?? false
            switch ansatz.family {
            case .hardwareEfficient(let rotations, let entangler, let topology):
                family = "hardware_efficient"
                self.rotations = rotations.map(\.rawValue)
                self.entangler = entangler.rawValue
                self.topology = topology.rawValue
            case .basicEntangler(let rotation):
                family = "basic_entangler"
                rotations = [rotation.rawValue]
            case .stronglyEntangling: family = "strongly_entangling"
            }
        }
    }

    private struct Sample: Encodable {
        let name: String
        let qubits: Int
        let qasm: String
        let inputs: [String]
        let gates: [Step]
        let ansatz: Recipe?
        let amplitudes: [Int]
        let trained: [Int]
        /// Words of a letter a qubit, and their weights.
        let strings: [String]
        let weights: [Double]
        /// The values of all inputs.
        let values: [Double]
        let direct: Answer
        /// `nil` where it has too many terms.
        let expansion: Answer?
        let sweep: Answer

        /// - Parameter text: what the circuit was read from, when it is not to be the one that we write.
        init(
            _ name: String, _ expert: QuantumExpert, ansatz: Recipe? = nil, text: String? = nil,
            _ random: inout RandomNumbers
        ) throws {
            let circuit = expert.circuit
            self.name = name
            qubits = circuit.qubitCount
            qasm = try text ?? OpenQASMWriter.text(of: circuit)
            inputs = circuit.inputs.map(\.name)
            gates = circuit.instructions.map { instruction in
                Step(
                    gate: instruction.gate.rawValue, qubits: instruction.qubits,
                    angles: instruction.angles.map { angle in
                        Angle(
                            constant: angle.constant,
                            terms: angle.terms.map { Term(input: $0.input, factor: $0.factor) })
                    })
            }
            self.ansatz = ansatz
            amplitudes = circuit.amplitudes
            trained = expert.roles.parameters
            strings = expert.observable.terms.map { term in
                (0..<circuit.qubitCount).map { qubit in
                    switch (term.string.x >> UInt64(qubit) & 1, term.string.z >> UInt64(qubit) & 1) {
                    case (0, 0): "I"
                    case (1, 0): "X"
                    case (1, 1): "Y"
                    default: "Z"
                    }
                }.joined()
            }
            weights = expert.observable.terms.map(\.coefficient)
            values = circuit.inputs.map { _ in random.uniform(-7...7) }
            let theta = expert.roles.parameters.map { [values] in values[$0] }
            let x = expert.roles.data.map { [values] in values[$0] }
            let direct = expert.valueAndGradient(parameters: theta, inputs: x)
            self.direct = Answer(f: direct.value, gradient: direct.gradient)
            do {
                let expansion = try expert.expansion(inputs: [x])
                self.expansion = Answer(
                    f: expansion.value(at: theta, datum: 0), gradient: expansion.gradient(at: theta, datum: 0))
            } catch ExpansionError.tooManyTerms where theta.count > 12 {
                expansion = nil
            }
            let sweep = try StateVectorSweep(expert, inputs: [x]).valuesAndGradients(parameters: theta, count: 1)
            self.sweep = Answer(f: sweep.values[0], gradient: sweep.gradients)
        }
    }

    @Test(.enabled(if: folder != nil, "the environment variable KAC_PEER_SAMPLES names no folder"))
    func writeSamples() throws {
        let seed = Self.environment["KAC_PEER_SEED"].flatMap { UInt64($0) } ?? .random(in: 0..<1 << 32)
        var random = RandomNumbers(seed: seed)
        var cases: [Sample] = []
        for number in 0..<100 { cases.append(try Self.randomCircuit(number, &random)) }
        for number in 0..<24 { cases.append(try Self.randomText(number, &random)) }
        for (name, ansatz) in Self.ansaetze(&random) {
            let circuit = try ansatz.circuit()
            let expert = try QuantumExpert(
                circuit: circuit, parameters: ["theta"], observable: random.observable(qubits: ansatz.qubitCount),
                termLimit: 1 << 16)
            cases.append(try Sample(name, expert, ansatz: Recipe(ansatz, circuit), &random))
        }
        let file = URL(fileURLWithPath: try #require(Self.folder), isDirectory: true).appending(path: "experts.json")
        try JSONEncoder().encode(Samples(seed: seed, cases: cases)).write(to: file)
    }

    /// A random circuit, every third one on amplitudes; the inputs' names are those of no gate, as Qiskit requires.
    private static func randomCircuit(_ number: Int, _ random: inout RandomNumbers) throws -> Sample {
        let qubits = 1 + number % 6
        let drawn = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        var circuit = try Circuit(
            qubitCount: qubits, inputs: ["a", "b", "c", "d", "e"].map { Circuit.Input($0) },
            instructions: drawn.instructions)
        if number % 3 == 0 {
            let count = random.integer(1..<(1 << qubits) + 1)
            circuit = try circuit.encodingAmplitudes((0..<count).map { "amplitude\($0)" })
        }
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["a", "b", "c"], observable: random.observable(qubits: qubits))
        return try Sample("random circuit \(number)", expert, &random)
    }

    /// A random text with the names of `stdgates.inc`, which Qiskit reads by its own definitions.
    private static func randomText(_ number: Int, _ random: inout RandomNumbers) throws -> Sample {
        let qubits = 3 + number % 2
        var lines = ["OPENQASM 3.0;", "include \"stdgates.inc\";"]
        for name in ["a", "b", "c", "d", "e"] { lines.append("input float[64] \(name);") }
        lines.append("qubit[\(qubits)] q;")
        for qubit in 0..<qubits {
            lines.append("ry(\(random.uniform(-3...3)) + \(["a", "b", "c"][qubit % 3])) q[\(qubit)];")
        }
        // Every name comes within eight texts, and those with two controls or four angles in each.
        let names = StandardGatesTests.names
        let products = names.filter { ["ch", "ccx", "cswap", "cu"].contains($0.name) }
        let drawn = (0..<8).map { names[(4 * number + $0) % names.count] } + products
        for (name, angles, count) in drawn {
            let texts = (0..<angles).map { index -> String in
                // Half of the others too, which keeps the harmonics low.
                let isAperiodic = ["crx", "cry", "crz"].contains(name) || (name == "cu" && index == 0)
                let isData = isAperiodic || random.uniform() < 0.5
                let factor = isData ? "\(random.uniform(0...2))" : random.element(["1", "1", "2"])
                let input = isData ? random.element(["d", "e"]) : random.element(["a", "b", "c"])
                return "\(random.uniform(-3...3)) \(random.element(["+", "-"])) \(factor)*\(input)"
            }
            lines.append(StandardGatesTests.call(name, texts, random.distinct(count, below: qubits)))
        }
        for qubit in 0..<qubits {
            lines.append("rx(\(random.uniform(-3...3)) - \(["d", "e"][qubit % 2])) q[\(qubit)];")
        }
        let text = lines.joined(separator: "\n") + "\n"
        let expert = try QuantumExpert(
            circuit: OpenQASMReader.read(text), parameters: ["a", "b", "c"],
            observable: random.observable(qubits: qubits))
        return try Sample("random text \(number)", expert, text: text, &random)
    }

    /// Every family with every number of qubits that matters, with and without data.
    private static func ansaetze(_ random: inout RandomNumbers) -> [(String, Ansatz)] {
        var list: [(String, Ansatz)] = []
        for qubits in 1...5 {
            let inputs = (0..<random.integer(1..<qubits + 1)).map { "data\($0)" }
            let encoding = Ansatz.Encoding(
                rotation: random.element(Ansatz.Rotation.allCases), inputs: inputs, isRepeated: qubits % 2 == 1,
                scale: random.uniform(-2...2))
            let layers = random.integer(1..<4)
            let rotation = random.element(Ansatz.Rotation.allCases)
            list.append(
                (
                    "BasicEntanglerLayers, \(qubits) qubits",
                    Ansatz(
                        .basicEntangler(rotation: rotation), qubitCount: qubits, layerCount: layers, encoding: encoding)
                ))
            list.append(
                (
                    "StronglyEntanglingLayers, \(qubits) qubits",
                    Ansatz(.stronglyEntangling, qubitCount: qubits, layerCount: min(layers, 2), encoding: encoding)
                ))
            for entangler in Ansatz.Entangler.allCases {
                for topology in Ansatz.Topology.allCases {
                    let rotations: [Ansatz.Rotation] = random.element([[.ry], [.ry, .rz]])
                    list.append(
                        (
                            "hardware-efficient \(entangler) \(topology), \(qubits) qubits",
                            Ansatz(
                                .hardwareEfficient(rotations: rotations, entangler: entangler, topology: topology),
                                qubitCount: qubits, layerCount: min(layers, 2),
                                encoding: topology == .ring ? encoding : nil, hasFinalRotations: entangler == .cx)
                        ))
                }
            }
        }
        return list
    }
}
