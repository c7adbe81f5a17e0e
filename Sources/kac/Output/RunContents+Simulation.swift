import Archive
import Chaos
import Continuum
import Experts
import Foundation
import Particles
import Torus
import Training

extension RunContents {
    /// What a run file holds of a simulation.
    init(_ simulation: Simulation, date: Date) {
        let (experiment, limit) = (simulation.experiment, simulation.limit)
        let watched = limit.diagnostics
        var series = [
            "loss": limit.losses, "dissipation": limit.dissipations, "mass": watched.map(\.mass),
            "minimum": watched.map(\.minimum), "entropy": watched.map(\.entropy),
            "entropy_rate": watched.map(\.entropyRate), "spectral_tail": watched.map(\.spectralTail),
            "cells_per_peak_width": watched.map(\.cellsPerPeakWidth),
        ]
        for (axis, name) in Self.axisNames(simulation.problem.dimension).enumerated() {
            series["moment_real_\(name)"] = limit.firstMoments.map { $0[axis].real }
            series["moment_imaginary_\(name)"] = limit.firstMoments.map { $0[axis].imaginary }
        }
        if let errors = limit.errorEstimate {
            series["density_error_grid"] = errors.density.map(\.grid)
            series["density_error_time_step"] = errors.density.map(\.timeStep)
            series["moment_error_grid"] = errors.moment.map(\.grid)
            series["moment_error_time_step"] = errors.moment.map(\.timeStep)
        }
        // What belongs to a grid, where there is none.
        series = series.filter { !$0.value.allSatisfy(\.isNaN) }
        if let errors = limit.exactMomentErrors { series["exact_moment_error"] = errors }
        var tables: [RunTable] = []
        if let comparison = simulation.comparison, !comparison.quantities.isEmpty {
            tables.append(Self.comparisonTable(comparison))
            if let table = Self.budgetTable(comparison, limit) { tables.append(table) }
            if !simulation.rates.isEmpty { tables.append(Self.ratesTable(simulation.rates)) }
        }
        self.init(
            title: experiment.title, experiment: experiment.text, softwareVersion: Kac.softwareVersion,
            author: experiment.author, date: date, grid: experiment.grid, times: limit.times,
            densities: limit.densities.map(\.values),
            experts: simulation.comparison.map { Self.trajectories($0.trajectory) }, series: series,
            function: simulation.trainingSet == nil ? nil : limit.functions,
            perDatum: simulation.trainingSet == nil ? [:] : ["target": simulation.problem.targets], tables: tables)
        if let comparison = simulation.comparison, comparison.plan.keepsEnsembles {
            ensembles = comparison.plan.counts.indices.flatMap { count in
                comparison.replicateNumbers.enumerated().map { position, replicate in
                    Self.trajectories(comparison.trajectory(count: count, replicate: position), replicate: replicate)
                }
            }
        }
        expertPath = simulation.lift?.path.rawValue
        expertPathReason = simulation.lift?.reason
        limitEnd = limit.endReason
        underResolvedFrom = limit.underResolvedFrom
        switchedAt = limit.switchedAt
    }

    /// An ensemble at all outputs, its angles wrapped into the period for readers that plot them.
    private static func trajectories(_ ensembles: [Ensemble], replicate: Int = 0) -> ExpertTrajectories {
        let dimension = ensembles.first?.dimension ?? 0
        return ExpertTrajectories(
            positions: (0..<dimension).map { axis in ensembles.map { $0.angles(axis: axis).map(wrapped) } },
            replicate: replicate)
    }

    private static func comparisonTable(_ comparison: Comparison) -> RunTable {
        let plan = comparison.plan
        let cells = plan.counts.indices.flatMap { count in plan.outputs.indices.map { (count: count, output: $0) } }
        var columns = [
            RunTable.Column("n_experts", .integers(cells.map { Int64(plan.counts[$0.count]) })),
            RunTable.Column("time", .reals(cells.map { comparison.times[$0.output] })),
            RunTable.Column("replicates", .integers(cells.map { _ in Int64(plan.replicates) })),
        ]
        for quantity in comparison.quantities {
            let means = cells.map { comparison.mean(quantity, count: $0.count, output: $0.output) }
            let isAngle = quantity == .w1 || quantity == .w2 || quantity == .coupling
            func column(_ suffix: String, _ values: [Double]) -> RunTable.Column {
                RunTable.Column(quantity.rawValue + suffix, .reals(values), units: isAngle ? "radian" : nil)
            }
            columns.append(column("", means.map(\.mean)))
            if quantity == .w1 || quantity == .w2 {
                columns.append(column("_lower", means.map(\.lower)))
                columns.append(column("_upper", means.map(\.upper)))
            }
            columns.append(column("_stderr", means.map(\.standardError)))
        }
        if plan.controlVariate {
            let squares = cells.map { comparison.squaredW2(count: $0.count, output: $0.output) }
            func column(_ name: String, _ value: (ControlVariate) -> Double) -> RunTable.Column {
                RunTable.Column(name, .reals(squares.map { $0.map(value) ?? .nan }), units: "radian2")
            }
            columns.append(column("w2_squared", \.mean))
            columns.append(column("w2_squared_stderr", \.standardError))
        }
        return RunTable("comparison", columns: columns)
    }

    /// The terms of the error of W₁ and W₂ at the largest number of experts: the grid of the density, the bracket of the
    /// transport, the standard error over replicates, and the solver of the limit as a whole, by its largest moment; the time
    /// step's part of that is NaN where it is not estimated.
    private static func budgetTable(_ comparison: Comparison, _ limit: Limit) -> RunTable? {
        let last = comparison.plan.counts.count - 1
        let rows = comparison.quantities.filter { $0 == .w1 || $0 == .w2 }.flatMap { quantity in
            comparison.plan.outputs.indices.map { (quantity: quantity, output: $0) }
        }
        guard !rows.isEmpty else { return nil }
        let means = rows.map { comparison.mean($0.quantity, count: last, output: $0.output) }
        func column(_ name: String, _ values: [Double]) -> RunTable.Column {
            RunTable.Column(name, .reals(values), units: "radian")
        }
        return RunTable(
            "budget",
            columns: [
                RunTable.Column("quantity", .texts(rows.map(\.quantity.rawValue))),
                RunTable.Column("time", .reals(rows.map { comparison.times[$0.output] })),
                column("grid", rows.map { comparison.gridTerm($0.quantity, output: $0.output) }),
                column(
                    "time_step",
                    rows.map { limit.errorEstimate?.moment[comparison.plan.outputs[$0.output]].timeStep ?? .nan }),
                column("transport", means.map { $0.upper - $0.lower }),
                column("solver", rows.map { comparison.solverError(output: $0.output) }),
                column("sampling", means.map(\.standardError)),
            ])
    }

    private static func ratesTable(_ rates: [Rate]) -> RunTable {
        RunTable(
            "rates",
            columns: [
                RunTable.Column("quantity", .texts(rates.map(\.quantity.rawValue))),
                RunTable.Column("time", .reals(rates.map(\.time))),
                RunTable.Column("exponent", .reals(rates.map(\.exponent))),
                RunTable.Column("exponent_low", .reals(rates.map(\.lower))),
                RunTable.Column("exponent_high", .reals(rates.map(\.upper))),
                RunTable.Column("theory", .reals(rates.map(\.theory))),
                RunTable.Column("proved", .reals(rates.map(\.proved))),
                RunTable.Column("verdict", .texts(rates.map(\.verdict.rawValue))),
            ])
    }
}
