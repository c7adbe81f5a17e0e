import Foundation
public import Torus

/// A probability density on the torus in one, two or three angles as a sum of Fourier modes, `ρ(θ) = Σ_k c_k e^{ik·θ}`.
///
/// ```swift
/// // (1 + cos θ)/2π
/// let density = try FourierDensity(
///     dimension: 1,
///     modes: [.init([0], real: 1 / (2 * .pi)), .init([1], real: 1 / (4 * .pi))])
/// ```
public struct FourierDensity: Sendable {
    /// A mode `c_k e^{ik·θ}` and its conjugate, which makes the density real.
    public struct Mode: Sendable, Equatable {
        /// The frequencies `k`, one an angle.
        public var frequency: [Int]
        /// The real part of `c_k`, per radian^d.
        public var real: Double
        /// The imaginary part of `c_k`.
        public var imaginary: Double

        /// A mode of given frequencies and coefficient.
        public init(_ frequency: [Int], real: Double, imaginary: Double = 0) {
            (self.frequency, self.real, self.imaginary) = (frequency, real, imaginary)
        }
    }

    /// The number `d` of angles.
    public let dimension: Int
    /// One mode of each pair `±k`, as given; of mass 1.
    public let modes: [Mode]
    /// The mass of the given modes minus 1, which was divided out.
    public let massDefect: Double

    /// The density with the given modes.
    ///
    /// - Parameters:
    ///   - modes: one of each pair `±k`; the mass is `(2π)^d c_0`.
    ///   - massTolerance: the largest defect of the mass, which is divided out.
    /// - Throws: `TransportError` for a number of angles other than 1, 2 or 3, modes that do not fit it, are given twice or not
    ///   finite, and a mass that is not 1.
    public init(dimension: Int, modes: [Mode], massTolerance: Double = 1e-10) throws {
        guard (1...3).contains(dimension) else { throw TransportError.unsupportedDimension(found: dimension) }
        var known = Set<[Int]>()
        var mass = 0.0
        for mode in modes {
            guard mode.frequency.count == dimension else {
                throw TransportError.frequencyCount(found: mode.frequency.count, expected: dimension)
            }
            guard known.insert(mode.frequency).inserted, known.insert(mode.frequency.map(-)).inserted || mode.isMean
            else { throw TransportError.repeatedMode(frequency: mode.frequency) }
            guard mode.real.isFinite, mode.imaginary.isFinite else {
                throw TransportError.nonFiniteMode(frequency: mode.frequency)
            }
            guard mode.isMean else { continue }
            guard mode.imaginary == 0 else { throw TransportError.complexMass(imaginary: mode.imaginary) }
            mass = (0..<dimension).reduce(mode.real) { value, _ in value * period }
        }
        guard abs(mass - 1) <= massTolerance else {
            throw TransportError.mass(defect: mass - 1, tolerance: massTolerance)
        }
        self.dimension = dimension
        massDefect = mass - 1
        self.modes = modes.map { Mode($0.frequency, real: $0.real / mass, imaginary: $0.imaginary / mass) }
    }

    /// The averages over the cells of a grid, exact for modes of any frequency: a mode's average over a cell of widths `h` is its
    /// value at the centre times `Π_a sin(k_a h_a/2)/(k_a h_a/2)`.
    ///
    /// - Throws: `TransportError.dimension`, `FourierTransformError`.
    /// - Complexity: O(modes + cells log cells).
    public func cellAverages(on grid: PeriodicGrid) throws -> Field {
        try check(grid)
        return Field(grid: grid, values: try Self.averages(modes, on: grid))
    }

    /// How far the density is at most from its cell averages, in `W_p` and radians.
    ///
    /// Mass need not leave its cell `Q`, where both have the mass `m = |Q| ρ̄`, so the `p`-th powers of the cells' distances add up.
    /// With `f = ρ − ρ̄`, widths `h_a`, the widest `h`, and Neumann's problem `−Δu = f` in the cell, whose eigenvalues
    /// `Σ_a (π n_a/h_a)²` give
    ///
    ///     ‖∇u‖ ≤ (h/π) ‖f‖,    ‖f‖² ≤ Σ_a (h_a/π)² ‖∂_a ρ‖² =: |Q| g:
    ///
    /// - `W₁ ≤ ∫_Q |∇u| ≤ |Q| (h/π) g^{1/2}`, as `∇u` is a flux that carries one to the other (Beckmann);
    /// - `W₂ ≤ 2 ‖∇u‖ ρ̄^{−1/2}`, so `W₂² ≤ 4 |Q| (h/π)² g/ρ̄`: along `(1−t)ρ̄ + tρ ≥ (1−t)ρ̄` the flux `∇u` moves mass at the
    ///   length `∫ (1−t)^{−1/2} dt ‖∇u‖ ρ̄^{−1/2}` (Benamou, Brenier; Peyre, *Comparison between W₂ distance and Ḣ⁻¹ norm*, ESAIM
    ///   COCV 24 (2018));
    /// - and nothing moves farther than the cell's diagonal `D`: `W_p^p ≤ m D^p`.
    ///
    /// The mean of `Σ_a (h_a/π)² (∂_a ρ)²` over a cell is exact, because the squares are sums of modes too.
    ///
    /// - Throws: `TransportError.negativeModes` when the density is negative at one of the points where its gradient is taken, by
    ///   more than rounding; `TransportError.dimension`, `FourierTransformError`.
    /// - Complexity: O((modes + n) log n), `n = cells + Π_a (4K_a + 1)` with the degrees `K_a`.
    public func interpolationTerm(on grid: PeriodicGrid, order: WassersteinOrder) throws -> Double {
        try check(grid)
        let widths = (0..<dimension).map { grid.spacing(axis: $0) }
        let means = try Self.averages(modes, on: grid)
        let (squares, rounding) = try squaredGradient(widths: widths, on: grid)
        let ratio = (widths.max() ?? 0) / Double.pi
        let squaredDiagonal = widths.reduce(0) { $0 + $1 * $1 }
        var sum = CompensatedSum()
        let meanRounding = Self.rounding * (means.max() ?? 0)
        for (mean, square) in zip(means, squares) {
            let (least, most) = (mean - meanRounding, Swift.max(0, mean) + meanRounding)
            let above = Swift.max(square, 0) + rounding
            switch order {
            case .one: sum.add(Swift.min(ratio * above.squareRoot(), most * squaredDiagonal.squareRoot()))
            case .two:
                let smooth = least > 0 ? 4 * ratio * ratio * above / least : .infinity
                sum.add(Swift.min(smooth, most * squaredDiagonal))
            }
        }
        let power = sum.value * grid.cellVolume * (1 + 0x1p-40)
        return order == .one ? power : power.squareRoot()
    }

    private func check(_ grid: PeriodicGrid) throws {
        guard grid.dimension == dimension else {
            throw TransportError.dimension(found: grid.dimension, expected: dimension)
        }
    }

    /// The averages of `Σ_a (h_a/π)² (∂_a ρ)²`, and a bound of their rounding.
    private func squaredGradient(
        widths: [Double], on grid: PeriodicGrid
    ) throws -> (averages: [Double], rounding: Double) {
        let degrees = (0..<dimension).map { axis in modes.reduce(0) { Swift.max($0, abs($1.frequency[axis])) } }
        // The squares have twice the degrees and are taken apart without aliases.
        let nodes = try PeriodicGrid(cells: degrees.map { 4 * $0 + 1 })
        let transform = try FourierTransform(grid: nodes)
        let values = Self.values(modes, transform)
        let (lowest, highest) = values.reduce((Double.infinity, 0.0)) { (Swift.min($0.0, $1), Swift.max($0.1, $1)) }
        guard lowest >= -1e-12 * highest else { throw TransportError.negativeModes(value: lowest) }
        var squares = [Double](repeating: 0, count: nodes.cellCount)
        for axis in 0..<dimension {
            let factor = widths[axis] / Double.pi
            let slope = modes.map { mode -> Mode in
                let k = factor * Double(mode.frequency[axis])
                return Mode(mode.frequency, real: -k * mode.imaginary, imaginary: k * mode.real)
            }
            for (index, value) in Self.values(slope, transform).enumerated() { squares[index] += value * value }
        }
        let spectrum = transform.forward(squares)
        let (row, scale) = (nodes.cells[0] / 2 + 1, 1 / Double(nodes.cellCount))
        let found = (0..<spectrum.count / 2).compactMap { place -> Mode? in
            var rest = place / row
            var frequency = [place % row]
            for cells in nodes.cells.dropFirst() {
                let q = rest % cells
                frequency.append(q <= cells / 2 ? q : q - cells)
                rest /= cells
            }
            // Of the pairs with first frequency 0 both are there.
            if let first = frequency.first(where: { $0 != 0 }), first < 0 { return nil }
            return Mode(frequency, real: scale * spectrum[2 * place], imaginary: scale * spectrum[2 * place + 1])
        }
        return (try Self.averages(found, on: grid), Self.rounding * (squares.max() ?? 0))
    }

    /// A transform errs by a few roundings for each of its some twenty levels, relative to the largest value.
    private static let rounding = 0x1p-44

    /// The values at the lower corners of a transform's cells.
    private static func values(_ modes: [Mode], _ transform: FourierTransform) -> [Double] {
        transform.backward(spectrum(modes, cells: transform.grid.cells) { _ in (1, 0) })
    }

    private static func averages(_ modes: [Mode], on grid: PeriodicGrid) throws -> [Double] {
        let transform = try FourierTransform(grid: grid)
        return transform.backward(
            spectrum(modes, cells: grid.cells) { frequency in
                // From the cell's corner to its centre, and from there to its average.
                var (size, angle) = (1.0, 0.0)
                for (k, cells) in zip(frequency, grid.cells) where k != 0 {
                    // k modulo the period of the half cells keeps the angle small.
                    let half = Double.pi * Double(k % (2 * cells)) / Double(cells)
                    size *= sin(half) / (Double.pi * Double(k) / Double(cells))
                    angle += half
                }
                return (size * cos(angle), size * sin(angle))
            })
    }

    /// The half spectrum whose backward transform is `2 Re Σ_k c_k e^{ik·θ} − c_0`, each coefficient times a complex factor; a
    /// frequency that the grid has not is the same there as its remainder.
    private static func spectrum(
        _ modes: [Mode], cells: [Int], factor: ([Int]) -> (real: Double, imaginary: Double)
    ) -> [Double] {
        let row = cells[0] / 2 + 1
        var spectrum = [Double](repeating: 0, count: 2 * row * cells.dropFirst().reduce(1, *))
        for mode in modes {
            let (a, b) = factor(mode.frequency)
            let (real, imaginary) = (a * mode.real - b * mode.imaginary, a * mode.imaginary + b * mode.real)
            for sign in mode.isMean ? [1] : [1, -1] {
                var (place, stride) = (0, row)
                let first = remainder(sign * mode.frequency[0], cells[0])
                guard first < row else { continue }
                for (k, cells) in zip(mode.frequency, cells).dropFirst() {
                    place += stride * remainder(sign * k, cells)
                    stride *= cells
                }
                spectrum[2 * (place + first)] += real
                spectrum[2 * (place + first) + 1] += Double(sign) * imaginary
            }
        }
        return spectrum
    }

    private static func remainder(_ k: Int, _ cells: Int) -> Int { (k % cells + cells) % cells }
}

extension FourierDensity.Mode {
    /// Whether all frequencies are 0.
    fileprivate var isMean: Bool { frequency.allSatisfy { $0 == 0 } }
}
