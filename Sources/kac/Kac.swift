import ArgumentParser
import Foundation

@main
struct Kac: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kac",
        abstract: "Trains mixtures of N experts beside the infinite mixture that they tend to.",
        discussion: """
            An experiment file (YAML) names an expert, the data, the solver of the limit, the finite mixtures and what \
            is compared. A run writes one HDF5 file with all of it.

              kac run data/experiments/iris.yml -o iris.h5
              kac inspect iris.h5

            Exit codes: 64 command line, 65 bad value or file content, 66 missing input, 69 a program is missing, 70 the solver \
            stopped, 73 the output exists or cannot be made, 74 input/output error or disk full, 75 interrupted, with a checkpoint.
            """,
        version: softwareVersion,
        subcommands: [
            RunCommand.self, SolveCommand.self, EvaluateCommand.self, LiftCommand.self, DistanceCommand.self,
            CompareCommand.self, RatesCommand.self, PlanCommand.self, InspectCommand.self, ReportCommand.self,
            ExportCommand.self, ExamplesCommand.self, VerifyCommand.self,
        ])

    /// Runs the command that the arguments name.
    ///
    /// What a command finds wrong with its arguments while it runs is told with that command's usage.
    static func main() {
        do {
            var command = try parseAsRoot()
            do {
                try command.run()
            } catch let error as ValidationError {
                let name = type(of: command).configuration.commandName.map { "kac \($0)" } ?? "kac"
                StandardError.write(
                    """
                    Error: \(error.message)
                    Usage: \(usageString(for: type(of: command)))
                      See '\(name) --help' for more information.

                    """)
                exit(withError: ExitCode.validationFailure)
            }
        } catch {
            exit(withError: error)
        }
    }

    /// The version that is written into run files.
    static let softwareVersion = "0.1.0"
}
