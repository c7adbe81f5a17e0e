import Foundation
import Testing

/// The commands that README and docs show, typed as they stand there.
@Suite struct ReadMeCommandTests {
    /// The files, in the order in which a reader meets them.
    private static let files = [
        "README.md", "docs/experiments.md", "docs/distances.md", "docs/studies.md", "docs/run-file.md",
    ]

    private static func text(_ file: String) throws -> String {
        try String(contentsOf: KacProcess.root.appendingPathComponent(file), encoding: .utf8)
    }

    /// The blocks of code with their languages.
    private static func blocks(_ text: String) -> [(language: String, code: String)] {
        text.matches(of: /(?ms)^```(\S*)\n(.*?)^```/).map { (String($0.1), String($0.2)) }
    }

    /// The words of each line of the blocks without a language that calls the tool.
    private static func commands() throws -> [[String]] {
        let lines = try files.flatMap { file in
            try blocks(text(file)).filter { $0.language.isEmpty }.flatMap { $0.code.split(separator: "\n") }
        }
        return lines.filter { $0.hasPrefix("kac ") }.map { line in
            var words: [String] = []
            let parts = line.prefix { $0 != "#" && $0 != ">" }.split(separator: "\"", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                words += index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
            }
            return words
        }
    }

    /// A program that draws an empty page in Python's place; `make test-report` draws true ones.
    private static func python(in folder: TemporaryFolder) throws -> [String: String] {
        let path = try folder.write("#!/bin/sh\necho '<!doctype html>'\n", to: "python")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return ["KAC_PYTHON": path]
    }

    @Test func workFromTheRootOfTheProject() throws {
        let folder = try TemporaryFolder()
        for name in ["data", "grids"] {
            try FileManager.default.createSymbolicLink(
                at: folder.url.appendingPathComponent(name),
                withDestinationURL: KacProcess.root.appendingPathComponent(name))
        }
        // A user's own files.
        try folder.write("x,y,weight\n0.1,0.2,0.25\n3,4,0.75\n", to: "atoms.csv")
        try Self.numPy([0.5, 1, 1.5, 0.5, 1.5, 1].map { $0 / (4 * .pi * .pi) }, shape: "(2, 3)")
            .write(to: folder.url.appendingPathComponent("density.npy"))
        try folder.write("10\n200\n355\n", to: "samples.csv")
        try folder.write("3\n0\n5\n7\n", to: "counts.csv")
        try folder.write("0.1,0.2\n3,4\n", to: "before.csv")
        try folder.write("3.1,4.1\n0.2,0.1\n", to: "after.csv")
        let python = try Self.python(in: folder)
        let given = folder.contents
        let commands = try Self.commands()
        #expect(
            Set(commands.map { $0[1] }) == [
                "run", "solve", "evaluate", "lift", "distance", "compare", "inspect", "export", "verify", "rates",
                "plan", "report", "examples", "--generate-completion-script",
            ])
        for words in commands {
            // Fewer experts; the shipped experiments are run in full elsewhere.
            let counts = ["run": "[10]", "rates": "[100, 200, 400]"][words[1]]
            let fewer =
                counts.map { ["--set", "particles.counts=\($0)", "--set", "particles.replicates=2"] } ?? []
            let process = try KacProcess.run(Array(words.dropFirst()) + fewer, in: folder.url, environment: python)
            #expect(process.status == 0 && !process.output.isEmpty, "\(words): \(process.errors)")
        }
        #expect(
            folder.contents
                == (given
                + ["iris", "limit"].flatMap { name in ["h5", "pmd", "vtkhdf", "xdmf"].map { "\(name).\($0)" } }
                + [
                    "iris.experts.vtkhdf", "iris-export.npz", "iris.html", "rates-1d.study", "rates-1d.study.html",
                    "report.html", "study",
                ])
                .sorted())
    }

    /// From nothing to a page about a circuit of one's own, by the README's script.
    @Test func anOwnCircuit() throws {
        let folder = try TemporaryFolder()
        let scripts = Self.blocks(try Self.text("README.md")).filter { $0.language == "sh" }.map(\.code)
        let script = try #require(scripts.count == 1 ? scripts[0] : nil)
        // Enough for an interval; the full number takes half a minute.
        #expect(script.contains("replicates: 1200"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-ec", script.replacing("replicates: 1200", with: "replicates: 4")]
        process.currentDirectoryURL = folder.url
        let tools = KacProcess.tool.deletingLastPathComponent().path
        process.environment = ProcessInfo.processInfo.environment
            .merging(try Self.python(in: folder)) { $1 }
            .merging(["PATH": "\(tools):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"]) { $1 }
        let output = folder.url.appendingPathComponent("output")
        try Data().write(to: output)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let printed = try String(contentsOf: output, encoding: .utf8)
        for words in ["monomials     2", "N experts beside the limit at t = 10", "Exponents of N at t = 10", "asked "] {
            #expect(printed.contains(words), "\(words)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("mine").path)
        #expect(Set(files).isSuperset(of: ["mine.h5", "mine.html", "mine.study", "mine.study.html"]))
    }

    /// What the documents tell to make can be made.
    @Test func targetsOfMakeExist() throws {
        let rules = try Self.text("Makefile").matches(of: /(?m)^([A-Za-z.\/-]+):/).map { String($0.1) }
        var names: Set<String> = []
        for file in Self.files + ["CONTRIBUTING.md", "data/README.md", "Benchmarks/README.md", "docs/decisions.md"] {
            for name in try Self.text(file).matches(of: /(?m)(?:^|`)make ([a-z.][a-z.\/-]*)/) {
                names.insert(String(name.1))
            }
        }
        #expect(names.count > 8 && names.isSubset(of: rules), "\(names.subtracting(rules))")
    }

    /// A file of NumPy's, version 1.0.
    private static func numPy(_ values: [Double], shape: String) -> Data {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
        let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
        var data = Data([0x93] + "NUMPY".utf8 + [1, 0, 118, 0] + padded.utf8)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        return data
    }
}
