import Chaos
import Foundation

/// What a study of fluctuations prints: for every time what is measured beside its prediction, the quantiles, and how many predictions hold.
struct FluctuationsSummary {
    let study: RateStudy
    let result: RateStudyResult

    var text: String {
        guard let count else { return "No number of experts has the 20 replicates that a standard error needs." }
        return ([legend] + study.times.map { table(at: $0, count) } + [quantiles(count), verdicts(count)])
            .filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The largest mixture that has replicates enough for a standard error.
    private var count: Int? {
        study.plan.counts.indices.last { result.replicates[$0] >= 20 }.map { study.plan.counts[$0] }
    }

    private var legend: String {
        """
        N times the mean, measured beside the limit that the linear transport equation predicts without a mixture:
          function_error…   the squared errors over the data
          s_k               the spectrum |μ̂_k − its limit|²
          covariance_a_b    of the function at the inputs a and b
          pair_a_b          of two different experts there: what training makes
          response_a        N |∂F(x_a)/∂θ(0)|², of one expert that is moved
        """
    }

    private func row(
        _ family: StudyColumn.Family, _ kind: StudyColumn.Kind, _ time: Double, _ count: Int
    ) -> RateStudyResult.Fluctuation? {
        result.fluctuations.first {
            $0.column == StudyColumn(family, kind) && $0.time == time && $0.count == count
        }
    }

    private func table(at time: Double, _ count: Int) -> String {
        var table = TextTable(header: [
            "", "trained", "predicted", "score", "independent", "predicted", "score", "wrong limit",
        ])
        let place = study.plan.counts.firstIndex(of: count) ?? 0
        func cells(_ row: RateStudyResult.Fluctuation?) -> [String] {
            guard let row else { return ["-", "-", "-"] }
            return [
                Measured.text(row.measured, error: row.standardError), Self.number(row.predicted),
                row.score.isFinite ? String(format: "%+.1f", row.score) : "-",
            ]
        }
        for column in study.columns where column.family == .trained {
            guard let own = row(.trained, column.kind, time, count) else { continue }
            table.rows.append(
                [column.kind.name] + cells(own) + cells(row(.independent, column.kind, time, count))
                    + cells(row(.wrong, column.kind, time, count)).prefix(1))
        }
        return "\(count) experts at t = \(Measured.time(time)), \(result.replicates[place]) replicates:\n\(table.text)"
    }

    /// A prediction, where 0 is 0 but for rounding.
    private static func number(_ value: Double) -> String { abs(value) < 1e-12 ? "0" : Measured.number(value) }

    private func quantiles(_ count: Int) -> String {
        let rows = result.quantiles.filter { $0.count == count }
        var table = TextTable(
            header: ["probability", "normal"] + study.times.map { "t = \(Measured.time($0))" } + ["standard error"])
        for probability in Set(rows.map(\.probability)).sorted() {
            let found = study.times.compactMap { time in
                rows.first { $0.probability == probability && $0.time == time }
            }
            guard let first = found.first else { continue }
            table.rows.append(
                ["\(probability)", String(format: "%+.3f", first.normal)]
                    + found.map { String(format: "%+.3f", $0.measured) } + [String(format: "%.3f", first.standardError)]
            )
        }
        return rows.isEmpty
            ? "" : "Quantiles of √N (F_N − F)/σ at the first input, σ predicted, \(count) experts:\n\(table.text)"
    }

    private func verdicts(_ count: Int) -> String {
        func line(_ family: StudyColumn.Family, _ name: String) -> String {
            let scores = result.fluctuations.filter {
                $0.column.family == family && $0.count == count && $0.score.isFinite
                    && (family != .wrong || $0.time > 0)
            }.map { abs($0.score) }
            return
                "\(name): \(scores.count { $0 <= 3 }) of \(scores.count) within 3 standard errors of the prediction, the farthest "
                + "\(Measured.number(scores.max() ?? .nan))."
        }
        // How far apart the predictions for trained mixtures and for independent draws are, in standard errors of the measurement.
        let gaps = result.fluctuations.filter { $0.column.family == .trained && $0.count == count }.compactMap { own in
            row(.independent, own.column.kind, own.time, count).map {
                abs(own.predicted - $0.predicted) / own.standardError
            }
        }.filter(\.isFinite)
        return [
            line(.trained, "Trained mixtures"), line(.independent, "Independent draws"),
            line(.wrong, "The wrong limit (targets times \(study.plan.wrongTargets)), which must fail"),
            "The two predictions are up to \(Measured.number(gaps.max() ?? .nan)) standard errors apart: so well the mixtures are told from independent draws.",
        ].joined(separator: "\n")
    }
}
