import Foundation

/// A text of numbers between commas, a row a line; empty lines and lines that begin with `#` are passed over.
struct NumberTable {
    /// The names above the columns, when the first line has something else than numbers. A name does not begin as a number does: a line of
    /// `1.5;2` is no header, but numbers written in another way.
    let header: [String]?
    /// The rows, all of one length; at least one.
    let rows: [[Double]]
    /// The line of the file in which each row stands, counted from 1.
    let lines: [Int]

    /// Reads the bytes of a file; `name` stands for it in complaints.
    ///
    /// - Parameter mayHaveHeader: whether the first line may hold names, in quotes or without.
    /// - Throws: `GridFileError`.
    init(_ data: Data, name: String, mayHaveHeader: Bool) throws(GridFileError) {
        guard let text = String(data: data, encoding: .utf8) else { throw .notText(name: name) }
        var header: [String]?
        var rows: [[Double]] = []
        var lines: [Int] = []
        for (index, words) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let trimmed = words.trimmingCharacters(in: .whitespaces.union(["\u{FEFF}"]))
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            let cells = trimmed.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            let row = cells.compactMap(Double.init)
            if mayHaveHeader, rows.isEmpty, header == nil, row.isEmpty {
                let names = cells.map { $0.trimmingCharacters(in: ["\"", "'"]) }
                if let found = names.first(where: { $0.first.map { "+-.0123456789".contains($0) } ?? false }) {
                    throw .notANumber(name: name, line: index + 1, found: found)
                }
                header = names
                continue
            }
            guard row.count == cells.count else {
                let found = cells.first { Double($0) == nil } ?? ""
                throw .notANumber(name: name, line: index + 1, found: found)
            }
            if let expected = header?.count ?? rows.first?.count, expected != row.count {
                throw .raggedRow(name: name, line: index + 1, found: row.count, expected: expected)
            }
            rows.append(row)
            lines.append(index + 1)
        }
        guard !rows.isEmpty else { throw .empty(name: name) }
        (self.header, self.rows, self.lines) = (header, rows, lines)
    }
}
