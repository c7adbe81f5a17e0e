import Chaos
import Training

/// What is certain of the training, beside its companions.
struct CertificatesSummary {
    let certificates: Certificates
    let problem: MeanFieldProblem

    var text: String {
        var table = TextTable(header: [
            "t", "loss", "gap", "any mixture at least", "least eigenvalue", "speed bound", "frozen kernel",
        ])
        for index in certificates.times.indices {
            let (loss, gap) = (certificates.losses[index], certificates.gaps[index])
            table.rows.append([
                Measured.time(certificates.times[index]), Measured.number(loss), Measured.number(gap),
                Measured.number(max(0, loss - gap)), Measured.number(certificates.leastEigenvalues[index]),
                Measured.number(certificates.speedBounds[index]), Measured.number(certificates.frozenLosses[index]),
            ])
        }
        let single =
            BestSingleExpert(problem).map { "\nThe best single expert has the loss \(Measured.number($0.loss))." } ?? ""
        return "Certificates of the limit: the loss is within the gap of the best that any mixture reaches"
            + (certificates.areProven ? "" : " (the minimum of V is not proven beyond three angles)")
            + ":\n\(table.text)\(single)"
    }
}
