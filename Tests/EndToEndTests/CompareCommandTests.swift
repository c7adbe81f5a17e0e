import Archive
import Foundation
import Testing
import Torus

/// `kac compare` on stored runs.
@Suite struct CompareCommandTests {
    private struct Row: Decodable {
        let file: String
        let nExperts: Int
        let time: Double
        let w1Lower: Double?
        let w1Upper: Double?
        let w2Lower: Double?
        let w2Upper: Double?
        let storedReplicates: Int?
        let storedW1: Double?
        let storedW2: Double?
        let storedW2Stderr: Double?

        enum CodingKeys: String, CodingKey {
            case file, time
            case nExperts = "n_experts"
            case w1Lower = "w1_lower"
            case w1Upper = "w1_upper"
            case w2Lower = "w2_lower"
            case w2Upper = "w2_upper"
            case storedReplicates = "stored_replicates"
            case storedW1 = "stored_w1"
            case storedW2 = "stored_w2"
            case storedW2Stderr = "stored_w2_stderr"
        }
    }

    private static func rows(_ process: KacProcess) throws -> [Row] {
        try #require(process.status == 0, "\(process.errors)")
        return try JSONDecoder().decode([Row].self, from: Data(process.output.utf8))
    }

    /// One angle, or two: a cosine of each, on the small experiment's data.
    private static func experiment(angles: Int, replicates: Int = 1) throws -> SmallExperiment {
        var changes = [("replicates: 4", "replicates: \(replicates)"), ("[10, 100, 200, 400]", "[3, 30]")]
        if angles == 2 {
            changes += [
                (
                    "{circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}}",
                    "{polynomial: {parameters: [s, t], inputs: [x], terms: {cos(s)*cos(x): 0.5, sin(t)*sin(x): 0.5}}}"
                ), ("cells: [64]", "cells: [16, 12]"),
            ]
        }
        return try SmallExperiment(replacing: changes)
    }

    @Test(arguments: [1, 2]) func theSampleOfASingleReplicateIsFoundAgain(angles: Int) throws {
        let small = try Self.experiment(angles: angles)
        #expect(try small.run().status == 0)
        let file = small.folder.url.appendingPathComponent("small.h5")
        let before = try Data(contentsOf: file)
        let process = try KacProcess.run(["compare", "small.h5", "--json"], in: small.folder.url)
        let rows = try Self.rows(process)
        #expect(process.errors.isEmpty, "\(process.errors)")
        #expect(rows.map(\.time) == [0, 1, 2] && rows.allSatisfy { $0.nExperts == 30 && $0.storedReplicates == 1 })
        for row in rows {
            let (lower, upper, stored) = try (
                #require(row.w2Lower), #require(row.w2Upper), #require(row.storedW2)
            )
            // Stored angles are wrapped, which rounds them.
            #expect(lower <= stored + 1e-12 && stored <= upper + 1e-12 && upper - lower < 1e-8)
            #expect(row.storedW2Stderr == nil)
            let first = try #require(row.storedW1)
            #expect(try #require(row.w1Lower) <= first + 1e-12 && first <= #require(row.w1Upper) + 1e-12)
        }
        #expect(try Data(contentsOf: file) == before)
        let table = try KacProcess.run(["compare", "small.h5"], in: small.folder.url)
        #expect(table.status == 0 && table.output.contains("W2 from") && table.output.contains("mean of 1"))
        // The same numbers as for anyone's data.
        let distance = try KacProcess.run(
            ["distance", "small.h5", "small.h5", "--time", "1", "--json"], in: small.folder.url)
        #expect(distance.status == 0 && distance.output.contains("\"atoms\" : 30"))
    }

    @Test func timesOrdersAndSeveralFiles() throws {
        let small = try Self.experiment(angles: 1, replicates: 3)
        #expect(try small.run().status == 0)
        #expect(try small.run(["-o", "second.h5", "--set", "particles.seed=9"]).status == 0)
        let rows = try Self.rows(
            KacProcess.run(
                [
                    "compare", "small.h5", "second.h5", "-p", "2", "--time", "2", "--time", "0", "--count", "30",
                    "--json",
                ],
                in: small.folder.url))
        #expect(rows.map(\.file) == ["small.h5", "small.h5", "second.h5", "second.h5"])
        #expect(rows.map(\.time) == [0, 2, 0, 2] && rows.allSatisfy { $0.w1Lower == nil && $0.storedReplicates == 3 })
        #expect(rows[0].w2Lower != rows[2].w2Lower && rows.allSatisfy { $0.storedW2Stderr != nil })
    }

    /// Another number in the table than the one sample gives is said.
    @Test func aStoredNumberThatIsAnotherIsSaid() throws {
        let small = try Self.experiment(angles: 1)
        #expect(try small.run().status == 0)
        let file = small.folder.url.appendingPathComponent("small.h5")
        var contents = try RunFileReader.contents(of: file)
        let table = try #require(contents.tables.firstIndex { $0.name == "comparison" })
        let column = try #require(contents.tables[table].columns.firstIndex { $0.name == "w2" })
        guard case .reals(var values) = contents.tables[table].columns[column].values else { return }
        for index in values.indices { values[index] += 1e-4 }
        contents.tables[table].columns[column].values = .reals(values)
        try RunFileWriter.write(contents, to: file, overwrite: true)
        let process = try KacProcess.run(["compare", "small.h5"], in: small.folder.url)
        #expect(process.status == 0)
        #expect(
            process.errors.split(separator: "\n").count == 3 && process.errors.contains("W2 of 30 experts at t = 1"))
    }

    @Test func whatIsWrongIsSaid() throws {
        let small = try Self.experiment(angles: 1)
        #expect(try small.run().status == 0)
        #expect(try KacProcess.run(["solve", small.path, "-o", "limit.h5"], in: small.folder.url).status == 0)
        for (arguments, status, word) in [
            (["none.h5"], Int32(66), "none.h5"), (["data.csv"], 65, "data.csv"), (["limit.h5"], 65, "no experts"),
            (["small.h5", "--time", "0.5"], 65, "0.0, 1.0, 2.0"), (["small.h5", "--count", "3"], 65, "30 experts"),
            (["small.h5", "-p", "3"], 64, "expected 1 or 2"), ([], 64, "file"),
            (["small.h5", "--threads", "0"], 64, "--threads"),
        ] {
            let process = try KacProcess.run(["compare"] + arguments, in: small.folder.url)
            #expect(process.status == status && process.errors.contains(word), "\(arguments): \(process.errors)")
        }
    }
}
