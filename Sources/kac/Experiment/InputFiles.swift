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

    /// Files relative to a folder, unless they are elsewhere.
    init(relativeTo folder: URL, replacements: [String: URL] = [:]) {
        self.folder = folder
        self.replacements = replacements
    }

    /// Where a file is.
    func url(of name: String) -> URL {
        let url = replacements[name] ?? URL(fileURLWithPath: name, relativeTo: folder).standardizedFileURL
        asked.withLock { if !$0.contains(where: { $0.name == name }) { $0.append(Entry(name: name, url: url)) } }
        return url
    }

    /// The files that were asked for, by name.
    var entries: [Entry] { asked.withLock { $0.sorted { $0.name < $1.name } } }
}
