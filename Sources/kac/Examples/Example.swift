import Foundation

/// A shipped experiment or study.
struct Example {
    /// The name of its file without the extension.
    let name: String
    /// Its file.
    let file: URL
    /// What it shows: the first sentence of the comment that its file begins with, or its title.
    let summary: String
    /// Whether it is a study, for `kac rates`.
    let isStudy: Bool

    /// Reads the head of an experiment file.
    ///
    /// - Throws: `MissingInput`, and `ExperimentError` when the file is not YAML.
    init(file: URL) throws {
        self.file = file
        name = file.deletingPathExtension().lastPathComponent
        let text = try Experiment.contents(of: file.path, role: "an example")
        let keys = try Dictionary(
            ConfigurationNode(yaml: text, source: file.relativePathIfShorter).entries(), uniquingKeysWith: { $1 })
        isStudy = keys["study"] != nil
        let comment = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("#") }
            .map { $0.dropFirst().trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        let sentence = comment.firstRange(of: ". ").map { String(comment[..<$0.lowerBound]) + "." } ?? comment
        summary = try sentence.isEmpty ? keys["title"]?.text() ?? name : sentence
    }

    /// A file of the example with its contents, to be written into a folder.
    struct Part: Equatable {
        let name: String
        let contents: Data
    }

    /// The experiment and every file that it names, for one folder: the names lose their folders.
    ///
    /// - Throws: what reading the experiment throws.
    func parts() throws -> [Part] {
        let read = try Experiment(contentsOf: file.path, for: .limit)
        var files = Dictionary(uniqueKeysWithValues: try read.inputs.contents().map { ($0.name, $0.bytes) })
        // What the values of a sweep name.
        if let section = try read.study.map(StudySection.init), section.kind == .sweep {
            for value in section.sweep.values {
                let variant = try Experiment(
                    contentsOf: file.path, overrides: ["\(section.sweep.key)=\(value)"], for: .limit)
                for (name, bytes) in try variant.inputs.contents() { files[name] = bytes }
            }
        }
        var text = read.text
        // The longest first: a name may end with another.
        for name in files.keys.sorted(by: { ($0.count, $0) > ($1.count, $1) }) {
            text = text.replacing(name, with: Self.lastComponent(name))
        }
        return [Part(name: file.lastPathComponent, contents: Data(text.utf8))]
            + files.sorted { $0.key < $1.key }.map { Part(name: Self.lastComponent($0.key), contents: $0.value) }
    }

    private static func lastComponent(_ name: String) -> String { URL(fileURLWithPath: name).lastPathComponent }

    /// Writes the example into a folder, which is made when it is not there; files that are there already with the same
    /// contents are left alone.
    ///
    /// - Returns: the files.
    /// - Throws: `ShippedDataError` before anything is written when another file is in the way.
    func copy(to folder: URL) throws -> [URL] {
        let parts = try self.parts()
        let files = parts.map { folder.appendingPathComponent($0.name) }
        for (part, file) in zip(parts, files) where FileManager.default.fileExists(atPath: file.path) {
            guard FileManager.default.contents(atPath: file.path) == part.contents else {
                throw ShippedDataError.exists(file: file.relativePathIfShorter)
            }
        }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (part, file) in zip(parts, files) where !FileManager.default.fileExists(atPath: file.path) {
                try part.contents.write(to: file, options: [.atomic])
            }
        } catch {
            throw ShippedDataError.notWritable(
                file: folder.relativePathIfShorter, reason: error.localizedDescription)
        }
        return files
    }
}
