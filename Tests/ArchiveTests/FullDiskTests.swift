import Archive
import Foundation
import Testing

@Suite struct FullDiskTests {
    /// A run of more than 1 MiB that does not compress.
    private static func largeRun() throws -> RunContents {
        var contents = try sampleRun(cells: [512, 512], outputs: 1, tables: [])
        var generator = SystemRandomNumberGenerator()
        contents.densities = [contents.densities[0].map { _ in Double.random(in: 0...1, using: &generator) }]
        return contents
    }

    private static func isOutOfSpace(_ url: URL, overwrite: Bool) throws -> Bool {
        do {
            try RunFileWriter.write(try largeRun(), to: url, overwrite: overwrite)
            return false
        } catch ArchiveError.outOfSpace(let path, let bytes, let reason) {
            return path == url.path && bytes > 1 << 20 && !reason.isEmpty
        }
    }

    /// In a process of its own, which would die of SIGXFSZ, hang at its end, or print the library's complaints there.
    @Test func theLimitOfAFilesSize() async throws {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent, \.standardOutputContent]
        ) {
            let folder = try TemporaryFolder()
            let url = folder.url.appending(path: "run.h5")
            try RunFileWriter.write(try sampleRun(cells: [3]), to: url)
            let earlier = try Data(contentsOf: url)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = 1 << 20
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(try FullDiskTests.isOutOfSpace(url, overwrite: true))
            #expect(try FullDiskTests.isOutOfSpace(folder.url.appending(path: "other.h5"), overwrite: false))
            #expect(try folder.names() == ["run.h5"])
            #expect(try Data(contentsOf: url) == earlier)
            try RunFileWriter.write(try sampleRun(cells: [5]), to: url, overwrite: true)
            #expect(try RunFileReader.contents(of: url) == sampleRun(cells: [5]))
        }
        let said = result.map { String(decoding: $0.standardErrorContent + $0.standardOutputContent, as: UTF8.self) }
        #expect(said?.contains("HDF5") == false)
    }

    /// The library must not open the file that is replaced: in a process of its own, whose reading the kernel counts.
    @Test func whatIsReplacedIsNotRead() async throws {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let url = folder.url.appending(path: "run.h5")
            try RunFileWriter.write(try sampleRun(cells: [3]), to: url)
            let size = 1 << 26
            let file = try FileHandle(forWritingTo: url)
            try file.truncate(atOffset: UInt64(size))
            try file.close()
            func bytesRead() throws -> Int {
                let text = try String(contentsOfFile: "/proc/self/io", encoding: .utf8)
                return try #require(text.firstMatch(of: /rchar: ([0-9]+)/).flatMap { Int($0.1) })
            }
            let before = try bytesRead()
            try RunFileWriter.write(try sampleRun(cells: [5]), to: url, overwrite: true)
            #expect(try bytesRead() - before < size / 2)
            #expect(try RunFileReader.contents(of: url) == sampleRun(cells: [5]))
        }
    }

    @Test(Mount.isPermitted) func theDiskIsFull() throws {
        let folder = try TemporaryFolder()
        try Mount.withTmpfs(folder.url, kibibytes: 1024) {
            let url = folder.url.appending(path: "run.h5")
            try RunFileWriter.write(try sampleRun(cells: [5]), to: url)
            #expect(try Self.isOutOfSpace(url, overwrite: true))
            #expect(try Self.isOutOfSpace(folder.url.appending(path: "other.h5"), overwrite: false))
            #expect(try folder.names() == ["run.h5"])
            #expect(try RunFileReader.contents(of: url) == sampleRun(cells: [5]))
            // Not a block is left: the place for the file is there, the place for its bytes is not.
            let filler = folder.url.appending(path: "filler")
            try Data().write(to: filler)
            let rest = try FileHandle(forWritingTo: filler)
            while (try? rest.write(contentsOf: Data(count: 4096))) != nil {}
            do {
                try RunFileWriter.write(try sampleRun(cells: [5]), to: url, overwrite: true)
                Issue.record("a full disk took a file")
            } catch ArchiveError.outOfSpace {
                #expect(try RunFileReader.contents(of: url) == sampleRun(cells: [5]))
            }
            try rest.close()
        }
    }
}
