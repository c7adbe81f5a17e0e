import Foundation
public import Torus

/// The grid's term in the error budget of a distance: about how far the law behind cell averages is from the piecewise
/// constant density that they stand for.
///
/// Averages of the same law on a finer grid have the same masses in the coarse cells, so mass need not leave its cell: the
/// monotone map inside each cell is a plan between the two piecewise constant densities, and its cost bounds their
/// distance. What the finer grid leaves out in turn is taken to shrink at least as fast as its cells: for a quarter of the
/// width, the whole is at most `1 + 1/4 + 1/16 + … = 4/3` of that bound.
///
/// - Parameters:
///   - coarse: cell averages on the circle.
///   - fine: the same law's averages, four cells in each coarse one.
///   - order: `p` of `W_p`.
/// - Returns: an estimate of `W_p` in radians, from above; NaN where the fine grid has a negative average.
/// - Complexity: O(cells of the fine grid).
public func gridTerm(of coarse: Field, against fine: Field, order: WassersteinOrder) -> Double {
    let (cells, parts) = (coarse.values.count, 4)
    precondition(coarse.grid.dimension == 1 && fine.values.count == cells * parts, "four fine cells in a coarse one")
    let (h, width) = (coarse.grid.spacing(axis: 0), fine.grid.spacing(axis: 0))
    var cost = 0.0
    for cell in 0..<cells {
        let masses = (0..<parts).map { fine.values[cell * parts + $0] * width }
        let total = masses.reduce(0, +)
        guard masses.allSatisfy({ $0 >= 0 }) else { return .nan }
        guard total > 0 else { continue }
        // In the cell's own units the fine mass up to a point goes to that share of the width.
        var left = 0.0
        for (part, mass) in masses.enumerated() where mass > 0 {
            let (a, b) = (Double(part) * width, Double(part + 1) * width)
            let (c, d) = (left / total * h, (left + mass) / total * h)
            left += mass
            // The displacement is linear in the mass, from a − c to b − d.
            let (u, v) = (a - c, b - d)
            switch order {
            case .one: cost += mass * (u * v >= 0 ? abs(u + v) / 2 : (u * u + v * v) / (2 * abs(u - v)))
            case .two: cost += mass * (u * u + u * v + v * v) / 3
            }
        }
    }
    return 4 / 3 * pow(cost, 1 / Double(order.rawValue))
}
