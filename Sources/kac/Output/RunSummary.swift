import Chaos
import Continuum
import Foundation
import Torus
import Training

/// What a run prints at its end: the tables that a person looks at.
struct RunSummary {
    let simulation: Simulation

    var text: String {
        var parts = [limitText]
        if let comparison = simulation.comparison, !comparison.quantities.isEmpty {
            for output in comparison.plan.outputs.indices { parts.append(comparisonText(comparison, output)) }
            if !simulation.rates.isEmpty { parts.append(ratesNote) }
        }
        if let set = simulation.trainingSet { parts.append(fitText(set)) }
        return parts.joined(separator: "\n\n")
    }

    private var limitText: String {
        let limit = simulation.limit
        let errors = limit.errorEstimate
        var header = ["t", "loss", "dissipation"]
        if limit.grid != nil { header += ["mass − 1", "min density"] }
        if errors != nil { header += (limit.grid == nil ? [] : ["density error"]) + ["moment error"] }
        var table = TextTable(header: header)
        func size(_ value: Double) -> String { value.isNaN ? "-" : String(format: "%.1e", value) }
        for (index, time) in limit.times.enumerated() {
            let watched = limit.diagnostics[index]
            var row = [Measured.time(time), Measured.number(watched.loss), Measured.number(watched.dissipation)]
            if limit.grid != nil { row += [size(watched.mass - 1), Measured.number(watched.minimum)] }
            if let errors {
                if limit.grid != nil { row.append(size(errors.density[index].total)) }
                row.append(size(errors.moment[index].total))
            }
            table.rows.append(row)
        }
        let switched = limit.switchedAt.map { ", from t = \(Measured.time($0)) on by characteristics" } ?? ""
        var text = "The limit (\(simulation.experiment.scheme.name)\(switched)):\n" + table.text
        if let time = limit.underResolvedFrom { text += "\nresolved until t = \(Measured.time(time))" }
        if let reason = limit.endReason { text += "\nended: \(reason)" }
        if let resolution = limit.resolutions.last {
            text +=
                "\nresolution: \(resolution.unknowns) unknowns, \(resolution.measure) "
                + "\(Measured.number(resolution.value))"
        }
        if let errors, let density = errors.density.last, let moment = errors.moment.last {
            func share(_ name: String, _ terms: ErrorEstimate.Terms) -> String? {
                terms.total.isNaN
                    ? nil : String(format: "\(name) %.1e by grid, %.1e by time step", terms.grid, terms.timeStep)
            }
            let parts = [share("∫ |ρ error| dθ", density), share("moments", moment)].compactMap(\.self)
            if !parts.isEmpty { text += "\nestimated error at the end: " + parts.joined(separator: "; ") }
        }
        if let errors = limit.exactMomentErrors, let z = limit.firstMoments.last?.first {
            text +=
                "\nagainst the exact solution: |z − z_exact| ≤ "
                + String(format: "%.1e", errors.max() ?? 0) + " over all outputs; |z| = "
                + Measured.number(hypot(z.real, z.imaginary)) + " at the end"
        }
        return text
    }

    private static func heading(_ quantity: Quantity) -> String {
        switch quantity {
        case .w1: "W1"
        case .w2: "W2"
        case .coupling: "coupling"
        case .functionError: "function error"
        case .functionErrorTest: "held out"
        case .functionErrorSup: "sup"
        case .lossGap: "loss gap"
        }
    }

    private func comparisonText(_ comparison: Comparison, _ output: Int) -> String {
        var table = TextTable(header: ["N"] + comparison.quantities.map(Self.heading))
        for (index, count) in comparison.plan.counts.enumerated() {
            table.rows.append(
                ["\(count)"]
                    + comparison.quantities.map { quantity in
                        let mean = comparison.mean(quantity, count: index, output: output)
                        // Where the bracket is wider than four digits the middle says nothing.
                        return mean.upper - mean.lower > 1e-3 * mean.mean
                            ? "\(Measured.number(mean.lower)) … \(Measured.number(mean.upper))"
                            : Measured.text(mean.mean, error: mean.standardError)
                    })
        }
        let rates = simulation.rates.filter { $0.time == comparison.times[output] }
        if !rates.isEmpty {
            func row(_ name: String, _ value: (Rate) -> String) {
                table.rows.append(
                    [name] + comparison.quantities.map { q in rates.first { $0.quantity == q }.map(value) ?? "" })
            }
            row("exponent") { Measured.exponent($0.exponent) }
            row("  95 %") { rate in
                rate.lower.isFinite
                    ? "[\(Measured.exponent(rate.lower)), \(Measured.exponent(rate.upper))]" : ""
            }
            row("theory") { Measured.exponent($0.theory) }
            row("verdict") { $0.verdict.rawValue }
        }
        return "N experts beside the limit at t = \(Measured.time(comparison.times[output])), "
            + "means of \(comparison.plan.replicates) replicates (standard error in the last digits):\n" + table.text
    }

    private var ratesNote: String {
        "W1, W2 and coupling in radians. Exponents of N: least squares over N ≥ \(Rate.smallestCount), interval by bootstrap "
            + "over replicates;\nconsistent: the interval lies within ±\(Rate.equivalence) of the theory. Independent draws "
            + "have the exponent of W too: it is the\ncoupling and the function error that show propagation of chaos."
    }

    /// What the mixture buys: its fit beside the best single expert and logistic regression.
    private func fitText(_ set: TrainingSet) -> String {
        let limit = simulation.limit
        let classifies = set.labels != nil
        var table = TextTable(
            header: classifies ? ["model", "loss", "train accuracy", "test accuracy"] : ["model", "loss"])
        func add(_ name: String, loss: Double?, training: [Double], heldOut: [Double]) {
            var row = [name, loss.map(Measured.number) ?? "-"]
            if classifies {
                row.append(Measured.percent(set.accuracy(of: training, on: set.training)))
                row.append(Measured.percent(set.accuracy(of: heldOut, on: set.heldOut)))
            }
            table.rows.append(row)
        }
        if let training = limit.functions.last, let heldOut = limit.heldOutFunctions.last {
            add("infinite mixture", loss: limit.losses.last, training: training, heldOut: heldOut)
        }
        if let comparison = simulation.comparison, let functions = comparison.largestFunctions.last,
            let count = comparison.plan.counts.last
        {
            add(
                "\(count) experts", loss: set.training.loss(of: functions.training), training: functions.training,
                heldOut: functions.heldOut)
        }
        if let single = BestSingleExpert(simulation.problem) {
            add(
                "best single expert", loss: single.loss,
                training: simulation.problem.function(moments: single.moments),
                heldOut: simulation.problem.heldOutFunction(moments: single.moments))
        }
        if let labels = set.labels, labels.count == 2, let regression = logisticRegression(set, positive: labels[1]) {
            table.rows.append(["logistic regression", "-"] + regression)
        }
        return "The fit at t = \(Measured.time(limit.times.last ?? 0)) "
            + "(\(set.training.count) data trained on, \(set.heldOut.count) held out"
            + (set.droppedRows > 0 ? ", \(set.droppedRows) rows of other classes dropped" : "") + "):\n" + table.text
    }

    private func logisticRegression(_ set: TrainingSet, positive: Double) -> [String]? {
        func labels(_ part: TrainingSet.Part) -> [Bool] { part.targets.map { $0 == positive } }
        guard
            let model = try? LogisticRegression.fit(inputs: set.training.inputs, labels: labels(set.training)),
            let train = try? model.accuracy(inputs: set.training.inputs, labels: labels(set.training))
        else { return nil }
        let test = try? model.accuracy(inputs: set.heldOut.inputs, labels: labels(set.heldOut))
        return [Measured.percent(train), Measured.percent(set.heldOut.count > 0 ? test : nil)]
    }
}
