/// A Laguerre cell in three angles: a convex polyhedron, kept as its vertices, each the meeting point of three planes.
///
/// Cutting removes the vertices beyond a plane; the boundary of what was removed is a cycle of planes, and each pair of
/// neighbours in it meets the cutting plane in one vertex. This needs no faces or edges until the cell is integrated. Most planes that are
/// tried cut nothing, so the vertices' coordinates lie apart, and eight of them are compared with a plane at once.
///
/// Source: Ray, Sokolov, Lefebvre, Lévy, *Meshless Voronoi on the GPU*, ACM Trans. Graph. 37 (2018).
struct LaguerrePolyhedron: LaguerreCell {
    static let dimension = 3

    /// The three planes of a corner, in counterclockwise order seen from outside.
    private typealias Triple = (a: Int32, b: Int32, c: Int32)

    /// `2 v·normal ≤ offset`.
    private struct Plane {
        var normal: PeriodicPoint
        var offset: Double
        var label: Int32
    }

    private typealias Lanes = SIMD8<Double>

    /// The room for corners, whole lanes.
    private var room = 64
    private var count = 0
    /// The corners' coordinates, one axis after the other, and how far they lie beyond the plane in question; what follows the last corner
    /// within its lanes repeats it.
    private var coordinates: UnsafeMutablePointer<Double>
    private var sides: UnsafeMutablePointer<Double>
    private var triples: UnsafeMutablePointer<Triple>
    /// The corners that a cut removes, where they were, and those that it adds.
    private var removed: UnsafeMutablePointer<(triple: Triple, point: PeriodicPoint)>
    private var added: UnsafeMutablePointer<(triple: Triple, point: PeriodicPoint)>
    private var boundary: UnsafeMutablePointer<(from: Int32, to: Int32)>
    private var planeRoom = 128
    private var planeCount = 0
    private var planes: UnsafeMutablePointer<Plane>
    /// The plane that follows each plane in the boundary of what a cut removes.
    private var successor: UnsafeMutablePointer<Int32>
    private var facet = FacetPieces()
    private(set) var low = PeriodicPoint.zero
    private(set) var high = PeriodicPoint.zero

    init() {
        coordinates = .allocate(capacity: 3 * room)
        sides = .allocate(capacity: room)
        triples = .allocate(capacity: room)
        removed = .allocate(capacity: room)
        added = .allocate(capacity: room)
        boundary = .allocate(capacity: 3 * room)
        planes = .allocate(capacity: planeRoom)
        successor = .allocate(capacity: planeRoom)
    }

    func deallocate() {
        deallocateCorners()
        planes.deallocate()
        successor.deallocate()
        facet.deallocate()
    }

    private func deallocateCorners() {
        coordinates.deallocate()
        sides.deallocate()
        triples.deallocate()
        removed.deallocate()
        added.deallocate()
        boundary.deallocate()
    }

    var isEmpty: Bool { count == 0 }
    var vertex: PeriodicPoint { count == 0 ? .zero : point(0) }
    var facetCount: Int { planeCount }

    var squaredReach: Double {
        var reach = 0.0
        for index in 0..<count { reach = Swift.max(reach, point(index).dot(point(index))) }
        return reach
    }

    @inline(__always)
    private func point(_ index: Int) -> PeriodicPoint {
        PeriodicPoint(coordinates[index], coordinates[room &+ index], coordinates[2 &* room &+ index], 0)
    }

    @inline(__always)
    private func put(_ point: PeriodicPoint, _ triple: Triple, at index: Int) {
        coordinates[index] = point.x
        coordinates[room &+ index] = point.y
        coordinates[2 &* room &+ index] = point.z
        triples[index] = triple
    }

    /// Repeats the last corner to the end of its lanes.
    @inline(__always)
    private func fill() {
        let last = point(count &- 1)
        var index = count
        while index & 7 != 0 {
            put(last, triples[count &- 1], at: index)
            index &+= 1
        }
    }

    @inline(__always)
    private func lanes(_ pointer: UnsafeMutablePointer<Double>, _ index: Int) -> Lanes {
        UnsafeRawPointer(pointer + index).loadUnaligned(as: Lanes.self)
    }

    /// The greatest of the lanes, inlined as `max()` is not.
    @inline(__always)
    private static func greatest(_ lanes: Lanes) -> Double {
        let four = lanes.lowHalf.raised(by: lanes.highHalf)
        let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
        return two.x > two.y ? two.x : two.y
    }

    mutating func reset() {
        planeCount = 0
        count = 8
        for axis in 0..<3 {
            for sign in [-1.0, 1.0] {
                var normal = PeriodicPoint.zero
                normal[axis] = sign * period
                add(Plane(normal: normal, offset: period * period, label: -1))
            }
        }
        for corner in 0..<8 {
            let (x, y, z) = (corner & 1, corner >> 1 & 1, corner >> 2 & 1)
            let planes = (Int32(x), Int32(2 + y), Int32(4 + z))
            let isEven = (x + y + z) % 2 == 1
            put(
                PeriodicPoint(x == 0 ? -.pi : .pi, y == 0 ? -.pi : .pi, z == 0 ? -.pi : .pi, 0),
                (planes.0, isEven ? planes.1 : planes.2, isEven ? planes.2 : planes.1), at: corner)
        }
        (low, high) = (PeriodicPoint(-.pi, -.pi, -.pi, 0), PeriodicPoint(.pi, .pi, .pi, 0))
    }

    private mutating func add(_ plane: Plane) {
        if planeCount == planeRoom {
            let (planes, successor) = (self.planes, self.successor)
            planeRoom *= 2
            self.planes = .allocate(capacity: planeRoom)
            self.successor = .allocate(capacity: planeRoom)
            self.planes.update(from: planes, count: planeCount)
            self.successor.update(from: successor, count: planeCount)
            planes.deallocate()
            successor.deallocate()
        }
        planes[planeCount] = plane
        successor[planeCount] = -1
        planeCount &+= 1
    }

    /// Makes room for more corners: a cut adds at most as many as it has edges, three for each corner that it removes.
    private mutating func grow() {
        let small = self
        room *= 2
        coordinates = .allocate(capacity: 3 * room)
        sides = .allocate(capacity: room)
        triples = .allocate(capacity: room)
        removed = .allocate(capacity: room)
        added = .allocate(capacity: room)
        boundary = .allocate(capacity: 3 * room)
        for axis in 0..<3 {
            (coordinates + axis * room).update(from: small.coordinates + axis * small.room, count: small.room)
        }
        sides.update(from: small.sides, count: small.room)
        triples.update(from: small.triples, count: small.room)
        small.deallocateCorners()
    }

    mutating func clip(normal: PeriodicPoint, offset: Double, label: Int32) {
        let (x, y, z) = (Lanes(repeating: 2 * normal.x), Lanes(repeating: 2 * normal.y), Lanes(repeating: 2 * normal.z))
        let shift = Lanes(repeating: offset)
        var most = Lanes(repeating: -.infinity)
        var index = 0
        while index < count {
            let side =
                x * lanes(coordinates, index) + y * lanes(coordinates + room, index)
                + z * lanes(coordinates + 2 &* room, index) - shift
            UnsafeMutableRawPointer(sides + index).storeBytes(of: side, as: Lanes.self)
            most = most.replacing(with: side, where: side .> most)
            index &+= 8
        }
        let beyond = Self.greatest(most)
        // A vertex on the plane but for rounding is not cut off: where many planes meet, what is removed stays connected.
        let rounding = 0x1p-50 * (abs(offset) + normal.dot(normal))
        guard beyond > rounding else { return }
        for plane in 0..<planeCount where planes[plane].label == label { return }
        // Every edge of what is removed adds a corner.
        while 4 &* count > room { grow() }
        var threshold = rounding
        while beyond > threshold {
            if cut(Plane(normal: normal, offset: offset, label: label), threshold) { return }
            threshold *= 16
        }
    }

    /// Removes the corners beyond a plane by more than the threshold.
    ///
    /// - Returns: false, with nothing changed, when rounding has torn the boundary of the removed part.
    private mutating func cut(_ plane: Plane, _ threshold: Double) -> Bool {
        var (removedCount, addedCount) = (0, 0)
        for index in 0..<count where sides[index] > threshold {
            removed[removedCount] = (triples[index], .zero)
            removedCount &+= 1
        }
        if removedCount == count {
            count = 0
            return true
        }
        let new = Int32(planeCount)
        // An edge between two removed corners is run through both ways; what is left is the boundary.
        var edges = 0
        for index in 0..<removedCount {
            let (a, b, c) = removed[index].triple
            toggle((a, b), &edges)
            toggle((b, c), &edges)
            toggle((c, a), &edges)
        }
        var (isSimple, first) = (true, Int32(-1))
        for index in 0..<edges {
            let (from, to) = boundary[index]
            if successor[Int(from)] >= 0 { isSimple = false }
            successor[Int(from)] = to
            first = from
        }
        var (walked, here) = (0, first)
        while isSimple && walked < edges {
            let next = successor[Int(here)]
            if next < 0 { isSimple = false; break }
            guard
                let point = Self.meet(planes[Int(here)], planes[Int(next)], plane)
                    ?? crossing(here, next, threshold)
            else { isSimple = false; break }
            // Planes that nearly share a line may meet anywhere; no cell leaves the box.
            let bound = 1.0001 * Double.pi
            guard abs(point.x) < bound && abs(point.y) < bound && abs(point.z) < bound else { break }
            added[addedCount] = ((here, next, new), point)
            addedCount &+= 1
            walked &+= 1
            here = next
            if here == first { break }
        }
        isSimple = isSimple && walked == edges && here == first && edges >= 3
        for index in 0..<removedCount {
            let (a, b, c) = removed[index].triple
            successor[Int(a)] = -1
            successor[Int(b)] = -1
            successor[Int(c)] = -1
        }
        guard isSimple else { return false }
        var kept = 0
        for index in 0..<count where !(sides[index] > threshold) {
            if kept != index { put(point(index), triples[index], at: kept) }
            kept &+= 1
        }
        for index in 0..<addedCount { put(added[index].point, added[index].triple, at: kept &+ index) }
        count = kept &+ addedCount
        fill()
        add(plane)
        bound()
        return true
    }

    /// Adds an edge of what is removed to its boundary, or takes the opposite one out.
    @inline(__always)
    private func toggle(_ edge: (from: Int32, to: Int32), _ edges: inout Int) {
        for index in 0..<edges where boundary[index].from == edge.to && boundary[index].to == edge.from {
            edges &-= 1
            boundary[index] = boundary[edges]
            return
        }
        boundary[edges] = edge
        edges &+= 1
    }

    /// The smallest box around the corners.
    private mutating func bound() {
        for axis in 0..<3 {
            let values = coordinates + axis &* room
            var (least, most) = (lanes(values, 0), lanes(values, 0))
            var index = 8
            while index < count {
                let next = lanes(values, index)
                least = least.replacing(with: next, where: next .< least)
                most = most.replacing(with: next, where: next .> most)
                index &+= 8
            }
            (low[axis], high[axis]) = (-Self.greatest(-least), Self.greatest(most))
        }
    }

    /// The point that three planes share.
    ///
    /// Atoms close together make planes close to each other, all but parallel. Their difference, which is exact in floating point, is the plane
    /// between these atoms, and takes the place of one of them: Cramer's rule would else lose what tells the planes apart.
    ///
    /// - Returns: nil where the planes nearly share a line, and rounding would put the point anywhere.
    @inline(__always)
    private static func meet(_ p: Plane, _ q: Plane, _ r: Plane) -> PeriodicPoint? {
        var (second, third) = ((q.normal, q.offset), (r.normal, r.offset))
        let (pq, pr, qr) = (q.normal - p.normal, r.normal - p.normal, r.normal - q.normal)
        let size = 0x1p-8 * p.normal.dot(p.normal)
        let isSecondClose = pq.dot(pq) < size
        if pr.dot(pr) < size {
            third = (pr, r.offset - p.offset)
        } else if qr.dot(qr) < 0x1p-8 * q.normal.dot(q.normal) {
            third = (qr, r.offset - q.offset)
        }
        if isSecondClose { second = (pq, q.offset - p.offset) }
        let across = second.0.cross(third.0)
        let volume = p.normal.dot(across)
        let sizes = p.normal.dot(p.normal) * second.0.dot(second.0) * third.0.dot(third.0)
        guard volume * volume > LaguerrePolyhedron.flat * sizes else { return nil }
        let sum =
            p.offset * across + second.1 * third.0.cross(p.normal) + third.1 * p.normal.cross(second.0)
        return sum / (2 * volume)
    }

    /// The square of the volume that three planes' unit normals span, below which the planes nearly share a line.
    private static let flat = 0x1p-24

    /// Where the plane in question crosses the edge between two others: on the way from its removed corner to its kept one, so that rounding
    /// moves it by no more than it moves the plane.
    ///
    /// - Returns: nil when rounding has left no such edge.
    private func crossing(_ from: Int32, _ to: Int32, _ threshold: Double) -> PeriodicPoint? {
        var (kept, lost) = (-1, -1)
        for index in 0..<count {
            let (a, b, c) = triples[index]
            if sides[index] > threshold {
                if (a == from && b == to) || (b == from && c == to) || (c == from && a == to) { lost = index }
            } else if (a == to && b == from) || (b == to && c == from) || (c == to && a == from) {
                kept = index
            }
        }
        guard kept >= 0 && lost >= 0 else { return nil }
        let (beyond, within) = (sides[lost], Swift.min(0, sides[kept]))
        return point(kept) + (point(lost) - point(kept)) * (-within / (beyond - within))
    }

    mutating func integrate(
        _ row: RowAntiderivative, moments: Bool, facets: UnsafeMutablePointer<LaguerreFacet>
    ) -> (CellMoments, Int) {
        var result = CellMoments()
        var written = 0
        for index in 0..<planeCount {
            // Around a plane, each corner's other two planes chain into a loop.
            var found = 0
            for corner in 0..<count {
                let (a, b, c) = triples[corner]
                if a == Int32(index) {
                    removed[found] = ((b, c, 0), point(corner))
                } else if b == Int32(index) {
                    removed[found] = ((c, a, 0), point(corner))
                } else if c == Int32(index) {
                    removed[found] = ((a, b, 0), point(corner))
                } else {
                    continue
                }
                found &+= 1
            }
            guard found >= 3 else { continue }
            facet.count = 0
            facet.append(removed[0].point)
            var here = removed[0].triple.b
            while here != removed[0].triple.a {
                var next = 1
                while next < found && removed[next].triple.a != here { next &+= 1 }
                if next == found { break }
                facet.append(removed[next].point)
                here = removed[next].triple.b
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
