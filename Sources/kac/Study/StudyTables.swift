import Chaos
import Foundation

/// The tables of a study as files of comma-separated values, one a table.
struct StudyTables {
    /// The tables by name, with a header line each; numbers are the shortest texts that are read back as the same.
    let texts: [(name: String, text: String)]

    /// The tables of a study of fluctuations.
    init(fluctuations result: RateStudyResult) {
        texts = Self.common(result).filter { ["means", "fluctuations", "quantiles"].contains($0.name) }
    }

    /// The tables of a study of rates.
    init(_ result: RateStudyResult, _ certificates: Certificates?) {
        texts =
            Self.common(result)
            + (certificates.map { [("certificates", Self.table(of: $0)), ("kernel", Self.kernelTable(of: $0))] } ?? [])
    }

    private static func common(_ result: RateStudyResult) -> [(name: String, text: String)] {
        [
            (
                "means",
                table(
                    "family,quantity,n_experts,time,replicates,mean,stderr,fitted_mean,fitted_low,fitted_high",
                    result.means.map {
                        "\(name($0.column)),\($0.count),\($0.time),\($0.replicates),\($0.mean),\($0.standardError),"
                            + "\($0.fitted),\($0.lower),\($0.upper)"
                    })
            ),
            (
                "rates",
                table(
                    "family,quantity,time,exponent,exponent_low,exponent_high,theory,proved,verdict",
                    result.exponents.map {
                        "\(name($0.column)),\($0.time),\($0.exponent),\($0.lower),\($0.upper),\($0.theory),\($0.proved),"
                            + $0.verdict.rawValue
                    })
            ),
            (
                "prefactors",
                table(
                    "family,quantity,time,form,a,a_low,a_high,b,b_low,b_high,predicted",
                    result.prefactors.map {
                        "\(name($0.column)),\($0.time),\($0.form.rawValue),\($0.a),\($0.aLower),\($0.aUpper),\($0.b),"
                            + "\($0.bLower),\($0.bUpper),\($0.predicted)"
                    })
            ),
            (
                "fluctuations",
                table(
                    "family,quantity,n_experts,time,measured,stderr,predicted,score",
                    result.fluctuations.map {
                        "\(name($0.column)),\($0.count),\($0.time),\($0.measured),\($0.standardError),\($0.predicted),"
                            + "\($0.score)"
                    })
            ),
            (
                "bounds",
                table(
                    "quantity,n_experts,time,measured,bound,ratio",
                    result.bounds.map {
                        "\($0.quantity.rawValue),\($0.count),\($0.time),\($0.measured),\($0.bound),\($0.ratio)"
                    })
            ),
            (
                "quantiles",
                table(
                    "n_experts,time,probability,measured,normal,stderr",
                    result.quantiles.map {
                        "\($0.count),\($0.time),\($0.probability),\($0.measured),\($0.normal),\($0.standardError)"
                    })
            ),
        ]
    }

    /// The eigenvalues of the tangent kernel of the training data, a row a time and place in descending order.
    private static func kernelTable(of certificates: Certificates) -> String {
        table(
            "time,index,eigenvalue",
            zip(certificates.times, certificates.eigenvalues).flatMap { time, values in
                values.enumerated().map { "\(time),\($0.offset),\($0.element)" }
            })
    }

    private static func table(of certificates: Certificates) -> String {
        table(
            "time,loss,gap,least_eigenvalue,speed_bound,frozen_kernel_loss",
            certificates.times.indices.map {
                "\(certificates.times[$0]),\(certificates.losses[$0]),\(certificates.gaps[$0]),"
                    + "\(certificates.leastEigenvalues[$0]),\(certificates.speedBounds[$0]),\(certificates.frozenLosses[$0])"
            })
    }

    /// The table of a sweep: a row a value and quantity at the last time.
    init(sweep rows: [SweepSummary.Row]) {
        texts = [
            (
                "sweep",
                Self.table(
                    "value,monomials,data,quantity,time,exponent,exponent_low,exponent_high,theory,verdict,a,a_low,a_high,predicted",
                    rows.flatMap { row in
                        row.exponents.map { exponent in
                            let factor = row.prefactors.first { $0.column == exponent.column }
                            let value = row.value.replacing("\"", with: "\"\"")
                            let start = "\"\(value)\",\(row.monomials),\(row.data),\(exponent.column.kind.name),"
                            let middle = "\(exponent.time),\(exponent.exponent),\(exponent.lower),\(exponent.upper),"
                            let end = [factor?.a, factor?.aLower, factor?.aUpper, factor?.predicted]
                                .map { "\($0 ?? .nan)" }.joined(separator: ",")
                            return start + middle + "\(exponent.theory),\(exponent.verdict.rawValue)," + end
                        }
                    })
            )
        ]
    }

    /// The tables of a study of scalings.
    init(_ study: ScalingStudy) {
        texts = [
            (
                "means",
                Self.table(
                    "quantity,gamma,n_experts,mean,stderr",
                    study.means.map { "\($0.measure.rawValue),\($0.gamma),\($0.count),\($0.mean),\($0.standardError)" })
            ),
            (
                "slopes",
                Self.table(
                    "quantity,gamma,slope,slope_low,slope_high,theory",
                    study.slopes.map {
                        "\($0.measure.rawValue),\($0.gamma),\($0.slope),\($0.lower),\($0.upper),\($0.theory)"
                    })
            ),
        ]
    }

    /// The tables of a study of training in steps.
    init(_ study: DiscreteTrainingStudy) {
        texts = [
            (
                "distances",
                Self.table(
                    "series,step,batch,shots,distance,stderr",
                    study.findings.flatMap { finding in
                        zip(finding.series.settings, finding.distances).map { setting, distance in
                            "\(finding.series.name),\(setting.step),\(setting.batch.map { "\($0)" } ?? ""),"
                                + "\(setting.shots.map { "\($0)" } ?? ""),\(distance.value),\(distance.error)"
                        }
                    })
            ),
            (
                "slopes",
                Self.table(
                    "series,variable,slope,slope_low,slope_high,theory",
                    study.findings.map {
                        "\($0.series.name),\($0.series.variable.rawValue),\($0.slope),\($0.lower),\($0.upper),"
                            + "\($0.series.theory)"
                    })
            ),
        ]
    }

    /// The tables of a study of large deviations.
    init(_ study: LargeDeviationStudy) {
        texts = [
            (
                "rate_function",
                Self.table(
                    "input,time,tilt,output,rate,gaussian_rate,independent_rate,cumulant,independent_cumulant,exact_cumulant,iterations",
                    study.points.map {
                        "\($0.input),\($0.time),\($0.tilt),\($0.output),\($0.rate),\($0.gaussianRate),\($0.independentRate),"
                            + "\($0.scaledCumulant),\($0.independentCumulant),\($0.exactCumulant),\($0.iterations)"
                    })
            ),
            (
                "cumulants",
                Self.table(
                    "input,time,tilt,n_experts,measured,stderr,predicted,score,effective_replicates",
                    study.cumulants.map {
                        "\($0.input),\($0.time),\($0.tilt),\($0.count.map { "\($0)" } ?? "inf"),\($0.measured),\($0.standardError),"
                            + "\($0.predicted),\($0.score),\($0.effectiveReplicates)"
                    })
            ),
        ]
    }

    private static func name(_ column: StudyColumn) -> String { "\(column.family.rawValue),\(column.kind.name)" }

    private static func table(_ header: String, _ rows: [String]) -> String {
        ([header] + rows).joined(separator: "\n") + "\n"
    }

    /// Writes the tables into a folder, each whole or not at all.
    ///
    /// - Throws: `StudyError.notWritable`.
    func write(to folder: URL) throws {
        for (name, text) in texts {
            let file = folder.appendingPathComponent("\(name).csv")
            do {
                try Data(text.utf8).write(to: file, options: .atomic)
            } catch {
                throw StudyError.notWritable(file: file.path, reason: error.localizedDescription)
            }
        }
    }
}
