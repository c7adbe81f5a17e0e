import Torus

extension NetCDFRootView {
    /// Writes the contents into an empty root group.
    ///
    /// - Precondition: the contents are valid.
    static func write(
        _ contents: RunContents, into root: HDF5Group, deflation: Deflation = .init()
    ) throws(HDF5Error) {
        try writeAttributes(of: contents, into: root)
        let time = try writeTime(contents.times, into: root)
        try writeGrid(contents, over: time, into: root, deflation)
        try writeSeries(contents.series, over: time, into: root)
        if let experts = contents.experts {
            let expert = try index("expert", count: experts.weights[0].count, into: root)
            try write(experts, over: [time, expert], into: root, rowsInChunk: 1, deflation)
            try write(contents.ensembles, beside: experts, over: time, into: root, deflation)
        }
        try writeData(contents, over: time, into: root)
        try write(contents.tables, into: root)
        try write(contents.inputs, into: root, deflation)
    }

    private static func writeAttributes(of contents: RunContents, into root: HDF5Group) throws(HDF5Error) {
        try root.setAttribute("title", contents.title)
        try root.setAttribute("software", software)
        try root.setAttribute("softwareVersion", contents.softwareVersion)
        try root.setAttribute("date", RunDate.text(contents.date))
        try root.setAttribute("author", contents.author ?? OpenPMDView.unknownAuthor)
        if contents.grid == nil { try root.setAttribute("grid", "none") }
        if !contents.isComplete { try root.setAttribute("state", "running") }
        if let command = contents.command { try root.setAttribute("command", command) }
        if let path = contents.expertPath { try root.setAttribute("expert_path", path) }
        if let reason = contents.expertPathReason { try root.setAttribute("expert_path_reason", reason) }
        if let end = contents.limitEnd { try root.setAttribute("limit_end", end) }
        if let time = contents.underResolvedFrom { try root.setAttribute("under_resolved_from", time) }
        if let time = contents.switchedAt { try root.setAttribute("switched_at", time) }
        if let experts = contents.experts { try root.setAttribute("ensemble_count", Int64(experts.ensembleCount)) }
        try root.setAttribute("experiment", contents.experiment)
        // A text above 64 KiB is stored outside the checksums of the format.
        try root.setAttribute("experiment_crc32", Int64(CRC32.of(contents.experiment.utf8)))
    }

    private static func writeTime(_ times: [Double], into root: HDF5Group) throws(HDF5Error) -> HDF5Dataset {
        let time = try series("time", times, into: root)
        try time.becomeScale(named: "time")
        try time.setAttribute("long_name", "time of the gradient flow")
        return time
    }

    private static func writeGrid(
        _ contents: RunContents, over time: HDF5Dataset, into root: HDF5Group, _ deflation: Deflation
    ) throws(HDF5Error) {
        guard let grid = contents.grid else { return }
        let axes = axes(grid.dimension)
        var scales: [HDF5Dataset] = []
        for axis in (0..<grid.dimension).reversed() {
            let name = axes[axis]
            let scale = try HDF5Dataset(
                name, in: root, type: .real, extent: [grid.cells[axis]], layout: .init(chunk: [grid.cells[axis]]))
            try scale.write(grid.centres(axis: axis))
            try scale.becomeScale(named: name)
            try scale.setAttribute("long_name", "angle theta_\(axis), centres of the cells")
            try scale.setAttribute("units", "radian")
            try scale.setAttribute("period", 2 * Double.pi)
            scales.append(scale)
        }
        let shape = Array(grid.cells.reversed())
        let layout = HDF5Dataset.Layout(
            chunk: [1] + chunk(of: shape), deflation: deflation.level, isExtensible: true)
        let extent = [contents.times.count] + shape
        for found in contents.arraysOnGrid {
            let array = try HDF5Dataset(found.name, in: root, type: .real, extent: extent, layout: layout)
            try write(found.rows, into: array, layout, deflation)
            try array.attach([time] + scales)
            try array.setAttribute("long_name", found.title)
            if found.name == "density" { try array.setAttribute("units", "radian^-\(grid.dimension)") }
        }
    }

    private static func writeSeries(
        _ table: [String: [Double]], over time: HDF5Dataset, into root: HDF5Group
    ) throws(HDF5Error) {
        for (name, values) in table.sorted(by: { $0.key < $1.key }) {
            try series(name, values, into: root).attach([time])
        }
    }

    /// All ensembles, a group for each size and in it one for each replicate.
    private static func write(
        _ ensembles: [ExpertTrajectories], beside experts: ExpertTrajectories, over time: HDF5Dataset,
        into root: HDF5Group, _ deflation: Deflation
    ) throws(HDF5Error) {
        guard !ensembles.isEmpty else { return }
        let folder = try root.createGroup(Self.ensembles)
        let sizes = Dictionary(grouping: ensembles, by: \.ensembleCount).sorted { $0.key < $1.key }
        for (count, replicates) in sizes {
            let size = try folder.createGroup("n\(count)")
            let expert = try index("expert", count: count, into: size)
            for ensemble in replicates.sorted(by: { $0.replicate < $1.replicate }) {
                let group = try size.createGroup("r\(ensemble.replicate)")
                if ensemble == experts {
                    for name in axes(experts.positions.count) + ["weight"] {
                        try group.link("expert_\(name)", to: "/expert_\(name)")
                    }
                } else {
                    // Small ensembles have several outputs in a chunk: a chunk costs some fifty bytes of directory.
                    let rows = max(1, min(ensemble.weights.count, 8192 / count))
                    try write(ensemble, over: [time, expert], into: group, rowsInChunk: rows, deflation)
                }
            }
        }
    }

    private static func write(
        _ experts: ExpertTrajectories, over scales: [HDF5Dataset], into root: HDF5Group, rowsInChunk: Int,
        _ deflation: Deflation
    ) throws(HDF5Error) {
        let chunk = [rowsInChunk, experts.weights[0].count]
        let axes = axes(experts.positions.count)
        for (axis, rows) in experts.positions.enumerated() {
            let position = try rectangle(
                "expert_\(axes[axis])", rows, layout: .init(chunk: chunk, isExtensible: true), into: root)
            try position.attach(scales)
            try position.setAttribute("long_name", "angle theta_\(axis) of the experts")
            try position.setAttribute("units", "radian")
        }
        // Weights are mostly one constant, which compresses to nothing.
        let weight = try rectangle(
            "expert_weight", experts.weights,
            layout: .init(chunk: chunk, deflation: deflation.level, isExtensible: true), into: root, deflation)
        try weight.attach(scales)
        try weight.setAttribute("long_name", "weight of the experts")
    }

    private static func writeData(
        _ contents: RunContents, over time: HDF5Dataset, into root: HDF5Group
    ) throws(HDF5Error) {
        guard let count = contents.datumCount else { return }
        let datum = try index("datum", count: count, into: root)
        if let rows = contents.function {
            let chunkRows = max(1, min(rows.count, 8192 / count))
            let function = try rectangle(
                "function", rows, layout: .init(chunk: [chunkRows, count], isExtensible: true), into: root)
            try function.attach([time, datum])
            try function.setAttribute("long_name", "function generated by the limit law at the training inputs")
        }
        for (name, values) in contents.perDatum.sorted(by: { $0.key < $1.key }) {
            let array = try HDF5Dataset(name, in: root, type: .real, extent: [count], layout: .init(chunk: [count]))
            try array.write(values)
            try array.attach([datum])
        }
    }

    private static func write(_ tables: [RunTable], into root: HDF5Group) throws(HDF5Error) {
        guard !tables.isEmpty else { return }
        let folder = try root.createGroup("tables")
        for table in tables {
            let group = try folder.createGroup(table.name)
            var scale: HDF5Dataset?
            for column in table.columns {
                let array = try write(column, into: group)
                if let scale {
                    try array.attach([scale])
                } else {
                    try array.becomeScale(named: column.name)
                    scale = array
                }
                if let units = column.units { try array.setAttribute("units", units) }
            }
        }
    }

    private static func write(_ column: RunTable.Column, into group: HDF5Group) throws(HDF5Error) -> HDF5Dataset {
        let count = column.values.count
        let type: HDF5Type =
            switch column.values {
            case .reals: .real
            case .integers: .integer
            case .texts(let texts): HDF5Type(holding: texts)
            }
        let array = try HDF5Dataset(
            column.name, in: group, type: type, extent: [count], layout: .init(chunk: [count]))
        switch column.values {
        case .reals(let values): try array.write(values)
        case .integers(let values): try array.write(values)
        case .texts(let texts): try array.write(texts, type: type)
        }
        return array
    }

    private static func write(
        _ inputs: [RunInput], into root: HDF5Group, _ deflation: Deflation
    ) throws(HDF5Error) {
        guard !inputs.isEmpty else { return }
        let folder = try root.createGroup("inputs")
        for (index, input) in inputs.enumerated() {
            let count = input.bytes.count
            let array = try HDF5Dataset(
                "file_\(index)", in: folder, type: .byte, extent: [count],
                layout: .init(chunk: count == 0 ? [] : [min(count, 1 << 20)], deflation: deflation.level))
            if count > 0 { try array.write(input.bytes) }
            try array.setAttribute("name", input.name)
        }
    }

    // MARK: Kinds of arrays

    private static func series(
        _ name: String, _ values: [Double], into root: HDF5Group
    ) throws(HDF5Error) -> HDF5Dataset {
        let chunk = min(max(values.count, 64), 8192)
        let array = try HDF5Dataset(
            name, in: root, type: .real, extent: [values.count], layout: .init(chunk: [chunk], isExtensible: true))
        try array.write(values)
        return array
    }

    private static func rectangle(
        _ name: String, _ rows: [[Double]], layout: HDF5Dataset.Layout, into root: HDF5Group,
        _ deflation: Deflation = .init()
    ) throws(HDF5Error) -> HDF5Dataset {
        let array = try HDF5Dataset(
            name, in: root, type: .real, extent: [rows.count, rows[0].count], layout: layout)
        try write(rows, into: array, layout, deflation)
        return array
    }

    /// Writes a row for each index of the first axis.
    private static func write(
        _ rows: [[Double]], into array: HDF5Dataset, _ layout: HDF5Dataset.Layout, _ deflation: Deflation
    ) throws(HDF5Error) {
        let isRowAChunk = layout.chunk[0] == 1 && layout.chunk.reduce(1, *) == rows.first?.count
        if layout.deflation > 0, isRowAChunk {
            try array.writeChunks(rows, rank: layout.chunk.count, deflation: deflation)
        } else {
            for (row, values) in rows.enumerated() { try array.write(values, row: row) }
        }
    }

    private static func index(_ name: String, count: Int, into root: HDF5Group) throws(HDF5Error) -> HDF5Dataset {
        let array = try HDF5Dataset(name, in: root, type: .integer, extent: [count], layout: .init(chunk: [count]))
        try array.write((0..<Int64(count)).map { $0 })
        try array.becomeScale(named: name)
        return array
    }

    /// A whole snapshot, cut along its slow axes when it is above 1 GiB: a chunk has to stay below 4 GiB.
    static func chunk(of shape: [Int]) -> [Int] {
        var chunk = shape
        var axis = 0
        while chunk.reduce(1, *) > 1 << 27, axis < chunk.count {
            if chunk[axis] == 1 { axis += 1 } else { chunk[axis] = (chunk[axis] + 1) / 2 }
        }
        return chunk
    }
}
