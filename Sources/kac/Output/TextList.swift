/// Lines of a name and what it stands for, aligned.
struct TextList {
    private var lines: [(String, String)] = []

    mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }

    var text: String {
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { $0 + String(repeating: " ", count: width - $0.count + 3) + $1 }.joined(separator: "\n")
    }
}
