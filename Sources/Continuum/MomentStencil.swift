import CLanes
import Torus

/// The right-hand side `Σ_l (k·l) V_l m_{k+l}` of the moments as a sum over the potential's modes: for each pair `±l`,
/// `(k·l)(V_l m_{k+l} − V̄_l m_{k−l})`.
///
/// The moments are copied into a lattice that is padded by the potential's degree, with the half that symmetry leaves out
/// along `k_0`, so that the inner loops run along rows without a condition. Rows are the pieces of the parallel loop.
final class MomentStencil: @unchecked Sendable {
    private let lattice: ModeLattice
    private let padded: ModeLattice
    /// The padding of a row at each end.
    private let margin: Int
    private let paddedLength: Int
    /// `k_0` of each mode of a row, as numbers.
    private let ramp: UnsafeMutablePointer<Double>
    private let real: UnsafeMutablePointer<Double>
    private let imaginary: UnsafeMutablePointer<Double>
    /// Where each row begins in the padded lattice, at `k_0 = 0`.
    private let paddedStarts: [Int]
    /// A mode of the potential: its index, `l_0`, and the way from `m_k` to `m_{k+l}` in the padded lattice.
    private struct Wave {
        let mode: Int
        let first: Double
        let shift: Int
    }
    private let waves: UnsafeMutablePointer<Wave>
    private let waveCount: Int
    /// `Σ_{p ≥ 1} k_p l_p` for each row and wave.
    private let rowProducts: UnsafeMutablePointer<Double>
    /// Rows in a piece of the parallel loop: some ten thousand operations.
    private let rowsInPiece: Int

    /// About how many operations a right-hand side takes.
    static func operations(_ lattice: ModeLattice, waves: Int) -> Double {
        // Sixteen additions and multiplications a mode and wave, and a copy.
        Double(lattice.count) * (16 * Double(waves) + 8)
    }

    init(lattice: ModeLattice, potential: FourierPotential) {
        self.lattice = lattice
        let degrees = potential.harmonics
        padded = ModeLattice(limits: zip(lattice.limits, degrees).map(+))
        margin = degrees[0]
        let length = lattice.rowLength + 2 * margin
        paddedLength = length
        // The last block of a row may read beyond it.
        let size = length * padded.rowCount + 8
        real = .allocateLines(capacity: size)
        imaginary = .allocateLines(capacity: size)
        real.initialize(repeating: 0, count: size)
        imaginary.initialize(repeating: 0, count: size)
        ramp = .allocateLines(capacity: lattice.rowLength + 8)
        for k in 0..<lattice.rowLength + 8 { (ramp + k).initialize(to: Double(k)) }
        let (margin, padded) = (margin, padded)
        paddedStarts = (0..<lattice.rowCount).map { (padded.row(lattice.rowVector($0)) ?? 0) * length + margin }
        let centre = padded.row(degrees.dropFirst().map { _ in 0 }) ?? 0
        let modes = potential.modes
        waveCount = modes.count - 1
        waves = .allocate(capacity: max(1, waveCount))
        rowProducts = .allocate(capacity: max(1, lattice.rowCount * waveCount))
        for (mode, l) in modes.enumerated().dropFirst() {
            let row = padded.row(l.dropFirst()) ?? centre
            (waves + (mode - 1)).initialize(
                to: Wave(mode: mode, first: Double(l[0]), shift: (row - centre) * length + l[0]))
        }
        for row in 0..<lattice.rowCount {
            let k = lattice.rowVector(row)
            for wave in 0..<waveCount {
                var product = 0
                for axis in k.indices { product += k[axis] * modes[wave + 1][axis + 1] }
                (rowProducts + (row * waveCount + wave)).initialize(to: Double(product))
            }
        }
        rowsInPiece = max(1, 16_384 / (lattice.rowLength * max(1, waveCount)))
    }

    deinit {
        real.deallocate()
        imaginary.deallocate()
        ramp.deallocate()
        waves.deallocate()
        rowProducts.deallocate()
    }

    /// Writes the rates of all moments.
    func apply(
        _ state: UnsafePointer<Double>, _ waveReal: UnsafePointer<Double>, _ waveImaginary: UnsafePointer<Double>,
        into rate: UnsafeMutablePointer<Double>, _ parallelism: Parallelism
    ) {
        let (rows, length, count) = (lattice.rowCount, lattice.rowLength, lattice.count)
        let pieces = (rows + rowsInPiece - 1) / rowsInPiece
        // Pieces write rows of their own.
        nonisolated(unsafe) let (state, rate) = (state, rate)
        nonisolated(unsafe) let (waveReal, waveImaginary) = (waveReal, waveImaginary)
        parallelism.forEach(pieces) { piece in
            for row in piece &* rowsInPiece..<min(rows, (piece &+ 1) &* rowsInPiece) { load(row, state) }
        }
        parallelism.forEach(pieces) { piece in
            for row in piece &* rowsInPiece..<min(rows, (piece &+ 1) &* rowsInPiece) {
                let out = rate + row &* length
                fill(row, waveReal, waveImaginary, into: out, out + count)
            }
        }
        // The column k_0 = 0 has each mode twice: the copies stay conjugate to the bit.
        for row in 0..<rows / 2 {
            let (here, there) = (row &* length, (rows &- 1 &- row) &* length)
            rate[here] = rate[there]
            rate[count &+ here] = -rate[count &+ there]
        }
        let centre = rows / 2 * length
        (rate[centre], rate[count + centre]) = (0, 0)
    }

    /// Copies a row, and what its opposite row says of `k_0 < 0`.
    private func load(_ row: Int, _ state: UnsafePointer<Double>) {
        let (length, count) = (lattice.rowLength, lattice.count)
        let (re, im) = (state + row &* length, state + (count &+ row &* length))
        let (toRe, toIm) = (real + paddedStarts[row], imaginary + paddedStarts[row])
        toRe.update(from: re, count: length)
        toIm.update(from: im, count: length)
        let opposite = (lattice.rowCount &- 1 &- row) &* length
        for k in stride(from: 1, through: min(margin, length - 1), by: 1) {
            toRe[-k] = state[opposite &+ k]
            toIm[-k] = -state[count &+ opposite &+ k]
        }
    }

    /// The rates of one row, eight modes at a time; the last eight overlap the ones before.
    private func fill(
        _ row: Int, _ waveReal: UnsafePointer<Double>, _ waveImaginary: UnsafePointer<Double>,
        into rateReal: UnsafeMutablePointer<Double>, _ rateImaginary: UnsafeMutablePointer<Double>
    ) {
        let (length, ramp, waves, count) = (lattice.rowLength, ramp, waves, waveCount)
        let (hereRe, hereIm) = (UnsafePointer(real + paddedStarts[row]), UnsafePointer(imaginary + paddedStarts[row]))
        let products = rowProducts + row &* count
        var next = 0
        while next < length {
            let j = length >= 8 ? min(next, length &- 8) : 0
            let k = Continuum.load(ramp, j)
            var (re, im) = (SIMD8<Double>(), SIMD8<Double>())
            for index in 0..<count {
                let wave = waves[index]
                let vr = SIMD8(repeating: waveReal[wave.mode])
                let vi = SIMD8(repeating: waveImaginary[wave.mode])
                let factor = kac_multiply_add(SIMD8(repeating: wave.first), k, SIMD8(repeating: products[index]))
                let (up, down) = (j &+ wave.shift, j &- wave.shift)
                let (upRe, downRe) = (Continuum.load(hereRe, up), Continuum.load(hereRe, down))
                let (upIm, downIm) = (Continuum.load(hereIm, up), Continuum.load(hereIm, down))
                let turnedRe = kac_multiply_subtract(vi, upIm + downIm, vr * (upRe - downRe))
                let turnedIm = kac_multiply_add(vi, upRe + downRe, vr * (upIm - downIm))
                re = kac_multiply_add(factor, turnedRe, re)
                im = kac_multiply_add(factor, turnedIm, im)
            }
            if length >= 8 {
                store(re, rateReal, j)
                store(im, rateImaginary, j)
            } else {
                for i in 0..<length { (rateReal[i], rateImaginary[i]) = (re[i], im[i]) }
            }
            next = next &+ 8
        }
    }
}
