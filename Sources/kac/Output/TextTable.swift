/// Columns of text, aligned for a terminal: the first to the left, the others to the right.
struct TextTable {
    var rows: [[String]]

    init(header: [String]) { rows = [header] }

    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }.joined(separator: "   ").replacing(/\s+$/, with: "")
        }.joined(separator: "\n")
    }
}
