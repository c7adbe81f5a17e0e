import Foundation
public import TimeStepping
public import Torus
public import Training

/// The spectral solver: the law's moments `m_k = ∫ e^{ik·θ} dμ` on a lattice `|k_p| ≤ K_p`, by their exact hierarchy
/// `dm_k/dt = Σ_l (k·l) V_l m_{k+l}`, `V = Σ_l V_l e^{il·θ}`.
///
/// The potential has only the expert's few harmonics, so a right-hand side is a short stencil. The frequencies along an
/// axis grow by half, and the step is taken again, when the last of them exceed a tenth of the tolerance; they shrink by a
/// third where those left out are far below it. Time is integrated by Dormand and Prince's 8(5,3); a step's error over all modes,
/// by Parseval that of the density in the mean square, is held below the tolerance.
///
/// - Complexity: of a step, twelve right-hand sides of `modes · harmonics` or `modes · log(modes)`, and fifteen for a law that
///   makes its own potential. Memory: some thirty copies of the modes.
public final class Galerkin: ContinuumSolver {
    /// The largest number of modes (with `k_0 ≥ 0`) unless told otherwise: on the circle an explicit step is then shorter than a
    /// characteristic solution takes in all; in several angles, a gigabyte.
    public static func defaultModeLimit(dimension: Int) -> Int { dimension == 1 ? 1 << 12 : 1 << 21 }

    private let modeLimit: Int
    private let problem: MeanFieldProblem
    private let potential: FourierPotential
    private let tolerance: Double
    private let parallelism: Parallelism
    private let path: MomentHierarchy.Path?
    /// The steps of another solver, which this one follows.
    private let schedule: StepSchedule?
    /// The frequencies along each axis and the times from which on they were in use; of a companion, what is to come of them.
    private var course: [(time: Double, limits: [Int])]
    private var solver: AdaptiveRungeKutta<MomentHierarchy>
    private var tails: ModeTails
    /// The weights `w(t)` so far.
    public private(set) var history: PiecewisePolynomial

    /// A solver that starts from the problem's initial law.
    ///
    /// - Parameters:
    ///   - modeLimit: the number of modes beyond which the law is called under-resolved.
    ///   - parallelism: the threads of a right-hand side; the numbers do not depend on it.
    /// - Throws: `ContinuumError` for more than three angles, for a field as initial law, whose moments fall off too slowly, and
    ///   when the initial law needs more modes than the limit; `FourierTransformError`.
    public convenience init(
        _ problem: MeanFieldProblem, tolerance: Double, modeLimit: Int? = nil, parallelism: Parallelism = .serial
    ) throws {
        try self.init(problem, tolerance: tolerance, modeLimit: modeLimit, parallelism: parallelism, path: nil)
    }

    init(
        _ problem: MeanFieldProblem, tolerance: Double, modeLimit: Int?, parallelism: Parallelism,
        path: MomentHierarchy.Path?
    ) throws {
        let d = problem.dimension
        guard (1...3).contains(d) else { throw ContinuumError.dimension(d, scheme: "galerkin") }
        if case .field = problem.initialLaw { throw ContinuumError.initialLaw(scheme: "galerkin") }
        guard let basis = problem.basis.trigonometric else { throw ContinuumError.expansion(scheme: "galerkin") }
        let potential = FourierPotential(basis)
        self.modeLimit = modeLimit ?? Self.defaultModeLimit(dimension: d)
        self.problem = problem
        self.potential = potential
        self.tolerance = tolerance
        self.parallelism = parallelism
        self.path = path
        schedule = nil
        course = []
        var lattice = ModeLattice(limits: potential.harmonics.map { max(d == 1 ? 16 : 8, 4 * $0) })
        var state = Self.moments(of: problem.initialLaw, on: lattice)
        while true {
            let grown = lattice.grown(
                along: ModeTails(lattice, potential).outer(state).map { $0 > 0.1 * tolerance })
            if grown == lattice { break }
            guard grown.count <= self.modeLimit else {
                throw ContinuumError.underResolved(scheme: "galerkin", time: 0, unknowns: lattice.count)
            }
            lattice = grown
            state = Self.moments(of: problem.initialLaw, on: lattice)
        }
        course = [(0, lattice.limits)]
        tails = ModeTails(lattice, potential)
        solver = try Self.solver(
            MomentHierarchy(problem, potential, lattice: lattice, parallelism: parallelism, path: path), state: state,
            time: 0, tolerance)
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 7, start: 0)
    }

    /// A solver with a part of the frequencies that another one uses along each axis at each time, which takes that one's steps in
    /// equal parts.
    ///
    /// Frequencies that are not needed any more must go, as in the other one: the errors of the highest grow while the law spreads.
    init(companionOf other: Galerkin, dividingFrequenciesBy divisor: Int, stepParts: Int = 1) throws {
        problem = other.problem
        potential = other.potential
        modeLimit = other.modeLimit
        tolerance = .infinity
        parallelism = other.parallelism
        path = other.path
        schedule = StepSchedule(other.history, parts: stepParts)
        let degrees = other.potential.harmonics
        course = other.course.map { ($0.time, zip($0.limits, degrees).map { max($0 / divisor, $1, 2) }) }
        let lattice = ModeLattice(limits: course.removeFirst().limits)
        tails = ModeTails(lattice, potential)
        solver = try Self.solver(
            MomentHierarchy(problem, potential, lattice: lattice, parallelism: parallelism, path: path),
            state: Self.moments(of: problem.initialLaw, on: lattice), time: 0, tolerance)
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 7, start: 0)
    }

    private static func solver(
        _ system: MomentHierarchy, state: [Double], time: Double, _ tolerance: Double
    ) -> AdaptiveRungeKutta<MomentHierarchy> {
        // The integrator measures the root mean square over its unknowns, most of them tiny: divided by the root of their
        // number it is the sum of squares that is held, to a tenth so that the errors of steps do not pass for a tail. In a
        // given potential nothing asks for a state within a step.
        AdaptiveRungeKutta(
            system, state: state, time: time,
            pair: system.isCoupled ? .dormandPrince853 : .dormandPrince853.withoutDenseOutput,
            tolerance: 0.1 * tolerance / Double(system.dimension).squareRoot())
    }

    /// The moments of a law, real parts and then imaginary parts.
    private static func moments(of law: InitialLaw, on lattice: ModeLattice) -> [Double] {
        typealias Moment = (real: Double, imaginary: Double)
        var state = Array(repeating: 0.0, count: 2 * lattice.count)
        // A product needs the moments along each axis alone.
        var tables: [[Moment]] = []
        if case .product(let axes) = law {
            tables = zip(axes, lattice.limits).map { axis, limit in (0...limit).map { axis.moment($0) } }
        }
        for row in 0..<lattice.rowCount {
            let rest = lattice.rowVector(row)
            var across: Moment = (1, 0)
            for axis in rest.indices where !tables.isEmpty {
                let m = tables[axis + 1][abs(rest[axis])]
                let imaginary = rest[axis] < 0 ? -m.imaginary : m.imaginary
                across = (
                    across.real * m.real - across.imaginary * imaginary,
                    across.real * imaginary + across.imaginary * m.real
                )
            }
            for k in 0..<lattice.rowLength {
                let place = row * lattice.rowLength + k
                let m = tables.isEmpty ? law.moment([k] + rest) : tables[0][k]
                state[place] = m.real * across.real - m.imaginary * across.imaginary
                state[lattice.count + place] = m.real * across.imaginary + m.imaginary * across.real
            }
        }
        return state
    }

    /// The time reached.
    public var time: Double { solver.time }

    private var lattice: ModeLattice { solver.system.lattice }

    /// The largest frequencies `K_p` in use.
    public var frequencies: [Int] { lattice.limits }

    /// Never: what the modes do not resolve is an error.
    public var lostAt: Double? { nil }

    /// The tail of the moments beside the modes in use.
    public var resolution: Resolution {
        if let state = solver.state.baseAddress { tails.measure(state) }
        return Resolution(
            unknowns: lattice.count, measure: "spectral tail", value: tails.outer.max() ?? 0, lostAt: nil)
    }

    /// Steps until the time is exactly `target`, refining where the tail asks for it.
    ///
    /// - Throws: `ContinuumError.underResolved` beyond `modeLimit`; `TimeSteppingError`.
    public func advance(to target: Double, afterStep: (Double) throws -> Void) throws {
        if schedule != nil { return try follow(to: target, afterStep) }
        while time < target {
            try solver.step(limit: target)
            if let state = solver.state.baseAddress { tails.measure(state) }
            if tails.exceed(0.1 * tolerance) {
                let grown = lattice.grown(along: tails.outer.map { $0 > 0.1 * tolerance })
                guard grown.count <= modeLimit else {
                    let count = lattice.count
                    solver.undoStep()
                    throw ContinuumError.underResolved(scheme: "galerkin", time: time, unknowns: count)
                }
                solver.undoStep()
                try move(to: grown)
                continue
            }
            appendHistory()
            // The tails that would be the last ones must be small too, or the next step would ask for more again.
            if tails.letShrink(below: 1e-2 * tolerance) {
                try move(
                    to: lattice.shrunk(where: tails.inner.map { $0 < 1e-2 * tolerance }, least: potential.harmonics))
            }
            try afterStep(time)
        }
    }

    /// Takes the steps of another solver, on a part of its modes.
    private func follow(to target: Double, _ afterStep: (Double) throws -> Void) throws {
        while time < target {
            while let next = course.first, next.time <= time {
                course.removeFirst()
                if course.first.map({ $0.time > time }) ?? true { try move(to: ModeLattice(limits: next.limits)) }
            }
            try solver.step(limit: target, schedule)
            try afterStep(time)
        }
    }

    private func appendHistory() {
        if let weights = problem.prescribedWeights {
            history.append(upTo: time, constant: weights)
        } else {
            let system = solver.system
            history.append(solver, components: system.potentialPlaces, scratch: tails.modes) { modes, weights in
                system.weights(ofModes: modes, into: weights)
            }
        }
    }

    /// Goes on with the same moments on another lattice.
    private func move(to other: ModeLattice) throws {
        let (old, state) = (lattice, solver.state)
        var moved = Array(repeating: 0.0, count: 2 * other.count)
        let shared = min(old.rowLength, other.rowLength)
        for row in 0..<other.rowCount {
            guard let from = old.row(other.rowVector(row)) else { continue }
            for k in 0..<shared {
                moved[row * other.rowLength + k] = state[from * old.rowLength + k]
                moved[other.count + row * other.rowLength + k] = state[old.count + from * old.rowLength + k]
            }
        }
        let step = solver.stepSize
        if schedule == nil { course.append((time, other.limits)) }
        tails = ModeTails(other, potential)
        solver = try Self.solver(
            MomentHierarchy(problem, potential, lattice: other, parallelism: parallelism, path: path), state: moved,
            time: solver.time, tolerance)
        solver.proposeStep(step)
    }

    /// The moments of the problem's basis.
    public func moments() -> [Double] {
        var moments = Array(repeating: 0.0, count: problem.basis.count)
        if let state = solver.state.baseAddress { solver.system.moments(state: state, into: &moments) }
        return moments
    }

    /// The moment `m_k = ∫ e^{ik·θ} dμ`; 0 beyond the modes in use.
    public func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        guard let place = lattice.place(k) else { return (0, 0) }
        let (re, im) = (solver.state[place.index], solver.state[lattice.count + place.index])
        return (re, place.isConjugate ? -im : im)
    }

    /// `∫ |∇V|² dμ`, exact in the modes.
    public func dissipation() -> Double {
        potential.dissipation(weights: problem.weights(moments: moments())) { self.moment($0) }
    }

    /// `∫ ΔV dμ`, exact in the modes.
    public func meanLaplacian() -> Double {
        potential.meanLaplacian(weights: problem.weights(moments: moments())) { self.moment($0) }
    }

    /// The cell averages of the Fourier series, each mode times its mean over a cell, by FFT.
    ///
    /// - Throws: `FourierTransformError`.
    public func density(on grid: PeriodicGrid) throws -> Field {
        let transform = try FourierTransform(grid: grid)
        let spectrum = transform.spectrum
        spectrum.update(repeating: 0, count: 2 * transform.spectrumCount)
        let length = grid.cells[0] / 2 + 1
        // ρ = (2π)^{−d} Σ_k m_k e^{−ik·θ}: from cell j to the next mode k turns by −2πk/n, so it falls on frequency −k modulo n.
        let factors = lattice.limits.enumerated().map { axis, limit in
            (0...limit).map { Self.cellMean($0, spacing: grid.spacing(axis: axis)) }
        }
        let state = solver.state
        let n = grid.cells[0]
        for row in 0..<lattice.rowCount {
            let rest = lattice.rowVector(row)
            // Where the row falls, and the row of its conjugates; its mean across the cells of the other axes.
            var (own, opposite, stride) = (0, 0, 1)
            var across = (real: 1.0, imaginary: 0.0)
            for axis in rest.indices {
                let (component, count) = (rest[axis], grid.cells[axis + 1])
                own += stride * ((-component % count + count) % count)
                opposite += stride * ((component % count + count) % count)
                stride *= count
                let factor = factors[axis + 1][abs(component)]
                let imaginary = component < 0 ? -factor.imaginary : factor.imaginary
                across = (
                    across.real * factor.real - across.imaginary * imaginary,
                    across.real * imaginary + across.imaginary * factor.real
                )
            }
            for k in 0..<lattice.rowLength {
                let place = row * lattice.rowLength + k
                let (m, f) = ((state[place], state[lattice.count + place]), factors[0][k])
                let mean = (
                    real: across.real * f.real - across.imaginary * f.imaginary,
                    imaginary: across.real * f.imaginary + across.imaginary * f.real
                )
                let re = m.0 * mean.real - m.1 * mean.imaginary
                let im = m.0 * mean.imaginary + m.1 * mean.real
                let (minus, plus) = ((n - k % n) % n, k % n)
                if minus < length {
                    let q = 2 * (own * length + minus)
                    (spectrum[q], spectrum[q + 1]) = (spectrum[q] + re, spectrum[q + 1] + im)
                }
                // The column k_0 = 0 holds each mode's conjugate in its own right.
                if k > 0, plus < length {
                    let q = 2 * (opposite * length + plus)
                    (spectrum[q], spectrum[q + 1]) = (spectrum[q] + re, spectrum[q + 1] - im)
                }
            }
        }
        transform.backward()
        let unit = Field.uniform(on: grid).values.first ?? 0
        let values = transform.values
        return Field(grid: grid, values: (0..<grid.cellCount).map { values[$0] * unit })
    }

    /// The mean of `e^{−ikθ}` over a cell that begins at 0.
    private static func cellMean(_ k: Int, spacing: Double) -> (real: Double, imaginary: Double) {
        if k == 0 { return (1, 0) }
        let half = 0.5 * Double(k) * spacing
        let mean = sin(half) / half
        return (mean * cos(half), -mean * sin(half))
    }
}

extension Galerkin {
    /// All that the steps to come depend on.
    public var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.store(lattice.limits, as: "frequencies")
        snapshot.store(course.map(\.time), as: "course_times")
        snapshot.store(course.flatMap(\.limits), as: "course_frequencies")
        snapshot.parts["integration"] = solver.snapshot
        snapshot.parts["history"] = history.snapshot
        return snapshot
    }

    /// Goes on from a snapshot of a solver of the same problem.
    ///
    /// - Throws: `SnapshotError`.
    public func restore(_ snapshot: Snapshot) throws {
        let limits = try snapshot.integers("frequencies", count: problem.dimension)
        if limits != lattice.limits {
            let lattice = ModeLattice(limits: limits)
            tails = ModeTails(lattice, potential)
            solver = try Self.solver(
                MomentHierarchy(problem, potential, lattice: lattice, parallelism: parallelism, path: path),
                state: Array(repeating: 0, count: 2 * lattice.count), time: 0, tolerance)
        }
        let times = try snapshot.reals("course_times")
        let d = problem.dimension
        let frequencies = try snapshot.integers("course_frequencies", count: times.count * d)
        course = times.enumerated().map { ($1, Array(frequencies[$0 * d..<($0 + 1) * d])) }
        history = try PiecewisePolynomial(snapshot.part("history"))
        try solver.restore(snapshot.part("integration"))
    }
}
