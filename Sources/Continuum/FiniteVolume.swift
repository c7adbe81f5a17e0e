import Foundation
public import TimeStepping
public import Torus
public import Training

/// The finite-volume solver: cell averages, one upwind flux a face used by both neighbours, exact face velocities from the
/// potential's harmonics, and the strong-stability-preserving Runge–Kutta method of order 3.
///
/// Mass is conserved to rounding, and averages stay non-negative: with limited linear profiles a forward Euler step keeps
/// them so while no face moves more than half a cell, and a step of the method is a convex combination of such. The step is
/// bounded by that and by the tolerance, through the embedded method of order 2.
///
/// Sources: Shu, Osher, *Efficient implementation of essentially non-oscillatory shock-capturing schemes*, J. Comput. Phys.
/// 77 (1988); van Leer, *Towards the ultimate conservative difference scheme V*, J. Comput. Phys. 32 (1979).
public final class FiniteVolume: ContinuumSolver {
    /// A step moves no face's mass further than this part of a cell.
    static let courantLimit = 0.5

    private let problem: MeanFieldProblem
    private let potential: CircleHarmonics
    private let grid: PeriodicGrid
    private let rates: FluxDivergence
    private let tolerance: Double
    private let memory: UnsafeMutablePointer<Double>
    private let cells: Int
    private var stepSize: Double
    private var lostAt: Double?
    /// The time reached.
    public private(set) var time = 0.0
    /// Steps kept so far.
    public private(set) var acceptedSteps = 0
    /// The weights `w(t)` so far, a cubic from values and rates in each step.
    public private(set) var history: PiecewisePolynomial

    /// A solver that starts from the problem's initial law.
    ///
    /// - Throws: `ContinuumError` when the problem has several angles or the grid does not fit it.
    public init(
        _ problem: MeanFieldProblem, grid: PeriodicGrid, reconstruction: Scheme.Reconstruction, tolerance: Double,
        parallelism: Parallelism = .serial
    ) throws {
        guard problem.dimension == 1 else {
            throw ContinuumError.dimension(problem.dimension, scheme: "finite volume")
        }
        potential = CircleHarmonics(problem.basis)
        // The dissipation asks for moments of twice the degree, below the grid's highest frequency.
        let needed = max(8, 4 * potential.degree + 2)
        guard grid.cells[0] >= needed else {
            throw ContinuumError.gridTooCoarse(axis: 0, cells: grid.cells[0], needed: needed)
        }
        self.problem = problem
        self.grid = grid
        self.tolerance = tolerance
        cells = grid.cells[0]
        rates = FluxDivergence(problem, potential, grid: grid, reconstruction: reconstruction)
        // The state, two stages, three rates.
        memory = .allocate(capacity: 6 * cells)
        memory.initialize(repeating: 0, count: 6 * cells)
        for (i, value) in problem.initialLaw.averages(on: grid).values.enumerated() { memory[i] = value }
        stepSize = .infinity
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 3, start: 0)
    }

    deinit { memory.deallocate() }

    private var state: UnsafeMutablePointer<Double> { memory }
    private func row(_ index: Int) -> UnsafeMutablePointer<Double> { memory + index * cells }

    /// The cells under the peak, as if the law were a box of the peak's height.
    public var resolution: Resolution {
        Resolution(unknowns: cells, measure: "cells under the peak", value: cellsUnderPeak(), lostAt: lostAt)
    }

    /// Fewer cells than this under the peak are called under-resolved.
    static let fewestCellsUnderPeak = 8.0

    private func cellsUnderPeak() -> Double {
        let peak = (0..<cells).reduce(0) { max($0, state[$1]) }
        return peak > 0 ? 1 / (peak * grid.spacing(axis: 0)) : .infinity
    }

    /// Steps until the time is exactly `target`.
    ///
    /// - Throws: `TimeSteppingError`.
    public func advance(to target: Double, afterStep: (Double) -> Void) throws {
        while time < target {
            try step(limit: target)
            afterStep(time)
            if lostAt == nil, cellsUnderPeak() < Self.fewestCellsUnderPeak { lostAt = time }
        }
    }

    private func step(limit: Double) throws {
        let (u, first, second) = (state, row(1), row(2))
        let (k0, k1, k2) = (row(3), row(4), row(5))
        let h = grid.spacing(axis: 0)
        let speed = rates.evaluate(u, into: k0)
        let startWeights = rates.weights(of: u)
        let startSlope = rates.weightRate(of: k0)
        while true {
            let courant = speed > 0 ? 0.9 * Self.courantLimit * h / speed : .infinity
            let wanted = min(stepSize, courant)
            let remaining = limit - time
            let lands = wanted >= remaining * (1 - 1e-12)
            let dt = lands ? remaining : min(wanted, remaining / 2)
            for i in 0..<cells { first[i] = u[i] + dt * k0[i] }
            var fastest = rates.evaluate(first, into: k1)
            for i in 0..<cells { second[i] = 0.75 * u[i] + 0.25 * (first[i] + dt * k1[i]) }
            fastest = max(fastest, rates.evaluate(second, into: k2))
            var error = 0.0
            for i in 0..<cells {
                // Against Heun's method, whose weights are ½, ½, 0.
                let local = dt * (2 * k2[i] - k0[i] - k1[i]) / 3
                let ratio = local / (tolerance * (1 + abs(u[i])))
                error += ratio * ratio
            }
            error = (error / Double(cells)).squareRoot()
            guard error.isFinite else {
                stepSize = dt / 10
                if stepSize <= 4 * time.ulp || stepSize < 1e-300 { throw TimeSteppingError.notFinite(time: time) }
                continue
            }
            let growth = min(4, max(0.2, 0.9 * pow(error, -1.0 / 3)))
            if error > 1 || dt * fastest > Self.courantLimit * h {
                stepSize = dt * min(0.9, growth)
                if stepSize <= 4 * time.ulp || stepSize < 1e-300 { throw TimeSteppingError.stepTooSmall(time: time) }
                continue
            }
            for i in 0..<cells { u[i] = (u[i] + 2 * (second[i] + dt * k2[i])) / 3 }
            stepSize = dt < stepSize ? max(min(stepSize, 4 * dt), dt * growth) : dt * growth
            acceptedSteps += 1
            appendHistory(until: lands ? limit : time + dt, startWeights, startSlope)
            time = lands ? limit : time + dt
            return
        }
    }

    /// Hermite's cubic through the weights and their rates at both ends of the step.
    private func appendHistory(until end: Double, _ w0: [Double], _ s0: [Double]) {
        let dt = end - time
        _ = rates.evaluate(state, into: row(3))
        let (w1, s1) = (rates.weights(of: state), rates.weightRate(of: row(3)))
        let samples = history.nodes(upTo: end).map { node in
            let x = (node - time) / dt
            return w0.indices.map { m in
                let (a, b) = (dt * s0[m] - (w1[m] - w0[m]), (w1[m] - w0[m]) - dt * s1[m])
                return w0[m] + x * (w1[m] - w0[m]) + x * (1 - x) * ((1 - x) * a + x * b)
            }
        }
        history.append(upTo: end, samples: samples)
    }

    /// The moments of the problem's basis.
    public func moments() -> [Double] { rates.moments(of: state) }

    /// The moment `∫ e^{ikθ} dμ` that the cell averages stand for.
    public func moment(_ k: [Int]) -> (real: Double, imaginary: Double) { rates.moment(k[0], of: state) }

    /// `∫ (V')² dμ`.
    public func dissipation() -> Double {
        potential.fourier.dissipation(weights: problem.weights(moments: moments())) { self.moment($0) }
    }

    /// `∫ V'' dμ`.
    public func meanLaplacian() -> Double {
        potential.fourier.meanLaplacian(weights: problem.weights(moments: moments())) { self.moment($0) }
    }

    /// The cell averages; on a finer grid those of limited linear profiles in the solver's cells, which keep their mass.
    ///
    /// - Precondition: the grid has a whole number of cells in each of the solver's own.
    public func density(on grid: PeriodicGrid) throws -> Field {
        let parts = grid.cells[0] / cells
        precondition(
            grid.dimension == 1 && grid.cells[0] == cells * parts, "a finite-volume density lives on its own grid")
        let limiter = SlopeLimiter.monotonizedCentral
        let values = (0..<cells).flatMap { i in
            let (left, right) = (state[(i + cells - 1) % cells], state[(i + 1) % cells])
            let slope = limiter(state[i] - left, right - state[i])
            return (0..<parts).map { part in
                state[i] + slope * ((Double(part) + 0.5) / Double(parts) - 0.5)
            }
        }
        return Field(grid: grid, values: values)
    }
}

/// The semi-discrete right-hand side: minus the differences of the face fluxes over the cell width.
final class FluxDivergence {
    private let problem: MeanFieldProblem
    private let potential: CircleHarmonics
    private let cells: Int
    private let spacing: Double
    private let reconstruction: Scheme.Reconstruction
    // cos lθ and sin lθ at the faces, l = 1 … degree; the same at the centres over the mean of a wave over a cell, times
    // the width; the slopes and the fluxes; the contraction.
    private let faceTable: UnsafeMutablePointer<Double>
    private let momentTable: UnsafeMutablePointer<Double>
    private let slopes: UnsafeMutablePointer<Double>
    private let velocity: UnsafeMutablePointer<Double>
    private let scratch: UnsafeMutablePointer<Double>

    init(
        _ problem: MeanFieldProblem, _ potential: CircleHarmonics, grid: PeriodicGrid,
        reconstruction: Scheme.Reconstruction
    ) {
        self.problem = problem
        self.potential = potential
        self.reconstruction = reconstruction
        cells = grid.cells[0]
        spacing = grid.spacing(axis: 0)
        let degree = potential.degree
        let rows = max(1, 2 * degree * cells)
        faceTable = .allocate(capacity: rows)
        momentTable = .allocate(capacity: rows)
        let (faces, centres) = (grid.faces(axis: 0), grid.centres(axis: 0))
        for l in 0..<degree {
            let k = Double(l + 1)
            let mean = sin(0.5 * k * spacing) / (0.5 * k * spacing)
            for i in 0..<cells {
                // Face i is on the right of cell i.
                faceTable[(2 * l) * cells + i] = cos(k * faces[i + 1])
                faceTable[(2 * l + 1) * cells + i] = sin(k * faces[i + 1])
                momentTable[(2 * l) * cells + i] = cos(k * centres[i]) * spacing / mean
                momentTable[(2 * l + 1) * cells + i] = sin(k * centres[i]) * spacing / mean
            }
        }
        slopes = .allocate(capacity: cells)
        slopes.initialize(repeating: 0, count: cells)
        velocity = .allocate(capacity: cells)
        velocity.initialize(repeating: 0, count: cells)
        let size = 2 * problem.basis.count + 4 * (degree + 1)
        scratch = .allocate(capacity: size)
        scratch.initialize(repeating: 0, count: size)
    }

    deinit {
        faceTable.deallocate()
        momentTable.deallocate()
        slopes.deallocate()
        velocity.deallocate()
        scratch.deallocate()
    }

    private var basisMoments: UnsafeMutablePointer<Double> { scratch }
    private var basisWeights: UnsafeMutablePointer<Double> { scratch + problem.basis.count }
    private func harmonics(_ index: Int) -> UnsafeMutablePointer<Double> {
        scratch + 2 * problem.basis.count + index * (potential.degree + 1)
    }

    /// Writes the rate of change of the cell averages and returns the largest speed at a face.
    func evaluate(_ u: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>) -> Double {
        loadMoments(u)
        problem.weights(moments: basisMoments, into: basisWeights)
        let (cosine, sine) = (harmonics(2), harmonics(3))
        potential.harmonics(weights: basisWeights, cosine: cosine, sine: sine)
        let speed = fillVelocity(cosine, sine)
        switch reconstruction {
        case .upwind: slopes.update(repeating: 0, count: cells)
        case .muscl(.minmod): fillSlopes(u, .minmod)
        case .muscl(.vanLeer): fillSlopes(u, .vanLeer)
        case .muscl(.monotonizedCentral): fillSlopes(u, .monotonizedCentral)
        }
        // The flux through a face is used by the cells on both sides.
        let last = cells &- 1
        var left = flux(last, u[last], slopes[last], u[0], slopes[0])
        for i in 0..<last {
            let right = flux(i, u[i], slopes[i], u[i &+ 1], slopes[i &+ 1])
            rate[i] = (left - right) / spacing
            left = right
        }
        rate[last] = (left - flux(last, u[last], slopes[last], u[0], slopes[0])) / spacing
        return speed
    }

    /// The upwind flux at the face to the right of cell `face`; slopes are half differences across a cell.
    @inline(__always)
    private func flux(_ face: Int, _ a: Double, _ slopeA: Double, _ b: Double, _ slopeB: Double) -> Double {
        let v = velocity[face]
        return v > 0 ? v * (a + slopeA) : v * (b - slopeB)
    }

    @inline(__always)
    private func fillSlopes(_ u: UnsafePointer<Double>, _ limiter: SlopeLimiter) {
        let last = cells &- 1
        slopes[0] = 0.5 * limiter(u[0] - u[last], u[1] - u[0])
        for i in 1..<last { slopes[i] = 0.5 * limiter(u[i] - u[i &- 1], u[i &+ 1] - u[i]) }
        slopes[last] = 0.5 * limiter(u[last] - u[last &- 1], u[0] - u[last])
    }

    /// `−V'` at the faces.
    private func fillVelocity(_ cosine: UnsafePointer<Double>, _ sine: UnsafePointer<Double>) -> Double {
        velocity.update(repeating: 0, count: cells)
        for l in stride(from: 1, through: potential.degree, by: 1) {
            let (c, s) = (faceTable + (2 * l - 2) * cells, faceTable + (2 * l - 1) * cells)
            let (onSine, onCosine) = (Double(l) * cosine[l], -Double(l) * sine[l])
            for i in 0..<cells { velocity[i] = velocity[i] + (onSine * s[i] + onCosine * c[i]) }
        }
        var fastest = 0.0
        for i in 0..<cells { fastest = max(fastest, abs(velocity[i])) }
        return fastest
    }

    private func loadMoments(_ u: UnsafePointer<Double>) {
        let (cosine, sine) = (harmonics(0), harmonics(1))
        var mass = 0.0
        for i in 0..<cells { mass += u[i] }
        (cosine[0], sine[0]) = (mass * spacing, 0)
        for l in stride(from: 1, through: potential.degree, by: 1) {
            let (c, s) = (momentTable + (2 * l - 2) * cells, momentTable + (2 * l - 1) * cells)
            var (sumC, sumS) = (0.0, 0.0)
            for i in 0..<cells {
                sumC += c[i] * u[i]
                sumS += s[i] * u[i]
            }
            (cosine[l], sine[l]) = (sumC, sumS)
        }
        potential.moments(cosine: cosine, sine: sine, into: basisMoments)
    }

    func moments(of u: UnsafePointer<Double>) -> [Double] {
        loadMoments(u)
        return (0..<problem.basis.count).map { basisMoments[$0] }
    }

    func weights(of u: UnsafePointer<Double>) -> [Double] { problem.weights(moments: moments(of: u)) }

    /// `dw/dt`: the weights are affine in the moments, and these linear in the averages.
    func weightRate(of rate: UnsafePointer<Double>) -> [Double] {
        let still = problem.weights(moments: Array(repeating: 0, count: problem.basis.count))
        return zip(weights(of: rate), still).map { $0 - $1 }
    }

    /// `∫ e^{ikθ} dμ` from the averages, each wave divided by its mean over a cell.
    func moment(_ k: Int, of u: UnsafePointer<Double>) -> (real: Double, imaginary: Double) {
        let half = 0.5 * Double(k) * spacing
        let mean = k == 0 ? 1 : sin(half) / half
        var (re, im) = (0.0, 0.0)
        for i in 0..<cells {
            let angle = Double(k) * spacing * (Double(i) + 0.5)
            re += u[i] * cos(angle)
            im += u[i] * sin(angle)
        }
        return (re * spacing / mean, im * spacing / mean)
    }
}

/// A Fourier potential of one angle as the cosines and sines of its harmonics.
struct CircleHarmonics {
    let fourier: FourierPotential
    let degree: Int
    private let waves: [Int]
    private let count: Int

    init(_ basis: TrigonometricBasis) {
        fourier = FourierPotential(basis)
        degree = fourier.harmonics[0]
        waves = fourier.modes.map { $0[0] }
        count = basis.count
    }

    func moments(
        cosine: UnsafePointer<Double>, sine: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>
    ) {
        fourier.moments(real: waves.map { cosine[$0] }, imaginary: waves.map { sine[$0] }, into: moments, count: count)
    }

    func harmonics(
        weights: UnsafePointer<Double>, cosine: UnsafeMutablePointer<Double>, sine: UnsafeMutablePointer<Double>
    ) {
        var (real, imaginary) = (waves.map { _ in 0.0 }, waves.map { _ in 0.0 })
        fourier.coefficients(weights: weights, real: &real, imaginary: &imaginary)
        for (q, l) in waves.enumerated() { (cosine[l], sine[l]) = (2 * real[q], -2 * imaginary[q]) }
    }
}
