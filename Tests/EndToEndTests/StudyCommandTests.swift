import Foundation
import Testing

/// `kac rates` and `kac plan` as a user runs them.
@Suite struct StudyCommandTests {
    static let small = [
        ("counts: [10, 100, 200, 400], replicates: 4", "counts: [10, 100, 200, 400], replicates: 24"),
        ("output: {file: small.h5}", "study: {least: 8, batch: 8, precision: 0.001}"),
    ]

    private static func tables(_ folder: URL) throws -> [String: String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".csv") }
        return Dictionary(
            uniqueKeysWithValues: try files.map {
                ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8))
            })
    }

    /// A study that ran through, one that was cut off and gone on with, one on one thread, and one that was extended.
    @Test func tablesAreTheSameHoweverTheStudyWasRun() throws {
        let experiment = try SmallExperiment(
            replacing: Self.small + [("function: true}", "function: true, times: [0, 2]}")])
        let home = experiment.folder.url
        func run(_ folder: String, _ more: [String] = []) throws -> KacProcess {
            let process = try KacProcess.run(["rates", experiment.path, "-o", folder] + more, in: home)
            try #require(process.status == 0, "\(process.errors)")
            return process
        }
        let whole = try run("whole", ["--threads", "1"])
        let tables = try Self.tables(home.appendingPathComponent("whole"))
        #expect(
            Set(tables.keys) == [
                "means.csv", "rates.csv", "prefactors.csv", "fluctuations.csv", "bounds.csv", "quantiles.csv",
                "certificates.csv", "kernel.csv",
            ])
        // A line for the names and one for every output, compared or not.
        #expect(tables["certificates.csv"]?.split(separator: "\n").count == 1 + 3)
        #expect(whole.output.contains("asked was ±0.001"), "the budget of 24 replicates cannot be enough")

        // Half of the samples, and one more cut in the middle of a line.
        let names = try FileManager.default.contentsOfDirectory(atPath: home.appendingPathComponent("whole").path)
        let samples = try #require(names.first { $0.hasSuffix(".tsv") })
        let text = try String(
            contentsOf: home.appendingPathComponent("whole/\(samples)"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 1 + 4 * 24)
        let cut = home.appendingPathComponent("cut")
        try FileManager.default.createDirectory(at: cut, withIntermediateDirectories: true)
        let kept = lines.prefix(40).joined(separator: "\n") + "\n" + lines[40].prefix(100)
        try kept.write(to: cut.appendingPathComponent(samples), atomically: true, encoding: .utf8)
        let resumed = try run("cut")
        #expect(resumed.errors.contains("39 ensembles are measured already"))
        #expect(try Self.tables(cut) == tables)
        #expect(resumed.output.replacing("in cut", with: "in whole") == whole.output)

        // Fewer replicates first, then all of them.
        _ = try run("extended", ["--set", "particles.replicates=9"])
        let before = try Self.tables(home.appendingPathComponent("extended"))
        #expect(before != tables)
        let extended = try run("extended")
        #expect(extended.errors.contains("36 ensembles are measured already"))
        #expect(try Self.tables(home.appendingPathComponent("extended")) == tables)
    }

    @Test func otherKindsOfStudiesHaveTheirTables() throws {
        let scaling = try SmallExperiment(replacing: [
            ("output: {file: small.h5}", "study: {kind: scaling, gammas: [0.5, 1], folder: lazy}")
        ])
        var process = try KacProcess.run(["rates", scaling.path], in: scaling.folder.url)
        #expect(process.status == 0 && process.output.contains("γ = 0.5"), "\(process.errors)")
        #expect(
            Set(try Self.tables(scaling.folder.url.appendingPathComponent("lazy")).keys) == ["means.csv", "slopes.csv"])
        let training = try SmallExperiment(replacing: [
            ("output: {file: small.h5}", "study: {kind: training, steps: [0.1, 0.05], shots: [1, 2], batches: [1, 2]}")
        ])
        process = try KacProcess.run(["rates", training.path], in: training.folder.url)
        #expect(process.status == 0 && process.output.contains("mini-batches"), "\(process.errors)")
        #expect(training.folder.contents.contains("small.study"))
    }

    /// One and two threads, and studies that were stopped, or killed, at some moment of their measurements.
    @Test(arguments: [SIGTERM, SIGKILL]) func fluctuationsAreTheSameHoweverTheyWereMeasured(signal: Int32) throws {
        let experiment = try SmallExperiment(replacing: [
            ("counts: [10, 100, 200, 400], replicates: 4", "counts: [2, 40, 2000], replicates: 150"),
            ("compare: {wasserstein: [1, 2], coupling: true, function: true}", ""),
            ("output: {file: small.h5}", "study: {kind: fluctuations, spectrum: 2, inputs: 2}"),
        ])
        let home = experiment.folder.url
        let whole = try KacProcess.run(["rates", experiment.path, "-o", "whole", "--threads", "1"], in: home)
        try #require(whole.status == 0, "\(whole.errors)")
        let tables = try Self.tables(home.appendingPathComponent("whole"))
        #expect(Set(tables.keys) == ["means.csv", "fluctuations.csv", "quantiles.csv"])
        #expect(whole.output.contains("pair_0_1") && whole.output.contains("Quantiles of √N (F_N − F)/σ"))

        // Stopped when some ensembles are in the file.
        let stopped = try KacProcess.run(["rates", experiment.path, "-o", "again", "--threads", "2"], in: home) {
            process in
            let folder = home.appendingPathComponent("again").path
            while process.isRunning {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                let samples = names.first { $0.hasSuffix(".tsv") }.flatMap {
                    FileManager.default.contents(atPath: "\(folder)/\($0)")
                }
                if (samples?.count { $0 == 0x0A } ?? 0) > 10 { break }
                usleep(500)
            }
            kill(process.processIdentifier, signal)
        }
        // Unless it was finished before.
        #expect([0, signal == SIGTERM ? 75 : -SIGKILL].contains(stopped.status), "\(stopped.errors)")
        let resumed = try KacProcess.run(["rates", experiment.path, "-o", "again"], in: home)
        #expect(resumed.status == 0 && resumed.errors.contains("ensembles are measured already"), "\(resumed.errors)")
        #expect(try Self.tables(home.appendingPathComponent("again")) == tables)
        #expect(resumed.output.replacing("in again", with: "in whole") == whole.output)
    }

    /// What is measured does not depend on how it is predicted, and the predictions agree.
    @Test func aGridPredictsTheSame() throws {
        let experiment = try SmallExperiment(replacing: [
            ("counts: [10, 100, 200, 400], replicates: 4", "counts: [50], replicates: 4"),
            ("output: {file: small.h5}", "study: {kind: fluctuations, spectrum: 2, inputs: 1}"),
        ])
        let home = experiment.folder.url
        var rows: [[[Substring]]] = []
        for method in ["characteristics", "grid"] {
            let process = try KacProcess.run(
                ["rates", experiment.path, "-o", "small", "--set", "study.method=\(method)"], in: home)
            try #require(process.status == 0, "\(process.errors)")
            #expect(process.errors.contains("measured already") == (method == "grid"))
            let text = try Self.tables(home.appendingPathComponent("small"))["fluctuations.csv"] ?? ""
            rows.append(
                text.split(separator: "\n").dropFirst().map {
                    $0.split(separator: ",", omittingEmptySubsequences: false)
                })
        }
        #expect(rows[0].count == rows[1].count && rows[0].count > 20)
        for (a, b) in zip(rows[0], rows[1]) {
            #expect(a[0..<6] == b[0..<6])
            let (own, other) = (try #require(Double(a[6])), try #require(Double(b[6])))
            // Both hold the tolerance of the experiment, 1e-9.
            #expect(abs(own - other) < 1e-7, "\(a) \(b)")
        }
    }

    /// The exponents do not depend on the data: a sweep of the targets, each value a study with samples of its own.
    @Test func sweepsChangeOneKey() throws {
        let experiment = try SmallExperiment(replacing: [
            (
                "output: {file: small.h5}",
                "study: {kind: sweep, key: training.file, values: [data.csv, more.csv], wrong_targets: 0.5}"
            ),
            ("compare: {wasserstein: [1, 2], ", "compare: {"),
        ])
        try experiment.folder.write("x,y\n0,0.5\n0.5,0.4\n1.5707963267948966,0.3\n", to: "more.csv")
        let process = try KacProcess.run(["rates", experiment.path, "-o", "sweep"], in: experiment.folder.url)
        #expect(process.status == 0, "\(process.errors)")
        let folder = experiment.folder.url.appendingPathComponent("sweep")
        let table = try #require(try Self.tables(folder)["sweep.csv"]).split(separator: "\n").map {
            $0.split(separator: ",")
        }
        let coupling = table.filter { $0[3] == "coupling" }
        #expect(coupling.map { $0[0] } == ["\"data.csv\"", "\"more.csv\""] && coupling.map { $0[2] } == ["2", "3"])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count { $0.hasSuffix(".tsv") } == 2)
    }

    @Test(arguments: [
        ("counts: [10, 100, 200, 400]", "counts: [10, 100, 200]", "expected at least 3"),
        (
            "output: {file: small.h5}", "study: {kind: sweep, key: time.end, values: [1, 2], labels: [one]}",
            "expected as many"
        ),
        ("output: {file: small.h5}", "study: {kind: sweep, values: [1]}", "the key 'key' is missing"),
        ("output: {file: small.h5}", "study: {kind: sweep, key: time.ond, values: [1]}", "did you mean 'end'"),
        ("replicates: 4", "replicates: 1", "expected at least 2"),
        ("output: {file: small.h5}", "study: {precison: 0.1}", "did you mean 'precision'"),
        ("output: {file: small.h5}", "study: {precision: 0}", "expected a number above 0"),
        ("output: {file: small.h5}", "study: {gammas: [0.5]}", "has no meaning"),
        ("output: {file: small.h5}", "study: {kind: scaling, gammas: [0.3]}", "expected a scaling from 0.5"),
        ("output: {file: small.h5}", "study: {kind: training, shots: [4]}", "at least 2"),
        ("output: {file: small.h5}", "study: {kind: width, widths: [8, 4]}", "increasing numbers of qubits"),
        ("output: {file: small.h5}", "study: {kind: width, widths: [4, 8]}", "expects an expert of the kind 'ansatz'"),
        ("output: {file: small.h5}", "study: {wrong_targets: 1}", "changes nothing"),
        ("coupling: true", "coupling: true, times: [7]", "not an output time"),
        ("compare: {wasserstein: [1, 2], coupling: true, function: true}", "", "compare: is missing"),
        ("output: {file: small.h5}", "study: {inputs: 2}", "has no meaning in a study of the kind 'rates'"),
        ("output: {file: small.h5}", "study: {kind: fluctuations, precision: 0.1}", "has no meaning"),
        ("output: {file: small.h5}", "study: {kind: fluctuations, tilts: [1]}", "has no meaning"),
        ("output: {file: small.h5}", "study: {kind: fluctuations, inputs: 0}", "inputs"),
        ("output: {file: small.h5}", "study: {kind: fluctuations, method: gird}", "did you mean 'grid'"),
        ("output: {file: small.h5}", "study: {kind: scaling, method: grid}", "has no meaning"),
        ("output: {file: small.h5}", "study: {kind: large_deviations, tilts: [1, 0]}", "expected another tilt"),
        ("output: {file: small.h5}", "study: {kind: large_deviations, tilts: []}", "found no tilts"),
        ("output: {file: small.h5}", "study: {kind: large_deviation}", "did you mean 'large_deviations'"),
    ])
    func whatCannotBeStudiedIsRefused(change: (old: String, new: String, message: String)) throws {
        let experiment = try SmallExperiment(replacing: [(change.old, change.new)])
        let process = try KacProcess.run(["rates", experiment.path], in: experiment.folder.url)
        #expect(process.status == 65 && process.output.isEmpty)
        #expect(process.errors.contains(change.message), "\(process.errors)")
    }

    @Test(arguments: ["function", "loss", "w1", "w2"]) func plansHoldWhatTheyPromise(goal: String) throws {
        let experiment = try SmallExperiment()
        let error = goal == "loss" ? "0.02" : goal.hasPrefix("w") ? "0.15" : "0.05"
        let process = try KacProcess.run(
            ["plan", experiment.path, "--error", error, "--confidence", "0.9", "--for", goal, "--verify"],
            in: experiment.folder.url)
        #expect(process.status == 0 && process.output.contains("passes"), "\(process.output)\(process.errors)")
        #expect(process.output.contains("explicit bound"))
    }

    @Test func aPlanIsAlsoJSON() throws {
        struct Plan: Decodable {
            struct Verification: Decodable {
                let trials, held: Int
                let lower, upper: Double
                let passes: Bool
            }
            let experts: Int
            let error, confidence, lower, upper: Double
            let times: [Double]
            let explicit_bound: Double?
            let verification: Verification?
        }
        let experiment = try SmallExperiment()
        func plan(_ more: [String]) throws -> KacProcess {
            let process = try KacProcess.run(
                ["plan", experiment.path, "--confidence", "0.9"] + more, in: experiment.folder.url)
            try #require(process.status == 0, "\(process.errors)")
            return process
        }
        let text = try plan(["--error", "0.05"]).output
        let found = try JSONDecoder().decode(
            Plan.self, from: Data(try plan(["--error", "0.05", "--json", "--verify", "--trials", "50"]).output.utf8))
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("experts ") })
        #expect(line.split(separator: " ").last == "\(found.experts)")
        #expect(found.error == 0.05 && found.confidence == 0.9 && found.times == [2])
        #expect(found.lower <= Double(found.experts) && Double(found.experts) < found.upper + 1)
        let bound = try #require(found.explicit_bound)
        #expect(bound > Double(found.experts))
        let verification = try #require(found.verification)
        #expect(verification.trials == 50 && verification.held <= 50 && verification.passes)
        #expect(verification.lower <= Double(verification.held) / 50)
        #expect(verification.upper >= Double(verification.held) / 50)
        let distance = try JSONDecoder().decode(
            Plan.self, from: Data(try plan(["--json", "--for", "w1", "--error", "0.15"]).output.utf8))
        #expect(distance.explicit_bound == nil && distance.verification == nil)
    }

    @Test(arguments: [
        (["--error", "0", "--confidence", "0.9"], "above 0"),
        (["--error", "0.1", "--confidence", "1"], "between 0 and 1"),
        (["--error", "0.1", "--confidence", "0.9", "--at", "0.3"], "expected sup or an output time: 0, 1, 2"),
        (["--error", "0.1", "--confidence", "0.9", "--for", "w3"], "w3"),
    ])
    func whatCannotBePlannedIsRefused(arguments: [String], message: String) throws {
        let experiment = try SmallExperiment()
        let process = try KacProcess.run(["plan", experiment.path] + arguments, in: experiment.folder.url)
        #expect(process.status == 64 && process.errors.contains(message), "\(process.errors)")
    }
}
