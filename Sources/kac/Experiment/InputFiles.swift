import Archive
import Foundation
import Synchronization

/// The files that an experiment names: where they are, and which of them it asked for.
final class InputFiles: Sendable {
    /// A file as the experiment names it.
    struct Entry: Sendable, Hashable {
        let name: String
        let url: URL
    }

    private let folder: URL
    /// Where files are that have left their folder, by name.
    private let replacements: [String: URL]
    private let asked = Mutex<[Entry]>([])
    /// A folder of our own, which goes away with this object.
    private let temporary: URL?
    private static let temporaryFolders = Mutex<Set<URL>>([])

    /// Files relative to a folder, unless they are elsewhere.
    init(relativeTo folder: URL, replacements: [String: URL] = [:]) {
        self.folder = folder
        self.replacements = replacements
        temporary = nil
    }

    /// The files that a run carries with it, put where they can be read; others are relative to the run file's folder.
    init(of run: RunContents, in file: URL) throws {
        folder = file.deletingLastPathComponent()
        let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("kac-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        self.temporary = temporary
        _ = Self.temporaryFolders.withLock { $0.insert(temporary) }
        var replacements: [String: URL] = [:]
        for (index, input) in run.inputs.enumerated() {
            // A folder each: names stay what they are, in messages too.
            let place = temporary.appendingPathComponent("\(index)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let url = place.appendingPathComponent(URL(fileURLWithPath: input.name).lastPathComponent)
            try Data(input.bytes).write(to: url)
            replacements[input.name] = url
        }
        self.replacements = replacements
    }

    deinit {
        guard let temporary else { return }
        try? FileManager.default.removeItem(at: temporary)
        _ = Self.temporaryFolders.withLock { $0.remove(temporary) }
    }

    /// Removes the folders of all objects, for a process that ends without freeing them.
    static func removeTemporaryFolders() {
        temporaryFolders.withLock { folders in
            for folder in folders { try? FileManager.default.removeItem(at: folder) }
            folders = []
        }
    }

    /// Where a file is.
    func url(of name: String) -> URL {
        let url = replacements[name] ?? URL(fileURLWithPath: name, relativeTo: folder).standardizedFileURL
        asked.withLock { if !$0.contains(where: { $0.name == name }) { $0.append(Entry(name: name, url: url)) } }
        return url
    }

    /// The contents of the files that were asked for, by name.
    ///
    /// - Throws: `MissingInput`.
    func contents() throws -> [(name: String, bytes: Data)] {
        try entries.map { entry in
            guard let bytes = FileManager.default.contents(atPath: entry.url.path) else {
                throw MissingInput(path: entry.url.path, role: "a file of the experiment")
            }
            return (entry.name, bytes)
        }
    }

    /// The files that were asked for, by name.
    var entries: [Entry] { asked.withLock { $0.sorted { $0.name < $1.name } } }
}
