/// A part of a run file that can be exported alone.
public enum RunField: String, Sendable, CaseIterable {
    /// The density on its grid.
    case density
    /// The potential of the limit there, where it is stored.
    case potential
    /// The velocity of the limit there, where it is stored.
    case velocity
    /// The experts of the stored ensemble.
    case experts
    /// Loss, dissipation, entropy and the like.
    case series
    /// The generated function and what else belongs to a training datum.
    case function
    /// Comparison, rates, budget.
    case tables
}

extension RunContents {
    /// Some outputs and some parts; of the ensembles only that of `experts`.
    ///
    /// - Precondition: the outputs increase, and there is at least one.
    func selecting(outputs: [Int], fields: Set<RunField>) -> RunContents {
        var part = self
        func rows<Row>(_ all: [Row]) -> [Row] { all.isEmpty ? [] : outputs.map { all[$0] } }
        part.times = rows(times)
        part.densities = rows(densities)
        part.series = fields.contains(.series) ? series.mapValues(rows) : [:]
        if fields.contains(.function) {
            part.function = function.map(rows)
        } else {
            (part.function, part.perDatum) = (nil, [:])
        }
        if !fields.contains(.tables) { part.tables = [] }
        part.experts = fields.contains(.experts) ? experts?.selecting(outputs: outputs) : nil
        part.ensembles = []
        if !fields.contains(.density) { part.densities = [] }
        part.potential = fields.contains(.potential) ? potential.map(rows) : nil
        part.velocity = fields.contains(.velocity) ? velocity.map { $0.map(rows) } : nil
        if part.arraysOnGrid.isEmpty { part.grid = nil }
        return part
    }

    /// The parts that there are.
    public var fields: [RunField] {
        RunField.allCases.filter { !selecting(outputs: [0], fields: [$0]).isEmpty }
    }

    /// Whether there is nothing but the times.
    var isEmpty: Bool {
        grid == nil && experts == nil && series.isEmpty && function == nil && perDatum.isEmpty && tables.isEmpty
    }
}
