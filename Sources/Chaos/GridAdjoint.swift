import Continuum
import Experts
import TimeStepping
import Torus
import Training

/// Test functions on a grid, carried back in time by the adjoint of the linearised flow.
///
/// In the time `τ = t − s` that has passed backward, `∂_τ φ = −∇V[μ_s]·∇φ − Σ_m u_m Φ_m`, `u = C Cᵀ q/n`, `q_m = ∫ ∇Φ_m·∇φ dμ_s`, the law from a history. The state
/// is a half spectrum a function. A right-hand side takes `2d + 1` transforms a function, each function on a thread, and the law's.
final class GridAdjoint: DynamicalSystem {
    private let law: GridFlow
    private let history: PiecewisePolynomial
    private let end: Double
    private let functionCount: Int
    private let feedback: Feedback
    private let parallelism: Parallelism
    private let slots: [Slot]
    private var spectrum: [Double]

    /// The memory of a function.
    private final class Slot: @unchecked Sendable {
        let work: SpectralWorkspace
        let problem: MeanFieldProblem
        let advection: UnsafeMutablePointer<Double>
        var real: [Double]
        var imaginary: [Double]
        var projected: [Double]
        var answer: [Double]
        var scratch: [Double]

        init(_ law: GridFlow) throws {
            work = try SpectralWorkspace(law.space)
            problem = law.problem
            advection = .allocateLines(capacity: law.cells)
            real = Array(repeating: 0, count: law.potential.count)
            imaginary = real
            projected = Array(repeating: 0, count: law.problem.basis.count)
            answer = projected
            scratch = Array(repeating: 0, count: max(1, law.problem.targets.count))
        }

        deinit { advection.deallocate() }
    }

    init(
        _ law: GridFlow, history: PiecewisePolynomial, from end: Double, functionCount: Int, parallelism: Parallelism
    ) throws {
        self.law = law
        self.history = history
        self.end = end
        self.functionCount = functionCount
        self.parallelism = parallelism
        feedback = Feedback(law.problem)
        slots = try (0..<functionCount).map { _ in try Slot(law) }
        spectrum = Array(repeating: 0, count: law.dimension)
    }

    var dimension: Int { functionCount * law.dimension }

    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        let instant = min(history.end, max(history.start, end - time))
        history.evaluate(at: instant, into: &spectrum)
        law.fill(spectrum)
        nonisolated(unsafe) let (state, rate, density, slopes) = (state, rate, law.density, law.slopes)
        let (space, potential, length) = (law.space, law.potential, law.dimension)
        let (slots, feedback) = (slots, feedback)
        parallelism.forEach(functionCount) { function in
            Self.derivative(
                slots[function], space, potential, feedback, density: density, slopes: slopes,
                state: state + function * length, rate: rate + function * length)
        }
    }

    private static func derivative(
        _ slot: Slot, _ space: SpectralGrid, _ potential: FourierPotential, _ feedback: Feedback,
        density: UnsafePointer<Double>, slopes: UnsafePointer<Double>, state: UnsafePointer<Double>,
        rate: UnsafeMutablePointer<Double>
    ) {
        let cells = space.grid.cellCount
        let (values, spectrum, scale) = (
            slot.work.transform.values, slot.work.transform.spectrum, 1 / Double(cells)
        )
        let advection = slot.advection
        for cell in 0..<cells { advection[cell] = 0 }
        for mode in slot.real.indices { (slot.real[mode], slot.imaginary[mode]) = (0, 0) }
        for axis in 0..<space.grid.dimension {
            slot.work.synthesizeSlope(state, axis: axis)
            let slope = slopes + axis * cells
            for cell in 0..<cells {
                advection[cell] -= slope[cell] * values[cell]
                values[cell] *= density[cell]
            }
            slot.work.transform.forward()
            // i k_p times the conjugate: the mean of −e^{ik·θ} div(μ∇φ), by parts.
            for (mode, places) in space.places.enumerated() {
                let (index, k) = (places[0].index, scale * Double(space.modes[mode][axis]))
                slot.real[mode] += k * spectrum[2 * index + 1]
                slot.imaginary[mode] += k * spectrum[2 * index]
            }
        }
        potential.moments(
            real: slot.real, imaginary: slot.imaginary, into: &slot.projected, count: slot.projected.count)
        feedback.write(slot.projected, into: &slot.answer, scratch: &slot.scratch)
        potential.coefficients(weights: slot.answer, real: &slot.real, imaginary: &slot.imaginary)
        values.update(from: advection, count: cells)
        slot.work.transform.forward()
        let count = space.spectrumCount
        space.mask.withUnsafeBufferPointer { mask in
            for place in 0..<count {
                let factor = scale * mask[place]
                rate[2 * place] = factor * spectrum[2 * place]
                rate[2 * place + 1] = factor * spectrum[2 * place + 1]
            }
        }
        for (mode, places) in space.places.enumerated() {
            for (index, isConjugate) in places {
                rate[2 * index] -= slot.real[mode]
                rate[2 * index + 1] -= isConjugate ? -slot.imaginary[mode] : slot.imaginary[mode]
            }
        }
    }
}
