import Foundation

/// One moment `m_k = ∫ e^{ik·θ} dμ` of a law on the torus in any number of angles.
public struct FourierMoment: Sendable, Equatable {
    /// The frequency, an integer an angle.
    public let frequency: [Int]
    /// The real part.
    public let real: Double
    /// The imaginary part.
    public let imaginary: Double

    /// The moment of a frequency.
    public init(_ frequency: [Int], real: Double, imaginary: Double) {
        (self.frequency, self.real, self.imaginary) = (frequency, real, imaginary)
    }
}

extension AtomTransport {
    /// A proven lower bound of the Wasserstein distance between atoms of equal weight and a law of which some moments are known, in any number of
    /// angles and without a grid.
    ///
    /// With `Δ_k = m_k(μ) − m_k(ρ)`:
    /// - `W₁ ≥ |Δ_k|/|k|`, because `cos(k·θ − φ)/|k|` changes by no more than the way; and along the axes, whose gradients are orthogonal,
    ///   `W₁ ≥ (Σ_a max_{k ∥ a} |Δ_k|²/|k|²)^{1/2}`.
    /// - For `W₂` the potential `ψ = Σ_k c_k e^{ik·θ}`, `Σ |c_k| |k|² ≤ 0.9`, has `|x − y|²/2 − ψ(y)` convex, so its least value over `y` is found by
    ///   Newton's method and bounded by the gradient that is left; `W₂²/2 ≥ ∫ψ dρ + (1/N) Σ_i min_y (|x_i − y|²/2 − ψ(y))`. The coefficients are those of
    ///   the `H^{−1}` distance, times the best of a few factors. `W₂ ≥ W₁` is taken where it is better.
    ///
    /// - Parameters:
    ///   - atoms: radians, axis by axis: angle `a` of atom `i` is at `a·N + i`.
    ///   - moments: moments of the law, at most one of each pair `±k`; that of frequency 0 says nothing.
    /// - Returns: the bound in radians.
    /// - Throws: `TransportError` when there is no atom, an angle or moment is not finite, or a frequency does not fit.
    /// - Complexity: O(N × moments × d²).
    public static func trigonometricBound(
        _ atoms: [Double], _ moments: [FourierMoment], dimension: Int, order: WassersteinOrder
    ) throws -> Double {
        let coordinates = try AtomCoordinates(atoms, dimension: dimension)
        var known = Set<[Int]>()
        for moment in moments {
            guard moment.frequency.count == dimension else {
                throw TransportError.frequencyCount(found: moment.frequency.count, expected: dimension)
            }
            guard moment.real.isFinite && moment.imaginary.isFinite else {
                throw TransportError.nonFiniteMode(frequency: moment.frequency)
            }
            let negative = moment.frequency.map(-)
            guard known.insert(moment.frequency).inserted,
                negative == moment.frequency || known.insert(negative).inserted
            else { throw TransportError.repeatedMode(frequency: moment.frequency) }
        }
        let waves = moments.filter { $0.frequency.contains { $0 != 0 } }.map { Wave($0, coordinates) }
        let first = Self.firstOrder(waves, dimension)
        guard order == .two else { return first }
        return [0.25, 0.5, 1].reduce(first) { best, factor in
            Swift.max(best, SmoothPotential(waves, factor: factor, dimension: dimension).bound(coordinates))
        }
    }

    private static func firstOrder(_ waves: [Wave], _ dimension: Int) -> Double {
        let best = waves.reduce(0) { Swift.max($0, $1.size / $1.length) }
        let axes = (0..<dimension).reduce(0.0) { sum, axis in
            let largest = waves.reduce(0) { found, wave in
                wave.frequency.enumerated().allSatisfy { $0.offset == axis || $0.element == 0 }
                    ? Swift.max(found, wave.size / wave.length) : found
            }
            return sum + largest * largest
        }
        return Swift.max(0, Swift.max(best, axes.squareRoot()) * (1 - 0x1p-40))
    }
}

/// A frequency with the moments of law and atoms.
private struct Wave {
    let frequency: [Double]
    let squaredLength: Double
    /// The moment of the law.
    let real: Double
    let imaginary: Double
    /// The moment of the atoms minus it.
    let difference: (real: Double, imaginary: Double)
    /// A lower bound of the difference's size.
    let size: Double

    var length: Double { squaredLength.squareRoot() }

    init(_ moment: FourierMoment, _ atoms: AtomCoordinates) {
        let wave = moment.frequency.map(Double.init)
        frequency = wave
        squaredLength = wave.reduce(0) { $0 + $1 * $1 }
        (self.real, self.imaginary) = (moment.real, moment.imaginary)
        var (cosines, sines) = (CompensatedSum(), CompensatedSum())
        for atom in 0..<atoms.count {
            let phase = wave.indices.reduce(0) { $0 + wave[$1] * atoms.values[atom * atoms.dimension + $1] }
            cosines.add(cos(phase))
            sines.add(sin(phase))
        }
        let (a, b) = (cosines.value / Double(atoms.count), sines.value / Double(atoms.count))
        let (real, imaginary) = (a - moment.real, b - moment.imaginary)
        difference = (real, imaginary)
        // A phase of size |k|₁·2π rounds by as many units in the last place of it.
        let rounding = wave.reduce(4) { $0 + 4 * abs($1) } * period.ulp
        size = Swift.max(0, hypot(real, imaginary) - rounding)
    }
}

/// `ψ = Σ_k (a_k cos(k·θ) + b_k sin(k·θ))` with second derivatives of at most 0.9.
private struct SmoothPotential {
    private let waves: [Wave]
    private let coefficients: [(cosine: Double, sine: Double)]
    private let dimension: Int
    /// A bound of the second derivatives.
    private let curvature: Double
    /// A bound of the rounding of one value.
    private let rounding: Double

    init(_ waves: [Wave], factor: Double, dimension: Int) {
        self.waves = waves
        self.dimension = dimension
        // At the uniform law Σ_k |Δ_k|²/|k|² over both halves is the linearised W₂²; its potential has minus the differences.
        let given = waves.map { wave -> (cosine: Double, sine: Double) in
            let scale = -2 * factor / wave.squaredLength
            return (scale * wave.difference.real, scale * wave.difference.imaginary)
        }
        let total = zip(given, waves).reduce(0) { $0 + hypot($1.0.cosine, $1.0.sine) * $1.1.squaredLength }
        let shrink = total > 0.9 ? 0.9 / total : 1
        coefficients = given.map { (shrink * $0.cosine, shrink * $0.sine) }
        curvature = Swift.min(total, 0.9) * (1 + 0x1p-40)
        rounding =
            zip(given, waves).reduce(0) { sum, entry in
                sum + hypot(entry.0.cosine, entry.0.sine) * entry.1.frequency.reduce(8) { $0 + 8 * abs($1) }
            } * period.ulp + 64 * period.ulp
    }

    /// A lower bound of `W₂`.
    func bound(_ atoms: AtomCoordinates) -> Double {
        var sum = CompensatedSum()
        for atom in 0..<atoms.count {
            sum.add(least(Array(atoms.values[atom * dimension..<(atom + 1) * dimension])))
        }
        var mean = CompensatedSum()
        for (wave, coefficient) in zip(waves, coefficients) {
            mean.add(coefficient.cosine * wave.real)
            mean.add(coefficient.sine * wave.imaginary)
        }
        let half = sum.value / Double(atoms.count) + mean.value - 2 * rounding
        return half > 0 ? (2 * half).squareRoot() * (1 - 0x1p-40) : 0
    }

    /// A lower bound of `min_y (|x − y|²/2 − ψ(y))`: a function with second derivatives of at least `1 − L` is above its value at any point minus the
    /// squared gradient over `2(1 − L)`.
    private func least(_ x: [Double]) -> Double {
        var y = x
        var bound = -Double.infinity
        for _ in 0..<60 {
            var (value, gradient) = (0.0, [Double](repeating: 0, count: dimension))
            for axis in 0..<dimension {
                let way = y[axis] - x[axis]
                value += 0.5 * way * way
                gradient[axis] = way
            }
            for (wave, coefficient) in zip(waves, coefficients) {
                let phase = wave.frequency.indices.reduce(0) { $0 + wave.frequency[$1] * y[$1] }
                let (c, s) = (cos(phase), sin(phase))
                value -= coefficient.cosine * c + coefficient.sine * s
                let slope = coefficient.sine * c - coefficient.cosine * s
                for axis in 0..<dimension { gradient[axis] -= wave.frequency[axis] * slope }
            }
            let square = gradient.reduce(0) { $0 + $1 * $1 }
            bound = Swift.max(bound, value - square / (2 * (1 - curvature)))
            if square <= 1e-24 { break }
            // The gradient is Lipschitz with 1 + L: a step of 2/((1 + L) + (1 − L)) contracts by L.
            for axis in 0..<dimension { y[axis] -= gradient[axis] }
        }
        return bound
    }
}
