import ArgumentParser
import Experts
import Foundation

struct ExamplesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "examples",
        abstract: "List the shipped experiments and studies, or copy one with every file that it names.",
        discussion: """
              kac examples
              kac examples iris
              kac examples rates-1d -o my-study

            A copy is one folder with the experiment, its circuit, data and grid, to be run and changed there. Files that exist are \
            kept.
            """)

    @Argument(
        help: "The example that is copied. (default: all are listed)",
        completion: .custom { _, _, _ in ((try? ShippedData().examples()) ?? []).map(\.name) })
    var name: String?

    @Option(
        name: [.short, .customLong("output")],
        help: "The folder of the copy, made if it is not there. (default: the example's name)",
        completion: .directory)
    var output: String?

    func validate() throws {
        if let output, output.isEmpty { throw ValidationError("--output: the name is empty") }
        if output != nil, name == nil { throw ValidationError("--output: which example? 'kac examples' lists them") }
    }

    func run() throws {
        try FailureReport.reporting {
            let examples = try ShippedData().examples()
            guard let name else {
                print(Self.list(examples))
                return
            }
            guard let example = examples.first(where: { $0.name == name || "\($0.name).yml" == name }) else {
                let nearest = NearestName.nearest(to: name, among: examples.map(\.name))
                throw ShippedDataError.unknown(name: name, nearest: nearest.flatMap { $0.edits <= 4 ? $0.name : nil })
            }
            let files = try example.copy(to: URL(fileURLWithPath: output ?? example.name))
            for file in files { print("Written to \(file.relativePathIfShorter)") }
            print("\nkac \(example.isStudy ? "rates" : "run") \(files[0].relativePathIfShorter)")
        }
    }

    private static func list(_ examples: [Example]) -> String {
        let width = (examples.map(\.name.count).max() ?? 0) + 2
        func lines(_ heading: String, _ isStudy: Bool) -> String {
            ([heading]
                + examples.filter { $0.isStudy == isStudy }
                .map { "  " + $0.name.padding(toLength: width, withPad: " ", startingAt: 0) + $0.summary })
                .joined(separator: "\n")
        }
        return lines("Experiments, for kac run:", false) + "\n\n" + lines("Studies, for kac rates:", true)
    }
}
