import Archive
import ArgumentParser
import Foundation

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Draw one page about a run file or a study: figures, tables, error budget, experiment, provenance.",
        discussion: """
            The page is one HTML file that stands alone and needs no network; the same file gives the same page to the byte.

              kac report iris.h5
              kac report iris.h5 -o report.html --overwrite
              kac report rates-1d.study

            It is drawn by Python with h5py, numpy and matplotlib: that of \(PythonInterpreter.variable), otherwise of .venv-figures \
            (made by 'make figures' or 'make .venv-figures/installed'), otherwise python3.
            """)

    @Argument(
        help: "The run file, or the folder of a study that 'kac rates' wrote.", completion: .file(extensions: ["h5"]))
    var file: String

    @Option(
        name: [.short, .customLong("output")],
        help: "The page. (default: the run file's name, or the folder's, with .html)",
        completion: .file(extensions: ["html"]))
    var output: String?

    @Flag(help: "Replace a page that exists.")
    var overwrite = false

    func validate() throws {
        if let output, output.isEmpty { throw ValidationError("--output: the name is empty") }
    }

    func run() throws {
        try FailureReport.reporting {
            let url = URL(fileURLWithPath: file)
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            // What is missing, foreign or damaged is told before Python starts.
            if isFolder.boolValue {
                try Self.checkStudy(url)
            } else {
                _ = try RunFileReader.contents(of: url)
            }
            let name = isFolder.boolValue ? url.lastPathComponent : url.deletingPathExtension().lastPathComponent
            let destination = URL(fileURLWithPath: output ?? "\(name).html")
            let page = try DurableFile(
                destination, overwrite: overwrite, replacing: { $0.starts(with: Self.start.utf8) })
            try page.probe()
            let markup = try PythonInterpreter().run(Data(PackageResources.report_py), [url.path])
            guard markup.starts(with: Self.start.utf8) else {
                throw PythonError.failed(program: PythonInterpreter().program, messages: "it printed no page")
            }
            try page.write(Array(markup))
            print("Written to \(destination.relativePathIfShorter)")
        }
    }

    /// Refuses a folder without any of the tables that a study has.
    private static func checkStudy(_ folder: URL) throws {
        let tables = ["means.csv", "distances.csv", "sweep.csv", "rate_function.csv"]
        guard tables.contains(where: { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) })
        else { throw StudyError.notAStudy(folder: folder.relativePathIfShorter) }
    }

    /// How every page begins; other files are not replaced.
    private static let start = "<!doctype html>"
}
