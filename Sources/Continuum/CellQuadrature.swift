import Foundation
import Torus
import Training

/// Cell averages of a density from its values, by Gauss–Legendre rules: positive by construction, and of a mass that is 1 only as
/// far as they are right.
///
/// The density at the centres comes first. Its differences of even order along an axis estimate its derivatives, and these the errors
/// of the rules: each cell takes the smallest rule that holds the tolerance against the largest density. Where six points an
/// axis are not enough, the grid does not show the density, and cells are cut into panels until two rules agree. A mass that is
/// missing is looked for where the nodes are. A law that begins as a field has jumps, which no rule resolves: its cells are cut only
/// a little, and the error is that of a jump in a panel.
struct CellQuadrature {
    /// Points an axis beyond which a cell is cut into panels.
    static let largestRule = 6
    /// Points in a cell beyond which it is taken as it is.
    static let largestPointCount = 1 << 16
    /// The same for a law that begins as a field.
    static let largestPointCountOfJumps = 1 << 8

    let grid: PeriodicGrid
    let backward: BackwardCharacteristics

    /// The averages over all cells.
    ///
    /// - Parameters:
    ///   - tolerance: of an average, against the largest density.
    ///   - occupied: the cells that hold nodes, asked for when the mass is not 1.
    /// - Throws: `TimeSteppingError`.
    func averages(tolerance: Double, occupied: () -> [Int]) throws -> Field {
        let cells = Array(0..<grid.cellCount)
        var values = try averages(over: cells, rule: GaussLegendreRule(points: 1))
        var peak = values.max() ?? 0
        let rules = rules(centres: values, threshold: 0.1 * tolerance * peak)
        for points in 2...Self.largestRule {
            let chosen = cells.filter { rules[$0] == points }
            for (cell, value) in zip(chosen, try averages(over: chosen, rule: .init(points: points))) {
                values[cell] = value
            }
        }
        let unresolved = cells.filter { rules[$0] > Self.largestRule }
        peak = values.max() ?? peak
        try refine(&values, cells: unresolved, threshold: tolerance * peak)
        if abs(Field(grid: grid, values: values).integral - 1) > 10 * tolerance {
            let doubtful = occupied().filter { rules[$0] <= Self.largestRule }
            try refine(&values, cells: doubtful, threshold: tolerance * max(peak, 1 / grid.cellVolume))
        }
        return Field(grid: grid, values: values)
    }

    /// The smallest number of points an axis for each cell; one more than the largest where none is enough.
    private func rules(centres: [Double], threshold: Double) -> [UInt8] {
        var rules = Array(repeating: UInt8(1), count: centres.count)
        let constants = (1...Self.largestRule).map(GaussLegendreRule.errorConstant(points:))
        var stride = 1
        for n in grid.cells {
            var line = Array(repeating: 0.0, count: n)
            var next = line
            for first in 0..<centres.count where first / stride % n == 0 {
                for i in 0..<n { line[i] = centres[first + i * stride] }
                var open = true
                for (index, constant) in constants.enumerated() where open {
                    for i in 0..<n {
                        next[i] = line[i + 1 < n ? i + 1 : 0] - 2 * line[i] + line[i > 0 ? i - 1 : n - 1]
                    }
                    swap(&line, &next)
                    open = false
                    // A derivative passes through 0 between its extrema: a cell heeds its neighbours.
                    for i in 0..<n {
                        let own = max(abs(line[i]), abs(line[i + 1 < n ? i + 1 : 0]), abs(line[i > 0 ? i - 1 : n - 1]))
                        guard constant * own > threshold else { continue }
                        open = true
                        let cell = first + i * stride
                        rules[cell] = max(rules[cell], UInt8(index + 2))
                    }
                }
            }
            stride *= n
        }
        return rules
    }

    /// Cuts cells into panels until two rules agree.
    private func refine(_ values: inout [Double], cells: [Int], threshold: Double) throws {
        let coarse = try averages(over: cells, rule: .init(points: Self.largestRule))
        for (cell, value) in zip(cells, coarse) { values[cell] = value }
        var limit = Self.largestPointCount
        if case .field = backward.law { limit = Self.largestPointCountOfJumps }
        try refine(&values, cells: cells, coarse: coarse, panels: 2, threshold: threshold, limit: limit)
    }

    /// Cuts cells into panels, at first into `panels` along each axis, until the averages are those of the rule before.
    private func refine(
        _ values: inout [Double], cells: [Int], coarse: [Double], panels: Int, threshold: Double, limit: Int
    ) throws {
        var (open, coarse, panels) = (cells, coarse, panels)
        while !open.isEmpty, pow(Double(panels * Self.largestRule), Double(grid.dimension)) <= Double(limit) {
            let fine = try averages(over: open, rule: .init(points: Self.largestRule), panels: panels)
            for (cell, value) in zip(open, fine) { values[cell] = value }
            let left = open.indices.filter { abs(fine[$0] - coarse[$0]) > threshold }
            coarse = left.map { fine[$0] }
            open = left.map { open[$0] }
            panels *= 2
        }
    }

    /// The averages over some cells by rules that are finer than those of the averages given, until two agree.
    ///
    /// - Throws: `TimeSteppingError`.
    func judged(_ given: [Double], cells: [Int], threshold: Double) throws -> [Double] {
        var values = Array(repeating: 0.0, count: grid.cellCount)
        var limit = Self.largestPointCount
        // Averages that were left as they are at a jump are not told from themselves.
        if case .field = backward.law { limit = 16 * Self.largestPointCountOfJumps }
        try refine(&values, cells: cells, coarse: given, panels: 1, threshold: threshold, limit: limit)
        return cells.map { values[$0] }
    }

    /// The averages over some cells by a product rule on equal panels.
    private func averages(over cells: [Int], rule: GaussLegendreRule, panels: Int = 1) throws -> [Double] {
        let nodes = (0..<panels).flatMap { panel in rule.nodes.map { (Double(panel) + $0) / Double(panels) } }
        let weights = (0..<panels).flatMap { _ in rule.weights.map { $0 / Double(panels) } }
        let d = grid.dimension
        let perCell = (0..<d).reduce(1) { count, _ in count * nodes.count }
        let cellsPerBlock = max(1, BackwardCharacteristics.blockLength / perCell)
        let (grid, backward) = (grid, backward)
        let spacings = (0..<d).map(grid.spacing(axis:))
        let blocks = try backward.parallelism.map((cells.count + cellsPerBlock - 1) / cellsPerBlock) { block in
            let own = cells[block * cellsPerBlock..<min(cells.count, (block + 1) * cellsPerBlock)]
            let count = own.count * perCell
            var state = Array(repeating: 0.0, count: (d + 1) * count)
            var products = Array(repeating: 1.0, count: perCell)
            for (slot, cell) in own.enumerated() {
                var (rest, before) = (cell, 1)
                for axis in 0..<d {
                    let corner = Double(rest % grid.cells[axis])
                    rest /= grid.cells[axis]
                    let row = axis * count + slot * perCell
                    for point in 0..<perCell {
                        let node = point / before % nodes.count
                        state[row + point] = spacings[axis] * (corner + nodes[node])
                        if slot == 0 { products[point] *= weights[node] }
                    }
                    before *= nodes.count
                }
            }
            let logarithms = try backward.logDensities(block: state, count: count)
            return own.indices.map { index in
                let first = (index - own.startIndex) * perCell
                var sum = 0.0
                for point in 0..<perCell { sum += products[point] * exp(logarithms[first + point]) }
                return sum
            }
        }
        return blocks.flatMap { $0 }
    }
}
