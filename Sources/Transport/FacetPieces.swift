/// A convex polygon in space, cut by the planes of a grid into pieces on each of which the density is constant.
struct FacetPieces {
    private var capacity = 32
    /// The polygon, then for each axis what is cut off and, in turns, two places for what remains.
    private var points: UnsafeMutablePointer<PeriodicPoint>
    var count = 0

    init() { points = .allocate(capacity: 10 * capacity) }

    func deallocate() { points.deallocate() }

    @inline(__always)
    mutating func append(_ point: PeriodicPoint) {
        // Each plane that cuts adds at most one vertex to a piece: room for six more.
        if count &+ 8 > capacity { grow() }
        points[count] = point
        count &+= 1
    }

    private mutating func grow() {
        let grown = UnsafeMutablePointer<PeriodicPoint>.allocate(capacity: 10 * 2 * capacity)
        grown.update(from: points, count: count)
        points.deallocate()
        points = grown
        capacity *= 2
    }

    /// Adds the facet's part of `∮ n₀ F dA`, `F` the density's antiderivative along θ₀.
    ///
    /// Vertices run counterclockwise around the outward normal. Rounding can fold a thin facet over the edge of its neighbour, which then reaches too far;
    /// the signs of areas take away there what the neighbour adds.
    ///
    /// - Parameter normal: the outward unit normal.
    /// - Returns: the integral of the density over the facet.
    func integrate(
        _ row: RowAntiderivative, normal: PeriodicPoint, moments: Bool, _ result: inout CellMoments
    ) -> Double {
        var integral = FacetIntegral(row: row, normal: normal, moments: moments)
        split(points, count, axis: 2, line: 0, layer: 0, &integral)
        result.mass += integral.result.mass
        if moments {
            result.first += integral.result.first
            result.second += integral.result.second
        }
        return integral.density
    }

    /// Cuts a polygon along an axis, then its pieces along the axes below.
    private func split(
        _ polygon: UnsafeMutablePointer<PeriodicPoint>, _ count: Int, axis: Int, line: Int, layer: Int,
        _ integral: inout FacetIntegral
    ) {
        var (low, high) = (polygon[0][axis], polygon[0][axis])
        for index in 1..<count {
            low = Swift.min(low, polygon[index][axis])
            high = Swift.max(high, polygon[index][axis])
        }
        let (first, last) = (integral.row.index(low, axis), integral.row.index(high, axis))
        var (rest, restCount) = (polygon, count)
        let below = points + (1 &+ 3 &* axis) &* capacity
        var (above, spare) = (below + capacity, below + 2 &* capacity)
        for index in first..<last {
            let face = integral.row.face(index &+ 1, axis)
            var (belowCount, aboveCount) = (0, 0)
            var previous = rest[restCount &- 1]
            for place in 0..<restCount {
                let here = rest[place]
                let (before, now) = (previous[axis] - face, here[axis] - face)
                if (before > 0) != (now > 0) {
                    var crossing = previous + before / (before - now) * (here - previous)
                    crossing[axis] = face
                    below[belowCount] = crossing
                    above[aboveCount] = crossing
                    belowCount &+= 1
                    aboveCount &+= 1
                }
                if now > 0 {
                    above[aboveCount] = here
                    aboveCount &+= 1
                } else {
                    below[belowCount] = here
                    belowCount &+= 1
                }
                previous = here
            }
            if belowCount >= 3 { descend(below, belowCount, axis, index, line, layer, &integral) }
            (rest, restCount) = (above, aboveCount)
            if restCount < 3 { return }
            swap(&above, &spare)
        }
        descend(rest, restCount, axis, last, line, layer, &integral)
    }

    @inline(__always)
    private func descend(
        _ polygon: UnsafeMutablePointer<PeriodicPoint>, _ count: Int, _ axis: Int, _ index: Int, _ line: Int,
        _ layer: Int, _ integral: inout FacetIntegral
    ) {
        switch axis {
        case 2: split(polygon, count, axis: 1, line: 0, layer: index, &integral)
        case 1: split(polygon, count, axis: 0, line: index, layer: layer, &integral)
        default: integral.add(polygon, count, column: index, line: line, layer: layer)
        }
    }
}

/// The sums over the pieces of a facet.
private struct FacetIntegral {
    let row: RowAntiderivative
    /// The outward unit normal.
    let normal: PeriodicPoint
    let moments: Bool
    var result = CellMoments()
    var density = 0.0

    init(row: RowAntiderivative, normal: PeriodicPoint, moments: Bool) {
        (self.row, self.normal, self.moments) = (row, normal, moments)
    }

    @inline(__always)
    mutating func add(
        _ polygon: UnsafeMutablePointer<PeriodicPoint>, _ count: Int, column: Int, line: Int, layer: Int
    ) {
        let gridRow = row.table.row(line, layer)
        let value = row.table.value(column, row: gridRow)
        let face = row.face(column, 0)
        let origin = polygon[0]
        var previous = polygon[1] - origin
        var (area, places) = (0.0, 0.0)
        for index in 2..<count {
            let next = polygon[index] - origin
            let part = 0.5 * previous.cross(next).dot(normal)
            area += part
            places += part * (previous.x + next.x)
            if moments {
                addMoments(origin, previous + origin, next + origin, part, value, face, column, gridRow)
            }
            previous = next
        }
        density += value * area
        if !moments {
            let mean = (origin.x - face) * area + places * (1.0 / 3)
            result.mass +=
                normal.x * (row.table.integral(from: row.start, to: column, row: gridRow) * area + value * mean)
        }
    }

    /// The quadrature of degree 3 with four points integrates the cubic moments over a triangle exactly.
    private mutating func addMoments(
        _ a: PeriodicPoint, _ b: PeriodicPoint, _ c: PeriodicPoint, _ area: Double, _ value: Double, _ face: Double,
        _ column: Int, _ gridRow: Int
    ) {
        let start = row.powers(to: column, row: gridRow)
        let sum = a + b + c
        for node in 0..<4 {
            let point =
                node == 0 ? sum * (1.0 / 3) : 0.2 * sum + 0.4 * (node == 1 ? a : node == 2 ? b : c)
            let weight = normal.x * area * (node == 0 ? -0.5625 : 0.52083333333333333333)
            let x = point.x
            let mass = start.zeroth + value * (x - face)
            result.mass += weight * mass
            let first = start.first + value * 0.5 * (x - face) * (x + face)
            result.first += weight * PeriodicPoint(first, point.y * mass, point.z * mass, 0)
            let second = start.second + value * (x - face) * (x * x + x * face + face * face) * (1.0 / 3)
            result.second += weight * (second + (point.y * point.y + point.z * point.z) * mass)
        }
    }
}
