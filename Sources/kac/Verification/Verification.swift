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
        ("upwind", .upwind, 0.9), ("muscl, minmod", .muscl(.minmod), 1.8), ("muscl, vanLeer", .muscl(.vanLeer), 1.8),
        ("muscl, mc", .muscl(.monotonizedCentral), 1.8), ("weno5", .weno5, 4.5),
    ]

    /// Runs every check; `progress` is told of each problem.
    init(parallelism: Parallelism, progress: @escaping (String) -> Void) throws {
        self.parallelism = parallelism
        self.progress = progress
        for problem in try [VerificationProblem.oneAngle(), .circuit()] { try exactMoments(problem, cells: [64]) }
        try exactMoments(.product(dimension: 2), cells: [48, 30])
        try exactMoments(.product(dimension: 3), cells: [20, 16, 12])
        try concentration()
        try transport()
        try orders(.oneAngle(), fine: [512], fineHigh: [64])
        try orders(.product(dimension: 2, end: 1), fine: [256, 256], fineHigh: [64, 64])
        try orders(.product(dimension: 3, end: 1), fine: [64, 64, 64], fineHigh: [32, 32, 32])
        try orders(.transport(end: 0.1, parallelism: parallelism), fine: [256, 256], fineHigh: [128, 128])
        try conservation(.concentrating(), cells: [73])
        try conservation(.concentratingProduct(dimension: 2, end: 10), cells: [39, 24])
        try conservation(.concentratingProduct(dimension: 3, end: 5), cells: [14, 12, 11])
        for cells in [[37], [40, 27], [18, 20, 19]] { try conservation(.fullCell(of: cells), cells: cells) }
    }

    private mutating func check(
        _ problem: VerificationProblem, _ method: String, _ quantity: String, atMost bound: Double,
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
    private mutating func exactMoments(_ problem: VerificationProblem, cells: [Int]) throws {
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
        let problem = try VerificationProblem.concentrating()
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

    /// Transport in a given potential, against values of 50 digits and one method against the other.
    private mutating func transport() throws {
        let problem = try VerificationProblem.transport(end: 0.5, parallelism: parallelism)
        progress(problem.name)
        let parallelism = parallelism
        let nodes = try? Characteristics(problem.problem, nodes: nil, tolerance: 1e-10, parallelism: parallelism)
        for (time, exact) in VerificationProblem.transportDensities {
            check(
                problem, "characteristics", "density at eight points, t = \(Measured.time(time)), relative",
                atMost: 1e-9
            ) {
                try nodes?.advance(to: time)
                return zip(try nodes?.density(at: exact.map(\.point)) ?? [], exact).reduce(nodes == nil ? .nan : 0) {
                    max($0, abs($1.0 / $1.1.density - 1))
                }
            }
        }
        check(problem, "galerkin", "density, of its peak", atMost: 1e-9) {
            let grid = try PeriodicGrid(cells: [64, 48])
            let solver = try problem.solved(.galerkin(tolerance: 1e-11), grid: grid, parallelism: parallelism)
            return try problem.densityErrors(solver.density(on: grid)).ofPeak
        }
    }

    /// The observed order of the density's relative L1 error up to the given cells, from half of them along each axis.
    private mutating func orders(_ problem: VerificationProblem, fine: [Int], fineHigh: [Int]) throws {
        progress("orders, \(problem.name)")
        for volume in Self.volumes {
            let isHigh = volume.reconstruction == .weno5
            let cells = isHigh ? fineHigh : fine
            func error(_ cells: [Int]) throws -> Double {
                let grid = try PeriodicGrid(cells: cells)
                // Third order in time: steps as h^{5/3} keep its error below the fifth order in space.
                let step = isHigh ? 0.5 * pow(grid.spacing(axis: 0), 5.0 / 3) : .infinity
                let solver = try problem.solved(
                    .finiteVolume(volume.reconstruction, tolerance: isHigh ? .infinity : 1e-8), grid: grid,
                    largestStep: step, parallelism: parallelism)
                return try problem.densityErrors(solver.density(on: grid)).relativeL1
            }
            let value =
                (try? log2(error(cells.map { $0 / 2 }) / error(cells))) ?? .nan
            checks.append(
                VerificationCheck(
                    problem: problem.name, method: volume.name,
                    quantity: "order in L1 up to \(try PeriodicGrid(cells: cells))", value: value,
                    bound: volume.order, side: .atLeast))
        }
    }

    /// Mass and sign where the law concentrates.
    private mutating func conservation(_ problem: VerificationProblem, cells: [Int]) throws {
        progress("conservation, \(problem.name)")
        let grid = try PeriodicGrid(cells: cells)
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
