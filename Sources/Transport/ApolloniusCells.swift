import Torus

/// Integrals over the cells of additively weighted atoms on the flat torus: the cell of atom `i` holds the points `x` where
/// `f_i(x) = (|x − x_i|² + ε²)^{1/2} − w_i` is least, over all atoms and their periodic copies.
///
/// The torus is cut into boxes, first the cells of the grid, then halves of these, until what is known of a box is known well
/// enough. All that is used of `f_i`: it is convex, it is the distance from a point in one dimension more, so its excess over a
/// tangent is at most `|δ|²/2ρ`, `ρ` the least distance from the box, and its fourth derivatives are at most `3/ρ³`. In a box where
/// two atoms meet, the difference of their tangents is affine, and the part of the box on either side has a closed form. So
/// the bounds are proven, whatever the weights, and the error is of second order in the boxes where cells meet, of fourth elsewhere.
struct ApolloniusCells {
    /// The mass that goes to each atom, in the order of the tree.
    var masses: [Double]
    /// Not more than `∫ min_i f_i ρ`.
    var lower = 0.0
    /// Not less than what it costs, in distance without `ε`, to bring the masses to the atoms as the plan does.
    var cost = 0.0
    /// Not less than the same in `(|x − x_i|² + ε²)^{1/2} − w_i`.
    var upper = 0.0
    /// Minus the derivatives of the masses by the weights.
    var laplacian: GraphLaplacian
    /// The boxes with mass, by blocks that are near in space.
    var samples: [SampleBlock] = []

    /// When a box is cut no further.
    struct Resolution {
        /// `upper − lower` is brought below it, in radians, unless boxes become too small; infinite where masses alone are wanted.
        var cost: Double
        /// What is not clear of to whom the mass of a box goes is brought below this share of a mean atom's.
        var mass: Double
    }

    /// Cuts the torus.
    ///
    /// - Parameter smoothing: `ε ≥ 0`.
    /// - Complexity: O(boxes × atoms that meet in one); the boxes are those of the grid, and about as many as make the cells' boundaries.
    init(
        _ atoms: TorusAtoms, _ density: TorusDensity, weights: [Double], smoothing: Double, resolution: Resolution,
        parallelism: Parallelism
    ) {
        let pieces = Self.pieces(atoms, density, weights: weights, smoothing: smoothing)
        var parts = [BoxSums](repeating: BoxSums(), count: pieces.count)
        density.withUnsafeTable { table in
            parts.withUnsafeMutableBufferPointer { parts in
                // A piece writes its own part.
                nonisolated(unsafe) let parts = parts
                parallelism.forEach(pieces.count) { index in
                    var search = BoxSearch(
                        pieces[index].list, table, dimension: atoms.dimension, smoothing: smoothing,
                        tolerance: resolution.cost, massGoal: resolution.mass / Double(weights.count))
                    defer { search.deallocate() }
                    search.visit(pieces[index].range)
                    parts[index] = search.sums
                }
            }
        }
        masses = Array(repeating: 0, count: weights.count)
        var (lower, cost, upper) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
        for (piece, part) in zip(pieces, parts) {
            for (local, mass) in part.masses.enumerated() where mass != 0 {
                masses[Int(piece.list.atoms[local])] += mass
            }
            lower.add(part.lower.value)
            cost.add(part.cost.value)
            upper.add(part.upper.value)
            if !part.samples.masses.isEmpty { self.samples.append(part.samples) }
        }
        (self.lower, self.cost, self.upper) = (lower.value, cost.value, upper.value)
        laplacian = Self.laplacian(parts, count: weights.count)
    }

    /// The grid cut into some blocks, each with the atoms that may matter there.
    private static func pieces(
        _ atoms: TorusAtoms, _ density: TorusDensity, weights: [Double], smoothing: Double
    ) -> [(range: CellRange, list: AtomList)] {
        let windows = atoms.dimension == 2 ? 9..<18 : 0..<27
        var list = AtomList()
        for window in windows {
            let shift = CellCutter<LaguerrePolygon>.shift(window)
            for (atom, point) in atoms.tree.points.enumerated() {
                list.append(point + shift, weights[atom], Int32(atom))
            }
        }
        var pieces = [(range: CellRange(density.grid), list: list)]
        while pieces.count < 64 {
            var next: [(range: CellRange, list: AtomList)] = []
            for piece in pieces {
                let halves = piece.range.halves(density.grid)
                if halves.count == 1 {
                    next.append(piece)
                } else {
                    next += halves.map { ($0, piece.list.within($0.box(density.grid), smoothing: smoothing)) }
                }
            }
            if next.count == pieces.count { break }
            pieces = next
        }
        return pieces
    }

    private static func laplacian(_ parts: [BoxSums], count: Int) -> GraphLaplacian {
        // Sorted by rows, then equal columns are added.
        var begins = [Int32](repeating: 0, count: count + 1)
        for part in parts {
            for edge in part.edges {
                begins[Int(edge.first) + 1] += 1
                begins[Int(edge.second) + 1] += 1
            }
        }
        for row in 0..<count { begins[row + 1] += begins[row] }
        var fill = begins
        var entries = [(column: Int32, value: Double)](repeating: (0, 0), count: Int(begins[count]))
        for part in parts {
            for edge in part.edges {
                for (row, column) in [(Int(edge.first), edge.second), (Int(edge.second), edge.first)] {
                    entries[Int(fill[row])] = (column, edge.conductance)
                    fill[row] += 1
                }
            }
        }
        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var conductances: [Double] = []
        var place = [Int32](repeating: -1, count: count)
        for row in 0..<count {
            let begin = columns.count
            for entry in Int(begins[row])..<Int(begins[row + 1]) {
                let (column, value) = entries[entry]
                let known = Int(place[Int(column)])
                if known >= begin {
                    conductances[known] += value
                } else {
                    place[Int(column)] = Int32(columns.count)
                    columns.append(column)
                    conductances.append(value)
                }
            }
            starts.append(Int32(columns.count))
        }
        return GraphLaplacian(starts: starts, columns: columns, conductances: conductances)
    }
}

/// A box by its centre and half the lengths of its edges.
struct CentredBox {
    var centre: PeriodicPoint
    var half: PeriodicPoint
}

/// A block of cells of a grid, upper ends excluded.
struct CellRange {
    var low: SIMD4<Int>
    var high: SIMD4<Int>

    init(_ grid: PeriodicGrid) {
        (low, high) = (.zero, SIMD4(repeating: 1))
        for axis in 0..<grid.dimension { high[axis] = grid.cells[axis] }
    }

    /// The two halves along the longest edge, or the range itself when it is a single cell.
    func halves(_ grid: PeriodicGrid) -> [CellRange] {
        var (longest, axis) = (0.0, -1)
        for candidate in 0..<grid.dimension where high[candidate] - low[candidate] > 1 {
            let length = Double(high[candidate] - low[candidate]) * grid.spacing(axis: candidate)
            if length > longest { (longest, axis) = (length, candidate) }
        }
        if axis < 0 { return [self] }
        var (first, second) = (self, self)
        let middle = (low[axis] + high[axis]) / 2
        first.high[axis] = middle
        second.low[axis] = middle
        return [first, second]
    }

    func box(_ grid: PeriodicGrid) -> CentredBox {
        var box = CentredBox(centre: .zero, half: .zero)
        for axis in 0..<grid.dimension {
            let spacing = grid.spacing(axis: axis)
            box.centre[axis] = 0.5 * spacing * Double(low[axis] + high[axis])
            box.half[axis] = 0.5 * spacing * Double(high[axis] - low[axis])
        }
        return box
    }
}

/// Periodic copies of atoms.
struct AtomList {
    var points: [PeriodicPoint] = []
    var weights: [Double] = []
    var atoms: [Int32] = []

    mutating func append(_ point: PeriodicPoint, _ weight: Double, _ atom: Int32) {
        points.append(point)
        weights.append(weight)
        atoms.append(atom)
    }

    /// Those that may be nearest somewhere in a box: `f_i − f_j` changes by at most twice the way.
    func within(_ box: CentredBox, smoothing: Double) -> AtomList {
        let reach = 2 * box.half.dot(box.half).squareRoot() * (1 + 1e-12) + 1e-12
        var values = [Double](repeating: 0, count: points.count)
        var least = Double.infinity
        for index in points.indices {
            let offset = box.centre - points[index]
            values[index] = (offset.dot(offset) + smoothing * smoothing).squareRoot() - weights[index]
            least = Swift.min(least, values[index])
        }
        var list = AtomList()
        for index in points.indices where values[index] <= least + reach {
            list.append(points[index], weights[index], atoms[index])
        }
        return list
    }
}

/// Points that stand for the boxes of a block, with their masses and the least `f_i` there.
struct SampleBlock {
    private(set) var points: [PeriodicPoint] = []
    private(set) var masses: [Double] = []
    private(set) var values: [Double] = []
    private(set) var low = PeriodicPoint(repeating: .infinity)
    private(set) var high = PeriodicPoint(repeating: -.infinity)
    private(set) var largest = -Double.infinity

    mutating func append(_ point: PeriodicPoint, _ mass: Double, _ value: Double) {
        points.append(point)
        masses.append(mass)
        values.append(value)
        (low, high) = (low.lowered(by: point), high.raised(by: point))
        largest = Swift.max(largest, value)
    }
}

/// What is summed over the boxes of a piece.
struct BoxSums {
    var masses: [Double] = []
    var lower = CompensatedSum()
    var cost = CompensatedSum()
    var upper = CompensatedSum()
    var edges: [(first: Int32, second: Int32, conductance: Double)] = []
    var samples = SampleBlock()
}

/// Walks down the boxes of a block of cells, with the list of the atoms that may still matter.
struct BoxSearch {
    private let list: AtomList
    private let table: DensityTable
    private let dimension: Int
    private let squaredSmoothing: Double
    private let tolerance: Double
    private let meanDensity: Double
    private let massGoal: Double
    var sums = BoxSums()

    /// A list is a stretch of indices into the block's atoms; the lists of a box and of those that it is a part of lie one after the
    /// other.
    private var indices: UnsafeMutablePointer<Int32>
    private var capacity: Int
    /// Of the list at hand: the distance of each atom from the box's centre, and this minus the weight.
    private let distances: UnsafeMutablePointer<Double>
    private let values: UnsafeMutablePointer<Double>
    private let points: UnsafeMutablePointer<PeriodicPoint>
    private let weights: UnsafeMutablePointer<Double>

    /// The most halvings of a cell.
    private static let deepest = 9
    /// A bound of the roundings of one value, for coordinates and weights of a few periods.
    private static let rounding = 0x1p-46

    init(
        _ list: AtomList, _ table: DensityTable, dimension: Int, smoothing: Double, tolerance: Double,
        massGoal: Double
    ) {
        self.massGoal = massGoal
        (self.list, self.table, self.tolerance) = (list, table, tolerance)
        squaredSmoothing = smoothing * smoothing
        self.dimension = dimension
        let count = list.points.count
        meanDensity = 1 / (dimension == 2 ? period * period : period * period * period)
        capacity = 8 * count + 64
        indices = .allocate(capacity: capacity)
        distances = .allocate(capacity: count)
        values = .allocate(capacity: count)
        points = .allocate(capacity: count)
        weights = .allocate(capacity: count)
        for index in 0..<count {
            (points[index], weights[index]) = (list.points[index], list.weights[index])
            indices[index] = Int32(index)
        }
        sums.masses = Array(repeating: 0, count: count)
    }

    func deallocate() {
        indices.deallocate()
        distances.deallocate()
        values.deallocate()
        points.deallocate()
        weights.deallocate()
    }

    mutating func visit(_ range: CellRange) { visit(range, 0, list.points.count) }

    /// Halves a block down to single cells.
    private mutating func visit(_ range: CellRange, _ begin: Int, _ end: Int) {
        let size = range.high &- range.low
        let spacing = table.spacing
        if size.x == 1 && size.y == 1 && size.z == 1 {
            let value = table.value(range.low.x, row: table.row(range.low.y, range.low.z))
            guard value > 0 else { return }
            let half = 0.5 * spacing * axes
            let centre = half * PeriodicPoint(SIMD4<Double>(range.low) * 2 + 1)
            var volume = 1.0
            for axis in 0..<dimension { volume *= spacing[axis] }
            // Half of the tolerance for all alike, half by the share in the mass.
            let goal = 0.5 * tolerance * (1 + meanDensity / value)
            visit(CentredBox(centre: centre, half: half), begin, end, value * volume, goal, 0)
            return
        }
        let lengths = PeriodicPoint(SIMD4<Double>(size)) * spacing
        var axis = 0
        for candidate in 0..<dimension where size[candidate] > 1 {
            if size[axis] == 1 || lengths[candidate] > lengths[axis] { axis = candidate }
        }
        let half = 0.5 * lengths * axes
        let centre = 0.5 * spacing * axes * PeriodicPoint(SIMD4<Double>(range.low &+ range.high))
        let (_, kept) = nearest(CentredBox(centre: centre, half: half), begin, end)
        let middle = (range.low[axis] &+ range.high[axis]) / 2
        var (first, second) = (range, range)
        first.high[axis] = middle
        second.low[axis] = middle
        visit(first, end, kept)
        visit(second, end, kept)
    }

    private var axes: PeriodicPoint { dimension == 2 ? PeriodicPoint(1, 1, 0, 0) : PeriodicPoint(1, 1, 1, 0) }

    /// Puts those of a list that may be nearest somewhere in a box behind it, the one that is nearest to the centre first.
    ///
    /// - Returns: the nearest one, and the end of the new list, which begins where the given one ends.
    @inline(__always)
    private mutating func nearest(_ box: CentredBox, _ begin: Int, _ end: Int) -> (Int, Int) {
        if end &+ (end &- begin) > capacity {
            let grown = 2 * (end &+ (end &- begin))
            let larger = UnsafeMutablePointer<Int32>.allocate(capacity: grown)
            larger.update(from: indices, count: end)
            indices.deallocate()
            (indices, capacity) = (larger, grown)
        }
        let (indices, points, weights) = (indices, points, weights)
        let (distances, values) = (distances, values)
        let square = squaredSmoothing
        var (least, best) = (Double.infinity, 0)
        for place in begin..<end {
            let index = Int(indices[place])
            let offset = box.centre - points[index]
            let distance = (offset.dot(offset) + square).squareRoot()
            let value = distance - weights[index]
            distances[index] = distance
            values[index] = value
            if value < least { (least, best) = (value, index) }
        }
        let reach = box.half.dot(box.half).squareRoot()
        let excess = Self.excess(distances[best], reach) + Self.rounding
        let slope = (box.centre - points[best]) / Swift.max(distances[best], .leastNormalMagnitude)
        var kept = end
        indices[kept] = Int32(best)
        kept &+= 1
        for place in begin..<end {
            let index = Int(indices[place])
            let difference = values[index] - least
            if difference > 2 * reach + Self.rounding || index == best { continue }
            let tilt = (box.centre - points[index]) / Swift.max(distances[index], .leastNormalMagnitude) - slope
            let size = tilt.replacing(with: -tilt, where: tilt .< .zero)
            if difference > size.dot(box.half) + excess { continue }
            indices[kept] = Int32(index)
            kept &+= 1
        }
        return (best, kept)
    }

    /// A bound of the excess of a distance over its tangent, within `reach` of where it is `distance`.
    @inline(__always)
    private static func excess(_ distance: Double, _ reach: Double) -> Double {
        reach > 0 ? reach * reach / (2 * Swift.max(distance - reach, 0.25 * reach)) : 0
    }

    /// Bounds of the mean of a distance over a box.
    @inline(__always)
    private static func mean(
        _ distance: Double, _ slope: PeriodicPoint, _ box: CentredBox, _ reach: Double
    ) -> ClosedRange<Double> {
        let squares = box.half * box.half
        let total = squares.dot(PeriodicPoint(1, 1, 1, 1))
        let nearest = distance - reach
        // Beyond its own size the mean distance from the centre is at most the root mean square.
        guard nearest > 0.05 * reach else { return distance...distance + (total / 3).squareRoot() }
        let bend = (total - squares.dot(slope * slope)) / (6 * distance)
        let quartic = 0.2 * squares.dot(squares) + (total * total - squares.dot(squares)) / 9
        let rest = quartic / (8 * nearest * nearest * nearest)
        let top = Swift.min(bend + rest, total / (6 * nearest))
        return distance + Swift.max(0, bend - rest)...distance + Swift.max(top, 0)
    }

    /// Sums over a box within a cell of the grid, or over its parts.
    private mutating func visit(
        _ box: CentredBox, _ begin: Int, _ end: Int, _ mass: Double, _ goal: Double, _ depth: Int
    ) {
        let (best, kept) = nearest(box, begin, end)
        let reach = box.half.dot(box.half).squareRoot()
        let distance = distances[best]
        let slope = (box.centre - points[best]) / Swift.max(distance, .leastNormalMagnitude)
        let range = Self.mean(distance, slope, box, reach)
        var (lower, upper) = (range.lowerBound, range.upperBound)
        var (other, share, conductance) = (-1, 0.0, 0.0)
        var (gain, otherExcess, bend, error) = (0.0, 0.0, 0.0, 0.0)
        for place in (end &+ 1)..<Swift.max(kept, end &+ 1) {
            let index = Int(indices[place])
            let tilt = (box.centre - points[index]) / Swift.max(distances[index], .leastNormalMagnitude) - slope
            let sum = UniformSum(tilt.replacing(with: -tilt, where: tilt .< .zero) * box.half)
            let below = values[best] - values[index]
            // Atoms close to one another bend alike: the third derivatives of a distance are at most 1.16/ρ².
            let apart = points[index] - points[best]
            let way = apart.dot(apart).squareRoot()
            let near = Swift.min(distance, distances[index]) - reach - way
            let alike = near > 0 ? 0.58 * way * reach * reach / (near * near) : .infinity
            let least = Swift.min(Self.excess(distance, reach), alike)
            lower -= sum.positivePart(below + least).mean + sum.error
            let part = sum.positivePart(below)
            if part.mean > gain || other < 0 {
                (other, share, conductance, gain) = (index, part.probability, part.density, part.mean)
                otherExcess = Swift.min(Self.excess(distances[index], reach), alike)
                bend = Swift.max(otherExcess, least)
                error = sum.error
            }
        }
        upper += otherExcess * share - gain + error
        let unclear = kept &- end > 2 ? mass : mass * Swift.min(1, bend * conductance)
        if depth < Self.deepest, upper - lower > goal || unclear > massGoal {
            let count = kept
            // Short edges stay whole.
            var half = box.half
            var cut: (Int, Int, Int) = (1, 1, 1)
            let longest = Swift.max(half.x, Swift.max(half.y, half.z))
            if half.x > 0.6 * longest { half.x *= 0.5; cut.0 = 2 }
            if half.y > 0.6 * longest { half.y *= 0.5; cut.1 = 2 }
            if half.z > 0.6 * longest { half.z *= 0.5; cut.2 = 2 }
            let part = mass / Double(cut.0 &* cut.1 &* cut.2)
            for k in 0..<cut.2 {
                for j in 0..<cut.1 {
                    for i in 0..<cut.0 {
                        let sign = PeriodicPoint(
                            cut.0 == 1 ? 0 : Double(2 &* i &- 1), cut.1 == 1 ? 0 : Double(2 &* j &- 1),
                            cut.2 == 1 ? 0 : Double(2 &* k &- 1), 0)
                        visit(
                            CentredBox(centre: box.centre + sign * half, half: half), end, count, part, goal,
                            depth &+ 1)
                    }
                }
            }
            return
        }
        sums.samples.append(box.centre, mass, values[best])
        sums.lower.add(mass * (lower - weights[best]))
        sums.upper.add(mass * (upper - weights[best]))
        sums.masses[best] += mass * (1 - share)
        var cost = upper - (1 - share) * surplus(distance, reach)
        if other >= 0, share > 0 {
            sums.masses[other] += mass * share
            // f_i − f_b = |x − x_i| − |x − x_b| − (w_i − w_b) is what was gained.
            cost += share * (weights[other] - weights[best]) - share * surplus(distances[other], reach)
            let (a, b) = (list.atoms[best], list.atoms[other])
            if a != b && conductance > 0 { sums.edges.append((a, b, mass * conductance)) }
        }
        sums.cost.add(mass * cost)
    }

    /// The least of what `ε` adds to a distance, within `reach`.
    @inline(__always)
    private func surplus(_ distance: Double, _ reach: Double) -> Double {
        let farthest = Swift.max(0, distance * distance - squaredSmoothing).squareRoot() + reach
        return squaredSmoothing
            / ((farthest * farthest + squaredSmoothing).squareRoot() + farthest + .leastNormalMagnitude)
    }
}
