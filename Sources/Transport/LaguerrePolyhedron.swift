/// A Laguerre cell in three angles: a convex polyhedron, kept as its vertices, each the meeting point of three planes.
///
/// Cutting removes the vertices beyond a plane; the boundary of what was removed is a cycle of planes, and each pair of
/// neighbours in it meets the cutting plane in one vertex. This needs no faces or edges until the cell is integrated.
///
/// Source: Ray, Sokolov, Lefebvre, Lévy, *Meshless Voronoi on the GPU*, ACM Trans. Graph. 37 (2018).
struct LaguerrePolyhedron: LaguerreCell {
    static let dimension = 3

    private struct Corner {
        var point: PeriodicPoint
        /// Three planes, in counterclockwise order seen from outside.
        var a: Int32
        var b: Int32
        var c: Int32
    }

    /// `2 v·normal ≤ offset`.
    private struct Plane {
        var normal: PeriodicPoint
        var offset: Double
        var label: Int32
    }

    private var corners: [Corner] = []
    private var planes: [Plane] = []
    private var sides: [Double] = []
    private var removed: [Corner] = []
    private var added: [Corner] = []
    /// The plane that follows each plane in the boundary of what a cut removes.
    private var successor: [Int32] = []
    private var facet = FacetPieces()
    private(set) var low = PeriodicPoint.zero
    private(set) var high = PeriodicPoint.zero

    init() {
        corners.reserveCapacity(64)
        planes.reserveCapacity(128)
        sides.reserveCapacity(64)
        removed.reserveCapacity(64)
        added.reserveCapacity(64)
        successor.reserveCapacity(128)
    }

    func deallocate() { facet.deallocate() }

    var isEmpty: Bool { corners.isEmpty }
    var vertex: PeriodicPoint { corners.first?.point ?? .zero }
    var facetCount: Int { planes.count }

    var squaredReach: Double {
        var reach = 0.0
        for corner in corners { reach = Swift.max(reach, corner.point.dot(corner.point)) }
        return reach
    }

    mutating func reset() {
        planes.removeAll(keepingCapacity: true)
        corners.removeAll(keepingCapacity: true)
        successor.removeAll(keepingCapacity: true)
        for axis in 0..<3 {
            for sign in [-1.0, 1.0] {
                var normal = PeriodicPoint.zero
                normal[axis] = sign
                planes.append(Plane(normal: normal, offset: 2 * .pi, label: -1))
                successor.append(-1)
            }
        }
        for corner in 0..<8 {
            let (x, y, z) = (corner & 1, corner >> 1 & 1, corner >> 2 & 1)
            let planes = (Int32(x), Int32(2 + y), Int32(4 + z))
            let isEven = (x + y + z) % 2 == 1
            corners.append(
                Corner(
                    point: PeriodicPoint(x == 0 ? -.pi : .pi, y == 0 ? -.pi : .pi, z == 0 ? -.pi : .pi, 0),
                    a: planes.0, b: isEven ? planes.1 : planes.2, c: isEven ? planes.2 : planes.1))
        }
        (low, high) = (PeriodicPoint(-.pi, -.pi, -.pi, 0), PeriodicPoint(.pi, .pi, .pi, 0))
    }

    mutating func clip(normal: PeriodicPoint, offset: Double, label: Int32) {
        let count = corners.count
        let doubled = 2 * normal
        var beyond = -Double.infinity
        corners.withUnsafeBufferPointer { corners in
            for index in 0..<count { beyond = Swift.max(beyond, doubled.dot(corners[index].point) - offset) }
        }
        // A vertex on the plane but for rounding is not cut off: where many planes meet, what is removed stays connected.
        let rounding = 0x1p-50 * (abs(offset) + normal.dot(normal))
        guard beyond > rounding else { return }
        for plane in planes where plane.label == label { return }
        var threshold = rounding
        while beyond > threshold {
            if cut(doubled, Plane(normal: normal, offset: offset, label: label), threshold) { return }
            threshold *= 16
        }
    }

    /// Removes the corners beyond a plane by more than the threshold.
    ///
    /// - Returns: false, with nothing changed, when rounding has torn the boundary of the removed part.
    private mutating func cut(_ doubled: PeriodicPoint, _ plane: Plane, _ threshold: Double) -> Bool {
        removed.removeAll(keepingCapacity: true)
        added.removeAll(keepingCapacity: true)
        var kept = 0
        // The kept corners move to the front; the removed ones are put back when the cut fails.
        for index in corners.indices {
            let corner = corners[index]
            if doubled.dot(corner.point) - plane.offset > threshold {
                removed.append(corner)
            } else {
                corners[kept] = corner
                kept &+= 1
            }
        }
        if kept == 0 {
            corners.removeAll(keepingCapacity: true)
            return true
        }
        let new = Int32(planes.count)
        var (edges, isSimple) = (0, true)
        var first: Int32 = -1
        removed.withUnsafeBufferPointer { removed in
            successor.withUnsafeMutableBufferPointer { successor in
                for index in removed.indices {
                    let corner = removed[index]
                    for side in 0..<3 {
                        let from = side == 0 ? corner.a : side == 1 ? corner.b : corner.c
                        let to = side == 0 ? corner.b : side == 1 ? corner.c : corner.a
                        var isInner = false
                        for other in removed.indices {
                            let (a, b, c) = (removed[other].a, removed[other].b, removed[other].c)
                            isInner =
                                isInner || (a == to && b == from) || (b == to && c == from) || (c == to && a == from)
                        }
                        if isInner { continue }
                        if successor[Int(from)] >= 0 { isSimple = false }
                        successor[Int(from)] = to
                        first = from
                        edges &+= 1
                    }
                }
            }
        }
        var (walked, here) = (0, first)
        while isSimple && walked < edges {
            let next = successor[Int(here)]
            if next < 0 { isSimple = false; break }
            let (p, q) = (planes[Int(here)], planes[Int(next)])
            let point = Self.meet(p, q, plane)
            // Planes that nearly share a line may meet anywhere; no cell leaves the box.
            let bound = 1.0001 * Double.pi
            guard abs(point.x) < bound && abs(point.y) < bound && abs(point.z) < bound else { break }
            added.append(Corner(point: point, a: here, b: next, c: new))
            walked &+= 1
            here = next
            if here == first { break }
        }
        isSimple = isSimple && walked == edges && here == first && edges >= 3
        for corner in removed {
            successor[Int(corner.a)] = -1
            successor[Int(corner.b)] = -1
            successor[Int(corner.c)] = -1
        }
        guard isSimple else {
            for index in removed.indices { corners[kept &+ index] = removed[index] }
            return false
        }
        corners.removeSubrange(kept...)
        corners.append(contentsOf: added)
        planes.append(plane)
        successor.append(-1)
        var (low, high) = (corners[0].point, corners[0].point)
        for corner in corners {
            low = low.lowered(by: corner.point)
            high = high.raised(by: corner.point)
        }
        (self.low, self.high) = (low, high)
        return true
    }

    private static func meet(_ p: Plane, _ q: Plane, _ r: Plane) -> PeriodicPoint {
        let across = q.normal.cross(r.normal)
        let sum =
            p.offset * across + q.offset * r.normal.cross(p.normal) + r.offset * p.normal.cross(q.normal)
        return sum / (2 * p.normal.dot(across))
    }

    mutating func integrate(
        _ row: RowAntiderivative, moments: Bool, facets: UnsafeMutablePointer<LaguerreFacet>
    ) -> (CellMoments, Int) {
        var result = CellMoments()
        var written = 0
        for index in planes.indices {
            facet.count = 0
            // Around a plane, each corner's other two planes chain into a loop.
            var (start, here): (Int32, Int32) = (-1, -1)
            var isOpen = true
            while isOpen {
                isOpen = false
                for corner in corners {
                    let (before, after): (Int32, Int32)
                    if corner.a == Int32(index) {
                        (before, after) = (corner.b, corner.c)
                    } else if corner.b == Int32(index) {
                        (before, after) = (corner.c, corner.a)
                    } else if corner.c == Int32(index) {
                        (before, after) = (corner.a, corner.b)
                    } else {
                        continue
                    }
                    if here < 0 { (start, here) = (before, before) }
                    if before == here {
                        facet.append(corner.point)
                        here = after
                        isOpen = here != start
                        break
                    }
                }
            }
            guard facet.count >= 3 else { continue }
            let normal = planes[index].normal
            let unit = normal / normal.dot(normal).squareRoot()
            let density = facet.integrate(row, normal: unit, moments: moments, &result)
            if planes[index].label >= 0 {
                facets[written] = LaguerreFacet(label: planes[index].label, density: density)
                written &+= 1
            }
        }
        return (result, written)
    }
}
