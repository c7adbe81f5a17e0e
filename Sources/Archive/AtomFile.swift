import Foundation

/// Weighted atoms on a torus, from a file of whatever kind users keep such lists in.
///
/// | file | columns |
/// |---|---|
/// | `run.h5`, a run file | its experts, at the last output unless another time is named |
/// | `any.h5:/group/array`, a dataset of any HDF5 file | a row an atom, a column an angle; one axis for one angle |
/// | `any.npy`, NumPy's format | the same |
/// | `any.csv`, numbers between commas | the same; a first line may name the columns, and the one named `weight` or `weights` holds the weights |
///
/// ```swift
/// let atoms = try AtomFile(contentsOf: "atoms.csv")
/// ```
public struct AtomFile: Sendable, Equatable {
    /// The angles as they stand in the file, `[axis][atom]`.
    public let angles: [[Double]]
    /// The weights, when the file has any.
    public let weights: [Double]?
    /// Whether the file is a run file, whose angles have the period 2π.
    public let isRun: Bool

    /// The number of atoms.
    public var count: Int { angles.first?.count ?? 0 }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - time: the output of a run file; nil for the last.
    ///   - ensembleCount: the number of experts of the ensemble of a run file; nil for the one that it has.
    ///   - replicate: the replicate of that ensemble; nil for the one that it has, which is 0.
    ///   - largestDimension: the most angles of an atom.
    /// - Throws: `ArchiveError` for HDF5 files, `GridFileError` or `AtomFileError` for the others.
    public init(
        contentsOf name: String, time: Double? = nil, ensembleCount: Int? = nil, replicate: Int? = nil,
        largestDimension: Int = 3
    ) throws {
        let (file, path) = FileName.parts(of: name)
        if path == nil, ["h5", "hdf5", "nc"].contains(URL(fileURLWithPath: name).pathExtension.lowercased()) {
            do {
                let run = try RunFileReader.contents(of: URL(fileURLWithPath: name))
                try self.init(run, name: name, time: time, ensembleCount: ensembleCount, replicate: replicate)
                return
            } catch ArchiveError.notARunFile(_, let reason) {
                let parts = try RunFileReader.storage(of: URL(fileURLWithPath: name))
                throw GridFileError.noDataset(name: name, reason: reason, datasets: parts.map(\.path))
            }
        }
        if let time { throw GridFileError.noTimes(name: name, time: time) }
        if ensembleCount != nil || replicate != nil { throw AtomFileError.noEnsembles(name: name) }
        if let path {
            let array = try GridFile.array(at: path, in: URL(fileURLWithPath: file))
            try self.init(
                name, array.values, shape: array.shape, isColumnMajor: false, largestDimension: largestDimension)
            return
        }
        switch URL(fileURLWithPath: name).pathExtension.lowercased() {
        case "npy":
            let array = try NumPyArray(FileName.contents(of: name), name: name)
            try self.init(
                name, array.values, shape: array.shape, isColumnMajor: array.isColumnMajor,
                largestDimension: largestDimension)
        case "csv", "txt":
            try self.init(
                NumberTable(FileName.contents(of: name), name: name, mayHaveHeader: true), name: name,
                largestDimension: largestDimension)
        default: throw AtomFileError.unknownFormat(name: name)
        }
    }

    private init(
        _ run: RunContents, name: String, time: Double?, ensembleCount: Int?, replicate: Int?
    ) throws {
        let experts = try run.storedEnsemble(count: ensembleCount, replicate: replicate, name: name)
        let output = try run.output(at: time, name: name)
        angles = experts.positions.map { $0[output] }
        let weights = experts.weights[output]
        self.weights = weights.allSatisfy { $0 == weights.first } ? nil : weights
        isRun = true
    }

    private init(
        _ name: String, _ values: [Double], shape: [Int], isColumnMajor: Bool, largestDimension: Int
    ) throws {
        guard (1...2).contains(shape.count), (shape.count == 1 ? 1 : shape[1]) <= largestDimension else {
            throw AtomFileError.shape(name: name, shape: shape, largest: largestDimension)
        }
        let (count, axes) = (shape[0], shape.count == 1 ? 1 : shape[1])
        guard count > 0, axes > 0 else { throw AtomFileError.noAtoms(name: name) }
        let (atomStride, axisStride) = isColumnMajor ? (1, count) : (axes, 1)
        angles = (0..<axes).map { axis in (0..<count).map { values[$0 * atomStride + axis * axisStride] } }
        for atom in 0..<count {
            for axis in 0..<axes where !angles[axis][atom].isFinite {
                throw AtomFileError.notFinite(name: name, place: "atom \(atom)", value: angles[axis][atom])
            }
        }
        weights = nil
        isRun = false
    }

    private init(_ table: NumberTable, name: String, largestDimension: Int) throws {
        let weightColumns = (table.header ?? []).indices.filter {
            ["weight", "weights"].contains(table.header?[$0].lowercased())
        }
        guard weightColumns.count <= 1 else {
            throw AtomFileError.weightColumns(name: name, header: table.header ?? [])
        }
        let column = weightColumns.first
        let columns = table.rows[0].indices.filter { $0 != column }
        guard (1...largestDimension).contains(columns.count) else {
            throw AtomFileError.columns(
                name: name, angles: columns.count, header: table.header, largest: largestDimension)
        }
        for (row, line) in zip(table.rows, table.lines) {
            if let value = row.first(where: { !$0.isFinite }) {
                throw AtomFileError.notFinite(name: name, place: "line \(line)", value: value)
            }
            if let column, row[column] < 0 {
                throw AtomFileError.negativeWeight(name: name, line: line, value: row[column])
            }
        }
        angles = columns.map { column in table.rows.map { $0[column] } }
        weights = column.map { column in table.rows.map { $0[column] } }
        isRun = false
    }
}

/// Why a file is not a list of atoms.
public enum AtomFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name says of no format that is known.
    case unknownFormat(name: String)
    /// The file holds no atom.
    case noAtoms(name: String)
    /// The array has too many axes or columns.
    case shape(name: String, shape: [Int], largest: Int)
    /// The table has no column of angles or too many.
    case columns(name: String, angles: Int, header: [String]?, largest: Int)
    /// More than one column is named as the weights are.
    case weightColumns(name: String, header: [String])
    /// An angle or weight is infinite or not a number.
    case notFinite(name: String, place: String, value: Double)
    /// A weight is below zero.
    case negativeWeight(name: String, line: Int, value: Double)
    /// The run has no experts.
    case noExperts(name: String)
    /// The run file has other ensembles than the one asked for, by sizes the numbers of their replicates.
    case notStored(name: String, count: Int, replicate: Int, replicates: [Int: Int])
    /// An ensemble was named for a file that has none.
    case noEnsembles(name: String)

    /// Where, what was found, what was expected.
    public var description: String {
        switch self {
        case .unknownFormat(let name):
            "\(name): expected atoms in a file .csv, .npy or .h5 (a run file), or a dataset as in file.h5:/path"
        case .noAtoms(let name): "\(name): found no atoms, expected at least one"
        case .shape(let name, let shape, let largest):
            "\(name): found an array of shape \(shape), expected a row an atom and one to "
                + "\(largest == 3 ? "three" : "\(largest)") columns"
        case .columns(let name, let angles, let header, let largest):
            "\(name): found \(angles) columns of angles\(header.map { " (\($0.joined(separator: ", ")))" } ?? ""), "
                + "expected one to \(largest == 3 ? "three" : "\(largest)"); a column of weights is named weight in the first line"
        case .weightColumns(let name, let header):
            "\(name): found more than one column of weights (\(header.joined(separator: ", "))), expected one"
        case .notFinite(let name, let place, let value): "\(name): \(place): found \(value), expected a finite number"
        case .negativeWeight(let name, let line, let value):
            "\(name):\(line): found the weight \(value), expected no negative weight"
        case .noExperts(let name): "\(name): the run has no experts: it was solved without particles"
        case .notStored(let name, let count, let replicate, let replicates):
            "\(name): asked for \(count) experts, replicate \(replicate); the run file has "
                + replicates.sorted { $0.key < $1.key }
                .map { "\($0.key) experts, \($0.value == 1 ? "replicate 0" : "replicates 0 to \($0.value - 1)")" }
                .joined(separator: "; ")
                + (replicates.values.reduce(0, +) == 1 ? "; 'kac run --store-ensembles all' keeps all of them" : "")
        case .noEnsembles(let name):
            "\(name): a number of experts or a replicate was named for a file that is no run file: leave them out"
        }
    }
}
