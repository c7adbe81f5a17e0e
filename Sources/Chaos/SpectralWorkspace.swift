import Torus

/// Transforms and memory for one function on a grid, for one thread at a time.
final class SpectralWorkspace {
    let transform: FourierTransform
    private let space: SpectralGrid

    init(_ space: SpectralGrid) throws {
        self.space = space
        transform = try FourierTransform(grid: space.grid)
    }

    /// The function's values at the points, in `transform.values`.
    func synthesize(_ spectrum: UnsafePointer<Double>) {
        let target = transform.spectrum
        for index in 0..<2 * space.spectrumCount { target[index] = spectrum[index] }
        transform.backward()
    }

    /// The values of the derivative along an axis, in `transform.values`.
    func synthesizeSlope(_ spectrum: UnsafePointer<Double>, axis: Int) {
        let target = transform.spectrum
        space.frequencies[axis].withUnsafeBufferPointer { k in
            for place in k.indices {
                target[2 * place] = -k[place] * spectrum[2 * place + 1]
                target[2 * place + 1] = k[place] * spectrum[2 * place]
            }
        }
        transform.backward()
    }
}
