import Foundation

/// A finite list of trigonometric monomials `Φ_m(θ)` in `d` angles.
///
/// ```swift
/// let basis = TrigonometricBasis(
///     dimension: 2, monomials: [.one, TrigonometricMonomial([.init(.cosine, axis: 0), .init(.sine, axis: 1)])])
/// basis.values(at: [0.3, 0.4])    // [1, cos 0.3 · sin 0.4]
/// ```
public struct TrigonometricBasis: Sendable, Hashable {
    /// The number of angles `d`.
    public let dimension: Int
    /// The monomials `Φ_m`.
    public let monomials: [TrigonometricMonomial]

    /// A basis of the given monomials.
    ///
    /// - Precondition: every factor's axis is below `dimension`.
    public init(dimension: Int, monomials: [TrigonometricMonomial]) {
        precondition(monomials.allSatisfy { ($0.factors.last?.axis ?? -1) < dimension }, "an axis is out of range")
        self.dimension = dimension
        self.monomials = monomials
    }

    /// The number of monomials.
    public var count: Int { monomials.count }

    /// The largest harmonic of each angle.
    public var harmonics: [Int] {
        var largest = Array(repeating: 0, count: dimension)
        for factor in monomials.lazy.flatMap(\.factors) {
            largest[factor.axis] = Swift.max(largest[factor.axis], factor.harmonic)
        }
        return largest
    }

    /// The values `Φ_m(θ)` at one point.
    public func values(at theta: [Double]) -> [Double] {
        precondition(theta.count == dimension)
        return monomials.map { monomial in
            monomial.factors.reduce(1) { product, factor in product * factor.value(at: theta[factor.axis]) }
        }
    }

    /// The derivatives `∂Φ_m/∂θ_p` at one point, as `[p][m]`.
    public func gradients(at theta: [Double]) -> [[Double]] {
        precondition(theta.count == dimension)
        return (0..<dimension).map { axis in
            monomials.map { monomial in
                guard monomial.factors.contains(where: { $0.axis == axis }) else { return 0 }
                return monomial.factors.reduce(1) { product, factor in
                    let angle = theta[factor.axis]
                    return product * (factor.axis == axis ? factor.derivative(at: angle) : factor.value(at: angle))
                }
            }
        }
    }
}

extension TrigonometricMonomial.Factor {
    /// The factor's value at an angle.
    public func value(at angle: Double) -> Double {
        let phase = Double(harmonic) * angle
        return kind == .cosine ? cos(phase) : sin(phase)
    }

    /// The factor's derivative at an angle.
    public func derivative(at angle: Double) -> Double {
        let k = Double(harmonic)
        return kind == .cosine ? -k * sin(k * angle) : k * cos(k * angle)
    }
}
