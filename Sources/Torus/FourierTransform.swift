import CFFTW
import Foundation

/// Discrete Fourier transforms of the values on a periodic grid, by FFTW.
///
/// ```swift
/// let transform = try FourierTransform(grid: PeriodicGrid(cells: [64]))
/// let spectrum = transform.forward(values)    // 33 complex numbers, interleaved
/// ```
///
/// Values are stored with θ₀ fastest; a spectrum has `n₀/2 + 1` coefficients along θ₀ and all along the other axes, real
/// and imaginary parts interleaved. Plans are made with `FFTW_ESTIMATE`, so that results repeat to the bit. One instance
/// serves one thread at a time.
public final class FourierTransform {
    /// The grid of the values.
    public let grid: PeriodicGrid
    /// The number of complex coefficients of a spectrum.
    public let spectrumCount: Int

    /// The values on the grid, θ₀ fastest: what `forward()` reads, and `backward()` writes.
    public let values: UnsafeMutablePointer<Double>
    private let coefficients: UnsafeMutablePointer<fftw_complex>
    /// The coefficients, real and imaginary parts interleaved: what `forward()` writes, and `backward()` reads and spoils.
    public let spectrum: UnsafeMutablePointer<Double>
    private let forwardPlan: fftw_plan?
    private let backwardPlan: fftw_plan?

    /// FFTW's planner is not re-entrant.
    private static let planning = NSLock()

    /// Transforms on a grid.
    ///
    /// - Throws: `FourierTransformError` when FFTW has no plan or no memory for it.
    public init(grid: PeriodicGrid) throws {
        self.grid = grid
        let rest = grid.cells.dropFirst().reduce(1, *)
        spectrumCount = (grid.cells[0] / 2 + 1) * rest
        let values = UnsafeMutablePointer<Double>.allocateLines(capacity: grid.cellCount)
        let spectrum = UnsafeMutablePointer<fftw_complex>.allocateLines(capacity: spectrumCount)
        self.values = values
        coefficients = spectrum
        self.spectrum = UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: Double.self)
        let sizes = grid.cells.reversed().map(Int32.init)
        (forwardPlan, backwardPlan) = Self.planning.withLock {
            (
                fftw_plan_dft_r2c(Int32(sizes.count), sizes, values, spectrum, FFTW_ESTIMATE),
                fftw_plan_dft_c2r(Int32(sizes.count), sizes, spectrum, values, FFTW_ESTIMATE)
            )
        }
        guard forwardPlan != nil, backwardPlan != nil else { throw FourierTransformError(cells: grid.cells) }
    }

    deinit {
        Self.planning.withLock {
            fftw_destroy_plan(forwardPlan)
            fftw_destroy_plan(backwardPlan)
        }
        values.deallocate()
        coefficients.deallocate()
    }

    /// Transforms `values` into `spectrum`, which allocates nothing.
    public func forward() { fftw_execute(forwardPlan) }

    /// Transforms `spectrum` into `values`, which allocates nothing; not normalised.
    public func backward() { fftw_execute(backwardPlan) }

    /// `X_q = Σ_j v_j e^{−2πi q·j/n}`, real and imaginary parts interleaved.
    public func forward(_ input: [Double]) -> [Double] {
        precondition(input.count == grid.cellCount)
        for (j, value) in input.enumerated() { values[j] = value }
        forward()
        return Array(UnsafeBufferPointer(start: spectrum, count: 2 * spectrumCount))
    }

    /// `v_j = Σ_q X_q e^{2πi q·j/n}`, over all `q`, with those not given by Hermitian symmetry; not normalised.
    public func backward(_ input: [Double]) -> [Double] {
        precondition(input.count == 2 * spectrumCount)
        for (q, value) in input.enumerated() { spectrum[q] = value }
        backward()
        return Array(UnsafeBufferPointer(start: values, count: grid.cellCount))
    }
}

/// FFTW made no plan for a grid.
public struct FourierTransformError: Error, CustomStringConvertible {
    /// The grid's cells.
    public let cells: [Int]
    /// What was found.
    public var description: String { "FFTW has no transform for a grid of \(cells) cells: choose fewer cells" }
}
