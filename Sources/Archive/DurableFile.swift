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

    /// Writes the file.
    ///
    /// SIGXFSZ is ignored by the whole process from here on: beyond the limit of a file's size the system then reports
    /// an error, where it would otherwise kill the process.
    ///
    /// - Parameters:
    ///   - seal: more bytes, behind the others.
    ///   - syncsFolder: whether the folder is synced, which the last one of several files in it may do for all.
    func write(
        _ bytes: UnsafeRawBufferPointer, seal: [UInt8] = [], syncsFolder: Bool = true
    ) throws(ArchiveError) {
        signal(SIGXFSZ, SIG_IGN)
        let temporary = temporaryPath()
        let descriptor = try create(temporary)
        do {
            try fill(descriptor, bytes, seal)
            try publish(temporary, bytes.count)
        } catch {
            unlink(temporary)
            throw error
        }
        if syncsFolder { syncFolder() }
    }

    /// Writes the file.
    package func write(_ bytes: [UInt8], syncsFolder: Bool = true) throws(ArchiveError) {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(ArchiveError) in try write(raw, syncsFolder: syncsFolder) }
        }
        try result.get()
    }

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

    /// Writes and syncs all bytes, and closes the file in any case.
    private func fill(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ seal: [UInt8]
    ) throws(ArchiveError) {
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
        seal.withUnsafeBytes(append)
        if failure == nil, fsync(descriptor) != 0 { failure = (errno, "syncing to the disk") }
        // A file system over the network may tell of a full disk only here. An interrupted close has closed.
        if close(descriptor) != 0, failure == nil, errno != EINTR { failure = (errno, "closing") }
        if let failure { throw error(failure.code, failure.operation, bytes: bytes.count) }
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

    /// Syncs the folder, where the file system can: the file has its name already, so that nothing is lost if not.
    private func syncFolder() {
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
