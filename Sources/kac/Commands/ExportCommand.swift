import Archive
import ArgumentParser
import Foundation

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write parts of a run file in another format.",
        discussion: """
            Each format's files stand alone, but for xdmf, which shows the run file itself. In npz and csv angles are theta0, \
            theta1, …; arrays in npz have theta0, or the expert, as their first axis and the time as their last.

              kac export iris.h5 --to csv --fields tables
              kac export iris-2d.h5 --to vtkhdf --times 0,5,10 -o bloom.vtkhdf
              kac export iris.h5 --to csv --fields experts --times 5 -o last && kac distance last.experts.csv iris.h5
            """)

    @Argument(help: "The run file.", completion: .file(extensions: ["h5"]))
    var file: String

    @Option(
        help: "The format: \(RunExport.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .list(RunExport.allCases.map(\.rawValue)),
        transform: { word in
            guard let format = RunExport(rawValue: word) else {
                throw ValidationError("expected \(RunExport.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return format
        })
    var to: RunExport

    @Option(
        help: ArgumentHelp(
            "The parts: \(RunField.allCases.map(\.rawValue).joined(separator: ", ")), between commas. (default: all)",
            valueName: "names"), completion: .list(RunField.allCases.map(\.rawValue)))
    var fields: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Outputs by their times, between commas. (default: all)", valueName: "times"))
    var times: String?

    @Option(help: "The number of experts of the ensemble. (default: the largest stored)")
    var count: Int?

    @Option(help: "The replicate of that ensemble, of runs with --store-ensembles all. (default: 0)")
    var replicate: Int?

    @Option(
        name: [.short, .customLong("output")], help: "The file. (default: the run file's name with -export)",
        completion: .file())
    var output: String?

    @Flag(help: "Replace files that exist.")
    var overwrite = false

    func validate() throws {
        _ = try chosenFields()
        _ = try chosenTimes()
        if to == .xdmf, count != nil || replicate != nil {
            throw ValidationError(
                "--count, --replicate: xdmf shows what is in the run file's root, and stands for no other ensemble")
        }
        if let output, output.isEmpty { throw ValidationError("--output: the name is empty") }
    }

    private func chosenFields() throws -> Set<RunField> {
        guard let fields else { return Set(RunField.allCases) }
        let names = fields.split(separator: ",", omittingEmptySubsequences: false)
        return Set(
            try names.map { name in
                guard let field = RunField(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
                    throw ValidationError(
                        "--fields: found '\(name)', expected \(RunField.allCases.map(\.rawValue).joined(separator: ", "))"
                    )
                }
                return field
            })
    }

    private func chosenTimes() throws -> [Double]? {
        try times?.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let time = Double(word.trimmingCharacters(in: .whitespaces)), time.isFinite else {
                throw ValidationError("--times: found '\(word)', expected numbers between commas")
            }
            return time
        }
    }

    func run() throws {
        try FailureReport.reporting {
            let url = URL(fileURLWithPath: file)
            var contents = try RunFileReader.contents(of: url)
            if count != nil || replicate != nil {
                contents.experts = try contents.storedEnsemble(count: count, replicate: replicate, name: file)
            }
            let outputs = try chosenTimes().map { times in
                Set(try times.map { try contents.output(at: $0, name: file) }).sorted()
            }
            let files = try to.write(
                contents, of: url, outputs: outputs ?? Array(contents.times.indices), fields: chosenFields(),
                to: output.map { URL(fileURLWithPath: $0) } ?? to.url(for: url), overwrite: overwrite)
            guard !files.isEmpty else {
                throw NothingToExport(file: file, format: to.rawValue, fields: contents.fields.map(\.rawValue))
            }
            for file in files { print("Written to \(file.relativePathIfShorter)") }
        }
    }
}

/// A run has nothing of what shall be exported, or nothing that the format can hold.
struct NothingToExport: Error, CustomStringConvertible {
    let file: String
    let format: String
    let fields: [String]

    var description: String {
        "\(file): the run has nothing of these parts that \(format) can hold; it has \(fields.joined(separator: ", "))"
            + (["vtkhdf", "xdmf"].contains(format)
                ? ", and \(format) shows what is on a grid, and experts of up to three angles" : "")
    }
}
