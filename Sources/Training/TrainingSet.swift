import Foundation
import Torus

/// Inputs `x_a` (angles in radians) with their targets `y_a`, and the held-out part.
public struct TrainingSet: Sendable, Equatable {
    /// Rows of one part: `inputs[a]` in the order of `inputNames`.
    public struct Part: Sendable, Equatable {
        /// One row of angles a datum.
        public var inputs: [[Double]]
        /// One target a datum.
        public var targets: [Double]
        /// A part of the given rows.
        public init(inputs: [[Double]], targets: [Double]) {
            precondition(inputs.count == targets.count, "one target a row")
            self.inputs = inputs
            self.targets = targets
        }
        /// The number of data.
        public var count: Int { targets.count }
    }

    /// Where a datum stands.
    public struct Place: Sendable, Hashable {
        /// The table's path.
        public let path: String
        /// The line at which the row begins; the header's is 1.
        public let line: Int
        /// The row of a table that begins at a line.
        public init(path: String, line: Int) {
            self.path = path
            self.line = line
        }
    }

    /// The expert's inputs.
    public let inputNames: [String]
    /// The data that are trained on.
    public let training: Part
    /// The data that are held out; may be empty.
    public let heldOut: Part
    /// The numbers that stand for the classes, ascending; `nil` for a numerical target.
    public let labels: [Double]?
    /// How many rows of classes that are not listed were dropped.
    public let droppedRows: Int
    /// Where the data stand, the training data first, then the held-out ones; empty for rows that were given.
    public let places: [Place]

    /// A set of given rows.
    public init(
        inputNames: [String], training: Part, heldOut: Part = Part(inputs: [], targets: []), labels: [Double]? = nil,
        droppedRows: Int = 0
    ) {
        self.inputNames = inputNames
        self.training = training
        self.heldOut = heldOut
        self.labels = labels
        self.droppedRows = droppedRows
        places = []
    }

    /// Reads a set from its source.
    ///
    /// - Parameter inputNames: the expert's inputs; the source must feed each of them, and no other.
    /// - Throws: `TrainingError` or `CSVError`, naming the file, line or key.
    public init(_ source: TrainingSource, inputNames: [String]) throws {
        for input in source.inputs where !inputNames.contains(input.name) {
            throw TrainingError.unknownInput(name: input.name, expected: inputNames)
        }
        let columns = try inputNames.map { name in
            guard let input = source.inputs.first(where: { $0.name == name }) else {
                throw TrainingError.missingInput(name: name)
            }
            return input.column
        }
        let selection = try Self.select(CSVTable(contentsOf: source.file), columns, source)
        let maps = try source.range.map { range in
            try zip(inputNames, columns).enumerated().map { index, input -> AffineMap? in
                let (name, column) = input
                if source.unmappedInputs.contains(name) { return nil }
                let values = selection.part.inputs.map { $0[index] }
                guard let low = values.min(), let high = values.max(), low < high else {
                    throw TrainingError.constantColumn(path: source.file.path, column: column, value: values.first ?? 0)
                }
                return AffineMap(from: low...high, onto: range)
            }
        }
        let all = maps.map(selection.part.mapped(by:)) ?? selection.part
        self.inputNames = inputNames
        labels = source.classes.map { Set($0.map(\.value)).sorted() }
        if let evaluation = source.evaluation {
            let other = try Self.select(CSVTable(contentsOf: evaluation), columns, source, mayLackClasses: true)
            training = all
            heldOut = maps.map(other.part.mapped(by:)) ?? other.part
            droppedRows = selection.dropped + other.dropped
            places = selection.places + other.places
        } else {
            let test = Self.heldOutRows(count: all.count, fraction: source.testFraction, seed: source.splitSeed)
            training = all.rows { !test.contains($0) }
            heldOut = all.rows { test.contains($0) }
            droppedRows = selection.dropped
            let (kept, held) = (all.targets.indices.filter { !test.contains($0) }, test.sorted())
            places = (kept + held).map { selection.places[$0] }
        }
        guard training.count > 0 else { throw TrainingError.nothingLeft(path: source.file.path, rows: all.count) }
    }

    /// The rows of the listed classes, not yet mapped to angles; some classes may be absent from held-out rows, not all.
    private static func select(
        _ table: CSVTable, _ columns: [String], _ source: TrainingSource, mayLackClasses: Bool = false
    ) throws -> (part: Part, places: [Place], dropped: Int) {
        let indices = try columns.map(table.index(of:))
        let target = try table.index(of: source.target)
        var part = Part(inputs: [], targets: [])
        var places: [Place] = []
        var seen: Set<String> = []
        for row in table.rows.indices {
            if let classes = source.classes {
                let name = table.rows[row][target].trimmingCharacters(in: .whitespaces)
                seen.insert(name)
                guard let label = classes.first(where: { $0.name == name }) else { continue }
                part.targets.append(label.value)
            } else {
                part.targets.append(try table.number(row: row, column: target))
            }
            part.inputs.append(try indices.map { try table.number(row: row, column: $0) })
            places.append(Place(path: table.path, line: table.lines[row]))
        }
        if let absent = source.classes?.first(where: { !seen.contains($0.name) }), !mayLackClasses || part.count == 0 {
            throw TrainingError.absentClass(path: table.path, name: absent.name, found: seen.sorted())
        }
        return (part, places, table.rows.count - part.count)
    }

    /// The rows with the smallest random keys: a share of all that a seed fixes.
    static func heldOutRows(count: Int, fraction: Double, seed: UInt64) -> Set<Int> {
        // The last counter word keeps the split's numbers apart from the experts'.
        let generator = Philox(seed: seed)
        let keys = (0..<count).map { generator.uniforms(SIMD4(UInt32($0), 0, 0, 0x7370_6C74))[0] }
        let order = (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
        return Set(order.prefix(Int((fraction * Double(count)).rounded())))
    }
}

/// The increasing affine map of one interval onto another, ends exactly onto ends.
private struct AffineMap {
    let source: ClosedRange<Double>
    let target: ClosedRange<Double>

    init(from source: ClosedRange<Double>, onto target: ClosedRange<Double>) {
        self.source = source
        self.target = target
    }

    func callAsFunction(_ value: Double) -> Double {
        let share = (value - source.lowerBound) / (source.upperBound - source.lowerBound)
        return (1 - share) * target.lowerBound + share * target.upperBound
    }
}

extension TrainingSet.Part {
    fileprivate func mapped(by maps: [AffineMap?]) -> Self {
        Self(inputs: inputs.map { row in zip(maps, row).map { $0?($1) ?? $1 } }, targets: targets)
    }

    fileprivate func rows(where isWanted: (Int) -> Bool) -> Self {
        let kept = targets.indices.filter(isWanted)
        return Self(inputs: kept.map { inputs[$0] }, targets: kept.map { targets[$0] })
    }
}

extension TrainingSet {
    /// The share of data whose prediction is nearest to its own label; `nil` without classes or data.
    ///
    /// - Parameters:
    ///   - predictions: the values `F(x_a)`, one a datum of the part.
    ///   - part: the training or held-out part.
    public func accuracy(of predictions: [Double], on part: Part) -> Double? {
        guard let labels, part.count > 0 else { return nil }
        precondition(predictions.count == part.count, "one prediction a datum")
        let right = zip(predictions, part.targets).count { prediction, target in
            labels.min { abs($0 - prediction) < abs($1 - prediction) } == target
        }
        return Double(right) / Double(part.count)
    }
}

extension TrainingSet.Part {
    /// The half mean squared residual `(1/2n) Σ_a (F(x_a) − y_a)²` of given predictions.
    public func loss(of predictions: [Double]) -> Double {
        precondition(predictions.count == count, "one prediction a datum")
        return zip(predictions, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / (2 * Double(count))
    }
}

/// Why a training set cannot be made.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// An input is fed that the expert does not have.
    case unknownInput(name: String, expected: [String])
    /// An input of the expert is not fed.
    case missingInput(name: String)
    /// A column cannot be mapped to a range of angles.
    case constantColumn(path: String, column: String, value: Double)
    /// A listed class does not occur.
    case absentClass(path: String, name: String, found: [String])
    /// No row is left to train on.
    case nothingLeft(path: String, rows: Int)

    /// Where, what was found, what was expected, and what to do.
    public var description: String {
        switch self {
        case .unknownInput(let name, let expected):
            "training.inputs: the expert has no data input '\(name)'; its data inputs are "
                + (expected.isEmpty ? "none" : expected.joined(separator: ", "))
        case .missingInput(let name):
            "training.inputs: the expert's data input '\(name)' has no column: add '\(name): COLUMN'"
        case .constantColumn(let path, let column, let value):
            "\(path): column '\(column)' has the one value \(value) in all selected rows and cannot be mapped to "
                + "training.range: choose another column or leave the range out"
        case .absentClass(let path, let name, let found):
            "\(path): no row has the class '\(name)'; found \(found.prefix(8).joined(separator: ", "))"
        case .nothingLeft(let path, let rows):
            "\(path): no row is left to train on out of \(rows): hold fewer out or list other classes"
        }
    }
}
