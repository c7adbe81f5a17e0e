import Archive
import Foundation
import Testing

/// What `kac export` writes and refuses; `Tests/readers/check_exports.py` compares its files value by value.
@Suite struct ExportCommandTests {
    @Test func everyFormatHasItsFiles() throws {
        let small = try SmallExperiment()
        #expect(try small.run().status == 0)
        func export(_ arguments: [String]) throws -> (KacProcess, [String]) {
            let before = Set(small.folder.contents)
            let process = try KacProcess.run(["export", "small.h5"] + arguments, in: small.folder.url)
            return (process, small.folder.contents.filter { !before.contains($0) })
        }
        var (process, files) = try export(["--to", "npz"])
        #expect(process.status == 0 && files == ["small-export.npz"], "\(process.errors)")
        (process, files) = try export(["--to", "npz"])
        #expect(process.status == 73 && process.errors.contains("--overwrite"))
        (process, files) = try export(["--to", "csv", "--times", "1,2", "--fields", "tables,series", "-o", "part"])
        #expect(files == ["comparison", "rates", "budget", "series"].map { "part.\($0).csv" }.sorted())
        (process, files) = try export(["--to", "vtkhdf", "-o", "all.vtkhdf"])
        #expect(files == ["all.experts.vtkhdf", "all.vtkhdf"])
        (process, files) = try export(["--to", "netcdf", "--fields", "density", "-o", "d"])
        #expect(files == ["d.nc"])
        let density = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("d.nc"))
        #expect(density.experts == nil && density.times == [0, 1, 2] && density.series.isEmpty)
        (process, files) = try export(["--to", "xdmf", "--times", "2", "-o", "x"])
        #expect(files == ["x.xdmf"])

        (process, files) = try export(["--to", "csv", "--times", "0.7"])
        #expect(process.status == 65 && process.errors.contains("0.7"))
        (process, files) = try export(["--to", "csv", "--fields", "densty"])
        #expect(process.status == 64 && process.errors.contains("found 'densty', expected density"))
        (process, files) = try export(["--to", "excel"])
        #expect(process.status == 64)
    }

    @Test func exportedExpertsAreAtoms() throws {
        let small = try SmallExperiment()
        #expect(try small.run().status == 0)
        let process = try KacProcess.run(
            ["export", "small.h5", "--to", "csv", "--fields", "experts", "--times", "2", "-o", "last"],
            in: small.folder.url)
        #expect(process.status == 0, "\(process.errors)")
        let distances = try ["last.experts.csv", "small.h5"].map { atoms in
            try KacProcess.run(["distance", atoms, "small.h5", "-p", "2", "--json"], in: small.folder.url)
        }
        #expect(distances.allSatisfy { $0.status == 0 }, "\(distances[0].errors)")
        func upper(_ process: KacProcess) throws -> Double {
            let found = try #require(process.output.firstMatch(of: /"upper" ?: ?([0-9.e-]+)/))
            return try #require(Double(found.1))
        }
        // The weights of the table are 1/N, divided by their sum.
        #expect(abs(try upper(distances[0]) - upper(distances[1])) < 1e-12)
    }
}
