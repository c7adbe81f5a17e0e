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

    @Test func eachFieldByItself() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            """
            time: {outputs: [0, 0.25]}
            continuum: {potential: {cos(theta0): -1, sin(theta0)*cos(2*theta1): -0.5}, grid: {cells: [12, 10]}, method: weno5}
            output: {file: run.h5, fields: [velocity, potential]}
            """, to: "run.yml")
        #expect(try KacProcess.run(["run", path], in: folder.url).status == 0)
        func export(_ format: String, _ fields: String, _ name: String) throws -> URL {
            let process = try KacProcess.run(
                ["export", "run.h5", "--to", format, "--fields", fields, "-o", "part", "--overwrite"], in: folder.url)
            #expect(
                process.status == 0 && process.output == "Written to \(name)\n", "\(process.output)\(process.errors)")
            return folder.url.appendingPathComponent(name)
        }
        let onGrid = ["density", "potential", "velocity_x", "velocity_y"]
        for (fields, arrays, table) in [
            ("density", ["density"], "density"), ("potential", ["potential"], "potential"),
            ("velocity", ["velocity_x", "velocity_y"], "velocity"),
            ("velocity,potential", ["potential", "velocity_x", "velocity_y"], "potential"),
            ("density,velocity", ["density", "velocity_x", "velocity_y"], "density"),
        ] {
            let csv = try String(contentsOf: export("csv", fields, "part.\(table).csv"), encoding: .utf8)
            #expect(csv.hasPrefix("time,theta0,theta1,\(arrays.joined(separator: ","))\n"), "\(csv.prefix(80))")
            #expect(csv.split(separator: "\n").count == 1 + 2 * 120)
            for (format, suffix) in [("netcdf", "nc"), ("vtkhdf", "vtkhdf")] {
                let file = try export(format, fields, "part.\(suffix)")
                let stored = try RunFileReader.storage(of: file).map { String($0.path.dropFirst()) }
                #expect(stored.filter(onGrid.contains) == arrays, "\(format) \(stored)")
            }
            let xdmf = try String(contentsOf: export("xdmf", fields, "part.xdmf"), encoding: .utf8)
            #expect(onGrid.filter { xdmf.contains("<Attribute Name=\"\($0)\"") } == arrays)
            let npz = try Data(contentsOf: export("npz", fields, "part.npz"))
            #expect(onGrid.filter { npz.range(of: Data("\($0).npy".utf8)) != nil } == arrays)
        }
    }

    /// A file that shows nothing is none: the data do not have it, and the command is not to blame.
    @Test func whatARunDoesNotHaveIsAnErrorOfTheData() throws {
        let small = try SmallExperiment()
        #expect(try small.run().status == 0)
        for format in ["csv", "npz", "netcdf", "vtkhdf", "xdmf"] {
            let process = try KacProcess.run(
                ["export", "small.h5", "--to", format, "--fields", "potential"], in: small.folder.url)
            #expect(process.status == 65 && process.errors.contains("it has density, experts"), "\(process.errors)")
        }
        // Four angles: neither a grid nor a place for experts.
        let path = try small.folder.write(
            """
            time: {outputs: [0, 0.25]}
            continuum: {potential: {cos(theta0)*cos(theta3): -1, cos(theta1)*cos(theta2): -0.5}, method: characteristics, nodes: 64}
            output: {file: four.h5}
            """, to: "four.yml")
        let run = try KacProcess.run(["run", path], in: small.folder.url)
        #expect(run.status == 0, "\(run.errors)")
        for format in ["xdmf", "vtkhdf"] {
            let process = try KacProcess.run(["export", "four.h5", "--to", format], in: small.folder.url)
            #expect(process.status == 65 && process.errors.contains("it has series"), "\(process.errors)")
        }
        #expect(!small.folder.contents.contains { $0.hasPrefix("small-export") || $0.hasPrefix("four-export") })
    }

    /// An export never takes the place of the run that it is of, by whatever name; nor does one of several files without the others.
    @Test func theRunFileItselfIsKept() throws {
        let experiment = try SmallExperiment()
        #expect(try experiment.run(["-o", "small.nc"]).status == 0)
        let folder = experiment.folder.url
        let before = try Data(contentsOf: folder.appendingPathComponent("small.nc"))
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("link.nc"), withDestinationURL: folder.appendingPathComponent("small.nc"))
        for name in ["small", "link"] {
            let arguments = ["export", "small.nc", "--to", "netcdf", "-o", name, "--overwrite"]
            let export = try KacProcess.run(arguments, in: folder)
            #expect(export.status == 73 && export.errors.contains("this is the run file that is read"))
            let isKept = try Data(contentsOf: folder.appendingPathComponent("small.nc")) == before
            #expect(isKept)
        }
        let full = try KacProcess.run(
            ["export", "small.nc", "--to", "csv", "-o", "part"], in: folder, limits: "ulimit -f 8")
        #expect(full.status == 74 && full.errors.contains("nothing was changed"), "\(full.errors)")
        #expect(!experiment.folder.contents.contains { $0.hasPrefix("part.") })
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
