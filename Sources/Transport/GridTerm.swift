import Foundation
public import Torus

/// The grid's term in the error budget of a distance: about how far the law behind cell averages is from the piecewise
/// constant density that they stand for.
///
/// Averages of the same law on a finer grid have the same masses in the coarse cells, so mass need not leave its cell: the
/// Knothe–Rosenblatt map inside each cell, monotone along the last axis and then along the axis before in every slab, is a
/// plan between the two piecewise constant densities, and its cost bounds their distance; for `W₁` the sum of what it moves
/// along each axis. What the finer grid leaves out in turn is taken to shrink at least as fast as its cells: for a quarter
/// of the width, the whole is at most `1 + 1/4 + 1/16 + … = 4/3` of that bound.
///
/// - Parameters:
///   - coarse: cell averages.
///   - fine: the same law's averages, four cells along each axis in each coarse one.
///   - order: `p` of `W_p`.
/// - Returns: an estimate of `W_p` in radians, from above; NaN where the fine grid has a negative average.
/// - Complexity: O(cells of the fine grid).
public func gridTerm(of coarse: Field, against fine: Field, order: WassersteinOrder) -> Double {
    let (grid, parts) = (coarse.grid, CellRearrangement.parts)
    precondition(fine.grid.cells == grid.cells.map { $0 * parts }, "four fine cells along each axis in a coarse one")
    let rearrangement = CellRearrangement(
        widths: (0..<grid.dimension).map { grid.spacing(axis: $0) }, order: order)
    let offsets = rearrangement.places(in: fine.grid)
    let volume = fine.grid.cellVolume
    var masses = [Double](repeating: 0, count: offsets.count)
    var cost = 0.0
    for cell in 0..<grid.cellCount {
        var (rest, corner, stride) = (cell, 0, 1)
        for cells in grid.cells {
            corner += rest % cells * parts * stride
            rest /= cells
            stride *= cells * parts
        }
        for (index, offset) in offsets.enumerated() { masses[index] = fine.values[corner + offset] * volume }
        guard masses.allSatisfy({ $0 >= 0 }) else { return .nan }
        cost += rearrangement.cost(masses, from: 0, axes: grid.dimension)
    }
    return 4 / 3 * pow(cost, 1 / Double(order.rawValue))
}

/// The cost of rearranging the mass of a cell from its average into the parts of a finer grid.
private struct CellRearrangement {
    /// Parts along each axis.
    static let parts = 4

    let widths: [Double]
    let order: WassersteinOrder

    /// Where the parts of the first cell are on the finer grid, axis 0 fastest.
    func places(in grid: PeriodicGrid) -> [Int] {
        var (places, stride) = ([0], 1)
        for cells in grid.cells {
            places = (0..<Self.parts).flatMap { part in places.map { $0 + part * stride } }
            stride *= cells
        }
        return places
    }

    /// The cost of the masses of a block, along its last axis and in each of its slabs along the axes before.
    ///
    /// - Parameter axes: the number of axes of the block that begins at `first`.
    func cost(_ masses: [Double], from first: Int, axes: Int) -> Double {
        var slab = 1
        for _ in 1..<axes { slab *= Self.parts }
        var sums = SIMD4<Double>.zero
        var cost = 0.0
        for part in 0..<Self.parts {
            let start = first + part * slab
            for index in start..<start + slab { sums[part] += masses[index] }
            if axes > 1 { cost += self.cost(masses, from: start, axes: axes - 1) }
        }
        return cost + self.cost(sums, width: widths[axes - 1])
    }

    /// The cost of the monotone map on an interval.
    private func cost(_ masses: SIMD4<Double>, width: Double) -> Double {
        let total = masses.sum()
        guard total > 0 else { return 0 }
        // In the interval's own units the mass up to a point goes to that share of the width.
        let step = width / Double(Self.parts)
        var (cost, left) = (0.0, 0.0)
        for part in 0..<Self.parts where masses[part] > 0 {
            let mass = masses[part]
            let (a, b) = (Double(part) * step, Double(part + 1) * step)
            let (c, d) = (left / total * width, (left + mass) / total * width)
            left += mass
            // The displacement is linear in the mass, from a − c to b − d.
            let (u, v) = (a - c, b - d)
            switch order {
            case .one: cost += mass * (u * v >= 0 ? abs(u + v) / 2 : (u * u + v * v) / (2 * abs(u - v)))
            case .two: cost += mass * (u * u + u * v + v * v) / 3
            }
        }
        return cost
    }
}
