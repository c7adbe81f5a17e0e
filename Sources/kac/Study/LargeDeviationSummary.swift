import Chaos
import Foundation
import Training

/// What a study of large deviations prints: for every input and time the rate function by its tilts, beside what independent draws, the Gaussian limit and
/// trained mixtures say.
struct LargeDeviationSummary {
    let study: LargeDeviationStudy
    let problem: MeanFieldProblem

    var text: String {
        var places: [(input: Int, time: Double)] = []
        for point in study.points where !places.contains(where: { $0 == (point.input, point.time) }) {
            places.append((point.input, point.time))
        }
        return ([legend] + places.map { table($0.input, $0.time) } + [verdict]).filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }

    private var legend: String {
        """
        P(F_N(x) ≈ y) falls as e^(−N I(y)); Λ(λ) = λy − I(y) is the limit of (1/N) log E e^(λ N F_N(x)), which mixtures of few experts measure.
        "Gaussian" is (y − F)²/(2σ²), "independent" the rate of independent draws from the limit at the time.
        """
    }

    private func table(_ input: Int, _ time: Double) -> String {
        let points = study.points.filter { $0.input == input && $0.time == time }
        let cumulants = study.cumulants.filter { $0.input == input && $0.time == time }
        let counts = cumulants.reduce(into: [Int?]()) { if !$0.contains($1.count) { $0.append($1.count) } }
        var header = ["λ", "y", "I(y)", "Gaussian", "independent", "Λ"]
        let isExact = points.contains { $0.exactCumulant.isFinite }
        if isExact { header.append("exact") }
        header += counts.map { count in count.map { "N = \($0)" } ?? "N → ∞" }
        if counts.contains(where: { $0 == nil }) { header.append("score") }
        var table = TextTable(header: header)
        for point in points {
            let own = cumulants.filter { $0.tilt == point.tilt }
            var row = [
                Measured.number(point.tilt), Measured.number(point.output), Measured.number(point.rate),
                Measured.number(point.gaussianRate), Measured.number(point.independentRate),
                String(format: "%.6f", point.scaledCumulant),
            ]
            if isExact { row.append(String(format: "%.6f", point.exactCumulant)) }
            row += counts.map { count in
                own.first { $0.count == count }.map { Measured.text($0.measured, error: $0.standardError) } ?? "-"
            }
            if let limit = own.first(where: { $0.count == nil }) {
                row.append(limit.score.isFinite ? String(format: "%+.1f", limit.score) : "-")
            }
            table.rows.append(row)
        }
        let kind = problem.heldOutTargets.isEmpty ? "training" : "held-out"
        return "At the \(kind) input \(input), t = \(Measured.time(time)):\n\(table.text)"
    }

    private var verdict: String {
        var lines: [String] = []
        let lost = study.points.count { $0.output.isNaN }
        if lost > 0 {
            lines.append(
                "\(lost) tilted laws were not found by damped iteration: take smaller tilts, or earlier times.")
        }
        let exact = study.points.map { abs($0.scaledCumulant - $0.exactCumulant) }.filter(\.isFinite)
        if let most = exact.max() {
            lines.append("At the start Λ is that of Bessel functions within \(Measured.number(most)).")
        }
        let scores = study.cumulants.filter { $0.count == nil }.map { abs($0.score) }.filter(\.isFinite)
        if let most = scores.max() {
            lines.append(
                "Trained mixtures: \(scores.count { $0 <= 3 }) of \(scores.count) cumulants within 3 standard errors of the rate function's, the farthest "
                    + "\(Measured.number(most)).")
        }
        return lines.joined(separator: "\n")
    }
}
