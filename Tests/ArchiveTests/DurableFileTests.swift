import Foundation
import Testing

@testable import Archive

@Suite struct DurableFileTests {
    @Test func aFileThatAppearsInTheMeantimeIsKept() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        let file = try DurableFile(url, overwrite: false)
        try Data("of someone else".utf8).write(to: url)
        #expect(throws: ArchiveError.exists(path: url.path)) { try write([1, 2, 3], to: file) }
        #expect(try Data(contentsOf: url) == Data("of someone else".utf8))
        #expect(try folder.names() == ["run.h5"])
    }

    @Test func aFolderThatGoesAwayInTheMeantime() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        let file = try DurableFile(url, overwrite: true)
        try FileManager.default.removeItem(at: folder.url)
        #expect(throws: ArchiveError.parentMissing(path: url.path, folder: folder.url.path)) {
            try write([1, 2, 3], to: file)
        }
    }

    @Test(arguments: [0, 1, 100_000]) func everyByteArrives(count: Int) throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try write(bytes, to: DurableFile(url, overwrite: false))
        #expect(try Data(contentsOf: url) == Data(bytes))
    }

    /// All of several files are whole before the first one has its name: one that cannot be made keeps the others from appearing.
    @Test func ofSeveralFilesNoneAppearsBeforeAllAreWhole() throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let urls = [folder.url.appending(path: "run.h5"), other.url.appending(path: "run.pmd")]
        let entries = try urls.enumerated().map { index, url in
            DurableFile.Entry(file: try DurableFile(url, overwrite: false), small: [UInt8(index), 7])
        }
        try FileManager.default.removeItem(at: other.url)
        #expect(throws: ArchiveError.parentMissing(path: urls[1].path, folder: other.url.path)) {
            try DurableFile.write(entries)
        }
        #expect(try folder.names().isEmpty)
        try FileManager.default.createDirectory(at: other.url, withIntermediateDirectories: true)
        // What appeared meanwhile is kept, and the first file, which was named before, stays.
        try Data("of someone else".utf8).write(to: urls[1])
        #expect(throws: ArchiveError.exists(path: urls[1].path)) { try DurableFile.write(entries) }
        #expect(try Data(contentsOf: urls[0]) == Data([0, 7]))
        #expect(try folder.names() == ["run.h5"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.url.path) == ["run.pmd"])
    }

    private func write(_ bytes: [UInt8], to file: DurableFile) throws {
        try bytes.withUnsafeBytes { try file.write($0) }
    }
}
