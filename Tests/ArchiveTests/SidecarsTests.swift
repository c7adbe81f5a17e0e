import Archive
import Foundation
import Testing

/// The files beside a run file: which there are, and what they never replace.
@Suite struct SidecarsTests {
    private let folder: TemporaryFolder
    private let url: URL

    init() throws {
        folder = try TemporaryFolder()
        url = folder.url.appending(path: "run.h5")
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []).sorted()
    }

    @Test func thereIsOneForEveryViewThatThereIs() throws {
        try Sidecars.write(for: try sampleRun(cells: [6, 4]), beside: url)
        #expect(names == ["run.experts.vtkhdf", "run.pmd", "run.vtkhdf", "run.xdmf"])
        #expect(try String(contentsOf: folder.url.appending(path: "run.pmd"), encoding: .utf8) == "run.h5\n")
        // Nothing is replaced without being asked, and what an earlier run had more of goes.
        let fewer = try sampleRun(cells: [6, 4], experts: nil)
        #expect(throws: ArchiveError.exists(path: folder.url.appending(path: "run.vtkhdf").path)) {
            try Sidecars.write(for: fewer, beside: url)
        }
        try Sidecars.write(for: fewer, beside: url, overwrite: true)
        #expect(names == ["run.pmd", "run.vtkhdf", "run.xdmf"])
    }

    /// What is there already is not written again: a finished run on a read-only disk has all of it.
    @Test(Mount.isPermitted) func nothingIsWrittenTwice() throws {
        let contents = try sampleRun(cells: [6, 4])
        try Sidecars.write(for: contents, beside: url)
        try Mount.withReadOnly(folder.url) {
            try Sidecars.write(for: contents, beside: url, overwrite: true)
            let others = try sampleRun(cells: [6, 5])
            #expect(throws: ArchiveError.self) { try Sidecars.write(for: others, beside: url, overwrite: true) }
        }
    }

    @Test(arguments: ["run.vtkhdf", "run.experts.vtkhdf", "run.xdmf", "run.pmd"])
    func filesOfOthersAreKept(name: String) throws {
        let file = folder.url.appending(path: name)
        let text = "Not what a run makes.\nTwo lines.\n"
        try Data(text.utf8).write(to: file)
        let contents = try sampleRun(cells: [6, 4])
        #expect(throws: ArchiveError.notAFile(path: file.path, found: "a file of another kind")) {
            try Sidecars.check(beside: url, hasGrid: true, hasExperts: true, overwrite: true)
        }
        #expect(throws: ArchiveError.self) { try Sidecars.write(for: contents, beside: url, overwrite: true) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
        // One that is not wanted is left alone as well.
        if name == "run.experts.vtkhdf" {
            try Sidecars.write(for: try sampleRun(cells: [6], experts: nil), beside: url, overwrite: true)
            #expect(try String(contentsOf: file, encoding: .utf8) == text)
        }
    }

    /// Beyond three angles there is nothing that such programs could show.
    @Test func withoutAGridThereAreNone() throws {
        var contents = try sampleRun(cells: [6, 4])
        contents.grid = nil
        contents.densities = []
        let positions = try #require(contents.experts?.positions)
        contents.experts?.positions = positions + positions
        try Sidecars.write(for: contents, beside: url)
        #expect(names.isEmpty)
    }

    @Test func namesAreWrittenSoThatXMLIsValid() throws {
        let url = folder.url.appending(path: "a&b.h5")
        try Sidecars.write(for: try sampleRun(cells: [6]), beside: url)
        let text = try String(contentsOf: folder.url.appending(path: "a&b.xdmf"), encoding: .utf8)
        #expect(text.contains("a&amp;b.h5:/data/0/meshes/density") && !text.contains("a&b.h5"))
    }
}
