import Foundation
import Testing
import Torus

@testable import Archive

@Suite struct DamagedRunFileTests {
    private let folder: TemporaryFolder
    private let url: URL

    init() throws {
        folder = try TemporaryFolder()
        url = folder.url.appending(path: "run.h5")
    }

    /// The error that reading gives; nil when the contents and the costs can be read.
    private func failure() -> ArchiveError? {
        do {
            _ = try RunFileReader.contents(of: url)
            _ = try RunFileReader.storage(of: url)
            return nil
        } catch {
            return error
        }
    }

    @Test func noFile() {
        #expect(failure() == .notFound(path: url.path))
    }

    @Test func aFolder() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        #expect(failure() == .notReadable(path: url.path, reason: "a folder"))
    }

    @Test(arguments: [0, 1, 7, 8, 47, 48, 100, 5000]) func randomBytes(count: Int) throws {
        try Data((0..<count).map { _ in UInt8.random(in: 0...127) }).write(to: url)
        guard case .notHDF5 = failure() else {
            Issue.record("found \(String(describing: failure()))")
            return
        }
    }

    @Test func aTruncatedFile() throws {
        try RunFileWriter.write(try sampleRun(cells: [48, 64]), to: url)
        // Behind what HDF5 looks at is the seal, whose loss harms nothing.
        let whole = try Data(contentsOf: url).dropLast(FileSeal.byteCount)
        for count in [8, 20, 47, 48, 100, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: url)
            #expect(failure() == .truncated(path: url.path, bytes: count, expected: count < 48 ? 48 : whole.count))
        }
        try whole.write(to: url)
        #expect(failure() == nil)
    }

    /// Where virtual arrays find their sources has no checksum of HDF5's: the seal tells.
    @Test func viewsOfADamagedFileAreNotLookedAt() throws {
        try RunFileWriter.write(try sampleRun(cells: [6, 4]), to: url)
        let whole = try Data(contentsOf: url)
        let heap = try #require(whole.range(of: Data("GCOL".utf8))).lowerBound
        for offset in [40, 60, 100] {
            var bytes = whole
            bytes[heap + offset] ^= 0x55
            try bytes.write(to: url)
            #expect(throws: ArchiveError.self) { try RunFileReader.views(of: url) }
        }
        try whole.write(to: url)
        #expect(try RunFileReader.views(of: url).count == 3)
    }

    @Test func aForeignFile() throws {
        try write { root throws(HDF5Error) in
            try root.setAttribute("title", "Weather")
            _ = try root.createGroup("stations")
        }
        guard case .notARunFile(_, let reason) = failure() else {
            Issue.record("found \(String(describing: failure()))")
            return
        }
        #expect(reason.contains("software"))
    }

    @Test func aRunFileWithoutADensity() throws {
        try write { root throws(HDF5Error) in try Self.writeAttributesAndTime(into: root) }
        #expect(failure() == .notARunFile(path: url.path, reason: "it has no array /density"))
    }

    /// The check value of the CRC catalogue.
    @Test func crc32() {
        #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.of([]) == 0)
    }

    /// Sizes that no memory holds, claimed by a file of a few kilobytes.
    @Test(arguments: [[1, 1 << 20, 1 << 20], [1, 1 << 16, 1 << 16], [1 << 40, 8, 8]])
    func absurdSizes(extent: [Int]) throws {
        try write { root throws(HDF5Error) in
            try Self.writeAttributesAndTime(into: root)
            _ = try HDF5Dataset(
                "density", in: root, type: .real, extent: extent, layout: .init(chunk: [1, 8, 8], isExtensible: true))
        }
        guard case .damaged(_, "/density", let reason) = failure() else {
            Issue.record("found \(String(describing: failure()))")
            return
        }
        #expect(reason.contains("does not fit"))
    }

    @Test func anAbsurdChunk() throws {
        try write { root throws(HDF5Error) in
            try Self.writeAttributesAndTime(into: root)
            _ = try HDF5Dataset(
                "density", in: root, type: .real, extent: [1, 8],
                layout: .init(chunk: [1 << 24, 8], deflation: 1, isExtensible: true))
        }
        guard case .damaged(_, "/density", _) = failure() else {
            Issue.record("found \(String(describing: failure()))")
            return
        }
    }

    @Test func aFlippedByteOfTheDensityIsFound() throws {
        let cells = [192, 128]
        var contents = try sampleRun(cells: cells, outputs: 1)
        var generator = SystemRandomNumberGenerator()
        contents.densities[0] = contents.densities[0].map { _ in Double.random(in: 0...1, using: &generator) }
        try RunFileWriter.write(contents, to: url)
        // The density is most of the file: its middle is a byte of the density.
        var bytes = try Data(contentsOf: url)
        #expect(bytes.count < 2 * 8 * cells[0] * cells[1])
        bytes[bytes.count / 2] ^= 0x10
        try bytes.write(to: url)
        guard case .damaged(_, "/density", let reason) = failure() else {
            Issue.record("found \(String(describing: failure()))")
            return
        }
        #expect(reason.contains("checksum") || reason.contains("inflate"), "\(reason)")
    }

    /// A thousand files with bytes changed at random: each one gives an error, or exactly what was written when the
    /// bytes are ones that nobody reads.
    ///
    /// With a text above 64 KiB the short texts beside it leave the format's checksums; they are not compared then.
    @Test(arguments: [1, 9000]) func mutatedFilesAreNeverMisread(lines: Int) throws {
        let contents = try sampleRun(cells: [6, 4], experiment: String(repeating: "comment\n", count: lines))
        try RunFileWriter.write(contents, to: url)
        let whole = try Data(contentsOf: url)
        let generator = Philox(seed: 20_26)
        var refusals = 0
        for trial in 0..<UInt32(1000) {
            var bytes = whole
            let head = generator.words(SIMD4(trial, 0, 0, 0))
            // Half of the changes are in the first kilobytes, where most of the structure is.
            let range = head[1].isMultiple(of: 2) ? UInt32(whole.count) : 4096
            for change in 1...(1 + head[0] % 8) {
                let word = generator.words(SIMD4(trial, change, 0, 0))
                bytes[Int(word[0] % range)] = UInt8(truncatingIfNeeded: word[1])
            }
            if head[2] % 16 == 0 { bytes = bytes.prefix(Int(head[3]) % whole.count) }
            try bytes.write(to: url)
            do {
                var found = try RunFileReader.contents(of: url)
                _ = try RunFileReader.storage(of: url)
                if lines > 1 {
                    (found.title, found.softwareVersion) = (contents.title, contents.softwareVersion)
                    (found.author, found.date) = (contents.author, contents.date)
                    found.experts?.ensembleCount = 5
                }
                let isAsWritten = found == contents
                #expect(isAsWritten, "trial \(trial)")
            } catch {
                #expect(!error.description.isEmpty)
                refusals += 1
            }
        }
        #expect(refusals > 400, "\(refusals) of 1000")
    }

    // MARK: Files by hand

    private func write(_ build: (HDF5Group) throws(HDF5Error) -> Void) throws {
        let image = try HDF5Image(path: url.path, build: build)
        try image.withBytes { try Data($0).write(to: url) }
    }

    private static func writeAttributesAndTime(into root: HDF5Group) throws(HDF5Error) {
        for name in ["title", "experiment", "softwareVersion"] { try root.setAttribute(name, name) }
        try root.setAttribute("experiment_crc32", Int64(CRC32.of("experiment".utf8)))
        try root.setAttribute("software", "kac")
        try root.setAttribute("date", "2026-01-02 03:04:05 +0000")
        let time = try HDF5Dataset("time", in: root, type: .real, extent: [1], layout: .init(chunk: [1]))
        try time.write([0.0])
    }
}
