import Foundation
import Testing

/// The manual page that `make man` writes.
@Suite struct ManualPageTests {
    private static func program(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func run(
        _ program: String, _ arguments: [String]
    ) throws -> (status: Int32, text: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = KacProcess.root
        let folder = try TemporaryFolder()
        let files = ["out", "err"].map { folder.url.appendingPathComponent($0) }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }

    @Test func hasEveryCommandAndNoMistakes() throws {
        let python = try #require(Self.program("python3"), "the page is written by Python 3")
        let page = try Self.run(python, ["tools/manual.py", KacProcess.tool.path])
        #expect(page.status == 0, "\(page.errors)")
        for command in [
            "run", "solve", "evaluate", "lift", "distance", "compare", "rates", "plan", "inspect", "report", "export",
            "examples", "verify",
        ] {
            #expect(page.text.contains("\n.Ss kac \(command)\n"), "\(command)")
        }
        #expect(page.text.contains("KAC_PYTHON") && page.text.contains(".It 75"))
        let folder = try TemporaryFolder()
        let file = try folder.write(page.text, to: "kac.1")
        // Those that are there; each prints what it finds wrong.
        if let mandoc = Self.program("mandoc") {
            let lint = try Self.run(mandoc, ["-T", "lint", "-W", "warning", file])
            #expect(lint.text.isEmpty && lint.errors.isEmpty, "\(lint.text)\(lint.errors)")
        }
        if let man = Self.program("man"), Self.program("groff") != nil {
            let rendered = try Self.run(man, ["--warnings", "-l", file])
            #expect(rendered.status == 0 && rendered.errors.isEmpty && rendered.text.contains("EXIT STATUS"))
        }
    }
}
