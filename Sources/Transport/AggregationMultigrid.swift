import Torus

/// Conjugate gradients for a graph's Laplacian, preconditioned by multigrid on aggregates.
///
/// Twice on each level, every node is paired with the neighbour of the greatest conductance, or the first time joins a pair; a coarse matrix is again the
/// Laplacian of a graph. On each coarse level two flexible conjugate-gradient steps (a K-cycle) make up for the
/// piecewise constant interpolation. Conductances may differ by any power of ten.
///
/// Source: Notay, *An aggregation-based algebraic multigrid method*, ETNA 37 (2010).
struct AggregationMultigrid {
    private static let coarsest = 150

    private struct Level {
        var matrix: GraphLaplacian
        /// The node of the next level that each node belongs to.
        var aggregates: [Int32]
    }

    private let parallelism: Parallelism
    private var levels: [Level] = []
    /// The Cholesky factor of the last matrix, and its transpose: both triangles are read by rows, as they lie in memory.
    private var factor: [Double] = []
    private var transposed: [Double] = []

    /// The nodes of the levels.
    var sizes: [Int] { levels.map(\.matrix.count) }

    /// Builds the levels.
    ///
    /// - Complexity: O(entries).
    init(_ matrix: GraphLaplacian, parallelism: Parallelism) {
        self.parallelism = parallelism
        var matrix = matrix
        while matrix.count > Self.coarsest {
            let (first, pairs) = Self.paired(matrix, joining: true)
            let middle = Self.coarsened(matrix, first, pairs)
            let (second, quadruples) = Self.paired(middle, joining: false)
            let coarse = Self.coarsened(middle, second, quadruples)
            if coarse.count * 10 > matrix.count * 9 { break }
            levels.append(Level(matrix: matrix, aggregates: first.map { second[Int($0)] }))
            matrix = coarse
        }
        levels.append(Level(matrix: matrix, aggregates: []))
        if matrix.count <= 2000 { (factor, transposed) = Self.cholesky(matrix) }
    }

    /// Each node's pair; joining, a node whose strong neighbours all have theirs joins the strongest one's, of at most three.
    ///
    /// Aggregates are numbered in the order of their first nodes.
    private static func paired(_ matrix: GraphLaplacian, joining: Bool) -> (aggregates: [Int32], count: Int) {
        let count = matrix.count
        // The first node of each node's aggregate.
        var heads = [Int32](repeating: -1, count: count)
        var sizes = [UInt8](repeating: 0, count: count)
        var strongest = [Int32](repeating: -1, count: count)
        for node in 0..<count where heads[node] < 0 {
            var (partner, best, most) = (-1, 0.0, 0.0)
            for entry in Int(matrix.starts[node])..<Int(matrix.starts[node + 1]) {
                let conductance = matrix.conductances[entry]
                let other = Int(matrix.columns[entry])
                if other == node { continue }
                if conductance > most { (strongest[node], most) = (Int32(other), conductance) }
                if heads[other] < 0 && conductance > best { (partner, best) = (other, conductance) }
            }
            heads[node] = Int32(node)
            sizes[node] = 1
            if partner >= 0 && best >= 0.05 * most {
                heads[partner] = Int32(node)
                sizes[node] = 2
            }
        }
        for node in 0..<count where joining && sizes[node] == 1 && strongest[node] >= 0 {
            let head = Int(heads[Int(strongest[node])])
            if head == node || sizes[head] > 2 { continue }
            heads[node] = Int32(head)
            sizes[head] += 1
            sizes[node] = 0
        }
        var numbers = [Int32](repeating: -1, count: count)
        var found: Int32 = 0
        for node in 0..<count where heads[node] == node {
            numbers[node] = found
            found += 1
        }
        return (heads.map { numbers[Int($0)] }, Int(found))
    }

    private static func coarsened(_ matrix: GraphLaplacian, _ aggregates: [Int32], _ count: Int) -> GraphLaplacian {
        // The members of each aggregate, in order.
        var begins = [Int32](repeating: 0, count: count + 1)
        for aggregate in aggregates { begins[Int(aggregate) + 1] += 1 }
        for index in 0..<count { begins[index + 1] += begins[index] }
        var fill = begins
        var members = [Int32](repeating: 0, count: aggregates.count)
        for (node, aggregate) in aggregates.enumerated() {
            members[Int(fill[Int(aggregate)])] = Int32(node)
            fill[Int(aggregate)] += 1
        }
        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var conductances: [Double] = []
        starts.reserveCapacity(count + 1)
        columns.reserveCapacity(matrix.columns.count / 2)
        conductances.reserveCapacity(matrix.columns.count / 2)
        var place = [Int32](repeating: -1, count: count)
        for aggregate in 0..<count {
            let begin = columns.count
            for member in begins[aggregate]..<begins[aggregate + 1] {
                let node = Int(members[Int(member)])
                for entry in Int(matrix.starts[node])..<Int(matrix.starts[node + 1]) {
                    let other = Int(aggregates[Int(matrix.columns[entry])])
                    if other == aggregate { continue }
                    let known = Int(place[other])
                    if known >= begin {
                        conductances[known] += matrix.conductances[entry]
                    } else {
                        place[other] = Int32(columns.count)
                        columns.append(Int32(other))
                        conductances.append(matrix.conductances[entry])
                    }
                }
            }
            starts.append(Int32(columns.count))
        }
        return GraphLaplacian(starts: starts, columns: columns, conductances: conductances)
    }

    private static func cholesky(_ matrix: GraphLaplacian) -> (factor: [Double], transposed: [Double]) {
        let n = matrix.count
        var upper = [Double](repeating: 0, count: n * n)
        for row in 0..<n {
            upper[row * n + row] = matrix.diagonal[row]
            for entry in Int(matrix.starts[row])..<Int(matrix.starts[row + 1]) where matrix.columns[entry] < row {
                upper[Int(matrix.columns[entry]) * n + row] -= matrix.conductances[entry]
            }
        }
        upper.withUnsafeMutableBufferPointer { buffer in
            guard let u = buffer.baseAddress else { return }
            for j in 0..<n {
                let row = u + j &* n
                // In every connected part the constant is free: its last pivot vanishes, and that node's value is set to 0.
                let pivot = row[j] > 1e-11 * matrix.diagonal[j] ? row[j].squareRoot() : 0
                for k in j..<n { row[k] = pivot > 0 ? row[k] / pivot : 0 }
                for i in j &+ 1..<n {
                    let (target, share) = (u + i &* n, row[i])
                    for k in i..<n { target[k] -= share * row[k] }
                }
            }
        }
        var lower = upper
        for i in 0..<n {
            for k in 0..<i {
                lower[i * n + k] = upper[k * n + i]
            }
        }
        return (lower, upper)
    }

    /// Solves `L x = b`, `Σ b = 0`.
    ///
    /// - Parameters:
    ///   - tolerance: the residual's norm is brought below this share of `b`'s.
    ///   - limit: the most iterations.
    /// - Returns: the solution and the iterations it took.
    func solve(_ b: [Double], tolerance: Double, limit: Int) -> (solution: [Double], iterations: Int) {
        let n = b.count
        var x = [Double](repeating: 0, count: n)
        // The constant is in the kernel: neither side may drift along it.
        var r = b
        Self.removeMean(&r)
        var z = [Double](repeating: 0, count: n)
        var p = z
        var q = z
        var last = r
        var iterations = 0
        let target = tolerance * tolerance * Self.dot(r, r)
        var rho = 0.0
        let matrix = levels[0].matrix
        let zeros = z
        while iterations < limit {
            if Self.dot(r, r) <= target { break }

            precondition(level: 0, r, &z)
            Self.removeMean(&z)
            var next = 0.0
            var flexible = 0.0
            for i in 0..<n {
                next += r[i] * z[i]
                flexible += (r[i] - last[i]) * z[i]
            }
            guard next > 0, next.isFinite else { break }
            let beta = iterations == 0 ? 0 : flexible / rho
            rho = next
            for i in 0..<n { p[i] = z[i] + beta * p[i] }
            matrix.residual(zeros, p, into: &q, parallelism)
            var curvature = 0.0
            for i in 0..<n { curvature -= p[i] * q[i] }
            guard curvature > 0 else { break }
            let alpha = rho / curvature
            for i in 0..<n {
                last[i] = r[i]
                x[i] += alpha * p[i]
                r[i] += alpha * q[i]
            }
            iterations += 1
        }
        return (x, iterations)
    }

    private static func removeMean(_ a: inout [Double]) {
        let mean = a.reduce(0, +) / Double(a.count)
        for i in a.indices { a[i] -= mean }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }

    /// One cycle for `L z = r` from 0.
    private func precondition(level: Int, _ r: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>) {
        let n = levels[level].matrix.count
        if level == levels.count - 1 {
            solveCoarsest(r, z)
            return
        }
        for i in 0..<n { z[i] = 0 }
        levels[level].matrix.relax(r, z, ascending: true)
        let coarse = levels[level + 1].matrix.count
        let space = UnsafeMutablePointer<Double>.allocate(capacity: n + 2 * coarse)
        defer { space.deallocate() }
        let (residual, right, solution) = (space, space + n, space + n + coarse)
        levels[level].matrix.residual(r, z, into: residual, parallelism)
        for i in 0..<coarse { right[i] = 0 }
        levels[level].aggregates.withUnsafeBufferPointer { aggregates in
            for i in 0..<n { right[Int(aggregates[i])] += residual[i] }
        }
        kCycle(level: level + 1, right, solution)
        levels[level].aggregates.withUnsafeBufferPointer { aggregates in
            for i in 0..<n { z[i] += solution[Int(aggregates[i])] }
        }
        levels[level].matrix.relax(r, z, ascending: false)
    }

    /// At most two flexible conjugate-gradient steps on a coarse level.
    private func kCycle(level: Int, _ b: UnsafeMutablePointer<Double>, _ x: UnsafeMutablePointer<Double>) {
        let n = levels[level].matrix.count
        if level == levels.count - 1 {
            solveCoarsest(b, x)
            return
        }
        let space = UnsafeMutablePointer<Double>.allocate(capacity: 5 * n)
        defer { space.deallocate() }
        let (c, v, d, w, zero) = (space, space + n, space + 2 * n, space + 3 * n, space + 4 * n)
        for i in 0..<n { zero[i] = 0 }
        precondition(level: level, b, c)
        levels[level].matrix.residual(zero, c, into: v, parallelism)
        var (rho, alpha, norm) = (0.0, 0.0, 0.0)
        for i in 0..<n {
            v[i] = -v[i]
            rho += c[i] * v[i]
            alpha += c[i] * b[i]
            norm += b[i] * b[i]
        }
        guard rho > 0 else {
            for i in 0..<n { x[i] = c[i] }
            return
        }
        var rest = 0.0
        for i in 0..<n {
            b[i] -= alpha / rho * v[i]
            rest += b[i] * b[i]
        }
        if rest <= 0.0625 * norm {
            for i in 0..<n { x[i] = alpha / rho * c[i] }
            return
        }
        precondition(level: level, b, d)
        levels[level].matrix.residual(zero, d, into: w, parallelism)
        var (gamma, beta, delta) = (0.0, 0.0, 0.0)
        for i in 0..<n {
            w[i] = -w[i]
            gamma += d[i] * v[i]
            beta += d[i] * w[i]
            delta += d[i] * b[i]
        }
        let second = beta - gamma * gamma / rho
        guard second > 0 else {
            for i in 0..<n { x[i] = alpha / rho * c[i] }
            return
        }
        let first = (alpha - gamma * delta / second) / rho
        for i in 0..<n { x[i] = first * c[i] + delta / second * d[i] }
    }

    private func solveCoarsest(_ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>) {
        let matrix = levels[levels.count - 1].matrix
        let n = matrix.count
        if factor.isEmpty {
            // A graph in thousands of parts: each is a few nodes.
            for i in 0..<n { x[i] = 0 }
            for _ in 0..<4 {
                matrix.relax(b, x, ascending: true)
                matrix.relax(b, x, ascending: false)
            }
            return
        }
        factor.withUnsafeBufferPointer { factor in
            transposed.withUnsafeBufferPointer { transposed in
                guard let lower = factor.baseAddress, let upper = transposed.baseAddress else { return }
                for i in 0..<n { x[i] = b[i] }
                for i in 0..<n {
                    let row = upper + i &* n
                    let value = row[i] > 0 ? x[i] / row[i] : 0
                    x[i] = value
                    for k in i &+ 1..<n { x[k] -= row[k] * value }
                }
                for i in stride(from: n - 1, through: 0, by: -1) {
                    let row = lower + i &* n
                    let value = row[i] > 0 ? x[i] / row[i] : 0
                    x[i] = value
                    for k in 0..<i { x[k] -= row[k] * value }
                }
            }
            var mean = 0.0
            for i in 0..<n { mean += x[i] }
            mean /= Double(n)
            for i in 0..<n { x[i] -= mean }
        }
    }
}
