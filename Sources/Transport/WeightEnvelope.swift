/// Upper bounds of the dual weights in every box of a tree, affine in the position.
///
/// The weights of a transport far from the identity vary by much more across a box than the cells can bear; their slope is
/// twice the displacement, and what is left after it is small. `w_j ≤ level + slope·(x_j − centre)` for all atoms of a node.
struct WeightEnvelope: Sendable {
    struct Bound: Sendable {
        var slope: PeriodicPoint
        var curvature: PeriodicPoint
        var level: Double
    }

    /// The largest curvature of a bound: less than that of `|x|²`, so that what is minimised in a box is convex.
    private static let largestCurvature = PeriodicPoint(repeating: 0.999)

    private(set) var bounds: [Bound]

    /// Fits the slopes by least squares, then raises the levels until they bound: from the atoms in a leaf, from the
    /// children's bounds at the corners of their boxes above.
    ///
    /// - Complexity: O(N).
    init(_ tree: AtomTree, weights: UnsafePointer<Double>) {
        bounds = Array(repeating: Bound(slope: .zero, curvature: .zero, level: 0), count: tree.nodes.count)
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
                    var curvature = PeriodicPoint.zero
                    if node.isLeaf {
                        for atom in Int(node.first)..<Int(node.end) {
                            level = Swift.max(level, weights[atom] - slope.dot(points[atom] - node.centre))
                        }
                    } else {
                        let (first, second) = (place + 1, Int(node.second))
                        curvature = Self.curvature(
                            bounds[first], bounds[second], nodes[second].centre - nodes[first].centre)
                        for child in [first, second] {
                            let (bound, half) = (bounds[child], nodes[child].half)
                            let shift = nodes[child].centre - node.centre
                            // What the child's bound exceeds this one by, as a polynomial about the child's centre.
                            let linear = bound.slope - slope - 2 * curvature * shift
                            let quadratic = bound.curvature - curvature
                            let constant = bound.level - (slope + curvature * shift).dot(shift)
                            level = Swift.max(level, constant + Self.maximum(linear, quadratic, half))
                        }
                    }
                    bounds[place] = Bound(slope: slope, curvature: curvature, level: level)
                    place -= 1
                }
            }
        }
    }

    /// The curvature of a parent: along each axis that of its children, and along those where their centres differ most the
    /// change of their slopes.
    @inline(__always)
    private static func curvature(_ first: Bound, _ second: Bound, _ between: PeriodicPoint) -> PeriodicPoint {
        let mean = 0.5 * (first.curvature + second.curvature)
        let quotient = 0.5 * (second.slope - first.slope) / between
        let size = between.replacing(with: -between, where: between .< .zero)
        let largest = Swift.max(size.x, Swift.max(size.y, size.z))
        let found = mean.replacing(with: quotient, where: size .> 0.5 * largest)
        return found.lowered(by: largestCurvature).raised(by: -largestCurvature)
    }

    /// The largest value of `Σ linear·t + quadratic·t²` for `|t| ≤ half` along each axis, at an end or at a vertex.
    @inline(__always)
    private static func maximum(_ linear: PeriodicPoint, _ quadratic: PeriodicPoint, _ half: PeriodicPoint) -> Double {
        let slope = linear.replacing(with: -linear, where: linear .< .zero)
        let atEnd = (slope + quadratic * half) * half
        // Beyond the vertex of a concave parabola the end is lower.
        let isInside = (quadratic .< .zero) .& (slope .< -2 * quadratic * half)
        let largest = atEnd.replacing(with: slope * slope / (-4 * quadratic), where: isInside)
        return (largest.x + largest.y) + largest.z
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
