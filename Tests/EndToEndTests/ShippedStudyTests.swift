import Foundation
import Testing

/// Every shipped study in a small form, run as a user runs it: on one thread and on two, which give the same tables.
@Suite struct ShippedStudyTests {
    /// What makes each of them small; all that is not named is as it is shipped.
    static let reductions: [String: [String]] = {
        let mixtures = ["particles.counts=[100, 130, 170]", "particles.replicates=3"]
        let scaling = ["particles.counts=[10, 20]", "particles.replicates=2"]
        return [
            "choir": mixtures + ["training.test=0.9996"],
            "fluctuations": ["particles.counts=[50, 100]", "particles.replicates=30", "time.outputs=[0, 1]"],
            "large-deviations": ["particles.replicates=2000", "time.outputs=[0, 1]", "study.tilts=[-0.5, 1]"],
            "lazy": scaling + ["study.gammas=[0.5, 1]"],
            "rates-1d": mixtures + ["time.outputs=[0, 1]", "compare.times=[0, 1]"],
            "rates-2d": mixtures + ["time.outputs=[0, 1]", "compare.times=[0, 1]", "study.distances=2"],
            "rates-3d": mixtures + [
                "time.outputs=[0, 1]", "compare.times=[0, 1]", "study.distances=2", "continuum.grid.cells=[16, 16, 16]",
                "continuum.tolerance=1e-5",
            ],
            "sweep-circuits": mixtures + ["continuum.tolerance=1e-6"],
            "sweep-data": mixtures + ["study.values=[0.9996, 0.99]"],
            "sweep-qubits": mixtures + ["continuum.tolerance=1e-6"],
            "teacher": scaling + ["time.end=10"],
            "training-in-steps": ["particles.replicates=4", "study.steps=[0.1, 0.05]", "study.shots=[1, 4]"],
            "width": ["particles.replicates=2", "study.widths=[4, 8]"],
        ]
    }()

    private static let folder = KacProcess.root.appendingPathComponent("data/experiments/studies")

    @Test func everyStudyIsListed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }
        #expect(files.sorted() == Self.reductions.keys.sorted())
    }

    /// What mixtures of 10,000 experts scatter is what is predicted, within three standard errors, and not what the wrong limit has: the shipped study with fewer replicates
    /// and times.
    @Test func tenThousandExpertsScatterAsPredicted() throws {
        let home = try TemporaryFolder()
        let process = try KacProcess.run(
            [
                "rates", Self.folder.appendingPathComponent("fluctuations.yml").path, "-o", "f", "--set",
                "particles.counts=[10000]", "--set", "particles.replicates=300", "--set", "time.outputs=[0, 2]",
            ], in: home.url)
        try #require(process.status == 0, "\(process.errors)")
        let rows = try String(contentsOf: home.url.appendingPathComponent("f/fluctuations.csv"), encoding: .utf8)
            .split(separator: "\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
        let trained = rows.filter { $0[0] == "trained" }
        #expect(
            trained.count { $0[1].hasPrefix("s_") } == 2 * 4 && trained.count { $0[1].hasPrefix("covariance") } == 2 * 3
        )
        for row in trained { #expect(abs(try #require(Double(row[7]))) <= 3, "\(row)") }
        for row in rows where row[0] == "wrong" && row[1] == "s_1" && row[3] == "2.0" {
            #expect(try #require(Double(row[7])) > 10)
        }
    }

    @Test(arguments: reductions.keys.sorted()) func aSmallFormRuns(name: String) throws {
        let file = Self.folder.appendingPathComponent("\(name).yml").path
        let changes = try #require(Self.reductions[name]).flatMap { ["--set", $0] }
        let home = try TemporaryFolder()
        var tables: [[String: String]] = []
        for threads in ["1", "2"] {
            let process = try KacProcess.run(
                ["rates", file, "-o", threads, "--threads", threads] + changes, in: home.url)
            try #require(process.status == 0, "\(process.errors)")
            #expect(process.output.contains("Tables are in \(threads)"))
            let folder = home.url.appendingPathComponent(threads)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".csv") }
            tables.append(
                Dictionary(
                    uniqueKeysWithValues: try names.map {
                        ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8))
                    }))
        }
        #expect(!tables[0].isEmpty && tables[0] == tables[1])
        for (table, text) in tables[0] {
            let lines = text.split(separator: "\n")
            let columns = lines.first?.split(separator: ",").count ?? 0
            // Quantiles want twenty replicates. Labels of sweeps are quoted, and may have commas.
            #expect(lines.count > 1 || table == "quantiles.csv", "\(table)")
            #expect(
                lines.allSatisfy { line in
                    line.contains("\"")
                        || line.split(separator: ",", omittingEmptySubsequences: false).count == columns
                }, "\(table)")
        }
    }
}
