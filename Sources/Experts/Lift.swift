/// An expert's trigonometric polynomials on its data, and how they were found.
///
/// ```swift
/// let lift = try expert.lift(inputs: data)
/// lift.expansion.basis.count    // monomials
/// lift.path                     // .expansion, or .direct with the reason
/// ```
public struct Lift: Sendable, Equatable {
    /// How an expansion was found.
    public enum Path: String, Sendable, Codable {
        /// From the expert's structure: Pauli propagation of a circuit, the formula of a classical expert.
        case expansion
        /// From values of the function itself, for a circuit by its state vector.
        case direct
    }

    /// The polynomials `f(θ, x_a) = Σ_m C_{ma} Φ_m(θ)`.
    public let expansion: TrigonometricExpansion
    /// How they were found.
    public let path: Path
    /// Why not by the expert's structure; `nil` on that path.
    public let reason: String?

    /// A lift by the expert's structure.
    public init(_ expansion: TrigonometricExpansion) {
        self.init(expansion, path: .expansion, reason: nil)
    }

    init(_ expansion: TrigonometricExpansion, path: Path, reason: String?) {
        self.expansion = expansion
        self.path = path
        self.reason = reason
    }
}
