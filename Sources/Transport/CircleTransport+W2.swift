extension CircleTransport {
    /// The distance `W₂` between atoms and a density on the circle, in radians.
    ///
    /// With the lifted quantile `q(u + 1) = q(u) + 2π` of the density, atom `i` receives the mass between
    /// `q(W_{i−1} + α)` and `q(W_i + α)`, and `W₂²` is the minimum over the shift `α` of the convex cost `C(α)`. Newton's
    /// method on the monotone, piecewise linear `C′(α) = 2 Σ (x_{i+1} − x_i)(b_i − (x_i + x_{i+1})/2)`, `b_i = q(W_i + α)`;
    /// the cost is then a sum of positive terms, mass·(distance of the centre² + length²/12), so nothing cancels.
    ///
    /// Source: Delon, Salomon, Sobolevski, *Fast transport optimization for Monge costs on the circle*, SIAM J. Appl. Math.
    /// 70 (2010).
    ///
    /// - Complexity: O(N + M) a sweep; five to eight sweeps for a smooth density, at most about sixty when the
    ///   best cut lies in a region without mass.
    public static func w2(_ atoms: CircleAtoms, _ density: CircleDensity) -> Distance {
        QuantileShift.withUnsafeSweeps(atoms, density) { sweeps in
            // Σ (x_{i+1} − x_i) = 2π and b_i is in [q(α), q(α) + 2π], so C′(α) = 0 puts q(α) within π of x₁.
            let first = atoms.positions[0]
            let slack = 0x1p-40
            let low = density.liftedCumulativeMass(at: first - .pi) - slack
            let high = density.liftedCumulativeMass(at: first + .pi) + slack
            let start = density.liftedCumulativeMass(at: first) - 0.5 * atoms.cumulative[1]
            let zero = MonotoneZero(from: start, in: low...high, resolution: 0x1p-52) { sweeps.slope(at: $0) }

            let (cost, variation) = sweeps.cost(at: zero.point)
            // Convexity: the minimum is at least C − |C′|·reach, C′ with the rounding of its own sum.
            let slopeRounding = Double(atoms.count + 8) * 0x1p-53 * variation
            let search = (abs(zero.slope) + slopeRounding) * zero.reach
            // Duality: errors of at most ε in the cumulative masses change W₂² by at most ε times the total variation of
            // both potentials. The terms of the cost carry a few ulps each, their compensated sum one.
            let rounding = 2 * massRounding * variation + 8 * 0x1p-53 * cost
            // Moving every angle by at most ε changes W₂ by at most ε.
            let angleRounding = sweeps.angleRounding(at: zero.point)
            let lower = Swift.max(0, cost - search - rounding).squareRoot() - angleRounding
            let upper = (cost + rounding).squareRoot() + angleRounding
            return Distance(
                lower: Swift.max(0, lower), upper: upper, method: "circle W2: quantile shift",
                iterations: zero.evaluations)
        }
    }
}

/// The sweeps of `W₂`: atoms and faces merged in the order of the mass, through raw pointers.
private struct QuantileShift {
    let atoms: Int
    let cells: Int
    let positions: UnsafePointer<Double>
    let weights: UnsafePointer<Double>
    let levels: UnsafePointer<Double>
    let faces: UnsafePointer<Double>
    let ramps: UnsafePointer<Double>

    static func withUnsafeSweeps<Result>(
        _ atoms: CircleAtoms, _ density: CircleDensity, _ body: (QuantileShift) -> Result
    ) -> Result {
        atoms.positions.withUnsafeBufferPointer { positions in
            atoms.cumulative.withUnsafeBufferPointer { weights in
                density.levels.withUnsafeBufferPointer { levels in
                    density.faces.withUnsafeBufferPointer { faces in
                        density.ramps.withUnsafeBufferPointer { ramps in
                            guard let positions = positions.baseAddress, let weights = weights.baseAddress,
                                let levels = levels.baseAddress, let faces = faces.baseAddress,
                                let ramps = ramps.baseAddress
                            else { preconditionFailure("atoms and densities are never empty") }
                            return body(
                                QuantileShift(
                                    atoms: atoms.count, cells: density.count, positions: positions, weights: weights,
                                    levels: levels, faces: faces, ramps: ramps))
                        }
                    }
                }
            }
        }
    }

    /// A shift as whole turns, in radians, and a rest in `[0, 1)`.
    private func split(_ shift: Double) -> (turn: Double, rest: Double) {
        let whole = shift.rounded(.down)
        let rest = shift - whole
        // A tiny negative shift leaves a rest that rounds to 1.
        return rest < 1 ? (2 * .pi * whole, rest) : (2 * .pi * (whole + 1), 0)
    }

    /// The rounding of an angle found inside a cell: the face, its copy a period later and the sum with the offset are
    /// each rounded to half an ulp of 4π, the offset four times to half an ulp of a cell, and the whole turn.
    func angleRounding(at shift: Double) -> Double {
        let (turn, _) = split(shift)
        let turning = turn > 0 ? 0.5 * (6 * Double.pi).ulp : turn < 0 ? 0.5 * (2 * Double.pi).ulp : 0
        return 1.5 * (4 * Double.pi).ulp + 4 * 0x1p-53 * faces[1] + turning
    }

    /// The first cell whose upper level is at least `level`.
    private func cell(reaching level: Double) -> Int {
        var (low, high) = (0, cells - 1)
        while low < high {
            let middle = (low + high) / 2
            if levels[middle + 1] < level { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private typealias Lanes = SIMD8<Double>

    private func load(_ pointer: UnsafePointer<Double>, _ index: Int) -> Lanes {
        UnsafeRawPointer(pointer + index).loadUnaligned(as: Lanes.self)
    }

    /// Whether a cell has as many atoms as a vector has lanes: with fewer, looking for vectors costs more than they save.
    private var isDense: Bool { atoms >= Lanes.scalarCount * cells }

    /// `C′` and `C″` at a shift.
    func slope(at shift: Double) -> (slope: Double, curvature: Double) {
        isDense ? denseSlope(at: shift) : sparseSlope(at: shift)
    }

    /// Atom by atom.
    private func sparseSlope(at shift: Double) -> (slope: Double, curvature: Double) {
        let (turn, rest) = split(shift)
        var cell = cell(reaching: rest)
        var (level, next, ramp) = (levels[cell], levels[cell &+ 1], ramps[cell])
        var face = faces[cell] + turn
        // Two sums each, in turns: an addition need not wait for the one before.
        var (slope, otherSlope) = (0.0, 0.0)
        var (curvature, otherCurvature) = (0.0, 0.0)
        var x = positions[0]
        for atom in 0..<atoms {
            let u = weights[atom &+ 1] + rest
            if next < u {
                repeat {
                    cell &+= 1
                    next = levels[cell &+ 1]
                } while next < u
                (level, ramp) = (levels[cell], ramps[cell])
                face = faces[cell] + turn
            }
            let xNext = positions[atom &+ 1]
            let gap = xNext - x
            let boundary = face + (u - level) * ramp
            (slope, otherSlope) = (otherSlope, slope + gap * (boundary - 0.5 * (x + xNext)))
            (curvature, otherCurvature) = (otherCurvature, curvature + gap * ramp)
            x = xNext
        }
        return (2 * (slope + otherSlope), 2 * (curvature + otherCurvature))
    }

    /// By whole vectors of atoms.
    private func denseSlope(at shift: Double) -> (slope: Double, curvature: Double) {
        let (turn, rest) = split(shift)
        var cell = cell(reaching: rest)
        var (sums, slope, curvature) = (Lanes.zero, 0.0, 0.0)
        var atom = 0
        while atom < atoms {
            // The atoms whose share ends in this cell: whole vectors of them, then the rest one by one.
            while levels[cell &+ 1] < weights[atom &+ 1] + rest { cell &+= 1 }
            let (level, next, ramp, face) = (levels[cell], levels[cell &+ 1], ramps[cell], faces[cell] + turn)
            let begin = positions[atom]
            while atom &+ Lanes.scalarCount <= atoms, weights[atom &+ Lanes.scalarCount] + rest <= next {
                let (x, xNext) = (load(positions, atom), load(positions, atom &+ 1))
                let boundary = face + (load(weights, atom &+ 1) + rest - level) * ramp
                sums += (xNext - x) * (boundary - 0.5 * (x + xNext))
                atom &+= Lanes.scalarCount
            }
            var x = positions[atom]
            while atom < atoms {
                let u = weights[atom &+ 1] + rest
                if next < u { break }
                let xNext = positions[atom &+ 1]
                slope += (xNext - x) * (face + (u - level) * ramp - 0.5 * (x + xNext))
                x = xNext
                atom &+= 1
            }
            curvature += (x - begin) * ramp
        }
        return (2 * (slope + sums.sum()), 2 * curvature)
    }

    /// `C` at a shift, and `2∫|b(x) − x| dx` over the circle, the total variation of either Kantorovich potential.
    func cost(at shift: Double) -> (cost: Double, variation: Double) {
        let (turn, rest) = split(shift)
        var cell = cell(reaching: rest)
        var (level, next, ramp) = (levels[cell], levels[cell &+ 1], ramps[cell])
        var face = faces[cell] + turn
        var cost = CompensatedSum()
        var variation = 0.0
        // A compensated sum a lane.
        var (high, low, variations) = (Lanes.zero, Lanes.zero, Lanes.zero)
        var u = rest
        var y = face + (rest - level) * ramp
        let isDense = isDense
        var atom = 0
        while atom < atoms {
            while isDense, atom &+ Lanes.scalarCount <= atoms, weights[atom &+ Lanes.scalarCount] + rest <= next {
                let (x, xNext) = (load(positions, atom), load(positions, atom &+ 1))
                let (from, end) = (load(weights, atom) + rest, load(weights, atom &+ 1) + rest)
                var start = face + (from - level) * ramp
                // The first share of a cell begins at its face, or where the one before ended.
                start[0] = y
                let boundary = face + (end - level) * ramp
                let centre = 0.5 * (start + boundary) - x
                let length = boundary - start
                var share = end - from
                share[0] = end[0] - u
                let term = share * (centre * centre + length * length * (1.0 / 12))
                let sum = high + term
                let part = sum - high
                low += (high - (sum - part)) + (term - part)
                high = sum
                let (before, after) = (boundary - x, xNext - boundary)
                let way = before - after
                let outside: Lanes = (xNext - x) * way.replacing(with: -way, where: way .< 0)
                let inside: Lanes = before * before + after * after
                let isInside = (before .>= 0) .& (after .>= 0)
                variations += outside.replacing(with: inside, where: isInside)
                (u, y) = (end[Lanes.scalarCount - 1], boundary[Lanes.scalarCount - 1])
                atom &+= Lanes.scalarCount
            }
            guard atom < atoms else { break }
            let x = positions[atom]
            let end = weights[atom &+ 1] + rest
            while next < end {
                cell &+= 1
                let faceNext = faces[cell] + turn
                let centre = 0.5 * (y + faceNext) - x
                let length = faceNext - y
                cost.add((next - u) * (centre * centre + length * length * (1.0 / 12)))
                (u, y, face) = (next, faceNext, faceNext)
                (level, next, ramp) = (next, levels[cell &+ 1], ramps[cell])
            }
            let boundary = face + (end - level) * ramp
            let centre = 0.5 * (y + boundary) - x
            let length = boundary - y
            cost.add((end - u) * (centre * centre + length * length * (1.0 / 12)))
            (u, y) = (end, boundary)

            let xNext = positions[atom &+ 1]
            let (before, after) = (boundary - x, xNext - boundary)
            variation +=
                before >= 0 && after >= 0 ? before * before + after * after : (xNext - x) * abs(before - after)
            atom &+= 1
        }
        for lane in 0..<Lanes.scalarCount {
            cost.add(high[lane])
            cost.add(low[lane])
        }
        return (cost.value, variation + variations.sum())
    }
}
