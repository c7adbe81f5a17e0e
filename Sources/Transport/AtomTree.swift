/// Atoms on the torus sorted into a balanced tree of boxes, a leaf having at most eight of them.
///
/// The atoms are stored in the order of the leaves, so that neighbours in space are mostly neighbours in memory.
struct AtomTree: Sendable {
    static let leafSize = 8

    struct Node: Sendable {
        /// The middle of the smallest box around its atoms, and half the lengths of its edges.
        var centre: PeriodicPoint
        var half: PeriodicPoint
        var first: Int32
        var end: Int32
        /// The second child; the first one follows the node. Zero in a leaf.
        var second: Int32

        var isLeaf: Bool { second == 0 }
    }

    /// The nodes, a parent before its children, the root first.
    private(set) var nodes: [Node] = []
    /// Which of the given points stands at each place of the tree's order.
    private(set) var order: [Int32]
    /// The points in the tree's order.
    private(set) var points: [PeriodicPoint]

    /// Sorts the points.
    ///
    /// - Complexity: O(N log N).
    init(_ given: [PeriodicPoint]) {
        precondition(given.count <= Int(Int32.max) / 27, "an atom and its window are packed in 32 bits")
        order = (0..<Int32(given.count)).map { $0 }
        points = given
        nodes.reserveCapacity(given.count / 2)
        order.withUnsafeMutableBufferPointer { order in
            points.withUnsafeMutableBufferPointer { points in
                Self.build(0, given.count, points, order, &nodes)
            }
        }
    }

    private static func build(
        _ first: Int, _ end: Int, _ points: UnsafeMutableBufferPointer<PeriodicPoint>,
        _ order: UnsafeMutableBufferPointer<Int32>, _ nodes: inout [Node]
    ) {
        var (low, high) = (points[first], points[first])
        for index in first..<end {
            low = low.lowered(by: points[index])
            high = high.raised(by: points[index])
        }
        let half = 0.5 * (high - low)
        let place = nodes.count
        nodes.append(
            Node(centre: low + half, half: half, first: Int32(first), end: Int32(end), second: 0))
        guard end - first > leafSize else { return }
        let axis = half.x >= half.y && half.x >= half.z ? 0 : half.y >= half.z ? 1 : 2
        // Halves that are multiples of the leaf's size keep the leaves full.
        let leaves = (end - first + leafSize - 1) / leafSize
        let middle = first + leaves / 2 * leafSize
        select(middle, first, end - 1, axis, points, order)
        build(first, middle, points, order, &nodes)
        nodes[place].second = Int32(nodes.count)
        build(middle, end, points, order, &nodes)
    }

    /// Hoare's selection: no point before `target` is beyond it along the axis; ties are broken by the given order, so the
    /// result does not depend on the pivots.
    private static func select(
        _ target: Int, _ first: Int, _ last: Int, _ axis: Int, _ points: UnsafeMutableBufferPointer<PeriodicPoint>,
        _ order: UnsafeMutableBufferPointer<Int32>
    ) {
        var (low, high) = (first, last)
        while low < high {
            let middle = low + (high - low) / 2
            let (pivot, pivotOrder) = (points[middle][axis], order[middle])
            var (i, j) = (low, high)
            while i <= j {
                while points[i][axis] < pivot || (points[i][axis] == pivot && order[i] < pivotOrder) { i += 1 }
                while points[j][axis] > pivot || (points[j][axis] == pivot && order[j] > pivotOrder) { j -= 1 }
                if i <= j {
                    points.swapAt(i, j)
                    order.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if target <= j { high = j } else if target >= i { low = i } else { return }
        }
    }
}
