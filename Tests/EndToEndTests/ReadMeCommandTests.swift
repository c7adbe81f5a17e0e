import Foundation
import Testing

/// The commands that the README shows, typed as they stand there.
@Suite struct ReadMeCommandTests {
    /// The words of each line of its code blocks that calls the tool.
    private static func commands() throws -> [[String]] {
        let text = try String(contentsOf: KacProcess.root.appendingPathComponent("README.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        return blocks.flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("kac ") }.map { line in
            var words: [String] = []
            let parts = line.prefix { $0 != "#" }.split(separator: "\"", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                words += index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
            }
            return words
        }
    }

    @Test func workFromTheRootOfTheProject() throws {
        let folder = try TemporaryFolder()
        for name in ["data", "grids"] {
            try FileManager.default.createSymbolicLink(
                at: folder.url.appendingPathComponent(name),
                withDestinationURL: KacProcess.root.appendingPathComponent(name))
        }
        let commands = try Self.commands()
        #expect(Set(commands.map { $0[1] }) == ["run", "solve", "evaluate", "lift", "inspect", "verify"])
        for words in commands {
            // Fewer experts; the shipped experiments are run in full elsewhere.
            let fewer = words[1] == "run" ? ["--set", "particles.counts=[10]", "--set", "particles.replicates=2"] : []
            let process = try KacProcess.run(Array(words.dropFirst()) + fewer, in: folder.url)
            #expect(process.status == 0 && !process.output.isEmpty, "\(words): \(process.errors)")
        }
        #expect(folder.contents == ["data", "grids", "iris.h5", "limit.h5"])
    }
}
