import Torus

/// The eigenvalues of a neural tangent kernel, and how many of them count.
///
/// ```swift
/// let spectrum = KernelSpectrum(underUniformLaw: expansion)
/// spectrum.rank          // how many labels such experts can fit
/// spectrum.smallest      // of its eigenvalues, which bounds the speed of training
/// ```
///
/// Training reaches only what lies in the kernel's range: with a rank below the number of data, not every choice of labels
/// can be fitted.
public struct KernelSpectrum: Sendable, Equatable {
    /// The eigenvalues in descending order, one a datum; rounding leaves a zero at about `±ε λ_max`. Infinite or zero where they
    /// are beyond the numbers.
    public let eigenvalues: [Double]

    /// The number of eigenvalues above `n ε λ_max`, with `n` data and `ε = 2⁻⁵²`, whatever their size.
    public let rank: Int

    /// The smallest eigenvalue, `nil` without data.
    public var smallest: Double? { eigenvalues.last }

    /// The spectrum of a kernel.
    ///
    /// - Throws: `ExpansionError.tooLarge` when an entry of the kernel is not finite.
    /// - Complexity: cubic in the data.
    public init(_ kernel: NeuralTangentKernel) throws(ExpansionError) {
        if let entry = kernel.values.first(where: { !$0.isFinite }) {
            throw .tooLarge(value: entry, limit: Double.greatestFiniteMagnitude.squareRoot())
        }
        self.init(Self.eigenvalues(of: kernel), unit: 1)
    }

    /// The spectrum of an expansion's kernel under the uniform law.
    ///
    /// The kernel is `BᵀB`, `B` the coefficients scaled monomial by monomial; `BBᵀ` has the same eigenvalues but for zeros and
    /// is the smaller matrix when there are fewer monomials than data. Squares of coefficients may be beyond the numbers.
    ///
    /// The eigenvalues are NaN where a coefficient is not finite.
    ///
    /// - Complexity: cubic in the data or in the monomials, whichever are fewer.
    public init(underUniformLaw expansion: TrigonometricExpansion) {
        let unit = expansion.unit
        // Dividing by a power of two is exact.
        let expansion = TrigonometricExpansion(
            basis: expansion.basis, datumCount: expansion.datumCount,
            coefficients: expansion.coefficients.map { $0 / unit })
        let n = expansion.datumCount
        let weights = expansion.basis.monomials.map(\.meanSquaredGradient)
        let active = weights.indices.filter { weights[$0] > 0 }
        guard active.count < n else {
            self.init(Self.eigenvalues(of: NeuralTangentKernel(underUniformLaw: expansion)), unit: unit)
            return
        }
        var gram = Array(repeating: 0.0, count: active.count * active.count)
        for (i, m) in active.enumerated() {
            let row = expansion.coefficients[m * n..<(m + 1) * n]
            for (j, k) in active[...i].enumerated() {
                let other = expansion.coefficients[k * n..<(k + 1) * n]
                let overlap = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
                let value = (weights[m] * weights[k]).squareRoot() * overlap
                gram[i * active.count + j] = value
                gram[j * active.count + i] = value
            }
        }
        let values = SymmetricEigenvalues.descending(of: gram, order: active.count)
        // The zeros that BBᵀ leaves out go before what rounding made negative.
        let zeros = Array(repeating: 0.0, count: n - active.count)
        self.init((values + zeros).sorted(by: >), unit: unit)
    }

    private static func eigenvalues(of kernel: NeuralTangentKernel) -> [Double] {
        SymmetricEigenvalues.descending(of: kernel.values, order: kernel.datumCount)
    }

    /// Eigenvalues of a kernel that is divided by the square of a unit.
    private init(_ scaled: [Double], unit: Double) {
        let threshold = Double(scaled.count) * Double.ulpOfOne * (scaled.first ?? 0)
        rank = scaled.count { $0 > max(threshold, 0) }
        eigenvalues = scaled.map { $0 * unit * unit }
    }
}

extension TrigonometricExpansion {
    /// A power of two of the size of the largest coefficient of a monomial that is not constant; 1 where there is none.
    var unit: Double {
        var largest = 0.0
        for (m, monomial) in basis.monomials.enumerated() where !monomial.factors.isEmpty {
            for a in 0..<datumCount { largest = max(largest, abs(coefficients[m * datumCount + a])) }
        }
        return largest > 0 && largest.isFinite ? max(largest, .leastNormalMagnitude).binade : 1
    }
}
