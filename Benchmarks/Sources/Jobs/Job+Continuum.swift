import Continuum
import Foundation
import Torus
import Training

extension Job {
    /// Transport of a product of von Mises laws in a given potential to t = 0.5: the limit's methods without an expert.
    ///
    /// In three angles a third one that turns with the second is added.
    static func transport(dimension: Int) throws -> MeanFieldProblem {
        var terms = ["cos(theta0)": -1.0, "sin(theta0)*cos(2*theta1)": -0.5, "cos(theta0)*sin(2*theta1)": -0.5]
        if dimension == 3 {
            terms["cos(theta1)*cos(theta2)"] = -0.5
            terms["sin(theta1)*sin(theta2)"] = -0.5
        }
        let potential = try TrigonometricPolynomial(terms, names: (0..<dimension).map { "theta\($0)" })
        let law = InitialLaw.product(
            try [1, 2.5, 4].prefix(dimension).map { try .vonMises(centre: $0, concentration: 2) })
        return MeanFieldProblem(potential: potential.basis, weights: potential.coefficients, initialLaw: law)
    }

    static let end = 0.5

    /// Some steps of a finite-volume method, all of one length, or the first `taken` of them; what they begin with is made before the time
    /// is taken.
    static func finiteVolume(
        _ name: String, _ reconstruction: Scheme.Reconstruction, dimension: Int, cells: Int, steps: Int,
        taken: Int? = nil,
        threads: Int, target: Double?
    ) throws -> Job {
        let grid = try PeriodicGrid(cells: Array(repeating: cells, count: dimension))
        let problem = try transport(dimension: dimension)
        let slot = Slot<FiniteVolume>()
        let make = {
            slot.value = try? FiniteVolume(
                problem, grid: grid, reconstruction: reconstruction, tolerance: .infinity,
                order: reconstruction == .weno5 ? .three : .two, largestStep: end / Double(steps),
                parallelism: Parallelism(threads: threads))
        }
        return Job(name: name, target: target, prepare: make) {
            try? slot.value?.advance(to: end * Double(taken ?? steps) / Double(steps))
        } result: {
            (try? slot.value?.density(on: grid).values) ?? []
        }
    }

    /// The Galerkin method from the initial law to a density on a grid.
    static func galerkin(_ name: String, cells: Int, tolerance: Double, threads: Int, target: Double?) throws -> Job {
        let grid = try PeriodicGrid(cells: [cells, cells])
        let problem = try transport(dimension: 2)
        let slot = Slot<[Double]>()
        return Job(name: name, target: target) {
            slot.value = try? {
                let solver = try Galerkin(problem, tolerance: tolerance, parallelism: Parallelism(threads: threads))
                try solver.advance(to: end)
                return try solver.density(on: grid).values
            }()
        } result: {
            slot.value ?? []
        }
    }

    /// Characteristics from the initial law to the density at the cells' centres.
    static func characteristics(
        _ name: String, cells: Int, tolerance: Double, threads: Int, target: Double?
    ) throws -> Job {
        let grid = try PeriodicGrid(cells: [cells, cells])
        let problem = try transport(dimension: 2)
        let points = grid.centres(axis: 1).flatMap { y in grid.centres(axis: 0).map { [$0, y] } }
        let slot = Slot<[Double]>()
        return Job(name: name, target: target) {
            slot.value = try? {
                let solver = try Characteristics(
                    problem, nodes: nil, tolerance: tolerance, parallelism: Parallelism(threads: threads))
                try solver.advance(to: end)
                return try solver.density(at: points)
            }()
        } result: {
            slot.value ?? []
        }
    }

    /// The job of the rest of a name: `muscl/CELLS/THREADS`, `weno5/CELLS/THREADS`, `muscl-3d/CELLS/THREADS`, `galerkin/CELLS/THREADS`,
    /// `characteristics/CELLS/THREADS`; the last two may have a tolerance of their own, `galerkin/128/1/1e-5`, the others a number of steps that are
    /// taken, `muscl/2048/1/10`.
    static func continuum(_ name: String, _ words: [String], target: Double?) throws -> Job? {
        guard (3...4).contains(words.count), let cells = Int(words[1]), let threads = Int(words[2]) else { return nil }
        let own = words.count == 4 ? Double(words[3]) : nil
        // As many steps as the Courant number 0.9 asks for.
        let steps = (114 * cells + 511) / 512
        let taken = own.map { max(1, Int($0)) }
        return switch words[0] {
        case "muscl":
            try finiteVolume(
                name, .muscl(.vanLeer), dimension: 2, cells: cells, steps: steps, taken: taken,
                threads: threads, target: target)
        case "weno5":
            try finiteVolume(
                name, .weno5, dimension: 2, cells: cells, steps: steps, taken: taken,
                threads: threads, target: target)
        case "muscl-3d":
            try finiteVolume(
                name, .muscl(.vanLeer), dimension: 3, cells: cells, steps: 60, taken: taken, threads: threads,
                target: target)
        case "galerkin":
            // Errors of 6e-8 and 4e-10: those that a spectral method with as many modes as cells and few steps has, or less.
            try galerkin(
                name, cells: cells, tolerance: own ?? (cells > 256 ? 1e-8 : 1.8e-6), threads: threads, target: target)
        case "characteristics":
            try characteristics(name, cells: cells, tolerance: own ?? 1e-6, threads: threads, target: target)
        default: nil
        }
    }

    private final class Slot<Value> {
        var value: Value?
    }
}
