/// Why a run file cannot be written or read.
public enum ArchiveError: Error, Sendable, Equatable {
    // Writing

    /// The destination is there already and shall not be replaced.
    case exists(path: String)
    /// The destination is there and is no file.
    case notAFile(path: String, found: String)
    /// The name is that of a file or folder that is kept beside the run file.
    case reservedName(path: String, instead: String)
    /// The destination is the run file that is read.
    case isTheSource(path: String)
    /// The folder of the destination is not there.
    case parentMissing(path: String, folder: String)
    /// Something else is where a folder is to be made.
    case notAFolder(path: String)
    /// What should be the folder of the destination is something else.
    case parentNotAFolder(path: String, folder: String)
    /// The folder of the destination may not be written to.
    case notWritable(path: String, folder: String, reason: String)
    /// The folder of the destination is on a read-only file system.
    case readOnly(path: String, folder: String)
    /// The disk, the quota or the limit of a file's size does not take the file.
    case outOfSpace(path: String, bytes: Int, reason: String)
    /// Another process is writing the run.
    case busy(path: String, process: Int?)
    /// What shall be written contradicts itself.
    case inconsistent(reason: String)

    // Reading

    /// There is no such file.
    case notFound(path: String)
    /// The file may not be read.
    case notReadable(path: String, reason: String)
    /// The file is of another format.
    case notHDF5(path: String, found: String)
    /// The file ends too early.
    case truncated(path: String, bytes: Int, expected: Int)
    /// The file is an HDF5 file of something else.
    case notARunFile(path: String, reason: String)
    /// The file is no checkpoint, or one of another format.
    case notACheckpoint(path: String, reason: String)
    /// What was asked of a sound file is not there, or is of another kind.
    case unusable(path: String, part: String, reason: String)
    /// A part of the file cannot be read or contradicts the others.
    case damaged(path: String, part: String, reason: String)

    // Both

    /// The operating system refused something else.
    case system(path: String, operation: String, reason: String)
    /// The HDF5 library failed while it built a file in memory.
    case library(path: String, HDF5Error)
}

extension ArchiveError: CustomStringConvertible {
    /// The path, what was found, what was expected, what to do.
    public var description: String {
        switch self {
        case .exists(let path):
            "\(path): the file exists and is kept; choose another name, or allow overwriting"
        case .notAFile(let path, let found):
            "\(path): found \(found), expected one that this command writes, or nothing there; choose another name"
        case .reservedName(let path, let instead):
            "\(path): a file or folder beside the run file has this name; name the run file otherwise, such as \(instead)"
        case .isTheSource(let path):
            "\(path): this is the run file that is read, and is kept; choose another name"
        case .parentMissing(let path, let folder):
            "\(path): there is no folder \(folder); make it or choose another place"
        case .notAFolder(let path):
            "\(path): the run keeps a folder of this name, and something else has it; move that away, or choose another output"
        case .parentNotAFolder(let path, let folder):
            "\(path): \(folder) is not a folder; choose another place"
        case .notWritable(let path, let folder, let reason):
            "\(path): the folder \(folder) cannot be written to (\(reason)); change its permissions or choose another place"
        case .readOnly(let path, let folder):
            "\(path): the folder \(folder) is on a read-only file system; choose another place"
        case .outOfSpace(let path, let bytes, let reason):
            "\(path): no room for the file of \(bytes) bytes (\(reason)); nothing was changed: "
                + "free space or raise the limit, or choose another place"
        case .busy(let path, let process):
            "\(path): another kac\(process.map { " (process \($0))" } ?? "") is writing this run; wait for its end, or "
                + "choose another name"
        case .inconsistent(let reason):
            "the run cannot be stored: \(reason)"
        case .notFound(let path):
            "\(path): there is no such file"
        case .notReadable(let path, let reason):
            "\(path): the file cannot be read (\(reason)); check what it is and its permissions"
        case .notHDF5(let path, let found):
            "\(path): found \(found), expected an HDF5 file written by kac"
        case .truncated(let path, let bytes, let expected):
            "\(path): the file ends after \(bytes) of \(expected) bytes; copy it again from where it is whole"
        case .notARunFile(let path, let reason):
            "\(path): an HDF5 file, but not a run of kac: \(reason)"
        case .notACheckpoint(let path, let reason):
            "\(path): cannot go on from this file: \(reason)"
        case .unusable(let path, let part, let reason):
            "\(path):\(part): \(reason)"
        case .damaged(let path, let part, let reason):
            "\(path): \(part) is damaged: \(reason); copy the file again from where it is whole, or repeat the run"
        case .system(let path, let operation, let reason):
            "\(path): \(operation) failed: \(reason)"
        case .library(let path, let error):
            "\(path): the file could not be built in memory: \(error)"
        }
    }
}
