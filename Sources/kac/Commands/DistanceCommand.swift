import Archive
import ArgumentParser
import Foundation
import Torus
import Transport

struct DistanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distance",
        abstract: "The Wasserstein distance between atoms and a density, or other atoms, on a torus, as a bracket.",
        discussion: """
            ATOMS are a row an atom, a column an angle, for one to three angles:
              any.csv            numbers between commas; the first line may name the columns, and 'weight' is the weight
              any.npy            an array of shape (N, d), or (N) for one angle
              any.h5:/path       such an array in an HDF5 file
              run.h5             the experts of a run file, at its last output or --time
            DENSITY is a grid of cell averages, a density per volume; cell 0 begins at angle 0:
              any.npy            axis 0 is the atoms' first column; --axes changes that
              any.csv            a row a cell of the first angle, a column a cell of the second; one row or column for one angle
              any.h5:/path       a dataset of an HDF5 file, axes as in .npy; --dataset names the path too
              run.h5             the density of a run file, at its last output or --time

            With --atoms DENSITY is a list of atoms too, in any of their formats: of any weights and number for one angle, otherwise as many as \
            ATOMS, of equal weights, in any number of angles, at most 2000; these distances are exact to rounding.

            The lower and the upper end of the bracket are proven bounds of W_p, p = 1 or 2, in the unit of the period. W2, and W1 \
            for one angle, are exact to nine digits of W_p^p or better; W1 in two and three angles is sought to half a per cent, and where that takes too \
            long, as for densities of few cells' width, the bracket is what it is by then and the method ends in 'stopped early'. \
            A mass within 1e-6 of 1 counts as 1. What the command did to the data is said on standard error.

              kac distance atoms.csv density.npy -p 2
              kac distance samples.csv counts.csv --normalise --period 1 --json
              kac distance run.h5 run.h5 --time 2.5
              kac distance before.csv after.csv --atoms
            """)

    @Argument(help: "The atoms.", completion: .file(extensions: ["csv", "npy", "h5"]))
    var atoms: String

    @Argument(help: "The density, or with --atoms other atoms.", completion: .file(extensions: ["csv", "npy", "h5"]))
    var density: String

    @Option(name: .short, help: "The order p of W_p: 1 or 2.")
    var p = 2

    @Flag(
        help:
            "Print JSON: p, d, atoms (their number), lower, upper (of W_p), method, iterations, seconds (of the solver)."
    )
    var json = false

    @Flag(name: .customLong("atoms"), help: "DENSITY is a list of atoms.")
    var isBetweenAtoms = false

    @Flag(help: "Divide density and weights by their sums: for cell masses, counts, and whatever is not of mass 1.")
    var normalise = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The length of the torus along every axis, such as 1, 360 or 2*pi. (default: 2*pi)", valueName: "length"))
    var period: String?

    @Option(help: "The output of a run file. (default: the last)")
    var time: Double?

    @Option(help: "The number of experts of the ensemble of a run file. (default: the stored ensemble)")
    var count: Int?

    @Option(help: "The replicate of that ensemble. (default: the stored one)")
    var replicate: Int?

    @Option(help: ArgumentHelp("The dataset of the density in an HDF5 file.", valueName: "path"))
    var dataset: String?

    @Option(
        help: ArgumentHelp(
            "Which angle each axis of the density's array is, such as 1,0 for an array whose last axis is the first angle. "
                + "(default: 0,1,2)", valueName: "angles"))
    var axes: String?

    @Option(help: "Threads to use; the numbers are the same for any. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if WassersteinOrder(rawValue: p) == nil { throw ValidationError("-p: found \(p), expected 1 or 2") }
        if let threads, threads < 1 { throw ValidationError("--threads: found \(threads), expected at least 1") }
        if let time, !time.isFinite { throw ValidationError("--time: found \(time), expected a time") }
        if period != nil { _ = try length() }
        if axes != nil { _ = try angles() }
        if isBetweenAtoms, axes != nil || dataset != nil {
            throw ValidationError("--axes, --dataset: they are of a density, and --atoms says that there is none")
        }
    }

    func run() throws {
        try FailureReport.reporting {
            let parallelism = threads.map { Parallelism(threads: $0) } ?? .allCores
            guard let order = WassersteinOrder(rawValue: p) else { return }
            let problem = try readProblem()
            problem.notices.forEach(notice)
            let start = ContinuousClock.now
            let distance = try problem.distance(order, parallelism: parallelism)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            if distance.isEarly {
                notice("the solver stopped early: the bracket holds, and is wider than it could be")
            }
            let answer = Answer(
                p: p, d: problem.dimension, atoms: problem.count, lower: distance.lower, upper: distance.upper,
                method: distance.method, iterations: distance.iterations, seconds: seconds)
            print(json ? try answer.json() : answer.text)
        }
    }

    private func notice(_ text: String) { StandardError.write("kac: note: \(text)\n") }

    private func length() throws -> Double {
        guard let period else { return 2 * .pi }
        guard let value = AngleText.number(period), value > 0, value >= .leastNormalMagnitude, value <= 1e100 else {
            throw ValidationError("--period: found '\(period)', expected a length above 0, such as 1, 360 or 2*pi")
        }
        return value
    }

    private func angles() throws -> [Int]? {
        guard let axes else { return nil }
        let numbers = axes.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let found = numbers.compactMap(\.self)
        guard found.count == numbers.count, found.sorted() == Array(found.indices), found.count <= 3 else {
            throw ValidationError("--axes: found '\(axes)', expected an order of the angles from 0 on, such as 1,0")
        }
        return found
    }

    /// What is to be computed, of either kind.
    private enum Problem {
        case density(DistanceProblem)
        case atoms(AtomDistanceProblem)

        var notices: [String] {
            switch self {
            case .density(let problem): problem.notices
            case .atoms(let problem): problem.notices
            }
        }

        var dimension: Int {
            switch self {
            case .density(let problem): problem.dimension
            case .atoms(let problem): problem.dimension
            }
        }

        var count: Int {
            switch self {
            case .density(let problem): problem.count
            case .atoms(let problem): problem.count
            }
        }

        func distance(_ order: WassersteinOrder, parallelism: Parallelism) throws -> Distance {
            switch self {
            case .density(let problem): try problem.distance(order, parallelism: parallelism)
            case .atoms(let problem): try problem.distance(order)
            }
        }
    }

    /// Both inputs; the time is that of whichever is a run file.
    private func readProblem() throws -> Problem {
        func check(_ first: Bool, _ second: Bool) throws {
            if let time, !first, !second {
                throw ValidationError("--time \(time): neither \(atoms) nor \(density) is a run file: leave it out")
            }
        }
        let first = try readAtoms(atoms, count: count, replicate: replicate)
        if isBetweenAtoms {
            let second = try readAtoms(density, count: nil, replicate: nil)
            try check(first.isRun, second.isRun)
            return .atoms(try AtomDistanceProblem(first, second, period: length(), normalises: normalise))
        }
        let read = try readDensity()
        try check(first.isRun, read.isRun)
        return .density(
            try DistanceProblem(atoms: first, density: read, period: length(), normalises: normalise))
    }

    private func readAtoms(_ name: String, count: Int?, replicate: Int?) throws -> AtomFile {
        func read(_ time: Double?) throws -> AtomFile {
            try AtomFile(
                contentsOf: name, time: time, ensembleCount: count, replicate: replicate,
                largestDimension: isBetweenAtoms ? 1000 : 3)
        }
        do {
            do {
                return try read(time)
            } catch GridFileError.noTimes {
                return try read(nil)
            }
        } catch AtomFileError.noEnsembles(let name) {
            throw ValidationError("--count, --replicate: \(name) is no run file: leave them out")
        }
    }

    private func readDensity() throws -> (field: Field, isRun: Bool) {
        let axes = try angles()
        do {
            do {
                return try GridFile.read(density, dataset: dataset, time: time, axes: axes)
            } catch GridFileError.noTimes {
                return try GridFile.read(density, dataset: dataset, axes: axes)
            }
        } catch GridFileError.axes(let name, let found, let rank) {
            throw ValidationError("--axes: \(GridFileError.axes(name: name, found: found, rank: rank))")
        }
    }
}

extension DistanceCommand {
    /// What is printed.
    private struct Answer: Encodable {
        let p: Int
        let d: Int
        let atoms: Int
        let lower: Double
        let upper: Double
        let method: String
        let iterations: Int
        let seconds: Double

        func json() throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }

        var text: String {
            var facts = TextList()
            facts.add("W\(p)", "in [\(lower), \(upper)]")
            facts.add("angles", "\(d)")
            facts.add("atoms", "\(atoms)")
            facts.add("method", "\(method), \(iterations) iterations, \(String(format: "%.3g", seconds)) s")
            return facts.text
        }
    }
}
