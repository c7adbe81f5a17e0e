import ArgumentParser
import Chaos
import Foundation
import Synchronization
import Torus
import Training

struct RatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rates",
        abstract: "Validate the theory: many mixtures of many sizes, fitted and judged.",
        discussion: """
            A study is an experiment with a section 'study'. Replicates are added until the exponents are known as precisely as asked or \
            particles.replicates are spent. Every ensemble is kept as it is measured: a study that was stopped, or that asks for more, \
            computes only what is missing. Beside the trained mixtures stand independent draws from the limit, which have the exponents of W \
            too, and a wrong limit, which must be rejected.

              kac rates data/experiments/studies/rates-1d.yml -o build/rates-1d.study

            The folder gets means.csv, rates.csv, prefactors.csv, fluctuations.csv, bounds.csv, quantiles.csv, certificates.csv, kernel.csv (the \
            eigenvalues of the tangent kernel over time) and the samples. Other kinds of studies (study.kind) measure fluctuations and large deviations, compare lazy with mean-field \
            scalings, and training in steps with the flow.
            """)

    @OptionGroup var experiment: ExperimentOptions

    @Option(
        name: [.short, .customLong("output")],
        help:
            "The folder of the tables and samples, made if it is not there. (default: study.folder, or the file's name with .study)",
        completion: .directory)
    var output: String?

    @Option(help: "Threads to use; the numbers are the same for any. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads: found \(threads), expected at least 1") }
        if let output, output.isEmpty { throw ValidationError("--output: the name is empty") }
    }

    func run() throws {
        try FailureReport.reporting {
            let read = try experiment.read(for: .limit)
            let section = try read.study.map(StudySection.init) ?? StudySection()
            let name = URL(fileURLWithPath: experiment.experiment).deletingPathExtension().lastPathComponent
            let folder = URL(fileURLWithPath: output ?? section.folder ?? "\(name).study")
            let parallelism = threads.map { Parallelism(threads: $0) } ?? .allCores
            let progress = Progress()
            let (tables, summary): (StudyTables, String)
            switch section.kind {
            case .rates: (tables, summary) = try rates(read, section, folder, parallelism, progress)
            case .sweep: (tables, summary) = try sweep(section, folder, parallelism, progress)
            case .scaling: (tables, summary) = try scaling(read, section, parallelism, progress)
            case .width: (tables, summary) = try width(read, section, parallelism, progress)
            case .training: (tables, summary) = try training(read, section, parallelism, progress)
            case .fluctuations: (tables, summary) = try fluctuations(read, section, folder, parallelism, progress)
            case .largeDeviations: (tables, summary) = try largeDeviations(read, section, parallelism, progress)
            }
            try Self.make(folder)
            try tables.write(to: folder)
            print("\(read.title)\n\n\(summary)\n")
            print("Tables are in \(folder.relativePathIfShorter)")
        }
    }

    private func rates(
        _ read: Experiment, _ section: StudySection, _ folder: URL, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (StudyTables, String) {
        let (prepared, result) = try measured(read, section, folder, parallelism, progress)
        let problem = prepared.problem
        let certificates =
            problem.basis.count <= Self.certifiedMonomials
            ? try Certificates(problem, times: read.times, parallelism: parallelism) : nil
        let summary = StudySummary(study: prepared.study, result: result).text
        let certain = certificates.map { CertificatesSummary(certificates: $0, problem: problem).text + "\n\n" } ?? ""
        return (StudyTables(result, certificates), certain + summary)
    }

    /// Beyond this number of monomials the kernel has too many products.
    private static let certifiedMonomials = 100

    private func sweep(
        _ section: StudySection, _ folder: URL, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (StudyTables, String) {
        let (key, values, labels) = section.sweep
        // Everything is checked before anything is computed.
        let experiments = try values.map { value in
            let read = try Experiment(
                contentsOf: experiment.experiment, overrides: experiment.overrides + ["\(key)=\(value)"], for: .limit)
            _ = try section.plan(read)
            return read
        }
        var rows: [SweepSummary.Row] = []
        for (label, read) in zip(labels, experiments) {
            progress.note("\(key): \(label)")
            let (prepared, result) = try measured(read, section, folder, parallelism, progress)
            rows.append(
                SweepSummary.Row(
                    label, monomials: prepared.problem.basis.count, data: prepared.problem.targets.count,
                    result: result, time: prepared.study.times.last ?? 0))
        }
        let time = experiments.first?.compare?.outputs.last.map { experiments[0].times[$0] } ?? 0
        return (StudyTables(sweep: rows), SweepSummary(key: key, time: time, rows: rows).text)
    }

    /// The measurements of a study, those that are kept in the folder not made again.
    private func measured(
        _ read: Experiment, _ section: StudySection, _ folder: URL, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (PreparedStudy, RateStudyResult) {
        _ = try section.plan(read)
        try Self.make(folder)
        let prepared = try PreparedStudy(read, section, parallelism: parallelism, progress: progress)
        let study = prepared.study
        let file = try SampleFile(
            folder: folder, key: prepared.key,
            names: study.times.flatMap { time in study.columns.map { "\($0)@\(time)" } })
        if !file.samples.isEmpty { progress.note("\(file.samples.count) ensembles are measured already") }
        progress.begin("ensembles", total: 1, unit: "of the budget")
        let result = try Interruptions.watching {
            do {
                return try study.run(
                    known: file.samples, record: file.append, isCancelled: { Interruptions.isPending },
                    progress: progress.update)
            } catch is RateStudy.Interruption {
                throw StudyInterruption(folder: folder.relativePathIfShorter)
            }
        }
        progress.end()
        return (prepared, result)
    }

    private func scaling(
        _ read: Experiment, _ section: StudySection, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (StudyTables, String) {
        let particles = try section.particles(read, leastCounts: 2)
        let (problem, _) = try PreparedStudy.problem(read, progress)
        progress.begin("\(section.gammas.count) scalings", total: 1, unit: "")
        let study = try ScalingStudy(
            problem, gammas: section.gammas, counts: particles.counts, replicates: particles.replicates,
            time: read.times.last ?? 0, seed: particles.seed, centring: section.centre, tolerance: particles.tolerance,
            parallelism: parallelism, progress: progress.update)
        progress.end()
        return (StudyTables(study), ScalingSummary(study: study, time: read.times.last ?? 0).text)
    }

    /// One network of several widths: the experiment's ansatz with more qubits, which take the data inputs in turn, and the observable of its
    /// first qubit on every one, by `m^{−1/2}`.
    private func width(
        _ read: Experiment, _ section: StudySection, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (StudyTables, String) {
        guard let particles = read.particles else { throw StudyError.missing("particles") }
        guard particles.replicates >= 2 else { throw StudyError.tooFewReplicates(particles.replicates) }
        let overrides = try WideNetwork(read)
        let networks = try section.widths.map { width in
            let wider = try Experiment(
                contentsOf: experiment.experiment,
                overrides: experiment.overrides + overrides.assignments(width: width),
                for: .expert)
            return (width: width, problem: try PreparedStudy.problem(wider, progress).0)
        }
        progress.begin("\(section.widths.count) networks", total: 1, unit: "")
        let study = try ScalingStudy(
            networks: networks, replicates: particles.replicates, time: read.times.last ?? 0, seed: particles.seed,
            tolerance: particles.tolerance, parallelism: parallelism, progress: progress.update)
        progress.end()
        return (
            StudyTables(study), ScalingSummary(study: study, time: read.times.last ?? 0, isOfWidths: true).text
        )
    }

    private func training(
        _ read: Experiment, _ section: StudySection, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (StudyTables, String) {
        let particles = try section.particles(read, leastCounts: 1)
        let (problem, _) = try PreparedStudy.problem(read, progress)
        progress.begin("training in steps", total: 1, unit: "")
        let study = try DiscreteTrainingStudy(
            problem, series: section.series, count: particles.counts[0], replicates: particles.replicates,
            time: read.times.last ?? 0, seed: particles.seed, parallelism: parallelism, progress: progress.update)
        progress.end()
        return (StudyTables(study), DiscreteTrainingSummary(study: study, count: particles.counts[0]).text)
    }

    private func fluctuations(
        _ read: Experiment, _ section: StudySection, _ folder: URL, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (StudyTables, String) {
        let (prepared, result) = try measured(read, section, folder, parallelism, progress)
        return (
            StudyTables(fluctuations: result), FluctuationsSummary(study: prepared.study, result: result).text
        )
    }

    private func largeDeviations(
        _ read: Experiment, _ section: StudySection, _ parallelism: Parallelism, _ progress: Progress
    ) throws -> (StudyTables, String) {
        let (problem, _) = try PreparedStudy.problem(read, progress)
        let particles = try read.particles.map { _ in try section.particles(read, leastCounts: 2) }
        progress.begin("large deviations", total: 1, unit: "")
        let study = try LargeDeviationStudy(
            problem, times: read.compare?.outputs.map { read.times[$0] } ?? read.times,
            inputs: section.chosenInputs(problem), tilts: section.tilts, counts: particles?.counts ?? [],
            replicates: particles?.replicates ?? 0, seed: particles?.seed ?? 1,
            tolerance: particles?.tolerance ?? 1e-7, parallelism: parallelism, progress: progress.update)
        progress.end()
        return (StudyTables(study), LargeDeviationSummary(study: study, problem: problem).text)
    }

    private static func make(_ folder: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw StudyError.notWritable(file: folder.path, reason: error.localizedDescription)
        }
    }
}

/// A signal that came while a study ran; 0 for none.
private let noted = Atomic<Int32>(0)

/// Ctrl-C and its like, asked for between pieces of work instead of ending the process.
enum Interruptions {
    static var isPending: Bool { noted.load(ordering: .relaxed) != 0 }

    /// Does some work while signals are only noted; a second one ends the process as usual.
    static func watching<Value>(_ work: () throws -> Value) rethrows -> Value {
        let numbers = [SIGINT, SIGTERM, SIGHUP].filter { !Interruption.isIgnored($0) }
        for number in numbers {
            signal(number) { number in
                noted.store(number, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        defer { for number in numbers { signal(number, SIG_DFL) } }
        return try work()
    }
}
