import Continuum
import Torus

/// The frequencies that a uniform grid of points keeps, and where the modes of a potential are among them.
///
/// Functions on the torus are Fourier series over `|k_p| ≤ K_p`, `K_p = ⌊(n_p − 1)/2⌋ − L_p` for `n_p` points and potentials of harmonics up to `L_p`: products
/// with the potential's slopes, and the moments of products of two such functions, then alias with none of the modes that are kept, so collocation is
/// Galerkin's method. Spectra are half ones, as `FourierTransform` has them, real and imaginary parts interleaved.
struct SpectralGrid: Sendable {
    let grid: PeriodicGrid
    /// The complex numbers of a half spectrum.
    let spectrumCount: Int
    /// The largest frequencies `K_p`.
    let limits: [Int]
    /// `k_p` of each place of a spectrum, axis by axis.
    let frequencies: [[Double]]
    /// 1 where a place is kept, 0 elsewhere.
    let mask: [Double]
    /// How often a place counts in sums over all frequencies: twice where its conjugate is not in the half spectrum.
    let multiplicities: [Double]
    /// Where each mode of the potential is: itself, and for modes with `k_0 = 0` also its conjugate.
    let places: [[(index: Int, isConjugate: Bool)]]
    let modes: [[Int]]

    init(grid: PeriodicGrid, potential: FourierPotential) {
        self.grid = grid
        let cells = grid.cells
        let lengths = [cells[0] / 2 + 1] + cells.dropFirst()
        let count = lengths.reduce(1, *)
        let limits = zip(cells, potential.harmonics).map { ($0 - 1) / 2 - $1 }
        func component(_ index: Int, _ axis: Int) -> Int {
            axis > 0 && 2 * index > cells[axis] ? index - cells[axis] : index
        }
        var frequencies = cells.indices.map { _ in Array(repeating: 0.0, count: count) }
        var keeps = Array(repeating: true, count: count)
        for place in 0..<count {
            var rest = place
            for axis in cells.indices {
                let k = component(rest % lengths[axis], axis)
                rest /= lengths[axis]
                frequencies[axis][place] = Double(k)
                keeps[place] = keeps[place] && abs(k) <= limits[axis]
            }
        }
        func place(_ k: [Int]) -> Int {
            var (index, stride) = (0, 1)
            for axis in k.indices {
                index += stride * (k[axis] < 0 ? k[axis] + cells[axis] : k[axis])
                stride *= lengths[axis]
            }
            return index
        }
        self.limits = limits
        spectrumCount = count
        self.frequencies = frequencies
        mask = keeps.map { $0 ? 1 : 0 }
        multiplicities = frequencies[0].map { $0 == 0 ? 1 : 2 }
        modes = potential.modes
        places = potential.modes.map { k in
            let own = (index: place(k), isConjugate: false)
            return k[0] == 0 && k.contains { $0 != 0 } ? [own, (place(k.map { -$0 }), true)] : [own]
        }
    }

    /// The share of a series in its outermost frequencies, those beyond three quarters of `K_p`, along each axis: the root of the sum of their squares.
    func tails(_ spectrum: UnsafePointer<Double>) -> [Double] {
        var squares = Array(repeating: 0.0, count: limits.count)
        for place in 0..<spectrumCount where mask[place] != 0 {
            let (x, y) = (spectrum[2 * place], spectrum[2 * place + 1])
            for axis in limits.indices where 4 * abs(frequencies[axis][place]) > 3 * Double(limits[axis]) {
                squares[axis] += multiplicities[place] * (x * x + y * y)
            }
        }
        return squares.map { $0.squareRoot() }
    }

    /// The root of the mean square of a series.
    func size(_ spectrum: [Double]) -> Double {
        (0..<spectrumCount).reduce(0) { sum, place in
            let (x, y) = (spectrum[2 * place], spectrum[2 * place + 1])
            return sum + multiplicities[place] * (x * x + y * y)
        }.squareRoot()
    }
}
