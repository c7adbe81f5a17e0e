public import Foundation

/// Reads run files, trusting nothing: sizes are checked before memory is taken.
public enum RunFileReader {
    /// Reads all that `RunFileWriter` writes; other views and members of a file are passed over.
    ///
    /// - Throws: `ArchiveError.notFound`, `.notReadable`, `.notHDF5`, `.truncated`, `.notARunFile` or `.damaged`.
    public static func contents(of url: URL) throws(ArchiveError) -> RunContents {
        try reading(url) { root, fileSize in
            try NetCDFRootView.Reader(root: root, path: url.path, fileSize: fileSize).contents()
        }
    }

    /// The arrays of a file, in the order in which they were made, and what each one costs; of a run file the master data.
    ///
    /// The costs do not add up to the file's size: attributes and the directory of the file take the rest.
    ///
    /// - Throws: the errors of `contents(of:)`.
    public static func storage(of url: URL) throws(ArchiveError) -> [StoredPart] {
        try reading(url) { root, fileSize in
            try NetCDFRootView.Reader(root: root, path: url.path, fileSize: fileSize).storage()
        }
    }

    /// The views of a run file that are not the root's, and what each one costs beside the master data; none of a file that another program has
    /// rewritten.
    ///
    /// - Throws: the errors of `contents(of:)`.
    public static func views(of url: URL) throws(ArchiveError) -> [StoredView] {
        try reading(url) { root, fileSize in
            guard try FileSeal.verify(url.path) else { return [] }
            return try NetCDFRootView.Reader(root: root, path: url.path, fileSize: fileSize).views()
        }
    }

    static func reading<Result>(
        _ url: URL, _ body: (HDF5Group, Int) throws -> Result
    ) throws(ArchiveError) -> Result {
        let path = url.path
        let (size, superblock) = try inspectHead(path)
        do {
            let file = try HDF5File(reading: path)
            return try body(file.root(), size)
        } catch let error as ArchiveError {
            throw error
        } catch let error as HDF5Error {
            if error.isOfTheQuestion { throw .unusable(path: path, part: error.path, reason: error.reason) }
            if let expected = superblock?.fileSize, expected > size,
                error.messages.contains(where: { $0.contains("truncated file") })
            {
                throw .truncated(path: path, bytes: size, expected: expected)
            }
            throw .damaged(path: path, part: error.path == path ? "the file" : error.path, reason: error.reason)
        } catch {
            throw .system(path: path, operation: "reading", reason: "\(error)")
        }
    }

    /// The size of the file and its superblock, once its first bytes say that it is an HDF5 file.
    private static func inspectHead(_ path: String) throws(ArchiveError) -> (size: Int, HDF5Superblock?) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            throw code == ENOENT ? .notFound(path: path) : .notReadable(path: path, reason: DurableFile.reason(code))
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            throw .notReadable(path: path, reason: DurableFile.reason(errno))
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw .notReadable(path: path, reason: facts.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no regular file")
        }
        let size = Int(facts.st_size)
        var head = [UInt8](repeating: 0, count: HDF5Superblock.byteCount)
        let count = pread(descriptor, &head, head.count, 0)
        guard count >= 0 else { throw .notReadable(path: path, reason: DurableFile.reason(errno)) }
        head.removeLast(head.count - count)
        guard !head.isEmpty else { throw .notHDF5(path: path, found: "an empty file") }
        guard head.prefix(8).elementsEqual(HDF5Superblock.signature.prefix(head.count)) else {
            let first = head.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
            throw .notHDF5(path: path, found: "a file that begins with the bytes \(first)")
        }
        guard head.count == HDF5Superblock.byteCount else {
            throw .truncated(path: path, bytes: size, expected: HDF5Superblock.byteCount)
        }
        return (size, HDF5Superblock(head))
    }
}
