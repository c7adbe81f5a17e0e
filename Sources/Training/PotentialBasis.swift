public import Experts
public import Torus

/// The functions `Φ_m(θ)` of which potentials `V = Σ_m w_m Φ_m` are made, and of which moments are taken.
public enum PotentialBasis: Sendable {
    /// The monomials of an expansion, with the products that they share.
    case monomials(SharedProducts)
    /// The expert's own functions `f(·, x_a)`, one a datum, where there is no expansion.
    case states(StateVectorFunctions)

    /// The number of functions.
    public var count: Int {
        switch self {
        case .monomials(let products): products.basis.count
        case .states(let functions): functions.count
        }
    }

    /// The number of angles `d`.
    public var dimension: Int {
        switch self {
        case .monomials(let products): products.basis.dimension
        case .states(let functions): functions.dimension
        }
    }

    /// The largest harmonic of each angle.
    public var harmonics: [Int] {
        switch self {
        case .monomials(let products): products.basis.harmonics
        case .states(let functions): functions.harmonics
        }
    }

    /// The values `Φ_m(θ)` at one point.
    public func values(at theta: [Double]) -> [Double] {
        switch self {
        case .monomials(let products): products.basis.values(at: theta)
        case .states(let functions): functions.values(at: theta)
        }
    }

    /// The monomials, if that is what they are.
    public var trigonometric: TrigonometricBasis? {
        if case .monomials(let products) = self { products.basis } else { nil }
    }
}
