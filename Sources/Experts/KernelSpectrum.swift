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
    /// The eigenvalues in descending order, one a datum; rounding leaves a zero at about `±ε λ_max`.
    public let eigenvalues: [Double]

    /// The number of eigenvalues above `n ε λ_max`, with `n` data and `ε = 2⁻⁵²`.
    public var rank: Int {
        let threshold = Double(eigenvalues.count) * Double.ulpOfOne * (eigenvalues.first ?? 0)
        return eigenvalues.count { $0 > max(threshold, 0) }
    }

    /// The smallest eigenvalue, `nil` without data.
    public var smallest: Double? { eigenvalues.last }

    /// The spectrum of a kernel.
    ///
    /// - Complexity: cubic in the data.
    public init(_ kernel: NeuralTangentKernel) {
        eigenvalues = SymmetricEigenvalues.descending(of: kernel.values, order: kernel.datumCount)
    }

    /// The spectrum of an expansion's kernel under the uniform law.
    ///
    /// The kernel is `BᵀB`, `B` the coefficients scaled monomial by monomial; `BBᵀ` has the same eigenvalues but for zeros and
    /// is the smaller matrix when there are fewer monomials than data.
    ///
    /// - Complexity: cubic in the data or in the monomials, whichever are fewer.
    public init(underUniformLaw expansion: TrigonometricExpansion) {
        let n = expansion.datumCount
        let weights = expansion.basis.monomials.map(\.meanSquaredGradient)
        let active = weights.indices.filter { weights[$0] > 0 }
        guard active.count < n else {
            self = KernelSpectrum(NeuralTangentKernel(underUniformLaw: expansion))
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
        eigenvalues = (values + zeros).sorted(by: >)
    }
}
