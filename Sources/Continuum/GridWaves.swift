import CLanes
import Foundation
import Torus

/// The modes of a potential on a grid: velocities at faces from coefficients, moments from averages.
///
/// A mode `e^{ik·θ}` is a product over the axes. In a row along θ₀ the modes that share `k₀` fold into one coefficient, so a row costs a
/// few multiplications a mode, and then a short sum of harmonics a cell. Averages over faces are exact: along each other axis a wave
/// is multiplied by its mean over the cell's edge.
final class GridWaves: @unchecked Sendable {
    /// A velocity through the faces across `axis`, weighted over the cell's edge along the other axes by Legendre polynomials
    /// `1`, `y`, `y² − 1/12` of the given orders, `y` from −½ to ½.
    struct Kind: Sendable, Hashable {
        let axis: Int
        var orders = [0, 0, 0]
    }

    let layout: GridLayout
    let kinds: [Kind]
    let modeCount: Int
    private let harmonics: Int
    /// `cos kθ₀`, `sin kθ₀` for `k = 1, 2, …`, padded with zeros: at the centres, then at the upper faces.
    private let rowTables: UnsafeMutablePointer<Double>
    /// `e^{ikθ}` along θ₁ and θ₂ for each mode: `[axis][centre or face][index][mode]`, real and imaginary parts.
    private let phases: UnsafeMutablePointer<Double>
    private let phaseStarts: [Int]
    /// `k₀` of each mode.
    private let rowHarmonics: UnsafeMutablePointer<Int>
    /// For each kind and mode the complex factor of `V_k`.
    private let factors: UnsafeMutablePointer<Double>
    /// The factors times the coefficients.
    private let amplitudes: UnsafeMutablePointer<Double>
    /// The inverse of a mode's mean over a cell, times the cell's volume.
    private let deconvolution: UnsafeMutablePointer<Double>

    init(_ potential: FourierPotential, layout: GridLayout, kinds: [Kind]) {
        self.layout = layout
        self.kinds = kinds
        modeCount = potential.count
        harmonics = potential.harmonics[0]
        rowTables = .allocateLines(capacity: max(1, 4 * harmonics * layout.stride))
        rowTables.initialize(repeating: 0, count: max(1, 4 * harmonics * layout.stride))
        for k in 0..<harmonics {
            for i in 0..<layout.length {
                let centre = Double(k + 1) * layout.spacing[0] * (Double(i) + 0.5)
                let face = Double(k + 1) * layout.spacing[0] * Double(i + 1)
                rowTables[2 * k * layout.stride + i] = cos(centre)
                rowTables[(2 * k + 1) * layout.stride + i] = sin(centre)
                rowTables[(2 * (harmonics + k)) * layout.stride + i] = cos(face)
                rowTables[(2 * (harmonics + k) + 1) * layout.stride + i] = sin(face)
            }
        }
        let extents = [layout.rows.0, layout.rows.0, layout.rows.1, layout.rows.1]
        phaseStarts = extents.reduce(into: [0]) { $0.append($0[$0.count - 1] + 2 * $1 * potential.count) }
        phases = .allocateLines(capacity: phaseStarts[4])
        for (table, extent) in extents.enumerated() {
            let axis = 1 + table / 2
            for index in 0..<extent {
                for (q, k) in potential.modes.enumerated() {
                    let place = phases + (phaseStarts[table] + 2 * (index * potential.count + q))
                    let offset = table % 2 == 0 ? 0.5 : 1
                    let angle =
                        axis < layout.dimension ? Double(k[axis]) * layout.spacing[axis] * (Double(index) + offset) : 0
                    (place[0], place[1]) = (cos(angle), sin(angle))
                }
            }
        }
        rowHarmonics = .allocateLines(capacity: potential.count)
        deconvolution = .allocateLines(capacity: potential.count)
        factors = .allocateLines(capacity: 2 * kinds.count * potential.count)
        amplitudes = .allocateLines(capacity: 2 * kinds.count * potential.count)
        amplitudes.initialize(repeating: 0, count: 2 * kinds.count * potential.count)
        for (q, k) in potential.modes.enumerated() {
            rowHarmonics[q] = k[0]
            deconvolution[q] = (0..<layout.dimension).reduce(layout.cellVolume) {
                $0 / Self.edgeMean(0, Double(k[$1]) * layout.spacing[$1])
            }
            for (index, kind) in kinds.enumerated() {
                // −∂V has the coefficient −i k_p V_k; a mode and its conjugate give twice the real part.
                var factor = 2 * -Double(k[kind.axis])
                var quarterTurns = 1
                for axis in 0..<layout.dimension where axis != kind.axis {
                    factor *= Self.edgeMean(kind.orders[axis], Double(k[axis]) * layout.spacing[axis])
                    if kind.orders[axis] == 1 { quarterTurns += 1 }
                }
                if quarterTurns & 2 != 0 { factor = -factor }
                let place = factors + 2 * (index * potential.count + q)
                (place[0], place[1]) = quarterTurns & 1 == 0 ? (factor, 0) : (0, factor)
            }
        }
    }

    deinit {
        rowTables.deallocate()
        phases.deallocate()
        rowHarmonics.deallocate()
        deconvolution.deallocate()
        factors.deallocate()
        amplitudes.deallocate()
    }

    /// The means of `cos κy`, `y sin κy` and `(y² − 1/12) cos κy` over `y` from −½ to ½.
    ///
    /// The first is `sin(κ/2)/(κ/2)`; the others by Gauss's quadrature, whose eight points are exact to rounding as long as `κ` is
    /// below π, and without the cancellation of the closed forms.
    static func edgeMean(_ order: Int, _ phase: Double) -> Double {
        if order == 0 { return phase == 0 ? 1 : sin(0.5 * phase) / (0.5 * phase) }
        let points = [
            (0.1834346424956498, 0.3626837833783620), (0.5255324099163290, 0.3137066458778873),
            (0.7966664774136267, 0.2223810344533745), (0.9602898564975363, 0.1012285362903763),
        ]
        // Even functions: each pair of points counts its half-weight twice.
        return points.reduce(0) { sum, point in
            let y = 0.5 * point.0
            if order == 1 { return sum + point.1 * y * sin(phase * y) }
            let half = sin(0.5 * phase * y)
            return sum - point.1 * (y * y - 1.0 / 12) * 2 * half * half
        }
    }

    /// Takes the coefficients `V_k` in.
    func load(real: UnsafePointer<Double>, imaginary: UnsafePointer<Double>) {
        for index in 0..<kinds.count {
            for q in 0..<modeCount {
                let (f, a) = (factors + 2 * (index * modeCount + q), amplitudes + 2 * (index * modeCount + q))
                a[0] = f[0] * real[q] - f[1] * imaginary[q]
                a[1] = f[0] * imaginary[q] + f[1] * real[q]
            }
        }
    }

    /// The numbers of scratch that a row needs.
    var rowScratch: Int { 2 * (harmonics + 1) }

    /// Writes the velocities of a kind in the row `(j, k)` of cells, through their upper faces, and returns the largest sizes.
    func velocities(
        kind index: Int, _ j: Int, _ k: Int, into row: UnsafeMutablePointer<Double>,
        scratch: UnsafeMutablePointer<Double>
    ) -> SIMD8<Double> {
        let axis = kinds[index].axis
        let (jRow, kRow) = (
            j < 0 ? j + layout.rows.0 : j, k < 0 ? k + layout.rows.1 : k
        )
        let first = phases + (phaseStarts[axis == 1 ? 1 : 0] + 2 * jRow * modeCount)
        let second = phases + (phaseStarts[axis == 2 ? 3 : 2] + 2 * kRow * modeCount)
        let amplitudes = amplitudes + 2 * index * modeCount
        scratch.update(repeating: 0, count: rowScratch)
        for q in 1..<max(1, modeCount) {
            let (ar, ai) = (amplitudes[2 &* q], amplitudes[2 &* q &+ 1])
            let (br, bi) = (first[2 &* q], first[2 &* q &+ 1])
            let (cr, ci) = (second[2 &* q], second[2 &* q &+ 1])
            let (re, im) = (ar * br - ai * bi, ar * bi + ai * br)
            let place = scratch + 2 &* rowHarmonics[q]
            place[0] += re * cr - im * ci
            place[1] += re * ci + im * cr
        }
        let tables = rowTables + (axis == 0 ? 2 * harmonics * layout.stride : 0)
        let blocks = layout.blocks
        let constant = SIMD8<Double>(repeating: scratch[0])
        var largest = SIMD8<Double>()
        if harmonics == 0 {
            for block in 0..<blocks { store(constant, row, block &* 8) }
            return size(constant)
        }
        for h in 1...harmonics {
            let cosines = UnsafePointer(tables + 2 * (h - 1) * layout.stride)
            let sines = cosines + layout.stride
            let (c, s) = (SIMD8<Double>(repeating: scratch[2 * h]), SIMD8<Double>(repeating: -scratch[2 * h + 1]))
            if h == 1 {
                for block in 0..<blocks {
                    let i = block &* 8
                    let first = kac_multiply_add(c, Continuum.load(cosines, i), constant)
                    let value = kac_multiply_add(s, Continuum.load(sines, i), first)
                    largest = larger(largest, size(value))
                    store(value, row, i)
                }
            } else {
                largest = SIMD8()
                for block in 0..<blocks {
                    let i = block &* 8
                    let first = kac_multiply_add(c, Continuum.load(cosines, i), Continuum.load(row, i))
                    let value = kac_multiply_add(s, Continuum.load(sines, i), first)
                    largest = larger(largest, size(value))
                    store(value, row, i)
                }
            }
        }
        return largest
    }

    /// Adds a row of averages to the sums of the modes, real and imaginary parts side by side.
    func addMoments(
        of row: UnsafePointer<Double>, _ j: Int, _ k: Int, to sums: UnsafeMutablePointer<Double>,
        scratch: UnsafeMutablePointer<Double>
    ) {
        let blocks = layout.blocks
        var total = SIMD8<Double>()
        for block in 0..<blocks { total = total + Continuum.load(row, block &* 8) }
        (scratch[0], scratch[1]) = (total.sum(), 0)
        for h in 0..<harmonics {
            let cosines = UnsafePointer(rowTables + 2 * h * layout.stride)
            let sines = cosines + layout.stride
            var (c, s) = (SIMD8<Double>(), SIMD8<Double>())
            for block in 0..<blocks {
                let value = Continuum.load(row, block &* 8)
                c = kac_multiply_add(value, Continuum.load(cosines, block &* 8), c)
                s = kac_multiply_add(value, Continuum.load(sines, block &* 8), s)
            }
            (scratch[2 * h + 2], scratch[2 * h + 3]) = (c.sum(), s.sum())
        }
        let first = phases + (phaseStarts[0] + 2 * j * modeCount)
        let second = phases + (phaseStarts[2] + 2 * k * modeCount)
        for q in 0..<modeCount {
            let value = scratch + 2 &* rowHarmonics[q]
            let (br, bi) = (first[2 &* q], first[2 &* q &+ 1])
            let (cr, ci) = (second[2 &* q], second[2 &* q &+ 1])
            let (re, im) = (value[0] * br - value[1] * bi, value[0] * bi + value[1] * br)
            sums[2 &* q] += re * cr - im * ci
            sums[2 &* q &+ 1] += re * ci + im * cr
        }
    }

    /// Writes the moments `∫ e^{ik·θ} dμ` from the sums over all rows.
    func moments(
        sums: UnsafePointer<Double>, real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>
    ) {
        for q in 0..<modeCount {
            real[q] = sums[2 * q] * deconvolution[q]
            imaginary[q] = sums[2 * q + 1] * deconvolution[q]
        }
    }
}
