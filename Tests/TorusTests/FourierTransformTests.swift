import Foundation
import Testing
import Torus

@Suite struct FourierTransformTests {
    @Test(arguments: [[1], [2], [7], [64], [5, 6], [4, 3, 5]])
    func backAndForthIsTheIdentityTimesTheCellCount(cells: [Int]) throws {
        let grid = try PeriodicGrid(cells: cells)
        let transform = try FourierTransform(grid: grid)
        let generator = Philox(seed: 3)
        let values = (0..<grid.cellCount).map { generator.uniforms(SIMD4(UInt32($0), 0, 0, 0))[0] }
        let back = transform.backward(transform.forward(values))
        for (a, b) in zip(values, back) { #expect(abs(a - b / Double(grid.cellCount)) < 1e-14) }
    }

    @Test func thetaZeroIsTheFastestAxis() throws {
        let grid = try PeriodicGrid(cells: [8, 4])
        let values = (0..<32).map { cos(2 * grid.centres(axis: 0)[$0 % 8]) }
        let spectrum = try FourierTransform(grid: grid).forward(values)
        // Harmonic 2 along θ₀ alone: coefficient 2 of the first row, 16 = half of the cells, turned by half a cell.
        let magnitude = hypot(spectrum[4], spectrum[5])
        #expect(abs(magnitude - 16) < 1e-13)
        let rest = spectrum.enumerated().filter { $0.offset != 4 && $0.offset != 5 }.map { abs($0.element) }.max()
        #expect((rest ?? 1) < 1e-13)
    }
}
