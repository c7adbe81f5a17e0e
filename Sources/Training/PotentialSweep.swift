import Experts
public import Torus

/// Sweeps over many points of the torus: the moments of the functions of a potential, and its gradients, by whichever way the
/// functions are known.
///
/// Points are given axis by axis, as for `TrigonometricSweep`, which says what holds of threads and memory.
public struct PotentialSweep {
    /// The functions `Φ_m`.
    public let basis: PotentialBasis
    private let way: Way

    private enum Way {
        case monomials(TrigonometricSweep)
        case states(StateVectorFunctionSweep)
    }

    /// Sweeps over `count` points.
    public init(_ basis: PotentialBasis, count: Int, parallelism: Parallelism) {
        self.basis = basis
        way =
            switch basis {
            case .monomials(let products):
                .monomials(TrigonometricSweep(products, count: count, parallelism: parallelism))
            case .states(let functions):
                .states(StateVectorFunctionSweep(functions, count: count, parallelism: parallelism))
            }
    }

    /// Writes the moments `(1/N) Σ_i Φ_m(θ_i)` of points.
    ///
    /// - Parameter masses: what each point counts instead of `1/N`.
    public func moments(
        of points: UnsafePointer<Double>, masses: UnsafePointer<Double>? = nil,
        into result: UnsafeMutablePointer<Double>
    ) {
        switch way {
        case .monomials(let sweep): sweep.moments(of: points, masses: masses, into: result)
        case .states(let sweep): sweep.moments(of: points, masses: masses, into: result)
        }
    }

    /// Writes `scale·∇ Σ_m w_m Φ_m` at points, axis by axis as the points.
    ///
    /// - Parameter followsMoments: whether the points are those of the last call of `moments(of:masses:into:)`.
    public func gradient(
        at points: UnsafePointer<Double>, followsMoments: Bool = false, weights: UnsafePointer<Double>, scale: Double,
        into result: UnsafeMutablePointer<Double>
    ) {
        switch way {
        case .monomials(let sweep):
            sweep.gradient(at: points, followsMoments: followsMoments, weights: weights, scale: scale, into: result)
        case .states(let sweep): sweep.gradient(at: points, weights: weights, scale: scale, into: result)
        }
    }

    /// Writes `scale·∇V` at points, `V = Σ_m w_m Φ_m`, axis by axis as the points, and after its rows one more with `ΔV`.
    public func gradientAndLaplacian(
        at points: UnsafePointer<Double>, weights: UnsafePointer<Double>, scale: Double,
        into result: UnsafeMutablePointer<Double>
    ) {
        switch way {
        case .monomials(let sweep):
            sweep.gradientAndLaplacian(at: points, weights: weights, scale: scale, into: result)
        case .states(let sweep): sweep.gradientAndLaplacian(at: points, weights: weights, scale: scale, into: result)
        }
    }
}
