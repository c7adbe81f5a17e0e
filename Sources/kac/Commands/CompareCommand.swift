import Archive
import ArgumentParser
import Chaos
import Foundation
import Particles
import Torus
import Transport

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compute the Wasserstein distances of stored runs anew.",
        discussion: """
            For every run file: the distances between its experts (replicate 0 of the largest ensemble, or --count and --replicate) and its density, beside the \
            means over all replicates that its table 'comparison' has. The files are read alone, never changed. The coupling and the \
            function errors need the experiment: 'kac run' computes them. W1 in two and three angles is sought to one per cent, by 'kac distance' \
            to half of one.

              kac compare iris.h5
              kac compare iris.h5 iris-2d.h5 -p 2 --time 0 --time 5 --json
            """)

    @Argument(help: "The run files.", completion: .file(extensions: ["h5"]))
    var files: [String]

    @Option(name: .short, help: "The order p of W_p, 1 or 2; may be repeated. (default: both)")
    var p: [Int] = []

    @Option(
        help: "An output's time; may be repeated. (default: the times of the table 'comparison', otherwise all outputs)"
    )
    var time: [Double] = []

    @Option(help: "The number of experts of the ensemble. (default: the largest stored)")
    var count: Int?

    @Option(help: "The replicate of that ensemble, of runs with --store-ensembles all. (default: 0)")
    var replicate: Int?

    @Flag(
        help: """
            Print JSON: for every file and time file, n_experts, time, w1_lower, w1_upper, w2_lower, w2_upper, and from the \
            table stored_replicates, stored_w1, stored_w1_stderr, stored_w2, stored_w2_stderr.
            """)
    var json = false

    @Option(help: "Threads to use; the numbers are the same for any. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let wrong = p.first(where: { WassersteinOrder(rawValue: $0) == nil }) {
            throw ValidationError("-p: found \(wrong), expected 1 or 2")
        }
        if let threads, threads < 1 { throw ValidationError("--threads: found \(threads), expected at least 1") }
        if files.isEmpty { throw ValidationError("found no run file, expected at least one") }
    }

    func run() throws {
        try FailureReport.reporting {
            let orders =
                p.isEmpty ? WassersteinOrder.allCases : WassersteinOrder.allCases.filter { p.contains($0.rawValue) }
            let parallelism = threads.map { Parallelism(threads: $0) } ?? .allCores
            var rows: [Row] = []
            for file in files {
                let run = StoredRun(
                    file: file, contents: try RunFileReader.contents(of: URL(fileURLWithPath: file)), count: count,
                    replicate: replicate)
                let found = try run.rows(orders, times: time, parallelism: parallelism)
                found.flatMap { $0.remarks }.forEach { StandardError.write("kac: note: \($0)\n") }
                if !json {
                    print("\(rows.isEmpty ? "" : "\n")\(run.contents.title) (\(file))\n\(Self.text(found, orders))")
                }
                rows += found
            }
            if json { print(try Self.json(rows)) }
        }
    }
}

extension CompareCommand {
    /// The distances at one output of one run.
    private struct Row: Encodable {
        let file: String
        let count: Int
        let time: Double
        var distances: [WassersteinOrder: Distance] = [:]
        /// What the table has of the same ensemble's size and time.
        var stored: [WassersteinOrder: (mean: Double, error: Double)] = [:]
        var replicates: Int?

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(_ name: String) { stringValue = name }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: Key.self)
            try values.encode(file, forKey: Key("file"))
            try values.encode(count, forKey: Key("n_experts"))
            try values.encode(time, forKey: Key("time"))
            try values.encodeIfPresent(replicates, forKey: Key("stored_replicates"))
            for (order, distance) in distances {
                try values.encode(distance.lower, forKey: Key("w\(order.rawValue)_lower"))
                try values.encode(distance.upper, forKey: Key("w\(order.rawValue)_upper"))
            }
            for (order, stored) in stored {
                // JSON has no number for what is not known.
                if stored.mean.isFinite { try values.encode(stored.mean, forKey: Key("stored_w\(order.rawValue)")) }
                if stored.error.isFinite {
                    try values.encode(stored.error, forKey: Key("stored_w\(order.rawValue)_stderr"))
                }
            }
        }

        /// What does not fit: a solver that stopped, or another value than the one sample that was stored.
        var remarks: [String] {
            WassersteinOrder.allCases.compactMap { order in
                guard let distance = distances[order] else { return nil }
                let name = "\(file): W\(order.rawValue) of \(count) experts at t = \(Measured.time(time))"
                if distance.isEarly { return "\(name): the solver stopped early, and the bracket is wide" }
                // The stored number is the middle of a bracket: it cannot be outside another one of the same distance by
                // more than the roundings of wrapped angles.
                guard replicates == 1, let mean = stored[order]?.mean,
                    mean < distance.lower - 1e-9 || mean > distance.upper + 1e-9
                else { return nil }
                return "\(name) is not the stored one, \(mean)"
            }
        }
    }

    /// A run file with the ensemble that is asked for.
    private struct StoredRun {
        let file: String
        let contents: RunContents
        let count: Int?
        let replicate: Int?

        func rows(
            _ orders: [WassersteinOrder], times: [Double], parallelism: Parallelism
        ) throws -> [Row] {
            let experts = try contents.storedEnsemble(count: count, replicate: replicate, name: file)
            guard let grid = contents.grid else { throw GridFileError.noGrid(name: file) }
            let stored = experts.ensembleCount
            let table = contents.tables.first { $0.name == "comparison" }
            let compared = times.isEmpty ? Self.reals(table, "time") : times
            let outputs =
                try compared.isEmpty
                ? Array(contents.times.indices) : Set(compared.map { try contents.output(at: $0, name: file) }).sorted()
            return try outputs.map { output in
                let density = try ComparedDensity(Field(grid: grid, values: contents.densities[output]))
                let angles = experts.positions.flatMap { $0[output] }
                let ensemble = Ensemble(
                    count: angles.count / experts.positions.count, dimension: experts.positions.count, angles: angles)
                var row = Row(file: file, count: stored, time: contents.times[output])
                row.distances = try density.distances(orders, to: ensemble, parallelism: parallelism)
                read(&row, from: table, orders)
                return row
            }
        }

        private func read(_ row: inout Row, from table: RunTable?, _ orders: [WassersteinOrder]) {
            let (counts, times) = (Self.integers(table, "n_experts"), Self.reals(table, "time"))
            let found = zip(counts, times).enumerated().first { $0.element == (Int64(row.count), row.time) }
            guard let index = found?.offset else { return }
            let replicates = Self.integers(table, "replicates")
            if replicates.indices.contains(index) { row.replicates = Int(replicates[index]) }
            for order in orders {
                let (means, errors) = (
                    Self.reals(table, "w\(order.rawValue)"), Self.reals(table, "w\(order.rawValue)_stderr")
                )
                guard means.indices.contains(index), errors.indices.contains(index) else { continue }
                row.stored[order] = (means[index], errors[index])
            }
        }

        private static func reals(_ table: RunTable?, _ name: String) -> [Double] {
            guard case .reals(let values)? = table?.columns.first(where: { $0.name == name })?.values else { return [] }
            return values
        }

        private static func integers(_ table: RunTable?, _ name: String) -> [Int64] {
            guard case .integers(let values)? = table?.columns.first(where: { $0.name == name })?.values else {
                return []
            }
            return values
        }
    }

    private static func json(_ rows: [Row]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(rows), as: UTF8.self)
    }

    private static func text(_ rows: [Row], _ orders: [WassersteinOrder]) -> String {
        let replicates = rows.compactMap(\.replicates).first
        var header = ["N", "t"]
        for order in orders {
            header += ["W\(order.rawValue) from", "to"]
            if let replicates { header.append("mean of \(replicates)") }
        }
        var table = TextTable(header: header)
        for row in rows {
            var cells = ["\(row.count)", Measured.time(row.time)]
            for order in orders {
                let distance = row.distances[order]
                cells += [distance?.lower, distance?.upper].map { $0.map { String(format: "%.10g", $0) } ?? "-" }
                if replicates != nil {
                    cells.append(row.stored[order].map { Measured.text($0.mean, error: $0.error) } ?? "-")
                }
            }
            table.rows.append(cells)
        }
        return table.text
    }
}
