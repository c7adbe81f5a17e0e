import Chaos

/// What a sweep prints: the exponents and prefactors of coupling and functions at the last time, for every value of the key.
struct SweepSummary {
    /// A value of the key, with what was found.
    struct Row {
        let value: String
        let monomials: Int
        let data: Int
        let exponents: [RateStudyResult.Exponent]
        let prefactors: [RateStudyResult.Prefactor]

        init(_ value: String, monomials: Int, data: Int, result: RateStudyResult, time: Double) {
            self.value = value
            self.monomials = monomials
            self.data = data
            exponents = result.exponents.filter {
                $0.column.family == .trained && !$0.theory.isNaN && $0.time == time
            }
            prefactors = result.prefactors.filter { $0.column.family == .trained && $0.time == time }
        }
    }

    let key: String
    let time: Double
    let rows: [Row]

    var text: String {
        let kinds = rows.first?.exponents.map(\.column.kind) ?? []
        return kinds.map(table).joined(separator: "\n\n")
    }

    private func table(_ kind: StudyColumn.Kind) -> String {
        var table = TextTable(
            header: [
                key, "monomials", "data", "exponent", "95 %", "theory", "verdict", "prefactor", "95 %", "predicted",
            ])
        for row in rows {
            guard let exponent = row.exponents.first(where: { $0.column.kind == kind }) else { continue }
            let factor = row.prefactors.first { $0.column.kind == kind }
            func interval(_ lower: Double, _ upper: Double, _ text: (Double) -> String) -> String {
                lower.isFinite ? "[\(text(lower)), \(text(upper))]" : "-"
            }
            table.rows.append([
                row.value, "\(row.monomials)", "\(row.data)", Measured.exponent(exponent.exponent),
                interval(exponent.lower, exponent.upper, Measured.exponent), Measured.exponent(exponent.theory),
                exponent.verdict.rawValue, factor.map { Measured.number($0.a) } ?? "-",
                factor.map { interval($0.aLower, $0.aUpper, Measured.number) } ?? "-",
                factor.map { Measured.number($0.predicted) } ?? "-",
            ])
        }
        return "\(kind.name) at t = \(Measured.time(time)):\n\(table.text)"
    }
}
