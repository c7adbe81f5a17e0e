import Foundation
import Testing

/// The completion scripts of the shells.
@Suite struct CompletionTests {
    private static func shell(_ name: String) -> String? {
        ["/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func run(_ shell: String, _ arguments: [String], in folder: URL) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: shell)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// A shell that is not there cannot read its script.
    @Test(arguments: ["bash", "zsh", "fish"]) func theShellReadsItsScript(name: String) throws {
        let script = try KacProcess.run(["--generate-completion-script", name])
        #expect(script.status == 0 && script.output.contains("examples") && script.output.contains("overwrite"))
        guard let shell = Self.shell(name) else { return }
        let folder = try TemporaryFolder()
        let path = try folder.write(script.output, to: "completion")
        #expect(try Self.run(shell, ["-n", path], in: folder.url).0 == 0)
    }

    @Test func bashCompletes() throws {
        let bash = try #require(Self.shell("bash"))
        let folder = try TemporaryFolder()
        try folder.write(try KacProcess.run(["--generate-completion-script", "bash"]).output, to: "completion")
        for name in ["a.yml", "a.h5", "a.csv"] { try folder.write("", to: name) }
        func completions(_ words: String...) throws -> [String] {
            let line = words.joined(separator: " ")
            let quoted = words.map { "'\($0)'" }.joined(separator: " ")
            let script = """
                PATH='\(KacProcess.tool.deletingLastPathComponent().path)':$PATH
                source completion
                COMP_WORDS=(\(quoted)) COMP_CWORD=\(words.count - 1) COMP_LINE='\(line)' COMP_POINT=\(line.utf8.count)
                COMPREPLY=()
                _kac kac '\(words[words.count - 1])' '\(words[words.count - 2])'
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            return try Self.run(bash, ["-c", script], in: folder.url).1.split(separator: "\n").map(String.init).sorted()
        }
        #expect(try completions("kac", "rep") == ["report"])
        #expect(try completions("kac", "run", "a") == ["a.h5", "a.yml"])
        #expect(try completions("kac", "report", "a") == ["a.h5"])
        #expect(try completions("kac", "plan", "a.yml", "--for", "") == ["function", "loss", "w1", "w2"])
        #expect(try completions("kac", "examples", "rates") == ["rates-1d", "rates-2d", "rates-3d"])
    }
}
