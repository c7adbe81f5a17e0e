import Archive
import Foundation
import Testing

@Suite struct RunCommandTests {
    @Test func theNumberOfThreadsChangesNoBit() throws {
        let small = try SmallExperiment()
        for threads in ["1", "2", "3"] {
            #expect(try small.run(["--threads", threads, "-o", "t\(threads).h5"]).status == 0)
        }
        let contents = try ["1", "2", "3"].map {
            try RunFileReader.contents(of: small.folder.url.appendingPathComponent("t\($0).h5"))
        }
        // As texts, which tell every bit of a number and in which NaN equals NaN.
        let texts = contents.map { run in
            "\(run.densities) \(run.experts?.positions ?? []) \(run.series.sorted { $0.key < $1.key }) \(run.tables)"
        }
        #expect(texts[0] == texts[1] && texts[0] == texts[2])
        #expect(contents[0].experts?.positions[0][0].count == 400)
    }

    /// The mean of squares is a column of its own, with the smaller error.
    @Test func theControlVariateIsAColumn() throws {
        let small = try SmallExperiment()
        let settings = [
            "particles.replicates=16", "compare.wasserstein=[2]", "compare.coupling=true",
            "compare.control_variate=true",
        ]
        let process = try small.run(settings.flatMap { ["--set", $0] })
        #expect(process.status == 0, "\(process.errors)")
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        let table = try #require(contents.tables.first { $0.name == "comparison" })
        func column(_ name: String) throws -> [Double] {
            guard case .reals(let values) = try #require(table.columns.first { $0.name == name }).values else {
                return []
            }
            return values
        }
        let (mean, error) = (try column("w2_squared"), try column("w2_squared_stderr"))
        let (w2, spread) = (try column("w2"), try column("w2_stderr"))
        #expect(mean.count == w2.count && !mean.isEmpty)
        for row in mean.indices where mean[row].isFinite {
            // E W₂² is (E W₂)² and the variance; of W₂² the error without variate is about 2 W₂ times that of W₂.
            #expect(mean[row] > 0 && error[row] < 2 * w2[row] * spread[row])
        }
        let alone = try small.run(["--overwrite", "--set", "compare.coupling=false", "--set", settings[3]])
        #expect(alone.status == 65 && alone.errors.contains("control_variate"), "\(alone.errors)")
    }

    @Test func anExistingFileIsKeptUnlessOverwritten() throws {
        let small = try SmallExperiment()
        let file = small.folder.url.appendingPathComponent("small.h5")
        #expect(try small.run().status == 0)
        let first = try Data(contentsOf: file)
        let refused = try small.run(["--set", "particles.seed=4"])
        #expect(refused.status == 73 && refused.errors.contains("small.h5") && refused.errors.contains("--overwrite"))
        #expect(try Data(contentsOf: file) == first)
        #expect(try small.run(["--overwrite", "--set", "particles.seed=4"]).status == 0)
        let contents = try RunFileReader.contents(of: file)
        #expect(contents.experiment.contains("# --set particles.seed=4"))
        #expect(try Data(contentsOf: file) != first)
        #expect(small.folder.contents == SmallExperiment.filesAfterRun)
    }

    @Test(arguments: ["galerkin", "characteristics", "weno5", "muscl", "upwind"])
    func everyMethodRuns(method: String) throws {
        let small = try SmallExperiment(replacing: [("method: galerkin", "method: \(method)"), ("1e-9", "1e-6")])
        let process = try small.run()
        #expect(process.status == 0, "\(process.errors)")
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        let error = try #require(contents.series["exact_moment_error"]?.max())
        // First order on 64 cells up to t = 2, second order, and the tolerance.
        #expect(error < (method == "upwind" ? 2e-2 : method == "muscl" ? 1e-3 : 1e-6))
    }

    @Test func withoutParticlesTheLimitStandsAlone() throws {
        let small = try SmallExperiment()
        let solved = try KacProcess.run(["solve", small.path], in: small.folder.url)
        #expect(solved.status == 0, "\(solved.errors)")
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        #expect(contents.experts == nil && contents.tables.isEmpty && contents.times == [0, 1, 2])
    }

    /// A law that concentrates: methods that lose it say so, and name the one that does not.
    @Test func lostResolutionIsSaid() throws {
        let changes = [("0,0.5\n1.5707963267948966,0.3", "0,0.9\n1.5707963267948966,0.9"), ("end: 2", "end: 40")]
        let galerkin = try SmallExperiment(replacing: changes).run()
        #expect(galerkin.status == 70 && galerkin.errors.contains("method: characteristics"), "\(galerkin.errors)")
        let volumes = try SmallExperiment(
            replacing: changes + [("method: galerkin", "method: muscl"), ("1e-9", "1e-6")]
        )
        .run()
        #expect(volumes.status == 0 && volumes.errors.contains("under-resolved from t ="), "\(volumes.errors)")
        let few = try SmallExperiment(
            replacing: changes + [("method: galerkin", "method: characteristics, nodes: 16")]
        ).run()
        #expect(few.status == 0 && few.errors.contains("from the exact solution"), "\(few.errors)")
        let nodes = try SmallExperiment(
            replacing: changes + [("method: galerkin", "method: characteristics")]
        ).run()
        #expect(nodes.status == 0 && nodes.errors.contains("the grid is too coarse"), "\(nodes.errors)")
    }

    /// First order on 32 cells is further from the limit than the mixtures are: no theorem is called refuted.
    @Test func aCoarseSchemeGivesNoVerdict() throws {
        let small = try SmallExperiment(replacing: [
            ("method: galerkin", "method: upwind"), ("1e-9", "1e-6"), ("[64]", "[32]"),
            ("[10, 100, 200, 400]", "[100, 1000, 10000]"),
        ])
        let process = try small.run()
        #expect(process.status == 0 && process.errors.contains("the grid is too coarse"), "\(process.errors)")
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        let times = try ShippedExperimentTests.reals(contents, "rates", "time")
        let verdicts = try ShippedExperimentTests.texts(contents, "rates", "verdict")
        #expect(zip(times, verdicts).allSatisfy { $0 == 0 || $1 == "not applicable" }, "\(verdicts)")
    }

    @Test func particlesWithoutAComparisonAreStoredAlone() throws {
        let small = try SmallExperiment(replacing: [
            ("compare: {wasserstein: [1, 2], coupling: true, function: true}\n", "")
        ])
        let process = try small.run()
        #expect(process.status == 0 && !process.output.contains("beside the limit"), "\(process.errors)")
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        #expect(contents.experts?.ensembleCount == 400 && contents.tables.isEmpty)
    }

    /// `α` scales the experts, and with them the speed of the loss at the start: `dL/dt = −α²·…` at the uniform law.
    @Test func amplitudeAndEvaluationFile() throws {
        let plain = try SmallExperiment()
        let scaled = try SmallExperiment(replacing: [
            ("initial: uniform", "initial: uniform\nscaling: {gamma: 1, alpha: 2}"),
            ("target: y", "target: y, evaluation: {file: more.csv}"),
        ])
        try scaled.folder.write("y,x\n0.1,0.3\n", to: "more.csv")
        for small in [plain, scaled] { #expect(try small.run().status == 0) }
        let contents = try [plain, scaled].map {
            try RunFileReader.contents(of: $0.folder.url.appendingPathComponent("small.h5"))
        }
        let rates = try contents.map { try #require($0.series["dissipation"]?.first) }
        #expect(abs(rates[1] - 4 * rates[0]) < 1e-12)
        #expect(
            try ShippedExperimentTests.reals(contents[1], "comparison", "function_error_test").allSatisfy { $0 > 0 })
    }

    @Test func progressGoesToStandardErrorAsPlainLines() throws {
        let process = try SmallExperiment().run()
        #expect(process.errors.contains("limit (galerkin)") && !process.errors.contains("\r"))
        #expect(process.output.contains("W1") && process.output.contains("Written to small.h5"))
    }

    @Test func aReaderOfTheTablesMayLeaveEarly() throws {
        let small = try SmallExperiment()
        #expect(try small.run(limits: "exec > >(head -n 1)").status == 0)
        let file = small.folder.url.appendingPathComponent("small.h5")
        #expect(try RunFileReader.contents(of: file).times == [0, 1, 2])
    }

    /// Standard errors, exponents only from three numbers of experts on.
    @Test func oneReplicateAndFewCounts() throws {
        let small = try SmallExperiment(replacing: [
            ("[10, 100, 200, 400]", "[10, 100]"), ("replicates: 4", "replicates: 1"),
        ])
        #expect(try small.run().status == 0)
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        #expect(contents.tables.map(\.name) == ["comparison", "budget"])
        let errors = try ShippedExperimentTests.reals(contents, "comparison", "w2_stderr")
        #expect(errors.count == 6 && errors.allSatisfy(\.isNaN))
    }

    /// Classes without numbers stand for −1 and +1; a shared angle is outside of the exact family.
    @Test func classesAndSharedAngles() throws {
        let small = try SmallExperiment(replacing: [
            ("x,y\n0,0.5\n1.5707963267948966,0.3\n", "kind,x\nb,1\na,0\nc,5\na,0.2\n"),
            ("target: y", "target: kind, classes: [a, b]"),
            ("ry(-x) q[0];", "ry(-x) q[0]; rz(theta) q[0]; ry(0.3) q[0];"),
        ])
        let process = try small.run()
        #expect(process.status == 0, "\(process.errors)")
        #expect(process.output.contains("3 data trained on, 0 held out, 1 rows of other classes dropped"))
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        #expect(contents.perDatum["target"] == [1, -1, -1])
        #expect(contents.series["exact_moment_error"] == nil)
    }
}
