import Archive
import Foundation
import Testing

/// A run file repeats itself, without the files that its experiment named.
@Suite struct RepeatTests {
    @Test func aRunFileIsRepeatedFromItselfAlone() throws {
        let original = try SmallExperiment()
        #expect(try original.run(environment: ResumeTests.date).status == 0)
        let elsewhere = try TemporaryFolder()
        let stored = elsewhere.url.appendingPathComponent("stored.h5")
        try FileManager.default.copyItem(at: original.folder.url.appendingPathComponent("small.h5"), to: stored)
        let again = try KacProcess.run(
            ["run", "stored.h5", "-o", "again.h5"], in: elsewhere.url, environment: ResumeTests.date)
        #expect(again.status == 0, "\(again.errors)")
        let isEqual =
            try Data(contentsOf: stored) == Data(contentsOf: elsewhere.url.appendingPathComponent("again.h5"))
        #expect(isEqual, "to the byte, the date being given")
        let inspected = try KacProcess.run(["inspect", "again.h5"], in: elsewhere.url)
        #expect(inspected.output.contains("files     circuit.qasm, data.csv"))
        // Other values are set as in an experiment file.
        let other = try KacProcess.run(
            ["run", "stored.h5", "-o", "other.h5", "--set", "particles.seed=4"], in: elsewhere.url)
        #expect(other.status == 0, "\(other.errors)")
        let run = try RunFileReader.contents(of: elsewhere.url.appendingPathComponent("other.h5"))
        #expect(run.inputs.map(\.name) == ["circuit.qasm", "data.csv"])
        #expect(String(decoding: run.inputs[1].bytes, as: UTF8.self) == SmallExperiment.data)
        // A file that only the changed experiment names is not there.
        let missing = try KacProcess.run(
            ["run", "stored.h5", "-o", "no.h5", "--set", "training.file=more.csv"], in: elsewhere.url)
        #expect(missing.status == 66 && missing.errors.contains("more.csv"))
    }

    @Test func aStoredLimitIsRepeatedAsALimit() throws {
        let original = try SmallExperiment()
        let folder = original.folder.url
        #expect(try KacProcess.run(["solve", original.path, "-o", "limit.h5"], in: folder).status == 0)
        let again = try KacProcess.run(["run", "limit.h5", "-o", "again.h5"], in: folder)
        #expect(again.status == 0, "\(again.errors)")
        let run = try RunFileReader.contents(of: folder.appendingPathComponent("again.h5"))
        #expect(run.command == "solve" && run.experts == nil && run.tables.isEmpty)
    }

    @Test func otherFilesAreNoExperiments() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("\u{89}HDF and no more", to: "broken.h5")
        let process = try KacProcess.run(["run", path])
        #expect(process.status == 65 && process.errors.contains("broken.h5"), "\(process.errors)")
    }
}
