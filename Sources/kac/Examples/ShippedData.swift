import Foundation

/// Where the folder with the shipped experiments, circuits and data is.
struct ShippedData {
    /// The folder that holds `data` and `grids`.
    let root: URL

    /// Looks for the folder: what the environment names, what `make install` puts beside the tool, the clone that the tool
    /// lies in, and the one that it was built from.
    ///
    /// - Throws: `ShippedDataError` with all places where it was looked for.
    init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL? = Bundle.main.executableURL
    ) throws {
        if let named = environment[Self.variable] {
            let root = URL(fileURLWithPath: named)
            guard Self.isRoot(root) else { throw ShippedDataError.notThere(folder: named) }
            self.root = root
            return
        }
        var places: [URL] = []
        if let executable {
            var folder = executable.resolvingSymlinksInPath().deletingLastPathComponent()
            places.append(folder.deletingLastPathComponent().appendingPathComponent("share/kac"))
            // A build lies in .build/TRIPLE/CONFIGURATION.
            for _ in 0..<3 {
                folder.deleteLastPathComponent()
                places.append(folder)
            }
        }
        places.append(Self.clone)
        guard let root = places.first(where: Self.isRoot) else {
            throw ShippedDataError.notFound(places: [places[0], Self.clone].map(\.path))
        }
        self.root = root
    }

    /// The variable of the environment that names the folder.
    static let variable = "KAC_DATA"

    /// The project that this source stands in.
    static let clone = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }

    private static func isRoot(_ folder: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(
            atPath: folder.appendingPathComponent("data/experiments").path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// All shipped experiments and studies, by name.
    ///
    /// - Throws: `ShippedDataError.unreadable`.
    func examples() throws -> [Example] {
        let folder = root.appendingPathComponent("data/experiments")
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder.path) else {
            throw ShippedDataError.unreadable(folder: folder.path)
        }
        return try names.filter { $0.hasSuffix(".yml") }.map { try Example(file: folder.appendingPathComponent($0)) }
            .sorted { ($0.isStudy ? 1 : 0, $0.name) < ($1.isStudy ? 1 : 0, $1.name) }
    }
}

/// Why there are no examples.
enum ShippedDataError: Error, CustomStringConvertible {
    /// The folder that the environment names does not hold them.
    case notThere(folder: String)
    /// The tool has left the folder that it was built in.
    case notFound(places: [String])
    /// The folder cannot be listed.
    case unreadable(folder: String)
    /// There is no example of this name.
    case unknown(name: String, nearest: String?)
    /// A file of another content has the name of one that would be copied.
    case exists(file: String)
    /// A file cannot be written.
    case notWritable(file: String, reason: String)

    var description: String {
        let variable = ShippedData.variable
        return switch self {
        case .notThere(let folder):
            "\(variable): \(folder) holds no folder data/experiments: expected a clone of the project, or PREFIX/share/kac"
        case .notFound(let places):
            "the examples are not beside this tool (looked for \(places.joined(separator: " and "))): set \(variable) to a clone "
                + "of the project, or install the tool by 'make install'"
        case .unreadable(let folder): "\(folder): the folder cannot be read: check its permissions"
        case .unknown(let name, let nearest):
            "there is no example '\(name)': " + (nearest.map { "did you mean '\($0)'? " } ?? "")
                + "'kac examples' lists them"
        case .exists(let file):
            "\(file): another file of this name exists and is kept, and nothing was copied: choose another folder by --output"
        case .notWritable(let file, let reason):
            "\(file): cannot be written (\(reason)): choose another folder by --output"
        }
    }
}
