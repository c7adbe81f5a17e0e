import Foundation
import TimeStepping
import Torus
import Training

extension Limit {
    /// What is kept of a limit at its outputs while it is solved.
    struct Outputs {
        var densities: [Field] = []
        var refined: [Int: Field] = [:]
        var moments: [[Double]] = []
        var firstMoments: [[(real: Double, imaginary: Double)]] = []
        var diagnostics: [Diagnostics] = []
        var resolutions: [Resolution] = []

        var count: Int { diagnostics.count }

        /// Adds the output at the time that a solver reached.
        ///
        /// - Parameters:
        ///   - grid: the grid of the density.
        ///   - finer: the grid of the density that judges it.
        mutating func append(
            _ solver: any ContinuumSolver, _ problem: MeanFieldProblem, grid: PeriodicGrid?, finer: PeriodicGrid?
        ) throws {
            let density = try grid.map(solver.density(on:))
            if let density { densities.append(density) }
            if let finer { refined[count] = try solver.density(on: finer) }
            let moments = solver.moments()
            self.moments.append(moments)
            firstMoments.append(
                (0..<problem.dimension).map { axis in
                    solver.moment((0..<problem.dimension).map { $0 == axis ? 1 : 0 })
                })
            resolutions.append(solver.resolution)
            diagnostics.append(try Diagnostics(solver, loss: problem.loss(moments: moments), density: density))
        }

        /// The outputs of a snapshot; without one none.
        init(
            _ snapshot: Snapshot?, _ problem: MeanFieldProblem, grid: PeriodicGrid?, finer: PeriodicGrid?
        ) throws {
            guard let snapshot else { return }
            let count = try snapshot.integer("count", atLeast: 0)
            for output in 0..<count {
                let part = try snapshot.part("\(output)")
                if let grid {
                    densities.append(
                        Field(grid: grid, values: try part.reals("density", count: grid.cellCount)))
                }
                if let finer, part.values["refined"] != nil {
                    refined[output] = Field(grid: finer, values: try part.reals("refined", count: finer.cellCount))
                }
                moments.append(try part.reals("moments", count: problem.basis.count))
                let first = try part.reals("first_moments", count: 2 * problem.dimension)
                firstMoments.append((0..<problem.dimension).map { (first[2 * $0], first[2 * $0 + 1]) })
                diagnostics.append(Diagnostics(values: try part.reals("diagnostics", count: 9)))
                resolutions.append(
                    Resolution(
                        unknowns: try part.integer("unknowns"), measure: try part.text("measure"),
                        value: try part.real("resolution"), lostAt: try part.optionalReal("lost_at")))
            }
        }

        /// The outputs, with the course that goes on from them.
        func snapshot(course: Snapshot, isSolved: Bool) -> Snapshot {
            var outputs = Snapshot()
            outputs.store(count, as: "count")
            outputs.store(isSolved ? 1 : 0, as: "is_solved")
            for output in 0..<count {
                var part = Snapshot()
                if densities.indices.contains(output) { part.store(densities[output].values, as: "density") }
                if let finer = refined[output] { part.store(finer.values, as: "refined") }
                part.store(moments[output], as: "moments")
                part.store(firstMoments[output].flatMap { [$0.real, $0.imaginary] }, as: "first_moments")
                part.store(diagnostics[output].values, as: "diagnostics")
                part.store(resolutions[output].unknowns, as: "unknowns")
                part.store(resolutions[output].measure, as: "measure")
                part.store(resolutions[output].value, as: "resolution")
                part.store(resolutions[output].lostAt, as: "lost_at")
                outputs.parts["\(output)"] = part
            }
            var snapshot = Snapshot()
            snapshot.parts["outputs"] = outputs
            snapshot.parts["course"] = course
            return snapshot
        }
    }

    /// A snapshot of the solved limit, with what its companions told of its error.
    func finished(_ solved: Snapshot) -> Snapshot {
        var snapshot = solved
        var companions = errorEstimate?.snapshot ?? Snapshot()
        companions.store(1, as: "is_finished")
        if let errorEstimateFailure { companions.store(errorEstimateFailure, as: "failure") }
        snapshot.parts["companions"] = companions
        return snapshot
    }
}

extension Limit.Course {
    /// All that the way to come depends on.
    var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.parts["solver"] = solver.snapshot
        snapshot.store(switchedAt, as: "switched_at")
        let waited = ContinuousClock.now - start
        snapshot.store(
            Double(waited.components.seconds) + 1e-18 * Double(waited.components.attoseconds), as: "waited_seconds")
        switch end {
        case nil: break
        case .underResolved(let time): snapshot.store(time, as: "under_resolved_at")
        case .condition(let condition): snapshot.store(stops.firstIndex(of: condition) ?? 0, as: "stop")
        }
        return snapshot
    }

    /// Goes on from a snapshot.
    mutating func restore(_ snapshot: Snapshot) throws {
        if let time = try snapshot.optionalReal("switched_at") { try goOnByCharacteristics(from: time) }
        try solver.restore(snapshot.part("solver"))
        start = ContinuousClock.now - .seconds(try snapshot.real("waited_seconds"))
        if snapshot.values["under_resolved_at"] != nil {
            end = .underResolved(time: try snapshot.real("under_resolved_at"))
        }
        if snapshot.values["stop"] != nil {
            let index = try snapshot.integer("stop")
            guard stops.indices.contains(index) else { throw SnapshotError.missing("stop") }
            end = .condition(stops[index])
        }
    }
}

extension Diagnostics {
    /// The numbers, in the order of their declaration.
    var values: [Double] {
        [time, mass, minimum, loss, dissipation, entropy, entropyRate, spectralTail, cellsPerPeakWidth]
    }

    init(values: [Double]) {
        (time, mass, minimum) = (values[0], values[1], values[2])
        (loss, dissipation, entropy) = (values[3], values[4], values[5])
        (entropyRate, spectralTail, cellsPerPeakWidth) = (values[6], values[7], values[8])
    }
}

extension ErrorEstimate {
    /// What is known of the outputs so far.
    var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.store(density.flatMap { [$0.grid, $0.timeStep] }, as: "density")
        snapshot.store(moment.flatMap { [$0.grid, $0.timeStep] }, as: "moment")
        return snapshot
    }

    /// The same with the companions on their way.
    func snapshot(_ companions: [(any ContinuumSolver)?]) -> Snapshot {
        var snapshot = snapshot
        for (index, companion) in companions.enumerated() { snapshot.parts["\(index)"] = companion?.snapshot }
        return snapshot
    }

    /// What a snapshot says of the outputs.
    init(_ snapshot: Snapshot) throws {
        func terms(_ name: String) throws -> [Terms] {
            let values = try snapshot.reals(name)
            return (0..<values.count / 2).map { Terms(grid: values[2 * $0], timeStep: values[2 * $0 + 1]) }
        }
        (density, moment) = (try terms("density"), try terms("moment"))
    }

    /// Goes on from a snapshot, with companions that were made anew.
    mutating func restore(_ snapshot: Snapshot?, _ companions: [(any ContinuumSolver)?]) throws {
        guard let snapshot else { return }
        self = try ErrorEstimate(snapshot)
        for (index, companion) in companions.enumerated() {
            if let companion, let part = snapshot.parts["\(index)"] { try companion.restore(part) }
        }
    }
}
