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
        // A user's own files.
        try folder.write("x,y,weight\n0.1,0.2,0.25\n3,4,0.75\n", to: "atoms.csv")
        try Self.numPy([0.5, 1, 1.5, 0.5, 1.5, 1].map { $0 / (4 * .pi * .pi) }, shape: "(2, 3)")
            .write(to: folder.url.appendingPathComponent("density.npy"))
        try folder.write("10\n200\n355\n", to: "samples.csv")
        try folder.write("3\n0\n5\n7\n", to: "counts.csv")
        try folder.write("0.1,0.2\n3,4\n", to: "before.csv")
        try folder.write("3.1,4.1\n0.2,0.1\n", to: "after.csv")
        let given = folder.contents
        let commands = try Self.commands()
        #expect(
            Set(commands.map { $0[1] }) == [
                "run", "solve", "evaluate", "lift", "distance", "compare", "inspect", "export", "verify", "rates",
                "plan",
            ])
        for words in commands {
            // Fewer experts; the shipped experiments are run in full elsewhere.
            let counts = ["run": "[10]", "rates": "[100, 200, 400]"][words[1]]
            let fewer =
                counts.map { ["--set", "particles.counts=\($0)", "--set", "particles.replicates=2"] } ?? []
            let process = try KacProcess.run(Array(words.dropFirst()) + fewer, in: folder.url)
            #expect(process.status == 0 && !process.output.isEmpty, "\(words): \(process.errors)")
        }
        #expect(
            folder.contents
                == (given
                + ["iris", "limit"].flatMap { name in ["h5", "pmd", "vtkhdf", "xdmf"].map { "\(name).\($0)" } }
                + ["iris.experts.vtkhdf", "iris-export.npz", "rates-1d.study"]).sorted())
    }

    /// A file of NumPy's, version 1.0.
    private static func numPy(_ values: [Double], shape: String) -> Data {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
        let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
        var data = Data([0x93] + "NUMPY".utf8 + [1, 0, 118, 0] + padded.utf8)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        return data
    }
}
