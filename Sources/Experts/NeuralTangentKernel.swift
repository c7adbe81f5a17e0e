public import Torus

/// The neural tangent kernel `K_ab = ∫ ∇f_a · ∇f_b dμ` of an expert on its data: how fast training at one datum moves the
/// generated function at another, `dF_a/dt = −(1/n) Σ_b K_ab r_b`.
///
/// ```swift
/// let expansion = try expert.expansion(inputs: data)
/// let kernel = NeuralTangentKernel(underUniformLaw: expansion)
/// kernel[0, 1]
/// try KernelSpectrum(kernel).rank
/// ```
///
/// It is linear in the law: besides the uniform law and point masses, any law whose moments are known has its kernel exactly.
public struct NeuralTangentKernel: Sendable, Equatable {
    /// The number of data `n`.
    public let datumCount: Int
    /// `K_ab` at `a·n + b`, symmetric to the bit.
    public let values: [Double]

    /// The kernel under the uniform law, in closed form.
    ///
    /// Different monomials are orthogonal under the uniform law, each factor `cos(kθ_p)` or `sin(kθ_p)` halves a monomial's
    /// mean square, and `−ΔΦ_m = |k_m|² Φ_m` with `|k_m|²` the sum of the squared harmonics of its factors. By parts,
    /// `∫ ∇f_a · ∇f_b = −∫ f_a Δf_b`, so `K_ab = Σ_m |k_m|² 2^{−|m|} C_ma C_mb`, `|m|` the number of factors. With angles used
    /// once `|k_m|² = |m|`.
    ///
    /// - Precondition: the monomials of the expansion differ.
    /// - Complexity: monomials times squared data.
    public init(underUniformLaw expansion: TrigonometricExpansion) {
        self.init(
            datumCount: expansion.datumCount,
            lowerTriangle: Self.gram(
                expansion.coefficients, weights: expansion.basis.monomials.map(\.meanSquaredGradient),
                datumCount: expansion.datumCount))
    }

    /// The lower triangle of `Σ_m w_m C_ma C_mb`, on all cores: every entry is added up in the order of `m`.
    private static func gram(_ coefficients: [Double], weights: [Double], datumCount n: Int) -> [Double] {
        // Rows that stay in the cache while the coefficients pass by.
        let rows = 32
        var values = Array(repeating: 0.0, count: n * n)
        values.withUnsafeMutableBufferPointer { values in
            nonisolated(unsafe) let values = values
            Parallelism.allCores.forEach((n + rows - 1) / rows) { block in
                coefficients.withUnsafeBufferPointer { c in
                    for (m, weight) in weights.enumerated() where weight != 0 {
                        for a in block * rows..<min(n, (block + 1) * rows) {
                            let share = weight * c[m &* n &+ a]
                            for b in 0...a { values[a &* n &+ b] += share * c[m &* n &+ b] }
                        }
                    }
                }
            }
        }
        return values
    }

    /// The kernel under the law of equal weights at given points.
    ///
    /// - Parameter points: parameters `θ`, one row a point, at least one.
    /// - Precondition: a row has as many angles as the expansion.
    /// - Complexity: points times parameters times squared data, and points times monomials times data times squared factors
    ///   of a monomial.
    public init(_ expansion: TrigonometricExpansion, points: [[Double]]) {
        precondition(!points.isEmpty, "a law needs a point")
        let mass = 1 / Double(points.count)
        self.init(expansion, points: points, masses: Array(repeating: mass, count: points.count))
    }

    /// The kernel under given masses at given points, `K_ab = Σ_i m_i ∇f_a(θ_i) · ∇f_b(θ_i)`.
    ///
    /// - Parameters:
    ///   - points: parameters `θ_i`, one row a point.
    ///   - masses: `m_i`, taken as they are; those of a law are not negative and add up to 1.
    /// - Precondition: there is one mass a point, and a row has as many angles as the expansion.
    /// - Complexity: as for equal masses.
    public init(_ expansion: TrigonometricExpansion, points: [[Double]], masses: [Double]) {
        precondition(points.count == masses.count, "one mass a point")
        let n = expansion.datumCount
        var values = Array(repeating: 0.0, count: n * n)
        for (point, mass) in zip(points, masses) where mass != 0 {
            for derivative in expansion.gradients(at: point) { Self.add(derivative, weight: mass, to: &values) }
        }
        self.init(datumCount: n, lowerTriangle: values)
    }

    /// The kernel under any law, from the moments of the monomials: as exact as these.
    ///
    /// `K_ab = Σ_ml C_ma C_lb ∫ ∇Φ_m · ∇Φ_l dμ`. With `2 ∇u · ∇v = Δ(uv) − uΔv − vΔu`, `−ΔΦ_m = |k_m|² Φ_m` and the product
    /// `Φ_m Φ_l = Σ_j c_j Φ_j`, the integral is `½ Σ_j c_j (|k_m|² + |k_l|² − |k_j|²) M_j`. Where the law is narrow the terms
    /// cancel, and rounding is relative to their sizes, not to the kernel's.
    ///
    /// - Parameter moments: `M = ∫ Φ dμ` of a monomial; asked at most once for each, harmonics up to twice the expansion's.
    /// - Complexity: squared monomials times `2^s`, `s` the angles that two of them share, and monomials times data times
    ///   monomials or data, whichever are more.
    public init(
        _ expansion: TrigonometricExpansion, moments: (TrigonometricMonomial) throws -> Double
    ) rethrows {
        let (monomials, n) = (expansion.basis.monomials, expansion.datumCount)
        let squares = monomials.map(\.squaredWaveNumber)
        let active = monomials.indices.filter { squares[$0] > 0 }
        var known: [TrigonometricMonomial: Double] = [:]
        func moment(_ monomial: TrigonometricMonomial) throws -> Double {
            if let value = known[monomial] { return value }
            let value = try moments(monomial)
            known[monomial] = value
            return value
        }
        // Row m of ∫ ∇Φ_m · ∇f_b dμ.
        var rows = Array(repeating: Array(repeating: 0.0, count: n), count: monomials.count)
        func add(_ weight: Double, times row: Int, to other: Int) {
            for a in 0..<n { rows[other][a] += weight * expansion.coefficients[row * n + a] }
        }
        for (place, m) in active.enumerated() {
            for l in active[...place] {
                var integral = 0.0
                for (coefficient, product) in monomials[m].multiplied(by: monomials[l]) {
                    let weight = 0.5 * coefficient * (squares[m] + squares[l] - product.squaredWaveNumber)
                    if weight != 0 { integral += try weight * moment(product) }
                }
                guard integral != 0 else { continue }
                add(integral, times: l, to: m)
                if l != m { add(integral, times: m, to: l) }
            }
        }
        var values = Array(repeating: 0.0, count: n * n)
        for m in active {
            for a in 0..<n {
                let coefficient = expansion.coefficients[m * n + a]
                for b in 0...a { values[a * n + b] += coefficient * rows[m][b] }
            }
        }
        self.init(datumCount: n, lowerTriangle: values)
    }

    /// The kernel under a law whose Fourier moments are known, such as those of a density on a grid or in the limit.
    ///
    /// - Parameter fourierMoments: `m_k = ∫ e^{ik·θ} dμ` for a wave vector, one component an angle.
    /// - Complexity: as with the moments of monomials, and `2^|m|` Fourier moments for a monomial of `|m|` factors.
    public init(
        _ expansion: TrigonometricExpansion, fourierMoments: ([Int]) throws -> (real: Double, imaginary: Double)
    ) rethrows {
        let dimension = expansion.basis.dimension
        try self.init(expansion) { try $0.mean(dimension: dimension, fourierMoments: fourierMoments) }
    }

    private init(datumCount n: Int, lowerTriangle: [Double]) {
        var values = lowerTriangle
        for a in 0..<n {
            for b in 0..<a { values[b * n + a] = values[a * n + b] }
        }
        datumCount = n
        self.values = values
    }

    /// Adds `weight · v vᵀ` to the lower triangle.
    private static func add(_ vector: [Double], weight: Double, to values: inout [Double]) {
        let n = vector.count
        values.withUnsafeMutableBufferPointer { values in
            vector.withUnsafeBufferPointer { vector in
                for a in 0..<n {
                    let share = weight * vector[a]
                    for b in 0...a { values[a &* n &+ b] += share * vector[b] }
                }
            }
        }
    }

    /// `K_ab`.
    public subscript(a: Int, b: Int) -> Double {
        precondition((0..<datumCount).contains(a) && (0..<datumCount).contains(b), "a datum is out of range")
        return values[a * datumCount + b]
    }

    /// `Σ_a K_aa`.
    public var trace: Double { (0..<datumCount).reduce(0) { $0 + self[$1, $1] } }
}

extension TrigonometricMonomial {
    /// `|k|²` of `−ΔΦ = |k|² Φ`: the sum of the squared harmonics.
    var squaredWaveNumber: Double { factors.reduce(0) { $0 + Double($1.harmonic * $1.harmonic) } }

    /// `∫ |∇Φ|² dθ/(2π)^d`: the sum of the squared harmonics, halved for every factor.
    var meanSquaredGradient: Double {
        squaredWaveNumber * Double(sign: .plus, exponent: -factors.count, significand: 1)
    }
}
