import Chaos
import Foundation

/// What a study prints: for every time the exponents beside the theory's, then what fluctuates beside its prediction.
struct StudySummary {
    let study: RateStudy
    let result: RateStudyResult

    var text: String {
        (study.times.map(exponents) + study.times.map(fluctuations) + [bounds, controls, precision])
            .filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func exponents(at time: Double) -> String {
        var table = TextTable(header: [
            "quantity", "exponent", "95 %", "theory", "verdict", "independent", "wrong limit",
        ])
        func interval(_ row: RateStudyResult.Exponent?) -> String {
            guard let row, row.lower.isFinite else { return "-" }
            return "[\(Measured.exponent(row.lower)), \(Measured.exponent(row.upper))]"
        }
        let rows = result.exponents.filter { $0.time == time }
        for row in rows where row.column.family == .trained && !row.theory.isNaN {
            func other(_ family: StudyColumn.Family) -> String {
                interval(rows.first { $0.column == StudyColumn(family, row.column.kind) })
            }
            table.rows.append([
                row.column.kind.name, Measured.exponent(row.exponent), interval(row), Measured.exponent(row.theory),
                row.verdict.rawValue, other(.independent), other(.wrong),
            ])
        }
        return "Exponents of N at t = \(Measured.time(time)), \(replicates):\n\(table.text)"
    }

    private var replicates: String {
        let (least, most) = (result.replicates.min() ?? 0, result.replicates.max() ?? 0)
        return least == most ? "\(most) replicates" : "\(least) to \(most) replicates"
    }

    /// The largest mixture that has replicates enough for a standard error.
    private var judgedCount: Int? {
        study.plan.counts.indices.last { result.replicates[$0] >= 20 }.map { study.plan.counts[$0] }
    }

    private func fluctuations(at time: Double) -> String {
        guard let count = judgedCount else { return "" }
        var table = TextTable(header: [
            "N·E of squares", "trained", "predicted", "independent", "predicted", "wrong limit",
        ])
        let rows = result.fluctuations.filter { $0.time == time && $0.count == count }
        for row in rows where row.column.family == .trained {
            func other(_ family: StudyColumn.Family) -> RateStudyResult.Fluctuation? {
                rows.first { $0.column == StudyColumn(family, row.column.kind) }
            }
            func text(_ row: RateStudyResult.Fluctuation?) -> String {
                row.map { Measured.text($0.measured, error: $0.standardError) } ?? "-"
            }
            table.rows.append([
                row.column.kind.name, text(row), Measured.number(row.predicted), text(other(.independent)),
                other(.independent).map { Measured.number($0.predicted) } ?? "-", text(other(.wrong)),
            ])
        }
        return "Fluctuations of \(count) experts at t = \(Measured.time(time)):\n\(table.text)"
    }

    private var bounds: String {
        guard let count = study.plan.counts.last else { return "" }
        var table = TextTable(header: ["quantity", "t", "measured", "explicit bound", "measured/bound"])
        for row in result.bounds where row.count == count && row.bound > 0 {
            table.rows.append([
                row.quantity.rawValue, Measured.time(row.time), Measured.number(row.measured),
                Measured.number(row.bound), Measured.number(row.ratio),
            ])
        }
        return "Explicit bounds for \(count) experts:\n\(table.text)"
    }

    /// Whether the wrong limit is found out.
    private var controls: String {
        let lines = study.times.compactMap { time -> String? in
            let exponents = result.exponents.filter { $0.time == time && $0.column.family == .wrong }
            let found = exponents.filter { $0.verdict == .inconsistent }.map(\.column.kind.name)
            let scores = result.fluctuations.filter {
                $0.time == time && $0.column.family == .wrong && abs($0.score) > 5 && $0.count == judgedCount
            }.map(\.column.kind.name)
            if time == 0 { return nil }
            return found.isEmpty && scores.isEmpty
                ? "t = \(Measured.time(time)): not told from the limit"
                : "t = \(Measured.time(time)): rejected by "
                    + (found.map { "the exponent of \($0)" } + scores.map { "the size of \($0)" }).joined(
                        separator: ", ")
        }
        return lines.isEmpty
            ? ""
            : "The wrong limit (targets times \(study.plan.wrongTargets)), which must be rejected:\n"
                + lines.joined(separator: "\n")
    }

    private var precision: String {
        let asked = Measured.number(study.plan.precision)
        guard result.precision > study.plan.precision else {
            return
                "Every judged exponent is known to ±\(Measured.number(result.precision)) or better, as asked (±\(asked))."
        }
        guard result.precision.isFinite else {
            return "No exponent could be judged: the precision that was asked, ±\(asked), is not reached."
        }
        // Intervals narrow like one over the root of the replicates.
        let ratio = result.precision / study.plan.precision
        let needed = Int((Double(result.replicates.max() ?? 0) * ratio * ratio).rounded(.up))
        return "The budget of \(result.replicates.max() ?? 0) replicates is spent: the least known exponent has "
            + "±\(Measured.number(result.precision)), asked was ±\(asked), which takes about \(needed) replicates."
    }
}
