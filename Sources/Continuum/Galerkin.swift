import Foundation
public import TimeStepping
public import Torus
public import Training

/// The spectral solver: the law's moments `m_k = ∫ e^{ikθ} dμ`, `k = 1 … K`, by their exact hierarchy
/// `dm_k/dt = Σ_l (k·l) V_l m_{k+l}`, `V = Σ_l V_l e^{ilθ}`.
///
/// The potential has only the expert's few harmonics, so a right-hand side is a short stencil: `O(K·degree)`. The number of
/// modes doubles, and the step is taken again, when the last modes exceed a tenth of the tolerance. Time is integrated
/// by Dormand and Prince's 8(5,3).
public final class Galerkin: ContinuumSolver {
    /// The largest number of modes tried unless told otherwise: beyond, an explicit step is shorter than a characteristic
    /// solution takes in all.
    public static let defaultModeLimit = 1 << 12

    private let modeLimit: Int
    private let problem: MeanFieldProblem
    private let potential: FourierPotential
    private let tolerance: Double
    private var solver: AdaptiveRungeKutta<MomentHierarchy>
    /// The weights `w(t)` so far.
    public private(set) var history: PiecewisePolynomial

    /// A solver that starts from the problem's initial law.
    ///
    /// - Parameter modeLimit: the number of modes beyond which the law is called under-resolved.
    /// - Throws: `ContinuumError.dimension` unless the problem has one angle.
    public init(_ problem: MeanFieldProblem, tolerance: Double, modeLimit: Int = defaultModeLimit) throws {
        guard problem.dimension == 1 else {
            throw ContinuumError.dimension(problem.dimension, scheme: "galerkin")
        }
        self.modeLimit = modeLimit
        self.problem = problem
        self.tolerance = tolerance
        potential = FourierPotential(problem.basis)
        var modes = max(16, 4 * potential.harmonics[0])
        var initial = (1...modes).map { problem.initialLaw.moment([$0]) }
        while initial.suffix(max(4, 2 * potential.harmonics[0])).contains(where: {
            hypot($0.real, $0.imaginary) > 0.1 * tolerance
        }) {
            guard 2 * modes <= modeLimit else {
                throw ContinuumError.underResolved(scheme: "galerkin", time: 0, unknowns: modes)
            }
            initial += (modes + 1...2 * modes).map { problem.initialLaw.moment([$0]) }
            modes *= 2
        }
        solver = Self.solver(
            problem, potential, modes: modes, state: initial.map(\.real) + initial.map(\.imaginary), time: 0, tolerance)
        history = PiecewisePolynomial(dimension: problem.basis.count, degree: 7, start: 0)
    }

    private static func solver(
        _ problem: MeanFieldProblem, _ potential: FourierPotential, modes: Int, state: [Double], time: Double,
        _ tolerance: Double
    ) -> AdaptiveRungeKutta<MomentHierarchy> {
        // The step's error is a mean over all modes, most of them tiny: a tenth leaves room for the few that count.
        AdaptiveRungeKutta(
            MomentHierarchy(problem, potential, modes: modes), state: state, time: time, pair: .dormandPrince853,
            tolerance: tolerance / 10)
    }

    /// The time reached.
    public var time: Double { solver.time }

    /// The number of modes `K` in use.
    public var modes: Int { solver.system.modes }

    /// The tail of the moments beside the modes in use.
    public var resolution: Resolution {
        Resolution(unknowns: modes, measure: "spectral tail", value: tail(), lostAt: nil)
    }

    /// Steps until the time is exactly `target`, refining where the tail asks for it.
    ///
    /// - Throws: `ContinuumError.underResolved` beyond `modeLimit`; `TimeSteppingError`.
    public func advance(to target: Double, afterStep: (Double) -> Void) throws {
        while time < target {
            try solver.step(limit: target)
            if tail() > 0.1 * tolerance {
                try refine()
            } else {
                history.append(solver) { state, weights in self.solver.system.weights(state: state, into: weights) }
                afterStep(time)
            }
        }
    }

    /// The largest of the last modes, enough of them that no parity hides them.
    private func tail() -> Double {
        let state = solver.state
        let modes = modes
        return (max(0, modes - max(4, 2 * potential.harmonics[0]))..<modes).reduce(0) {
            max($0, hypot(state[$1], state[modes + $1]))
        }
    }

    private func refine() throws {
        guard 2 * modes <= modeLimit else {
            throw ContinuumError.underResolved(scheme: "galerkin", time: time, unknowns: modes)
        }
        solver.undoStep()
        let (old, state, step) = (modes, solver.state, solver.stepSize)
        let zeros = Array(repeating: 0.0, count: old)
        let padded = Array(state[0..<old]) + zeros + Array(state[old..<2 * old]) + zeros
        solver = Self.solver(problem, potential, modes: 2 * old, state: padded, time: solver.time, tolerance)
        solver.proposeStep(step)
    }

    /// The moments of the problem's basis.
    public func moments() -> [Double] {
        var moments = Array(repeating: 0.0, count: problem.basis.count)
        if let state = solver.state.baseAddress { solver.system.moments(state: state, into: &moments) }
        return moments
    }

    /// The moment `m_k = ∫ e^{ikθ} dμ`; 0 beyond the modes in use.
    public func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        let k = k[0]
        if k == 0 { return (1, 0) }
        guard abs(k) <= modes else { return (0, 0) }
        let (re, im) = (solver.state[abs(k) - 1], solver.state[modes + abs(k) - 1])
        return (re, k > 0 ? im : -im)
    }

    /// `∫ (V')² dμ`, exact in the modes.
    public func dissipation() -> Double {
        potential.dissipation(weights: problem.weights(moments: moments())) { self.moment($0) }
    }

    /// `∫ V'' dμ`, exact in the modes.
    public func meanLaplacian() -> Double {
        potential.meanLaplacian(weights: problem.weights(moments: moments())) { self.moment($0) }
    }

    /// The cell averages of the Fourier series, each mode times its mean over a cell, by FFT.
    ///
    /// - Throws: `FourierTransformError`.
    public func density(on grid: PeriodicGrid) throws -> Field {
        let n = grid.cells[0]
        let h = grid.spacing(axis: 0)
        var spectrum = Array(repeating: 0.0, count: 2 * (n / 2 + 1))
        spectrum[0] = 1
        // ρ = (1/2π) Σ_k m_k e^{−ikθ}: at cell j, mode k turns by −2πkj/n, so it falls on frequency −k modulo n.
        for k in 1...modes {
            let m = moment([k])
            let half = 0.5 * Double(k) * h
            let mean = sin(half) / half
            let (c, s) = (cos(half), -sin(half))
            let (re, im) = (mean * (m.real * c - m.imaginary * s), mean * (m.real * s + m.imaginary * c))
            let q = k % n
            // A real field: the mode and its conjugate. Folded on 0 or n/2 they add up to twice the real part.
            if q == 0 || 2 * q == n {
                spectrum[2 * q] += 2 * re
            } else if 2 * q < n {
                spectrum[2 * q] += re
                spectrum[2 * q + 1] -= im
            } else {
                spectrum[2 * (n - q)] += re
                spectrum[2 * (n - q) + 1] += im
            }
        }
        let values = try FourierTransform(grid: grid).backward(spectrum)
        return Field(grid: grid, values: values.map { $0 / (2 * .pi) })
    }
}

/// The hierarchy `dm_k/dt = k Σ_{l ≥ 1} l (V_l m_{k+l} − V̄_l m_{k−l})`, closed by `m_k = 0` for `k > K`.
///
/// The state is `Re m_1 … Re m_K, Im m_1 … Im m_K`.
final class MomentHierarchy: DynamicalSystem {
    let modes: Int
    var dimension: Int { 2 * modes }

    private let problem: MeanFieldProblem
    private let potential: FourierPotential
    private let degree: Int
    /// The harmonics of the potential's modes.
    private let waves: [Int]
    // m_k for k = −degree … K + degree, real and imaginary parts, then the scratch of the contraction: the basis's moments
    // and weights, and the real and imaginary parts of the potential's modes.
    private let memory: UnsafeMutablePointer<Double>
    private var real: UnsafeMutablePointer<Double> { memory + degree }
    private var imaginary: UnsafeMutablePointer<Double> { memory + (modes + 3 * degree + 1) }
    private var basisMoments: UnsafeMutablePointer<Double> { memory + 2 * (modes + 2 * degree + 1) }
    private var basisWeights: UnsafeMutablePointer<Double> { basisMoments + problem.basis.count }
    private var waveReal: UnsafeMutablePointer<Double> { basisWeights + problem.basis.count }
    private var waveImaginary: UnsafeMutablePointer<Double> { waveReal + waves.count }

    init(_ problem: MeanFieldProblem, _ potential: FourierPotential, modes: Int) {
        self.problem = problem
        self.potential = potential
        self.modes = modes
        degree = potential.harmonics[0]
        waves = potential.modes.map { $0[0] }
        let size = 2 * (modes + 2 * degree + 1) + 2 * problem.basis.count + 2 * waves.count
        memory = .allocate(capacity: size)
        memory.initialize(repeating: 0, count: size)
    }

    deinit { memory.deallocate() }

    /// Writes `m_k` into the padded arrays.
    private func load(_ state: UnsafePointer<Double>) {
        (real[0], imaginary[0]) = (1, 0)
        (real + 1).update(from: state, count: modes)
        (imaginary + 1).update(from: state + modes, count: modes)
        for k in stride(from: 1, through: degree, by: 1) {
            (real[-k], imaginary[-k]) = (real[k], -imaginary[k])
        }
    }

    func moments(state: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>) {
        load(state)
        for (q, l) in waves.enumerated() { (waveReal[q], waveImaginary[q]) = (real[l], imaginary[l]) }
        potential.moments(real: waveReal, imaginary: waveImaginary, into: moments, count: problem.basis.count)
    }

    func weights(state: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>) {
        moments(state: state, into: basisMoments)
        problem.weights(moments: basisMoments, into: weights)
    }

    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        weights(state: state, into: basisWeights)
        potential.coefficients(weights: basisWeights, real: waveReal, imaginary: waveImaginary)
        let (rateRe, rateIm) = (rate, rate + modes)
        rate.update(repeating: 0, count: 2 * modes)
        for (q, l) in waves.enumerated() where l > 0 {
            let vr = Double(l) * waveReal[q]
            let vi = Double(l) * waveImaginary[q]
            let (upRe, upIm) = (real + (l + 1), imaginary + (l + 1))
            let (downRe, downIm) = (real + (1 - l), imaginary + (1 - l))
            var j = 0
            while j < modes {
                rateRe[j] = rateRe[j] + (vr * (upRe[j] - downRe[j]) - vi * (upIm[j] + downIm[j]))
                rateIm[j] = rateIm[j] + (vr * (upIm[j] - downIm[j]) + vi * (upRe[j] + downRe[j]))
                j = j &+ 1
            }
        }
        var j = 0
        while j < modes {
            let k = Double(j &+ 1)
            rateRe[j] = k * rateRe[j]
            rateIm[j] = k * rateIm[j]
            j = j &+ 1
        }
    }
}
