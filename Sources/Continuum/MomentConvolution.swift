import Foundation
import Torus

/// The right-hand side of the moments as products on a grid: with `ρ = Σ_k m̄_k e^{ik·θ}`, the rate of `m_k` is
/// `−i k · conj(Ĵ_k)`, `Ĵ` the coefficients of the flux `ρ ∇V`.
///
/// With `n_p ≥ 2K_p + D_p + 1` points along axis `p`, `D_p` the potential's degree, what folds back lies beyond `K_p`: the
/// coefficients are exact.
final class MomentConvolution {
    private let lattice: ModeLattice
    private let potential: FourierPotential
    private let density: FourierTransform
    private let flux: FourierTransform
    /// Where each row's modes lie in the spectrum at `k_0 = 0`.
    private let rowStarts: [Int]
    private let rowVectors: [[Int]]
    /// Where the potential's modes lie, and those of its conjugates in the column `k_0 = 0`; −1 for none.
    private let waves: [(place: Int, conjugate: Int, k: [Int])]

    /// About how many operations a right-hand side takes: a transform for the density and two for each component of the flux,
    /// each of `2.5 n log₂ n` and, as FFTW's `ESTIMATE` plans move memory about, about as much again.
    static func operations(_ lattice: ModeLattice, harmonics: [Int]) -> Double {
        let n = points(lattice, harmonics: harmonics).reduce(1.0) { $0 * Double($1) }
        return Double(1 + 2 * lattice.limits.count) * 5 * n * log2(n)
    }

    /// The points along each axis: enough, and products of 2, 3 and 5.
    private static func points(_ lattice: ModeLattice, harmonics: [Int]) -> [Int] {
        zip(lattice.limits, harmonics).map { limit, degree in
            var n = 2 * limit + degree + 1
            while !isSmooth(n) { n += 1 }
            return n
        }
    }

    private static func isSmooth(_ number: Int) -> Bool {
        var rest = number
        for prime in [2, 3, 5] { while rest % prime == 0 { rest /= prime } }
        return rest == 1
    }

    init(lattice: ModeLattice, potential: FourierPotential) throws {
        self.lattice = lattice
        self.potential = potential
        let cells = Self.points(lattice, harmonics: potential.harmonics)
        let grid = try PeriodicGrid(cells: cells)
        density = try FourierTransform(grid: grid)
        flux = try FourierTransform(grid: grid)
        let length = cells[0] / 2 + 1
        func start(_ components: some Sequence<Int>) -> Int {
            var (row, stride) = (0, 1)
            for (k, n) in zip(components, cells.dropFirst()) {
                row += stride * ((k % n + n) % n)
                stride *= n
            }
            return row * length
        }
        rowVectors = (0..<lattice.rowCount).map(lattice.rowVector)
        rowStarts = rowVectors.map(start)
        waves = potential.modes.map { k in
            let conjugate = k[0] == 0 ? start(k.dropFirst().map { -$0 }) : -1
            return (start(k.dropFirst()) + k[0], conjugate, k)
        }
    }

    /// Writes the rates of all moments.
    func apply(
        _ state: UnsafePointer<Double>, _ waveReal: UnsafePointer<Double>, _ waveImaginary: UnsafePointer<Double>,
        into rate: UnsafeMutablePointer<Double>
    ) {
        let (count, length) = (lattice.count, lattice.rowLength)
        let spectrum = density.spectrum
        spectrum.update(repeating: 0, count: 2 * density.spectrumCount)
        for (row, start) in rowStarts.enumerated() {
            let (re, im) = (state + row &* length, state + (count &+ row &* length))
            let out = spectrum + 2 &* start
            for k in 0..<length { (out[2 &* k], out[2 &* k &+ 1]) = (re[k], -im[k]) }
        }
        density.backward()
        rate.update(repeating: 0, count: 2 * count)
        let points = density.grid.cellCount
        let scale = 1 / Double(points)
        for axis in lattice.limits.indices {
            let wave = flux.spectrum
            wave.update(repeating: 0, count: 2 * flux.spectrumCount)
            for (q, place) in waves.enumerated() {
                let k = Double(place.k[axis])
                (wave[2 * place.place], wave[2 * place.place + 1]) = (-k * waveImaginary[q], k * waveReal[q])
                if place.conjugate >= 0, q > 0 {
                    (wave[2 * place.conjugate], wave[2 * place.conjugate + 1]) =
                        (-k * waveImaginary[q], -k * waveReal[q])
                }
            }
            flux.backward()
            let (slopes, values) = (flux.values, density.values)
            for j in 0..<points { slopes[j] = slopes[j] * values[j] }
            flux.forward()
            for (row, start) in rowStarts.enumerated() {
                let (re, im) = (rate + row &* length, rate + (count &+ row &* length))
                let from = flux.spectrum + 2 &* start
                // −i k conj(Ĵ) = −k Im Ĵ − i k Re Ĵ
                if axis == 0 {
                    for k in 0..<length {
                        re[k] = re[k] - Double(k) * scale * from[2 &* k &+ 1]
                        im[k] = im[k] - Double(k) * scale * from[2 &* k]
                    }
                } else {
                    let factor = scale * Double(rowVectors[row][axis - 1])
                    for k in 0..<length {
                        re[k] = re[k] - factor * from[2 &* k &+ 1]
                        im[k] = im[k] - factor * from[2 &* k]
                    }
                }
            }
        }
        let centre = lattice.rowCount / 2 * length
        (rate[centre], rate[count + centre]) = (0, 0)
    }
}
