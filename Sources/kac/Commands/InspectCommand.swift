import Archive
import ArgumentParser
import Foundation
import Torus

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "What a run file holds: its experiment, times, tables, and what each part costs on disk.",
        discussion: """
              kac inspect build/demo/iris.h5
              kac inspect iris.h5 --experiment > data/experiments/again.yml

            A run file carries the files that its experiment names: 'kac run iris.h5 -o again.h5' repeats it.
            """)

    @Argument(help: "The run file.", completion: .file(extensions: ["h5"]))
    var file: String

    @Flag(help: "Print the text of the experiment alone.")
    var experiment = false

    func run() throws {
        try FailureReport.reporting {
            let url = URL(fileURLWithPath: file)
            let contents = try RunFileReader.contents(of: url)
            if experiment {
                print(contents.experiment, terminator: contents.experiment.hasSuffix("\n") ? "" : "\n")
                return
            }
            let parts = try RunFileReader.storage(of: url)
            let views = try RunFileReader.views(of: url)
            print(Self.overview(contents, file: file))
            for table in contents.tables { print("\n\(table.name)\n\(Self.text(of: table))") }
            print("\nStorage\n\(Self.text(of: parts))")
            if !views.isEmpty { print("\nViews of the same data\n\(Self.text(of: views))") }
        }
    }

    private static func overview(_ contents: RunContents, file: String) -> String {
        let dates = ISO8601DateFormatter()
        let times = contents.times
        let ends =
            times.count == 1 ? "" : " from \(Measured.time(times[0])) to \(Measured.time(times[times.count - 1]))"
        var lines = [
            contents.title,
            "  file      \(file), kac \(contents.softwareVersion), \(dates.string(from: contents.date))",
            "  times     \(times.count)\(ends)",
            "  grid      "
                + (contents.grid.map { "\($0) cells" }
                    ?? "none beyond three angles"),
        ]
        if let reason = contents.limitEnd { lines.append("  ended     \(reason)") }
        if let time = contents.switchedAt {
            lines.append(
                "  switched  to characteristics, the method being under-resolved from t = \(Measured.time(time)) on")
        }
        if let time = contents.underResolvedFrom {
            lines.append("  resolved  until t = \(Measured.time(time))")
        }
        if let path = contents.expertPath {
            lines.append("  path      \(path)" + (contents.expertPathReason.map { ": \($0)" } ?? ""))
        }
        if !contents.isComplete { lines.append("  state     running: the outputs so far") }
        if !contents.inputs.isEmpty {
            lines.append("  files     \(contents.inputs.map(\.name).joined(separator: ", "))")
        }
        if let experts = contents.experts {
            lines.append("  experts   \(experts.ensembleCount), replicate 0 of the largest ensemble")
        }
        for (count, ensembles) in Dictionary(grouping: contents.ensembles, by: \.ensembleCount).sorted(by: {
            $0.key < $1.key
        }) {
            lines.append("  ensembles \(ensembles.count) of \(count) experts")
        }
        for (name, values) in contents.series.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "  \(name): \(Measured.number(values.first ?? .nan)) … \(Measured.number(values.last ?? .nan))")
        }
        return lines.joined(separator: "\n")
    }

    /// A table for a terminal: a mean with its standard error is one column, and the bounds are left to other readers.
    private static func text(of table: RunTable) -> String {
        func column(_ name: String) -> RunTable.Column? { table.columns.first { $0.name == name } }
        let shown = table.columns.filter { candidate in
            !["_stderr", "_lower", "_upper"].contains { suffix in
                candidate.name.hasSuffix(suffix) && column(String(candidate.name.dropLast(suffix.count))) != nil
            }
        }
        var text = TextTable(header: shown.map(\.name))
        for row in 0..<table.rowCount {
            text.rows.append(
                shown.map { shown in
                    switch shown.values {
                    case .reals(let values):
                        if case .reals(let errors)? = column("\(shown.name)_stderr")?.values {
                            return Measured.text(values[row], error: errors[row])
                        }
                        return Measured.number(values[row])
                    case .integers(let values): return "\(values[row])"
                    case .texts(let values): return values[row]
                    }
                })
        }
        return text.text
    }

    private static func text(of views: [StoredView]) -> String {
        var text = TextTable(header: ["view", "for", "further arrays", "bytes stored"])
        for view in views {
            let readers =
                switch view.name {
                case "VTKHDF": "ParaView, VTK, PyVista: the density"
                case "VTKHDF_experts": "ParaView, VTK, PyVista: the experts"
                default: "openPMD"
                }
            text.rows.append(["/\(view.name)", readers, "\(view.arrayCount)", "\(view.storedBytes)"])
        }
        return text.text
    }

    private static func text(of parts: [StoredPart]) -> String {
        var text = TextTable(header: ["part", "extent", "bytes stored", "bytes plain"])
        var sizes: [String: (arrays: Int, stored: Int, plain: Int)] = [:]
        var order: [String] = []
        for part in parts {
            // The ensembles of one size are one line.
            if let size = part.path.prefixMatch(of: /\/ensembles\/n[0-9]+/).map({ String($0.0) }) {
                if sizes[size] == nil { order.append(size) }
                let sum = sizes[size] ?? (0, 0, 0)
                sizes[size] = (sum.arrays + 1, sum.stored + part.storedBytes, sum.plain + part.plainBytes)
            } else {
                let extent = part.extent.map { "\($0)" }.joined(separator: " × ")
                text.rows.append([part.path, extent, "\(part.storedBytes)", "\(part.plainBytes)"])
            }
        }
        for size in order {
            guard let sum = sizes[size] else { continue }
            text.rows.append([size, "\(sum.arrays) arrays", "\(sum.stored)", "\(sum.plain)"])
        }
        return text.text
    }
}
