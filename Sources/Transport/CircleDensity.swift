public import Torus

/// A piecewise constant probability density on the circle of length 2π with equal cells.
///
/// Built once, then compared with any number of sets of atoms. Its cumulative mass is compensated: within `2⁻⁵³` of the
/// exact value at every face, so nothing is lost with the number of cells.
public struct CircleDensity: Sendable {
    /// The number `M` of cells.
    public let count: Int
    /// The mass between angle 0 and each face, from exactly 0 to exactly 1: `M + 1` numbers.
    public let cumulative: [Double]
    /// The mass of the given cell averages minus 1, which was divided out.
    public let massDefect: Double

    /// The cumulative mass at the faces of two periods, from 0 to 2: `2M + 1` numbers.
    let levels: [Double]
    /// The angles of these faces in radians, from 0 to 4π.
    let faces: [Double]
    /// The slope `dθ/du` of the quantile in each cell of the two periods, 0 in cells without mass: `2M` numbers.
    let ramps: [Double]

    /// The density of a field on a grid of one axis.
    ///
    /// - Parameters:
    ///   - field: cell averages per radian.
    ///   - massTolerance: the largest defect of the mass, which is divided out; the default allows for the rounding of
    ///     a long conservative run, not for a density that was never normalised.
    /// - Throws: `TransportError` when the grid has another number of axes, a value is not finite or negative, or the
    ///   mass is not 1.
    /// - Complexity: O(M).
    public init(_ field: Field, massTolerance: Double = 1e-10) throws {
        guard field.grid.dimension == 1 else {
            throw TransportError.dimension(found: field.grid.dimension, expected: 1)
        }
        try self.init(cellAverages: field.values, massTolerance: massTolerance)
    }

    /// The density of given cell averages per radian; cell `i` of `M` is `[2πi/M, 2π(i+1)/M)`.
    ///
    /// - Throws: `TransportError` when there is no cell, a value is not finite or negative, or the mass is not 1.
    /// - Complexity: O(M).
    public init(cellAverages: [Double], massTolerance: Double = 1e-10) throws {
        guard !cellAverages.isEmpty else { throw TransportError.noCells }
        var sum = CompensatedSum()
        for (cell, value) in cellAverages.enumerated() {
            guard value.isFinite else { throw TransportError.nonFiniteDensity(cell: cell, value: value) }
            guard value >= 0 else { throw TransportError.negativeDensity(cell: cell, value: value) }
            sum.add(value)
        }
        let count = cellAverages.count
        let period = 2 * Double.pi
        let width = period / Double(count)
        massDefect = sum.value * width - 1
        guard abs(massDefect) <= massTolerance else {
            throw TransportError.mass(defect: massDefect, tolerance: massTolerance)
        }
        let cumulative = normalisedPartialSums(cellAverages)
        let levels = cumulative + cumulative.dropFirst().map { $0 + 1 }
        let base = (0..<count).map { period * Double($0) / Double(count) }
        self.count = count
        self.cumulative = cumulative
        self.levels = levels
        faces = base + base.map { $0 + period } + [2 * period]
        // Below this mass the slope may overflow; such a cell is passed over like an empty one.
        ramps = (0..<2 * count).map { cell in
            let mass = levels[cell + 1] - levels[cell]
            return mass > 0x1p-900 ? width / mass : 0
        }
    }

    /// The cumulative mass at an angle of `[0, 2π]`.
    func cumulativeMass(at angle: Double) -> Double {
        var cell = Swift.min(Int(angle / (2 * .pi) * Double(count)), count - 1)
        if angle < faces[cell] { cell -= 1 } else if angle >= faces[cell + 1] { cell = Swift.min(cell + 1, count - 1) }
        let share = (angle - faces[cell]) / (faces[cell + 1] - faces[cell])
        return cumulative[cell] + share * (cumulative[cell + 1] - cumulative[cell])
    }

    /// The lifted cumulative mass, `F(θ + 2π) = F(θ) + 1`, at an angle of `[−2π, 4π)`.
    func liftedCumulativeMass(at angle: Double) -> Double {
        let period = 2 * Double.pi
        if angle < 0 { return cumulativeMass(at: Swift.max(angle + period, 0)) - 1 }
        if angle >= period { return cumulativeMass(at: Swift.min(angle - period, period)) + 1 }
        return cumulativeMass(at: angle)
    }
}
