import Archive
import Transport

/// Atoms and atoms of whatever period, made ready for a distance; what had to be done to them is said.
struct AtomDistanceProblem {
    /// The number of the first atoms.
    let count: Int
    /// The number of angles.
    let dimension: Int
    /// What was done to the data.
    let notices: [String]
    /// Axis by axis, wrapped, with the period 2π.
    private let angles: [[Double]]
    private let weights: [[Double]?]
    private let period: Double

    /// Checks the data, wraps the atoms, and divides by the sums.
    ///
    /// - Throws: `DistanceProblemError`.
    init(_ first: AtomFile, _ second: AtomFile, period: Double, normalises: Bool) throws(DistanceProblemError) {
        guard first.angles.count == second.angles.count else {
            throw .otherDimension(found: second.angles.count, expected: first.angles.count)
        }
        guard !(first.isRun || second.isRun) || period == 2 * .pi else { throw .period(period) }
        var notices: [String] = []
        var weights: [[Double]?] = []
        for file in [first, second] {
            weights.append(try DistanceProblem.weights(of: file, normalises: normalises, &notices))
        }
        angles = [first, second].map { DistanceProblem.angles(of: $0, period: period, &notices) }
        self.weights = weights
        self.period = period
        self.notices = notices
        count = first.count
        dimension = first.angles.count
    }

    /// The distance in the unit of the period.
    ///
    /// - Throws: `TransportError`.
    func distance(_ order: WassersteinOrder) throws -> Distance {
        let distance = try wasserstein(
            atoms: angles[0], weights: weights[0], otherAtoms: angles[1], otherWeights: weights[1],
            dimension: dimension, order: order)
        return DistanceProblem.scaled(distance, to: period, dimension: dimension)
    }
}
