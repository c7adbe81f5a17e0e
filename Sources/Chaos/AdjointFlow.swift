import Experts
import TimeStepping
import Torus
import Training

/// The nodes of a law carried back in time, and with them test functions by the adjoint of the linearised flow.
///
/// In the time `τ = t − s` that has passed backward, for nodes `X` of masses `m_j` and each test function `φ` with values `ψ = φ_s(X)` and slopes
/// `g = ∇φ_s(X)` there:
///
///     dX/dτ = ∇V,   dψ/dτ = −Σ_m u_m Φ_m,   dg/dτ = −∇²V g − Σ_m u_m ∇Φ_m,
///     u = C Cᵀ q / n,   q_m = Σ_j m_j ∇Φ_m(X_j)·g_j,
///
/// the adjoint of `∂_t η = div(η ∇V) + div(μ ∇U_η)` along the characteristics (docs/model.md). So `ψ` at time 0 is the derivative of `∫ φ dμ_t` by
/// the mass of a node, and `g` that by its place over its mass.
///
/// A row has a number for each node, eight of them a vector; the nodes are filled up with nodes of no mass. The state is
/// `X`, a row an axis, then for each test function the rows of `g` and that of `ψ`. A right-hand side costs
/// `O(nodes · (monomials · s² + functions · (Σ s + d²)))`, `s` the factors of a monomial, and the numbers do not depend on the threads.
final class AdjointFlow: DynamicalSystem {
    typealias Lanes = SIMD8<Double>

    /// Vectors of nodes that are worked on at a time.
    private static var chunkLength: Int { 32 }

    /// The nodes, filled up to whole vectors.
    let count: Int
    /// The number of test functions.
    let functionCount: Int
    private let problem: MeanFieldProblem
    private let parallelism: Parallelism
    private let plan: MonomialPlan
    private let feedback: Feedback
    private let axes: Int
    private let chunks: Int
    private let slab: Slab

    /// Memory that the threads share, each chunk its own part of it.
    private struct Slab: @unchecked Sendable {
        /// Chunk by chunk the rows of functions, monomials and their derivatives.
        let table: UnsafeMutablePointer<Lanes>
        /// Chunk by chunk the rows of the second derivatives of the potential.
        let hessian: UnsafeMutablePointer<Lanes>
        let masses: UnsafeMutablePointer<Lanes>
        /// Chunk by chunk the moments, then `q` of each test function.
        let partial: UnsafeMutablePointer<Double>
        /// Their sums.
        let sums: UnsafeMutablePointer<Double>
        /// The weights of the potential, then `u` of each test function.
        let weights: UnsafeMutablePointer<Double>
        let residual: UnsafeMutablePointer<Double>
    }

    /// A flow for nodes of given masses.
    ///
    /// - Precondition: the problem has an expansion.
    init(_ problem: MeanFieldProblem, masses: [Double], functionCount: Int, parallelism: Parallelism) {
        guard let basis = problem.basis.trigonometric else { preconditionFailure("an expansion is needed") }
        self.problem = problem
        self.functionCount = functionCount
        self.parallelism = parallelism
        let vectors = (masses.count + 7) / 8
        count = 8 * vectors
        axes = problem.dimension
        plan = MonomialPlan(basis)
        feedback = Feedback(problem)
        chunks = (vectors + Self.chunkLength - 1) / Self.chunkLength
        let sumCount = basis.count * (1 + functionCount)
        func lanes(_ capacity: Int) -> UnsafeMutablePointer<Lanes> {
            let memory = UnsafeMutablePointer<Lanes>.allocateLines(capacity: max(1, capacity))
            memory.initialize(repeating: Lanes(), count: max(1, capacity))
            return memory
        }
        slab = Slab(
            table: lanes(chunks * Self.chunkLength * plan.rowCount),
            hessian: lanes(chunks * Self.chunkLength * axes * axes), masses: lanes(vectors),
            partial: .allocate(capacity: max(1, chunks * sumCount)), sums: .allocate(capacity: max(1, sumCount)),
            weights: .allocate(capacity: max(1, sumCount)),
            residual: .allocate(capacity: max(1, problem.targets.count)))
        for (node, mass) in masses.enumerated() { slab.masses[node / 8][node % 8] = mass }
    }

    deinit {
        slab.table.deallocate()
        slab.hessian.deallocate()
        slab.masses.deallocate()
        slab.partial.deallocate()
        slab.sums.deallocate()
        slab.weights.deallocate()
        slab.residual.deallocate()
    }

    var dimension: Int { count * (axes + functionCount * (axes + 1)) }

    /// About the bytes that an integration with one test function takes for a node.
    static func bytesPerNode(dimension: Int) -> Int { 8 * 17 * (dimension + 1) }

    /// The state at the end: nodes that are there, with the test functions' values and slopes.
    ///
    /// - Parameter function: the slopes and the value of a test function at a node's angles.
    func state(
        positions: [Double], nodes: Int,
        _ function: (_ index: Int, _ theta: [Double]) -> (slopes: [Double], value: Double)
    ) -> [Double] {
        var state = Array(repeating: 0.0, count: dimension)
        var theta = Array(repeating: 0.0, count: axes)
        for node in 0..<count {
            // The nodes of no mass stand where the first one stands.
            let source = node < nodes ? node : 0
            for axis in 0..<axes {
                theta[axis] = positions[axis * nodes + source]
                state[axis * count + node] = theta[axis]
            }
            for index in 0..<functionCount {
                let (slopes, value) = function(index, theta)
                let row = axes + index * (axes + 1)
                for axis in 0..<axes { state[(row + axis) * count + node] = slopes[axis] }
                state[(row + axes) * count + node] = value
            }
        }
        return state
    }

    /// The row of the values of a test function.
    func valueRow(_ function: Int) -> Int { axes + function * (axes + 1) + axes }

    /// The row of a slope of a test function.
    func slopeRow(_ function: Int, axis: Int) -> Int { axes + function * (axes + 1) + axis }

    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        let monomials = plan.monomials.count
        let sumCount = monomials * (1 + functionCount)
        let slab = slab
        nonisolated(unsafe) let input = UnsafeRawPointer(state).assumingMemoryBound(to: Lanes.self)
        nonisolated(unsafe) let output = UnsafeMutableRawPointer(rate).assumingMemoryBound(to: Lanes.self)
        let pass = Pass(
            plan: plan, axes: axes, functions: functionCount, row: count / 8, length: Self.chunkLength,
            sumCount: sumCount)
        parallelism.forEach(chunks) { chunk in
            pass.sums(
                chunk, input, slab.masses, table: slab.table + chunk * pass.length * pass.plan.rowCount,
                into: slab.partial + chunk * sumCount)
        }
        for index in 0..<sumCount {
            var sum = 0.0
            for chunk in 0..<chunks { sum += slab.partial[chunk * sumCount + index] }
            slab.sums[index] = sum
        }
        problem.weights(moments: slab.sums, into: slab.weights, residual: slab.residual)
        for function in 0..<functionCount {
            let start = monomials * (1 + function)
            feedback.write(slab.sums + start, into: slab.weights + start, scratch: slab.residual)
        }
        parallelism.forEach(chunks) { chunk in
            pass.rates(
                chunk, input, table: slab.table + chunk * pass.length * pass.plan.rowCount,
                hessian: slab.hessian + chunk * pass.length * pass.axes * pass.axes, weights: slab.weights,
                into: output)
        }
    }
}

/// The map `u = C Cᵀ q / n`, by the shorter way.
struct Feedback: Sendable {
    private let monomials: Int
    private let data: Int
    private let coefficients: [Double]
    private let gram: [Double]?

    init(_ problem: MeanFieldProblem) {
        let (count, n) = (problem.basis.count, problem.targets.count)
        monomials = count
        data = n
        let c = problem.coefficients
        coefficients = c
        gram =
            n == 0 || count > 2 * n
            ? nil
            : (0..<count * count).map { index in
                let (m, k) = (index / count, index % count)
                return (0..<n).reduce(0) { $0 + c[m * n + $1] * c[k * n + $1] } / Double(n)
            }
    }

    func write(
        _ q: UnsafePointer<Double>, into u: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>
    ) {
        if let gram {
            gram.withUnsafeBufferPointer { gram in
                for m in 0..<monomials {
                    var sum = 0.0
                    for k in 0..<monomials { sum += gram[m &* monomials &+ k] * q[k] }
                    u[m] = sum
                }
            }
            return
        }
        coefficients.withUnsafeBufferPointer { c in
            for a in 0..<data { scratch[a] = 0 }
            // A given potential has no data, and does not answer.
            guard data > 0 else {
                for m in 0..<monomials { u[m] = 0 }
                return
            }
            for m in 0..<monomials {
                for a in 0..<data { scratch[a] += c[m &* data &+ a] * q[m] / Double(data) }
            }
            for m in 0..<monomials {
                var sum = 0.0
                for a in 0..<data { sum += c[m &* data &+ a] * scratch[a] }
                u[m] = sum
            }
        }
    }
}

/// Which rows are multiplied for the monomials and their derivatives.
struct MonomialPlan: Sendable {
    /// A factor: its axis, the row of the function, that of its derivative, and the derivative's coefficient.
    struct Factor: Sendable {
        let axis: Int
        let row: Int
        let derivativeRow: Int
        let slope: Double
    }

    struct Monomial: Sendable {
        let factors: [Factor]
        /// The row of the monomial.
        let row: Int
        /// The row of its derivative by the axis of the first factor; those of the others follow.
        let firstDerivative: Int
    }

    /// The largest harmonic of each axis, and where its rows begin: `cos θ, sin θ, cos 2θ, …`.
    let harmonics: [Int]
    let offsets: [Int]
    let monomials: [Monomial]
    let rowCount: Int

    init(_ basis: TrigonometricBasis) {
        harmonics = basis.harmonics
        var next = 0
        var starts: [Int] = []
        for harmonic in harmonics {
            starts.append(next)
            next += 2 * harmonic
        }
        offsets = starts
        monomials = basis.monomials.map { monomial in
            let row = next
            next += 1 + monomial.factors.count
            return Monomial(
                factors: monomial.factors.map { factor in
                    let cosine = starts[factor.axis] + 2 * (factor.harmonic - 1)
                    let k = Double(factor.harmonic)
                    return factor.kind == .cosine
                        ? Factor(axis: factor.axis, row: cosine, derivativeRow: cosine + 1, slope: -k)
                        : Factor(axis: factor.axis, row: cosine + 1, derivativeRow: cosine, slope: k)
                }, row: row, firstDerivative: row + 1)
        }
        rowCount = next
    }
}

/// The two passes over a chunk of nodes that make a right-hand side.
private struct Pass: Sendable {
    typealias Lanes = AdjointFlow.Lanes

    let plan: MonomialPlan
    let axes: Int
    let functions: Int
    /// Vectors of a row of the state.
    let row: Int
    /// Vectors of a row of a chunk.
    let length: Int
    let sumCount: Int

    private func vectors(_ chunk: Int) -> Int { min(length, row - chunk * length) }

    /// Fills the table of a chunk, and writes its share of the moments and of `q`.
    func sums(
        _ chunk: Int, _ state: UnsafePointer<Lanes>, _ masses: UnsafePointer<Lanes>, table: UnsafeMutablePointer<Lanes>,
        into sums: UnsafeMutablePointer<Double>
    ) {
        let (n, start) = (vectors(chunk), chunk * length)
        fill(table, state + start, n)
        let own = masses + start
        for (m, monomial) in plan.monomials.enumerated() {
            let value = table + monomial.row * length
            var sum = Lanes()
            for j in 0..<n { sum += own[j] * value[j] }
            sums[m] = sum.sum()
            for function in 0..<functions {
                var sum = Lanes()
                for (i, factor) in monomial.factors.enumerated() {
                    let slope = table + (monomial.firstDerivative + i) * length
                    let g = state + (axes + function * (axes + 1) + factor.axis) * row + start
                    for j in 0..<n { sum += own[j] * (slope[j] * g[j]) }
                }
                sums[(1 + function) * plan.monomials.count + m] = sum.sum()
            }
        }
    }

    /// Writes the functions, the monomials and their first derivatives.
    private func fill(_ table: UnsafeMutablePointer<Lanes>, _ state: UnsafePointer<Lanes>, _ n: Int) {
        for axis in 0..<axes where plan.harmonics[axis] > 0 {
            let angles = state + axis * row
            let first = table + plan.offsets[axis] * length
            for j in 0..<n {
                let (sine, cosine) = sineCosine(angles[j])
                first[j] = cosine
                first[length + j] = sine
            }
            for harmonic in 1..<plan.harmonics[axis] {
                let last = first + 2 * (harmonic - 1) * length
                let next = first + 2 * harmonic * length
                for j in 0..<n {
                    next[j] = last[j] * first[j] - last[length + j] * first[length + j]
                    next[length + j] = last[length + j] * first[j] + last[j] * first[length + j]
                }
            }
        }
        for monomial in plan.monomials {
            product(of: monomial.factors, except: -1, -1, scale: 1, table, n, into: table + monomial.row * length)
            for i in monomial.factors.indices {
                product(
                    of: monomial.factors, except: i, -1, scale: 1, table, n,
                    into: table + (monomial.firstDerivative + i) * length)
            }
        }
    }

    /// Writes the product of a monomial's factors, the derivatives of one or two of them in their places.
    @inline(__always)
    private func product(
        of factors: [MonomialPlan.Factor], except i: Int, _ k: Int, scale: Double, _ table: UnsafeMutablePointer<Lanes>,
        _ n: Int, into result: UnsafeMutablePointer<Lanes>
    ) {
        var coefficient = scale
        if i >= 0 { coefficient *= factors[i].slope }
        if k >= 0 { coefficient *= factors[k].slope }
        for j in 0..<n { result[j] = Lanes(repeating: coefficient) }
        for (index, factor) in factors.enumerated() {
            let source = table + (index == i || index == k ? factor.derivativeRow : factor.row) * length
            for j in 0..<n { result[j] *= source[j] }
        }
    }

    /// Writes the rates of a chunk.
    func rates(
        _ chunk: Int, _ state: UnsafePointer<Lanes>, table: UnsafeMutablePointer<Lanes>,
        hessian: UnsafeMutablePointer<Lanes>, weights: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Lanes>
    ) {
        let (n, start) = (vectors(chunk), chunk * length)
        curvature(table, weights, n, into: hessian)
        addSlopes(table, weights, scale: 1, n, into: rate + start)
        let monomials = plan.monomials.count
        for function in 0..<functions {
            let g = state + (axes + function * (axes + 1)) * row + start
            let result = rate + (axes + function * (axes + 1)) * row + start
            let u = weights + (1 + function) * monomials
            addSlopes(table, u, scale: -1, n, into: result)
            for p in 0..<axes {
                let own = result + p * row
                for q in 0..<axes {
                    let (entry, slope) = (hessian + (p * axes + q) * length, g + q * row)
                    for j in 0..<n { own[j] -= entry[j] * slope[j] }
                }
            }
            let value = result + axes * row
            for j in 0..<n { value[j] = Lanes() }
            for (m, monomial) in plan.monomials.enumerated() {
                let (source, weight) = (table + monomial.row * length, u[m])
                for j in 0..<n { value[j] -= weight * source[j] }
            }
        }
    }

    /// Writes `scale·Σ_m w_m ∇Φ_m`, a row of the state an axis.
    private func addSlopes(
        _ table: UnsafeMutablePointer<Lanes>, _ weights: UnsafePointer<Double>, scale: Double, _ n: Int,
        into result: UnsafeMutablePointer<Lanes>
    ) {
        for axis in 0..<axes {
            let own = result + axis * row
            for j in 0..<n { own[j] = Lanes() }
        }
        for (m, monomial) in plan.monomials.enumerated() {
            let weight = scale * weights[m]
            for (i, factor) in monomial.factors.enumerated() {
                let (source, own) = (table + (monomial.firstDerivative + i) * length, result + factor.axis * row)
                for j in 0..<n { own[j] += weight * source[j] }
            }
        }
    }

    /// Writes `∇²V`, a row an entry.
    private func curvature(
        _ table: UnsafeMutablePointer<Lanes>, _ weights: UnsafePointer<Double>, _ n: Int,
        into hessian: UnsafeMutablePointer<Lanes>
    ) {
        for index in 0..<axes * axes * length { hessian[index] = Lanes() }
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: length) { buffer in
            guard let mixed = buffer.baseAddress else { return }
            for (m, monomial) in plan.monomials.enumerated() where weights[m] != 0 {
                let value = table + monomial.row * length
                for (i, factor) in monomial.factors.enumerated() {
                    let own = hessian + (factor.axis * axes + factor.axis) * length
                    let square = weights[m] * factor.slope * factor.slope
                    for j in 0..<n { own[j] -= square * value[j] }
                    for k in 0..<i {
                        product(of: monomial.factors, except: i, k, scale: weights[m], table, n, into: mixed)
                        let (p, q) = (factor.axis, monomial.factors[k].axis)
                        let (upper, lower) = (hessian + (p * axes + q) * length, hessian + (q * axes + p) * length)
                        for j in 0..<n {
                            upper[j] += mixed[j]
                            lower[j] += mixed[j]
                        }
                    }
                }
            }
        }
    }
}
