import Chaos

/// What a study of scalings prints: for every scaling the measures over `N`, and their slopes beside the theory's.
struct ScalingSummary {
    let study: ScalingStudy
    let time: Double
    /// Whether it is of one network whose qubits are counted, not of mixtures.
    var isOfWidths = false

    var text: String {
        let gammas = study.slopes.map(\.gamma).reduce(into: [Double]()) { if !$0.contains($1) { $0.append($1) } }
        return gammas.map(table).joined(separator: "\n\n")
    }

    private func table(gamma: Double) -> String {
        let measures = ScalingStudy.Measure.allCases
        var table = TextTable(
            header: [isOfWidths ? "qubits m" : "N"] + measures.map { $0.rawValue.replacing("_", with: " ") })
        let means = study.means.filter { $0.gamma == gamma }
        let counts = means.filter { $0.measure == .loss }.map(\.count)
        for count in counts {
            table.rows.append(
                ["\(count)"]
                    + measures.map { measure in
                        means.first { $0.measure == measure && $0.count == count }
                            .map { Measured.text($0.mean, error: $0.standardError) } ?? "-"
                    })
        }
        func row(_ name: String, _ text: (ScalingStudy.Slope) -> String) {
            table.rows.append(
                [name]
                    + measures.map { measure in
                        study.slopes.first { $0.measure == measure && $0.gamma == gamma }.map(text) ?? "-"
                    })
        }
        row("slope") { Measured.exponent($0.slope) }
        row("  95 %") { "[\(Measured.exponent($0.lower)), \(Measured.exponent($0.upper))]" }
        row("theory") { Measured.exponent($0.theory) }
        if isOfWidths {
            return "One network f = m^−½ Σ Z_k, trained alone, at t = \(Measured.time(time)):\n\(table.text)"
        }
        return "F = α N^−γ Σ f with γ = \(Measured.number(gamma)) at t = \(Measured.time(time)):\n\(table.text)"
    }
}
