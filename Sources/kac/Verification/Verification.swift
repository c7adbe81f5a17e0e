import Continuum
import Foundation
import Torus
import Training

/// The solvers of the limit against exact solutions, their orders, and what they must conserve.
struct Verification {
    let parallelism: Parallelism
    private(set) var checks: [VerificationCheck] = []
    private let progress: (String) -> Void

    private static let volumes: [(name: String, reconstruction: Scheme.Reconstruction, order: Double)] = [
        ("upwind", .upwind, 0.9), ("muscl, minmod", .muscl(.minmod), 1.6), ("muscl, vanLeer", .muscl(.vanLeer), 1.8),
        ("muscl, mc", .muscl(.monotonizedCentral), 1.8), ("weno5", .weno5, 4.5),
    ]

    /// Runs every check; `progress` is told of each problem.
    init(parallelism: Parallelism, progress: @escaping (String) -> Void) throws {
        self.parallelism = parallelism
        self.progress = progress
        for problem in try [ExactProblem.oneAngle(), .circuit()] { try exactMoments(problem, cells: [64]) }
        try exactMoments(.product(dimension: 2), cells: [48, 30])
        try exactMoments(.product(dimension: 3), cells: [20, 16, 12])
        try concentration()
        try orders(.oneAngle(), coarse: [128], fine: [256], coarseHigh: [32], fineHigh: [64])
        try orders(
            .product(dimension: 2), coarse: [64, 64], fine: [128, 128], coarseHigh: [32, 32], fineHigh: [64, 64])
        try conservation()
    }

    private mutating func check(
        _ problem: ExactProblem, _ method: String, _ quantity: String, atMost bound: Double,
        _ value: () throws -> Double
    ) {
        let value = (try? value()) ?? .nan
        checks.append(
            VerificationCheck(
                problem: problem.name, method: method, quantity: quantity, value: value, bound: bound, side: .atMost))
    }

    /// The methods that hold a tolerance of their own.
    private func spectral(tolerance: Double) -> [(name: String, scheme: Scheme)] {
        [
            ("galerkin", .galerkin(tolerance: tolerance)),
            ("characteristics", .characteristics(nodes: nil, tolerance: tolerance)),
        ]
    }

    /// First moments and density to ten times the tolerance, which errors of steps add up to.
    private mutating func exactMoments(_ problem: ExactProblem, cells: [Int]) throws {
        progress(problem.name)
        let grid = try PeriodicGrid(cells: cells)
        for method in spectral(tolerance: 1e-11) {
            let solver = try? problem.solved(method.scheme, grid: grid, parallelism: parallelism)
            check(problem, method.name, "|z − z exact|", atMost: 1e-10) {
                solver.map(problem.momentError) ?? .nan
            }
            check(problem, method.name, "density, of its peak", atMost: 1e-9) {
                try solver.map { try problem.densityErrors($0.density(on: grid)).ofPeak } ?? .nan
            }
        }
    }

    /// The stress case: |z| reaches 0.98, and the density fifty times the uniform one.
    private mutating func concentration() throws {
        let problem = try ExactProblem.concentrating()
        progress(problem.name)
        let grid = try PeriodicGrid(cells: [512])
        let parallelism = parallelism
        for method in spectral(tolerance: 1e-10) {
            check(problem, method.name, "density, of its peak", atMost: 1e-8) {
                let solver = try problem.solved(method.scheme, grid: grid, parallelism: parallelism)
                return try problem.densityErrors(solver.density(on: grid)).ofPeak
            }
        }
    }

    /// The observed order of the density's relative L1 error when the cells are halved.
    private mutating func orders(
        _ problem: ExactProblem, coarse: [Int], fine: [Int], coarseHigh: [Int], fineHigh: [Int]
    ) throws {
        progress("orders, \(problem.name)")
        for volume in Self.volumes {
            let isHigh = volume.reconstruction == .weno5
            func error(_ cells: [Int]) throws -> Double {
                let grid = try PeriodicGrid(cells: cells)
                // Third order in time: steps as h^{5/3} keep its error below the fifth order in space.
                let step = isHigh ? 2 * pow(grid.spacing(axis: 0), 5.0 / 3) : .infinity
                let solver = try problem.solved(
                    .finiteVolume(volume.reconstruction, tolerance: isHigh ? .infinity : 1e-8), grid: grid,
                    largestStep: step, parallelism: parallelism)
                return try problem.densityErrors(solver.density(on: grid)).relativeL1
            }
            let value =
                (try? log2(error(isHigh ? coarseHigh : coarse) / error(isHigh ? fineHigh : fine))) ?? .nan
            let cells = (isHigh ? fineHigh : fine).map(String.init).joined(separator: " × ")
            checks.append(
                VerificationCheck(
                    problem: problem.name, method: volume.name, quantity: "order in L1 up to \(cells)", value: value,
                    bound: volume.order, side: .atLeast))
        }
    }

    /// Mass and sign where the law concentrates.
    private mutating func conservation() throws {
        let problem = try ExactProblem.concentrating()
        progress("conservation, \(problem.name)")
        let grid = try PeriodicGrid(cells: [73])
        for volume in Self.volumes {
            let solver = try? problem.solved(
                .finiteVolume(volume.reconstruction, tolerance: 1e-4), grid: grid, parallelism: parallelism)
            let density = try solver?.density(on: grid)
            check(problem, volume.name, "|mass − 1|", atMost: 1e-13) { density.map { abs($0.integral - 1) } ?? .nan }
            checks.append(
                VerificationCheck(
                    problem: problem.name, method: volume.name, quantity: "smallest density",
                    value: density?.minimum ?? .nan, bound: 0, side: .atLeast))
        }
    }
}
