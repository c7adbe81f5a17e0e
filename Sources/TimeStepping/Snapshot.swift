/// What a computation needs to go on later as if it had not stopped: numbers and texts by name, and parts within parts.
///
/// ```swift
/// var snapshot = Snapshot()
/// snapshot.store([0.25], as: "time")
/// try snapshot.real("time")    // 0.25
/// ```
///
/// Arrays share their memory with whom they were taken from until one of the two changes.
public struct Snapshot: Sendable {
    /// A stored value; scalars are arrays of one.
    public enum Value: Sendable {
        /// Reals, to the bit.
        case reals([Double])
        /// Whole numbers.
        case integers([Int64])
        /// A text.
        case text(String)
    }

    /// The values by name.
    public private(set) var values: [String: Value] = [:]
    /// The parts by name.
    public var parts: [String: Snapshot] = [:]

    /// A snapshot of nothing.
    public init() {}

    /// Whether nothing is stored.
    public var isEmpty: Bool { values.isEmpty && parts.isEmpty }

    // MARK: Storing

    /// Stores a value of any kind.
    public mutating func store(_ value: Value, as name: String) { values[name] = value }

    /// Stores reals.
    public mutating func store(_ reals: [Double], as name: String) { values[name] = .reals(reals) }

    /// Stores a real.
    public mutating func store(_ real: Double, as name: String) { values[name] = .reals([real]) }

    /// Stores a real or that there is none.
    public mutating func store(_ real: Double?, as name: String) { values[name] = .reals(real.map { [$0] } ?? []) }

    /// Stores whole numbers.
    public mutating func store(_ integers: [Int], as name: String) {
        values[name] = .integers(integers.map { Int64($0) })
    }

    /// Stores a whole number.
    public mutating func store(_ integer: Int, as name: String) { store([integer], as: name) }

    /// Stores a text.
    public mutating func store(_ text: String, as name: String) { values[name] = .text(text) }

    // MARK: Finding again

    /// The reals of a name.
    ///
    /// - Parameter count: how many there have to be; `nil` for any number.
    /// - Throws: `SnapshotError`.
    public func reals(_ name: String, count: Int? = nil) throws(SnapshotError) -> [Double] {
        guard case .reals(let found)? = values[name] else { throw .missing(name) }
        guard count == nil || found.count == count else { throw .otherCount(name, found: found.count) }
        return found
    }

    /// The real of a name.
    ///
    /// - Throws: `SnapshotError`.
    public func real(_ name: String) throws(SnapshotError) -> Double { try reals(name, count: 1)[0] }

    /// The real of a name, or `nil` where it was stored that there is none.
    ///
    /// - Throws: `SnapshotError`.
    public func optionalReal(_ name: String) throws(SnapshotError) -> Double? {
        let found = try reals(name)
        guard found.count <= 1 else { throw .otherCount(name, found: found.count) }
        return found.first
    }

    /// The whole numbers of a name.
    ///
    /// - Throws: `SnapshotError`.
    public func integers(_ name: String, count: Int? = nil) throws(SnapshotError) -> [Int] {
        guard case .integers(let found)? = values[name] else { throw .missing(name) }
        guard count == nil || found.count == count else { throw .otherCount(name, found: found.count) }
        return found.map { Int($0) }
    }

    /// The whole number of a name, at least `least`.
    ///
    /// - Throws: `SnapshotError`.
    public func integer(_ name: String, atLeast least: Int = .min) throws(SnapshotError) -> Int {
        let found = try integers(name, count: 1)[0]
        guard found >= least else { throw .missing(name) }
        return found
    }

    /// The text of a name.
    ///
    /// - Throws: `SnapshotError`.
    public func text(_ name: String) throws(SnapshotError) -> String {
        guard case .text(let found)? = values[name] else { throw .missing(name) }
        return found
    }

    /// The part of a name.
    ///
    /// - Throws: `SnapshotError`.
    public func part(_ name: String) throws(SnapshotError) -> Snapshot {
        guard let found = parts[name] else { throw .missing(name) }
        return found
    }
}

/// Why a computation cannot go on from a snapshot.
public enum SnapshotError: Error, Equatable, CustomStringConvertible {
    /// There is no such value, or one of another kind.
    case missing(String)
    /// There are more or fewer numbers than the computation has.
    case otherCount(String, found: Int)

    /// What was found.
    public var description: String {
        switch self {
        case .missing(let name): "the value '\(name)' is missing or of another kind"
        case .otherCount(let name, let found): "the value '\(name)' has \(found) numbers, which do not fit"
        }
    }
}
