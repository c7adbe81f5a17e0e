import Archive
import Foundation
import Testing
import Torus

/// What is there of a run that goes on, and what is stored beside the density.
@Suite struct RunningOutputTests {
    /// Some seconds of particles after a short limit.
    static func experiment(_ output: String) throws -> SmallExperiment {
        try SmallExperiment(replacing: [
            ("output: {file: small.h5}", "output: {file: small.h5, \(output)}"),
            SmallExperiment.manyParticles,
        ])
    }

    /// Waits for a file, at most so many seconds.
    static func wait(for url: URL, seconds: Double = 60) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while !FileManager.default.fileExists(atPath: url.path) {
            if Date() > deadline { return false }
            usleep(2000)
        }
        return true
    }

    @Test func aRunningRunIsRead() throws {
        let experiment = try Self.experiment("mode: update, every: 0.001")
        let file = experiment.folder.url.appendingPathComponent("small.h5")
        var first: RunContents?
        let run = try experiment.run { process in
            try #require(Self.wait(for: file))
            first = try RunFileReader.contents(of: file)
            kill(process.processIdentifier, SIGKILL)
        }
        #expect(run.status == -SIGKILL)
        let contents = try #require(first)
        #expect(!contents.isComplete && contents.times.first == 0 && contents.experts == nil)
        let inspected = try KacProcess.run(["inspect", "small.h5"], in: experiment.folder.url)
        #expect(inspected.output.contains("state     running: the outputs so far"))
        // What is on the way is not taken for a whole run, and not replaced unasked.
        #expect(try experiment.run().status == 73)
        let fewer = ["--set", "particles.replicates=1"]
        #expect(try experiment.run(["--resume"] + fewer).status == 73, "another experiment")
    }

    /// While replicates are trained the file has the distances over those that are done, and experts as soon as replicate 0 is.
    @Test func aRunningRunHasTheReplicatesThatAreDone() throws {
        let experiment = try SmallExperiment(replacing: [
            ("output: {file: small.h5}", "output: {file: small.h5, mode: update, every: 0.001, ensembles: all}"),
            ("counts: [10, 100, 200, 400], replicates: 4", "counts: [10, 1000, 20000], replicates: 64"),
        ])
        let file = experiment.folder.url.appendingPathComponent("small.h5")
        var found: RunContents?
        let run = try experiment.run { process in
            let deadline = Date(timeIntervalSinceNow: 60)
            while process.isRunning, found == nil, Date() < deadline {
                usleep(2000)
                guard let contents = try? RunFileReader.contents(of: file), !contents.tables.isEmpty else { continue }
                found = contents
            }
            kill(process.processIdentifier, SIGKILL)
        }
        #expect(run.status == -SIGKILL)
        let contents = try #require(found)
        #expect(!contents.isComplete && contents.times == [0, 1, 2])
        let table = try #require(contents.tables.first { $0.name == "comparison" })
        guard case .integers(let replicates)? = table.columns.first(where: { $0.name == "replicates" })?.values else {
            Issue.record("no replicates")
            return
        }
        let count = try #require(replicates.first)
        #expect(count >= 1 && count < 64 && table.rowCount == 9)
        #expect(contents.experts?.ensembleCount == 20000 && contents.ensembles.count == 3 * Int(count))
        #expect(!contents.tables.contains { $0.name == "rates" }, "exponents are fitted to all replicates")
        #expect(run.errors.contains("with 3 outputs and \(count) replicates"))
    }

    /// A run that goes on never takes back what the run file had.
    @Test func aResumedRunTakesNothingBack() throws {
        let experiment = try Self.experiment("mode: update, every: 0.001, checkpoint: {every: 1e-9}")
        let file = experiment.folder.url.appendingPathComponent("small.h5")
        func replicates() -> Int64? {
            guard let contents = try? RunFileReader.contents(of: file) else { return nil }
            let columns = contents.tables.first { $0.name == "comparison" }?.columns ?? []
            guard case .integers(let counts)? = columns.first(where: { $0.name == "replicates" })?.values else {
                return 0
            }
            return counts.first
        }
        func watch(_ process: RunningKac, _ isEnough: (Int64) -> Bool) {
            let deadline = Date(timeIntervalSinceNow: 60)
            while process.isRunning, Date() < deadline {
                usleep(2000)
                if let count = replicates(), isEnough(count) { break }
            }
        }
        let killed = try experiment.run { process in
            watch(process) { $0 >= 4 }
            kill(process.processIdentifier, SIGKILL)
        }
        #expect(killed.status == -SIGKILL)
        let before = try #require(replicates())
        #expect(before >= 4 && before < SmallExperiment.manyReplicates)
        var seen: [Int64] = []
        let resumed = try experiment.run(["--resume"]) { process in
            watch(process) { count in
                if seen.last != count { seen.append(count) }
                return false
            }
        }
        #expect(resumed.status == 0 && resumed.errors.contains("going on from"), "\(resumed.errors)")
        #expect(seen == seen.sorted() && seen.allSatisfy { $0 >= before }, "\(before), then \(seen)")
    }

    @Test func outputsAreFilesOfTheirOwn() throws {
        let experiment = try Self.experiment("mode: files")
        let folder = experiment.folder.url.appendingPathComponent("small.outputs")
        let run = try experiment.run { process in
            try #require(Self.wait(for: folder.appendingPathComponent("output_000000002.h5")))
            kill(process.processIdentifier, SIGINT)
        }
        #expect(run.status == 75, "\(run.errors)")
        let outputs = try (0..<3).map {
            try RunFileReader.contents(of: folder.appendingPathComponent("output_00000000\($0).h5"))
        }
        #expect(outputs.map(\.times) == [[0], [1], [2]] && outputs.allSatisfy { !$0.isComplete })
        let anew = try experiment.run()
        #expect(anew.status == 73 && anew.errors.contains("--resume goes on"))
    }

    @Test func compressionIsAsAsked() throws {
        let experiment = try SmallExperiment(replacing: [("cells: [64]", "cells: [4096]")])
        let sizes = try [0, 1, 9].map { level in
            let run = try experiment.run(["--overwrite", "--set", "output.compression=\(level)"])
            #expect(run.status == 0, "\(run.errors)")
            let file = experiment.folder.url.appendingPathComponent("small.h5")
            let density = try #require(try RunFileReader.storage(of: file).first { $0.path == "/density" })
            return density.storedBytes
        }
        // Three outputs of 4096 reals, each with a checksum of four bytes.
        #expect(sizes[0] == 3 * (4096 * 8 + 4) && sizes[1] < sizes[0] && sizes[2] <= sizes[1], "\(sizes)")
        let refused = try experiment.run(["--overwrite", "--set", "output.compression=10"])
        #expect(refused.status == 65 && refused.errors.contains("found 10, expected 0 to 9"), "\(refused.errors)")
    }

    @Test func potentialAndVelocityAreThoseOfThePotentialGiven() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            """
            time: {outputs: [0, 0.25]}
            continuum: {potential: {cos(theta0): -1, sin(theta0)*cos(2*theta1): -0.5}, grid: {cells: [12, 10]}, method: weno5}
            output: {file: fields.h5, fields: [velocity, potential]}
            """, to: "fields.yml")
        let run = try KacProcess.run(["run", path], in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        let contents = try RunFileReader.contents(of: folder.url.appendingPathComponent("fields.h5"))
        let potential = try #require(contents.potential)
        let velocity = try #require(contents.velocity)
        let grid = try #require(contents.grid)
        for output in 0..<2 {
            for cell in 0..<grid.cellCount {
                let (x, y) = (grid.centres(axis: 0)[cell % 12], grid.centres(axis: 1)[cell / 12])
                // A few roundings of numbers up to 2.
                let bound = 1e-14
                #expect(abs(potential[output][cell] - (-cos(x) - 0.5 * sin(x) * cos(2 * y))) < bound)
                #expect(abs(velocity[0][output][cell] - (-sin(x) + 0.5 * cos(x) * cos(2 * y))) < bound)
                #expect(abs(velocity[1][output][cell] + sin(x) * sin(2 * y)) < bound)
            }
        }
        let refused = try KacProcess.run(["run", path, "--set", "output.fields=[pressure]"], in: folder.url)
        #expect(refused.status == 65 && refused.errors.contains("expected potential, velocity"))
    }
}
