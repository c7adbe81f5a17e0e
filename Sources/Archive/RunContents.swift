public import Foundation
public import Torus

/// What a run file holds.
public struct RunContents: Sendable, Equatable {
    /// The title of the run.
    public var title: String
    /// The text of the experiment file, of any length and in any language.
    public var experiment: String
    /// The files that the experiment names, in any order.
    public var inputs: [RunInput] = []
    /// Whether the run has ended; what is written on the way shows the outputs so far.
    public var isComplete = true
    /// The command that made the run, `run` or `solve`; `nil` when that is not known.
    public var command: String?
    /// The version of kac that made the run.
    public var softwareVersion: String
    /// Who made the run.
    public var author: String?
    /// When the run was made; a file keeps whole seconds.
    public var date: Date
    /// How the experts' expansion was found: `expansion` or `direct`.
    public var expertPath: String?
    /// Why it was not found from the experts' structure.
    public var expertPathReason: String?
    /// Why the limit ended before the experiment's last time; `nil` when it did not.
    public var limitEnd: String?
    /// The time from which on the limit's method did not resolve the law, if it is known.
    public var underResolvedFrom: Double?
    /// The time at which the limit went over to characteristics, if it did.
    public var switchedAt: Double?
    /// The grid of the densities, of one to three axes; `nil` beyond three angles.
    public var grid: PeriodicGrid?
    /// The times of the outputs, increasing.
    public var times: [Double]
    /// The density at every output, per radian^d, one value a cell with θ₀ fastest, as `Field` has them; empty without a grid.
    public var densities: [[Double]]
    /// The potential `V` of the limit at the cells' centres, as `[time][cell]`.
    public var potential: [[Double]]?
    /// The velocity `−∇V` there, as `[axis][time][cell]`.
    public var velocity: [[[Double]]]?
    /// The experts of one ensemble, when there are particles: replicate 0 of the largest.
    public var experts: ExpertTrajectories?
    /// All ensembles, that one included, by their sizes and replicates; none unless they were asked for.
    public var ensembles: [ExpertTrajectories] = []
    /// Series over the outputs, such as `loss` and `entropy`.
    public var series: [String: [Double]]
    /// The limit's generated function at the training inputs, as `[time][datum]`.
    public var function: [[Double]]?
    /// Further values a training datum, such as `target`.
    public var perDatum: [String: [Double]]
    /// Tables, in their order.
    public var tables: [RunTable]

    /// The contents of a run file.
    public init(
        title: String, experiment: String, softwareVersion: String, author: String? = nil, date: Date,
        grid: PeriodicGrid?, times: [Double], densities: [[Double]], experts: ExpertTrajectories? = nil,
        series: [String: [Double]] = [:], function: [[Double]]? = nil, perDatum: [String: [Double]] = [:],
        tables: [RunTable] = []
    ) {
        self.title = title
        self.experiment = experiment
        self.softwareVersion = softwareVersion
        self.author = author
        self.date = date
        self.grid = grid
        self.times = times
        self.densities = densities
        self.experts = experts
        self.series = series
        self.function = function
        self.perDatum = perDatum
        self.tables = tables
    }

    /// The names of `d` angles in a run file: `x`, `y`, `z`, and beyond three angles `theta0`, `theta1`, …
    public static func axisNames(_ dimension: Int) -> [String] { NetCDFRootView.axes(dimension) }

    /// The number of training data, when the contents tell it.
    public var datumCount: Int? { function?.first?.count ?? perDatum.values.first?.count }
}
