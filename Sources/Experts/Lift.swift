/// An expert's functions on its data, in the form in which a flow uses them, and how they were found.
///
/// ```swift
/// let lift = try expert.lift(inputs: data)
/// lift.path                      // .expansion, or .direct with the reason
/// lift.expansion?.basis.count    // monomials
/// ```
public struct Lift: Sendable {
    /// How the functions were found.
    public enum Path: String, Sendable, Codable {
        /// From the expert's structure: Pauli propagation of a circuit, the formula of a classical expert.
        case expansion
        /// From values of the function itself, for a circuit by its state vector.
        case direct
    }

    /// The functions `f(·, x_a)`.
    public enum Form: Sendable {
        /// Trigonometric polynomials `f(θ, x_a) = Σ_m C_{ma} Φ_m(θ)`.
        case polynomials(TrigonometricExpansion)
        /// What the state vector says at every point: there is no expansion within reach.
        case states(StateVectorFunctions)
    }

    /// The functions.
    public let form: Form
    /// How they were found.
    public let path: Path
    /// Why not by the expert's structure, or what an expansion by it leaves out; `nil` where there is nothing to say.
    public let reason: String?

    /// A lift by the expert's structure.
    public init(_ expansion: TrigonometricExpansion) {
        (form, path, reason) = (.polynomials(expansion), .expansion, nil)
    }

    /// A lift by the expert's structure that says what it leaves out.
    init(_ expansion: TrigonometricExpansion, leavingOut remark: String?) {
        (form, path, reason) = (.polynomials(expansion), .expansion, remark)
    }

    /// An expansion that values of the function gave.
    init(_ expansion: TrigonometricExpansion, reason: String) {
        (form, path, self.reason) = (.polynomials(expansion), .direct, reason)
    }

    init(_ functions: StateVectorFunctions, reason: String) {
        (form, path, self.reason) = (.states(functions), .direct, reason)
    }

    /// The polynomials; `nil` where only the state vector has the functions.
    public var expansion: TrigonometricExpansion? {
        if case .polynomials(let expansion) = form { expansion } else { nil }
    }
}
