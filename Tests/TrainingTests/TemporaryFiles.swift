import Foundation

/// Files that live as long as this object.
final class TemporaryFiles {
    private var made: [URL] = []

    func file(_ data: Data) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("kac-\(UUID().uuidString).csv")
        try data.write(to: url)
        made.append(url)
        return url
    }

    func file(_ text: String) throws -> URL { try file(Data(text.utf8)) }

    deinit {
        for url in made { try? FileManager.default.removeItem(at: url) }
    }
}
