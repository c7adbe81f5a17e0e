import Torus

extension NetCDFRootView {
    /// Reads the view back, and checks it.
    struct Reader {
        /// The root group of the file.
        let root: HDF5Group
        /// The file, for error messages.
        let path: String
        /// Bytes of the file, which bound the bytes of its arrays.
        let fileSize: Int
    }

    /// An array whose size in memory is known to be reasonable.
    private struct CheckedArray {
        let dataset: HDF5Dataset
        let type: HDF5Type
        let extent: [Int]
        let isExtensible: Bool

        var count: Int { extent.reduce(1, *) }
    }
}

// MARK: Parts

extension NetCDFRootView.Reader {
    /// All that the view holds.
    func contents() throws -> RunContents {
        let software = try root.text(attribute: "software")
        guard software == NetCDFRootView.software else {
            let found = software.map { "\"\($0)\"" } ?? "missing"
            throw foreign("its attribute software is \(found), expected \"\(NetCDFRootView.software)\"")
        }
        let names = Set(try root.memberNames())
        let dateText = try required("date")
        guard let date = RunDate.date(dateText) else { throw damaged("/@date", "\"\(dateText)\" is not a date") }

        let timeArray = try array("time", among: names)
        try expect(timeArray, .real, extent: [nil])
        let times = try timeArray.dataset.reals(count: timeArray.count)
        let (grid, densities) =
            try root.text(attribute: "grid") == "none" ? (nil, []) : densities(outputs: times.count, among: names)
        let author = try root.text(attribute: "author")
        var contents = RunContents(
            title: try required("title"), experiment: try experiment(),
            softwareVersion: try required("softwareVersion"),
            author: author == OpenPMDView.unknownAuthor ? nil : author, date: date,
            grid: grid, times: times, densities: densities)
        if let grid { try readCellArrays(into: &contents, of: grid, among: names) }
        contents.isComplete = try root.text(attribute: "state") != "running"
        contents.command = try root.text(attribute: "command")
        contents.expertPath = try root.text(attribute: "expert_path")
        contents.expertPathReason = try root.text(attribute: "expert_path_reason")
        contents.limitEnd = try root.text(attribute: "limit_end")
        contents.underResolvedFrom = try root.real(attribute: "under_resolved_from")
        contents.switchedAt = try root.real(attribute: "switched_at")
        if names.contains("expert") {
            contents.experts = try experts(dimension: grid?.dimension, outputs: times.count, among: names)
        }
        if names.contains(NetCDFRootView.ensembles), let experts = contents.experts {
            contents.ensembles = try ensembles(dimension: experts.positions.count, outputs: times.count)
        }
        if names.contains("datum") {
            try readData(into: &contents, among: names)
        }
        try readSeries(into: &contents, among: names)
        if names.contains("tables") { contents.tables = try tables() }
        if names.contains("inputs") { contents.inputs = try inputs() }
        do {
            try contents.validate()
        } catch {
            guard case .inconsistent(let reason) = error else { throw error }
            throw damaged("the contents", reason)
        }
        return contents
    }

    private func experiment() throws -> String {
        let text = try required("experiment")
        guard let check = try root.integer(attribute: "experiment_crc32") else {
            throw damaged("/@experiment_crc32", "it is missing")
        }
        guard check == Int64(CRC32.of(text.utf8)) else {
            throw damaged("/@experiment", "the text is not the one that was written, by its CRC-32")
        }
        return text
    }

    private func densities(outputs: Int, among names: Set<String>) throws -> (PeriodicGrid?, [[Double]]) {
        let density = try array("density", among: names)
        guard (2...4).contains(density.extent.count) else {
            throw damaged("/density", "it has \(density.extent.count) axes, expected time and 1 to 3 angles")
        }
        try expect(density, .real, extent: [outputs] + density.extent.dropFirst().map { .some($0) })
        let grid = try PeriodicGrid(cells: density.extent.dropFirst().reversed())
        for (axis, name) in NetCDFRootView.axes(grid.dimension).enumerated() {
            let centres = try array(name, among: names)
            try expect(centres, .real, extent: [grid.cells[axis]])
            guard try centres.dataset.reals(count: grid.cells[axis]) == grid.centres(axis: axis) else {
                throw damaged("/\(name)", "it does not hold the centres of \(grid.cells[axis]) equal cells of [0, 2π)")
            }
        }
        let values = try (0..<outputs).map { try density.dataset.reals(count: grid.cellCount, row: $0) }
        return (grid, values)
    }

    private func readCellArrays(
        into contents: inout RunContents, of grid: PeriodicGrid, among names: Set<String>
    ) throws {
        func rows(_ name: String) throws -> [[Double]] {
            let found = try array(name, among: names)
            try expect(found, .real, extent: [contents.times.count] + grid.cells.reversed().map { .some($0) })
            return try contents.times.indices.map { try found.dataset.reals(count: grid.cellCount, row: $0) }
        }
        if names.contains("potential") { contents.potential = try rows("potential") }
        if names.contains("velocity_x") {
            contents.velocity = try RunContents.velocityNames(grid.dimension).map(rows)
        }
    }

    private func experts(dimension: Int?, outputs: Int, among names: Set<String>) throws -> ExpertTrajectories {
        let expert = try array("expert", among: names)
        try expect(expert, .integer, extent: [nil])
        let shape: [Int?] = [outputs, expert.count]
        func rows(_ name: String) throws -> [[Double]] {
            let found = try array(name, among: names)
            try expect(found, .real, extent: shape)
            return try (0..<outputs).map { try found.dataset.reals(count: expert.count, row: $0) }
        }
        // Without a grid the arrays themselves say how many angles there are.
        let dimension = dimension ?? max(4, names.count { $0.hasPrefix("expert_theta") })
        let positions = try NetCDFRootView.axes(dimension).map { try rows("expert_\($0)") }
        guard let ensembleCount = try root.integer(attribute: "ensemble_count") else {
            throw damaged("/@ensemble_count", "it is missing")
        }
        return ExpertTrajectories(
            positions: positions, weights: try rows("expert_weight"), ensembleCount: Int(ensembleCount))
    }

    private func ensembles(dimension: Int, outputs: Int) throws -> [ExpertTrajectories] {
        guard case .group(let folder) = try root.member(NetCDFRootView.ensembles) else {
            throw damaged("/\(NetCDFRootView.ensembles)", "it is no group")
        }
        var found: [ExpertTrajectories] = []
        for sizeName in try folder.memberNames() {
            guard let count = number(sizeName, after: "n"), case .group(let size) = try folder.member(sizeName) else {
                throw damaged(folder.path(of: sizeName), "it is no group of ensembles")
            }
            for name in try size.memberNames() where name != "expert" {
                guard let replicate = number(name, after: "r"), case .group(let group) = try size.member(name) else {
                    throw damaged(size.path(of: name), "it is no ensemble")
                }
                func rows(_ name: String) throws -> [[Double]] {
                    guard case .dataset(let dataset) = try group.member(name) else {
                        throw damaged(group.path(of: name), "it is no array")
                    }
                    let array = try check(dataset)
                    try expect(array, .real, extent: [outputs, count])
                    return try (0..<outputs).map { try dataset.reals(count: count, row: $0) }
                }
                var ensemble = ExpertTrajectories(
                    positions: try NetCDFRootView.axes(dimension).map { try rows("expert_\($0)") },
                    weights: try rows("expert_weight"), ensembleCount: count)
                ensemble.replicate = replicate
                found.append(ensemble)
            }
        }
        return found
    }

    /// The number in a name such as `n100`.
    private func number(_ name: String, after letter: String) -> Int? {
        guard name.hasPrefix(letter), let number = Int(name.dropFirst()), "\(letter)\(number)" == name else {
            return nil
        }
        return number
    }

    private func readData(into contents: inout RunContents, among names: Set<String>) throws {
        let datum = try array("datum", among: names)
        try expect(datum, .integer, extent: [nil])
        if names.contains("function") {
            let function = try array("function", among: names)
            try expect(function, .real, extent: [contents.times.count, datum.count])
            contents.function = try contents.times.indices.map {
                try function.dataset.reals(count: datum.count, row: $0)
            }
        }
        for name in names where !RunContents.isReserved(name) {
            guard let found = try arrayIfAny(name), found.extent.count == 1, !found.isExtensible else { continue }
            try expect(found, .real, extent: [datum.count])
            contents.perDatum[name] = try found.dataset.reals(count: datum.count)
        }
    }

    private func readSeries(into contents: inout RunContents, among names: Set<String>) throws {
        for name in names where !RunContents.isReserved(name) {
            guard let found = try arrayIfAny(name), found.extent.count == 1, found.isExtensible else { continue }
            try expect(found, .real, extent: [contents.times.count])
            contents.series[name] = try found.dataset.reals(count: found.count)
        }
    }

    private func tables() throws -> [RunTable] {
        guard case .group(let folder) = try root.member("tables") else { throw damaged("/tables", "it is no group") }
        return try folder.memberNames().map { name in
            guard case .group(let group) = try folder.member(name) else {
                throw damaged(folder.path(of: name), "it is no group of columns")
            }
            return RunTable(name, columns: try group.memberNames().map { try column($0, of: group) })
        }
    }

    private func inputs() throws -> [RunInput] {
        guard case .group(let folder) = try root.member("inputs") else { throw damaged("/inputs", "it is no group") }
        return try folder.memberNames().map { member in
            guard case .dataset(let dataset) = try folder.member(member),
                let name = try dataset.text(attribute: "name")
            else { throw damaged(folder.path(of: member), "it is no file with a name") }
            // The check of arrays takes none that is empty, and files may be.
            if try dataset.extent() == [0] { return RunInput(name: name, bytes: []) }
            let array = try check(dataset)
            guard array.type == .byte, array.extent.count == 1 else {
                throw damaged(dataset.path, "it holds \(array.type), expected bytes")
            }
            return RunInput(name: name, bytes: try dataset.bytes(count: array.count))
        }
    }

    private func column(_ name: String, of group: HDF5Group) throws -> RunTable.Column {
        guard case .dataset(let dataset) = try group.member(name) else {
            throw damaged(group.path(of: name), "it is no column")
        }
        let array = try check(dataset)
        guard array.extent.count == 1 else {
            throw damaged(dataset.path, "it has \(array.extent.count) axes, expected 1")
        }
        let values: RunTable.Column.Values =
            switch array.type {
            case .real: .reals(try dataset.reals(count: array.count))
            case .integer: .integers(try dataset.integers(count: array.count))
            case .text: .texts(try dataset.texts(count: array.count, type: array.type))
            case .unsigned, .integer32, .unsigned32, .byte:
                throw damaged(dataset.path, "it holds \(array.type), expected reals, 64-bit integers or texts")
            }
        return RunTable.Column(name, values, units: try dataset.text(attribute: "units"))
    }

    // MARK: Storage

    /// The arrays of the file with what they cost, groups in depth; of a run file those of the master data.
    func storage() throws -> [StoredPart] {
        let isRun = try root.text(attribute: "software") == NetCDFRootView.software
        var known: Set<UInt64> = []
        return try storage(of: root, leavingOut: isRun ? NetCDFRootView.viewNames : [], except: &known, depth: 0)
    }

    /// What each of the other views of the file costs.
    func views() throws -> [StoredView] {
        var known: Set<UInt64> = []
        for name in try root.memberNames() {
            if case .dataset(let dataset) = try root.member(name) { known.insert(try dataset.place().address) }
        }
        return try NetCDFRootView.viewNames.compactMap { name in
            guard try root.memberNames().contains(name), case .group(let group) = try root.member(name) else {
                return nil
            }
            var view = StoredView(name: name, arrayCount: 0, storedBytes: 0)
            try add(group, to: &view, except: &known, depth: 0)
            return view
        }
    }

    /// Adds up the objects below a group, each of them once, whatever its names.
    private func add(
        _ group: HDF5Group, to view: inout StoredView, except known: inout Set<UInt64>, depth: Int
    ) throws {
        guard depth <= 16 else { throw damaged(group.path, "groups are nested more than 16 deep") }
        let place = try group.place()
        guard known.insert(place.address).inserted else { return }
        view.storedBytes += place.bytes
        for name in try group.memberNames() {
            switch try group.member(name) {
            case .group(let inner): try add(inner, to: &view, except: &known, depth: depth + 1)
            case .dataset(let dataset):
                let place = try dataset.place()
                guard known.insert(place.address).inserted else { continue }
                view.arrayCount += 1
                // Virtual arrays store nothing.
                view.storedBytes += place.bytes + (try dataset.chunk() == nil ? 0 : try dataset.storedBytes())
            case .other: continue
            }
        }
    }

    /// An array with several names is told by the first one.
    private func storage(
        of group: HDF5Group, leavingOut others: [String] = [], except known: inout Set<UInt64>, depth: Int
    ) throws -> [StoredPart] {
        // A damaged file may have a group inside itself.
        guard depth <= 16 else { throw damaged(group.path, "groups are nested more than 16 deep") }
        var parts: [StoredPart] = []
        for name in try group.memberNames() where !others.contains(name) {
            switch try group.memberIfUsable(name) {
            // A virtual array of another program's costs nothing.
            case nil: continue
            case .group(let inner)?: parts += try storage(of: inner, except: &known, depth: depth + 1)
            case .dataset(let dataset)?:
                guard try known.insert(dataset.place().address).inserted else { continue }
                let extent = try dataset.extent()
                let plain = extent.reduce((value: try dataset.bytesOfElement(), isTooLarge: false)) {
                    let (product, overflow) = $0.value.multipliedReportingOverflow(by: $1)
                    return (product, $0.isTooLarge || overflow)
                }
                parts.append(
                    StoredPart(
                        path: dataset.path, extent: extent, storedBytes: try dataset.storedBytes(),
                        plainBytes: plain.isTooLarge ? .max : plain.value))
            case .other?: continue
            }
        }
        return parts
    }
}

// MARK: Checks

extension NetCDFRootView.Reader {
    /// The most that deflate can shrink: one bit for 258 bytes, with a code of one bit for each.
    private static let largestCompression = 1032

    private func required(_ name: String) throws -> String {
        guard let text = try root.text(attribute: name) else { throw foreign("it has no attribute \(name)") }
        return text
    }

    private func array(_ name: String, among names: Set<String>) throws -> NetCDFRootView.CheckedArray {
        guard names.contains(name) else { throw foreign("it has no array /\(name)") }
        guard let array = try arrayIfAny(name) else { throw damaged("/\(name)", "it is no array") }
        return array
    }

    private func arrayIfAny(_ name: String) throws -> NetCDFRootView.CheckedArray? {
        guard case .dataset(let dataset) = try root.member(name) else { return nil }
        return try check(dataset)
    }

    /// Checks kind, place and size of an array before anything is read: what the file claims to hold must fit into the
    /// bytes that it has, at the best compression there is.
    private func check(_ dataset: HDF5Dataset) throws -> NetCDFRootView.CheckedArray {
        guard let type = try dataset.type() else { throw damaged(dataset.path, "its values are of a foreign kind") }
        guard let chunk = try dataset.chunk() else { throw damaged(dataset.path, "its values are elsewhere") }
        let extent = try dataset.extent()
        let stored = try dataset.storedBytes()
        let bound = Self.largestCompression * min(stored, fileSize) + 1 << 16
        guard stored <= fileSize, extent.allSatisfy({ $0 > 0 }), !extent.isEmpty, fits(extent, type, bound),
            fits(chunk, type, bound)
        else {
            throw damaged(
                dataset.path,
                "its extent \(extent) of \(type) does not fit its \(stored) bytes in a file of \(fileSize)")
        }
        return .init(dataset: dataset, type: type, extent: extent, isExtensible: try dataset.isExtensible())
    }

    private func fits(_ extent: [Int], _ type: HDF5Type, _ bound: Int) -> Bool {
        var bytes = type.size
        for length in extent {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
            if overflow || product > bound { return false }
            bytes = product
        }
        return bytes <= bound
    }

    private func expect(_ array: NetCDFRootView.CheckedArray, _ type: HDF5Type, extent: [Int?]) throws {
        guard array.type == type else {
            throw damaged(array.dataset.path, "it holds \(array.type), expected \(type)")
        }
        let hasRank = array.extent.count == extent.count
        guard hasRank, zip(array.extent, extent).allSatisfy({ $1 == nil || $0 == $1 }) else {
            let expected = extent.map { $0.map(String.init) ?? "any" }.joined(separator: " × ")
            let found = array.extent.map(String.init).joined(separator: " × ")
            throw damaged(array.dataset.path, "its extent is \(found), expected \(expected)")
        }
    }

    private func damaged(_ part: String, _ reason: String) -> ArchiveError {
        .damaged(path: path, part: part, reason: reason)
    }

    private func foreign(_ reason: String) -> ArchiveError { .notARunFile(path: path, reason: reason) }
}
