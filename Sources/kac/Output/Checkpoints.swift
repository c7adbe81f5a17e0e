import Archive
import CMachine
import Foundation
import TimeStepping

/// The checkpoints of an experiment's run, and the way back from them.
struct Checkpoints: Sendable {
    let folder: CheckpointFolder
    private let experiment: String
    private let cadence: Recorder.Cadence
    /// What a checkpoint has to agree in.
    private let identity: Snapshot

    /// - Throws: `MissingInput` when a file that the experiment names cannot be read.
    init(of experiment: Experiment, command: String, beside runFile: URL) throws {
        folder = CheckpointFolder(beside: runFile)
        self.experiment = experiment.text
        cadence = experiment.output.checkpoints
        identity = Self.identity(
            version: Kac.softwareVersion, command: command, experiment: experiment.text,
            inputs: try experiment.inputs.contents())
    }

    /// What a file holds that is the whole run of the same experiment, command, input files and version.
    ///
    /// - Throws: `OtherRun` for a whole run whose version, experiment, command or input files were others, unless there is a checkpoint to go
    ///   on from or the file may be replaced.
    func finishedRun(_ file: URL, overwrite: Bool) throws -> RunContents? {
        guard let found = try? RunFileReader.contents(of: file), found.isComplete else { return nil }
        guard let difference = difference(from: Self.identity(of: found)) else { return found }
        guard overwrite || !folder.isEmpty else {
            throw OtherRun(file: file.relativePathIfShorter, reason: difference)
        }
        return nil
    }

    /// The instructions that this kac was compiled for.
    private static let instructions = String(cString: machine_instructions())

    private static func identity(of run: RunContents) -> Snapshot {
        identity(
            version: run.softwareVersion, command: run.command ?? "run", experiment: run.experiment,
            inputs: run.inputs.map { ($0.name, Data($0.bytes)) })
    }

    private static func identity(
        version: String, command: String, experiment: String, inputs: [(name: String, bytes: Data)]
    ) -> Snapshot {
        var identity = Snapshot()
        identity.store(version, as: "version")
        identity.store(instructions, as: "instructions")
        identity.store(command, as: "command")
        identity.store(experiment, as: "experiment")
        for (index, (name, bytes)) in inputs.enumerated() {
            var file = Snapshot()
            file.store(name, as: "name")
            file.store([bytes.count, Int(CRC32.of(bytes))], as: "bytes_and_check")
            identity.parts["input \(index)"] = file
        }
        return identity
    }

    /// What a file holds that a run of the same experiment wrote on its way.
    func unfinishedRun(_ file: URL) -> RunContents? {
        guard let found = try? RunFileReader.contents(of: file) else { return nil }
        return !found.isComplete && found.experiment == experiment ? found : nil
    }

    /// What keeps the snapshots of the run, and has those to go on from.
    ///
    /// - Throws: `CheckpointMismatch` when the latest checkpoint is another run's; `NoWholeCheckpoint`; `UnfinishedRun`.
    func recorder(resumes: Bool, overwrite: Bool, progress: Progress) throws -> Recorder {
        var state = Snapshot()
        if resumes {
            let latest: (file: URL, snapshot: Snapshot)?
            do {
                latest = try folder.latest(skipped: { progress.warn("\($0)") })
            } catch {
                throw NoWholeCheckpoint(folder: folder.url.relativePathIfShorter)
            }
            if let latest {
                let name = latest.file.relativePathIfShorter
                guard let found = latest.snapshot.parts["identity"] else {
                    throw CheckpointMismatch(folder: name, reason: "it does not say of which experiment it is")
                }
                if let difference = difference(from: found) {
                    throw CheckpointMismatch(folder: name, reason: difference)
                }
                state = latest.snapshot.parts["state"] ?? Snapshot()
                progress.note("going on from \(name)")
            } else {
                progress.note("there is no checkpoint in \(folder.url.relativePathIfShorter): beginning at the start")
            }
        } else if !folder.isEmpty {
            guard overwrite else { throw UnfinishedRun(folder: folder.url.relativePathIfShorter) }
            folder.remove()
        }
        let (folder, identity) = (folder, identity)
        return Recorder(resuming: state, cadence: cadence) { state in
            var checkpoint = Snapshot()
            checkpoint.parts["identity"] = identity
            checkpoint.parts["state"] = state
            do {
                _ = try progress.saving({ $0.relativePathIfShorter }) { try folder.write(checkpoint) }
                return true
            } catch {
                progress.warn("no checkpoint: \(error)")
                return false
            }
        }
    }

    /// How a checkpoint's run differs from this one; `nil` when it does not.
    private func difference(from found: Snapshot) -> String? {
        func text(_ snapshot: Snapshot, _ name: String) -> String { (try? snapshot.text(name)) ?? "" }
        let version = text(found, "version")
        if version != Kac.softwareVersion {
            return "it was written by kac \(version), this is \(Kac.softwareVersion)"
        }
        let instructions = text(found, "instructions")
        if instructions != Self.instructions {
            return
                "it was written by a kac built for \(instructions), this one is built for \(Self.instructions), and last "
                + "digits differ (KAC_MARCH)"
        }
        let command = text(found, "command")
        if command != text(identity, "command") { return "it is of 'kac \(command)'" }
        // What `--set` said stands in front of the text.
        let mark = "# --set "
        func assignments(_ text: String) -> [Substring] {
            text.split(separator: "\n").prefix { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
        }
        let (before, now) = (assignments(text(found, "experiment")), assignments(experiment))
        if let added = now.first(where: { !before.contains($0) }) { return "--set \(added) was not there then" }
        if let missing = before.first(where: { !now.contains($0) }) { return "--set \(missing) was there then" }
        let lines = { (text: String) in text.split(separator: "\n", omittingEmptySubsequences: false) }
        let (theirs, ours) = (lines(text(found, "experiment")), lines(experiment))
        for index in 0..<max(theirs.count, ours.count) {
            let old = index < theirs.count ? theirs[index] : ""
            let new = index < ours.count ? ours[index] : ""
            if old != new {
                return "the experiment differs in line \(index + 1), '\(old)' then and '\(new)' now"
            }
        }
        func inputs(_ snapshot: Snapshot) -> [String: [Int]] {
            let files = snapshot.parts.filter { $0.key.hasPrefix("input ") }.values
            return Dictionary(
                files.map { (text($0, "name"), (try? $0.integers("bytes_and_check")) ?? []) }
            ) { first, _ in first }
        }
        let (old, new) = (inputs(found), inputs(identity))
        let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        return changed.isEmpty ? nil : "the contents of \(changed.joined(separator: ", ")) have changed"
    }
}

/// A checkpoint of another experiment or version.
struct CheckpointMismatch: Error, CustomStringConvertible {
    let folder: String
    let reason: String

    var description: String {
        "\(folder): cannot go on from this checkpoint: \(reason); undo the change, or begin anew with --overwrite and without "
            + "--resume"
    }
}

/// There are checkpoints, and none that can be read.
struct NoWholeCheckpoint: Error, CustomStringConvertible {
    let folder: String

    var description: String {
        "\(folder): none of the checkpoints is whole; copy one again from where it is, or begin anew with --overwrite and "
            + "without --resume"
    }
}

/// A finished run of another experiment, or of another version, by another command or of other files.
struct OtherRun: Error, CustomStringConvertible {
    let file: String
    let reason: String

    var description: String {
        "\(file): there is a finished run, but not this one: \(reason); choose another --output, or replace it with --overwrite"
    }
}

/// A run was interrupted, and would be begun anew.
struct UnfinishedRun: Error, CustomStringConvertible {
    let folder: String

    var description: String {
        "\(folder): there are checkpoints of a run that was interrupted; --resume goes on from them, --overwrite removes them "
            + "and begins anew"
    }
}
