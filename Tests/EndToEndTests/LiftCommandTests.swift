import Foundation
import Testing

@Suite struct LiftCommandTests {
    private struct Lift: Decodable {
        struct Lipschitz: Decodable {
            let L1: Double
            let L2: Double
            let lambda: Double?
        }
        struct Kernel: Decodable {
            let rank: Int
            let eigenvalues: [Double]
        }
        let parameters: [String]
        let inputs: [String]
        let monomials: Int?
        let degree: Int?
        let degrees: [Int]?
        let lipschitz: Lipschitz
        let path: String
        let coefficients: [String: [Double]]?
        let kernel: Kernel?
    }

    private struct Evaluation: Decodable {
        struct Path: Decodable { let f: [Double] }
        let direct: Path
    }

    private static let circuitB = "data/circuits/reference-b.qasm"
    private static let meanZ = "0.25 Z0 + 0.25 Z1 + 0.25 Z2 + 0.25 Z3"

    private static func decode<T: Decodable>(_ type: T.Type, _ process: KacProcess) throws -> T {
        try #require(process.status == 0, "\(process.errors)")
        return try JSONDecoder().decode(type, from: Data(process.output.utf8))
    }

    /// The keys of the answer, at the top and of the constants.
    private static func keys(_ process: KacProcess) throws -> (top: [String], constants: [String]) {
        let object = try JSONSerialization.jsonObject(with: Data(process.output.utf8)) as? [String: Any]
        let constants = object?["lipschitz"] as? [String: Any]
        return (try #require(object).keys.sorted(), try #require(constants).keys.sorted())
    }

    @Test func theReferenceCircuitHas74Monomials() throws {
        let process = try KacProcess.run(["lift", Self.circuitB, "--observable", Self.meanZ, "--json"])
        let lift = try Self.decode(Lift.self, process)
        #expect(lift.monomials == 74 && lift.path == "expansion")
        #expect(lift.parameters == (0..<8).map { "theta\($0)" } && lift.inputs == (0..<4).map { "x\($0)" })
        #expect(lift.degrees == Array(repeating: 1, count: 8) && lift.degree == 5)
        // √d ‖O‖ and d ‖O‖ at most.
        #expect(lift.lipschitz.L1 <= 8.0.squareRoot() && lift.lipschitz.L2 <= 8 && lift.lipschitz.lambda == nil)
        let keys = try Self.keys(process)
        #expect(keys.top == ["degree", "degrees", "inputs", "lipschitz", "monomials", "parameters", "path"])
        #expect(keys.constants == ["L1", "L2", "lambda"])
        #expect(process.errors.isEmpty)
    }

    @Test func theTextSaysItToo() throws {
        let process = try KacProcess.run(["lift", Self.circuitB, "--observable", "-Z0 + 0.5 X1 Z2"])
        #expect(process.status == 0, "\(process.errors)")
        for words in ["-1.0 Z0 + 0.5 X1 Z2", "at generic inputs", "names start with theta", "L1 = ", "Z0: qubits"] {
            #expect(process.output.contains(words), "\(words) in \(process.output)")
        }
        let some = try KacProcess.run(["lift", Self.circuitB, "--observable", "Z0", "--parameters", "theta1,theta0"])
        // theta2 to theta7 are data then.
        #expect(some.output.contains("x0 x1 x2 x3 theta2") && !some.output.contains("names start"))
    }

    /// An experiment of reference circuit A, two trained angles, with 16 data and as many targets.
    private static func experimentA(
        _ changes: (String, String)...
    ) throws -> (folder: TemporaryFolder, path: String, targets: [Double]) {
        let folder = try TemporaryFolder()
        let circuit = KacProcess.root.appendingPathComponent("data/circuits/reference-a.qasm").path
        let targets = (0..<16).map { Double($0 % 3) / 4 - 0.25 }
        let rows = (0..<16).map { (j: Int) -> String in
            let x = (0..<4).map { k -> Double in
                let word = (5 * j + 3 * k + j * k) % 16
                return (Double(word) - 7.5) / 5
            }
            return (x + [targets[j]]).map { "\($0)" }.joined(separator: ",")
        }
        try folder.write("x0,x1,x2,x3,y\n" + rows.joined(separator: "\n") + "\n", to: "data.csv")
        let text = """
            title: Reference A
            expert:
              circuit: \(circuit)
              parameters: [theta0, theta1]
              observable: {Z0: 0.25, Z1: 0.25, Z2: 0.25, Z3: 0.25}
            training: {file: data.csv, target: y, test: 0.25}
            time: {end: 1}
            continuum: {grid: {cells: [16, 16]}}
            """
        let changed = changes.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        return (folder, try folder.write(changed, to: "a.yml"), targets)
    }

    @Test func coefficientsReproduceTheExpert() throws {
        let (folder, path, _) = try Self.experimentA()
        let process = try KacProcess.run(["lift", "--experiment", path, "--json"], in: folder.url)
        let lift = try Self.decode(Lift.self, process)
        #expect(lift.parameters == ["theta0", "theta1"])
        let coefficients = try #require(lift.coefficients)
        #expect(coefficients.count == lift.monomials && coefficients.values.allSatisfy { $0.count == 16 })
        let theta = [0.4, -1.3]
        let evaluation = try Self.decode(
            Evaluation.self, KacProcess.run(["evaluate", path, "--theta", "0.4,-1.3", "--json"], in: folder.url))
        for datum in 0..<16 {
            let sum = try coefficients.reduce(0) { try $0 + $1.value[datum] * Self.monomial($1.key, theta) }
            // Roundings of a value of size 1 at 28 gates.
            #expect(abs(sum - evaluation.direct.f[datum]) <= 1e-14)
        }
    }

    /// The value of a text such as `cos(theta0)*sin(theta1)`.
    private static func monomial(_ text: String, _ theta: [Double]) throws -> Double {
        try text == "1"
            ? 1
            : text.split(separator: "*").reduce(1) { product, factor in
                let axis = try #require(Int(factor.dropFirst(9).dropLast()))
                #expect(factor.dropFirst(3).hasPrefix("(theta"))
                return product * (factor.hasPrefix("cos") ? cos(theta[axis]) : sin(theta[axis]))
            }
    }

    /// `λ = R L₂ + L₁²` with the residuals of the data that are trained on, under the law at time 0.
    @Test(arguments: [(0.0, 0.0), (0.6, 1.3)])
    func theRateIsThatOfTheStart(concentration: Double, centre: Double) throws {
        let law = "{wrapped_cauchy: {centre: \(centre), concentration: \(concentration)}}"
        func lift(_ test: String) throws -> Lift {
            let (folder, path, _) = try Self.experimentA(
                (", test: 0.25", test), ("time:", "initial: \(concentration == 0 ? "uniform" : law)\ntime:"))
            return try Self.decode(Lift.self, KacProcess.run(["lift", "--experiment", path, "--json"], in: folder.url))
        }
        let all = try lift("")
        let (_, _, targets) = try Self.experimentA()
        var mean = Array(repeating: 0.0, count: 16)
        for (text, values) in try #require(all.coefficients) {
            // Angles are used once: each factor's mean is |z| times its value at the centre.
            let factors = text == "1" ? 0 : text.split(separator: "*").count
            let share = pow(concentration, Double(factors)) * (try Self.monomial(text, [centre, centre]))
            for a in 0..<16 { mean[a] += share * values[a] }
        }
        let squares = zip(mean, targets).map { ($0 - $1) * ($0 - $1) }
        let root = (squares.reduce(0, +) / 16).squareRoot()
        let expected = root * all.lipschitz.L2 + all.lipschitz.L1 * all.lipschitz.L1
        #expect(abs(try #require(all.lipschitz.lambda) - expected) <= 1e-14)
        // Twelve of the sixteen, whichever.
        let split = try lift(", test: 0.25")
        let residual =
            (try #require(split.lipschitz.lambda) - split.lipschitz.L1 * split.lipschitz.L1) / split.lipschitz.L2
        let sum = 12 * residual * residual
        let sorted = squares.sorted()
        #expect(sum >= sorted.prefix(12).reduce(0, +) - 1e-12 && sum <= sorted.suffix(12).reduce(0, +) + 1e-12)
        #expect(abs(residual - root) > 1e-6)
    }

    @Test func theKernelIsTheReferences() throws {
        let (folder, path, _) = try Self.experimentA()
        let process = try KacProcess.run(["lift", "--experiment", path, "--json"], in: folder.url)
        let lift = try Self.decode(Lift.self, process)
        let kernel = try #require(lift.kernel)
        #expect(kernel.rank == 8 && kernel.eigenvalues.count == 16)
        #expect(kernel.eigenvalues == kernel.eigenvalues.sorted(by: >))
        #expect(abs(kernel.eigenvalues.reduce(0, +) - 0.075088436012545) <= 2e-15)
        #expect(process.errors.contains("rank 8"), "a warning: \(process.errors)")
        let text = try KacProcess.run(["lift", "--experiment", path], in: folder.url)
        #expect(text.output.contains("rank 8 of 16") && text.output.contains("warning: "))
    }

    /// Two trained angles are refused where the limit is solved, before anything is computed.
    @Test func whatIsGivenReplacesTheExperiments() throws {
        let (folder, path, _) = try Self.experimentA()
        let one = try Self.decode(
            Lift.self, KacProcess.run(["lift", "--experiment", path, "--observable", "I", "--json"], in: folder.url))
        #expect(one.coefficients.map { Array($0.keys) } == ["1"])
        #expect(one.kernel?.rank == 0 && one.lipschitz.L1 == 0 && one.lipschitz.lambda == 0)
        // An input that is trained no more has no column.
        let fewer = try KacProcess.run(["lift", "--experiment", path, "--parameters", "theta0"], in: folder.url)
        #expect(fewer.status == 65 && fewer.errors.contains("theta1"))
    }

    /// The state vector's values lead to the same monomials as propagation.
    @Test func tooManyTermsLeadToTheDirectPath() throws {
        let arguments = ["lift", Self.circuitB, "--observable", Self.meanZ, "--term-limit", "20"]
        let lift = try Self.decode(Lift.self, KacProcess.run(arguments + ["--json"]))
        #expect(lift.path == "direct" && lift.monomials == 74 && lift.degree == 5)
        #expect(try KacProcess.run(arguments).output.contains("direct, the state vector: Pauli propagation meets more"))
        let (folder, path, _) = try Self.experimentA()
        func coefficients(_ options: [String]) throws -> [String: [Double]] {
            let process = try KacProcess.run(["lift", "--experiment", path, "--json"] + options, in: folder.url)
            return try #require(try Self.decode(Lift.self, process).coefficients)
        }
        let (exact, sampled) = try (coefficients([]), coefficients(["--term-limit", "2"]))
        #expect(exact.keys == sampled.keys)
        for (monomial, row) in exact {
            // A few roundings at each of the gates.
            for (a, b) in zip(row, try #require(sampled[monomial])) { #expect(abs(a - b) < 1e-14) }
        }
    }

    @Test func withoutAnExpansionTheStateVectorIsLeft() throws {
        let folder = try TemporaryFolder()
        let gates = (0..<13).map { "ry(theta[\($0)]) q[\($0 % 2)];\nry(x) q[\($0 % 2)];\ncz q[0], q[1];" }
        let path = try folder.write(
            (["OPENQASM 3.0;", "input array[float[64], 13] theta;", "input float[64] x;", "qubit[2] q;"] + gates)
                .joined(separator: "\n"), to: "deep.qasm")
        let process = try KacProcess.run(["lift", path, "--observable", "Z0", "--term-limit", "30", "--json"])
        let lift = try Self.decode(Lift.self, process)
        #expect(lift.path == "direct" && lift.monomials == nil && lift.degrees == nil && lift.lipschitz.L2 <= 13)
        #expect(process.errors.contains("more than 30 terms") && process.errors.contains("1594323"))
        // The text says why once.
        let text = try KacProcess.run(["lift", path, "--observable", "Z0", "--term-limit", "30"])
        #expect(text.output.components(separatedBy: "more than 30 terms").count == 2, "\(text.output)")
        #expect(text.output.contains("warning: only the direct path is left") && text.errors.isEmpty)
        try folder.write("x,y\n0.1,1\n0.2,0\n", to: "data.csv")
        let experiment = try folder.write(
            "expert: {circuit: deep.qasm, parameters: [theta], observable: Z0, term_limit: 30}\n"
                + "training: {file: data.csv, target: y}\n", to: "deep.yml")
        let withData = try KacProcess.run(["lift", "--experiment", experiment, "--json"], in: folder.url)
        #expect(try Self.decode(Lift.self, withData).lipschitz.lambda == nil)
        #expect(try Self.keys(withData).top.contains("coefficients") && Self.keys(withData).top.contains("kernel"))
    }

    @Test(arguments: [
        (["--observable", "0.5 Q0"], 64, "--observable"), (["--observable", "Z9"], 64, "qubit 9"),
        (["--observable", "Z0 Z0"], 64, "qubit 0 twice"), ([], 64, "--observable is missing"),
        (["--observable", "Z0", "--parameters", "phi"], 64, "'phi'"),
        (["--observable", "Z0", "--parameters", "theta0,,theta1"], 64, "--parameters"),
        (["--observable", "Z0", "--parameters", "theta0,theta0"], 64, "twice"),
        (["--observable", "Z0", "--term-limit", "0"], 64, "--term-limit"),
        (["--observable", "Z0", "--experiment", "nowhere.yml"], 66, "nowhere.yml"),
    ])
    func isRefused(arguments: [String], status: Int, mentions: String) throws {
        let process = try KacProcess.run(["lift", Self.circuitB] + arguments)
        #expect(Int(process.status) == status && process.errors.contains(mentions), "\(process.errors)")
        #expect(process.output.isEmpty)
    }

    /// Kernel and constants are sums of squares.
    @Test func numbersWhoseSquaresOverflowAreRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("x,y\n1e200,1\n-1e200,0\n", to: "data.csv")
        try folder.write("x,y\n1,1e200\n2,0\n", to: "targets.csv")
        for (file, coefficient) in [("data.csv", 1.0), ("targets.csv", 1), ("targets.csv", 1e155), ("data.csv", 1e-70)]
        {
            let path = try folder.write(
                "expert: {polynomial: {parameters: [t], inputs: [x], terms: {x*cos(t): \(coefficient)}}}\n"
                    + "training: {file: \(file), target: y}\n", to: "a.yml")
            let process = try KacProcess.run(["lift", "--experiment", path, "--json"], in: folder.url)
            // What counts is the coefficient, 1e130.
            let isRefused = coefficient != 1e-70
            #expect(process.status == (isRefused ? 65 : 0), "\(process.errors)")
            #expect(process.errors.contains("rescale the observable") == isRefused, "\(process.errors)")
        }
        for (coefficient, status) in [("1e155", Int32(65)), ("1e308", 65), ("1e140", 0)] {
            let process = try KacProcess.run(["lift", Self.circuitB, "--observable", coefficient + " Z0", "--json"])
            #expect(process.status == status, "\(process.errors)")
        }
    }

    @Test func missingAndBadCircuits() throws {
        #expect(try KacProcess.run(["lift"]).status == 64)
        #expect(try KacProcess.run(["lift", "nowhere.qasm", "--observable", "Z0"]).status == 66)
        let folder = try TemporaryFolder()
        func status(_ circuit: String) throws -> (Int32, String) {
            let process = try KacProcess.run(
                ["lift", try folder.write(circuit, to: "c.qasm"), "--observable", "Z0"], in: folder.url)
            return (process.status, process.errors)
        }
        let unknown = try status("OPENQASM 3.0;\nqubit q;\nfoo q;\n")
        #expect(unknown.0 == 65 && unknown.1.contains("c.qasm:3:1"))
        let untrained = try status("OPENQASM 3.0;\ninput float x;\nqubit q;\nrx(x) q;\n")
        #expect(untrained.0 == 64 && untrained.1.contains("--parameters"))
        let aperiodic = try status("OPENQASM 3.0;\ninput float theta;\nqubit q;\nrx(theta/2) q;\n")
        #expect(aperiodic.0 == 65 && aperiodic.1.contains("2π-periodic"))
        #expect(aperiodic.1.contains("c.qasm:4:1: gate rx: the trained input 'theta'"), "\(aperiodic.1)")
    }

    /// A state vector is no advice for a circuit that it cannot have.
    @Test func wideCircuitsAreNotSentToTheStateVector() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "input array[float, 21] theta;\nqubit[21] q;\n"
                + (0..<21).map { "ry(theta[\($0)]) q[\($0)];" }.joined(separator: "\n"), to: "wide.qasm")
        let process = try KacProcess.run(
            ["lift", path, "--observable", (0..<21).map { "X\($0)" }.joined(separator: " + "), "--term-limit", "20"])
        #expect(process.status == 65 && !process.errors.contains("use the state vector"), "\(process.errors)")
        #expect(process.errors.contains("a state vector holds 20 qubits, the circuit has 21"), "\(process.errors)")
    }

    /// Without --parameters, what is called theta or θ is trained, as Qiskit writes it too.
    @Test(arguments: ["theta", "theta0", "θ", "θ_1", "_θ_0_", "_theta_3_", "__θ"])
    func inputsThatAreTrainedByTheirNames(name: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "input float eta;\ninput float \(name);\nqubit q;\nry(\(name) - eta) q;", to: "c.qasm")
        let lift = try Self.decode(Lift.self, KacProcess.run(["lift", path, "--observable", "Z0", "--json"]))
        #expect(lift.parameters == [name] && lift.inputs == ["eta"])
    }

    /// A circuit in the place of the experiment's, whose inputs are not those that the experiment has columns for.
    @Test func inputsThatAreNotTheExperiments() throws {
        let small = try SmallExperiment()
        try small.folder.write(
            SmallExperiment.circuit.replacingOccurrences(of: "float[64] x", with: "float[64] u")
                .replacingOccurrences(of: "-x", with: "-u"), to: "other.qasm")
        let arguments = ["lift", "other.qasm", "--experiment", small.path, "--json"]
        let refused = try KacProcess.run(arguments, in: small.folder.url)
        #expect(refused.status == 65 && refused.output.isEmpty)
        for words in [
            "small.yml:3: training.inputs: ", "the circuit 'other.qasm' are u", "columns for x", "'u: COLUMN'",
            "leave out x", "names that the experiment has",
        ] {
            #expect(refused.errors.contains(words), "\(words) in: \(refused.errors)")
        }
        // Where the experiment says nothing of columns, they are the inputs' names, of whichever circuit.
        let unnamed = try SmallExperiment(replacing: [("inputs: {x: x}, ", "")])
        try unnamed.folder.write(SmallExperiment.circuit, to: "other.qasm")
        let lift = try Self.decode(
            Lift.self,
            KacProcess.run(["lift", "other.qasm", "--experiment", unnamed.path, "--json"], in: unnamed.folder.url))
        #expect(lift.inputs == ["x"] && lift.coefficients?.count == 2)
    }
}
