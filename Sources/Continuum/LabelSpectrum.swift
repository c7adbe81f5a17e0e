import Foundation
import Torus

/// The Fourier coefficients, in the labels, of what a rectangle rule over nodes sums.
///
/// The rule with `n` nodes along an axis errs by the coefficients at the frequency `n`, for an analytic function about the square of
/// those seen at `n/2`. Where the last eighth of the frequencies that the nodes show is small, the rule is exact to its
/// square.
final class LabelSpectrum {
    private let axes: [Int]
    private let transform: FourierTransform
    /// The first of the last eighth of the frequencies of each axis.
    private let firsts: [Int]

    /// - Throws: `FourierTransformError`.
    init(axes: [Int]) throws {
        self.axes = axes
        firsts = axes.map { n in n / 2 + 1 - max(2, (n / 2 + 1) / 8) }
        transform = try FourierTransform(grid: PeriodicGrid(cells: axes))
    }

    /// Writes the largest coefficients along each axis among the last eighth of its frequencies, of the density of the labels and of the
    /// displacements of the nodes, each weighted with this density.
    func measure(_ flow: NodeFlow, state: UnsafeBufferPointer<Double>, into tails: inout [Double]) {
        let count = flow.count
        for axis in axes.indices { tails[axis] = 0 }
        if let masses = flow.masses {
            for node in 0..<count { transform.values[node] = masses[node] }
            collect(into: &tails)
        }
        flow.labels.withUnsafeBufferPointer { labels in
            for axis in axes.indices {
                let start = axis * count
                if let masses = flow.masses {
                    masses.withUnsafeBufferPointer { masses in
                        for node in 0..<count {
                            transform.values[node] = masses[node] * (state[start + node] - labels[start + node])
                        }
                    }
                } else {
                    let mass = 1 / Double(count)
                    for node in 0..<count {
                        transform.values[node] = mass * (state[start + node] - labels[start + node])
                    }
                }
                collect(into: &tails)
            }
        }
    }

    private func collect(into tails: inout [Double]) {
        transform.forward()
        let row = axes[0] / 2 + 1
        let spectrum = transform.spectrum
        for r in 0..<transform.spectrumCount / row {
            let base = spectrum + 2 * r * row
            func largestSquare(from start: Int) -> Double {
                var largest = 0.0
                for q in start..<row {
                    let square = base[2 * q] * base[2 * q] + base[2 * q + 1] * base[2 * q + 1]
                    largest = square > largest ? square : largest
                }
                return largest
            }
            tails[0] = max(tails[0], largestSquare(from: firsts[0]).squareRoot())
            var rest = r
            var whole: Double?
            for axis in 1..<max(1, axes.count) {
                let q = rest % axes[axis]
                rest /= axes[axis]
                guard min(q, axes[axis] - q) >= firsts[axis] else { continue }
                let largest = whole ?? largestSquare(from: 0).squareRoot()
                whole = largest
                tails[axis] = max(tails[axis], largest)
            }
        }
    }
}
