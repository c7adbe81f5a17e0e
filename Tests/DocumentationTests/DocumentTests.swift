import Foundation
import Testing

/// What the documents point to is there, and the code that they show is compiled.
@Suite struct DocumentTests {
    @Test func linksLeadSomewhere() throws {
        var links = 0
        for path in try Documents.paths() {
            let text = try Documents.text(path)
            for link in Documents.prose(text).matches(of: /\]\(([^)\s]+)\)/) {
                let target = String(link.1)
                if target.contains("://") || target.hasPrefix("mailto:") { continue }
                links += 1
                let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
                    String.init)
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
                let file = parts[0].isEmpty ? path : Self.joined(folder, parts[0])
                let place = Documents.root.appendingPathComponent(file).path
                #expect(FileManager.default.fileExists(atPath: place), "\(path) links to \(target)")
                guard parts.count == 2, FileManager.default.fileExists(atPath: place) else { continue }
                #expect(
                    Documents.anchors(in: try Documents.text(file)).contains(parts[1]),
                    "\(path) links to \(target), and there is no such heading")
            }
        }
        #expect(links > 15)
    }

    private static func joined(_ folder: String, _ path: String) -> String {
        var parts = folder == "." ? [] : folder.split(separator: "/").map(String.init)
        for part in path.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    @Test func anchorsAreThoseOfGitHub() {
        let text =
            "# The run file\n## What's `kac rates`?\n## Ansätze and data\n## The run file\n```\n# no heading\n```\n"
        #expect(
            Documents.anchors(in: text) == ["the-run-file", "whats-kac-rates", "ansätze-and-data", "the-run-file-1"])
    }

    /// Every block of Swift stands, but for indentation, in the tests of this module.
    @Test func swiftIsCompiled() throws {
        func lines(_ text: String) -> String {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
        }
        let compiled = lines(try Documents.text("Tests/DocumentationTests/ArticleCode.swift"))
        var blocks = 0
        for path in try Documents.paths() {
            for block in Documents.blocks("swift", in: try Documents.text(path)) {
                blocks += 1
                #expect(compiled.contains(lines(block)), "\(path):\n\(block)")
            }
        }
        #expect(blocks >= 8)
    }
}
