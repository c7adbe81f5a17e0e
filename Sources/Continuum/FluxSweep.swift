import CLanes
import Torus

/// One stage of a strong-stability-preserving Runge–Kutta method: `next = u + a·(base − u)` with `u = source + Δt·L(source)`.
///
/// Written with one weight, because the roundings of ⅓ and ⅔ add up to less than 1: each step would lose 6e-17 of the mass.
struct RungeKuttaStage: Sendable {
    var baseWeight: Double
    /// The local error is `e₀·Δt L(source) + e₁·base + e₂·source`, for the last stage of a step.
    var error = (euler: 0.0, base: 0.0, source: 0.0)
}

/// What a stage says of its result besides the averages.
struct StageReport: Sendable {
    /// The largest speed through the faces of each axis, per radian of the cell's edge: `Σ_p max|v_p| / h_p`.
    var courantRate = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    /// The sum of the averages; not finite when one of them is not.
    var sum = 0.0
    /// The sum over the cells of the squares of local error over tolerance.
    var errorSquare = 0.0
}

/// The stage of upwind and MUSCL: all axes, the update, its extremes and its moments in one pass over the rows.
///
/// One flux a face is used by both neighbours. Across the rows it is carried to the next row, so a slab needs a row (two angles)
/// or a plane (three) beside rows that stay in the fastest cache. Only at the lower end of a slab is a flux found twice, from the
/// same numbers by the same operations.
struct FluxSweep: @unchecked Sendable {
    let layout: GridLayout
    let waves: GridWaves
    let source: UnsafePointer<Double>
    let base: UnsafePointer<Double>
    let next: UnsafeMutablePointer<Double>
    let stage: RungeKuttaStage
    let timeStep: Double
    /// The tolerance, and the density that it is absolute for; `nil` where no error is wanted.
    let tolerance: (relative: Double, level: Double)?
    let wantsMoments: Bool

    /// The numbers of scratch of a slab: ghost row and its fluxes, velocity, rate, harmonics, and what is carried.
    static func scratchCount(_ layout: GridLayout, _ waves: GridWaves) -> Int {
        let row = layout.stride + 24
        let carried = layout.dimension == 1 ? 0 : (layout.dimension == 2 ? row : row + layout.planeCount)
        return 4 * row + (waves.rowScratch + 7) / 8 * 8 + carried
    }

    /// Works on a slab; `sums` takes the moments, two numbers a mode.
    func run<R: FaceReconstruction>(
        _ reconstruction: R.Type, slab: Range<Int>, scratch: UnsafeMutablePointer<Double>,
        sums: UnsafeMutablePointer<Double>
    ) -> StageReport {
        let rowLength = layout.stride + 24
        let ghost = scratch + 8
        let flux = scratch + (rowLength + 8)
        let velocity = scratch + 2 * rowLength
        let rate = scratch + 3 * rowLength
        let harmonics = scratch + 4 * rowLength
        let carriedRow = harmonics + (waves.rowScratch + 7) / 8 * 8
        let carriedPlane = carriedRow + rowLength
        let dimension = layout.dimension
        var fastest = (SIMD8<Double>(), SIMD8<Double>(), SIMD8<Double>())
        var report = StageReport()
        var (lowest, highest) = (
            SIMD8<Double>(repeating: .infinity), SIMD8<Double>(repeating: -.infinity)
        )
        let ratio0 = timeStep / layout.spacing[0]
        let ratio1 = dimension > 1 ? timeStep / layout.spacing[1] : 0
        let ratio2 = dimension > 2 ? timeStep / layout.spacing[2] : 0
        if wantsMoments { sums.update(repeating: 0, count: 2 * waves.modeCount) }

        if dimension == 3 {
            for j in 0..<layout.rows.0 {
                fastest.2 = larger(
                    fastest.2,
                    across(
                        reconstruction, 2, j, slab.lowerBound - 1, velocity, harmonics, carriedPlane + j * layout.stride
                    ))
            }
        }
        let (planes, rows) = dimension == 3 ? (slab, 0..<layout.rows.0) : (0..<1, dimension == 2 ? slab : 0..<1)
        for k in planes {
            if dimension > 1 {
                fastest.1 = larger(
                    fastest.1, across(reconstruction, 1, rows.lowerBound - 1, k, velocity, harmonics, carriedRow))
            }
            for j in rows {
                let start = layout.start(j, k)
                if dimension > 1 {
                    fastest.1 = larger(
                        fastest.1,
                        waves.velocities(kind: 1, j, k, into: velocity, scratch: harmonics))
                    balance(reconstruction, 1, j, k, velocity, carriedRow, ratio1, rate, isFirst: true)
                }
                if dimension == 3 {
                    fastest.2 = larger(
                        fastest.2,
                        waves.velocities(kind: 2, j, k, into: velocity, scratch: harmonics))
                    balance(
                        reconstruction, 2, j, k, velocity, carriedPlane + j * layout.stride, ratio2, rate,
                        isFirst: false)
                }
                fastest.0 = larger(fastest.0, waves.velocities(kind: 0, j, k, into: velocity, scratch: harmonics))
                along(reconstruction, source + start, ghost, velocity, flux)
                StageUpdate(
                    stage: stage, tolerance: tolerance, start: source + start, source: source + start,
                    base: base + start, next: next + start, flux: flux, rate: dimension > 1 ? rate : nil
                ).write(length: layout.length, ratio: ratio0, &lowest, &highest, &report)
                if wantsMoments { waves.addMoments(of: next + start, j, k, to: sums, scratch: harmonics) }
            }
        }
        report.minimum = lowest.min()
        report.maximum = highest.max()
        report.courantRate = fastest.0.max() / layout.spacing[0]
        if dimension > 1 { report.courantRate += fastest.1.max() / layout.spacing[1] }
        if dimension > 2 { report.courantRate += fastest.2.max() / layout.spacing[2] }
        return report
    }

    private func stencil(_ axis: Int, _ j: Int, _ k: Int) -> FaceStencil {
        let (dj, dk) = axis == 1 ? (1, 0) : (0, 1)
        return FaceStencil(
            before2: source + layout.start(j - 2 * dj, k - 2 * dk), before1: source + layout.start(j - dj, k - dk),
            before: source + layout.start(j, k), after: source + layout.start(j + dj, k + dk),
            after1: source + layout.start(j + 2 * dj, k + 2 * dk), after2: source + layout.start(j + 3 * dj, k + 3 * dk)
        )
    }

    /// Writes the fluxes through the upper faces of a row, across it.
    private func across<R: FaceReconstruction>(
        _ reconstruction: R.Type, _ axis: Int, _ j: Int, _ k: Int, _ velocity: UnsafeMutablePointer<Double>,
        _ harmonics: UnsafeMutablePointer<Double>, _ flux: UnsafeMutablePointer<Double>
    ) -> SIMD8<Double> {
        let largest = waves.velocities(kind: axis, j, k, into: velocity, scratch: harmonics)
        let stencil = stencil(axis, j < 0 ? j + layout.rows.0 : j, k < 0 ? k + layout.rows.1 : k)
        for block in 0..<layout.blocks {
            let i = block &* 8
            let v = load(velocity, i)
            store(v * stencil.upwindValue(reconstruction, v, i), flux, i)
        }
        return largest
    }

    /// Adds what a row gains across it, the flux carried in less the flux out, and carries that on.
    private func balance<R: FaceReconstruction>(
        _ reconstruction: R.Type, _ axis: Int, _ j: Int, _ k: Int, _ velocity: UnsafeMutablePointer<Double>,
        _ carried: UnsafeMutablePointer<Double>, _ ratio: Double, _ rate: UnsafeMutablePointer<Double>, isFirst: Bool
    ) {
        let stencil = stencil(axis, j, k)
        let scale = SIMD8<Double>(repeating: ratio)
        for block in 0..<layout.blocks {
            let i = block &* 8
            let v = load(velocity, i)
            let flux = v * stencil.upwindValue(reconstruction, v, i)
            let change = load(carried, i) - flux
            store(isFirst ? scale * change : kac_multiply_add(scale, change, load(rate, i)), rate, i)
            store(flux, carried, i)
        }
    }

    /// Writes the fluxes through the faces in a row; `flux[i]` is that through the upper face of cell `i`, from −1 on.
    private func along<R: FaceReconstruction>(
        _ reconstruction: R.Type, _ row: UnsafePointer<Double>, _ ghost: UnsafeMutablePointer<Double>,
        _ velocity: UnsafeMutablePointer<Double>, _ flux: UnsafeMutablePointer<Double>
    ) {
        let n = layout.length
        Self.fillGhosts(ghost, from: row, count: n)
        let stencil = FaceStencil(
            before2: ghost - 2, before1: ghost - 1, before: ghost, after: ghost + 1, after1: ghost + 2,
            after2: ghost + 3)
        for block in 0..<layout.blocks {
            let i = block &* 8
            let v = load(velocity, i)
            store(v * stencil.upwindValue(reconstruction, v, i), flux, i)
        }
        flux[-1] = flux[n - 1]
    }

    /// Copies a row and continues it by its period, eight cells up and three down.
    static func fillGhosts(
        _ ghost: UnsafeMutablePointer<Double>, from row: UnsafePointer<Double>, count n: Int
    ) {
        ghost.update(from: row, count: n)
        for i in 0..<3 { ghost[-1 - i] = ghost[n - 1 - i] }
        for i in 0..<14 { ghost[n + i] = ghost[i % n] }
    }
}
