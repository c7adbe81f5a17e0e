public import TimeStepping
public import Torus
import Training

/// A solver of the limit `∂_t μ = div(μ ∇V[μ])`.
///
/// One instance serves one thread at a time.
public protocol ContinuumSolver: AnyObject {
    /// The time reached.
    var time: Double { get }
    /// The weights `w(t)` of the potential so far, with dense output.
    var history: PiecewisePolynomial { get }
    /// The time from which on the method is under-resolved, if it is.
    var lostAt: Double? { get }
    /// How well the method resolves the law at the time reached.
    var resolution: Resolution { get }

    /// Steps until the time is exactly `target`.
    ///
    /// - Parameter afterStep: called with the time reached after each step that is kept; what it throws ends the call there.
    /// - Throws: `ContinuumError` or `TimeSteppingError`; the state reached before stays.
    func advance(to target: Double, afterStep: (Double) throws -> Void) throws

    /// The moments `M_m = ∫ Φ_m dμ` of the problem's basis.
    func moments() -> [Double]

    /// The Fourier moment `∫ e^{ik·θ} dμ`, `k` one whole number an axis, whether the problem's basis has it or not.
    func moment(_ k: [Int]) -> (real: Double, imaginary: Double)

    /// `∫ |∇V|² dμ`, the rate at which the loss falls.
    func dissipation() -> Double

    /// `∫ ΔV dμ`, the rate at which the entropy `∫ ρ log ρ` grows.
    func meanLaplacian() -> Double

    /// The density's cell averages on a grid, per radian.
    ///
    /// - Precondition: for finite volumes, a whole number of cells in each of the solver's own.
    /// - Throws: what the method needs to get there.
    func density(on grid: PeriodicGrid) throws -> Field

    /// All that the steps to come depend on.
    var snapshot: Snapshot { get }

    /// Goes on from a snapshot of a solver of the same problem that was made in the same way: the steps to come are the same
    /// to the bit.
    ///
    /// - Throws: `SnapshotError` for a snapshot of something else.
    func restore(_ snapshot: Snapshot) throws
}

extension ContinuumSolver {
    /// Steps until the time is exactly `target`.
    ///
    /// - Throws: `ContinuumError` or `TimeSteppingError`; the state reached before stays.
    public func advance(to target: Double) throws { try advance(to: target) { _ in } }
}

/// How well a method resolves a law.
public struct Resolution: Sendable, Equatable {
    /// Cells, modes or nodes in use.
    public var unknowns: Int
    /// What is measured, for messages: the spectral tail, or the cells under the peak.
    public var measure: String
    /// The value of the measure.
    public var value: Double
    /// The time from which on the method was under-resolved, if it was.
    public var lostAt: Double?
}

/// Why the limit cannot be solved.
public enum ContinuumError: Error, Equatable, CustomStringConvertible {
    /// The dimension is not one that the method solves.
    case dimension(Int, scheme: String)
    /// An axis of the grid has too few cells for the expert's harmonics.
    case gridTooCoarse(axis: Int, cells: Int, needed: Int)
    /// The method needs the expert's expansion, and there is none.
    case expansion(scheme: String)
    /// The grid has another dimension than the problem.
    case gridDimension(grid: Int, problem: Int)
    /// The method starts from other laws.
    case initialLaw(scheme: String)
    /// The law concentrates beyond what the largest resolution holds.
    case underResolved(scheme: String, time: Double, unknowns: Int)

    /// What was found, what was expected, and what to do.
    public var description: String {
        switch self {
        case .dimension(let d, let scheme):
            switch scheme {
            case "characteristics":
                "continuum.method: characteristics is for one to a hundred trained angles, found \(d): train fewer"
            case "grid":
                "continuum.grid: densities on a grid are for one to three trained angles, found \(d): leave it out"
            default:
                "continuum.method: \(scheme) is for one to three trained angles, found \(d): take method: characteristics"
            }
        case .gridTooCoarse(let axis, let cells, let needed):
            "continuum.grid: \(cells) cells along axis \(axis) cannot carry the expert's harmonics, expected at least "
                + "\(needed)"
        case .expansion(let scheme):
            "continuum.method: \(scheme) needs the expert's expansion, and the state vector is the only way to its functions: take "
                + "method: characteristics, or raise expert.term_limit"
        case .initialLaw(let scheme):
            "initial: \(scheme) cannot start from this law: "
                + (scheme.hasPrefix("characteristics")
                    ? "give continuum.nodes" : "choose another continuum.method; finite volumes take any")
        case .gridDimension(let grid, let problem):
            "continuum.grid: the grid has \(grid) axes, the expert has \(problem) trained angles: they must agree"
        case .underResolved(let scheme, let time, let unknowns):
            "\(scheme): the law concentrates beyond \(unknowns) unknowns at t = \(time): "
                + (scheme == "galerkin" ? "take method: characteristics, " : "allow a larger tolerance, ")
                + "end earlier, or scale targets into the experts' reach"
        }
    }
}
