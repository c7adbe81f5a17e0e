import Foundation
import Synchronization

/// A Python that can draw: with h5py, numpy and matplotlib.
struct PythonInterpreter {
    /// The program, or a name that is looked for in PATH.
    let program: String

    /// The variable of the environment that names the program.
    static let variable = "KAC_PYTHON"

    /// Chooses what the environment names, otherwise the project's own environment for figures in the working directory, in the
    /// clone that holds the shipped data or in the one that the tool was built from, otherwise `python3`.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        if let named = environment[Self.variable], !named.isEmpty {
            program = named
            return
        }
        let folders =
            [URL(fileURLWithPath: FileManager.default.currentDirectoryPath)]
            + ((try? ShippedData(environment: environment)).map { [$0.root] } ?? []) + [ShippedData.clone]
        program =
            folders.map { $0.appendingPathComponent(".venv-figures/bin/python").path }
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "python3"
    }

    /// Runs a script that is handed over by a pipe.
    ///
    /// - Returns: what it printed.
    /// - Throws: `PythonError`.
    func run(_ script: Data, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program, "-"] + arguments
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        do {
            try process.run()
        } catch {
            throw PythonError.cannotStart(program: program, reason: error.localizedDescription)
        }
        // Both are read as they come, or a full pipe would stop the script.
        let messages = Messages()
        errors.fileHandleForReading.readabilityHandler = { messages.append($0.availableData) }
        // A program that is no Python may leave before it has read all.
        signal(SIGPIPE, SIG_IGN)
        try? input.fileHandleForWriting.write(contentsOf: script)
        try? input.fileHandleForWriting.close()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        errors.fileHandleForReading.readabilityHandler = nil
        messages.append(errors.fileHandleForReading.readDataToEndOfFile())
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): return printed
        // The codes of env for a program that cannot be run or is not there, and the script's own for a missing package.
        case (.exit, 126), (.exit, 127), (.exit, EX_UNAVAILABLE):
            throw PythonError.unfit(program: program, reason: messages.lastLine)
        default: throw PythonError.failed(program: program, messages: messages.text)
        }
    }

    /// What a program prints on standard error, gathered from another thread.
    private final class Messages: Sendable {
        private let data = Mutex(Data())
        func append(_ more: Data) { data.withLock { $0.append(more) } }
        var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
        var lastLine: String { text.split(separator: "\n").last.map(String.init) ?? "no message" }
    }
}

/// Why nothing was drawn.
enum PythonError: Error, CustomStringConvertible {
    /// The system cannot start programs.
    case cannotStart(program: String, reason: String)
    /// The program is not there, or lacks a package.
    case unfit(program: String, reason: String)
    /// The script stopped.
    case failed(program: String, messages: String)

    var description: String {
        switch self {
        case .cannotStart(let program, let reason), .unfit(let program, let reason):
            "a report is drawn by Python with h5py, numpy and matplotlib, and \(program) cannot do it: \(reason)\n"
                + "  run 'make .venv-figures/installed' in a clone of kac, or 'python3 -m pip install h5py numpy matplotlib', or name "
                + "another Python by \(PythonInterpreter.variable)"
        case .failed(let program, let messages): "\(program) stopped while it drew the report:\n\(messages)"
        }
    }
}
