import Torus

/// The weights for the cost `(|x − y|² + ε²)^{1/2}` as `ε` falls, from those of `W₂`.
///
/// The path is followed in `s = 1/(1 + (ε/ℓ)²)`, `ℓ` being `W₂`, from 0 to 1, with the weights times `2(ε² + ℓ²)^{1/2}`: for large `ε` these
/// differ from the weights of `W₂` by a multiple of `ε⁻²`, for small `ε` from a limit by a multiple of `ε²`, so secants are good guesses.
struct ApolloniusPath {
    let atoms: TorusAtoms
    let density: TorusDensity
    let parallelism: Parallelism
    private let length: Double
    private let start: [Double]

    /// From here on, in units of `ℓ`, `ε` is small enough to look for bounds.
    private static let late = 0.4
    /// In the same unit, where the path ends in any case.
    private static let end = 0.005

    init(_ atoms: TorusAtoms, _ density: TorusDensity, plan: SemiDiscretePlan, parallelism: Parallelism) {
        (self.atoms, self.density, self.parallelism) = (atoms, density, parallelism)
        length = plan.distance.upper
        var weights = [Double](repeating: 0, count: atoms.weights.count)
        for (atom, place) in atoms.places.enumerated() where place >= 0 { weights[Int(place)] = plan.weights[atom] }
        start = weights
    }

    /// Bounds of `W₁` along the path.
    ///
    /// - Parameters:
    ///   - known: bounds that are known.
    ///   - accuracy: the relative width at which the path ends.
    ///   - limit: about the most partitions.
    /// - Returns: the best bounds, and the partitions it took.
    func bracket(
        within known: ClosedRange<Double>, accuracy: Double, limit: Int
    ) -> (ends: ClosedRange<Double>, partitions: Int) {
        var (lower, upper) = (known.lowerBound, known.upperBound)
        var points: [(share: Double, weights: [Double])] = [(0, start)]
        var (step, partitions) = (0.3, 0)
        while partitions < limit, upper - lower > accuracy * upper {
            let last = points[points.count - 1]
            // Towards 1 at most 0.7 of what is left.
            let share = Swift.min(last.share + step, 1 - 0.3 * (1 - last.share))
            let smoothing = length * (1 / share - 1).squareRoot()
            if smoothing < Self.end * length { break }
            let unit = 2 * (smoothing * smoothing + length * length).squareRoot()
            let isLate = smoothing < Self.late * length
            // Where it does not matter who gets what, as with one atom or atoms close together, the first bounds are the last.
            let isBounded = isLate || partitions == 0
            var dual = ApolloniusDual(
                atoms, density, weights: guess(at: share, from: points).map { $0 / unit }, smoothing: smoothing,
                resolution: .init(
                    cost: isBounded ? Swift.max(accuracy, 1e-4) * upper : .infinity, mass: isLate ? 0.01 : 0.03),
                parallelism: parallelism)
            dual.ascend(to: isLate ? 0.1 * accuracy : 0.05, limit: 10)
            if isBounded {
                let found = dual.bracket()
                (lower, upper) = (Swift.max(lower, found.lowerBound), Swift.min(upper, found.upperBound))
            }
            partitions += dual.evaluations
            if dual.imbalance > 0.2 && step > 0.02 {
                step = 0.5 * Swift.min(step, share - last.share)
            } else {
                points.append((share, dual.weights.map { $0 * unit }))
                if points.count > 2 { points.removeFirst() }
                if dual.evaluations < 8 { step *= 1.5 }
            }
        }
        return (Swift.min(lower, upper)...upper, partitions)
    }

    /// The weights on the secant through the last two points.
    private func guess(at share: Double, from points: [(share: Double, weights: [Double])]) -> [Double] {
        let last = points[points.count - 1]
        guard points.count > 1 else { return last.weights }
        let before = points[points.count - 2]
        let factor = (share - last.share) / (last.share - before.share)
        return zip(last.weights, before.weights).map { $0 + factor * ($0 - $1) }
    }
}
