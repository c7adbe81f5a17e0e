import Foundation
public import Torus

/// A density on a grid, from a file of whatever kind users keep such arrays in.
///
/// | file | axes |
/// |---|---|
/// | `run.h5`, a run file | its own density, at the last output unless another time is named |
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
    /// - Parameters:
    ///   - dataset: the path of a dataset in an HDF5 file, as after the colon of `any.h5:/group/array`.
    ///   - time: the output of a run file; nil for the last.
    ///   - axes: which angle each axis of an array is, such as `[1, 0]` for an array whose last axis is θ₀; nil for the order
    ///     of the array. A run file knows its axes.
    /// - Throws: `ArchiveError` for HDF5 files, `GridFileError` for the others.
    public static func field(
        at name: String, dataset: String? = nil, time: Double? = nil, axes: [Int]? = nil
    ) throws -> Field {
        try read(name, dataset: dataset, time: time, axes: axes).field
    }

    /// The same, with whether it is the density of a run file, whose period is 2π.
    ///
    /// - Throws: as `field(at:)`.
    public static func read(
        _ name: String, dataset: String? = nil, time: Double? = nil, axes: [Int]? = nil
    ) throws -> (field: Field, isRun: Bool) {
        let (file, path) = dataset.map { (name, $0) } ?? FileName.parts(of: name)
        if let path {
            // The density of a run file has the time for its first axis, whatever it is called by.
            if FileName.isDensity(path), let run = try? RunFileReader.contents(of: URL(fileURLWithPath: file)) {
                return (try field(of: run, name: name, time: time, axes: axes), true)
            }
            try refuse(time, name)
            let array = try array(at: path, in: URL(fileURLWithPath: file))
            return (try field(name, array.values, shape: array.shape, axes: axes), false)
        }
        switch URL(fileURLWithPath: name).pathExtension.lowercased() {
        case "npy":
            try refuse(time, name)
            let array = try NumPyArray(FileName.contents(of: name), name: name)
            let field = try field(
                name, array.values, shape: array.shape, isColumnMajor: array.isColumnMajor, axes: axes)
            return (field, false)
        case "csv", "txt":
            try refuse(time, name)
            let rows = try NumberTable(FileName.contents(of: name), name: name, mayHaveHeader: false).rows
            let isLine = rows.count == 1 || rows[0].count == 1
            let field = try field(
                name, Array(rows.joined()),
                shape: isLine ? [rows.count * rows[0].count] : [rows.count, rows[0].count], axes: axes)
            return (field, false)
        case "h5", "hdf5", "nc":
            do {
                let run = try RunFileReader.contents(of: URL(fileURLWithPath: name))
                return (try field(of: run, name: name, time: time, axes: axes), true)
            } catch ArchiveError.notARunFile(_, let reason) {
                let parts = try RunFileReader.storage(of: URL(fileURLWithPath: name))
                throw GridFileError.noDataset(name: name, reason: reason, datasets: parts.map(\.path))
            }
        default: throw GridFileError.unknownFormat(name: name)
        }
    }

    private static func refuse(_ time: Double?, _ name: String) throws {
        if let time { throw GridFileError.noTimes(name: name, time: time) }
    }

    private static func field(of run: RunContents, name: String, time: Double?, axes: [Int]?) throws -> Field {
        if let axes { throw GridFileError.axes(name: name, found: axes, rank: nil) }
        guard let grid = run.grid else { throw GridFileError.noGrid(name: name) }
        let output = try run.output(at: time, name: name)
        return Field(grid: grid, values: run.densities[output])
    }

    /// An array's values with θ₀ fastest.
    private static func field(
        _ name: String, _ values: [Double], shape: [Int], isColumnMajor: Bool = false, axes: [Int]?
    ) throws -> Field {
        guard (1...3).contains(shape.count) else { throw GridFileError.rank(name: name, shape: shape) }
        guard !values.isEmpty, shape.allSatisfy({ $0 > 0 }) else { throw GridFileError.empty(name: name) }
        let angles = axes ?? Array(shape.indices)
        guard angles.sorted() == Array(shape.indices) else {
            throw GridFileError.axes(name: name, found: angles, rank: shape.count)
        }
        var cells = shape
        for (axis, angle) in angles.enumerated() { cells[angle] = shape[axis] }
        let grid = try PeriodicGrid(cells: cells)
        var strides = [1]
        for count in cells.dropLast() { strides.append(strides[strides.count - 1] * count) }
        // From the fastest axis of the array to its slowest.
        let order = isColumnMajor ? Array(shape.indices) : shape.indices.reversed()
        var turned = values
        for index in values.indices {
            var (rest, place) = (index, 0)
            for axis in order {
                place += rest % shape[axis] * strides[angles[axis]]
                rest /= shape[axis]
            }
            turned[place] = values[index]
        }
        return Field(grid: grid, values: turned)
    }

    /// An array of a foreign HDF5 file.
    static func array(at path: String, in file: URL) throws -> (values: [Double], shape: [Int]) {
        try RunFileReader.reading(file) { root, size in
            let dataset = try root.dataset(at: path)
            try dataset.requireNumbers()
            let shape = try dataset.extent()
            // What a file does not hold is not worth the memory: deflate reaches a factor of a thousand or so. An array that shows
            // others has no bytes of its own.
            let stored = try dataset.chunk() == nil ? size : min(size, dataset.storedBytes())
            var count = 1
            for length in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: length)
                guard !overflow, product <= 1032 / 8 * stored + 1 << 13 else {
                    throw ArchiveError.damaged(
                        path: file.path, part: path, reason: "\(shape) numbers in \(stored) bytes")
                }
                count = product
            }
            return (try dataset.reals(count: count), shape)
        }
    }
}

/// Why a file is not a grid of numbers.
public enum GridFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name says of no format that is known.
    case unknownFormat(name: String)
    /// The file holds no number.
    case empty(name: String)
    /// The run is of more than three angles.
    case noGrid(name: String)
    /// The array has too many or too few axes.
    case rank(name: String, shape: [Int])
    /// The axes are no permutation of the array's; no rank for a file that knows its own.
    case axes(name: String, found: [Int], rank: Int?)
    /// The HDF5 file is none of ours, and no dataset was named.
    case noDataset(name: String, reason: String, datasets: [String])
    /// A time was named for a file that has none.
    case noTimes(name: String, time: Double)
    /// The run has no output at a time.
    case noOutput(name: String, time: Double, times: [Double])
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
        case .noGrid(let name): "\(name): the run has no densities, being of more than three angles"
        case .rank(let name, let shape): "\(name): found an array of shape \(shape), expected one to three axes"
        case .axes(let name, let found, let rank):
            rank.map {
                "\(name): found the axes \(found), expected an order of \(Array(0..<$0)), the angle of each axis of the array"
            } ?? "\(name): found the axes \(found) for a run file, which knows its own: leave them out"
        case .noDataset(let name, let reason, let datasets):
            "\(name): an HDF5 file, but not a run of kac (\(reason)): name one of its datasets, as in \(name):/path; it has "
                + (datasets.isEmpty ? "none" : datasets.joined(separator: ", "))
        case .noTimes(let name, let time):
            "\(name): found the time \(time) for a file that is no run file: leave it out"
        case .noOutput(let name, let time, let times):
            "\(name): there is no output at the time \(time); its outputs are at "
                + times.map { "\($0)" }.joined(separator: ", ")
        case .notText(let name): "\(name): the file is not UTF-8 text, expected numbers between commas"
        case .notANumber(let name, let line, let found): "\(name):\(line): found '\(found)', expected a number"
        case .raggedRow(let name, let line, let found, let expected):
            "\(name):\(line): found \(found) numbers, expected \(expected) as in the first row"
        case .notNumPy(let name, let reason):
            "\(name): \(reason), expected an array of reals in NumPy's format (.npy), as numpy.save(name, array.astype(float)) writes it"
        }
    }
}
