import Foundation
import Testing

/// The `kac` tool as a user runs it.
struct KacProcess {
    let status: Int32
    let output: String
    let errors: String

    /// The tool that was built beside the tests.
    static var tool: URL {
        // The runner of the tests lies in the folder of the build's products.
        Bundle.main.bundleURL.appendingPathComponent("kac")
    }

    /// The root of the project, where the shipped experiments are.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs the tool and waits for its end.
    ///
    /// - Parameters:
    ///   - limits: a shell command that runs first, such as `ulimit -f 8`.
    ///   - environment: variables beside those of the tests.
    ///   - meanwhile: what is done with the running process.
    static func run(
        _ arguments: [String], in folder: URL? = nil, limits: String? = nil, environment: [String: String] = [:],
        meanwhile: (RunningKac) throws -> Void = { _ in }
    ) throws -> KacProcess {
        let process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let limits {
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "\(limits); exec \"$0\" \"$@\"", tool.path] + arguments
        } else {
            process.executableURL = tool
            process.arguments = arguments
        }
        process.currentDirectoryURL = folder ?? root
        // Files, not pipes: nothing is lost and nothing blocks, however much is printed.
        let scratch = try TemporaryFolder()
        let (out, err) = (scratch.url.appendingPathComponent("out"), scratch.url.appendingPathComponent("err"))
        for file in [out, err] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        do {
            try meanwhile(RunningKac(process: process, errors: err))
        } catch {
            process.terminate()
            throw error
        }
        process.waitUntilExit()
        return KacProcess(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOf: out, encoding: .utf8), errors: try String(contentsOf: err, encoding: .utf8))
    }
}

/// A `kac` that is at work.
struct RunningKac {
    private let process: Process
    private let errors: URL

    fileprivate init(process: Process, errors: URL) {
        self.process = process
        self.errors = errors
    }

    var processIdentifier: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// Waits until the process has said something on its standard error; fails when it ends without, or after a minute.
    func waits(for text: String) throws {
        let deadline = Date(timeIntervalSinceNow: 60)
        while true {
            let mayStillSpeak = process.isRunning && Date() < deadline
            let said = try String(contentsOf: errors, encoding: .utf8)
            if said.contains(text) { return }
            try #require(mayStillSpeak, "never said '\(text)': \(said)")
            usleep(2000)
        }
    }
}

/// A folder that lives as long as the value that made it.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("kac-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a text file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    var contents: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// A small experiment in a folder of its own, to be changed and broken.
struct SmallExperiment {
    static let circuit = """
        OPENQASM 3.0;
        input float[64] theta;
        input float[64] x;
        qubit[1] q;
        ry(theta) q[0];
        ry(-x) q[0];
        """

    static let data = "x,y\n0,0.5\n1.5707963267948966,0.3\n"

    static let experiment = """
        title: Small
        expert: {circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}}
        training: {file: data.csv, inputs: {x: x}, target: y}
        initial: uniform
        time: {end: 2, outputs: 3}
        continuum: {method: galerkin, grid: {cells: [64]}, tolerance: 1e-9}
        particles: {counts: [10, 100, 200, 400], replicates: 4, seed: 3}
        compare: {wasserstein: [1, 2], coupling: true, function: true}
        output: {file: small.h5}
        """

    /// The files in its folder after a run.
    static let filesAfterRun = [
        "circuit.qasm", "data.csv", "small.experts.vtkhdf", "small.h5", "small.pmd", "small.vtkhdf", "small.xdmf",
        "small.yml",
    ]

    let folder: TemporaryFolder
    let path: String

    /// The experiment with each text replaced by another, in whichever of its files it stands.
    init(replacing changes: [(String, String)] = []) throws {
        folder = try TemporaryFolder()
        func changed(_ text: String) -> String {
            changes.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        }
        let originals = Self.circuit + Self.data + Self.experiment
        for (old, _) in changes { try #require(originals.contains(old), "nothing to replace: \(old)") }
        try folder.write(changed(Self.circuit), to: "circuit.qasm")
        try folder.write(changed(Self.data), to: "data.csv")
        path = try folder.write(changed(Self.experiment), to: "small.yml")
    }

    /// What makes a run of some seconds of it, nearly all of them particles.
    static let manyParticles = (
        "counts: [10, 100, 200, 400], replicates: 4", "counts: [10, 1000, 20000], replicates: \(manyReplicates)"
    )
    static let manyReplicates = 256

    /// Runs `kac run` on it, inside its folder.
    func run(
        _ arguments: [String] = [], limits: String? = nil, environment: [String: String] = [:],
        meanwhile: (RunningKac) throws -> Void = { _ in }
    ) throws -> KacProcess {
        try KacProcess.run(
            ["run", path] + arguments, in: folder.url, limits: limits, environment: environment, meanwhile: meanwhile)
    }
}
