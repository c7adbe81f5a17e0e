import Experts
import Testing
import Torus
import Training

@testable import Continuum

@Suite struct RefusalTests {
    static let twoAngles = MeanFieldProblem(
        expansion: TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: 2, monomials: [TrigonometricMonomial([.init(.cosine, axis: 1)])]),
            datumCount: 1, coefficients: [1]), targets: [0.2])

    @Test(arguments: [Scheme.characteristics(nodes: nil, tolerance: 1e-9)])
    func severalAnglesAreRefusedByName(scheme: Scheme) throws {
        let grid = try PeriodicGrid(cells: [8, 8])
        #expect(throws: ContinuumError.self) { try Limit(Self.twoAngles, scheme: scheme, grid: grid, times: [1]) }
    }

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
