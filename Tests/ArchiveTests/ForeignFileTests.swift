import CHDF5
import Foundation
import Testing
import Torus

@testable import Archive

/// HDF5 files of other programs: what is not in them is said, and what the library does not survive is not opened.
@Suite struct ForeignFileTests {
    private let folder: TemporaryFolder
    private let url: URL

    init() throws {
        folder = try TemporaryFolder()
        url = folder.url.appending(path: "foreign.h5")
        let image = try HDF5Image(path: url.path) { root throws(HDF5Error) in
            let group = try root.createGroup("group")
            let array = try HDF5Dataset("array", in: group, type: .real, extent: [6], layout: .init(chunk: []))
            try array.write([1.0, 2, 3, 4, 5, 6])
            try HDF5Dataset(
                "text", in: root, type: .text(bytes: 1, isASCII: true), extent: [2], layout: .init(chunk: [])
            )
            .write(["a", "b"], type: .text(bytes: 1, isASCII: true))
            try root.link("elsewhere", to: "/array", inFile: "other.h5")
            _ = try HDF5Dataset(
                "virtual", in: root, type: .real,
                showing: .init(
                    source: "/group/array", shown: .init(extent: [6], start: [1], count: [3]),
                    place: .init(extent: [3], start: [0], count: [3])))
        }
        try image.withBytes { Data($0) }.write(to: url)
    }

    @Test(arguments: [
        ("/none", "there is no /none; / has group, text, virtual"),
        ("/group/none", "there is no /group/none; /group has array"),
        ("/group/array/none", "/group/array is no group"), ("/group", "it is no array but a group; /group has array"),
        ("/", "it is no array but a group; / has group"), ("/text", "it holds texts, expected numbers"),
        ("/elsewhere", "is a link to something that is not there"), ("/virtual", "it is a virtual array"),
    ])
    func whatIsNotThereIsSaid(path: String, words: String) throws {
        let found = #expect(throws: ArchiveError.self) { try GridFile.array(at: path, in: url) }
        guard case .unusable(_, let part, let reason) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(part == path && reason.contains(words), "\(reason)")
        let said = try #require(found).description
        #expect(!said.contains("damaged") && !said.contains("copy the file again"), "\(said)")
    }

    @Test(arguments: ["/group/array", "group/array", "//group/array/"]) func whatIsThereIsRead(path: String) throws {
        #expect(try GridFile.array(at: path, in: url).values == [1, 2, 3, 4, 5, 6])
        let parts = try RunFileReader.storage(of: url).map(\.path)
        #expect(parts == ["/group/array", "/text"])
    }

    /// A link into another file that is there is told, and not followed.
    @Test func anotherFileIsToBeNamed() throws {
        let other = try HDF5Image(path: url.path) { root throws(HDF5Error) in
            try HDF5Dataset("array", in: root, type: .real, extent: [1], layout: .init(chunk: [])).write([1.0])
        }
        try other.withBytes { Data($0) }.write(to: folder.url.appending(path: "other.h5"))
        let found = #expect(throws: ArchiveError.self) { try GridFile.array(at: "/elsewhere", in: url) }
        #expect(found?.description.contains("in another file") == true)
    }

    /// The library hangs, or ends the process, when it opens a virtual array whose place in the global heap is damaged: no byte of it is given
    /// to it.
    @Test func damagedVirtualArraysAreNotOpened() throws {
        let whole = try Data(contentsOf: url)
        let heap = try #require(whole.range(of: Data("GCOL".utf8))).lowerBound
        for offset in stride(from: 4, to: 160, by: 4) {
            for damage in [UInt8(0xFF), 0x55] {
                var bytes = whole
                bytes[heap + offset] ^= damage
                try bytes.write(to: url)
                #expect(throws: ArchiveError.self) { try GridFile.array(at: "/virtual", in: url) }
                #expect(throws: ArchiveError.self) { try AtomFile(contentsOf: "\(url.path):/virtual") }
                _ = try? RunFileReader.storage(of: url)
            }
        }
    }

    /// In a run file that is what was written they are read, and in a damaged one not.
    @Test func virtualArraysOfARunFileAreRead() throws {
        let contents = try sampleRun(cells: [6, 4])
        try RunFileWriter.write(contents, to: url, overwrite: true)
        let path = "/data/1/meshes/density"
        #expect(try GridFile.array(at: path, in: url).values == contents.densities[1])
        var bytes = try Data(contentsOf: url)
        let heap = try #require(bytes.range(of: Data("GCOL".utf8))).lowerBound
        bytes[heap + 60] ^= 0x55
        try bytes.write(to: url)
        #expect(throws: ArchiveError.self) { try GridFile.array(at: path, in: url) }
    }
}
