import Foundation
import Testing

/// The Markdown files of the project.
enum Documents {
    /// The root of the project.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Their paths from the root, those of hidden folders and of what is built left out.
    static func paths() throws -> [String] {
        let tops = try FileManager.default.contentsOfDirectory(atPath: root.path)
            .filter { !$0.hasPrefix(".") && $0 != "build" }
        return tops.flatMap { top -> [String] in
            let folder = root.appendingPathComponent(top)
            let inner = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
            return [top]
                + inner.filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }.map { "\(top)/\($0)" }
        }
        .filter { $0.hasSuffix(".md") }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The blocks of code in one language.
    static func blocks(_ language: String, in text: String) -> [String] {
        text.matches(of: /(?ms)^```(\S*)\n(.*?)^```/).filter { $0.1 == language }.map { String($0.2) }
    }

    /// The text without its blocks, indented lines and words of code.
    static func prose(_ text: String) -> String {
        text.replacing(/(?ms)^```.*?^```/, with: "").replacing(/(?m)^ {4}.*$/, with: "")
            .replacing(/`[^`\n]*`/, with: "")
    }

    /// The anchors of the headings, as GitHub makes them.
    static func anchors(in text: String) -> Set<String> {
        var found: Set<String> = []
        for heading in text.replacing(/(?ms)^```.*?^```/, with: "").matches(of: /(?m)^#+ +(.*)$/) {
            let letters = heading.1.lowercased().unicodeScalars.filter {
                $0 == " " || $0 == "-" || $0 == "_" || CharacterSet.alphanumerics.contains($0)
            }
            let anchor = String(String.UnicodeScalarView(letters)).replacing(" ", with: "-")
            var (name, count) = (anchor, 0)
            while !found.insert(name).inserted {
                count += 1
                name = "\(anchor)-\(count)"
            }
        }
        return found
    }
}
