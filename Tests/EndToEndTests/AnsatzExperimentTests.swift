import Foundation
import Testing

/// Experiments without a circuit file, and with data as amplitudes.
@Suite struct AnsatzExperimentTests {
    private struct Lift: Decodable {
        let parameters: [String]
        let inputs: [String]
        let monomials: Int?
        let path: String
        let coefficients: [String: [Double]]?
    }

    private struct Answer: Decodable {
        struct Path: Decodable {
            let f: [Double]
            let gradient: [[Double]]
        }
        let direct: Path
        let expansion: Path?
    }

    /// An experiment with the given section `expert`, rest of the section `training`, and table.
    private static func experiment(
        _ expert: String, training: String = "", data: String = "x0,x1,y\n0.3,-0.4,0.5\n1.2,0.7,0.1\n"
    ) throws -> (folder: TemporaryFolder, path: String) {
        let folder = try TemporaryFolder()
        try folder.write(data, to: "data.csv")
        let text = "expert: {\(expert)}\ntraining: {file: data.csv, target: y\(training)}\n"
        return (folder, try folder.write(text, to: "ansatz.yml"))
    }

    private static func answer(_ path: String, in folder: TemporaryFolder, theta: String) throws -> Answer {
        let process = try KacProcess.run(["evaluate", path, "--theta", theta, "--json"], in: folder.url)
        try #require(process.status == 0, "\(process.errors)")
        return try JSONDecoder().decode(Answer.self, from: Data(process.output.utf8))
    }

    private static func lift(_ path: String, in folder: TemporaryFolder) throws -> Lift {
        let process = try KacProcess.run(["lift", "--experiment", path, "--json"], in: folder.url)
        try #require(process.status == 0, "\(process.errors)")
        return try JSONDecoder().decode(Lift.self, from: Data(process.output.utf8))
    }

    private static let re = """
        ansatz: {name: hardware_efficient, qubits: 2, layers: 2, rotations: [ry, rz], entangler: cx, topology: line,
        final_rotations: true, encoding: {rotation: rx, inputs: [x0, x1], reuploading: true, scale: pi/2}},
        observable: {Z0: 0.5, Z1: 0.5}
        """

    @Test func liftAndEvaluateTakeAnAnsatz() throws {
        let (folder, path) = try Self.experiment(Self.re)
        let lift = try Self.lift(path, in: folder)
        #expect(lift.parameters == (0..<12).map { "theta[\($0)]" } && lift.inputs == ["x0", "x1"])
        #expect(lift.coefficients?.count == lift.monomials && lift.path == "expansion")
        let theta = (0..<12).map { "\(0.1 * Double($0) - 0.4)" }.joined(separator: ",")
        let answer = try Self.answer(path, in: folder, theta: theta)
        let expansion = try #require(answer.expansion)
        // A few roundings at each of 18 gates.
        for datum in 0..<2 {
            #expect(abs(answer.direct.f[datum] - expansion.f[datum]) <= 1e-14)
            for p in 0..<12 {
                #expect(abs(answer.direct.gradient[datum][p] - expansion.gradient[datum][p]) <= 1e-14)
            }
        }
        // The circuit as text is the same expert.
        let text = try KacProcess.run(["lift", "--experiment", path, "--qasm"])
        #expect(text.status == 0 && text.output.hasPrefix("OPENQASM 3.0;\n"), "\(text.errors)")
        #expect(text.output.contains("input array[float[64], 12] theta;\n"))
        #expect(text.output.components(separatedBy: "rx(1.5707963267948966 * x0) q[0];").count == 3)
        try folder.write(text.output, to: "circuit.qasm")
        let file = try folder.write(
            "expert: {circuit: circuit.qasm, parameters: [theta], observable: {Z0: 0.5, Z1: 0.5}}\n"
                + "training: {file: data.csv, target: y}\n", to: "file.yml")
        let same = try Self.answer(file, in: folder, theta: theta)
        #expect(same.direct.f == answer.direct.f && same.direct.gradient == answer.direct.gradient)
        // And of a file, which is written out.
        let again = try KacProcess.run(["lift", folder.url.appendingPathComponent("circuit.qasm").path, "--qasm"])
        #expect(again.output == text.output)
    }

    @Test func aSubsetOfTheAnglesMayBeTrained() throws {
        let (folder, path) = try Self.experiment(
            "ansatz: {name: basic_entangler, qubits: 2, layers: 1, rotation: ry}, parameters: [\"theta[1]\"], "
                + "observable: Z0", training: ", inputs: {\"theta[0]\": x0}")
        let lift = try Self.lift(path, in: folder)
        #expect(lift.parameters == ["theta[1]"] && lift.inputs == ["theta[0]"])
        let answer = try Self.answer(path, in: folder, theta: "0.9")
        // cos θ₀ on qubit 0, the control.
        #expect(abs(answer.direct.f[0] - cos(0.3)) <= 1e-15 && abs(answer.direct.f[1] - cos(1.2)) <= 1e-15)
    }

    /// One qubit, `cos(θ − x)`: the same run as from the file.
    @Test(arguments: ["run", "solve"]) func runAndSolveTakeAnAnsatz(command: String) throws {
        let file = try SmallExperiment()
        let ansatz = try SmallExperiment(replacing: [
            (
                "circuit: circuit.qasm, parameters: [theta]",
                "ansatz: {name: basic_entangler, qubits: 1, layers: 1, rotation: ry, "
                    + "encoding: {rotation: ry, inputs: [x], scale: -1}}"
            )
        ])
        func output(_ experiment: SmallExperiment) throws -> String {
            let process = try KacProcess.run([command, experiment.path], in: experiment.folder.url)
            #expect(process.status == 0, "\(process.errors)")
            return process.output
        }
        // The two rotations are in the other order, and commute.
        #expect(try output(file) == output(ansatz))
    }

    /// `⟨Z⟩` in the state `(x₀, x₁)/‖x‖` after `ry(θ)`: columns are taken as they are, whatever the range.
    @Test func amplitudesAreColumnsAsTheyAre() throws {
        let data = "x0,x1,t,y\n3,4,0,0.5\n-30,10,1,0.1\n0,1e-200,2,0\n"
        let (folder, path) = try Self.experiment(
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1, rotation: ry, encoding: {rotation: ry, inputs: [t]}}, "
                + "amplitude_encoding: [x0, x1], observable: Z0", training: ", range: [0, pi]", data: data)
        let answer = try Self.answer(path, in: folder, theta: "0.4")
        let expansion = try #require(answer.expansion)
        let states = [(-0.28, 0.96), (0.8, -0.6), (-1, 0)]
        for (datum, (z, x)) in states.enumerated() {
            // The angle's column is mapped to 0, π/2 and π.
            let angle = 0.4 + Double(datum) * .pi / 2
            let expected = z * cos(angle) - x * sin(angle)
            #expect(abs(answer.direct.f[datum] - expected) <= 1e-15)
            #expect(abs(expansion.f[datum] - expected) <= 1e-15)
        }
        let report = try KacProcess.run(["lift", "--experiment", path], in: folder.url)
        #expect(report.output.contains("the state with amplitudes x0 x1, normalised"), "\(report.output)")
        #expect(try Self.lift(path, in: folder).coefficients?.count == 2)
    }

    @Test func runTakesAmplitudesOnACircuitFile() throws {
        let small = try SmallExperiment(replacing: [
            ("parameters: [theta]", "parameters: [theta], amplitude_encoding: [a, b]"),
            ("inputs: {x: x}", "inputs: {a: x, b: y, x: x}"),
        ])
        let process = try small.run()
        #expect(process.status == 0, "\(process.errors)")
        let zero = try SmallExperiment(replacing: [
            ("parameters: [theta]", "parameters: [theta], amplitude_encoding: [a]"),
            ("inputs: {x: x}", "inputs: {a: x, x: x}"),
        ])
        // The first row alone is of zeros, whether it is trained on, held out, or in a table of its own.
        try zero.folder.write("x,y\n1,0\n\n0,1\n2,1\n", to: "other.csv")
        for (command, line) in [
            (["run", zero.path], "data.csv:2: datum 0 "),
            (["evaluate", zero.path, "--theta", "0"], "data.csv:2: datum 0 "),
            (["lift", "--experiment", zero.path], "data.csv:2: datum 0 "),
            (["run", zero.path, "--set", "training.test=0.5"], "data.csv:2: datum "),
            (
                [
                    "run", zero.path, "--set", "training.file=other.csv", "--set",
                    "training.evaluation={file: data.csv}",
                ],
                "other.csv:4: datum 1 "
            ),
        ] {
            let refused = try KacProcess.run(command, in: zero.folder.url)
            #expect(refused.status == 65 && refused.errors.contains(line), "\(refused.errors)")
            #expect(refused.errors.contains("zeros only"), "\(refused.errors)")
        }
    }

    @Test(arguments: [
        ("ansatz: {name: hardware_efficent, qubits: 1, layers: 1}", "expert.ansatz.name", "'hardware_efficient'"),
        ("ansatz: {qubits: 1, layers: 1}", "expert.ansatz", "'name' is missing"),
        ("ansatz: {name: basic_entangler, layers: 1}", "expert.ansatz", "'qubits' is missing"),
        ("ansatz: {name: basic_entangler, qubits: 4097, layers: 1}", "expert.ansatz.qubits", "1 to 4096"),
        ("ansatz: {name: basic_entangler, qubits: 2, layers: 0}", "expert.ansatz.layers", "found 0"),
        ("ansatz: {name: basic_entangler, qubit: 2, layers: 1}", "expert.ansatz.qubit", "did you mean 'qubits'"),
        (
            "ansatz: {name: basic_entangler, qubits: 2, layers: 1, topology: line}", "expert.ansatz.topology",
            "belongs to"
        ),
        (
            "ansatz: {name: strongly_entangling, qubits: 2, layers: 1, rotation: rx}", "expert.ansatz.rotation",
            "belongs"
        ),
        ("ansatz: {name: basic_entangler, qubits: 2, layers: 1, final_rotations: true}", "final_rotations", "belongs"),
        ("ansatz: {name: hardware_efficient, qubits: 2, layers: 1, rotations: [u]}", "rotations[0]", "rx, ry, rz"),
        ("ansatz: {name: hardware_efficient, qubits: 2, layers: 1, rotations: []}", "expert.ansatz", "no rotation"),
        (
            "ansatz: {name: hardware_efficient, qubits: 2, layers: 1, entangler: cy}", "expert.ansatz.entangler",
            "cx, cz"
        ),
        ("ansatz: {name: hardware_efficient, qubits: 2, layers: 1, topology: star}", "topology", "line, ring"),
        ("ansatz: {name: basic_entangler, qubits: 1, layers: 1, encoding: {}}", "encoding", "'inputs' is missing"),
        (
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1, encoding: {inputs: [x0, x1]}}", "expert.ansatz",
            "at most one a qubit"
        ),
        (
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1, encoding: {inputs: [x0], reupload: true}}",
            "expert.ansatz.encoding.reupload", "did you mean 'reuploading'"
        ),
        (
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1, encoding: {inputs: [x0], scale: 0}}",
            "expert.ansatz", "scale 0.0"
        ),
        ("ansatz: {name: basic_entangler, qubits: 1, layers: 1}, circuit: a.qasm", "expert.ansatz", "leave one out"),
        ("parameters: [theta]", "expert", "expected one of the keys circuit, ansatz"),
        (
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1}, amplitude_encoding: [a, b, c]",
            "expert.amplitude_encoding", "at most 2"
        ),
        (
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1}, amplitude_encoding: []",
            "expert.amplitude_encoding",
            "no names"
        ),
        (
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1, encoding: {inputs: [x0]}}, amplitude_encoding: [x0]",
            "expert.amplitude_encoding", "'x0' is an angle"
        ),
        (
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1}, amplitude_encoding: [theta]",
            "expert.amplitude_encoding", "at most 2|is an angle"
        ),
    ])
    func isRefused(expert: String, key: String, words: String) throws {
        let (folder, path) = try Self.experiment(expert + ", observable: Z0")
        let process = try KacProcess.run(["lift", "--experiment", path], in: folder.url)
        #expect(process.status == 65 && process.errors.contains("ansatz.yml:1: "), "\(process.errors)")
        #expect(process.errors.contains(key), "\(process.errors)")
        #expect(words.split(separator: "|").contains { process.errors.contains($0) }, "\(process.errors)")
    }

    @Test func aRangeWithoutAnAngleIsRefused() throws {
        let (folder, path) = try Self.experiment(
            "ansatz: {name: basic_entangler, qubits: 1, layers: 1}, amplitude_encoding: [x0, x1], observable: Z0",
            training: ", range: [0, pi]")
        let process = try KacProcess.run(["lift", "--experiment", path], in: folder.url)
        #expect(process.status == 65 && process.errors.contains("training.range: no data input is an angle"))
    }

    @Test func theTextAloneOrJSON() throws {
        let circuit = KacProcess.root.appendingPathComponent("data/circuits/reference-b.qasm").path
        #expect(try KacProcess.run(["lift", circuit, "--qasm", "--json"]).status == 64)
        #expect(try KacProcess.run(["lift", "--qasm"]).status == 64)
        #expect(try KacProcess.run(["lift", circuit, "--qasm"]).status == 0)
    }
}
