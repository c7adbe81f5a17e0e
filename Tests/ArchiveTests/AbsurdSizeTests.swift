import Foundation
import Testing

@testable import Archive

/// Arrays that claim to be larger than any file: an error, and no memory.
@Suite struct AbsurdSizeTests {
    /// Extents whose products are beyond the machine's numbers, wrap around to something small, or are only far too large.
    @Test(arguments: [[1 << 32, 1 << 32], [1 << 62, 4], [3, 1 << 62, 1 << 2], [1 << 34], [1 << 20, 1 << 20]])
    func anArrayThatIsNotThere(extent: [Int]) throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "absurd.h5")
        let image = try HDF5Image(path: url.path) { root throws(HDF5Error) in
            _ = try HDF5Dataset(
                "array", in: root, type: .real, extent: extent, layout: .init(chunk: extent.map { min($0, 64) }))
        }
        try image.withBytes { Data($0) }.write(to: url)
        #expect(throws: ArchiveError.self) { try GridFile.array(at: "/array", in: url) }
        #expect(throws: ArchiveError.self) { try AtomFile(contentsOf: "\(url.path):/array") }
        let stored = try #require(try RunFileReader.storage(of: url).first)
        #expect(stored.storedBytes == 0 && stored.plainBytes > 1 << 36)
        #expect(throws: ArchiveError.self) { try RunFileReader.contents(of: url) }
    }
}
