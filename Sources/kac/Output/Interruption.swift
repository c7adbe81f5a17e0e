import Archive
import Foundation
import Synchronization
import TimeStepping

/// What Ctrl-C, SIGTERM and SIGHUP do to a run: a checkpoint, the command that goes on, and the end.
enum Interruption {
    /// Seconds between two looks at a computation: no more is lost when it is interrupted, but for a step that takes longer.
    private static let tick = 0.1

    /// Begins to listen.
    ///
    /// To be called before other threads are made: signals are blocked in this one and in those that it makes, and one thread
    /// waits for them. So nothing that a signal may not do is done by a handler, and a step that takes long is not waited for:
    /// its latest snapshot is saved.
    ///
    /// - Parameters:
    ///   - checkpoints: where the recorder saves.
    ///   - lock: what is given up before the end.
    static func listen(_ recorder: Recorder, checkpoints: CheckpointFolder, lock: RunLock?) {
        nonisolated(unsafe) var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Thread.detachNewThread {
            var number: Int32 = 0
            while sigwait(&signals, &number) != 0 {}
            // The second one is answered while the first one's checkpoint is being written.
            Thread.detachNewThread { save(recorder, checkpoints, lock) }
            while sigwait(&signals, &number) != 0 {}
            lock?.release()
            _exit(128 + number)
        }
        Thread.detachNewThread {
            while true {
                Thread.sleep(forTimeInterval: tick)
                recorder.tick()
            }
        }
    }

    /// Whether a signal is ignored, as `nohup` and shells in the background ask for; it then stays so.
    static func isIgnored(_ number: Int32) -> Bool {
        let previous = signal(number, SIG_IGN)
        signal(number, previous)
        return unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func save(_ recorder: Recorder, _ checkpoints: CheckpointFolder, _ lock: RunLock?) {
        let isSaved = recorder.saveAndStop()
        if isSaved != nil {
            InputFiles.removeTemporaryFolders()
            lock?.release()
        }
        switch isSaved {
        // The run file is being written: that takes moments.
        case nil: say("the run is at its end: its file is being written")
        case true?:
            say("interrupted; to go on:\n  \(resumingCommand)")
            _exit(EX_TEMPFAIL)
        case false? where checkpoints.isEmpty:
            say("interrupted without a checkpoint, and there is no earlier one to go on from")
            _exit(EX_IOERR)
        case false?:
            say("interrupted without a checkpoint; to go on from an earlier one:\n  \(resumingCommand)")
            _exit(EX_IOERR)
        }
    }

    private static func say(_ text: String) { StandardError.write("kac: \(text)\n") }

    /// The command that goes on, for a shell.
    static var resumingCommand: String {
        var words = CommandLine.arguments
        if !words.contains("--resume") { words.append("--resume") }
        return words.map { word in
            let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "/._-=+:,@%".contains($0) }
            return isPlain ? word : "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
        }.joined(separator: " ")
    }
}
