import Experts
public import Foundation
import SwiftCSV

/// A text table with a header: columns by name, and the line of every row for messages.
public struct CSVTable: Sendable {
    /// The file's path, as messages name it.
    public let path: String
    /// The names in the header, in the file's order.
    public let header: [String]
    /// The rows' cells, in the header's order.
    public let rows: [[String]]
    /// The line in the file at which each row begins; the header's is 1.
    public let lines: [Int]

    /// Reads a comma-, semicolon- or tab-separated file with a header; cells may be quoted.
    ///
    /// - Throws: `CSVError` when the file cannot be read, has no header or no rows, repeats a column, a row has another
    ///   number of cells than the header, or quotes do not pair up.
    public init(contentsOf url: URL, named path: String? = nil) throws {
        let path = path ?? url.path
        guard let data = FileManager.default.contents(atPath: url.path) else { throw CSVError.unreadable(path: path) }
        guard let text = String(data: data, encoding: .utf8) else { throw CSVError.notText(path: path) }
        try self.init(text: text, path: path)
    }

    /// Reads the text of such a file.
    ///
    /// - Throws: as the reader of a file.
    public init(text: String, path: String) throws {
        self.path = path
        // Carriage return and line feed count as one character, a newline, for the parser and for the lines here. The
        // parser loses an empty last cell that no newline ends.
        let text = text.last?.isNewline == true ? text : text + "\n"
        var table: [[String]] = []
        func lines(_ rows: some Sequence<[String]>) -> Int {
            rows.reduce(0) { $0 + $1.reduce(1) { $0 + $1.count(where: \.isNewline) } }
        }
        do {
            let csv = try EnumeratedCSV(
                string: text, delimiter: CSVDelimiter.guessed(string: text), loadColumns: false, rowLimit: 0)
            try csv.enumerateAsArray(startAt: 0, rowLimit: nil) { table.append($0) }
        } catch {
            throw CSVError.strayQuote(path: path, line: 1 + lines(table))
        }
        // Quotes pair up in every row that the parser ends, so an odd one out is open in the last row, which it
        // filled with the rest of the text.
        guard text.count(where: { $0 == "\"" }).isMultiple(of: 2) else {
            throw CSVError.openQuote(path: path, line: 1 + lines(table.dropLast()))
        }
        guard let first = table.first, first.contains(where: { !$0.isEmpty }) else {
            throw CSVError.noHeader(path: path)
        }
        let names = first.map { $0.trimmingCharacters(in: .whitespaces) }
        header = names
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw CSVError.repeatedColumn(path: path, name: name)
        }
        var line = 1
        var rows: [[String]] = []
        var starts: [Int] = []
        for (previous, cells) in zip(table, table.dropFirst()) {
            line += lines(CollectionOfOne(previous))
            if cells.allSatisfy(\.isEmpty), cells.count <= 1 { continue }
            guard cells.count == names.count else {
                throw CSVError.raggedRow(path: path, line: line, found: cells.count, expected: names.count)
            }
            rows.append(cells)
            starts.append(line)
        }
        guard !rows.isEmpty else { throw CSVError.noRows(path: path) }
        self.rows = rows
        self.lines = starts
    }

    /// The position of a column.
    ///
    /// - Throws: `CSVError.unknownColumn`, which names the nearest.
    public func index(of column: String) throws -> Int {
        guard let index = header.firstIndex(of: column) else {
            throw CSVError.unknownColumn(path: path, name: column, header: header)
        }
        return index
    }

    /// A cell as a finite number.
    ///
    /// - Throws: `CSVError.notANumber` with the file, line and column.
    public func number(row: Int, column: Int) throws -> Double {
        let text = rows[row][column].trimmingCharacters(in: .whitespaces)
        guard let value = Double(text), value.isFinite else {
            throw CSVError.notANumber(path: path, line: lines[row], column: header[column], found: text)
        }
        return value
    }
}

/// Why a table cannot be used.
public enum CSVError: Error, Equatable, CustomStringConvertible {
    /// The file does not exist or cannot be read.
    case unreadable(path: String)
    /// The file is not UTF-8 text.
    case notText(path: String)
    /// Text follows a closing quote, or a quote stands alone in a cell without quotes.
    case strayQuote(path: String, line: Int)
    /// A quote is never closed.
    case openQuote(path: String, line: Int)
    /// The file begins with no header.
    case noHeader(path: String)
    /// The file has a header alone.
    case noRows(path: String)
    /// A column's name stands twice in the header.
    case repeatedColumn(path: String, name: String)
    /// A row has another number of cells than the header.
    case raggedRow(path: String, line: Int, found: Int, expected: Int)
    /// The header has no such column.
    case unknownColumn(path: String, name: String, header: [String])
    /// A cell that must be a finite number is not.
    case notANumber(path: String, line: Int, column: String, found: String)

    /// Where, what was found, and what was expected.
    public var description: String {
        switch self {
        case .unreadable(let path): "\(path): cannot be read: check the path and the permissions"
        case .notText(let path): "\(path): is not UTF-8 text: save the table as UTF-8"
        case .strayQuote(let path, let line):
            "\(path):\(line): found text after a closing quote or a single quote mark inside a cell, expected quotes "
                + "around the whole cell and every quote mark inside it doubled"
        case .openQuote(let path, let line):
            "\(path):\(line): found a quote that the file never closes, expected a closing one before the next cell"
        case .noHeader(let path): "\(path):1: found no header, expected the names of the columns"
        case .noRows(let path): "\(path): found a header and no rows, expected at least one row"
        case .repeatedColumn(let path, let name): "\(path):1: the column '\(name)' stands twice: rename one"
        case .raggedRow(let path, let line, let found, let expected):
            "\(path):\(line): found \(found) cells, expected \(expected) as in the header"
        case .unknownColumn(let path, let name, let header):
            "\(path):1: no column '\(name)': "
                + (NearestName.nearest(to: name, among: header).map { "did you mean '\($0.name)'? " } ?? "")
                + "the columns are \(header.joined(separator: ", "))"
        case .notANumber(let path, let line, let column, let found):
            "\(path):\(line): column '\(column)': found \(found.isEmpty ? "an empty cell" : "'\(found)'"), "
                + "expected a finite number"
        }
    }
}
