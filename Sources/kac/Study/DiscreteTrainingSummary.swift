import Chaos

/// What a study of training in steps prints: the distance from the flow over each variable, and the exponents.
struct DiscreteTrainingSummary {
    let study: DiscreteTrainingStudy
    let count: Int

    var text: String {
        var table = TextTable(header: ["training", "over", "distance from the flow", "exponent", "95 %", "theory"])
        for finding in study.findings {
            let ends = [finding.distances.first, finding.distances.last].map { end in
                end.map { Measured.text($0.value, error: $0.error) } ?? "-"
            }
            table.rows.append([
                finding.series.name, finding.series.variable.rawValue, ends.joined(separator: " … "),
                Measured.exponent(finding.slope),
                "[\(Measured.exponent(finding.lower)), \(Measured.exponent(finding.upper))]",
                Measured.exponent(finding.series.theory),
            ])
        }
        return
            "\(count) experts trained in steps, root mean square over experts and replicates, in radians:\n\(table.text)"
    }
}
