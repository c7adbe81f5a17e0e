import CLanes
import Torus

/// The stage of WENO5: face values, fluxes with the transverse correction, the update, and where it is wanted the limiter.
///
/// A flux is the mean over the face of a product. With the Legendre coefficients of both factors along the face,
/// `⟨vρ⟩ = ⟨v⟩ρ₀ + ⟨v y⟩ρ₁ + ⟨v (y² − 1/12)⟩ρ₂ + O(h⁶)` (and `⟨v y z⟩ρ₁₁` where the face has two edges): those of the velocity are exact,
/// those of the density come from the face values beside it. So the order does not drop to 2 in several angles.
///
/// Limited, the flux through a face is drawn towards the upwind flux as far as the cell needs that loses by the difference. That is the
/// scaling of a cell's profile towards its mean (Zhang, Shu, J. Comput. Phys. 229 (2010)) written for fluxes (Zalesak,
/// J. Comput. Phys. 31 (1979)): it is conservative, keeps the sign up to the Courant number ½, and leaves densities alone that are smooth on
/// the grid. What a cell may lose is a rate and no share of the step, so the limited scheme has a right-hand side of its own, continuous
/// in the averages, and its time step an error that falls with it.
struct HighOrderSweep: @unchecked Sendable {
    let layout: GridLayout
    let waves: GridWaves
    let source: UnsafePointer<Double>
    let base: UnsafePointer<Double>
    let next: UnsafeMutablePointer<Double>
    /// Face values, then the limiter's factors: one number a cell.
    let faces: UnsafeMutablePointer<Double>
    /// The fluxes through the upper faces, axis after axis.
    let fluxes: UnsafeMutablePointer<Double>
    let stage: RungeKuttaStage
    let timeStep: Double
    let tolerance: (relative: Double, level: Double)?
    let wantsMoments: Bool
    /// Whether fluxes are limited so that averages stay non-negative.
    let isLimited: Bool

    /// The velocities that the sweep asks for: those of each axis, then the higher ones.
    static func kinds(dimension: Int) -> [GridWaves.Kind] {
        (0..<dimension).map { GridWaves.Kind(axis: $0) }
            + (0..<dimension).flatMap { corrections(axis: $0, dimension: dimension) }
    }

    private static func corrections(axis: Int, dimension: Int) -> [GridWaves.Kind] {
        let others = (0..<dimension).filter { $0 != axis }
        func kind(_ raise: [Int]) -> GridWaves.Kind {
            var kind = GridWaves.Kind(axis: axis)
            for q in raise { kind.orders[q] += 1 }
            return kind
        }
        let cross = others.count == 2 ? [kind(others)] : []
        return others.flatMap { [kind([$0]), kind([$0, $0])] } + cross
    }

    /// The numbers of scratch of a slab.
    static func scratchCount(_ layout: GridLayout, _ waves: GridWaves) -> Int {
        6 * (layout.stride + 24) + (waves.rowScratch + 7) / 8 * 8
    }

    private func row(_ index: Int, _ scratch: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Double> {
        scratch + (index * (layout.stride + 24) + 8)
    }
    private func harmonics(_ scratch: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Double> {
        scratch + 6 * (layout.stride + 24)
    }
    private func flux(_ axis: Int) -> UnsafeMutablePointer<Double> { fluxes + axis * layout.count }
    private func rows(_ slab: Range<Int>) -> (planes: Range<Int>, rows: Range<Int>) {
        switch layout.dimension {
        case 1: (0..<1, 0..<1)
        case 2: (0..<1, slab)
        default: (slab, 0..<layout.rows.0)
        }
    }

    /// Runs the whole stage.
    ///
    /// - Parameters:
    ///   - scratch: `scratchCount` numbers a slab.
    ///   - sums: two numbers a slab and mode.
    ///   - reports: one a slab.
    func run(
        slabs: [Range<Int>], parallelism: Parallelism, scratch: UnsafeMutablePointer<Double>,
        sums: UnsafeMutablePointer<Double>, reports: UnsafeMutablePointer<StageReport>
    ) {
        let length = Self.scratchCount(layout, waves)
        let width = 2 * waves.modeCount
        nonisolated(unsafe) let (scratch, sums, reports) = (scratch, sums, reports)
        func each(_ body: @Sendable (Int, Range<Int>, UnsafeMutablePointer<Double>) -> Void) {
            parallelism.forEach(slabs.count) { body($0, slabs[$0], scratch + $0 * length) }
        }
        each { slab, _, _ in reports[slab] = StageReport() }
        for axis in 0..<layout.dimension {
            each { slab, range, scratch in reports[slab].courantRate += faceValues(axis, range, scratch) }
            if layout.dimension > 1 { each { _, range, scratch in correct(axis, range, scratch) } }
        }
        if isLimited {
            let fastest = (0..<slabs.count).reduce(0) { max($0, reports[$1].courantRate) }
            each { _, range, scratch in limits(range, scratch, courantRate: fastest) }
            for axis in 0..<layout.dimension { each { _, range, scratch in limit(axis, range, scratch) } }
        }
        nonisolated(unsafe) let start = isLimited ? UnsafePointer(next) : source
        each { slab, range, scratch in
            update(range, scratch, from: start, sums: sums + slab * width, report: &reports[slab])
        }
    }

    /// Writes the face values across an axis, in one dimension the fluxes, and returns the largest speed over the cell's edge.
    private func faceValues(_ axis: Int, _ slab: Range<Int>, _ scratch: UnsafeMutablePointer<Double>) -> Double {
        let (velocity, ghost) = (row(0, scratch), row(1, scratch))
        var fastest = SIMD8<Double>()
        let (planes, rows) = rows(slab)
        for k in planes {
            for j in rows {
                let start = layout.start(j, k)
                fastest = larger(
                    fastest, waves.velocities(kind: axis, j, k, into: velocity, scratch: harmonics(scratch)))
                let stencil: FaceStencil
                if axis == 0 {
                    FluxSweep.fillGhosts(ghost, from: source + start, count: layout.length)
                    stencil = FaceStencil(
                        before2: ghost - 2, before1: ghost - 1, before: ghost, after: ghost + 1, after1: ghost + 2,
                        after2: ghost + 3)
                } else {
                    let (dj, dk) = axis == 1 ? (1, 0) : (0, 1)
                    stencil = FaceStencil(
                        before2: source + layout.start(j - 2 * dj, k - 2 * dk),
                        before1: source + layout.start(j - dj, k - dk), before: source + start,
                        after: source + layout.start(j + dj, k + dk),
                        after1: source + layout.start(j + 2 * dj, k + 2 * dk),
                        after2: source + layout.start(j + 3 * dj, k + 3 * dk))
                }
                let values = layout.dimension == 1 ? flux(0) : faces + start
                for block in 0..<layout.blocks {
                    let i = block &* 8
                    let v = load(velocity, i)
                    let value = stencil.upwindValue(WENO5Reconstruction.self, v, i)
                    store(layout.dimension == 1 ? v * value : value, values, i)
                }
            }
        }
        return fastest.max() / layout.spacing[axis]
    }

    /// Writes the fluxes across an axis from velocities and face values.
    private func correct(_ axis: Int, _ slab: Range<Int>, _ scratch: UnsafeMutablePointer<Double>) {
        let (velocity, weight) = (row(0, scratch), row(1, scratch))
        // The axes along the face.
        let (firstOther, secondOther) = (axis == 0 ? 1 : 0, axis == 2 ? 1 : 2)
        let firstKind = layout.dimension + axis * (layout.dimension == 2 ? 2 : 5)
        let (planes, rows) = rows(slab)
        let (near, far) = (SIMD8<Double>(repeating: 79.0 / 120), SIMD8<Double>(repeating: 19.0 / 240))
        for k in planes {
            for j in rows {
                let start = layout.start(j, k)
                let out = flux(axis) + start
                _ = waves.velocities(kind: axis, j, k, into: velocity, scratch: harmonics(scratch))
                for block in 0..<layout.blocks {
                    let i = block &* 8
                    store(load(velocity, i) * load(faces + start, i), out, i)
                }
                for place in 0..<layout.dimension - 1 {
                    let other = place == 0 ? firstOther : secondOther
                    let (down2, down, here, up, up2) = neighbours(other, j, k, ghost: row(2, scratch))
                    _ = waves.velocities(
                        kind: firstKind + 2 * place, j, k, into: velocity, scratch: harmonics(scratch))
                    _ = waves.velocities(
                        kind: firstKind + 2 * place + 1, j, k, into: weight, scratch: harmonics(scratch))
                    for block in 0..<layout.blocks {
                        let i = block &* 8
                        let (a, b) = (load(down, i), load(up, i))
                        let tilt = near * (b - a) - far * (load(up2, i) - load(down2, i))
                        let bend = 0.5 * ((a + b) - 2 * load(here, i))
                        store(load(out, i) + (load(velocity, i) * tilt + load(weight, i) * bend), out, i)
                    }
                }
                if layout.dimension == 3 {
                    let low = neighbours(
                        firstOther, j - (secondOther == 1 ? 1 : 0), k - (secondOther == 2 ? 1 : 0),
                        ghost: row(2, scratch))
                    let high = neighbours(
                        firstOther, j + (secondOther == 1 ? 1 : 0), k + (secondOther == 2 ? 1 : 0),
                        ghost: row(3, scratch))
                    _ = waves.velocities(kind: firstKind + 4, j, k, into: velocity, scratch: harmonics(scratch))
                    for block in 0..<layout.blocks {
                        let i = block &* 8
                        let twist = (load(high.up, i) - load(high.down, i)) - (load(low.up, i) - load(low.down, i))
                        store(load(out, i) + 0.25 * (load(velocity, i) * twist), out, i)
                    }
                }
            }
        }
    }

    /// The face values in a row and in its neighbours along an axis.
    private func neighbours(
        _ axis: Int, _ j: Int, _ k: Int, ghost: UnsafeMutablePointer<Double>
    ) -> (
        down2: UnsafePointer<Double>, down: UnsafePointer<Double>, here: UnsafePointer<Double>,
        up: UnsafePointer<Double>, up2: UnsafePointer<Double>
    ) {
        if axis == 0 {
            FluxSweep.fillGhosts(ghost, from: faces + layout.start(j, k), count: layout.length)
            let row = UnsafePointer(ghost)
            return (row - 2, row - 1, row, row + 1, row + 2)
        }
        let (dj, dk) = axis == 1 ? (1, 0) : (0, 1)
        func row(_ step: Int) -> UnsafePointer<Double> {
            UnsafePointer(faces + layout.start(j + step * dj, k + step * dk))
        }
        return (row(-2), row(-1), row(0), row(1), row(2))
    }

    /// Writes the averages after the stage: from the source by the fluxes, or from the upwind step by what the limiter left of
    /// the differences.
    private func update(
        _ slab: Range<Int>, _ scratch: UnsafeMutablePointer<Double>, from start: UnsafePointer<Double>,
        sums: UnsafeMutablePointer<Double>, report: inout StageReport
    ) {
        if wantsMoments { sums.update(repeating: 0, count: 2 * waves.modeCount) }
        let ratio0 = timeStep / layout.spacing[0]
        let ratio1 = SIMD8<Double>(repeating: layout.dimension > 1 ? timeStep / layout.spacing[1] : 0)
        let ratio2 = SIMD8<Double>(repeating: layout.dimension > 2 ? timeStep / layout.spacing[2] : 0)
        let (rate, edges) = (row(0, scratch), row(1, scratch))
        var (lowest, highest) = (
            SIMD8<Double>(repeating: .infinity), SIMD8<Double>(repeating: -.infinity)
        )
        let (planes, rows) = rows(slab)
        for k in planes {
            for j in rows {
                let here = layout.start(j, k)
                if layout.dimension > 1 {
                    let (upper, lower) = (flux(1) + here, flux(1) + layout.start(j - 1, k))
                    for block in 0..<layout.blocks {
                        let i = block &* 8
                        store(ratio1 * (load(lower, i) - load(upper, i)), rate, i)
                    }
                }
                if layout.dimension > 2 {
                    let (upper, lower) = (flux(2) + here, flux(2) + layout.start(j, k - 1))
                    for block in 0..<layout.blocks {
                        let i = block &* 8
                        store(kac_multiply_add(ratio2, load(lower, i) - load(upper, i), load(rate, i)), rate, i)
                    }
                }
                FluxSweep.fillGhosts(edges, from: flux(0) + here, count: layout.length)
                StageUpdate(
                    stage: stage, tolerance: tolerance, start: start + here, source: source + here, base: base + here,
                    next: next + here, flux: edges, rate: layout.dimension > 1 ? UnsafePointer(rate) : nil
                ).write(length: layout.length, ratio: ratio0, &lowest, &highest, &report)
                if wantsMoments {
                    waves.addMoments(of: next + here, j, k, to: sums, scratch: harmonics(scratch))
                }
            }
        }
        report.minimum = lowest.min()
        report.maximum = highest.max()
    }

    /// Writes the upwind flux through the upper faces of a row.
    private func upwindFlux(
        _ axis: Int, _ j: Int, _ k: Int, into out: UnsafeMutablePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        let (dj, dk) = (axis == 1 ? 1 : 0, axis == 2 ? 1 : 0)
        let here = source + layout.start(j, k)
        let above = source + layout.start(j < 0 ? 0 : j + dj, k < 0 ? 0 : k + dk)
        _ = waves.velocities(kind: axis, j, k, into: out, scratch: harmonics(scratch))
        let n = layout.length
        for i in 0..<n {
            let next = axis == 0 ? here[i == n &- 1 ? 0 : i &+ 1] : above[i]
            out[i] = out[i] * (out[i] > 0 ? here[i] : next)
        }
    }

    /// Writes the upwind step into `next`, and into `faces` the part of the differences to the upwind fluxes that a cell can lose.
    ///
    /// A cell may lose at the rate `2 R u`, `R` the largest `Σ_p |v_p| / h_p`, which MUSCL's profiles do not exceed either.
    private func limits(_ slab: Range<Int>, _ scratch: UnsafeMutablePointer<Double>, courantRate: Double) {
        let (upper, lower, loss, room) = (row(0, scratch), row(1, scratch), row(2, scratch), row(3, scratch))
        // A few roundings are kept back.
        let largest = 2 * timeStep * courantRate * (1 - 0x1p-46)
        let n = layout.length
        let (planes, rows) = rows(slab)
        for k in planes {
            for j in rows {
                let here = layout.start(j, k)
                let out = next + here
                out.update(from: source + here, count: n)
                loss.update(repeating: 0, count: n)
                for i in 0..<n { room[i] = largest * source[here + i] }
                for axis in 0..<layout.dimension {
                    let ratio = timeStep / layout.spacing[axis]
                    let flux = flux(axis) + here
                    upwindFlux(axis, j, k, into: upper, scratch)
                    var below = flux
                    if axis == 0 {
                        lower[0] = upper[n - 1]
                        (lower + 1).update(from: upper, count: n - 1)
                    } else {
                        let (dj, dk) = axis == 1 ? (1, 0) : (0, 1)
                        upwindFlux(axis, j - dj, k - dk, into: lower, scratch)
                        below = self.flux(axis) + layout.start(j - dj, k - dk)
                    }
                    for i in 0..<n {
                        let fluxBelow = axis == 0 ? flux[i == 0 ? n &- 1 : i &- 1] : below[i]
                        out[i] += ratio * (lower[i] - upper[i])
                        loss[i] += ratio * (max(0, flux[i] - upper[i]) + max(0, lower[i] - fluxBelow))
                        room[i] -= ratio * (max(0, upper[i]) + max(0, -lower[i]))
                    }
                }
                for i in 0..<n { faces[here + i] = loss[i] > room[i] ? max(0, room[i]) / loss[i] : 1 }
            }
        }
    }

    /// Replaces the fluxes across an axis by their limited differences to the upwind fluxes.
    private func limit(_ axis: Int, _ slab: Range<Int>, _ scratch: UnsafeMutablePointer<Double>) {
        let upper = row(0, scratch)
        let n = layout.length
        let (dj, dk) = (axis == 1 ? 1 : 0, axis == 2 ? 1 : 0)
        let (planes, rows) = rows(slab)
        for k in planes {
            for j in rows {
                let here = layout.start(j, k)
                let above = layout.start(j + dj, k + dk)
                upwindFlux(axis, j, k, into: upper, scratch)
                let out = flux(axis) + here
                for i in 0..<n {
                    let difference = out[i] - upper[i]
                    let next = axis == 0 ? here &+ (i == n &- 1 ? 0 : i &+ 1) : above &+ i
                    out[i] = difference * (difference > 0 ? faces[here &+ i] : faces[next])
                }
            }
        }
    }
}
