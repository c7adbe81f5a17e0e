extension CircleTransport {
    /// The distance `W₁` between atoms and a density on the circle, in radians.
    ///
    /// `W₁ = min_c ∫|F_N − F − c|` over one period, with the cumulative weight `F_N` of the atoms and mass `F` of the
    /// density. The difference is linear on each segment between neighbouring atoms and faces; the best level `c` is its
    /// median with respect to length, the zero of a monotone, piecewise linear slope. The value is then a sum of exact
    /// integrals of absolute values.
    ///
    /// Source: Rabin, Delon, Gousseau, *Transportation distances on the circle*, J. Math. Imaging Vis. 41 (2011);
    /// Hundrieser, Klatt, Munk, *The statistics of circular optimal transport*, arXiv 2103.15426.
    ///
    /// - Complexity: O(N + M) time a pass and O(N + M) scratch memory; about ten passes, at most about sixty when the
    ///   median level lies in a region without mass.
    public static func w1(_ atoms: CircleAtoms, _ density: CircleDensity) -> Distance {
        let capacity = atoms.count + density.count + LevelSegments.lanes
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * capacity) { scratch in
            guard let base = scratch.baseAddress else { preconditionFailure("the scratch memory is never empty") }
            let segments = LevelSegments(atoms, density, scratch: base, capacity: capacity)
            let zero = MonotoneZero(
                from: segments.meanLevel, in: segments.lowest...segments.highest, resolution: 0x1p-54
            ) { segments.slope(at: $0) }

            let value = segments.value(at: zero.point)
            let period = 2 * Double.pi
            // Convexity: the minimum is at least J − |J′|·reach, J′ with the rounding of its own sum.
            let search = (abs(zero.slope) + Double(segments.count + 8) * 0x1p-53 * period) * zero.reach
            // An error of ε in F_N − F changes the integral by at most 2πε; beside the cumulative masses, the
            // interpolation inside a cell rounds four times. An error of ε in every face changes W₁ by at most ε; a face is
            // rounded twice. The terms carry a few ulps each, their compensated sum one.
            let rounding = 2 * massRounding * period + period.ulp + 8 * 0x1p-53 * value
            return Distance(
                lower: Swift.max(0, value - search - rounding), upper: value + rounding,
                method: "circle W1: level median", iterations: zero.evaluations)
        }
    }
}

/// The segments on which `F_N − F` is linear: its level in the middle, the inverse of half its drop, and the length.
private struct LevelSegments {
    typealias Lanes = SIMD8<Double>
    static let lanes = Lanes.scalarCount
    /// Stands for half the drop of a segment without mass, so that no division is by zero.
    static let noDrop = 0x1p-900

    /// A multiple of the number of lanes: the last segments may have length 0.
    let count: Int
    let middles: UnsafeMutablePointer<Double>
    let inverses: UnsafeMutablePointer<Double>
    let lengths: UnsafeMutablePointer<Double>
    let lowest: Double
    let highest: Double
    /// `∫(F_N − F)/2π`, where the search for the median begins.
    let meanLevel: Double

    init(_ atoms: CircleAtoms, _ density: CircleDensity, scratch: UnsafeMutablePointer<Double>, capacity: Int) {
        let (middles, inverses, lengths) = (scratch, scratch + capacity, scratch + 2 * capacity)
        var count = 0
        var (lowest, highest, integral) = (0.0, 0.0, 0.0)
        atoms.positions.withUnsafeBufferPointer { positions in
            atoms.cumulative.withUnsafeBufferPointer { weights in
                density.cumulative.withUnsafeBufferPointer { masses in
                    density.faces.withUnsafeBufferPointer { faces in
                        let atomCount = atoms.count
                        var atom = 0
                        var weight = 0.0
                        var x = positions[0]
                        for cell in 0..<density.count {
                            var (y, mass) = (faces[cell], masses[cell])
                            let (face, faceNext, massNext) = (y, faces[cell &+ 1], masses[cell &+ 1])
                            let (base, density) = (mass, (massNext - mass) / (faceNext - face))
                            while true {
                                let isAtom = x < faceNext && atom < atomCount
                                let end = isAtom ? x : faceNext
                                let massEnd = isAtom ? Swift.min(base + (x - face) * density, massNext) : massNext
                                let half = 0.5 * (massEnd - mass)
                                let middle = (weight - mass) - half
                                let length = end - y
                                middles[count] = middle
                                inverses[count] = 1 / (half > LevelSegments.noDrop ? half : LevelSegments.noDrop)
                                lengths[count] = length
                                integral += length * middle
                                count &+= length > 0 ? 1 : 0
                                highest = Swift.max(highest, weight - mass)
                                lowest = Swift.min(lowest, weight - massEnd)
                                (y, mass) = (end, massEnd)
                                if !isAtom { break }
                                atom &+= 1
                                weight = weights[atom]
                                x = positions[atom]
                            }
                        }
                    }
                }
            }
        }
        while count % LevelSegments.lanes != 0 {
            (middles[count], inverses[count], lengths[count]) = (0, 1, 0)
            count += 1
        }
        (self.count, self.middles, self.inverses, self.lengths) = (count, middles, inverses, lengths)
        (self.lowest, self.highest, meanLevel) = (lowest, highest, integral / (2 * .pi))
    }

    private func load(_ pointer: UnsafeMutablePointer<Double>, _ index: Int) -> Lanes {
        UnsafeRawPointer(pointer + index).loadUnaligned(as: Lanes.self)
    }

    /// The length where `F_N − F` is below the level minus the length where it is above, and its derivative.
    func slope(at level: Double) -> (slope: Double, curvature: Double) {
        let (one, zero, steep) = (Lanes(repeating: 1), Lanes.zero, Lanes(repeating: 0x1p800))
        let cut = Lanes(repeating: level)
        var (slope, curvature) = (Lanes.zero, Lanes.zero)
        var index = 0
        while index < count {
            let inverse = load(inverses, index)
            let length = load(lengths, index)
            let raw = (cut - load(middles, index)) * inverse
            var share = raw.replacing(with: one, where: raw .> one)
            share = share.replacing(with: -one, where: raw .< -one)
            slope += length * share
            let density = (length * inverse).replacing(with: zero, where: raw .> one)
            curvature +=
                density.replacing(with: zero, where: raw .< -one).replacing(with: zero, where: inverse .> steep)
            index &+= LevelSegments.lanes
        }
        return (slope.sum(), curvature.sum())
    }

    /// `∫|F_N − F − level|`: on each segment `|middle − level|`, or `(h + (middle − level)²/h)/2` with half the
    /// drop `h` where the sign changes inside.
    func value(at level: Double) -> Double {
        let (cut, one) = (Lanes(repeating: level), Lanes(repeating: 1))
        // A compensated sum a lane.
        var (high, low) = (Lanes.zero, Lanes.zero)
        var index = 0
        while index < count {
            let difference = load(middles, index) - cut
            let distance = difference.replacing(with: -difference, where: difference .< 0)
            let inverse = load(inverses, index)
            let share = distance * inverse
            let inside = 0.5 * (one / inverse + distance * share)
            let term = load(lengths, index) * inside.replacing(with: distance, where: share .>= one)
            let sum = high + term
            let part = sum - high
            low += (high - (sum - part)) + (term - part)
            high = sum
            index &+= LevelSegments.lanes
        }
        var sum = CompensatedSum()
        for lane in 0..<LevelSegments.lanes {
            sum.add(high[lane])
            sum.add(low[lane])
        }
        return sum.value
    }
}
