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

    private func write(_ bytes: [UInt8], to file: DurableFile) throws {
        try bytes.withUnsafeBytes { try file.write($0) }
    }
}
