import Foundation
import Testing

@testable import kac

/// `kac examples`: every shipped experiment is listed, and its copy is the same experiment.
@Suite struct ExamplesCommandTests {
    /// The shipped files, found by their folder alone.
    private static func files() throws -> [String] {
        let folder = KacProcess.root.appendingPathComponent("data/experiments").path
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yml") }.sorted()
    }

    private static func name(_ file: String) -> String {
        URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    }

    @Test func allAreListedWithWhatTheyShow() throws {
        let process = try KacProcess.run(["examples"])
        #expect(process.status == 0, "\(process.errors)")
        let lines = process.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
            .map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        #expect(lines.map { $0[0] }.sorted() == (try Self.files()).map(Self.name).sorted())
        #expect(lines.allSatisfy { $0[1].trimmingCharacters(in: .whitespaces).count > 20 })
        #expect(process.output.contains("iris-2d            Two trained angles on the same flowers"))
    }

    /// The copy names files beside it alone, and their contents are those of the original.
    @Test func aCopyIsTheSameExperiment() throws {
        for file in try Self.files() {
            let folder = try TemporaryFolder()
            let process = try KacProcess.run(["examples", Self.name(file), "-o", "copy"], in: folder.url)
            #expect(process.status == 0, "\(file): \(process.errors)")
            let copy = folder.url.appendingPathComponent("copy")
            let original = KacProcess.root.appendingPathComponent("data/experiments/\(file)")
            let experiments = try [original, copy.appendingPathComponent(original.lastPathComponent)].map {
                try Experiment(contentsOf: $0.path, for: .limit)
            }
            let names = experiments[1].inputs.entries.map(\.name)
            #expect(names.allSatisfy { !$0.contains("/") }, "\(file): \(names)")
            let contents = try experiments.map { try $0.inputs.contents() }
            #expect(
                contents[0].map { URL(fileURLWithPath: $0.name).lastPathComponent }.sorted() == names.sorted(),
                "\(file)")
            #expect(Set(contents[0].map(\.bytes)) == Set(contents[1].map(\.bytes)), "\(file)")
            #expect(experiments[0].times == experiments[1].times && experiments[0].title == experiments[1].title)
        }
    }

    /// Whatever the values of a sweep name is there, too.
    @Test func aCopiedSweepRuns() throws {
        let folder = try TemporaryFolder()
        #expect(try KacProcess.run(["examples", "sweep-circuits", "-o", "."], in: folder.url).status == 0)
        let process = try KacProcess.run(
            [
                "rates", "sweep-circuits.yml", "--set", "particles.counts=[100, 200, 400]", "--set",
                "particles.replicates=2",
            ], in: folder.url)
        #expect(process.status == 0, "\(process.errors)")
        #expect(folder.contents.contains("two-qubit-separate.qasm"))
    }

    @Test func aCopiedExperimentRuns() throws {
        let folder = try TemporaryFolder()
        #expect(try KacProcess.run(["examples", "one-qubit"], in: folder.url).status == 0)
        let process = try KacProcess.run(["solve", "one-qubit/one-qubit.yml"], in: folder.url)
        #expect(process.status == 0, "\(process.errors)")
    }

    @Test func filesAreKept() throws {
        let folder = try TemporaryFolder()
        func copy(_ arguments: String...) throws -> KacProcess {
            try KacProcess.run(["examples"] + arguments, in: folder.url)
        }
        #expect(try copy("iris").status == 0)
        // The same files are no hindrance, and neither are those of another example that shares some.
        #expect(try copy("iris").status == 0)
        #expect(try copy("iris-neuron", "-o", "iris").status == 0)
        let changed = folder.url.appendingPathComponent("iris/iris.yml")
        try "mine".write(to: changed, atomically: true, encoding: .utf8)
        let refused = try copy("iris")
        #expect(refused.status == 73 && refused.errors.contains("iris/iris.yml"), "\(refused.errors)")
        #expect(try String(contentsOf: changed, encoding: .utf8) == "mine")
        let unknown = try copy("iriss")
        #expect(unknown.status == 64 && unknown.errors.contains("did you mean 'iris'?"), "\(unknown.errors)")
        #expect(try copy("-o", "x").status == 64)
    }

    /// The data are found beside an installed tool, and a tool that has left them says what to do.
    @Test func theDataAreFound() throws {
        let folder = try TemporaryFolder()
        let nowhere = try KacProcess.run(["examples"], environment: ["KAC_DATA": folder.url.path])
        #expect(nowhere.status == 66 && nowhere.errors.contains("KAC_DATA"), "\(nowhere.errors)")
        let clone = try KacProcess.run(["examples"], environment: ["KAC_DATA": KacProcess.root.path])
        #expect(clone.status == 0)

        for path in ["bin", "share/kac/data"] {
            try FileManager.default.createDirectory(
                at: folder.url.appendingPathComponent(path), withIntermediateDirectories: true)
        }
        let installed = folder.url.appendingPathComponent("share/kac")
        try FileManager.default.copyItem(
            at: KacProcess.root.appendingPathComponent("data/experiments"),
            to: installed.appendingPathComponent("data/experiments"))
        let data = try ShippedData(environment: [:], executable: folder.url.appendingPathComponent("bin/kac"))
        #expect(data.root.resolvingSymlinksInPath() == installed.resolvingSymlinksInPath())
        #expect(try data.examples().count == (try Self.files()).count)
    }

    /// Copies of one folder cannot take one another's place.
    @Test func namesAreUnique() throws {
        let names = try Self.files().map(Self.name)
        #expect(Set(names).count == names.count)
    }
}
