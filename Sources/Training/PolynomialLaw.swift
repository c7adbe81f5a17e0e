import Foundation
public import Torus

/// A law whose density is a trigonometric polynomial `ρ(θ) = Σ_m c_m Φ_m(θ)`.
public struct PolynomialLaw: Sendable, Hashable {
    /// The monomials `Φ_m`.
    public let basis: TrigonometricBasis
    /// The coefficients `c_m`, per radian^d.
    public let coefficients: [Double]

    /// The law of a polynomial that is not negative and integrates to 1.
    ///
    /// The minimum is looked for from the eight lowest points of a grid with eight cells a period of the highest harmonic,
    /// downhill. Values below 0 by no more than 10⁻¹⁴ of the maximum are rounding, and read as 0.
    /// - Throws: `InitialLawError` with the defect.
    public init(basis: TrigonometricBasis, coefficients: [Double]) throws(InitialLawError) {
        precondition(basis.count == coefficients.count, "one coefficient a monomial")
        self.basis = basis
        self.coefficients = coefficients
        let volume = pow(2 * .pi, Double(basis.dimension))
        let integral = zip(basis.monomials, coefficients).reduce(0) { $1.0 == .one ? $0 + $1.1 * volume : $0 }
        guard abs(integral - 1) <= 1e-12 else { throw InitialLawError.notNormalised(integral: integral) }
        let (minimum, place, size) = lowest()
        guard minimum >= -1e-14 * size else { throw InitialLawError.negative(minimum: minimum, at: place) }
    }

    /// The density at a point.
    public func density(at theta: [Double]) -> Double { max(0, value(at: theta)) }

    private func value(at theta: [Double]) -> Double {
        zip(basis.values(at: theta), coefficients).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The smallest value, where it is, and the largest absolute value on the grid.
    private func lowest() -> (value: Double, place: [Double], size: Double) {
        let counts = basis.harmonics.map { 8 * max(1, $0) }
        let total = counts.reduce(1, *)
        var candidates: [(value: Double, place: [Double])] = []
        var size = 0.0
        for index in 0..<total {
            var rest = index
            let place = counts.map { count in
                defer { rest /= count }
                return 2 * .pi * Double(rest % count) / Double(count)
            }
            let value = value(at: place)
            size = max(size, abs(value))
            candidates.append((value, place))
            if candidates.count > 64 { candidates = Array(candidates.sorted { $0.value < $1.value }.prefix(8)) }
        }
        let starts = candidates.sorted { $0.value < $1.value }.prefix(8)
        let ends = starts.map { descend(from: $0.place, step: 2 * .pi / Double(counts.max() ?? 8)) }
        let best = ends.min { $0.value < $1.value } ?? (0, [])
        return (best.value, best.place.map(wrapped), size)
    }

    /// Goes downhill along the axes with a step that halves where it does not help.
    private func descend(from start: [Double], step: Double) -> (value: Double, place: [Double]) {
        var place = start
        var best = value(at: place)
        var step = step
        while step > 1e-9 {
            var moved = false
            for axis in place.indices {
                for direction in [-step, step] {
                    var trial = place
                    trial[axis] += direction
                    let value = value(at: trial)
                    if value < best { (best, place, moved) = (value, trial, true) }
                }
            }
            if !moved { step /= 2 }
        }
        return (best, place)
    }

    /// The cell averages: each factor of a monomial by its mean over the cell's edge.
    func averages(on grid: PeriodicGrid) -> Field {
        precondition(grid.dimension == basis.dimension)
        var values = Array(repeating: 0.0, count: grid.cellCount)
        for (monomial, coefficient) in zip(basis.monomials, coefficients) {
            let rows = (0..<grid.dimension).map { axis in
                guard let factor = monomial.factors.first(where: { $0.axis == axis }) else {
                    return Array(repeating: 1.0, count: grid.cells[axis])
                }
                let half = 0.5 * Double(factor.harmonic) * grid.spacing(axis: axis)
                return grid.centres(axis: axis).map { factor.value(at: $0) * sin(half) / half }
            }
            for (index, value) in outerProduct(rows).enumerated() { values[index] += coefficient * value }
        }
        // The mean of what is not negative: below 0 by rounding at most.
        return Field(grid: grid, values: values.map { max(0, $0) })
    }

    /// The moment `∫ e^{ik·θ} dμ`, by the orthogonality of the monomials.
    func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        var sum = (real: 0.0, imaginary: 0.0)
        for (monomial, coefficient) in zip(basis.monomials, coefficients) {
            var term = (real: coefficient, imaginary: 0.0)
            for axis in 0..<basis.dimension {
                let factor = monomial.factors.first { $0.axis == axis }
                guard (factor?.harmonic ?? 0) == abs(k[axis]) else {
                    term = (0, 0)
                    break
                }
                switch factor?.kind {
                case nil: term = (2 * .pi * term.real, 2 * .pi * term.imaginary)
                case .cosine: term = (.pi * term.real, .pi * term.imaginary)
                case .sine:
                    let sign: Double = k[axis] > 0 ? .pi : -.pi
                    term = (-sign * term.imaginary, sign * term.real)
                }
            }
            sum = (sum.real + term.real, sum.imaginary + term.imaginary)
        }
        return sum
    }
}
