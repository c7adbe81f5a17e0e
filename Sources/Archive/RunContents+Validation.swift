import Torus

extension RunContents {
    /// Checks that the parts fit together and that their names can be stored.
    ///
    /// - Throws: `ArchiveError.inconsistent`.
    public func validate() throws(ArchiveError) {
        try validateTexts()
        try validateInputs()
        try validateLimit()
        try validateCellArrays()
        try validateExperts()
        try validateData()
        for name in tables.map(\.name) { try require(Self.isName(name), "the table name \"\(name)\" is not a word") }
        try require(Set(tables.map(\.name)).count == tables.count, "two tables have one name")
        for table in tables { try validate(table) }
    }

    /// Names in the root of a run file that no series can have.
    static let reservedNames: Set<String> = [
        "time", "x", "y", "z", "density", "potential", "velocity_x", "velocity_y", "velocity_z", "expert", "expert_x",
        "expert_y", "expert_z", "expert_weight", "datum",
        "function", "tables", "inputs", "ensembles", "data", "VTKHDF", "VTKHDF_experts",
    ]

    /// Whether a name belongs to a part of a run file, the angles of experts without a grid included.
    static func isReserved(_ name: String) -> Bool {
        let prefix = "expert_theta"
        return reservedNames.contains(name)
            || name.hasPrefix(prefix) && name.count > prefix.count
                && name.utf8.dropFirst(prefix.count).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Names that all readers take: ASCII letters, digits and underscores, no digit first.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 255 else { return false }
        let isLetter = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
        }
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    private func validateTexts() throws(ArchiveError) {
        for (name, text) in [
            ("title", title), ("experiment", experiment), ("version", softwareVersion), ("author", author ?? ""),
            ("command", command ?? ""), ("expert path", expertPath ?? ""),
            ("reason of the expert path", expertPathReason ?? ""), ("end of the limit", limitEnd ?? ""),
        ] {
            try require(!text.utf8.contains(0), "the \(name) contains a zero byte")
        }
    }

    private func validateInputs() throws(ArchiveError) {
        try require(Set(inputs.map(\.name)).count == inputs.count, "two files of the experiment have one name")
        for input in inputs {
            try require(
                !input.name.isEmpty && !input.name.utf8.contains(0), "a file of the experiment has no name")
        }
    }

    private func validateLimit() throws(ArchiveError) {
        try require(!times.isEmpty, "there is no output time")
        try require(times.allSatisfy(\.isFinite), "an output time is not finite")
        try require(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "the output times do not increase")
        for (name, values) in series {
            try require(
                values.count == times.count,
                "the series \(name) has \(values.count) values for \(times.count) output times")
        }
        guard let grid else {
            try require(densities.isEmpty, "there are densities without a grid")
            try require(cellArrays.isEmpty, "there is a potential or a velocity without a grid")
            return
        }
        try require(grid.dimension <= 3, "the grid has \(grid.dimension) axes, a run file takes at most 3")
        try require(
            densities.count == times.count, "there are \(densities.count) densities for \(times.count) output times")
        for density in densities {
            try require(
                density.count == grid.cellCount, "a density has \(density.count) values for \(grid.cellCount) cells")
        }
    }

    private func validateCellArrays() throws(ArchiveError) {
        guard let grid else { return }
        try require(
            velocity == nil || velocity?.count == grid.dimension,
            "the velocity has \(velocity?.count ?? 0) components on a grid of \(grid.dimension) axes")
        for array in cellArrays {
            try require(
                array.rows.count == times.count && array.rows.allSatisfy { $0.count == grid.cellCount },
                "\(array.name) does not have a value for each cell and output")
        }
    }

    private func validateExperts() throws(ArchiveError) {
        guard let experts else {
            try require(ensembles.isEmpty, "there are ensembles without the experts of the largest one")
            return
        }
        try require(experts.replicate == 0, "the experts are of replicate \(experts.replicate), expected 0")
        try validate(experts)
        for ensemble in ensembles {
            try require(
                ensemble.positions.count == experts.positions.count,
                "an ensemble has \(ensemble.positions.count) angles, the experts have \(experts.positions.count)")
            try require(ensemble.replicate >= 0, "there is a replicate \(ensemble.replicate)")
            try require(
                ensemble.ensembleCount == ensemble.weights.first?.count,
                "an ensemble of \(ensemble.ensembleCount) experts has \(ensemble.weights.first?.count ?? 0)")
            try validate(ensemble)
        }
        try require(
            Set(ensembles.map { [$0.ensembleCount, $0.replicate] }).count == ensembles.count,
            "an ensemble is there twice"
        )
    }

    private func validate(_ experts: ExpertTrajectories) throws(ArchiveError) {
        let axes = grid?.dimension ?? max(4, experts.positions.count)
        try require(
            experts.positions.count == axes,
            "the experts have \(experts.positions.count) angles "
                + (grid == nil ? "without a grid: it is missing" : "on a grid of \(axes) axes"))
        let count = experts.weights.first?.count ?? 0
        try require(count >= 1, "there are experts' arrays without an expert")
        for rows in experts.positions + [experts.weights] {
            try require(
                rows.count == times.count, "the experts have \(rows.count) outputs for \(times.count) output times")
            for row in rows {
                try require(row.count == count, "there are \(row.count) values for \(count) experts")
            }
        }
        try require(experts.ensembleCount >= 1, "the ensemble is of \(experts.ensembleCount) experts")
    }

    private func validateData() throws(ArchiveError) {
        for name in Array(series.keys) + Array(perDatum.keys) {
            try require(Self.isName(name), "the name \"\(name)\" is not a word of letters, digits and underscores")
            try require(!Self.isReserved(name), "the name \(name) belongs to another part of a run file")
            try require(series[name] == nil || perDatum[name] == nil, "the name \(name) is used twice")
        }
        guard let count = datumCount else {
            try require(function == nil, "the generated function has no output")
            return
        }
        try require(count >= 1, "there are arrays of training data without a datum")
        if let function {
            try require(
                function.count == times.count,
                "the function has \(function.count) outputs for \(times.count) output times")
            for row in function {
                try require(row.count == count, "the function has \(row.count) values for \(count) data")
            }
        }
        for (name, values) in perDatum {
            try require(values.count == count, "\(name) has \(values.count) values for \(count) data")
        }
    }

    private func validate(_ table: RunTable) throws(ArchiveError) {
        try require(table.rowCount >= 1, "the table \(table.name) has no row")
        try require(
            Set(table.columns.map(\.name)).count == table.columns.count, "the table \(table.name) has a column twice")
        for column in table.columns {
            try require(Self.isName(column.name), "the column name \"\(column.name)\" is not a word")
            try require(
                column.values.count == table.rowCount,
                "the column \(column.name) of the table \(table.name) has \(column.values.count) values for "
                    + "\(table.rowCount) rows")
            try require(!(column.units ?? "").utf8.contains(0), "the units of \(column.name) contain a zero byte")
            if case .texts(let texts) = column.values {
                try require(
                    texts.allSatisfy { !$0.utf8.contains(0) }, "a text of the column \(column.name) has a zero byte")
            }
        }
    }

    private func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(ArchiveError) {
        guard condition else { throw .inconsistent(reason: reason()) }
    }
}
