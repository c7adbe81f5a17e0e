import Archive
import ArgumentParser
import Foundation
import Torus

/// The arguments of every command that carries out an experiment.
struct ExperimentOptions: ParsableArguments {
    @Argument(
        help: "The experiment file (YAML), or a run file, whose experiment is repeated.",
        completion: .file(extensions: ["yml", "yaml", "h5"]))
    var experiment: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Replace a value of the experiment, such as particles.seed=2. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    func validate() throws {
        for assignment in overrides where assignment.firstIndex(of: "=").map({ $0 > assignment.startIndex }) != true {
            throw ValidationError("--set: found '\(assignment)', expected KEY=VALUE, such as particles.seed=2")
        }
    }

    /// What a run file holds that stands in the experiment's place; `nil` for an experiment file.
    func storedRun() throws -> RunContents? {
        do {
            return try RunFileReader.contents(of: URL(fileURLWithPath: experiment))
        } catch ArchiveError.notHDF5, ArchiveError.notFound, ArchiveError.notReadable {
            return nil
        }
    }

    /// Reads and checks the experiment, or that of a run file.
    func read(for purpose: Experiment.Purpose, output: OutputOptions? = nil) throws -> Experiment {
        let overrides = overrides + (output?.storeEnsembles.map { ["output.ensembles=\($0.rawValue)"] } ?? [])
        if let run = try storedRun() {
            return try Experiment(repeating: run, in: experiment, overrides: overrides, for: purpose)
        }
        return try Experiment(contentsOf: experiment, overrides: overrides, for: purpose)
    }
}

/// The arguments of the commands that write a run file.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("output")],
        help: "The run file, relative to the working directory. (default: output.file of the experiment)",
        completion: .file(extensions: ["h5"]))
    var output: String?

    @Flag(help: "Replace an existing run file; without it, it is kept and nothing is computed.")
    var overwrite = false

    @Flag(help: "Go on from the last checkpoint of a run that was interrupted; from the start when there is none.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "The ensembles to store: replicate 0 of the largest, or all, each at every output, in /ensembles/n<N>/r<k>. "
                + "(default: output.ensembles of the experiment, largest unless told)", valueName: "largest|all"))
    var storeEnsembles: OutputSection.Ensembles?

    @Option(help: "Threads to use; the numbers are the same for any. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads: found \(threads), expected at least 1") }
        if let output, output.isEmpty { throw ValidationError("--output: the name is empty") }
    }

    var parallelism: Parallelism { threads.map { Parallelism(threads: $0) } ?? .allCores }
}
