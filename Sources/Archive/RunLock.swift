public import Foundation
import Synchronization

/// Keeps two processes from writing one run: a lock on the file `NAME.checkpoints/lock` beside the run file `NAME.h5`.
///
/// The kernel takes the lock back when its process ends, however that happens; a file that is left behind holds nobody up. In a
/// folder that cannot be written to, and where the file system has no locks, a run goes on without one.
public final class RunLock: Sendable {
    private let file: String
    private let folder: String
    private let descriptor: Mutex<Int32?>

    private init(_ file: String, in folder: String, descriptor: Int32) {
        self.file = file
        self.folder = folder
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Takes the lock of a run file.
    ///
    /// - Returns: `nil` where there can be none.
    /// - Throws: `ArchiveError.busy` when another process has it.
    public static func take(beside runFile: URL) throws(ArchiveError) -> RunLock? {
        let folder = CheckpointFolder(beside: runFile).url.path
        let file = "\(folder)/lock"
        // Where no file may have a byte, the number of the process is left out, which is no reason to be killed.
        signal(SIGXFSZ, SIG_IGN)
        // Whoever has the lock removes the file and the folder before it gives the lock up, so what was opened may be gone by
        // then: the next attempt makes both anew.
        for _ in 0..<100 {
            guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { return nil }
            let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                if errno == ENOENT { continue }
                rmdir(folder)
                return nil
            }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                var (held, named) = (stat(), stat())
                if fstat(descriptor, &held) == 0, stat(file, &named) == 0,
                    (held.st_dev, held.st_ino) == (named.st_dev, named.st_ino)
                {
                    let process = Array("\(getpid())\n".utf8)
                    _ = ftruncate(descriptor, 0)
                    _ = pwrite(descriptor, process, process.count, 0)
                    return RunLock(file, in: folder, descriptor: descriptor)
                }
            } else if errno == EWOULDBLOCK {
                defer { close(descriptor) }
                var text = [UInt8](repeating: 0, count: 20)
                let count = pread(descriptor, &text, text.count, 0)
                let process = Int(String(decoding: text.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self))
                throw .busy(path: runFile.path, process: process)
            } else if errno != EINTR {
                unlink(file)
                rmdir(folder)
                close(descriptor)
                return nil
            }
            close(descriptor)
        }
        return nil
    }

    /// Gives the lock up and removes its file, and the folder when nothing else is in it.
    public func release() {
        descriptor.withLock { held in
            guard let open = held else { return }
            held = nil
            unlink(file)
            rmdir(folder)
            close(open)
        }
    }
}
