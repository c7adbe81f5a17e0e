import Foundation
import Testing
import Torus
import Training

@testable import Continuum

/// Every solver against the one-angle solution, and that against 50-digit values.
@Suite struct ExactSolutionTests {
    static let times = ReferenceProblems.oneQubitValues.map(\.time)

    @Test func theOneAngleEquationAgreesWithFiftyDigits() throws {
        let form = try #require(AdditiveForm(ReferenceProblems.oneQubit))
        let solution = try AdditiveSolution(form, times: Self.times)
        for (index, value) in ReferenceProblems.oneQubitValues.enumerated() {
            let z = solution.moments[index][0]
            #expect(hypot(z.real - value.real, z.imaginary - value.imaginary) < 1e-13)
            #expect(abs(solution.losses[index] - value.loss) < 1e-13)
        }
    }

    @Test(arguments: [
        Scheme.galerkin(tolerance: 1e-11), .characteristics(nodes: nil, tolerance: 1e-11),
        .characteristics(nodes: 128, tolerance: 1e-11),
    ])
    func spectralSolversReachTenDigitsUpToTwenty(scheme: Scheme) throws {
        let grid = try PeriodicGrid(cells: [96])
        let limit = try Limit(ReferenceProblems.oneQubit, scheme: scheme, grid: grid, times: Self.times)
        for (index, value) in ReferenceProblems.oneQubitValues.enumerated() {
            let z = limit.firstMoments[index][0]
            #expect(hypot(z.real - value.real, z.imaginary - value.imaginary) < 1e-10, "t = \(value.time)")
            #expect(abs(limit.losses[index] - value.loss) < 1e-10, "t = \(value.time)")
            let exact = ReferenceProblems.poissonAverages((value.real, value.imaginary), on: grid)
            let worst = zip(limit.densities[index].values, exact).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-9, "density at t = \(value.time)")
            #expect(abs(limit.densities[index].integral - 1) < 1e-13)
        }
        let errors = try #require(limit.exactMomentErrors)
        #expect(errors.allSatisfy { $0 < 1e-10 })
    }

    static func finiteVolumeError(
        _ reconstruction: Scheme.Reconstruction, cells: Int
    ) throws -> (density: Double, moment: Double) {
        let grid = try PeriodicGrid(cells: [cells])
        let limit = try Limit(
            ReferenceProblems.oneQubit, scheme: .finiteVolume(reconstruction, tolerance: 1e-8), grid: grid, times: [5])
        let value = ReferenceProblems.oneQubitValues[4]
        let exact = ReferenceProblems.poissonAverages((value.real, value.imaginary), on: grid)
        let norm = zip(limit.densities[0].values, exact).reduce(0) { $0 + abs($1.0 - $1.1) } / exact.reduce(0, +)
        let z = limit.firstMoments[0][0]
        return (norm, hypot(z.real - value.real, z.imaginary - value.imaginary))
    }

    @Test(arguments: [
        (Scheme.Reconstruction.upwind, 0.9), (.muscl(.minmod), 1.6), (.muscl(.vanLeer), 1.8),
        (.muscl(.monotonizedCentral), 1.8),
    ])
    func finiteVolumeHasItsOrder(reconstruction: Scheme.Reconstruction, order: Double) throws {
        let coarse = try Self.finiteVolumeError(reconstruction, cells: 128)
        let fine = try Self.finiteVolumeError(reconstruction, cells: 256)
        #expect(log2(coarse.density / fine.density) >= order, "density: \(coarse.density) to \(fine.density)")
        #expect(log2(coarse.moment / fine.moment) >= order, "z: \(coarse.moment) to \(fine.moment)")
        #expect(fine.density < (reconstruction == .upwind ? 0.05 : 2e-3))
    }

    /// Where mass concentrates the Poisson kernel is still exact: |z| reaches 0.98.
    @Test func theConcentratingCaseIsFollowed() throws {
        let problem = ReferenceProblems.concentrating
        let grid = try PeriodicGrid(cells: [512])
        let times = [2.0, 10, 20]
        let galerkin = try Limit(problem, scheme: .galerkin(tolerance: 1e-10), grid: grid, times: times)
        let nodes = try Limit(problem, scheme: .characteristics(nodes: nil, tolerance: 1e-10), grid: grid, times: times)
        for limit in [galerkin, nodes] {
            let errors = try #require(limit.exactMomentErrors)
            #expect(errors.allSatisfy { $0 < 1e-9 }, "\(errors)")
            let exact = try #require(limit.exact)
            for output in times.indices {
                let expected = ReferenceProblems.poissonAverages(exact.moments[output][0], on: grid)
                let peak = expected.max() ?? 1
                let worst = zip(limit.densities[output].values, expected).map { abs($0 - $1) }.max() ?? 1
                #expect(worst < 1e-8 * peak, "output \(output)")
            }
        }
        #expect(galerkin.resolutions[2].unknowns > galerkin.resolutions[0].unknowns)
        #expect((nodes.densities[2].minimum) > 0)
    }
}
