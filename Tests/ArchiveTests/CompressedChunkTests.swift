import CHDF5
import Foundation
import Testing
import Torus

@testable import Archive

/// Chunks that are compressed here beside those of the library.
@Suite struct CompressedChunkTests {
    /// Rows that compress well, badly and not at all.
    static func rows(_ length: Int) -> [[Double]] {
        var random = SystemRandomNumberGenerator()
        return [
            (0..<length).map { 1 + sin(Double($0) / 100) },
            (0..<length).map { _ in Double(bitPattern: random.next()) },
            Array(repeating: 0.25, count: length),
        ]
    }

    /// The bytes of each chunk in a file, and the filters that were passed over.
    static func stored(_ dataset: HDF5Dataset, rows: Int) throws -> [(bytes: [UInt8], mask: UInt32)] {
        try (0..<rows).map { row in
            let place = [hsize_t(row), 0]
            var size = hsize_t(0)
            try HDF5.check("H5Dget_chunk_storage_size", dataset.path) {
                H5Dget_chunk_storage_size(dataset.identifier.value, place, &size)
            }
            var (bytes, mask) = ([UInt8](repeating: 0, count: Int(size)), UInt32(0))
            try HDF5.check("H5Dread_chunk", dataset.path) {
                bytes.withUnsafeMutableBytes {
                    H5Dread_chunk(dataset.identifier.value, HDF5.defaults, place, &mask, $0.baseAddress)
                }
            }
            return (bytes, mask)
        }
    }

    /// Odd and even, around the 360 words after which Fletcher's sums are folded, and longer than deflate's window of 32 KiB.
    @Test(arguments: [1, 2, 3, 89, 90, 91, 1000, 65536], [1, 6, 9]) func theBytesAreTheLibrarys(
        length: Int, level: Int
    ) throws {
        let rows = Self.rows(length)
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "chunks.h5")
        let image = try HDF5Image(path: url.path) { root throws(HDF5Error) in
            let layout = HDF5Dataset.Layout(chunk: [1, length], deflation: level, isExtensible: true)
            let extent = [rows.count, length]
            let theirs = try HDF5Dataset("theirs", in: root, type: .real, extent: extent, layout: layout)
            for (row, values) in rows.enumerated() { try theirs.write(values, row: row) }
            let ours = try HDF5Dataset("ours", in: root, type: .real, extent: extent, layout: layout)
            let deflation = Deflation(level: level, parallelism: Parallelism(threads: 2))
            try ours.writeChunks(rows, rank: 2, deflation: deflation)
        }
        try image.withBytes { Data($0) }.write(to: url)
        let root = try HDF5File(reading: url.path).root()
        let (theirs, ours) = (try root.dataset(at: "/theirs"), try root.dataset(at: "/ours"))
        for (their, our) in zip(
            try Self.stored(theirs, rows: rows.count), try Self.stored(ours, rows: rows.count))
        {
            #expect(their.bytes == our.bytes && their.mask == our.mask)
        }
        for (row, values) in rows.enumerated() {
            let found = try ours.reals(count: length, row: row)
            #expect(found.map(\.bitPattern) == values.map(\.bitPattern))
        }
    }

    @Test func threadsDoNotChangeTheFileAndLevelsNotTheContents() throws {
        let contents = try sampleRun(cells: [48, 65], outputs: 7)
        let folder = try TemporaryFolder()
        func data(_ deflation: Deflation) throws -> Data {
            let url = folder.url.appending(path: "run.h5")
            try RunFileWriter.write(contents, to: url, overwrite: true, deflation: deflation)
            #expect(try RunFileReader.contents(of: url) == contents)
            return try Data(contentsOf: url)
        }
        let alone = try data(Deflation(level: 1))
        for threads in [2, 3, 16] {
            #expect(try data(Deflation(level: 1, parallelism: Parallelism(threads: threads))) == alone)
        }
        let sizes = try [0, 1, 9].map { try data(Deflation(level: $0)).count }
        #expect(sizes[0] > sizes[1] && sizes[1] >= sizes[2], "\(sizes)")
    }
}
