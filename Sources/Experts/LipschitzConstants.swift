/// Bounds of an expert's first and second derivatives in its parameters: `|∇f| ≤ L₁` and `‖∇²f‖ ≤ L₂` at every `θ`, in the
/// Euclidean and the spectral norm. They are upper bounds, not always the smallest.
///
/// ```swift
/// let constants = LipschitzConstants(circuit: circuit, roles: roles, observable: observable)
///     .tightened(by: LipschitzConstants(expansion))
/// let rate = constants.couplingRate(residual: 0.5)    // λ
/// ```
public struct LipschitzConstants: Sendable, Equatable {
    /// `L₁`.
    public let gradient: Double
    /// `L₂`.
    public let hessian: Double

    /// Given bounds.
    public init(gradient: Double, hessian: Double) {
        self.gradient = gradient
        self.hessian = hessian
    }

    /// Whichever bound is smaller, for each derivative.
    public func tightened(by other: LipschitzConstants) -> LipschitzConstants {
        LipschitzConstants(gradient: min(gradient, other.gradient), hessian: min(hessian, other.hessian))
    }

    /// The rate `λ = R α L₂ + (α L₁)²` at which two mixtures that are driven by nearby laws may part.
    ///
    /// - Parameters:
    ///   - residual: `R = √(2L)`, the root mean square of the residuals; the flow never lets it grow.
    ///   - amplitude: `α` of `F = (α/N) Σ_i f(θ_i, ·)`.
    public func couplingRate(residual: Double, amplitude: Double = 1) -> Double {
        residual * amplitude * hessian + amplitude * amplitude * gradient * gradient
    }
}

extension LipschitzConstants {
    /// Bounds that hold for any data and any initial state, from the gates alone.
    ///
    /// A trained angle enters each gate through a generator whose eigenvalues are 1 apart, times a factor `κ`. Along a unit
    /// vector `u` a gate contributes a commutator of norm at most `|κ u_p|` times the observable's. For a Pauli string of the
    /// observable, with `K_p` the sum of `|κ|` over the gates in its light cone, this gives `|∇f|² ≤ Σ_p K_p²` and
    /// `‖∇²f‖ ≤ Σ_p K_p²`; the strings are added with `|c_k|`. With angles used once these are at most `√d Σ|c_k|` and
    /// `d Σ|c_k|`. The identity adds nothing.
    ///
    /// - Precondition: the observable fits the circuit.
    /// - Complexity: strings of the observable times gates.
    public init(circuit: Circuit, roles: InputRoles, observable: PauliSum) {
        var axes: [Int: Int] = [:]
        for (axis, input) in roles.parameters.enumerated() { axes[input] = axis }
        var (gradient, hessian) = (0.0, 0.0)
        for term in observable.terms where term.string != .identity {
            var factors = Array(repeating: 0.0, count: roles.parameters.count)
            for index in circuit.lightCone(of: term.string).instructions {
                for share in circuit.instructions[index].angles.lazy.flatMap(\.terms) {
                    if let axis = axes[share.input] { factors[axis] += abs(share.factor) }
                }
            }
            let square = factors.reduce(0) { $0 + $1 * $1 }
            gradient += abs(term.coefficient) * square.squareRoot()
            hessian += abs(term.coefficient) * square
        }
        self.init(gradient: gradient, hessian: hessian)
    }
}
