import Foundation
import Testing

@testable import kac

/// What `kac report` refuses and how it ends; its pages are opened in a browser by `make test-report`.
@Suite struct ReportCommandTests {
    /// A program that stands for Python, and prints what it is given.
    private static func python(_ script: String, in folder: TemporaryFolder) throws -> [String: String] {
        let path = try folder.write("#!/bin/bash\n\(script)\n", to: "python")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return ["KAC_PYTHON": path]
    }

    @Test func thePageIsWhatPythonPrints() throws {
        let small = try SmallExperiment()
        #expect(try small.run().status == 0)
        // The script comes by the pipe, the run file as the argument.
        let drawn = try Self.python(
            "echo '<!doctype html>'; grep -c 'def provenance' ; echo \"$@\"; seq 100000 >&2", in: small.folder)
        func report(_ arguments: [String], _ environment: [String: String]) throws -> KacProcess {
            try KacProcess.run(["report"] + arguments, in: small.folder.url, environment: environment)
        }
        let process = try report(["small.h5"], drawn)
        #expect(process.status == 0 && process.output == "Written to small.html\n", "\(process.errors)")
        let page = small.folder.url.appendingPathComponent("small.html")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text.hasPrefix("<!doctype html>\n1\n- /") && text.hasSuffix("/small.h5\n"), "\(text)")

        let kept = try report(["small.h5"], drawn)
        #expect(kept.status == 73 && kept.errors.contains("--overwrite"))
        #expect(try report(["small.h5", "--overwrite"], drawn).status == 0)
        // Only pages are replaced, and nothing is left of one that failed.
        let foreign = try report(["small.h5", "-o", "small.yml", "--overwrite"], drawn)
        #expect(foreign.status == 73 && foreign.errors.contains("of another kind"), "\(foreign.errors)")
        #expect(try report(["nowhere.h5"], drawn).status == 66)
        let folder = try report(["."], drawn)
        #expect(folder.status == 65 && folder.errors.contains("kac rates"), "\(folder.errors)")
        try FileManager.default.createDirectory(
            at: small.folder.url.appendingPathComponent("small.study"), withIntermediateDirectories: true)
        try small.folder.write("quantity\n", to: "small.study/means.csv")
        let study = try report(["small.study"], drawn)
        #expect(study.status == 0 && study.output == "Written to small.study.html\n", "\(study.errors)")
        #expect(try report(["small.yml"], drawn).status == 65)
        #expect(try report(["small.h5", "-o", "no/where.html"], drawn).status == 73)

        for (script, status) in [("exit 69", Int32(69)), ("echo trouble >&2; exit 1", 70), ("echo no page", 70)] {
            let failed = try report(["small.h5", "-o", "other.html"], Self.python(script, in: small.folder))
            #expect(failed.status == status, "\(script): \(failed.errors)")
            #expect(!script.contains("trouble") || failed.errors.contains("trouble"))
        }
        let missing = try report(["small.h5", "-o", "other.html"], ["KAC_PYTHON": "/nowhere/python"])
        #expect(missing.status == 69 && missing.errors.contains("h5py") && missing.errors.contains("KAC_PYTHON"))
        #expect(!small.folder.contents.contains { $0.contains("other") })
    }

    @Test func pythonIsThatOfTheEnvironmentFirst() {
        #expect(PythonInterpreter(environment: ["KAC_PYTHON": "mine"]).program == "mine")
        let project = KacProcess.root.appendingPathComponent(".venv-figures/bin/python").path
        let expected = FileManager.default.isExecutableFile(atPath: project) ? project : "python3"
        #expect(
            PythonInterpreter(environment: ["KAC_PYTHON": "", "KAC_DATA": KacProcess.root.path]).program == expected)
        // A tool that was installed still knows the clone that it was built from.
        #expect(PythonInterpreter(environment: ["KAC_DATA": "/usr/share"]).program == expected)
    }
}
