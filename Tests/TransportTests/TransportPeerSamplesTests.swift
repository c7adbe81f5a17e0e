import Foundation
import Testing
import Torus
import Transport

/// Random small cases with our brackets for `Tests/peers`, which holds them to linear programmes.
@Suite struct TransportPeerSamplesTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let folder = environment["KAC_PEER_SAMPLES"]

    private struct Samples: Encodable {
        let seed: UInt64
        let cases: [Sample]
    }

    private struct Sample: Encodable {
        let p: Int
        /// Cells along each axis, θ₀ first.
        let cells: [Int]
        /// `[axis][atom]`, in radians.
        let atoms: [[Double]]
        let weights: [Double]
        /// Cell averages per radian^d, θ₀ fastest.
        let density: [Double]
        let lower: Double
        let upper: Double
        let method: String
    }

    @Test(.enabled(if: folder != nil, "the environment variable KAC_PEER_SAMPLES names no folder")) func writeSamples()
        throws
    {
        let folder = try #require(Self.folder)
        let seed = Self.environment["KAC_PEER_SEED"].flatMap(UInt64.init) ?? .random(in: 0..<1_000_000)
        print("seed \(seed) of the transport samples")
        var stream = UniformStream(seed: seed)
        var cases: [Sample] = []
        for index in 0..<60 {
            let dimension = 1 + index % 3
            let largest = [24, 8, 4][dimension - 1]
            let grid = try PeriodicGrid(
                cells: (0..<dimension).map { _ in stream.integer(in: 1...largest) })
            let count = stream.integer(in: 1...7)
            var axes = (0..<dimension).map { _ in stream.angles(count) }
            if index % 5 == 0 {
                // All at one point, or on the faces of the cells.
                axes = axes.enumerated().map { axis, angles in
                    index % 2 == 0
                        ? angles.map { _ in angles[0] }
                        : angles.map { ($0 / grid.spacing(axis: axis)).rounded(.down) * grid.spacing(axis: axis) }
                }
            }
            let weights = (0..<count).map { _ in index % 4 == 1 ? stream.next() : 1 }
            let total = weights.reduce(0, +)
            // Flat, concentrated up to a factor of e¹⁰, or half empty.
            let concentration = 10 * stream.next() * Double(index % 2)
            var values = (0..<grid.cellCount).map { _ in exp(concentration * (stream.next() - 1)) }
            if index % 7 == 3 {
                for cell in values.indices where stream.next() < 0.5 { values[cell] = 0 }
                values[0] = 1
            }
            let mass = values.reduce(0, +) * grid.cellVolume
            values = values.map { $0 / mass }
            for order in WassersteinOrder.allCases {
                let distance = try wasserstein(
                    atoms: axes.flatMap { $0 }, weights: weights.map { $0 / total },
                    density: Field(grid: grid, values: values), order: order)
                cases.append(
                    Sample(
                        p: order.rawValue, cells: grid.cells, atoms: axes, weights: weights.map { $0 / total },
                        density: values, lower: distance.lower, upper: distance.upper, method: distance.method))
            }
        }
        let file = URL(fileURLWithPath: folder).appendingPathComponent("transport.json")
        try JSONEncoder().encode(Samples(seed: seed, cases: cases)).write(to: file)
    }
}
