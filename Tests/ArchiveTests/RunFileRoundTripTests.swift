import Archive
import Foundation
import Testing
import Torus

@Suite struct RunFileRoundTripTests {
    private func readBack(_ contents: RunContents) throws -> RunContents {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        try RunFileWriter.write(contents, to: url)
        #expect(try folder.names() == ["run.h5"])
        return try RunFileReader.contents(of: url)
    }

    @Test(arguments: [[24], [48, 64], [4, 6, 10]])
    func everyDimension(cells: [Int]) throws {
        let contents = try sampleRun(cells: cells)
        #expect(try readBack(contents) == contents)
    }

    @Test(arguments: [1, 2, 65]) func outputs(count: Int) throws {
        let contents = try sampleRun(cells: [7], outputs: count, experts: 1, data: count)
        #expect(try readBack(contents) == contents)
    }

    @Test func withoutOptionalParts() throws {
        var contents = try sampleRun(cells: [3, 5], outputs: 1, experts: nil, data: nil, tables: [])
        contents.series = [:]
        #expect(try readBack(contents) == contents)
    }

    @Test func dataWithoutFunctionAndWeightsThatVary() throws {
        var contents = try sampleRun(cells: [3])
        contents.function = nil
        contents.ensembles = []
        contents.experts?.weights[1][2] = 0.75
        contents.experts?.ensembleCount = 1000
        #expect(try readBack(contents) == contents)
    }

    @Test(arguments: [1, 65_535, 65_536, 1_000_000])
    func longAndForeignTexts(bytes: Int) throws {
        var contents = try sampleRun(cells: [3], experiment: String(repeating: "#", count: bytes - 1) + "\n")
        contents.title = ""
        contents.author = "Wassily Hoeffding, Πιθανότητα ∞"
        #expect(try readBack(contents) == contents)
        contents.experiment += "# Schrödinger\n"
        #expect(try readBack(contents) == contents)
    }

    @Test func ensemblesAreFoundBySizeAndReplicate() throws {
        let contents = try sampleRun(cells: [4, 6])
        let found = try readBack(contents)
        #expect(found.ensembles.count == 7)
        #expect(try found.storedEnsemble(count: nil, replicate: nil, name: "") == found.experts)
        #expect(try found.storedEnsemble(count: 5, replicate: 0, name: "") == found.experts)
        let second = try found.storedEnsemble(count: 2, replicate: 1, name: "")
        #expect(second.positions[1][2] == [1120, 1120 + 1.0 / 3] && second.weights[0] == [0.5, 0.5])
        for (count, replicate) in [(5, 1), (2, 3), (3, 0), (2, -1)] {
            #expect(
                throws: AtomFileError.notStored(
                    name: "run", count: count, replicate: replicate, replicates: [1: 3, 2: 3, 5: 1])
            ) { try found.storedEnsemble(count: count, replicate: replicate, name: "run") }
        }
        var twice = contents
        twice.ensembles.append(contents.ensembles[1])
        #expect(throws: ArchiveError.inconsistent(reason: "an ensemble is there twice")) { try twice.validate() }
        var alone = contents
        alone.experts = nil
        #expect(throws: ArchiveError.self) { try alone.validate() }
    }

    @Test func notANumberKeepsItsBits() throws {
        var contents = try sampleRun(cells: [3], outputs: 1)
        contents.series["loss"] = [.nan]
        contents.tables[0].columns[2].values = .reals([.nan, 1, 2, 3])
        let found = try readBack(contents)
        #expect(try #require(found.series["loss"])[0].isNaN)
        guard case .reals(let column) = found.tables[0].columns[2].values else {
            Issue.record("the column is not of reals")
            return
        }
        #expect(column[0].isNaN && column[1...] == [1, 2, 3])
    }

    @Test func equalContentsMakeEqualBytes() throws {
        let folder = try TemporaryFolder()
        let contents = try sampleRun(cells: [48, 64])
        let (first, second) = (folder.url.appending(path: "a.h5"), folder.url.appending(path: "b.h5"))
        try RunFileWriter.write(contents, to: first)
        try RunFileWriter.write(contents, to: second)
        #expect(try Data(contentsOf: first) == Data(contentsOf: second))
    }

    @Test func storageListsEveryArray() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        try RunFileWriter.write(try sampleRun(cells: [48, 64]), to: url)
        let parts = try RunFileReader.storage(of: url)
        let density = try #require(parts.first { $0.path == "/density" })
        #expect(density.extent == [3, 64, 48] && density.plainBytes == 8 * 3 * 64 * 48)
        #expect(density.storedBytes > 0 && density.storedBytes < density.plainBytes)
        #expect(parts.map(\.path).contains("/tables/rates/verdict"))
        let size = try #require(try url.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        #expect(parts.reduce(0) { $0 + $1.storedBytes } < size)
    }

    /// Beyond three angles: no grid, and as many arrays of angles as there are.
    @Test func withoutAGrid() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        var contents = try sampleRun(cells: [3], hasCellArrays: false, hasEnsembles: false)
        let positions = try #require(contents.experts?.positions)
        contents.grid = nil
        contents.densities = []
        contents.experts?.positions = (0..<11).map { axis in positions[0].map { $0.map { $0 + Double(axis) } } }
        try RunFileWriter.write(contents, to: url)
        #expect(try RunFileReader.contents(of: url) == contents)
        #expect(throws: GridFileError.noGrid(name: url.path)) { try GridFile.field(at: url.path) }
        contents.experts = nil
        try RunFileWriter.write(contents, to: url, overwrite: true)
        #expect(try RunFileReader.contents(of: url) == contents)
    }

    @Test func contentsThatDoNotFitTogetherAreRefused() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        func refused(_ change: (inout RunContents) throws -> Void) throws -> Bool {
            var contents = try sampleRun(cells: [3, 4])
            try change(&contents)
            do {
                try RunFileWriter.write(contents, to: url)
                return false
            } catch ArchiveError.inconsistent {
                return true
            }
        }
        #expect(try refused { $0.times = [] })
        #expect(try refused { $0.times[1] = $0.times[0] })
        #expect(try refused { $0.times[2] = .nan })
        #expect(try refused { $0.densities[1].removeLast() })
        #expect(try refused { $0.grid = try PeriodicGrid(cells: [3, 2, 2, 1]) })
        #expect(try refused { $0.series["loss"]?.removeLast() })
        #expect(try refused { $0.series["density"] = $0.times })
        #expect(try refused { $0.series["expert_theta3"] = $0.times })
        #expect(try refused { $0.grid = nil })
        #expect(
            try refused {
                $0.grid = nil
                $0.densities = []
            })
        #expect(try refused { $0.series["a/b"] = $0.times })
        #expect(try refused { $0.series["target"] = $0.times })
        #expect(try refused { $0.perDatum["target"]?.removeLast() })
        #expect(try refused { $0.experts?.positions.removeLast() })
        #expect(try refused { $0.experts?.weights[0].removeLast() })
        #expect(try refused { $0.title = "a\0b" })
        #expect(try refused { $0.tables[1].columns[0].values = .texts(["", "", "a\0b"]) })
        #expect(try refused { $0.tables[0].columns[1].values = .reals([1]) })
        #expect(try refused { $0.tables.append($0.tables[0]) })
        #expect(try refused { $0.tables[0].columns = [] })
        #expect(try folder.names().isEmpty)
    }
}
