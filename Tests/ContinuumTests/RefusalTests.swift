import Experts
import Testing
import Torus
import Training

@testable import Continuum

@Suite struct RefusalTests {
    @Test func gridsThatDoNotFit() throws {
        let plane = try PeriodicGrid(cells: [8, 8])
        #expect(throws: ContinuumError.gridDimension(grid: 2, problem: 1)) {
            try Limit(ReferenceProblems.oneQubit, scheme: .galerkin(tolerance: 1e-9), grid: plane, times: [1])
        }
        let coarse = try PeriodicGrid(cells: [12])
        #expect(throws: ContinuumError.gridTooCoarse(axis: 0, cells: 12, needed: 14)) {
            try Limit(
                ReferenceProblems.threeHarmonics, scheme: .finiteVolume(.upwind, tolerance: 1e-6), grid: coarse,
                times: [1])
        }
    }

    /// A peak narrower than the largest number of modes shows is an error, not a wrong density.
    @Test func concentrationBeyondTheModesIsReportedWithItsTime() throws {
        let solver = try Galerkin(ReferenceProblems.concentrating, tolerance: 1e-6, modeLimit: 256)
        #expect(throws: ContinuumError.self) { try solver.advance(to: 2000) }
        #expect(solver.time > 5 && solver.time < 2000 && (129...256).contains(solver.frequencies[0]))
    }
}
