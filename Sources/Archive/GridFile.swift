import Foundation
public import Torus

/// A density on a grid, from a file of whatever kind users keep such arrays in.
///
/// | file | axes |
/// |---|---|
/// | `run.h5`, a run file | its density at the last output |
/// | `any.h5:/group/array`, a dataset of any HDF5 file | axis 0 is θ₀ |
/// | `any.npy`, NumPy's format | axis 0 is θ₀ |
/// | `any.csv`, numbers between commas | a row a cell of θ₀, a column a cell of θ₁; one row or one column for one angle |
///
/// ```swift
/// let density = try GridFile.field(at: "density.npy")
/// ```
public enum GridFile {
    /// The cell averages in a file.
    ///
    /// - Throws: `ArchiveError` for HDF5 files, `GridFileError` for the others.
    public static func field(at name: String) throws -> Field {
        if let (file, path) = dataset(in: name) {
            let array = try array(at: path, in: URL(fileURLWithPath: file))
            return try field(name, rowMajor: array.values, shape: array.shape)
        }
        switch URL(fileURLWithPath: name).pathExtension.lowercased() {
        case "npy":
            let array = try NumPyArray(contents(of: name), name: name)
            return try array.isColumnMajor
                ? field(name, columnMajor: array.values, shape: array.shape)
                : field(name, rowMajor: array.values, shape: array.shape)
        case "csv", "txt":
            let rows = try numbers(contents(of: name), name: name)
            let isLine = rows.count == 1 || rows[0].count == 1
            return try field(
                name, rowMajor: Array(rows.joined()),
                shape: isLine ? [rows.count * rows[0].count] : [rows.count, rows[0].count])
        case "h5", "hdf5", "nc":
            let run = try RunFileReader.contents(of: URL(fileURLWithPath: name))
            guard let last = run.densities.last else { throw GridFileError.empty(name: name) }
            return Field(grid: run.grid, values: last)
        default: throw GridFileError.unknownFormat(name: name)
        }
    }

    /// `file.h5:/path` as its two parts.
    private static func dataset(in name: String) -> (file: String, path: String)? {
        guard let range = name.range(of: ":/", options: .backwards) else { return nil }
        return (String(name[..<range.lowerBound]), String(name[name.index(after: range.lowerBound)...]))
    }

    private static func contents(of name: String) throws -> Data {
        guard FileManager.default.fileExists(atPath: name) else { throw ArchiveError.notFound(path: name) }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: name))
        } catch {
            throw ArchiveError.notReadable(path: name, reason: error.localizedDescription)
        }
    }

    /// Axis 0 slowest, as C and NumPy store: turned to θ₀ fastest.
    private static func field(_ name: String, rowMajor values: [Double], shape: [Int]) throws -> Field {
        let grid = try grid(name, shape: shape, count: values.count)
        // The last axis is fastest in the source, the first in the field.
        var strides = [1]
        for cells in shape.dropLast() { strides.append(strides[strides.count - 1] * cells) }
        var turned = values
        for index in values.indices {
            var (rest, place) = (index, 0)
            for (cells, stride) in zip(shape, strides).reversed() {
                place += rest % cells * stride
                rest /= cells
            }
            turned[place] = values[index]
        }
        return Field(grid: grid, values: turned)
    }

    private static func field(_ name: String, columnMajor values: [Double], shape: [Int]) throws -> Field {
        Field(grid: try grid(name, shape: shape, count: values.count), values: values)
    }

    private static func grid(_ name: String, shape: [Int], count: Int) throws -> PeriodicGrid {
        guard (1...3).contains(shape.count) else { throw GridFileError.rank(name: name, shape: shape) }
        guard count > 0, shape.allSatisfy({ $0 > 0 }) else { throw GridFileError.empty(name: name) }
        return try PeriodicGrid(cells: shape)
    }

    /// An array of a foreign HDF5 file.
    private static func array(at path: String, in file: URL) throws -> (values: [Double], shape: [Int]) {
        try RunFileReader.reading(file) { root, size in
            let dataset = try root.dataset(at: path)
            let shape = try dataset.extent()
            // What a file does not hold is not worth the memory: deflate reaches a factor of a thousand or so.
            let count = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
            guard count >= 0, count / 2000 <= size else {
                throw ArchiveError.damaged(path: file.path, part: path, reason: "\(shape) numbers in \(size) bytes")
            }
            return (try dataset.reals(count: count), shape)
        }
    }

    /// The rows of a text of numbers between commas; empty lines and lines that begin with # are passed over.
    private static func numbers(_ data: Data, name: String) throws -> [[Double]] {
        guard let text = String(data: data, encoding: .utf8) else { throw GridFileError.notText(name: name) }
        var rows: [[Double]] = []
        for (line, words) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = words.trimmingCharacters(in: .whitespaces)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            let row = try trimmed.split(separator: ",", omittingEmptySubsequences: false).map { word -> Double in
                guard let value = Double(word.trimmingCharacters(in: .whitespaces)) else {
                    throw GridFileError.notANumber(name: name, line: line + 1, found: String(word))
                }
                return value
            }
            if let first = rows.first, first.count != row.count {
                throw GridFileError.raggedRow(name: name, line: line + 1, found: row.count, expected: first.count)
            }
            rows.append(row)
        }
        guard !rows.isEmpty else { throw GridFileError.empty(name: name) }
        return rows
    }
}

/// Why a file is not a grid of numbers.
public enum GridFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name says of no format that is known.
    case unknownFormat(name: String)
    /// The file holds no number.
    case empty(name: String)
    /// The array has too many or too few axes.
    case rank(name: String, shape: [Int])
    /// The file is not UTF-8 text.
    case notText(name: String)
    /// Something else than a number stands in a line.
    case notANumber(name: String, line: Int, found: String)
    /// A row has another number of columns than the first.
    case raggedRow(name: String, line: Int, found: Int, expected: Int)
    /// The file is not an array of NumPy's, or one of another kind.
    case notNumPy(name: String, reason: String)

    /// Where, what was found, what was expected.
    public var description: String {
        switch self {
        case .unknownFormat(let name):
            "\(name): expected a grid in a file .npy, .csv or .h5 (a run file), or a dataset as in file.h5:/path"
        case .empty(let name): "\(name): the file holds no numbers"
        case .rank(let name, let shape): "\(name): found an array of shape \(shape), expected one to three axes"
        case .notText(let name): "\(name): the file is not UTF-8 text, expected numbers between commas"
        case .notANumber(let name, let line, let found): "\(name):\(line): found '\(found)', expected a number"
        case .raggedRow(let name, let line, let found, let expected):
            "\(name):\(line): found \(found) numbers, expected \(expected) as in the first row"
        case .notNumPy(let name, let reason): "\(name): \(reason), expected an array of reals in NumPy's format (.npy)"
        }
    }
}
