/// Cuts the cells of atoms one after the other.
struct CellCutter<Cell: LaguerreCell> {
    private let tree: AtomTree
    private let envelope: WeightEnvelope
    private let weights: UnsafePointer<Double>
    var cell = Cell()
    /// The weight of the atom whose cell is cut.
    private var weight = 0.0
    /// What cuts the cell, or may cut a smaller one, for trials of several weights.
    private var gathered: [Int32] = []
    /// What the walk has yet to visit: at most one node of every depth, and the windows.
    private let stack: UnsafeMutablePointer<(node: Int32, window: Int32)>
    /// The shifts of the 27 windows.
    private let shifts: UnsafeMutablePointer<PeriodicPoint>
    /// The window of the sum of two windows' shifts, at `27·first + second`; −1 beyond the 27.
    private let sums: UnsafeMutablePointer<Int8>

    init(_ tree: AtomTree, _ envelope: WeightEnvelope, _ weights: UnsafePointer<Double>) {
        (self.tree, self.envelope, self.weights) = (tree, envelope, weights)
        stack = .allocate(capacity: 128)
        shifts = .allocate(capacity: 27)
        sums = .allocate(capacity: 27 * 27)
        for window in 0..<27 { shifts[window] = Self.shift(window) }
        for first in 0..<27 {
            for second in 0..<27 { sums[27 * first + second] = Self.sum(first, second) }
        }
    }

    func deallocate() {
        cell.deallocate()
        stack.deallocate()
        shifts.deallocate()
        sums.deallocate()
    }

    /// The window of the sum of two windows' shifts, −1 beyond the 27.
    private static func sum(_ first: Int, _ second: Int) -> Int8 {
        let (x, y, z) = (
            first % 3 + second % 3 - 1, first / 3 % 3 + second / 3 % 3 - 1, first / 9 + second / 9 - 1
        )
        let isBeyond = [x, y, z].contains { $0 < 0 || $0 > 2 }
        return isBeyond ? -1 : Int8(x + 3 * y + 9 * z)
    }

    /// The shift of a window, three choices an axis, window 13 being the atom's own.
    @inline(__always)
    static func shift(_ window: Int) -> PeriodicPoint {
        let second = window / 3
        return period
            * PeriodicPoint(
                Double(window &- 3 &* second &- 1), Double(second % 3 &- 1), Double(second / 3 &- 1), 0)
    }

    @inline(__always)
    private mutating func clip(_ label: Int32, _ offset: PeriodicPoint) {
        let constant = offset.dot(offset) + (weight - weights[Int(label / 27)])
        let most = (cell.low * offset).raised(by: cell.high * offset)
        if 2 * ((most.x + most.y) + (most.z + most.w)) > constant {
            cell.clip(normal: offset, offset: constant, label: label)
        }
    }

    @inline(__always)
    private func offset(_ atom: Int, _ label: Int32) -> PeriodicPoint {
        let window = Int(label % 27)
        return Self.way(
            from: tree.points[atom], to: tree.points[Int(label / 27)], window: window, shift: shifts[window])
    }

    /// From one atom to the copy of another in a window, rounded once even across the seam, where what is left of the angles' difference is
    /// small: the rounding error of that is added again.
    @inline(__always)
    static func way(
        from origin: PeriodicPoint, to point: PeriodicPoint, window: Int, shift: PeriodicPoint
    ) -> PeriodicPoint {
        let difference = point - origin
        if window == 13 { return difference }
        let subtracted = point - difference
        let error = (point - (difference + subtracted)) + (subtracted - origin)
        return (difference + shift) + error
    }

    /// Makes `cell` the cell of an atom among all.
    ///
    /// - Parameters:
    ///   - diagram: where to take the first neighbours from.
    ///   - trial: a weight to be tried in place of the atom's own.
    mutating func cut(_ atom: Int, first diagram: LaguerreDiagram?, weight trial: Double? = nil) {
        cell.reset()
        weight = trial ?? weights[atom]
        if let diagram { cut(atom, byNeighboursIn: diagram) }
        if diagram == nil || cell.isEmpty {
            if cell.isEmpty { cell.reset() }
            // Neighbours in memory are mostly neighbours in space.
            for other in max(0, atom - 8)...min(tree.points.count - 1, atom + 8) where other != atom {
                let label = Int32(27 &* other &+ 13)
                clip(label, offset(atom, label))
            }
        }
        search(atom, isGathering: false)
    }

    /// Finds what can cut `cell`, that of an atom, when the atom's weight falls, at most to the given one.
    ///
    /// - Parameter first: what bounds the cell as it is; it will be tried first.
    mutating func gather(_ atom: Int, downTo least: Double, first: [Int32]) {
        gathered = first
        weight = least
        search(atom, isGathering: true)
    }

    /// Makes `cell` the cell of an atom with a weight between those for which was gathered.
    mutating func cutAmongGathered(_ atom: Int, weight trial: Double) {
        cell.reset()
        weight = trial
        for label in gathered {
            if cell.isEmpty { return }
            clip(label, offset(atom, label))
        }
    }

    private mutating func cut(_ atom: Int, byNeighboursIn diagram: LaguerreDiagram) {
        for index in diagram.starts[atom]..<diagram.starts[atom + 1] {
            let label = diagram.facets[index].label
            clip(label, offset(atom, label))
        }
    }

    /// Makes `cell` the cell of an atom among its neighbours in a diagram and theirs, or among all where it had none.
    mutating func cut(_ atom: Int, neighboursOf diagram: LaguerreDiagram) {
        let own = diagram.starts[atom]..<diagram.starts[atom + 1]
        if own.isEmpty { return cut(atom, first: nil) }
        cell.reset()
        weight = weights[atom]
        cut(atom, byNeighboursIn: diagram)
        let origin = tree.points[atom]
        diagram.starts.withUnsafeBufferPointer { starts in
            diagram.facets.withUnsafeBufferPointer { facets in
                tree.points.withUnsafeBufferPointer { points in
                    for index in own {
                        let label = facets[index].label
                        let (between, row) = (Int(label / 27), sums + Int(27 &* (label % 27)))
                        for further in starts[between]..<starts[between &+ 1] {
                            if cell.isEmpty { return }
                            let next = facets[further].label
                            let other = Int(next / 27)
                            if other == atom { continue }
                            // Beyond the windows there is no label, and what is missed there the sum of the masses tells.
                            let window = Int(row[Int(next % 27)])
                            if window < 0 { continue }
                            clip(
                                Int32(27 &* other &+ window),
                                Self.way(from: origin, to: points[other], window: window, shift: shifts[window]))
                        }
                    }
                }
            }
        }
    }

    /// Makes `cell` the cell of an atom among its neighbours in a diagram and those it lacks.
    mutating func cut(_ atom: Int, _ diagram: LaguerreDiagram, _ missed: MissedFacets, _ place: Int) {
        cell.reset()
        weight = weights[atom]
        cut(atom, byNeighboursIn: diagram)
        for index in missed.starts[place]..<missed.starts[place + 1] {
            let label = missed.labels[index]
            clip(label, offset(atom, label))
        }
    }

    /// Cuts with every atom that a walk down the tree cannot leave out, or gathers them.
    private mutating func search(_ atom: Int, isGathering: Bool) {
        let origin = tree.points[atom]
        let weight = weight
        tree.nodes.withUnsafeBufferPointer { nodes in
            tree.points.withUnsafeBufferPointer { points in
                envelope.bounds.withUnsafeBufferPointer { bounds in
                    let windows = Cell.dimension == 2 ? 9..<18 : 0..<27
                    var waiting = 0
                    for window in windows where window != 13 {
                        stack[waiting] = (0, Int32(window))
                        waiting &+= 1
                    }
                    stack[waiting] = (0, 13)
                    waiting &+= 1
                    while waiting > 0 {
                        if cell.isEmpty { return }
                        waiting &-= 1
                        let (node, window) = stack[waiting]
                        let shift = shifts[Int(window)]
                        let place = Int(node)
                        let middle = (nodes[place].centre - origin) + shift
                        let slack = weight - bounds[place].level
                        guard
                            Self.reaches(
                                middle, nodes[place].half, bounds[place], slack, cell.low, cell.high)
                        else { continue }
                        if nodes[place].isLeaf {
                            for other in Int(nodes[place].first)..<Int(nodes[place].end) where other != atom {
                                let offset = (points[other] - origin) + shift
                                let constant = offset.dot(offset) + (weight - weights[other])
                                let (a, b) = (cell.low * offset, cell.high * offset)
                                let most = a.raised(by: b)
                                if 2 * ((most.x + most.y) + (most.z + most.w)) > constant {
                                    let label = Int32(27 &* other) &+ window
                                    if isGathering {
                                        gathered.append(label)
                                    } else {
                                        clip(
                                            label,
                                            Self.way(from: origin, to: points[other], window: Int(window), shift: shift)
                                        )
                                    }
                                }
                            }
                        } else {
                            let (first, second) = (node &+ 1, nodes[place].second)
                            let near = Self.distance(nodes[Int(first)], origin, shift)
                            let far = Self.distance(nodes[Int(second)], origin, shift)
                            let isFirstNearer = near < far
                            stack[waiting] = (isFirstNearer ? second : first, window)
                            stack[waiting &+ 1] = (isFirstNearer ? first : second, window)
                            waiting &+= 2
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func distance(_ node: AtomTree.Node, _ origin: PeriodicPoint, _ shift: PeriodicPoint) -> Double {
        let middle = (node.centre - origin) + shift
        let size = middle.replacing(with: -middle, where: middle .< .zero)
        let gap = (size - node.half).raised(by: .zero)
        return gap.dot(gap)
    }

    /// Whether an atom of a box may cut a cell within `[low, high]`: whether
    /// `|u|² − 2 v·u − slope·(u − middle) − curvature·(u − middle)² + slack` is negative for some `u` in the box and `v` in the cell's box.
    ///
    /// For each axis apart the least value over `v` is at an end; the least over `u` is at the vertex of a parabola.
    @inline(__always)
    private static func reaches(
        _ middle: PeriodicPoint, _ half: PeriodicPoint, _ bound: WeightEnvelope.Bound, _ slack: Double,
        _ low: PeriodicPoint, _ high: PeriodicPoint
    ) -> Bool {
        let (first, last) = (middle - half, middle + half)
        let bend = bound.curvature * middle
        let shift = 0.5 * bound.slope - bend
        let (a, b) = (low + shift, high + shift)
        let opening = 1 - bound.curvature
        let u = (a / opening).raised(by: first).lowered(by: last)
        let w = (b / opening).raised(by: first).lowered(by: last)
        let least =
            (u * (opening * u - 2 * a)).lowered(by: w * (opening * w - 2 * b)) + (bound.slope - bend) * middle
        return (least.x + least.y) + (least.z + least.w) + slack < 0
    }
}
