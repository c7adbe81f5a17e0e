public import Experts
import Torus

extension NeuralTangentKernel {
    /// The kernel under an initial law: that with which training begins.
    ///
    /// ```swift
    /// let law = InitialLaw.product([try .vonMises(centre: 1, concentration: 2)])
    /// let kernel = try NeuralTangentKernel(expansion, under: law)
    /// ```
    ///
    /// - Throws: `InitialLawError.dimension` when the law has another number of angles.
    /// - Complexity: that of the kernel from moments; for the uniform law that of the closed form.
    public init(_ expansion: TrigonometricExpansion, under law: InitialLaw) throws(InitialLawError) {
        try law.check(dimension: expansion.basis.dimension)
        switch law {
        case .uniform: self.init(underUniformLaw: expansion)
        default: self.init(expansion, fourierMoments: law.moment)
        }
    }
}
