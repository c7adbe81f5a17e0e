import Foundation
import Testing

/// Small file systems for a test, where the process may mount them.
enum Mount {
    /// The trait of a test that mounts.
    static var isPermitted: ConditionTrait {
        .enabled(if: probe, "mounting a file system needs root in a namespace that permits it")
    }

    /// Whether a tmpfs can be mounted, found by mounting one.
    private static let probe: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        return (try? withTmpfs(folder.url, kibibytes: 64) {}) != nil
    }()

    /// Mounts a tmpfs of the given size on a folder for the time of the call.
    static func withTmpfs(_ folder: URL, kibibytes: Int, _ body: () throws -> Void) throws {
        try run("mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", folder.path])
        defer { try? run("umount", [folder.path]) }
        try body()
    }

    /// Mounts a folder on itself, read-only, for the time of the call.
    static func withReadOnly(_ folder: URL, _ body: () throws -> Void) throws {
        try run("mount", ["--bind", folder.path, folder.path])
        defer { try? run("umount", [folder.path]) }
        try run("mount", ["-o", "remount,ro,bind", folder.path])
        try body()
    }

    private struct Failure: Error {
        let command: String
    }

    private static func run(_ name: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(command: name) }
    }
}
