import Foundation

/// What the name of an input file says.
enum FileName {
    /// `file.h5:/path` as its two parts.
    static func parts(of name: String) -> (file: String, dataset: String?) {
        guard let range = name.range(of: ":/", options: .backwards) else { return (name, nil) }
        return (String(name[..<range.lowerBound]), String(name[name.index(after: range.lowerBound)...]))
    }

    static func isDensity(_ dataset: String) -> Bool { dataset == "/density" || dataset == "density" }

    /// The bytes of a file.
    ///
    /// - Throws: `ArchiveError.notFound`, `.notReadable`.
    static func contents(of name: String) throws -> Data {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else {
            throw ArchiveError.notFound(path: name)
        }
        if isFolder.boolValue { throw ArchiveError.notReadable(path: name, reason: "it is a folder, expected a file") }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: name))
        } catch {
            throw ArchiveError.notReadable(path: name, reason: error.localizedDescription)
        }
    }
}
