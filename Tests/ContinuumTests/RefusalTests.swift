import Experts
import Testing
import TimeStepping
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

    /// Ends that no number of steps reaches: velocities of 1e200, and an end at 1e300. Neither runs for ever, and the state is good.
    @Test(arguments: [(1e200, 1.0), (1, 1e300)])
    func endsOutOfReach(speed: Double, end: Double) throws {
        let potential = try TrigonometricPolynomial(["cos(a)": speed], names: ["a"])
        let problem = MeanFieldProblem(potential: potential.basis, weights: potential.coefficients)
        let grid = try PeriodicGrid(cells: [16])
        let solvers: [any ContinuumSolver] = [
            try FiniteVolume(problem, grid: grid, reconstruction: .muscl(.vanLeer), tolerance: 1e-3),
            try Characteristics(problem, nodes: 32, tolerance: 1e-3),
        ]
        for solver in solvers {
            let error = #expect(throws: TimeSteppingError.self) { try solver.advance(to: end) }
            guard case .tooManySteps(let time, _, let limit) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(time > 0 && time < 1e-12 * end && limit == end && solver.time == time)
            #expect(solver.moments().allSatisfy { $0.isFinite })
        }
    }

    /// A peak narrower than the largest number of modes shows is an error, not a wrong density.
    @Test func concentrationBeyondTheModesIsReportedWithItsTime() throws {
        let solver = try Galerkin(ReferenceProblems.concentrating, tolerance: 1e-6, modeLimit: 256)
        #expect(throws: ContinuumError.self) { try solver.advance(to: 2000) }
        #expect(solver.time > 5 && solver.time < 2000 && (129...256).contains(solver.frequencies[0]))
    }
}
