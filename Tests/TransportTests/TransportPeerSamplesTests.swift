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
        let pairs: [Pair]
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

    /// Atoms and other atoms.
    private struct Pair: Encodable {
        let p: Int
        /// `[axis][atom]`, in radians.
        let atoms: [[Double]]
        let weights: [Double]
        let others: [[Double]]
        let otherWeights: [Double]
        let lower: Double
        let upper: Double
        let method: String
        /// The best of the projections to circles and of trigonometric potentials, where weights are equal.
        let below: Double
        /// The cost of carrying each atom to its partner, where numbers and weights are equal.
        let above: Double?
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
        var pairs: [Pair] = []
        for index in 0..<60 { pairs += try Self.pairs(index, &stream) }
        let file = URL(fileURLWithPath: folder).appendingPathComponent("transport.json")
        try JSONEncoder().encode(Samples(seed: seed, cases: cases, pairs: pairs)).write(to: file)
    }

    /// Both distances between atoms and other atoms: of any number and weight on the circle, otherwise as many of equal weight.
    private static func pairs(_ index: Int, _ stream: inout UniformStream) throws -> [Pair] {
        let dimension = 1 + index % 4
        let count = stream.integer(in: 1...30)
        let otherCount = dimension == 1 ? stream.integer(in: 1...30) : count
        let atoms = (0..<dimension).map { _ in stream.angles(count) }
        var others = (0..<dimension).map { _ in stream.angles(otherCount) }
        switch index % 5 {
        case 0: others = others.map { axis in axis.map { _ in axis[0] } }
        // Partners close by, and the first at its partner's place.
        case 1 where count == otherCount:
            others = atoms.map { axis in axis.indices.map { axis[$0] + ($0 == 0 ? 0 : 0.1 * stream.next()) } }
        default: break
        }
        let isWeighted = dimension == 1 && index % 8 == 4
        func weights(_ count: Int) -> [Double] {
            let weights = (0..<count).map { _ in isWeighted ? stream.next() : 1 }
            let total = weights.reduce(0, +)
            return weights.map { $0 / total }
        }
        let (first, second) = (weights(count), weights(otherCount))
        // One of each pair ±k.
        let frequencies = (0..<12).map { _ in (0..<dimension).map { _ in stream.integer(in: -2...2) } }
        let half = Set(frequencies.filter { $0.map(-).lexicographicallyPrecedes($0) })
        let moments = half.sorted { $0.lexicographicallyPrecedes($1) }.map { frequency in
            let phases = (0..<otherCount).map { other in
                (0..<dimension).reduce(0) { $0 + Double(frequency[$1]) * others[$1][other] }
            }
            return FourierMoment(
                frequency, real: phases.reduce(0) { $0 + cos($1) } / Double(otherCount),
                imaginary: phases.reduce(0) { $0 + sin($1) } / Double(otherCount))
        }
        let (flat, otherFlat) = (atoms.flatMap { $0 }, others.flatMap { $0 })
        return try WassersteinOrder.allCases.map { order in
            let distance = try wasserstein(
                atoms: flat, weights: first, otherAtoms: otherFlat, otherWeights: second, dimension: dimension,
                order: order)
            let bounds =
                isWeighted
                ? []
                : try AtomTransport.sliced(flat, otherFlat, dimension: dimension, order: order)
                    + [AtomTransport.trigonometricBound(flat, moments, dimension: dimension, order: order)]
            return Pair(
                p: order.rawValue, atoms: atoms, weights: first, others: others, otherWeights: second,
                lower: distance.lower, upper: distance.upper, method: distance.method, below: bounds.max() ?? 0,
                above: isWeighted || count != otherCount
                    ? nil : try AtomTransport.pairing(flat, otherFlat, dimension: dimension, order: order))
        }
    }
}
