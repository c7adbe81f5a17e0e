import Foundation

/// The cheapest assignment of rows to columns of a square matrix, with dual potentials that prove it.
///
/// Shortest augmenting paths, one row after the other, after a reduction of the columns; each path is found by Dijkstra's method on the
/// reduced costs.
///
/// Source: Jonker, Volgenant, *A shortest augmenting path algorithm for dense and sparse linear assignment problems*, Computing 38 (1987).
struct Assignment {
    /// The column of each row.
    private(set) var columns: [Int]
    /// Dual potentials of the columns.
    private(set) var potentials: [Double]
    /// The paths that had to be found.
    private(set) var paths = 0

    /// - Parameter costs: `count²` finite numbers, by rows.
    /// - Complexity: O(N³), in practice nearer to N².⁵.
    init(costs: [Double], count: Int) {
        var rowOf = [Int](repeating: -1, count: count)
        var columnOf = [Int](repeating: -1, count: count)
        var v = [Double](repeating: 0, count: count)
        var found = 0
        costs.withUnsafeBufferPointer { costs in
            guard let costs = costs.baseAddress else { return }
            Self.reduce(costs, count, &rowOf, &columnOf, &v)
            var search = PathSearch(costs, count)
            defer { search.deallocate() }
            for row in 0..<count where columnOf[row] < 0 {
                search.augment(from: row, &rowOf, &columnOf, &v)
                found += 1
            }
        }
        (columns, potentials, paths) = (columnOf, v, found)
    }

    /// Each column gets its least cost as potential, and the row of it when that is free; then twice each free row takes its best column, whose
    /// potential falls until the second best is as good.
    private static func reduce(
        _ costs: UnsafePointer<Double>, _ count: Int, _ rowOf: inout [Int], _ columnOf: inout [Int], _ v: inout [Double]
    ) {
        var least = [Int](repeating: 0, count: count)
        for column in 0..<count { v[column] = costs[column] }
        for row in 1..<Swift.max(count, 1) {
            let line = costs + row * count
            for column in 0..<count where line[column] < v[column] { (v[column], least[column]) = (line[column], row) }
        }
        for column in stride(from: count - 1, through: 0, by: -1) where columnOf[least[column]] < 0 {
            columnOf[least[column]] = column
            rowOf[column] = least[column]
        }
        guard count > 1 else { return }
        for _ in 0..<2 {
            var free = (0..<count).filter { columnOf[$0] < 0 }
            // A row that is driven out tries again, a bounded number of times.
            var budget = 4 * count
            while let row = free.popLast(), budget > 0 {
                budget -= 1
                let line = costs + row * count
                var (best, second, bestColumn, secondColumn) = (Double.infinity, Double.infinity, 0, 0)
                for column in 0..<count {
                    let cost = line[column] - v[column]
                    if cost < second {
                        if cost < best {
                            (second, secondColumn) = (best, bestColumn)
                            (best, bestColumn) = (cost, column)
                        } else {
                            (second, secondColumn) = (cost, column)
                        }
                    }
                }
                var column = bestColumn
                if best < second {
                    v[bestColumn] -= second - best
                } else if rowOf[bestColumn] >= 0 {
                    column = secondColumn
                }
                let driven = rowOf[column]
                if driven >= 0 {
                    columnOf[driven] = -1
                    if best < second { free.append(driven) }
                }
                rowOf[column] = row
                columnOf[row] = column
            }
        }
    }

    /// Dijkstra's method from a free row to a free column, with the memory for it.
    private struct PathSearch {
        private let costs: UnsafePointer<Double>
        private let count: Int
        /// The length of the shortest path to each column, and the row before it.
        private let lengths: UnsafeMutablePointer<Double>
        private let predecessors: UnsafeMutablePointer<Int>
        /// The columns that are not yet reached for good, then those that are.
        private let order: UnsafeMutablePointer<Int>

        init(_ costs: UnsafePointer<Double>, _ count: Int) {
            (self.costs, self.count) = (costs, count)
            lengths = .allocate(capacity: count)
            predecessors = .allocate(capacity: count)
            order = .allocate(capacity: count)
        }

        func deallocate() {
            lengths.deallocate()
            predecessors.deallocate()
            order.deallocate()
        }

        mutating func augment(from start: Int, _ rowOf: inout [Int], _ columnOf: inout [Int], _ v: inout [Double]) {
            let (costs, lengths, predecessors, order) = (costs, lengths, predecessors, order)
            let line = costs + start * count
            for column in 0..<count {
                lengths[column] = line[column] - v[column]
                predecessors[column] = start
                order[column] = column
            }
            var waiting = count
            var end = -1
            var length = 0.0
            v.withUnsafeMutableBufferPointer { v in
                guard let v = v.baseAddress else { return }
                while true {
                    var (nearest, place) = (Double.infinity, 0)
                    for index in 0..<waiting where lengths[order[index]] < nearest {
                        (nearest, place) = (lengths[order[index]], index)
                    }
                    length = nearest
                    let column = order[place]
                    waiting -= 1
                    order[place] = order[waiting]
                    order[waiting] = column
                    let row = rowOf[column]
                    if row < 0 {
                        end = column
                        break
                    }
                    let line = costs + row * count
                    let offset = nearest - (line[column] - v[column])
                    for index in 0..<waiting {
                        let other = order[index]
                        let through = offset + (line[other] - v[other])
                        if through < lengths[other] {
                            lengths[other] = through
                            predecessors[other] = row
                        }
                    }
                }
                for index in waiting..<count where order[index] != end {
                    v[order[index]] += lengths[order[index]] - length
                }
            }
            var column = end
            while true {
                let row = predecessors[column]
                rowOf[column] = row
                let before = columnOf[row]
                columnOf[row] = column
                if row == start { return }
                column = before
            }
        }
    }
}
