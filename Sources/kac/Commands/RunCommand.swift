import Archive
import ArgumentParser
import Continuum
import Foundation
import Synchronization

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Solve the limit, train the finite mixtures beside it, and write it all to one file.",
        discussion: """
            Everything is checked before anything is computed. The file is written under a temporary name and put in place \
            when it is whole; an existing one is kept unless --overwrite is given.

              kac run data/experiments/iris.yml
              kac run data/experiments/iris.yml -o iris-2.h5 --set time.end=10
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try FailureReport.reporting {
            try output.carryOut(experiment.read(for: .limit))
        }
    }
}

struct SolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "solve",
        abstract: "Solve the limit alone, and write it to a file.",
        discussion: """
            As 'kac run' without the finite mixtures: the keys particles and compare are checked and left alone.

              kac solve data/experiments/one-qubit.yml -o limit.h5
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try FailureReport.reporting {
            var limitAlone = try experiment.read(for: .limit)
            limitAlone.particles = nil
            limitAlone.compare = nil
            try output.carryOut(limitAlone)
        }
    }
}

extension OutputOptions {
    /// Checks the destination, carries the experiment out, writes the run file and prints the tables.
    fileprivate func carryOut(_ experiment: Experiment) throws {
        let destination = URL(fileURLWithPath: output ?? experiment.output)
        try RunFileWriter.check(destination: destination, overwrite: overwrite)
        try Sidecars.check(
            beside: destination, hasGrid: experiment.grid != nil,
            hasExperts: experiment.particles != nil && experiment.grid != nil, overwrite: overwrite)
        let progress = Progress()
        let simulation = try Simulation(experiment, parallelism: parallelism, progress: progress)
        // The tables first: what was computed is seen even when the file cannot be written. And a reader of the tables who
        // leaves early, such as head, must not end the run before the file is there.
        signal(SIGPIPE, SIG_IGN)
        print("\(experiment.title)\n\n\(RunSummary(simulation: simulation).text)\n")
        fflush(nil)
        try uninterrupted {
            let contents = RunContents(simulation, date: Date())
            try RunFileWriter.write(contents, to: destination, overwrite: overwrite)
            try Sidecars.write(for: contents, beside: destination, overwrite: overwrite)
        }
        print("Written to \(destination.relativePathIfShorter)")
        if let failure = simulation.limit.failure, let time = simulation.limit.times.last {
            throw LimitFailure(error: failure, time: time, file: destination.relativePathIfShorter)
        }
    }
}

/// A limit that could not be solved to its end; what was solved is in the file.
struct LimitFailure: Error, CustomStringConvertible {
    let error: any Error
    let time: Double
    let file: String

    var description: String { "\(error)\n  what was solved, up to t = \(Measured.time(time)), is in \(file)" }
}

/// A signal that came while the run file was being written; 0 for none.
private let pendingSignal = Atomic<Int32>(0)

/// Puts Ctrl-C and its like off for a short piece of work that would leave a temporary file behind, and obeys afterwards.
private func uninterrupted(_ work: () throws -> Void) rethrows {
    pendingSignal.store(0, ordering: .sequentiallyConsistent)
    let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    let earlier = numbers.map { number in
        (number, signal(number) { pendingSignal.store($0, ordering: .sequentiallyConsistent) })
    }
    defer {
        for (number, action) in earlier { signal(number, action) }
        let pending = pendingSignal.load(ordering: .sequentiallyConsistent)
        if pending != 0 { raise(pending) }
    }
    try work()
}
