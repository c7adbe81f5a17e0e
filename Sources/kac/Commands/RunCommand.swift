import Archive
import ArgumentParser
import Continuum
import Foundation
import TimeStepping

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Solve the limit, train the finite mixtures beside it, and write it all to one file.",
        discussion: """
            Everything is checked before anything is computed. The file is written under a temporary name and put in place \
            when it is whole; an existing one is kept unless --overwrite is given.

            Checkpoints are kept beside it while a run goes on, in NAME.checkpoints, once a minute unless output.checkpoint \
            says otherwise. Ctrl-C and SIGTERM write one more and end the run with code 75; --resume goes on, and the file is \
            then the same to the bit as without the interruption. A second Ctrl-C ends the run at once. Two runs into one file are \
            kept apart: the second one ends with code 75.

              kac run data/experiments/iris.yml
              kac run data/experiments/iris.yml --resume
              kac run iris.h5 -o again.h5

            A run file carries its experiment and the files that this names, and is repeated from them alone.

              kac run data/experiments/iris.yml -o iris-2.h5 --set time.end=10
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try FailureReport.reporting {
            var asked = try experiment.read(for: .limit, output: output)
            // The run of a limit alone is repeated as such.
            let repeatsLimit = try experiment.storedRun()?.command == "solve"
            if repeatsLimit { (asked.particles, asked.compare) = (nil, nil) }
            try output.carryOut(asked, command: repeatsLimit ? "solve" : "run")
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
            try output.carryOut(limitAlone, command: "solve")
        }
    }
}

extension OutputOptions {
    /// The date of a run file: this moment, or the one that the environment asks for by SOURCE_DATE_EPOCH, so that equal runs
    /// make equal files.
    private static var date: Date {
        ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap { TimeInterval($0) }
            .map { Date(timeIntervalSince1970: $0) } ?? Date()
    }

    /// Bytes of memory from which on a run is saved once more before its file is written: some seconds of writing.
    private static let largeRun = 256e6

    /// Checks the destination, carries the experiment out, writes the run file and prints the tables.
    fileprivate func carryOut(_ experiment: Experiment, command: String) throws {
        let destination = URL(fileURLWithPath: output ?? experiment.output.file)
        let lock = try RunLock.take(beside: destination)
        defer { lock?.release() }
        let checkpoints = try Checkpoints(of: experiment, command: command, beside: destination)
        // As they are now: they may change while the run goes on.
        let inputs = try experiment.inputs.contents().map { RunInput(name: $0.name, bytes: Array($0.bytes)) }
        let progress = Progress()
        if resume, let finished = try checkpoints.finishedRun(destination, overwrite: overwrite) {
            // It may have been killed a moment after.
            do {
                try Sidecars.write(for: finished, beside: destination, overwrite: true)
            } catch {
                progress.warn("the files beside it could not be written: \(error)")
            }
            checkpoints.folder.remove()
            OutputFolder(beside: destination).remove()
            RunFileWriter.removeLeftovers(of: destination)
            print("\(destination.relativePathIfShorter) is finished: there is nothing to resume")
            return
        }
        // What the run itself wrote on its way is replaced by what comes.
        let unfinished = resume ? checkpoints.unfinishedRun(destination) : nil
        let overwrite = overwrite || unfinished != nil
        if !resume, !overwrite, !checkpoints.folder.isEmpty {
            throw UnfinishedRun(folder: checkpoints.folder.url.relativePathIfShorter)
        }
        try RunFileWriter.check(destination: destination, overwrite: overwrite)
        try checkpoints.folder.check()
        try Sidecars.check(
            beside: destination, hasGrid: experiment.grid != nil,
            hasExperts: experiment.particles != nil && experiment.grid != nil, overwrite: overwrite)
        if resume { RunFileWriter.removeLeftovers(of: destination) }
        let recorder = try checkpoints.recorder(resumes: resume, overwrite: overwrite, progress: progress)
        let deflation = Deflation(level: experiment.output.compression, parallelism: parallelism)
        let running = try RunningOutput(
            experiment.output, to: destination, resumes: resume, after: unfinished, overwrite: overwrite,
            deflation: deflation, progress: progress)
        func contents(_ simulation: Simulation) -> RunContents {
            var contents = RunContents(simulation, date: Self.date)
            contents.command = command
            contents.addCellArrays(of: simulation, parallelism: parallelism)
            contents.inputs = inputs
            return contents
        }
        Interruption.listen(recorder, checkpoints: checkpoints.folder, lock: lock)
        let simulation: Simulation
        do {
            simulation = try Simulation(
                experiment, parallelism: parallelism, progress: progress, recorder: recorder
            ) { milestone, simulation in
                running.reached(milestone) { contents(simulation()) }
            }
        } catch let error as SnapshotError {
            throw CheckpointMismatch(folder: checkpoints.folder.url.relativePathIfShorter, reason: "\(error)")
        }
        // A large file takes its time, and what has been computed should outlive a kill meanwhile.
        if MemoryEstimate(experiment, threads: 1).bytes > Self.largeRun, experiment.output.checkpoints.seconds.isFinite
        {
            _ = recorder.saveAtOnce()
        }
        // The tables first: what was computed is seen even when the file cannot be written. And a reader of the tables who
        // leaves early, such as head, must not end the run before the file is there.
        signal(SIGPIPE, SIG_IGN)
        print("\(experiment.title)\n\n\(RunSummary(simulation: simulation).text)\n")
        fflush(nil)
        let written = contents(simulation)
        let replaces = overwrite || running.hasWritten
        do {
            try progress.saving({ destination.relativePathIfShorter }) {
                try RunFileWriter.write(
                    written, to: destination, overwrite: replaces, deflation: deflation, sidecars: true)
            }
        } catch {
            // Where it is the files beside it that failed, nothing is lost.
            if try checkpoints.finishedRun(destination, overwrite: true) != nil { throw error }
            // A checkpoint may be smaller, and an earlier one is kept in any case.
            _ = recorder.saveAtOnce()
            guard !checkpoints.folder.isEmpty else { throw error }
            throw UnwrittenRun(error: error, folder: checkpoints.folder.url.relativePathIfShorter)
        }
        // The run file has all of it: a signal has nothing to save any more.
        recorder.close()
        print("Written to \(destination.relativePathIfShorter)")
        checkpoints.folder.remove()
        running.finish()
        if let failure = simulation.limit.failure, let time = simulation.limit.times.last {
            throw LimitFailure(error: failure, time: time, file: destination.relativePathIfShorter)
        }
    }
}

/// A run that is at its end, and whose file could not be written; its checkpoints are kept.
struct UnwrittenRun: Error, CustomStringConvertible {
    let error: any Error
    let folder: String

    var description: String {
        "\(error)\n  what was computed is in \(folder); once there is room for the run file:\n  \(Interruption.resumingCommand)"
    }
}

/// A limit that could not be solved to its end; what was solved is in the file.
struct LimitFailure: Error, CustomStringConvertible {
    let error: any Error
    let time: Double
    let file: String

    var description: String { "\(error)\n  what was solved, up to t = \(Measured.time(time)), is in \(file)" }
}
