/// Upper bounds of the dual weights in every box of a tree, affine in the position.
///
/// The weights of a transport far from the identity vary by much more across a box than the cells can bear; their slope is
/// twice the displacement, and what is left after it is small. `w_j ≤ level + slope·(x_j − centre)` for all atoms of a node.
struct WeightEnvelope: Sendable {
    struct Bound: Sendable {
        var slope: PeriodicPoint
        var level: Double
    }

    private(set) var bounds: [Bound]

    /// Fits the slopes by least squares, then raises the levels until they bound: from the atoms in a leaf, from the
    /// children's bounds at the corners of their boxes above.
    ///
    /// - Complexity: O(N).
    init(_ tree: AtomTree, weights: UnsafePointer<Double>) {
        bounds = Array(repeating: Bound(slope: .zero, level: 0), count: tree.nodes.count)
        var sums = [Moments](repeating: Moments(), count: tree.nodes.count)
        tree.points.withUnsafeBufferPointer { points in
            tree.nodes.withUnsafeBufferPointer { nodes in
                var place = nodes.count - 1
                while place >= 0 {
                    let node = nodes[place]
                    var moments = Moments()
                    if node.isLeaf {
                        for atom in Int(node.first)..<Int(node.end) {
                            moments.add(points[atom] - node.centre, weights[atom])
                        }
                    } else {
                        for child in [place + 1, Int(node.second)] {
                            moments.add(sums[child], moved: nodes[child].centre - node.centre)
                        }
                    }
                    sums[place] = moments
                    let slope = moments.slope
                    var level = -Double.infinity
                    if node.isLeaf {
                        for atom in Int(node.first)..<Int(node.end) {
                            level = Swift.max(level, weights[atom] - slope.dot(points[atom] - node.centre))
                        }
                    } else {
                        for child in [place + 1, Int(node.second)] {
                            let difference = bounds[child].slope - slope
                            let size = difference.replacing(with: -difference, where: difference .< .zero)
                            level = Swift.max(
                                level,
                                bounds[child].level - slope.dot(nodes[child].centre - node.centre)
                                    + size.dot(nodes[child].half))
                        }
                    }
                    bounds[place] = Bound(slope: slope, level: level)
                    place -= 1
                }
            }
        }
    }

    /// Sums of positions, weights and their products about a centre.
    private struct Moments {
        var count = 0.0
        var first = PeriodicPoint.zero
        var square = PeriodicPoint.zero
        /// The products `yz`, `zx`, `xy`.
        var mixed = PeriodicPoint.zero
        var weight = 0.0
        var product = PeriodicPoint.zero

        @inline(__always)
        mutating func add(_ offset: PeriodicPoint, _ value: Double) {
            count += 1
            first += offset
            square += offset * offset
            mixed += PeriodicPoint(offset.y, offset.z, offset.x, 0) * PeriodicPoint(offset.z, offset.x, offset.y, 0)
            weight += value
            product += value * offset
        }

        @inline(__always)
        mutating func add(_ other: Moments, moved by: PeriodicPoint) {
            count += other.count
            first += other.first + other.count * by
            square += other.square + 2 * by * other.first + other.count * by * by
            let (a, b) = (PeriodicPoint(by.y, by.z, by.x, 0), PeriodicPoint(by.z, by.x, by.y, 0))
            let (f, g) = (
                PeriodicPoint(other.first.y, other.first.z, other.first.x, 0),
                PeriodicPoint(other.first.z, other.first.x, other.first.y, 0)
            )
            mixed += other.mixed + a * g + b * f + other.count * a * b
            weight += other.weight
            product += other.product + other.weight * by
        }

        /// The slope of the best affine function, damped a little where the points lie on a line or coincide.
        var slope: PeriodicPoint {
            let mean = first / count
            let variance = square - first * mean
            let (meanA, firstB) = (
                PeriodicPoint(mean.y, mean.z, mean.x, 0), PeriodicPoint(first.z, first.x, first.y, 0)
            )
            let covariance = mixed - meanA * firstB
            let right = product - weight * mean
            let ridge = 1e-3 * (variance.x + variance.y + variance.z) + 1e-300
            let (a, b, c) = (variance.x + ridge, variance.y + ridge, variance.z + ridge)
            let (p, q, r) = (covariance.x, covariance.y, covariance.z)
            // Cramer's rule on the symmetric matrix (a r q; r b p; q p c).
            let (m0, m1, m2) = (b * c - p * p, p * q - r * c, r * p - b * q)
            let determinant = a * m0 + r * m1 + q * m2
            guard determinant > 0, determinant.isFinite else { return .zero }
            let solution = PeriodicPoint(
                m0 * right.x + m1 * right.y + m2 * right.z,
                m1 * right.x + (a * c - q * q) * right.y + (r * q - a * p) * right.z,
                m2 * right.x + (r * q - a * p) * right.y + (a * b - r * r) * right.z, 0)
            let slope = solution / determinant
            return slope.x.isFinite && slope.y.isFinite && slope.z.isFinite ? slope : .zero
        }
    }
}
