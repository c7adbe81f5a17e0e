import Foundation
import Testing
import TimeStepping
import Torus
import Training

@testable import Continuum

/// Outside of the exact family the methods judge each other.
@Suite struct SolverAgreementTests {
    @Test func galerkinAndCharacteristicsAgreeForThreeHarmonics() throws {
        let grid = try PeriodicGrid(cells: [101])
        let times = [0.0, 0.7, 3, 8]
        let problem = ReferenceProblems.threeHarmonics
        let a = try Limit(problem, scheme: .galerkin(tolerance: 1e-11), grid: grid, times: times)
        let b = try Limit(problem, scheme: .characteristics(nodes: nil, tolerance: 1e-11), grid: grid, times: times)
        let c = try Limit(problem, scheme: .finiteVolume(.muscl(.vanLeer), tolerance: 1e-8), grid: grid, times: times)
        #expect(a.exact == nil && a.exactMomentErrors == nil)
        for output in times.indices {
            #expect(abs(a.losses[output] - b.losses[output]) < 1e-10)
            let peak = a.densities[output].values.max() ?? 1
            for (x, y) in zip(a.densities[output].values, b.densities[output].values) {
                #expect(abs(x - y) < 1e-8 * peak)
            }
            // Second order: 101 cells, and densities with features of a tenth of the circle.
            #expect(abs(a.losses[output] - c.losses[output]) < 1e-3 * a.losses[0])
            #expect(abs(a.dissipations[output] - b.dissipations[output]) < 1e-10)
        }
    }

    @Test(arguments: [
        Scheme.galerkin(tolerance: 1e-11), .characteristics(nodes: nil, tolerance: 1e-11),
        .finiteVolume(.muscl(.vanLeer), tolerance: 1e-9),
    ])
    func theLossFallsAtTheRateOfTheDissipation(scheme: Scheme) throws {
        let step = 1e-3
        let grid = try PeriodicGrid(cells: [1024])
        let limit = try Limit(
            ReferenceProblems.threeHarmonics, scheme: scheme, grid: grid, times: [2 - step, 2, 2 + step])
        let slope = (limit.losses[2] - limit.losses[0]) / (2 * step)
        // The central difference errs by step²/6 times the third derivative, of order one; the volumes by h².
        #expect(abs(slope + limit.dissipations[1]) < 2e-6, "\(slope) against \(limit.dissipations[1])")
    }

    @Test(arguments: [Scheme.Reconstruction.upwind, .muscl(.minmod), .muscl(.vanLeer), .muscl(.monotonizedCentral)])
    func finiteVolumeConservesMassAndSign(reconstruction: Scheme.Reconstruction) throws {
        let grid = try PeriodicGrid(cells: [73])
        let solver = try FiniteVolume(
            ReferenceProblems.concentrating, grid: grid, reconstruction: reconstruction, tolerance: 1e-4)
        for time in [1.0, 5, 30] {
            try solver.advance(to: time)
            let density = try solver.density(on: grid)
            #expect(abs(density.integral - 1) < 1e-13)
            #expect(density.minimum >= 0)
        }
        #expect(solver.resolution.lostAt != nil, "the peak is narrower than eight cells")
    }

    @Test func theHistoryIsTheWeightsAtEveryTime() throws {
        let grid = try PeriodicGrid(cells: [64])
        let problem = ReferenceProblems.oneQubit
        for scheme in [
            Scheme.galerkin(tolerance: 1e-11), .characteristics(nodes: nil, tolerance: 1e-11),
            .finiteVolume(.muscl(.vanLeer), tolerance: 1e-9),
        ] {
            let limit = try Limit(problem, scheme: scheme, grid: grid, times: [20])
            let times = (0...57).map { 20 * Double($0) / 57 }
            let reference = try Limit(problem, scheme: scheme, grid: grid, times: times)
            for (output, time) in times.enumerated() {
                let expected = problem.weights(moments: reference.moments[output])
                for (a, b) in zip(limit.history.value(at: time), expected) {
                    #expect(abs(a - b) < (scheme.name == "muscl" ? 1e-6 : 1e-10), "\(scheme.name) at \(time)")
                }
            }
        }
    }

    @Test func equalWorkGivesEqualBits() throws {
        let grid = try PeriodicGrid(cells: [64])
        for scheme in [Scheme.galerkin(tolerance: 1e-9), .characteristics(nodes: nil, tolerance: 1e-9)] {
            let runs = try (0..<2).map { _ in
                try Limit(ReferenceProblems.threeHarmonics, scheme: scheme, grid: grid, times: [1, 4]).densities
            }
            #expect(runs[0] == runs[1])
        }
    }
}
