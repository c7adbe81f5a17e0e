import Torus

/// The neural tangent kernel `K_ab = ∫ ∇f_a · ∇f_b dμ` of an expert on its data: how fast training at one datum moves the
/// generated function at another, `dF_a/dt = −(1/n) Σ_b K_ab r_b`.
///
/// ```swift
/// let expansion = try expert.expansion(inputs: data)
/// let kernel = NeuralTangentKernel(underUniformLaw: expansion)
/// kernel[0, 1]
/// KernelSpectrum(kernel).rank
/// ```
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
        let n = expansion.datumCount
        var values = Array(repeating: 0.0, count: n * n)
        for (m, monomial) in expansion.basis.monomials.enumerated() {
            let weight = monomial.meanSquaredGradient
            guard weight > 0 else { continue }
            let row = expansion.coefficients[m * n..<(m + 1) * n]
            Self.add(Array(row), weight: weight, to: &values)
        }
        self.init(datumCount: n, lowerTriangle: values)
    }

    /// The kernel under the law of equal weights at given points.
    ///
    /// - Parameter points: parameters `θ`, one row a point, at least one.
    /// - Precondition: a row has as many angles as the expansion.
    /// - Complexity: points times parameters times squared data, and points times monomials times data times squared factors
    ///   of a monomial.
    public init(_ expansion: TrigonometricExpansion, points: [[Double]]) {
        precondition(!points.isEmpty, "a law needs a point")
        let n = expansion.datumCount
        var values = Array(repeating: 0.0, count: n * n)
        for point in points {
            for derivative in expansion.gradients(at: point) {
                Self.add(derivative, weight: 1 / Double(points.count), to: &values)
            }
        }
        self.init(datumCount: n, lowerTriangle: values)
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
    /// `∫ |∇Φ|² dθ/(2π)^d`: the sum of the squared harmonics, halved for every factor.
    var meanSquaredGradient: Double {
        factors.reduce(0) { $0 + Double($1.harmonic * $1.harmonic) }
            * Double(sign: .plus, exponent: -factors.count, significand: 1)
    }
}
