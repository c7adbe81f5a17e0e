import Archive
import Foundation
import Testing

/// Files for `Tests/readers`, which opens them with the readers that people use.
@Suite struct ReaderSamplesTests {
    private static let folder = ProcessInfo.processInfo.environment["KAC_READER_SAMPLES"]

    @Test(
        .enabled(if: folder != nil, "the environment variable KAC_READER_SAMPLES names no folder"),
        arguments: [("d1", [48]), ("d2", [48, 64]), ("d3", [4, 6, 10]), ("plain", [16])])
    func writeSample(name: String, cells: [Int]) throws {
        let folder = URL(fileURLWithPath: try #require(Self.folder), isDirectory: true)
        let text = String(repeating: "# a long comment about Schrödinger\n", count: 5000)
        let isPlain = name == "plain"
        var contents = try sampleRun(
            cells: cells, outputs: isPlain ? 1 : 4, experts: isPlain ? nil : 7, data: isPlain ? nil : 4,
            experiment: isPlain ? "title: plain\n" : text, tables: isPlain ? [] : sampleTables,
            hasCellArrays: !isPlain)
        contents.author = isPlain ? nil : "Σ"
        let url = folder.appending(path: "\(name).h5")
        try RunFileWriter.write(contents, to: url, overwrite: true)
        try Sidecars.write(for: contents, beside: url, overwrite: true)
    }
}
