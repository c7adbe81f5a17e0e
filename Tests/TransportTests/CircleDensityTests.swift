import Testing
import Torus

@testable import Transport

@Suite("Densities on the circle")
struct CircleDensityTests {
    @Test("the cumulative mass of the uniform density is i/M to the last bit", arguments: [1, 3, 7, 4096, 100_000])
    func cumulativeMass(cells: Int) throws {
        let density = try uniform(cells)
        let exact = (0...cells).allSatisfy { density.cumulative[$0] == Double($0) / Double(cells) }
        #expect(exact)
        #expect(abs(density.massDefect) <= 1e-15)
    }

    @Test("the mass at an angle, lifted")
    func liftedMass() throws {
        let density = try density(masses: [1, 3, 0, 4])
        for (angle, mass) in [(0, 0), (.pi / 4, 0.0625), (.pi / 2, 0.125), (.pi, 0.5), (1.4 * .pi, 0.5), (turn, 1)] {
            #expect(abs(density.liftedCumulativeMass(at: angle) - mass) <= 1e-15)
            #expect(abs(density.liftedCumulativeMass(at: angle - turn) - (mass - 1)) <= 1e-15)
        }
    }

    @Test("a small defect of the mass is divided out and kept")
    func defect() throws {
        let value = (1 + 1e-12) / turn
        let density = try CircleDensity(cellAverages: [value, value])
        #expect(density.cumulative == [0, 0.5, 1])
        #expect(abs(density.massDefect - 1e-12) <= 1e-15)
    }

    @Test("bad densities are refused")
    func refusals() throws {
        #expect(throws: TransportError.noCells) { try CircleDensity(cellAverages: []) }
        #expect(throws: TransportError.nonFiniteDensity(cell: 1, value: .infinity)) {
            try CircleDensity(cellAverages: [1, .infinity])
        }
        #expect(throws: TransportError.self) { try CircleDensity(cellAverages: [.nan]) }
        #expect(throws: TransportError.negativeDensity(cell: 2, value: -1e-9)) {
            try CircleDensity(cellAverages: [1, 1, -1e-9])
        }
        #expect(throws: TransportError.self) { try CircleDensity(cellAverages: [0, 0]) }
        #expect(throws: TransportError.self) { try CircleDensity(cellAverages: [1.1 / turn]) }
        #expect(throws: TransportError.dimension(found: 2, expected: 1)) {
            try CircleDensity(.uniform(on: PeriodicGrid(cells: [4, 4])))
        }
    }
}
