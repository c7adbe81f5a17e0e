import Foundation
import Testing
import Torus

@testable import Transport

/// The lower bound from trigonometric potentials.
@Suite struct TrigonometricBoundTests {
    private static func list(_ moments: FourierMoments) -> [FourierMoment] {
        moments.real.indices.compactMap { place in
            let k = moments.frequency(place)
            guard let first = k.first(where: { $0 != 0 }), first > 0 else { return nil }
            return FourierMoment(k, real: moments.real[place], imaginary: moments.imaginary[place])
        }
    }

    /// Below the exact distance, for random atoms and densities; and for a smooth displacement not far below.
    @Test(arguments: [1, 2, 3]) func belowTheExactDistance(dimension: Int) throws {
        let seed: UInt64 = 121
        var stream = UniformStream(seed: seed)
        for count in [1, 3, 40] {
            let grid = try PeriodicGrid(cells: Array([6, 5, 3].prefix(dimension)))
            let values = (0..<grid.cellCount).map { _ in stream.next() }
            let mass = values.reduce(0, +) * grid.cellVolume
            let field = Field(grid: grid, values: values.map { $0 / mass })
            let angles = stream.angles(count * dimension)
            let moments = Self.list(try FourierMoments(field, degree: dimension == 3 ? 2 : 4))
            for order in WassersteinOrder.allCases {
                let bound = try AtomTransport.trigonometricBound(angles, moments, dimension: dimension, order: order)
                let exact = try wasserstein(atoms: angles, density: field, order: order)
                #expect(bound <= exact.upper && bound > 0, "\(bound) \(exact) seed \(seed)")
            }
        }
        // A lattice moved by a small wave is near the uniform law by that wave: the linear theory holds.
        let side = dimension == 3 ? 8 : 24
        let count = (0..<dimension).reduce(1) { total, _ in total * side }
        let lattice = (0..<dimension).flatMap { axis in
            (0..<count).map { atom -> Double in
                var rest = atom
                for _ in 0..<axis { rest /= side }
                let x = turn * Double(rest % side) / Double(side)
                return axis == 0 ? x + 0.1 * sin(x) : x
            }
        }
        let uniform = [FourierMoment([1] + Array(repeating: 0, count: dimension - 1), real: 0, imaginary: 0)]
        let bound = try AtomTransport.trigonometricBound(lattice, uniform, dimension: dimension, order: .two)
        // The lattice is at √d·h/√12 from the uniform law, the wave at 0.1/√2.
        let own = Double(dimension).squareRoot() * turn / Double(side) / 12.0.squareRoot()
        #expect(bound <= 0.1 / 2.0.squareRoot() + own && bound >= 0.98 * 0.1 / 2.0.squareRoot(), "\(bound)")
    }

    /// In six angles there is no grid; the bound is below an exact assignment to another sample, plus what that sample is from its moments' law.
    @Test func inSixAngles() throws {
        let seed: UInt64 = 122
        var stream = UniformStream(seed: seed)
        let (dimension, count) = (6, 60)
        let (a, b) = (stream.angles(count * dimension), stream.angles(count * dimension))
        let coordinates = try AtomCoordinates(b, dimension: dimension)
        let moments = (0..<dimension).flatMap { axis in
            (1...2).map { frequency -> FourierMoment in
                let phases = coordinates.projected((0..<dimension).map { $0 == axis ? frequency : 0 })
                return FourierMoment(
                    (0..<dimension).map { $0 == axis ? frequency : 0 },
                    real: phases.reduce(0) { $0 + cos($1) } / Double(count),
                    imaginary: phases.reduce(0) { $0 + sin($1) } / Double(count))
            }
        }
        for order in WassersteinOrder.allCases {
            let bound = try AtomTransport.trigonometricBound(a, moments, dimension: dimension, order: order)
            let exact = try AtomTransport.assignment(a, b, dimension: dimension, order: order)
            #expect(bound > 0.05 && bound <= exact.upper, "\(bound) \(exact) seed \(seed)")
        }
    }

    @Test func refusals() throws {
        let wave = FourierMoment([1, 0], real: 0.1, imaginary: 0)
        #expect(throws: TransportError.frequencyCount(found: 2, expected: 1)) {
            try AtomTransport.trigonometricBound([1], [wave], dimension: 1, order: .one)
        }
        #expect(throws: TransportError.repeatedMode(frequency: [-1, 0])) {
            try AtomTransport.trigonometricBound(
                [1, 2], [wave, FourierMoment([-1, 0], real: 0.1, imaginary: 0)], dimension: 2, order: .one)
        }
        #expect(try AtomTransport.trigonometricBound([1, 2], [], dimension: 2, order: .two) == 0)
    }
}
