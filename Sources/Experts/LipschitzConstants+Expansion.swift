import ComplexModule
import Torus

extension LipschitzConstants {
    /// Bounds for the data of an expansion, from its coefficients.
    ///
    /// With `f = Σ_k c_k e^{ik·θ}`, the derivatives along a unit vector `u` obey `|u·∇f| ≤ Σ_k |c_k| |k·u|` and
    /// `|uᵀ∇²f u| ≤ Σ_k |c_k| (k·u)² = uᵀMu`, `M = Σ_k |c_k| kkᵀ`. Hence `L₂` is the largest eigenvalue of `M`, and `L₁` is the
    /// smaller one of `(Σ_p (Σ_k |c_k k_p|)²)^½` and, by the Cauchy–Schwarz inequality, `(L₂ Σ_{k≠0} |c_k|)^½`.
    ///
    /// Of monomials with many factors and few companions the waves are too many; such a monomial is `Π_p cos(k_p θ_p + …)`,
    /// the mean of `cos(Σ_p ±k_p θ_p + …)` over all signs, so it adds `|C| Σ_p k_p² u_p²` to the form: the same with the
    /// triangle inequality.
    ///
    /// Where squares of coefficients are beyond the numbers, the bounds are not; they are infinite where a coefficient is not
    /// finite.
    ///
    /// - Complexity: monomials times data times squared factors of a monomial, and one eigenvalue problem a datum.
    public init(_ expansion: TrigonometricExpansion) {
        let groups = WaveGroup.groups(of: expansion.basis)
        let dimension = expansion.basis.dimension
        // Dividing by a power of two is exact.
        let unit = expansion.unit
        var (gradient, hessian) = (0.0, 0.0)
        guard expansion.coefficients.allSatisfy(\.isFinite) else {
            self.init(gradient: .infinity, hessian: .infinity)
            return
        }
        for datum in 0..<expansion.datumCount {
            var bound = WaveBound(dimension: dimension)
            for group in groups {
                group.add(to: &bound) { expansion.coefficients[$0 * expansion.datumCount + datum] / unit }
            }
            let largest = SymmetricEigenvalues.descending(of: bound.matrix, order: dimension).first ?? 0
            let slopes = bound.slopes.reduce(0) { $0 + $1 * $1 }
            gradient = max(gradient, min(slopes, bound.sum * largest).squareRoot())
            hessian = max(hessian, largest)
        }
        self.init(gradient: unit * gradient, hessian: unit * hessian)
    }
}

/// Sums over the waves `c_k e^{ik·θ}`, `k ≠ 0`, of one datum.
private struct WaveBound {
    /// `Σ |c_k|`.
    var sum = 0.0
    /// `Σ |c_k k_p|`.
    var slopes: [Double]
    /// `M = Σ |c_k| kkᵀ`.
    var matrix: [Double]

    init(dimension: Int) {
        slopes = Array(repeating: 0, count: dimension)
        matrix = Array(repeating: 0, count: dimension * dimension)
    }
}

/// The monomials that differ in cosine and sine only: they are sums of the same waves.
private struct WaveGroup {
    let axes: [Int]
    let harmonics: [Double]
    /// The monomials, as indices in the basis, and the set of their sines, bit `j` for factor `j`.
    var members: [(monomial: Int, sines: Int)] = []

    /// Beyond this number of factors a group is not written in waves.
    private static let largestFactorCount = 20

    static func groups(of basis: TrigonometricBasis) -> [WaveGroup] {
        struct Key: Hashable {
            let axes: [Int]
            let harmonics: [Int]
        }
        var positions: [Key: Int] = [:]
        var groups: [WaveGroup] = []
        for (index, monomial) in basis.monomials.enumerated() where !monomial.factors.isEmpty {
            let key = Key(axes: monomial.factors.map(\.axis), harmonics: monomial.factors.map(\.harmonic))
            let position = positions[key] ?? groups.count
            if position == groups.count {
                positions[key] = position
                groups.append(WaveGroup(axes: key.axes, harmonics: key.harmonics.map(Double.init)))
            }
            // Groups of more factors are not looked at sine by sine.
            let factors = monomial.factors.prefix(largestFactorCount)
            let sines = factors.enumerated().reduce(0) { $0 | ($1.element.kind == .sine ? 1 << $1.offset : 0) }
            groups[position].members.append((index, sines))
        }
        return groups
    }

    /// Whether there are about as many monomials as waves.
    private var isDense: Bool { axes.count <= Self.largestFactorCount && 1 << axes.count <= 4 * members.count }

    func add(to bound: inout WaveBound, coefficient: (Int) -> Double) {
        let dimension = bound.slopes.count
        guard isDense else {
            for member in members {
                let size = abs(coefficient(member.monomial))
                bound.sum += size
                for (axis, k) in zip(axes, harmonics) {
                    bound.slopes[axis] += size * k
                    bound.matrix[axis * dimension + axis] += size * k * k
                }
            }
            return
        }
        for (wave, size) in magnitudes(coefficient).enumerated() where size > 0 {
            bound.sum += size
            func component(_ j: Int) -> Double { wave >> j & 1 == 0 ? harmonics[j] : -harmonics[j] }
            for (i, axis) in axes.enumerated() {
                bound.slopes[axis] += size * harmonics[i]
                for (j, other) in axes.enumerated() {
                    bound.matrix[axis * dimension + other] += size * component(i) * component(j)
                }
            }
        }
    }

    /// `|c_k|` of every wave, bit `j` set where the component of `k` is negative.
    private func magnitudes(_ coefficient: (Int) -> Double) -> [Double] {
        var waves = Array(repeating: Complex<Double>.zero, count: 1 << axes.count)
        for member in members { waves[member.sines].real += coefficient(member.monomial) }
        for j in axes.indices {
            for cosine in waves.indices where cosine >> j & 1 == 0 {
                // a cos φ + b sin φ = ½ (a − ib) e^{iφ} + ½ (a + ib) e^{−iφ}.
                let sine = cosine | 1 << j
                let (a, b) = (waves[cosine], waves[sine])
                waves[cosine] = Complex(0.5 * (a.real + b.imaginary), 0.5 * (a.imaginary - b.real))
                waves[sine] = Complex(0.5 * (a.real - b.imaginary), 0.5 * (a.imaginary + b.real))
            }
        }
        return waves.map(\.length)
    }
}
