import Archive
import Foundation
import Testing

@Suite struct RunFileDestinationTests {
    /// The error that both the check before a run and the writing after it throw.
    private func refusal(_ url: URL, overwrite: Bool = false) throws -> ArchiveError? {
        var errors: [ArchiveError?] = []
        do {
            try RunFileWriter.check(destination: url, overwrite: overwrite)
            errors.append(nil)
        } catch {
            errors.append(error)
        }
        do {
            try RunFileWriter.write(try sampleRun(cells: [5]), to: url, overwrite: overwrite)
            errors.append(nil)
        } catch let error as ArchiveError {
            errors.append(error)
        }
        if case .outOfSpace = errors[0] { return errors[0] }
        #expect(errors[0] == errors[1])
        return errors[1]
    }

    @Test func anExistingFileIsKeptUnlessOverwritingIsWanted() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        try RunFileWriter.write(sampleRun(cells: [3]), to: url)
        let earlier = try Data(contentsOf: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: url.path)
        #expect(try refusal(url) == .exists(path: url.path))
        #expect(try Data(contentsOf: url) == earlier)
        #expect(try refusal(url, overwrite: true) == nil)
        #expect(try RunFileReader.contents(of: url) == sampleRun(cells: [5]))
        #expect(try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int == 0o640)
        #expect(try folder.names() == ["run.h5"])
    }

    @Test func aFileThatNoRunMadeIsKeptInAnyCase() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "experiment.yml")
        try Data("title: precious".utf8).write(to: url)
        #expect(try refusal(url, overwrite: true) == .notAFile(path: url.path, found: "a file of another kind"))
        #expect(try String(contentsOf: url, encoding: .utf8) == "title: precious")
        try Data().write(to: url)
        #expect(try refusal(url, overwrite: true) == nil)
    }

    /// The files and folders beside a run file are named after it: with such a name it would be replaced by its own sidecar.
    @Test(arguments: ["vtkhdf", "experts.vtkhdf", "pmd", "xdmf", "checkpoints", "outputs"])
    func theNameOfAFileBesideIsRefused(suffix: String) throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.\(suffix)")
        let instead = suffix == "experts.vtkhdf" ? "run.experts.h5" : "run.h5"
        #expect(try refusal(url, overwrite: true) == .reservedName(path: url.path, instead: instead))
        #expect(throws: ArchiveError.reservedName(path: url.path, instead: instead)) {
            try Sidecars.write(for: try sampleRun(cells: [5]), beside: url, overwrite: true)
        }
        #expect(try folder.names().isEmpty)
    }

    @Test func aFolderThatIsAFile() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appending(path: "run.h5")
        let (checkpoints, outputs) = (CheckpointFolder(beside: run), OutputFolder(beside: run))
        try checkpoints.check()
        try outputs.check()
        for url in [checkpoints.url, outputs.url] { try Data("notes".utf8).write(to: url) }
        #expect(throws: ArchiveError.notAFolder(path: checkpoints.url.path)) { try checkpoints.check() }
        #expect(throws: ArchiveError.notAFolder(path: outputs.url.path)) { try outputs.check() }
    }

    /// A sidecar that cannot be written does not take the run file with it.
    @Test func theRunFileIsThereWithoutASidecar() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appending(path: "run.h5")
        let text = "Not what a run makes.\nTwo lines.\n"
        try Data(text.utf8).write(to: folder.url.appending(path: "run.pmd"))
        #expect(throws: ArchiveError.exists(path: folder.url.appending(path: "run.pmd").path)) {
            try RunFileWriter.write(try sampleRun(cells: [5]), to: run, sidecars: true)
        }
        #expect(try RunFileReader.contents(of: run) == sampleRun(cells: [5]))
        #expect(try folder.names() == ["run.h5", "run.pmd"])
        let other = folder.url.appending(path: "other.h5")
        try RunFileWriter.write(try sampleRun(cells: [5]), to: other, sidecars: true)
        #expect(try folder.names().count { $0.hasPrefix("other.") } == 5)
    }

    @Test func checkingLeavesNothing() throws {
        let folder = try TemporaryFolder()
        try RunFileWriter.check(destination: folder.url.appending(path: "run.h5"))
        #expect(try folder.names().isEmpty)
    }

    @Test func theParentIsARegularFile() throws {
        let folder = try TemporaryFolder()
        let parent = folder.url.appending(path: "notes.txt")
        try Data("notes".utf8).write(to: parent)
        let url = parent.appending(path: "run.h5")
        #expect(try refusal(url) == .parentNotAFolder(path: url.path, folder: parent.path))
        let deeper = parent.appending(path: "deep/run.h5")
        #expect(
            try refusal(deeper) == .parentNotAFolder(path: deeper.path, folder: parent.appending(path: "deep").path))
    }

    @Test func theParentIsMissing() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "no/run.h5")
        #expect(try refusal(url) == .parentMissing(path: url.path, folder: folder.url.appending(path: "no").path))
        #expect(try folder.names().isEmpty)
    }

    /// In a process of its own, which gives up being root: permissions do not bind root.
    @Test func theParentIsProtected() async {
        await #expect(processExitsWith: .success) {
            if geteuid() == 0 { setuid(65_534) }
            let folder = try TemporaryFolder()
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
            let url = folder.url.appending(path: "run.h5")
            let found = #expect(throws: ArchiveError.self) { try RunFileWriter.check(destination: url) }
            guard case .notWritable(let path, _, _) = found else {
                Issue.record("found \(String(describing: found))")
                return
            }
            #expect(path == url.path)
            let expected = try #require(found)
            #expect(throws: expected) { try RunFileWriter.write(try sampleRun(cells: [5]), to: url) }
        }
    }

    @Test func theDestinationIsAFolder() throws {
        let folder = try TemporaryFolder()
        for overwrite in [false, true] {
            #expect(
                try refusal(folder.url, overwrite: overwrite)
                    == .notAFile(path: folder.url.path, found: "a folder"))
        }
    }

    @Test func theFileBehindALinkIsReplaced() throws {
        let folder = try TemporaryFolder()
        let (target, link) = (folder.url.appending(path: "target.h5"), folder.url.appending(path: "link.h5"))
        try RunFileWriter.write(sampleRun(cells: [3]), to: target)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
        #expect(try refusal(link) == .exists(path: link.path))
        #expect(try refusal(link, overwrite: true) == nil)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
        #expect(try RunFileReader.contents(of: target) == sampleRun(cells: [5]))
    }

    @Test func veryLongNamesHaveATemporaryNameToo() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: String(repeating: "θ", count: 125) + ".h5")
        #expect(try refusal(url) == nil)
    }

    @Test(Mount.isPermitted) func theFileSystemIsReadOnly() throws {
        let folder = try TemporaryFolder()
        try Mount.withReadOnly(folder.url) {
            let url = folder.url.appending(path: "run.h5")
            let found = try refusal(url)
            #expect(found == .readOnly(path: url.path, folder: folder.url.path))
        }
    }
}
