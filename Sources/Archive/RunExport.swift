public import Foundation
import Torus

/// Parts of a run file in files for other programs, each of which stands alone but for XDMF's.
///
/// | format | files |
/// |---|---|
/// | `vtkhdf` | `NAME.vtkhdf`, density, potential, velocity; `NAME.experts.vtkhdf` |
/// | `xdmf` | `NAME.xdmf`, which shows the run file itself |
/// | `csv` | `NAME.density.csv` (of potential and velocity alone named after the first of them), `.experts`, `.series`, `.function` and one a table; of one output without a column `time` |
/// | `npz` | `NAME.npz`: axis 0 is θ₀ of densities and the expert of positions, the last axis is the time |
/// | `netcdf` | `NAME.nc`, netCDF-4 |
public enum RunExport: String, Sendable, CaseIterable {
    /// VTKHDF, for ParaView, VTK and PyVista.
    case vtkhdf
    /// XDMF, for VisIt and older ParaView.
    case xdmf
    /// Comma-separated values.
    case csv
    /// NumPy's archive of arrays.
    case npz
    /// netCDF-4, for xarray.
    case netcdf

    private var suffix: String { self == .netcdf ? "nc" : rawValue }

    /// The name of an export of a run file that was given none.
    public func url(for runFile: URL) -> URL {
        URL(fileURLWithPath: "\(runFile.deletingPathExtension().lastPathComponent)-export.\(suffix)")
    }

    /// Writes the export of some outputs and parts of a run.
    ///
    /// - Parameters:
    ///   - runFile: where the run is stored.
    ///   - outputs: increasing positions of outputs, at least one.
    ///   - url: the file; of formats with several, their names begin as its does.
    /// - Returns: the files, none when the run has nothing of the parts asked for.
    /// - Throws: as `RunFileWriter.write`, and then no file is written or changed; `ArchiveError.isTheSource` where one would replace the run file.
    public func write(
        _ contents: RunContents, of runFile: URL, outputs: [Int], fields: Set<RunField>, to url: URL, overwrite: Bool
    ) throws(ArchiveError) -> [URL] {
        let part = contents.selecting(outputs: outputs, fields: fields)
        if part.isEmpty || self == .xdmf && XDMF.isEmpty(contents, fields: fields) { return [] }
        let base = url.pathExtension == suffix ? url.deletingPathExtension() : url
        func file(_ inner: String? = nil) -> URL {
            base.deletingLastPathComponent()
                .appendingPathComponent(base.lastPathComponent + (inner.map { ".\($0)" } ?? "") + ".\(suffix)")
        }
        let files: [(URL, [UInt8])]
        switch self {
        case .vtkhdf: files = try Self.vtkhdf(part, file(), experts: file("experts"))
        case .netcdf: files = try Self.netCDF(part, file())
        case .csv: files = Self.csv(part).map { (file($0.name), Array($0.text.utf8)) }
        case .npz: files = try Self.npz(part, file())
        case .xdmf:
            files = [
                (file(), Array(XDMF.text(of: contents, outputs: outputs, fields: fields, runFile: runFile.path).utf8))
            ]
        }
        var entries: [DurableFile.Entry] = []
        for (url, bytes) in files {
            if Self.isOneFile(url, runFile) { throw .isTheSource(path: url.path) }
            let file = try DurableFile(url, overwrite: overwrite, replacing: { _ in true })
            entries.append(DurableFile.Entry(file: file, small: bytes))
        }
        try DurableFile.write(entries)
        return files.map(\.0)
    }

    /// Whether two names are of one file, by links or otherwise.
    private static func isOneFile(_ first: URL, _ second: URL) -> Bool {
        var (one, other) = (stat(), stat())
        return stat(first.path, &one) == 0 && stat(second.path, &other) == 0
            && (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
    }

    // MARK: HDF5

    private static func image(
        _ url: URL, build: (HDF5Group) throws(HDF5Error) -> Void
    ) throws(ArchiveError) -> [UInt8] {
        do {
            return try HDF5Image(path: url.path, build: build).withBytes { Array($0) }
        } catch {
            throw .library(path: url.path, error)
        }
    }

    private static func vtkhdf(
        _ part: RunContents, _ url: URL, experts: URL
    ) throws(ArchiveError) -> [(URL, [UInt8])] {
        var files: [(URL, [UInt8])] = []
        var alone = part
        (alone.series, alone.function, alone.perDatum, alone.tables) = ([:], nil, [:], [])
        if let grid = part.grid {
            var density = alone
            density.experts = nil
            let bytes = try image(url) { root throws(HDF5Error) in
                try NetCDFRootView.write(density, into: root)
                try VTKHDFView.write(density, on: grid, into: root.createGroup("VTKHDF"))
            }
            files.append((url, bytes))
        }
        if let found = part.experts, found.positions.count <= 3 {
            (alone.grid, alone.densities, alone.potential, alone.velocity) = (nil, [], nil, nil)
            let bytes = try image(experts) { root throws(HDF5Error) in
                try NetCDFRootView.write(alone, into: root)
                try VTKHDFView.write(found, into: root.createGroup("VTKHDF"))
            }
            files.append((experts, bytes))
        }
        return files
    }

    private static func netCDF(_ part: RunContents, _ url: URL) throws(ArchiveError) -> [(URL, [UInt8])] {
        let bytes = try image(url) { root throws(HDF5Error) in try NetCDFRootView.write(part, into: root) }
        return [(url, bytes)]
    }

    // MARK: Text and NumPy

    /// The names of the angles as columns and arrays.
    private static func angles(_ dimension: Int) -> [String] { (0..<dimension).map { "theta\($0)" } }

    private static func csv(_ part: RunContents) -> [(name: String, text: String)] {
        var files: [(name: String, text: String)] = []
        // One output needs no column of its time: its experts can then be read as atoms.
        let hasTimes = part.times.count > 1
        func line(_ time: Double, _ values: [Double]) -> String {
            ((hasTimes ? [time] : []) + values).map { "\($0)" }.joined(separator: ",") + "\n"
        }
        func header(_ names: [String]) -> String {
            ((hasTimes ? ["time"] : []) + names).joined(separator: ",") + "\n"
        }
        if let grid = part.grid {
            let arrays = part.arraysOnGrid
            var text = header(angles(grid.dimension) + arrays.map(\.name))
            let centres = (0..<grid.dimension).map { grid.centres(axis: $0) }
            for (output, time) in part.times.enumerated() {
                for cell in 0..<grid.cellCount {
                    var rest = cell
                    let place = grid.cells.indices.map { axis in
                        defer { rest /= grid.cells[axis] }
                        return centres[axis][rest % grid.cells[axis]]
                    }
                    text += line(time, place + arrays.map { $0.rows[output][cell] })
                }
            }
            let name = arrays.first?.name ?? ""
            files.append((name.hasPrefix("velocity") ? "velocity" : name, text))
        }
        if let experts = part.experts {
            var text = header(angles(experts.positions.count) + ["weight"])
            for (output, time) in part.times.enumerated() {
                for (expert, weight) in experts.weights[output].enumerated() {
                    text += line(time, experts.positions.map { $0[output][expert] } + [weight])
                }
            }
            files.append(("experts", text))
        }
        if !part.series.isEmpty {
            let names = part.series.keys.sorted()
            var text = (["time"] + names).joined(separator: ",") + "\n"
            for (output, time) in part.times.enumerated() {
                let values = names.map { "\(part.series[$0]?[output] ?? .nan)" }
                text += (["\(time)"] + values).joined(separator: ",") + "\n"
            }
            files.append(("series", text))
        }
        if let function = part.function {
            let others = part.perDatum.keys.sorted()
            var text = header(["datum", "function"] + others)
            for (time, values) in zip(part.times, function) {
                for (datum, value) in values.enumerated() {
                    text += line(time, [Double(datum), value] + others.map { part.perDatum[$0]?[datum] ?? .nan })
                }
            }
            files.append(("function", text))
        }
        for table in part.tables {
            var text = table.columns.map(\.name).joined(separator: ",") + "\n"
            for row in 0..<table.rowCount {
                let cells = table.columns.map { column in
                    switch column.values {
                    case .reals(let values): "\(values[row])"
                    case .integers(let values): "\(values[row])"
                    case .texts(let values): quoted(values[row])
                    }
                }
                text += cells.joined(separator: ",") + "\n"
            }
            files.append((table.name, text))
        }
        return files
    }

    private static func quoted(_ text: String) -> String {
        text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
            ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }

    private static func npz(_ part: RunContents, _ url: URL) throws(ArchiveError) -> [(URL, [UInt8])] {
        let reals =
            part.arraysOnGrid.flatMap(\.rows).reduce(0) { $0 + $1.count }
            + (part.function ?? []).reduce(0) { $0 + $1.count }
            + (part.experts.map { ($0.positions.count + 1) * $0.weights.reduce(0) { $0 + $1.count } } ?? 0)
        guard 8 * reals < NumPyArchive.largestSize - 1 << 24 else {
            throw .inconsistent(reason: "the arrays are beyond the 4 GiB of such a file: take fewer times or fields")
        }
        var archive = NumPyArchive()
        let outputs = part.times.count
        archive.add("time", part.times, shape: [outputs])
        if let grid = part.grid {
            for (axis, name) in angles(grid.dimension).enumerated() {
                archive.add(name, grid.centres(axis: axis), shape: [grid.cells[axis]])
            }
            for array in part.arraysOnGrid {
                archive.add(array.name, array.rows.flatMap(\.self), shape: grid.cells + [outputs])
            }
        }
        if let experts = part.experts {
            let count = experts.weights.first?.count ?? 0
            let positions = (0..<outputs).flatMap { output in experts.positions.flatMap { $0[output] } }
            archive.add("experts", positions, shape: [count, experts.positions.count, outputs])
            archive.add("expert_weight", experts.weights.flatMap(\.self), shape: [count, outputs])
        }
        for name in part.series.keys.sorted() { archive.add(name, part.series[name] ?? [], shape: [outputs]) }
        if let function = part.function {
            archive.add("function", function.flatMap(\.self), shape: [function.first?.count ?? 0, outputs])
        }
        for name in part.perDatum.keys.sorted() {
            archive.add(name, part.perDatum[name] ?? [], shape: [part.perDatum[name]?.count ?? 0])
        }
        for table in part.tables {
            for column in table.columns {
                let name = "\(table.name).\(column.name)"
                switch column.values {
                case .reals(let values): archive.add(name, values, shape: [values.count])
                case .integers(let values): archive.add(name, values)
                case .texts(let values): archive.add(name, values)
                }
            }
        }
        return [(url, archive.finished())]
    }
}
