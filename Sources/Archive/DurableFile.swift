import CMachine
package import Foundation

/// A file that appears whole or not at all.
///
/// The bytes go to a temporary file in the destination's folder, are synced to the disk, and get their name in one step;
/// then the folder is synced. Whoever is stopped in between, by a full disk or by the loss of power, finds the earlier
/// state. A process that is killed may leave a `.NAME.tmp-…` behind, which is safe to delete.
package struct DurableFile {
    private let path: String
    private let folder: String
    private let overwrite: Bool
    private let permissions: mode_t?

    /// A file to be written at `url`.
    ///
    /// - Parameter isReplaceable: whether a file that begins so may be replaced.
    /// - Throws: `ArchiveError` when there is something that would not be replaced, or no folder to write in.
    package init(
        _ url: URL, overwrite: Bool,
        replacing isReplaceable: (Data) -> Bool = Self.isHDF5
    ) throws(ArchiveError) {
        var path = url.standardizedFileURL.path
        var facts = stat()
        var permissions: mode_t?
        if lstat(path, &facts) == 0 {
            let isLink = facts.st_mode & S_IFMT == S_IFLNK
            let hasTarget = !isLink || stat(path, &facts) == 0
            guard !hasTarget || facts.st_mode & S_IFMT == S_IFREG else {
                let isFolder = facts.st_mode & S_IFMT == S_IFDIR
                throw .notAFile(path: path, found: isFolder ? "a folder" : "a device or a pipe")
            }
            guard overwrite else { throw .exists(path: path) }
            // An experiment or a table named by mistake is kept.
            guard !hasTarget || Self.head(of: path).map({ $0.isEmpty || isReplaceable($0) }) ?? false else {
                throw .notAFile(path: path, found: "a file of another kind")
            }
            if hasTarget { permissions = facts.st_mode & 0o777 }
            // The file behind a symbolic link is replaced, not the link.
            if isLink, hasTarget { path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        } else if errno == ENAMETOOLONG || errno == ELOOP {
            throw .system(path: path, operation: "looking for the file", reason: Self.reason(errno))
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard stat(folder, &facts) == 0 else {
            throw Self.error(errno, path: path, folder: folder, "finding the folder")
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else { throw .parentNotAFolder(path: path, folder: folder) }
        self.path = path
        self.folder = folder
        self.overwrite = overwrite
        self.permissions = permissions
    }

    /// Whether a file begins as a run file does.
    package static func isHDF5(_ head: Data) -> Bool { head.starts(with: HDF5Superblock.signature) }

    /// The first bytes of a file; `nil` when it cannot be read.
    static func head(of path: String) -> Data? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 512)) ?? Data()
    }

    /// Makes and removes an empty temporary file, to learn whether the folder can be written to.
    package func probe() throws(ArchiveError) {
        let temporary = temporaryPath()
        close(try create(temporary))
        unlink(temporary)
    }

    /// A file and what shall be in it.
    struct Entry {
        let file: DurableFile
        /// The first bytes.
        var large = UnsafeRawBufferPointer(start: nil, count: 0)
        /// More bytes, behind the others.
        var small: [UInt8] = []

        fileprivate var byteCount: Int { large.count + small.count }
    }

    /// Writes several files: all of them are whole on the disk before the first one gets its name, in their order.
    ///
    /// Nothing is synced before everything is handed to the system, and a folder once: the file system then puts down its journal once
    /// for all of them, where it would otherwise do so for each file and each time for the folder.
    ///
    /// SIGXFSZ is ignored by the whole process from here on: beyond the limit of a file's size the system then reports
    /// an error, where it would otherwise kill the process.
    static func write(_ entries: [Entry]) throws(ArchiveError) {
        signal(SIGXFSZ, SIG_IGN)
        var drafts: [(temporary: String, descriptor: Int32)] = []
        var (closed, published) = (0, 0)
        defer {
            for draft in drafts[closed...] { close(draft.descriptor) }
            for draft in drafts[published...] { unlink(draft.temporary) }
            for folder in Set(entries.prefix(published).map(\.file.folder)) { syncFolder(folder) }
        }
        for entry in entries {
            let temporary = entry.file.temporaryPath()
            drafts.append((temporary, try entry.file.create(temporary)))
            try entry.file.fill(drafts[drafts.count - 1].descriptor, entry)
        }
        for (entry, draft) in zip(entries, drafts) {
            closed += 1
            try entry.file.finish(draft.descriptor, entry)
        }
        for (entry, draft) in zip(entries, drafts) {
            try entry.file.publish(draft.temporary, entry.byteCount)
            published += 1
        }
    }

    /// Writes the file.
    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        try Self.write([Entry(file: self, large: bytes)])
    }

    /// Writes the file.
    package func write(_ bytes: [UInt8]) throws(ArchiveError) { try Self.write([Entry(file: self, small: bytes)]) }

    // MARK: Steps

    private func create(_ temporary: String) throws(ArchiveError) -> Int32 {
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw error(errno, "making a file in the folder") }
        return descriptor
    }

    /// What addresses and lengths of writes past the system's cache are multiples of.
    static let page = 1 << 14
    /// Bytes from which on a file goes past the cache: nobody reads it soon, and without pages to be found for it writing takes a third of the
    /// time.
    private static let largeSize = 1 << 23

    /// Hands all bytes to the system.
    private func fill(_ descriptor: Int32, _ entry: Entry) throws(ArchiveError) {
        let bytes = entry.large
        var failure: (code: Int32, operation: String)?
        if let permissions, fchmod(descriptor, permissions) != 0 { failure = (errno, "setting the permissions") }
        var bypassesCache =
            bytes.count >= Self.largeSize && Int(bitPattern: bytes.baseAddress) % Self.page == 0
            && machine_bypass_cache(descriptor, 1) == 0
        func append(_ bytes: UnsafeRawBufferPointer) {
            var rest = bytes[...]
            while failure == nil, !rest.isEmpty {
                var length = min(rest.count, 1 << 26)
                if bypassesCache { length -= length % Self.page }
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(length))
                let written = part.isEmpty ? -1 : Foundation.write(descriptor, part.baseAddress, part.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written == 0 {
                    failure = (EIO, "writing")
                } else if bypassesCache, part.isEmpty || errno == EINVAL {
                    // The end of the file, or what follows a part that a full disk took half of.
                    bypassesCache = false
                    _ = machine_bypass_cache(descriptor, 0)
                } else if errno != EINTR {
                    failure = (errno, "writing")
                }
            }
        }
        append(bytes)
        entry.small.withUnsafeBytes(append)
        if let failure { throw error(failure.code, failure.operation, bytes: entry.byteCount) }
    }

    /// Syncs the file to the disk, and closes it in any case.
    private func finish(_ descriptor: Int32, _ entry: Entry) throws(ArchiveError) {
        var failure: (code: Int32, operation: String)?
        if fsync(descriptor) != 0 { failure = (errno, "syncing to the disk") }
        // A file system over the network may tell of a full disk only here. An interrupted close has closed.
        if close(descriptor) != 0, failure == nil, errno != EINTR { failure = (errno, "closing") }
        if let failure { throw error(failure.code, failure.operation, bytes: entry.byteCount) }
    }

    /// Gives the temporary file its name, replacing a file only when that is wanted.
    private func publish(_ temporary: String, _ bytes: Int) throws(ArchiveError) {
        if !overwrite {
            // A link, unlike a rename, never replaces a file, even one that appeared a moment ago.
            if link(temporary, path) == 0 {
                unlink(temporary)
                return
            }
            let code = errno
            guard code != EEXIST else { throw .exists(path: path) }
            guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK].contains(code) else {
                throw error(code, "naming the file", bytes: bytes)
            }
            // A file system without hard links: an empty file of ours reserves the name.
            let reserved = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard reserved >= 0 else {
                throw errno == EEXIST ? .exists(path: path) : error(errno, "naming the file", bytes: bytes)
            }
            close(reserved)
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            if !overwrite { unlink(path) }
            throw error(code, "naming the file", bytes: bytes)
        }
    }

    /// Syncs a folder, where the file system can: its files have their names already, so that nothing is lost if not.
    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// A name of its own beside the destination; a long name is shortened to stay within 255 bytes.
    private func temporaryPath() -> String {
        var name = URL(fileURLWithPath: path).lastPathComponent
        while name.utf8.count > 200 { name.removeLast() }
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return "\(folder)/.\(name).tmp-\(getpid())-\(random)"
    }

    // MARK: Errors

    private func error(_ code: Int32, _ operation: String, bytes: Int = 0) -> ArchiveError {
        Self.error(code, path: path, folder: folder, operation, bytes: bytes)
    }

    private static func error(
        _ code: Int32, path: String, folder: String, _ operation: String, bytes: Int = 0
    ) -> ArchiveError {
        switch code {
        case ENOENT: .parentMissing(path: path, folder: folder)
        case ENOTDIR: .parentNotAFolder(path: path, folder: folder)
        case EROFS: .readOnly(path: path, folder: folder)
        case EACCES, EPERM: .notWritable(path: path, folder: folder, reason: reason(code))
        case ENOSPC, EDQUOT: .outOfSpace(path: path, bytes: bytes, reason: reason(code))
        case EFBIG: .outOfSpace(path: path, bytes: bytes, reason: "the limit of a file's size is reached")
        default: .system(path: path, operation: operation, reason: reason(code))
        }
    }

    /// The system's words for an error number.
    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
