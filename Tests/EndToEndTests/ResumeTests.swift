import Archive
import Foundation
import Testing
import TimeStepping

/// Runs that are interrupted or killed and gone on with: nothing is lost, and the file is the same to the byte.
@Suite(.serialized) struct ResumeTests {
    /// The date that files are given, so that equal runs make equal bytes.
    static let date = ["SOURCE_DATE_EPOCH": "1700000000"]

    /// A run of about a second with every stage, saved as often as can be.
    static func experiment(method: String, mode: String) throws -> SmallExperiment {
        try SmallExperiment(replacing: [
            (
                "output: {file: small.h5}",
                "output: {file: small.h5, mode: \(mode), checkpoint: {every: 1e-9, time: 0.25}}"
            ),
            ("method: galerkin", "method: \(method)"), ("cells: [64]", "cells: [257]"),
            ("counts: [10, 100, 200, 400], replicates: 4", "counts: [10, 1000, 4000], replicates: 24"),
        ])
    }

    /// What a run says when its limit is solved and seconds of particles are to come: signals are listened to by then.
    static let particles = "particles ("

    /// The run file of the experiment when nothing happens, and the seconds that it takes.
    static func undisturbed(_ experiment: SmallExperiment) throws -> (bytes: Data, seconds: Double) {
        let start = ContinuousClock.now
        let run = try experiment.run(["-o", "whole.h5", "--set", "output.checkpoint=none"], environment: date)
        let elapsed = ContinuousClock.now - start
        try #require(run.status == 0, "\(run.errors)")
        return (
            try data(of: experiment, "whole.h5"),
            Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
        )
    }

    /// A run file less the text of the experiment, which tells of `--set`.
    static func data(of experiment: SmallExperiment, _ name: String) throws -> Data {
        let url = experiment.folder.url.appendingPathComponent(name)
        var contents = try RunFileReader.contents(of: url)
        contents.experiment = ""
        let plain = experiment.folder.url.appendingPathComponent("plain.h5")
        defer { try? FileManager.default.removeItem(at: plain) }
        try RunFileWriter.write(contents, to: plain, overwrite: true)
        return try Data(contentsOf: plain)
    }

    /// The files that `undisturbed` leaves.
    static let wholeRun = ["experts.vtkhdf", "h5", "pmd", "vtkhdf", "xdmf"].map { "whole.\($0)" }

    /// The kills of a test: 20, or as many as the environment asks for.
    static var kills: Int { ProcessInfo.processInfo.environment["KAC_KILLS"].flatMap { Int($0) } ?? 20 }

    static let modes = ["update, every: 1e-9", "files, ensembles: all", "end"]
    static let methods = ["galerkin", "characteristics", "weno5", "muscl", "upwind"]

    @Test func killsAtAnyMomentLoseNothing() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64(ProcessInfo.processInfo.environment["KAC_KILL_SEED"] ?? "") ?? generator.next()
        print("kills at random moments: seed \(seed)")
        var random = SplitMix(state: seed)
        var killed = 0
        var life = 0
        while killed < Self.kills {
            let experiment = try Self.experiment(
                method: Self.methods[life % Self.methods.count], mode: Self.modes[life % Self.modes.count])
            life += 1
            let whole = try Self.undisturbed(experiment)
            let target = experiment.folder.url.appendingPathComponent("small.h5")
            var isFinished = false
            while !isFinished, killed < Self.kills {
                let delay = whole.seconds * Double.random(in: 0...0.6, using: &random)
                var wasKilled = false
                let run = try experiment.run(["--resume"], environment: Self.date) { process in
                    let deadline = Date(timeIntervalSinceNow: delay)
                    while process.isRunning, Date() < deadline { usleep(500) }
                    wasKilled = process.isRunning
                    kill(process.processIdentifier, SIGKILL)
                }
                if run.status == -SIGKILL, wasKilled {
                    killed += 1
                    try Self.checkWhatIsSaved(run, experiment, target)
                } else {
                    #expect(run.status == 0, "\(run.errors)")
                    isFinished = true
                }
            }
            let last = try experiment.run(["--resume"], environment: Self.date)
            #expect(last.status == 0, "\(last.errors)")
            #expect(last.output.contains(isFinished ? "there is nothing to resume" : "Written to small.h5"))
            let isEqual = try Self.data(of: experiment, "small.h5") == whole.bytes
            #expect(isEqual, "seed \(seed), life \(life)")
            #expect(experiment.folder.contents == (SmallExperiment.filesAfterRun + Self.wholeRun).sorted())
        }
    }

    /// Every checkpoint opens, those that were reported are there unless later ones took their place, and a run file is whole.
    static func checkWhatIsSaved(_ run: KacProcess, _ experiment: SmallExperiment, _ target: URL) throws {
        let folder = experiment.folder.url.appendingPathComponent("small.checkpoints")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
            .filter { $0.hasPrefix("restart_") }.sorted()
        for name in names {
            #expect(throws: Never.self) { try SnapshotFile.read(folder.appendingPathComponent(name)) }
        }
        let reported = run.errors.matches(of: /saved small.checkpoints\/(restart_[0-9]+.h5)/).map { String($0.1) }
        let found = FileManager.default.fileExists(atPath: target.path) ? try RunFileReader.contents(of: target) : nil
        if let count = run.errors.matches(of: /saved small.h5 with ([0-9]+) outputs/).last.flatMap({ Int($0.1) }) {
            #expect((found?.times.count ?? 0) >= count, "\(count) outputs were reported")
        }
        // Checkpoints and outputs go when the run file is whole.
        guard found?.isComplete != true else { return }
        if let last = reported.last {
            #expect(names.contains { $0 >= last }, "\(last) was reported, there are \(names)")
        }
        for match in run.errors.matches(of: /saved (small.outputs\/output_[0-9]+.h5)/) {
            let output = try RunFileReader.contents(
                of: experiment.folder.url.appendingPathComponent(String(match.1)))
            #expect(output.times.count == 1)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aSignalEndsTheRunWithACheckpoint(_ number: Int32) throws {
        // The checkpoints by the clock are far away.
        let experiment = try SmallExperiment(replacing: [SmallExperiment.manyParticles])
        let interrupted = try experiment.run(environment: Self.date) { process in
            try process.waits(for: Self.particles)
            kill(process.processIdentifier, number)
        }
        #expect(interrupted.status == 75, "\(interrupted.errors)")
        #expect(interrupted.errors.contains("small.yml --resume"))
        #expect(!experiment.folder.contents.contains("small.h5"))
        // Beginning anew would lose the checkpoint.
        let anew = try experiment.run()
        #expect(anew.status == 73 && anew.errors.contains("--resume goes on"))
        let other = try experiment.run(["--resume", "--set", "particles.seed=4"])
        #expect(other.status == 65 && other.errors.contains("--set particles.seed=4 was not there then"))
        let text = try String(contentsOfFile: experiment.path, encoding: .utf8)
        try experiment.folder.write(text.replacingOccurrences(of: "seed: 3", with: "seed: 5"), to: "small.yml")
        let edited = try experiment.run(["--resume"])
        #expect(edited.status == 65 && edited.errors.contains("the experiment differs in line"))
        try experiment.folder.write(text, to: "small.yml")
        let solve = try KacProcess.run(["solve", experiment.path, "--resume"], in: experiment.folder.url)
        #expect(solve.status == 65 && solve.errors.contains("it is of 'kac run'"))
        try experiment.folder.write(SmallExperiment.data + "0.5,0.1\n", to: "data.csv")
        let changed = try experiment.run(["--resume"])
        #expect(changed.status == 65 && changed.errors.contains("the contents of data.csv have changed"))
        try experiment.folder.write(SmallExperiment.data, to: "data.csv")
        let resumed = try experiment.run(["--resume"], environment: Self.date)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("going on from small.checkpoints/restart_000000001.h5"))
        let again = try experiment.run(["--resume"])
        #expect(again.status == 0 && again.output.contains("there is nothing to resume"))
        let whole = try experiment.run(["-o", "whole.h5"], environment: Self.date)
        #expect(whole.status == 0)
        let isEqual = try Self.data(of: experiment, "small.h5") == Self.data(of: experiment, "whole.h5")
        #expect(isEqual)
    }

    /// The first signal's checkpoint is not waited for, and what was there before stays good.
    @Test func aSecondSignalEndsTheRunAtOnce() throws {
        let experiment = try SmallExperiment(replacing: [
            ("output: {file: small.h5}", "output: {file: small.h5, checkpoint: {every: 1e-9}}"),
            SmallExperiment.manyParticles,
        ])
        let interrupted = try experiment.run(environment: Self.date) { process in
            try process.waits(for: Self.particles)
            // Both are there when the process looks.
            for number in [SIGSTOP, SIGINT, SIGTERM, SIGCONT] { kill(process.processIdentifier, number) }
        }
        #expect(interrupted.status == 128 + SIGTERM, "\(interrupted.errors)")
        #expect(!interrupted.errors.contains("to go on"))
        let resumed = try experiment.run(["--resume"], environment: Self.date)
        #expect(resumed.status == 0 && resumed.errors.contains("going on from small.checkpoints/"), "\(resumed.errors)")
        let whole = try experiment.run(["-o", "whole.h5"], environment: Self.date)
        #expect(whole.status == 0)
        let isEqual = try Self.data(of: experiment, "small.h5") == Self.data(of: experiment, "whole.h5")
        #expect(isEqual)
        #expect(experiment.folder.contents == (SmallExperiment.filesAfterRun + Self.wholeRun).sorted())
    }

    /// A run that was asked to outlive its terminal does.
    @Test(arguments: [("HUP", SIGHUP), ("INT", SIGINT)])
    func ignoredSignalsStayIgnored(name: String, number: Int32) throws {
        let experiment = try SmallExperiment(replacing: [SmallExperiment.manyParticles])
        let run = try experiment.run(limits: "trap '' \(name)") { process in
            try process.waits(for: Self.particles)
            #expect(process.isRunning, "the signal has to come in time")
            kill(process.processIdentifier, number)
        }
        #expect(run.status == 0 && !run.errors.contains("interrupted"), "\(run.errors)")
    }

    /// A finished file of other data, or of the limit alone, is not what is asked for: its checkpoints are gone on with, and without any it is said.
    @Test func aFinishedRunOfSomethingElseIsNotTaken() throws {
        let experiment = try SmallExperiment(replacing: [SmallExperiment.manyParticles])
        let small = ["--set", "particles.counts=[3]"]
        #expect(try experiment.run(small).status == 0)
        #expect(try experiment.run(small + ["--resume"]).output.contains("nothing to resume"))
        try experiment.folder.write(SmallExperiment.data + "0.5,0.1\n", to: "data.csv")
        let changed = try experiment.run(small + ["--resume"])
        #expect(changed.status == 65 && changed.errors.contains("the contents of data.csv have changed"))
        // With leave to replace the file, an interrupted run of the other data is gone on with.
        let file = experiment.folder.url.appendingPathComponent("small.h5")
        let large = ["--set", "particles.replicates=255", "--overwrite"]
        try experiment.folder.write(SmallExperiment.data, to: "data.csv")
        #expect(try experiment.run(large).status == 0)
        let before = try Data(contentsOf: file)
        try experiment.folder.write(SmallExperiment.data + "0.5,0.1\n", to: "data.csv")
        let interrupted = try experiment.run(large) { process in
            try process.waits(for: Self.particles)
            kill(process.processIdentifier, SIGTERM)
        }
        #expect(interrupted.status == 75, "\(interrupted.errors)")
        let resumed = try experiment.run(large + ["--resume"])
        #expect(resumed.status == 0 && resumed.errors.contains("going on from"), "\(resumed.errors)")
        let isReplaced = try Data(contentsOf: file) != before
        #expect(isReplaced)
        // Nor is a run of another experiment, and it is said what differs.
        let seed = try experiment.run(["--set", "particles.replicates=255", "--set", "particles.seed=4", "--resume"])
        #expect(
            seed.status == 65 && seed.errors.contains("a finished run, but not this one: --set particles.seed=4"),
            "\(seed.errors)")
        // The limit alone is no run.
        let solved = try KacProcess.run(["solve", experiment.path, "-o", "limit.h5"], in: experiment.folder.url)
        #expect(solved.status == 0)
        let taken = try experiment.run(["-o", "limit.h5", "--resume"])
        #expect(taken.status == 65 && taken.errors.contains("it is of 'kac solve'"), "\(taken.errors)")
    }

    /// The second run into one file ends at once, whatever it was asked for, and the first one's death gives the file free.
    @Test func twoRunsIntoOneFileAreKeptApart() throws {
        let experiment = try SmallExperiment(replacing: [SmallExperiment.manyParticles])
        let first = try experiment.run { process in
            try process.waits(for: Self.particles)
            // It cannot be at its end before the others are.
            kill(process.processIdentifier, SIGSTOP)
            for arguments in [[], ["--resume"], ["--overwrite"]] {
                let second = try experiment.run(arguments)
                #expect(second.status == 75 && second.errors.contains("(process \(process.processIdentifier))"))
            }
            let other = try experiment.run(["-o", "other.h5", "--set", "particles.counts=[3]"])
            #expect(other.status == 0, "another file is another run: \(other.errors)")
            kill(process.processIdentifier, SIGKILL)
        }
        #expect(first.status == -SIGKILL)
        let resumed = try experiment.run(["--resume", "-o", "small.h5"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        let others = ["experts.vtkhdf", "h5", "pmd", "vtkhdf", "xdmf"].map { "other.\($0)" }
        #expect(experiment.folder.contents == (SmallExperiment.filesAfterRun + others).sorted())
    }

    /// Products and sums that are one operation are rounded once: a kac built for other instructions has other last digits.
    @Test func aCheckpointOfOtherInstructionsIsRefused() throws {
        let experiment = try SmallExperiment(replacing: [SmallExperiment.manyParticles])
        let interrupted = try experiment.run { process in
            try process.waits(for: Self.particles)
            kill(process.processIdentifier, SIGINT)
        }
        #expect(interrupted.status == 75, "\(interrupted.errors)")
        let file = experiment.folder.url.appendingPathComponent("small.checkpoints/restart_000000001.h5")
        var checkpoint = try SnapshotFile.read(file)
        var identity = try checkpoint.part("identity")
        #expect(try !identity.text("instructions").isEmpty)
        identity.store("abacus", as: "instructions")
        checkpoint.parts["identity"] = identity
        try SnapshotFile.write(checkpoint, to: file, overwrite: true)
        let resumed = try experiment.run(["--resume"])
        #expect(resumed.status == 65 && resumed.errors.contains("a kac built for abacus"), "\(resumed.errors)")
    }

    /// What is finished is said to be so, whatever has become of the files beside it.
    @Test func aFinishedRunIsFinishedWhereNothingCanBeWritten() throws {
        let experiment = try SmallExperiment()
        #expect(try experiment.run().status == 0)
        let notes = "mine\nand mine alone\n"
        try experiment.folder.write(notes, to: "small.xdmf")
        let again = try experiment.run(["--resume"])
        #expect(again.status == 0 && again.output.contains("there is nothing to resume"), "\(again.errors)")
        #expect(again.errors.contains("small.xdmf"))
        let kept = try String(
            contentsOf: experiment.folder.url.appendingPathComponent("small.xdmf"), encoding: .utf8)
        #expect(kept == notes)
    }

    /// Where no checkpoint can be written, none is promised.
    @Test func anInterruptionWithoutAnyCheckpointSaysSo() throws {
        let experiment = try SmallExperiment(replacing: [SmallExperiment.manyParticles])
        let interrupted = try experiment.run(limits: "ulimit -f 1") { process in
            try process.waits(for: Self.particles)
            kill(process.processIdentifier, SIGTERM)
        }
        #expect(interrupted.status == 74, "\(interrupted.errors)")
        #expect(interrupted.errors.contains("there is no earlier one") && !interrupted.errors.contains("to go on:"))
        #expect(!experiment.folder.contents.contains("small.checkpoints"))
    }

    @Test func withoutACheckpointAResumedRunBegins() throws {
        let experiment = try SmallExperiment()
        let run = try experiment.run(["--resume"])
        #expect(run.status == 0 && run.errors.contains("beginning at the start"))
        let solve = try KacProcess.run(
            ["solve", experiment.path, "--resume", "-o", "limit.h5"], in: experiment.folder.url)
        #expect(solve.status == 0 && solve.output.contains("Written to limit.h5"))
    }

    /// A run whose file finds no room at its end is not lost: a checkpoint has all of it.
    @Test func aRunFileWithoutRoomLeavesACheckpoint() throws {
        let experiment = try SmallExperiment()
        #expect(try experiment.run(["-o", "whole.h5"], environment: Self.date).status == 0)
        let size = try Self.data(of: experiment, "whole.h5").count
        let run = try experiment.run(limits: "ulimit -f \(size / 1024 - 2)", environment: Self.date)
        #expect(run.status == 74 && run.errors.contains("no room for the file"), "\(run.errors)")
        #expect(run.errors.contains("what was computed is in small.checkpoints; once there is room"))
        #expect(run.errors.contains("small.yml --resume\n") && !experiment.folder.contents.contains("small.h5"))
        let resumed = try experiment.run(["--resume"], environment: Self.date)
        #expect(resumed.status == 0 && resumed.errors.contains("going on from"), "\(resumed.errors)")
        let isEqual = try Self.data(of: experiment, "small.h5") == Self.data(of: experiment, "whole.h5")
        #expect(isEqual)
    }

    /// Where no byte can be written, that is said: the process is not killed by the file of its lock.
    @Test func noByteCanBeWritten() throws {
        let experiment = try SmallExperiment()
        // The limit holds for what the process prints as well, so there is nothing to read but its code.
        let run = try experiment.run(limits: "ulimit -f 0")
        #expect(run.status == 74)
        #expect(experiment.folder.contents == ["circuit.qasm", "data.csv", "small.yml"])
    }

    @Test func checkpointsOfWhichNoneIsWhole() throws {
        let experiment = try SmallExperiment()
        let folder = experiment.folder.url.appendingPathComponent("small.checkpoints")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 1...2 {
            try experiment.folder.write("nothing", to: "small.checkpoints/restart_00000000\(number).h5")
        }
        let resumed = try experiment.run(["--resume"])
        #expect(resumed.status == 65)
        #expect(resumed.errors.contains("none of the checkpoints is whole"), "\(resumed.errors)")
        #expect(resumed.errors.contains("restart_000000001.h5") && resumed.errors.contains("restart_000000002.h5"))
        #expect(try experiment.run(["--overwrite"]).status == 0)
    }

    /// What is named as the folders of a run are is told before anything is computed.
    @Test func aFileInThePlaceOfAFolder() throws {
        let experiment = try SmallExperiment()
        for (name, mode) in [("small.checkpoints", "end"), ("small.outputs", "files")] {
            let file = try experiment.folder.write("mine", to: name)
            let run = try experiment.run(["--set", "output.mode=\(mode)"])
            #expect(run.status == 73 && run.errors.contains("something else has it"), "\(run.errors)")
            #expect(run.output.isEmpty)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
            try FileManager.default.removeItem(atPath: file)
        }
        let itself = try experiment.run(["-o", "small.vtkhdf", "--overwrite"])
        #expect(itself.status == 73 && itself.errors.contains("such as small.h5"), "\(itself.errors)")
        #expect(itself.output.isEmpty && experiment.folder.contents == ["circuit.qasm", "data.csv", "small.yml"])
    }

    @Test func aDiskThatTakesNoCheckpointDoesNotEndTheRun() throws {
        let experiment = try SmallExperiment(replacing: [
            ("output: {file: small.h5}", "output: {file: small.h5, mode: files, checkpoint: {every: 1e-9, time: 0.25}}")
        ])
        let run = try experiment.run(limits: "ulimit -f 1")
        #expect(run.errors.contains("an output is not saved yet: "))
        #expect(run.errors.contains("no checkpoint: ") && run.errors.contains("no room for the file"))
        #expect(run.status == 74, "the run file itself has no room either: \(run.errors)")
        #expect(run.output.contains("N experts beside the limit"), "what was computed is told")
        let resumed = try experiment.run(["--resume"], environment: Self.date)
        #expect(resumed.status == 0, "\(resumed.errors)")
    }
}

/// Sebastiano Vigna's SplitMix64, for moments that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
