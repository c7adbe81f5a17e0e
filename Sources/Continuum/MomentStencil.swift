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
    /// A mode of the potential: its index, `l_0`, the way from `m_k` to `m_{k+l}` in the padded lattice, and `l_1 …`.
    private struct Wave {
        let mode: Int
        let first: Double
        let shift: Int
        let rest: [Int]
    }
    private let waves: [Wave]
    /// `Σ_{p ≥ 1} k_p l_p` for each row and wave.
    private let rowProducts: [Double]
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
        let size = length * padded.rowCount
        real = .allocateLines(capacity: size)
        imaginary = .allocateLines(capacity: size)
        real.initialize(repeating: 0, count: size)
        imaginary.initialize(repeating: 0, count: size)
        ramp = .allocateLines(capacity: lattice.rowLength)
        for k in 0..<lattice.rowLength { ramp[k] = Double(k) }
        let vectors = (0..<lattice.rowCount).map(lattice.rowVector)
        let (margin, padded) = (margin, padded)
        paddedStarts = vectors.map { (padded.row($0) ?? 0) * length + margin }
        let centre = padded.row(degrees.dropFirst().map { _ in 0 }) ?? 0
        waves = potential.modes.enumerated().dropFirst().map { mode, l in
            let row = padded.row(l.dropFirst()) ?? centre
            return Wave(
                mode: mode, first: Double(l[0]), shift: (row - centre) * length + l[0], rest: Array(l.dropFirst()))
        }
        let waves = waves
        rowProducts = vectors.flatMap { k in
            waves.map { wave in Double(zip(k, wave.rest).reduce(0) { $0 + $1.0 * $1.1 }) }
        }
        rowsInPiece = max(1, 16_384 / (lattice.rowLength * max(1, waves.count)))
    }

    deinit {
        real.deallocate()
        imaginary.deallocate()
        ramp.deallocate()
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

    /// The rates of one row.
    private func fill(
        _ row: Int, _ waveReal: UnsafePointer<Double>, _ waveImaginary: UnsafePointer<Double>,
        into rateReal: UnsafeMutablePointer<Double>, _ rateImaginary: UnsafeMutablePointer<Double>
    ) {
        let length = lattice.rowLength
        rateReal.update(repeating: 0, count: length)
        rateImaginary.update(repeating: 0, count: length)
        let (hereRe, hereIm, ramp) = (real + paddedStarts[row], imaginary + paddedStarts[row], ramp)
        let base = row &* waves.count
        for (index, wave) in waves.enumerated() {
            let (vr, vi) = (waveReal[wave.mode], waveImaginary[wave.mode])
            let (slope, constant) = (wave.first, rowProducts[base &+ index])
            let (upRe, upIm) = (hereRe + wave.shift, hereIm + wave.shift)
            let (downRe, downIm) = (hereRe - wave.shift, hereIm - wave.shift)
            var j = 0
            while j < length {
                let factor = constant + slope * ramp[j]
                rateReal[j] = rateReal[j] + factor * (vr * (upRe[j] - downRe[j]) - vi * (upIm[j] + downIm[j]))
                rateImaginary[j] =
                    rateImaginary[j] + factor * (vr * (upIm[j] - downIm[j]) + vi * (upRe[j] + downRe[j]))
                j = j &+ 1
            }
        }
    }
}
