import Foundation
import Testing

/// What is wrong is said with its place, the code is one of sysexits.h, and nothing is written.
@Suite struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let status: Int32
        let mentions: [String]
        var testDescription: String { "\(old) → \(new)" }

        init(_ old: String, _ new: String, _ status: Int32 = 65, _ mentions: String...) {
            self.old = old
            self.new = new
            self.status = status
            self.mentions = mentions
        }
    }

    @Test(arguments: [
        Case("circuit: circuit.qasm", "circuit: none.qasm", 66, "none.qasm"),
        Case("file: data.csv", "file: none.csv", 66, "none.csv"),
        Case("grid: {cells: [64]}", "grid: none.yml", 66, "none.yml"),
        Case("particles:", "partcles:", 65, "small.yml:7", "partcles", "did you mean 'particles'"),
        Case("replicates: 4", "replicate: 4", 65, "small.yml:7", "'replicates'"),
        Case("outputs: 3", "output: 3", 65, "small.yml:5", "'outputs'"),
        Case("end: 2", "end: soon", 65, "small.yml:5", "time.end", "'soon'", "number"),
        Case("end: 2", "end: -1", 65, "time.end", "above 0"),
        Case("end: 2", "end: .nan", 65, "time.end"),
        Case("counts: [10, 100, 200, 400]", "counts: [0, 100]", 65, "particles.counts[0]", "found 0"),
        Case("counts: [10, 100, 200, 400]", "counts: [-5]", 65, "particles.counts[0]", "found -5"),
        Case("counts: [10, 100, 200, 400]", "counts: [10.5]", 65, "particles.counts[0]", "10.5"),
        Case("counts: [10, 100, 200, 400]", "counts: [100, 10]", 65, "particles.counts", "increasing"),
        Case("counts: [10, 100, 200, 400]", "counts: []", 65, "particles.counts"),
        Case("replicates: 4", "replicates: 0", 65, "particles.replicates", "found 0"),
        Case("tolerance: 1e-9", "tolerance: 0", 65, "continuum.tolerance", "above 0"),
        Case("tolerance: 1e-9", "tolerance: -1e-9", 65, "continuum.tolerance"),
        Case("tolerance: 1e-9", "tolerance: 1e-30", 65, "continuum.tolerance", "1e-30"),
        Case("method: galerkin", "method: galrekin", 65, "continuum.method", "'galerkin'"),
        Case("method: galerkin", "method: galerkin, nodes: 64", 65, "continuum.nodes", "characteristics"),
        Case("grid: {cells: [64]}", "grid: {cells: [0]}", 65, "continuum.grid.cells[0]"),
        Case("grid: {cells: [64]}", "grid: {cells: [8, 8]}", 65, "small.yml:6", "continuum.grid.cells", "axes"),
        Case("grid: {cells: [64]}", "grid: {cells: [4]}, limiter: mc", 65, "continuum.limiter"),
        Case(
            "inputs: {x: x}", "inputs: {x: z}", 65, "small.yml:3: training.inputs.x: ", "data.csv:1: no column 'z'",
            "x, y"),
        Case("inputs: {x: x}", "inputs: {u: x}", 65, "training.inputs.u"),
        Case(
            "inputs: {x: x}", "inputs: {}", 65, "small.yml:3: training.inputs: ", "are x, ", "columns for none",
            "'x: COLUMN'"),
        Case(
            "target: y", "target: species", 65, "small.yml:3: training.target: ", "data.csv:1: no column 'species'",
            "x, y"),
        Case("target: y", "target: y, range: [1, 0]", 65, "training.range"),
        Case("target: y", "target: y, test: 1.0", 65, "training.test"),
        Case("target: y", "target: y, classes: {a: 1}", 65, "data.csv", "'a'"),
        Case("0,0.5", "nan,0.5", 65, "data.csv:2", "'x'", "nan"),
        Case("0,0.5", ",0.5", 65, "data.csv:2", "'x'", "empty"),
        Case("1.5707963267948966,0.3", "1.5,0.3,7", 65, "data.csv:3", "3 cells", "expected 2"),
        Case("ry(theta) q[0];", "foo(theta) q[0];", 65, "circuit.qasm:5:1", "foo"),
        Case(
            "ry(theta) q[0];", "id q[0]; ry(theta/2) q[0];", 65, "small.yml:2: expert.parameters: ",
            "circuit.qasm:5:10: gate ry: ", "'theta'", "2π-periodic"),
        Case("ry(theta) q[0];", "ry(theta) q[1];", 65, "circuit.qasm:5"),
        Case("parameters: [theta]", "parameters: [phi]", 65, "small.yml:2: expert.parameters: ", "phi"),
        Case("parameters: [theta]", "parameters: [theta, x]", 65, "training.inputs.x", "its data inputs are none"),
        Case("observable: {Z0: 1}", "observable: {Z7: 1}", 65, "small.yml:2: expert.observable: ", "qubit 7"),
        Case("observable: {Z0: 1}", "observable: {Q0: 1}", 65, "expert.observable"),
        Case("initial: uniform", "initial: normal", 65, "initial", "uniform"),
        Case("coupling: true", "coupling: perhaps", 65, "compare.coupling", "perhaps"),
        Case("wasserstein: [1, 2]", "wasserstein: [3]", 65, "compare.wasserstein[0]"),
        Case("function: true", "function: true, times: [0.37]", 65, "compare.times[0]", "0.37"),
        Case("title: Small", "title: [", 65, "small.yml", "not YAML"),
        Case("title: Small", "title: Small\ntitle: Large", 65, "small.yml", "twice"),
        Case("initial: uniform", "scaling: {gamma: 0.5}", 65, "scaling.gamma"),
    ])
    func isRefusedWithItsPlace(_ bad: Case) throws {
        let small = try SmallExperiment(replacing: [(bad.old, bad.new)])
        let before = small.folder.contents
        let process = try small.run()
        #expect(process.status == bad.status, "\(process.errors)")
        for word in bad.mentions { #expect(process.errors.contains(word), "\(word) in: \(process.errors)") }
        #expect(small.folder.contents == before && process.output.isEmpty)
    }

    @Test func theExperimentItselfIsMissingOrNoText() throws {
        #expect(try KacProcess.run(["run", "nowhere.yml"]).status == 66)
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("bytes.yml")
        try Data([0xff, 0xfe, 0x00, 0x80]).write(to: path)
        #expect(try KacProcess.run(["run", path.path]).status == 65)
        #expect(try KacProcess.run(["run", try folder.write("", to: "empty.yml")]).status == 65)
    }

    @Test func theCommandLine() throws {
        let small = try SmallExperiment()
        #expect(try KacProcess.run(["run"]).status == 64)
        #expect(try KacProcess.run(["rum"]).status == 64)
        #expect(try small.run(["--threads", "0"]).status == 64)
        #expect(try small.run(["--set", "particles.seed"]).status == 64)
        #expect(try small.run(["--set", "particles.sed=1"]).errors.contains("did you mean 'seed'"))
        #expect(small.folder.contents == ["circuit.qasm", "data.csv", "small.yml"])
    }

    /// A mistake that shows while a command runs is told with that command's usage, as one that shows before.
    @Test func usageIsTheCommandsOwn() throws {
        let small = try SmallExperiment()
        for (arguments, command, words) in [
            (["evaluate", small.path, "--theta", "1,2"], "evaluate", "--theta: found 2 angles"),
            (["evaluate", small.path], "evaluate", "--theta"),
            (["lift", "--experiment", small.path, "--observable", "Q0"], "lift", "--observable"),
            (["lift", "--experiment", small.path, "--term-limit", "0"], "lift", "--term-limit"),
            (["lift", "--experiment", small.path, "--term-limt", "0"], "lift", "--term-limt"),
        ] {
            let process = try KacProcess.run(arguments, in: small.folder.url)
            #expect(process.status == 64 && process.output.isEmpty)
            #expect(process.errors.hasPrefix("Error: ") && process.errors.contains(words), "\(process.errors)")
            #expect(process.errors.contains("Usage: kac \(command) "), "\(process.errors)")
            #expect(process.errors.contains("  See 'kac \(command) --help' for more information."), "\(process.errors)")
        }
    }

    /// Columns that have the inputs' names without a word about them.
    @Test func columnsWithoutNamesOfTheirOwn() throws {
        let small = try SmallExperiment(replacing: [("inputs: {x: x}, ", ""), ("x,y\n", "u,y\n")])
        let process = try small.run()
        #expect(process.status == 65, "\(process.errors)")
        for words in ["small.yml:3: training: ", "data.csv:1: no column 'x'", "the columns are u, y"] {
            #expect(process.errors.contains(words), "\(words) in: \(process.errors)")
        }
    }

    @Test func whatSetChangesIsBlamedOnTheOption() throws {
        let small = try SmallExperiment()
        for (assignment, key) in [
            ("particles.counts=0", "particles.counts"), ("continuum={method: magic}", "continuum.method"),
            ("particle.counts=3", "particle"),
        ] {
            let process = try small.run(["--set", assignment])
            #expect(process.status == 65 && process.errors.contains("--set \(assignment): \(key)"), "\(process.errors)")
        }
    }

    /// `--overwrite` is for run files: an experiment or a table named by mistake is kept.
    @Test func inputsAreNotOverwritten() throws {
        let small = try SmallExperiment()
        for name in ["small.yml", "data.csv", "circuit.qasm"] {
            let process = try small.run(["--overwrite", "-o", name])
            #expect(process.status == 73 && process.errors.contains(name), "\(process.errors)")
        }
        #expect(try small.run().status == 0)
    }

    @Test func whatTheMachineCannotHoldIsRefused() throws {
        let process = try SmallExperiment(replacing: [
            ("[10, 100, 200, 400]", "[100000000]"), ("outputs: 3", "outputs: 1000"),
        ]).run()
        #expect(process.status == 65 && process.errors.contains("GB"), "\(process.errors)")
    }

    @Test func destinationsThatCannotBeMade() throws {
        let small = try SmallExperiment()
        let underAFile = try small.run(["-o", "data.csv/run.h5"])
        #expect(underAFile.status == 73 && underAFile.errors.contains("data.csv"))
        let nowhere = try small.run(["-o", "no/such/folder/run.h5"])
        #expect(nowhere.status == 73 && nowhere.errors.contains("no/such/folder"))
        #expect(try small.run(["-o", "."]).status == 73)
        #expect(try small.run(["-o", "/proc/run.h5"]).status == 73)
        #expect(small.folder.contents == ["circuit.qasm", "data.csv", "small.yml"])
    }

    /// A limit on the size of files stands for a full disk: both make a write fail half-way.
    @Test func aFullDiskLosesNothing() throws {
        let small = try SmallExperiment()
        #expect(try small.run().status == 0)
        let file = small.folder.url.appendingPathComponent("small.h5")
        let first = try Data(contentsOf: file)
        let failed = try small.run(["--overwrite"], limits: "ulimit -f 4")
        #expect(failed.status == 74, "\(failed.errors)")
        #expect(failed.errors.contains("small.h5") && failed.output.contains("N experts beside the limit"))
        #expect(try Data(contentsOf: file) == first)
        #expect(small.folder.contents == SmallExperiment.filesAfterRun)
    }
}
