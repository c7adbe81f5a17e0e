import Foundation

/// A vector-valued function of time made of polynomials on adjoining intervals: a history with dense output.
///
/// Each piece is given by its values at the Chebyshev–Lobatto points of its interval and is evaluated by the barycentric
/// formula (Berrut, Trefethen, *Barycentric Lagrange interpolation*, SIAM Rev. 46 (2004)).
public struct PiecewisePolynomial: Sendable {
    /// The number of components.
    public let dimension: Int
    /// The degree of every piece.
    public let degree: Int
    /// The ends of the intervals, increasing; one more than there are pieces.
    public private(set) var breakpoints: [Double]
    /// Values `[piece][point][component]`.
    private var values: [Double] = []

    /// A history without pieces that starts at a time.
    public init(dimension: Int, degree: Int, start: Double) {
        precondition(degree >= 1 && dimension >= 0)
        self.dimension = dimension
        self.degree = degree
        breakpoints = [start]
    }

    /// The first time.
    public var start: Double { breakpoints[0] }
    /// The last time.
    public var end: Double { breakpoints[breakpoints.count - 1] }
    /// The number of pieces.
    public var pieceCount: Int { breakpoints.count - 1 }

    /// The times at which a piece from `end` to `newEnd` wants its values, the two ends included.
    public func nodes(upTo newEnd: Double) -> [Double] {
        (0...degree).map { point in
            switch point {
            case 0: end
            case degree: newEnd
            default: end + (newEnd - end) * 0.5 * (1 - cos(.pi * Double(point) / Double(degree)))
            }
        }
    }

    /// Appends the piece from `end` to `newEnd`.
    ///
    /// - Parameter samples: the values at `nodes(upTo:)`, one vector a node.
    public mutating func append(upTo newEnd: Double, samples: [[Double]]) {
        precondition(newEnd > end && samples.count == degree + 1)
        precondition(samples.allSatisfy { $0.count == dimension })
        for sample in samples { values.append(contentsOf: sample) }
        breakpoints.append(newEnd)
    }

    /// Appends the piece from `end` to `newEnd`, without arrays of its own.
    ///
    /// - Parameter sample: writes the value at a place of the interval, from 0 at `end` to 1 at `newEnd`.
    public mutating func append(
        upTo newEnd: Double, sample: (_ place: Double, _ value: UnsafeMutablePointer<Double>) -> Void
    ) {
        precondition(newEnd > end)
        let first = values.count
        for _ in 0..<(degree + 1) * dimension { values.append(0) }
        values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for point in 0...degree {
                let place = point == degree ? 1 : 0.5 * (1 - cos(.pi * Double(point) / Double(degree)))
                sample(place, base + (first + point * dimension))
            }
        }
        breakpoints.append(newEnd)
    }

    /// Writes the function's value at a time within `[start, end]`.
    ///
    /// Cost: a binary search and `(degree + 1)·dimension` multiplications.
    public func evaluate(at time: Double, into result: UnsafeMutablePointer<Double>) {
        precondition(pieceCount > 0 && time >= start && time <= end, "time \(time) is outside [\(start), \(end)]")
        var low = 0
        var high = pieceCount - 1
        while low < high {
            let middle = (low + high) / 2
            if breakpoints[middle + 1] < time { low = middle + 1 } else { high = middle }
        }
        let (left, right) = (breakpoints[low], breakpoints[low + 1])
        let x = (time - left) / (right - left)
        values.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress else { return }
            let piece = base + low * (degree + 1) * dimension
            for c in 0..<dimension { result[c] = 0 }
            var total = 0.0
            for point in 0...degree {
                let node = 0.5 * (1 - cos(.pi * Double(point) / Double(degree)))
                let sample = piece + point * dimension
                if x == node {
                    for c in 0..<dimension { result[c] = sample[c] }
                    return
                }
                let half = point == 0 || point == degree ? 0.5 : 1.0
                let weight = (point % 2 == 0 ? half : -half) / (x - node)
                total += weight
                for c in 0..<dimension { result[c] += weight * sample[c] }
            }
            for c in 0..<dimension { result[c] /= total }
        }
    }

    /// The function's value at a time within `[start, end]`.
    public func value(at time: Double) -> [Double] {
        var result = Array(repeating: 0.0, count: dimension)
        result.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { evaluate(at: time, into: base) } }
        return result
    }
}

extension PiecewisePolynomial {
    /// All of it.
    public var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.store([dimension, degree], as: "shape")
        snapshot.store(breakpoints, as: "breakpoints")
        snapshot.store(values, as: "values")
        return snapshot
    }

    /// The function of a snapshot.
    ///
    /// - Throws: `SnapshotError`.
    public init(_ snapshot: Snapshot) throws {
        let shape = try snapshot.integers("shape", count: 2)
        let breakpoints = try snapshot.reals("breakpoints")
        guard shape[0] >= 0, shape[1] >= 1, !breakpoints.isEmpty else { throw SnapshotError.missing("shape") }
        self.init(dimension: shape[0], degree: shape[1], start: breakpoints[0])
        self.breakpoints = breakpoints
        values = try snapshot.reals("values", count: (breakpoints.count - 1) * (degree + 1) * dimension)
    }
}
