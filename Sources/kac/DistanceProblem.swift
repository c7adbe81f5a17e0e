import Archive
import Foundation
import Torus
import Transport

/// Atoms and a density of whatever period, made ready for a distance; what had to be done to them is said.
struct DistanceProblem {
    /// The number of atoms.
    let count: Int
    /// What was done to the data.
    let notices: [String]
    /// The angles axis by axis, wrapped, with the period 2π.
    private let angles: [Double]
    private let weights: [Double]?
    /// Per radian^d.
    private let density: Field
    private let period: Double

    /// The number of angles.
    var dimension: Int { density.grid.dimension }

    /// Beyond this a sum that should be 1 is no rounding, not even of single precision.
    static let tolerance = 1e-6
    /// From here on it is worth saying that a sum was divided out.
    static let rounding = 1e-10

    /// Checks the data, wraps the atoms, and divides by the sums.
    ///
    /// - Throws: `DistanceProblemError`.
    init(
        atoms: AtomFile, density: (field: Field, isRun: Bool), period: Double, normalises: Bool
    ) throws(DistanceProblemError) {
        let grid = density.field.grid
        guard atoms.angles.count == grid.dimension else {
            throw .dimensions(atoms: atoms.angles.count, density: grid.dimension)
        }
        guard !(atoms.isRun || density.isRun) || period == 2 * .pi else { throw .period(period) }
        var notices: [String] = []

        angles = Self.angles(of: atoms, period: period, &notices)
        count = atoms.count
        weights = try Self.weights(of: atoms, normalises: normalises, &notices)

        let volume = (0..<grid.dimension).reduce(1.0) { value, axis in value * period / Double(grid.cells[axis]) }
        let values = density.field.values
        for (cell, value) in values.enumerated() where !(value >= 0 && value.isFinite) {
            throw .density(cell: Self.place(cell, grid), value: value)
        }
        let sum = values.reduce(0, +)
        guard sum > 0, sum.isFinite else { throw .sum(what: "cell averages", sum: sum) }
        let mass = sum * volume
        guard normalises || abs(mass - 1) <= Self.tolerance else { throw .mass(mass, sum: sum) }
        if abs(mass - 1) > Self.rounding {
            notices.append("the density has the mass \(mass) over the period \(period) and was divided by it")
        }
        // Sums of many cells lose digits that the distances divide out again.
        self.density = Field(grid: grid, values: values.map { $0 / sum / grid.cellVolume })
        self.period = period
        self.notices = notices
    }

    /// The distance in the unit of the period.
    ///
    /// - Throws: `TransportError`.
    func distance(_ order: WassersteinOrder, parallelism: Parallelism) throws -> Distance {
        let distance = try wasserstein(
            atoms: angles, weights: weights, density: density, order: order, parallelism: parallelism)
        return Self.scaled(distance, to: period, dimension: dimension)
    }

    /// The angles axis by axis, wrapped, with the period 2π.
    static func angles(of atoms: AtomFile, period: Double, _ notices: inout [String]) -> [Double] {
        let outside = (0..<atoms.count).count { atom in
            atoms.angles.contains { $0[atom] < 0 || $0[atom] >= period }
        }
        if outside > 0 {
            notices.append(
                "\(outside) of \(atoms.count) atoms \(outside == 1 ? "is" : "are") outside [0, \(period)) and wrapped into it"
            )
        }
        let scale = period == 2 * .pi ? 1 : 2 * .pi / period
        return atoms.angles.flatMap { $0.map { wrapped($0, period) * scale } }
    }

    /// The weights divided by their sum.
    static func weights(
        of atoms: AtomFile, normalises: Bool, _ notices: inout [String]
    ) throws(DistanceProblemError) -> [Double]? {
        guard let weights = atoms.weights else { return nil }
        let sum = weights.reduce(0, +)
        guard sum > 0, sum.isFinite else { throw .sum(what: "weights", sum: sum) }
        guard normalises || abs(sum - 1) <= tolerance else { throw .weights(sum: sum) }
        if abs(sum - 1) > rounding { notices.append("the weights sum to \(sum) and were divided by it") }
        return weights.map { $0 / sum }
    }

    /// A distance at the period 2π in the unit of a period.
    static func scaled(_ distance: Distance, to period: Double, dimension: Int) -> Distance {
        if period == 2 * .pi { return distance }
        let scale = period / (2 * .pi)
        // Every angle was rounded three times on its way to the period 2π, and the distance is again on its way back.
        let rounding = 4 * period.ulp * Double(dimension)
        return Distance(
            lower: Swift.max(0, distance.lower * scale * (1 - 0x1p-51) - rounding),
            upper: distance.upper * scale * (1 + 0x1p-51) + rounding, method: distance.method,
            iterations: distance.iterations)
    }

    /// The representative in `[0, period)`; the remainder is exact.
    static func wrapped(_ value: Double, _ period: Double) -> Double {
        if value >= 0 && value < period { return value }
        var rest = value.truncatingRemainder(dividingBy: period)
        if rest < 0 { rest += period }
        return rest < period ? rest : 0
    }

    private static func place(_ cell: Int, _ grid: PeriodicGrid) -> [Int] {
        var rest = cell
        return grid.cells.map { cells in
            defer { rest /= cells }
            return rest % cells
        }
    }
}

/// Why atoms and a density cannot be compared.
enum DistanceProblemError: Error, Equatable, CustomStringConvertible {
    case dimensions(atoms: Int, density: Int)
    case period(Double)
    case weights(sum: Double)
    case density(cell: [Int], value: Double)
    case sum(what: String, sum: Double)
    case mass(Double, sum: Double)
    case otherDimension(found: Int, expected: Int)

    var description: String {
        switch self {
        case .dimensions(let atoms, let density):
            "the atoms have \(Self.angles(atoms)), the density's grid \(Self.angles(density)), expected as many"
                + (atoms == density + 1 ? ": a column of weights is named 'weight' in the first line" : "")
        case .period(let period):
            "found the period \(period) for a run file, whose angles have the period 2*pi: leave --period out"
        case .weights(let sum): "the weights sum to \(sum), expected 1: --normalise divides them by their sum"
        case .density(let cell, let value):
            "the density in cell \(cell) is \(value), expected a finite number that is not negative"
        case .sum(let what, let sum): "the \(what) sum to \(sum), expected a finite number above 0"
        case .mass(let mass, let sum):
            "the density has the mass \(mass), expected 1: --normalise divides it by its mass"
                + (abs(sum - 1) < 1e-3 ? "; the values sum to \(sum), as cell masses do" : "")
                + "; --period says how long the torus is"
        case .otherDimension(let found, let expected):
            "the first atoms have \(Self.angles(expected)), the others \(Self.angles(found)), expected as many"
        }
    }

    private static func angles(_ count: Int) -> String { count == 1 ? "1 angle" : "\(count) angles" }
}
