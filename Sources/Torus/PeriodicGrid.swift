import Foundation

/// A uniform grid of cells on the flat torus `[0, 2π)^d`.
///
/// ```swift
/// let grid = try PeriodicGrid(cells: [128, 64])    // 128 along θ₀, 64 along θ₁
/// grid.spacing(axis: 1)                            // 2π/64
/// ```
///
/// Axis 0 is the first angle θ₀. Cell `i` of an axis with `n` cells is `[i·h, (i+1)·h)`, `h = 2π/n`.
/// Values on the grid are stored with θ₀ fastest: the cell `(i₀, i₁, …)` is at `i₀ + n₀·(i₁ + n₁·(…))`.
public struct PeriodicGrid: Sendable, Hashable {
    /// Cells along each axis, θ₀ first.
    public let cells: [Int]

    /// A grid with the given cells along each axis.
    ///
    /// - Throws: `GridError` when there is no axis, an axis has no cell, or the product overflows.
    public init(cells: [Int]) throws {
        guard !cells.isEmpty else { throw GridError.noAxis }
        var product = 1
        for (axis, count) in cells.enumerated() {
            guard count >= 1 else { throw GridError.emptyAxis(axis: axis, cells: count) }
            let (next, overflow) = product.multipliedReportingOverflow(by: count)
            guard !overflow else { throw GridError.tooManyCells(cells) }
            product = next
        }
        self.cells = cells
    }

    /// The number of angles `d`.
    public var dimension: Int { cells.count }

    /// The number of cells of the whole grid.
    public var cellCount: Int { cells.reduce(1, *) }

    /// The width `2π/n` of a cell along an axis, in radians.
    public func spacing(axis: Int) -> Double { 2 * .pi / Double(cells[axis]) }

    /// The volume of a cell, in radians^d.
    public var cellVolume: Double { cells.indices.reduce(1) { $0 * spacing(axis: $1) } }

    /// The centres of the cells along an axis, in radians.
    public func centres(axis: Int) -> [Double] {
        let count = cells[axis]
        return (0..<count).map { 2 * .pi * (Double($0) + 0.5) / Double(count) }
    }

    /// The `n + 1` faces of the cells along an axis, from 0 to 2π, in radians.
    public func faces(axis: Int) -> [Double] {
        let count = cells[axis]
        return (0...count).map { 2 * .pi * Double($0) / Double(count) }
    }
}

extension PeriodicGrid: CustomStringConvertible {
    /// The cells along each axis, θ₀ first, such as `128 × 64`.
    public var description: String { cells.map(String.init).joined(separator: " × ") }
}

/// Why a grid cannot be made.
public enum GridError: Error, Equatable, CustomStringConvertible {
    /// No axis was given.
    case noAxis
    /// An axis was given fewer than one cell.
    case emptyAxis(axis: Int, cells: Int)
    /// The number of cells does not fit a machine integer.
    case tooManyCells([Int])

    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .noAxis: "a grid needs at least one axis, found none"
        case .emptyAxis(let axis, let cells): "axis \(axis) of the grid has \(cells) cells, expected at least 1"
        case .tooManyCells(let cells): "the grid \(cells) has more cells than can be counted"
        }
    }
}
