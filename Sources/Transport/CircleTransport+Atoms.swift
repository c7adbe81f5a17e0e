extension CircleTransport {
    /// The distance between atoms and atoms on the circle, in radians.
    ///
    /// For `W₁` the difference `F − G` of the cumulative weights is constant between neighbouring atoms, and the best level is a median of its
    /// values by length. For `W₂` atoms exchange mass in the cyclic order: with the lifted quantiles `q`, `r` of the two the cost
    /// `C(α) = ∫₀¹ (q(u) − r(u + α))² du` is convex and piecewise linear in the shift `α`, with kinks where a jump of one meets one of
    /// the other; a search over the sign of its slope ends between two neighbouring kinks.
    ///
    /// Source: Delon, Salomon, Sobolevski, *Fast transport optimization for Monge costs on the circle*, SIAM J. Appl. Math. 70 (2010).
    ///
    /// - Complexity: O((N + M) log(N + M)) for `W₁`, about sixty sweeps O(N + M) for `W₂`.
    public static func between(_ atoms: CircleAtoms, _ others: CircleAtoms, order: WassersteinOrder) -> Distance {
        order == .one ? w1(atoms, others) : w2(atoms, others)
    }

    private static func w1(_ atoms: CircleAtoms, _ others: CircleAtoms) -> Distance {
        let (n, m) = (atoms.count, others.count)
        var segments: [(level: Double, length: Double)] = []
        segments.reserveCapacity(n + m)
        var (i, j) = (0, 0)
        var place = Swift.min(atoms.positions[0], others.positions[0])
        let end = place + period
        while i < n || j < m {
            let next = Swift.min(i < n ? atoms.positions[i] : end, j < m ? others.positions[j] : end)
            if next > place { segments.append((atoms.cumulative[i] - others.cumulative[j], next - place)) }
            place = next
            while i < n && atoms.positions[i] <= place { i += 1 }
            while j < m && others.positions[j] <= place { j += 1 }
        }
        if end > place { segments.append((0, end - place)) }
        segments.sort { ($0.level, $0.length) < ($1.level, $1.length) }
        var (sum, median) = (0.0, 0.0)
        for segment in segments {
            sum += segment.length
            median = segment.level
            if sum >= 0.5 * period { break }
        }
        var value = CompensatedSum()
        for segment in segments { value.add(abs(segment.level - median) * segment.length) }
        // Lengths round once each and levels by `massRounding`; another median is off by no more than these.
        let rounding = 2 * massRounding * period + period.ulp + 0x1p-50 * value.value
        return Distance(
            lower: Swift.max(0, value.value - 2 * rounding), upper: value.value + rounding,
            method: "circle W1: level median", iterations: 1)
    }

    private static func w2(_ atoms: CircleAtoms, _ others: CircleAtoms) -> Distance {
        var (low, high, bound) = (-1.0, 1.0, 0.0)
        var (shift, best) = (0.0, ShiftedCost(atoms, others, shift: 0))
        var (trial, found) = (shift, best)
        var sweeps = 1
        while true {
            // A convex function is above its tangents.
            let reach = found.slope > 0 ? trial - low : high - trial
            bound = Swift.max(bound, found.cost.value - abs(found.slope) * reach)
            if found.slope >= 0 { high = trial }
            if found.slope <= 0 { low = trial }
            if high - low <= 0x1p-52 || bound >= best.cost.value { break }
            trial = low + 0.5 * (high - low)
            found = ShiftedCost(atoms, others, shift: trial)
            sweeps += 1
            if found.cost.value < best.cost.value { (shift, best) = (trial, found) }
        }
        // Cumulative weights and their sum with the shift round once or twice each, which moves so much mass from one atom to the next; the
        // same weights on both sides round alike.
        let isExact = shift == 0 && atoms.cumulative == others.cumulative
        let rounding = (isExact ? 0 : 4 * 0x1p-53 * best.variation) + 0x1p-49 * best.cost.value
        // Angles and their differences are within a few units in the last place.
        let way = isExact && best.cost.value == 0 ? 0 : 4 * period.ulp
        let lower = Swift.max(0, Swift.min(bound, best.cost.value) - rounding).squareRoot() - way
        return Distance(
            lower: Swift.max(0, lower), upper: (best.cost.value + rounding).squareRoot() + way,
            method: "circle W2: quantile shift", iterations: sweeps)
    }
}

/// The cost of a shift `α` in `[−1, 1]`.
///
/// Atom `i` holds the levels from `A_i` to `A_{i+1}`, and atom `j` of the others those from `B_j − α` to `B_{j+1} − α`, a period of the
/// circle farther for each whole turn. Where a border of the others lies within atom `i`, raising `α` exchanges the cost before it for that behind.
private struct ShiftedCost {
    private(set) var cost = CompensatedSum()
    /// A slope at the shift, that for larger `α` at a kink.
    private(set) var slope = 0.0
    /// By how much the cost changes at most when all borders move, over the largest move.
    private(set) var variation = 0.0

    init(_ atoms: CircleAtoms, _ others: CircleAtoms, shift: Double) {
        var turns = shift.rounded(.down)
        let part = shift - turns
        // The last of the others that begins at or below level `α`.
        var (j, end) = (0, others.count)
        while end - j > 1 {
            let middle = (j + end) / 2
            if others.cumulative[middle] <= part { j = middle } else { end = middle }
        }
        var level = 0.0
        var way = atoms.positions[0] - (others.positions[j] + period * turns)
        for i in 0..<atoms.count {
            let x = atoms.positions[i]
            let before = way
            way = x - (others.positions[j] + period * turns)
            variation += abs(way * way - before * before)
            let upper = atoms.cumulative[i + 1]
            while true {
                let border = others.cumulative[j + 1] + turns - shift
                let next = Swift.min(upper, Swift.max(border, level))
                cost.add((next - level) * way * way)
                level = next
                if border > upper { break }
                j += 1
                if j == others.count { (j, turns) = (0, turns + 1) }
                let behind = x - (others.positions[j] + period * turns)
                slope += behind * behind - way * way
                variation += abs(behind * behind - way * way)
                way = behind
            }
        }
    }
}
