/// A Laguerre cell in two angles: a convex polygon, its edges labelled by the atoms behind them.
struct LaguerrePolygon: LaguerreCell {
    static let dimension = 2

    private var capacity = 32
    private var count = 0
    /// The vertices in counterclockwise order, and the label of the edge that begins at each; the second half is where the
    /// cut polygon is written.
    private var points: UnsafeMutablePointer<SIMD2<Double>>
    private var labels: UnsafeMutablePointer<Int32>
    private var sides: UnsafeMutablePointer<Double>
    private(set) var low = PeriodicPoint.zero
    private(set) var high = PeriodicPoint.zero

    init() {
        points = .allocate(capacity: 2 * capacity)
        labels = .allocate(capacity: 2 * capacity)
        sides = .allocate(capacity: capacity)
    }

    func deallocate() {
        points.deallocate()
        labels.deallocate()
        sides.deallocate()
    }

    var isEmpty: Bool { count == 0 }
    var vertex: PeriodicPoint { count == 0 ? .zero : PeriodicPoint(points[0].x, points[0].y, 0, 0) }
    var facetCount: Int { count }

    var squaredReach: Double {
        var reach = 0.0
        for index in 0..<count { reach = Swift.max(reach, (points[index] * points[index]).sum()) }
        return reach
    }

    mutating func reset() {
        count = 4
        (points[0], points[1]) = (SIMD2(-.pi, -.pi), SIMD2(.pi, -.pi))
        (points[2], points[3]) = (SIMD2(.pi, .pi), SIMD2(-.pi, .pi))
        for index in 0..<4 { labels[index] = -1 }
        (low, high) = (PeriodicPoint(-.pi, -.pi, 0, 0), PeriodicPoint(.pi, .pi, 0, 0))
    }

    private mutating func grow() {
        let grown = 2 * capacity
        let (points, labels) = (self.points, self.labels)
        self.points = .allocate(capacity: 2 * grown)
        self.labels = .allocate(capacity: 2 * grown)
        sides.deallocate()
        sides = .allocate(capacity: grown)
        self.points.update(from: points, count: count)
        self.labels.update(from: labels, count: count)
        points.deallocate()
        labels.deallocate()
        capacity = grown
    }

    @inline(__always)
    mutating func clip(normal: PeriodicPoint, offset: Double, label: Int32) {
        let (x, y) = (2 * normal.x, 2 * normal.y)
        // What only touches the cell, but for rounding, leaves no edge.
        let rounding = 0x1p-50 * (abs(offset) + normal.dot(normal))
        var isCut = false
        for index in 0..<count {
            let side = x * points[index].x + y * points[index].y - offset
            sides[index] = side
            isCut = isCut || side > rounding
        }
        guard isCut else { return }
        for index in 0..<count where labels[index] == label { return }
        cut(label, rounding)
    }

    private mutating func cut(_ label: Int32, _ rounding: Double) {
        if count &+ 2 > capacity {
            let kept = sides
            let copy = (0..<count).map { kept[$0] }
            grow()
            for index in 0..<count { sides[index] = copy[index] }
        }
        let (points, labels, sides) = (self.points, self.labels, self.sides)
        let (cutPoints, cutLabels) = (points + capacity, labels + capacity)
        var written = 0
        var (low, high) = (SIMD2(repeating: Double.infinity), SIMD2(repeating: -Double.infinity))
        var previous = count &- 1
        for index in 0..<count {
            let (before, here) = (sides[previous], sides[index])
            if (before > rounding) != (here > rounding) {
                let share = (before - rounding) / (before - here)
                let crossing = points[previous] + share * (points[index] - points[previous])
                cutPoints[written] = crossing
                // Leaving the kept part the new edge begins; coming back the old one goes on.
                cutLabels[written] = here > rounding ? label : labels[previous]
                written &+= 1
                low = low.replacing(with: crossing, where: crossing .< low)
                high = high.replacing(with: crossing, where: crossing .> high)
            }
            if here <= rounding {
                let point = points[index]
                cutPoints[written] = point
                cutLabels[written] = labels[index]
                written &+= 1
                low = low.replacing(with: point, where: point .< low)
                high = high.replacing(with: point, where: point .> high)
            }
            previous = index
        }
        count = written < 3 ? 0 : written
        for index in 0..<count {
            points[index] = cutPoints[index]
            labels[index] = cutLabels[index]
        }
        self.low = PeriodicPoint(low.x, low.y, 0, 0)
        self.high = PeriodicPoint(high.x, high.y, 0, 0)
    }

    mutating func integrate(
        _ row: RowAntiderivative, moments: Bool, facets: UnsafeMutablePointer<LaguerreFacet>
    ) -> (CellMoments, Int) {
        var result = CellMoments()
        var written = 0
        for index in 0..<count {
            let (from, to) = (points[index], points[index &+ 1 == count ? 0 : index &+ 1])
            let delta = to - from
            let length = (delta * delta).sum().squareRoot()
            let share =
                moments
                ? Self.walk(row, from, delta, moments: true, &result)
                : Self.walk(row, from, delta, moments: false, &result)
            if labels[index] >= 0 {
                facets[written] = LaguerreFacet(label: labels[index], density: length * share)
                written &+= 1
            }
        }
        return (result, written)
    }

    /// Walks an edge through the grid, adding its part of `∮ F dθ₁`; returns the mean density on it.
    @inline(__always)
    private static func walk(
        _ row: RowAntiderivative, _ from: SIMD2<Double>, _ delta: SIMD2<Double>, moments: Bool,
        _ result: inout CellMoments
    ) -> Double {
        var column = row.index(from.x, 0)
        var line = row.index(from.y, 1)
        let (lastColumn, lastLine) = (row.index(from.x + delta.x, 0), row.index(from.y + delta.y, 1))
        let (columnStep, lineStep) = (lastColumn > column ? 1 : -1, lastLine > line ? 1 : -1)
        var (share, mean) = (0.0, 0.0)
        while true {
            let atColumn =
                column == lastColumn
                ? Double.infinity : (row.face(columnStep > 0 ? column &+ 1 : column, 0) - from.x) / delta.x
            let atLine =
                line == lastLine ? Double.infinity : (row.face(lineStep > 0 ? line &+ 1 : line, 1) - from.y) / delta.y
            let next = Swift.max(share, Swift.min(1, Swift.min(atColumn, atLine)))
            let gridRow = row.table.row(line, 0)
            let density = row.table.value(column, row: gridRow)
            let height = (next - share) * delta.y
            mean += density * (next - share)
            if moments {
                let start = row.powers(to: column, row: gridRow)
                let face = row.face(column, 0)
                // Two Gauss points integrate the cubic moments exactly.
                let (middle, half) = (0.5 * (share + next), 0.5 * (next - share) * 0.57735026918962576451)
                for position in [middle - half, middle + half] {
                    let (x, y) = (from.x + position * delta.x, from.y + position * delta.y)
                    let (mass, first, second) = (
                        start.zeroth + density * (x - face),
                        start.first + density * 0.5 * (x - face) * (x + face),
                        start.second + density * (x - face) * (x * x + x * face + face * face) * (1.0 / 3)
                    )
                    let weight = 0.5 * height
                    result.mass += weight * mass
                    result.first += weight * PeriodicPoint(first, y * mass, 0, 0)
                    result.second += weight * (second + y * y * mass)
                }
            } else {
                let middle = from.x + 0.5 * (share + next) * delta.x
                result.mass +=
                    height
                    * (row.table.integral(from: row.start, to: column, row: gridRow)
                        + density * (middle - row.face(column, 0)))
            }
            share = next
            if column == lastColumn && line == lastLine { return mean }
            if atColumn < atLine { column &+= columnStep } else { line &+= lineStep }
        }
    }
}
