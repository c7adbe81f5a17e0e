import Foundation
import Torus

/// What is watched of the limit at an output; what belongs to a grid is NaN without one, but for the entropy.
public struct Diagnostics: Sendable, Equatable {
    /// The time.
    public var time: Double
    /// The integral of the density; 1 up to rounding.
    public var mass: Double
    /// The smallest cell average of the density, per radian^d.
    public var minimum: Double
    /// The loss, or the energy `∫ V dμ` in a given potential. It falls at the rate of the dissipation.
    public var loss: Double
    /// `∫ |∇V|² dμ`.
    public var dissipation: Double
    /// `∫ ρ log ρ` of limited linear profiles through the cell averages, fourth order where the density is smooth. Without a grid the
    /// mean of the logarithm that characteristics carry along.
    public var entropy: Double
    /// `∫ ΔV dμ`, the rate at which the entropy grows: `dH/dt = −∫ ∇ρ·∇V = ∫ ρ ΔV`.
    public var entropyRate: Double
    /// The largest Fourier coefficient of the cell averages among the highest quarter of an axis's frequencies, beside that of
    /// frequency 0.
    public var spectralTail: Double
    /// The cells across the highest peak, along the axis where they are fewest.
    public var cellsPerPeakWidth: Double

    /// The diagnostics of a solver at the time that it reached.
    ///
    /// Cost: a transform of the density.
    /// - Throws: `FourierTransformError`, `TimeSteppingError`.
    init(_ solver: any ContinuumSolver, loss: Double, density: Field?) throws {
        time = solver.time
        mass = density?.integral ?? .nan
        minimum = density?.minimum ?? .nan
        self.loss = loss
        dissipation = solver.dissipation()
        entropy = try density.map(Self.entropy) ?? (solver as? Characteristics)?.entropy() ?? .nan
        entropyRate = solver.meanLaplacian()
        spectralTail = try density.map(Self.spectralTail) ?? .nan
        cellsPerPeakWidth =
            density?.values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress, let grid = density?.grid else { return .nan }
                return PeakWidth(grid: grid).cells(base, rowStride: grid.cells[0])
            } ?? .nan
    }

    /// The entropy of the averages, and what a slope `s` adds to it in a cell: `∫ ρ log ρ = h (ρ̄ log ρ̄ + s²/24ρ̄ + …)`, `s` the rise
    /// across the cell.
    static func entropy(of density: Field) -> Double {
        let values = density.values
        var (sum, stride) = (0.0, 1)
        for n in density.grid.cells {
            for (cell, value) in values.enumerated() where value > 0 {
                let place = cell / stride % n
                let below = values[cell + stride * (place > 0 ? -1 : n - 1)]
                let above = values[cell + stride * (place < n - 1 ? 1 : 1 - n)]
                let slope = SlopeLimiter.monotonizedCentral(value - below, above - value)
                sum += slope * slope / (24 * value)
            }
            stride *= n
        }
        return density.entropy + sum * density.grid.cellVolume
    }

    private static func spectralTail(of density: Field) throws -> Double {
        let spectrum = try FourierTransform(grid: density.grid).forward(density.values)
        let cells = density.grid.cells
        let row = cells[0] / 2 + 1
        var largest = 0.0
        for start in stride(from: 0, to: spectrum.count / 2, by: row) {
            var rest = start / row
            var isHigh = false
            for axis in 1..<max(1, cells.count) {
                let q = rest % cells[axis]
                rest /= cells[axis]
                if min(q, cells[axis] - q) > 3 * cells[axis] / 8 { isHigh = true }
            }
            for q in (isHigh ? 0 : min(row, 3 * cells[0] / 8 + 1))..<row {
                largest = max(largest, hypot(spectrum[2 * (start + q)], spectrum[2 * (start + q) + 1]))
            }
        }
        return largest / hypot(spectrum[0], spectrum[1])
    }
}

/// The cells across the highest peak of cell averages.
///
/// A peak of height `u` whose averages fall to `u₋` and `u₊` in the neighbours is as wide as the Gaussian of this curvature,
/// `√(2π u / (2u − u₋ − u₊))` cells; of mass 1 this Gaussian has the height `1/width`. A flat top is infinitely wide.
struct PeakWidth: Sendable {
    let grid: PeriodicGrid

    /// The width along the axis where it is smallest.
    func cells(_ values: UnsafePointer<Double>, rowStride: Int) -> Double {
        let rows = grid.cellCount / grid.cells[0]
        var (peak, place, row) = (-Double.infinity, 0, 0)
        for r in 0..<rows {
            for i in 0..<grid.cells[0] where values[r &* rowStride &+ i] > peak {
                (peak, place, row) = (values[r &* rowStride &+ i], i, r)
            }
        }
        guard peak > 0 else { return .infinity }
        var width = Double.infinity
        var stride = 1
        for (axis, n) in grid.cells.enumerated() {
            let cell = axis == 0 ? place : row / stride % n
            func value(_ neighbour: Int) -> Double {
                axis == 0
                    ? values[row * rowStride + neighbour]
                    : values[(row + (neighbour - cell) * stride) * rowStride + place]
            }
            let bend = 2 * peak - value((cell + 1) % n) - value((cell + n - 1) % n)
            // Below rounding a top is flat.
            if bend > 1e-12 * peak { width = min(width, (2 * .pi * peak / bend).squareRoot()) }
            if axis > 0 { stride *= n }
        }
        return width
    }
}
