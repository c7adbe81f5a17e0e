import Foundation
import Torus
public import Training

/// The training of a finite mixture in steps, as a laboratory would do it: gradient descent on the loss with the learning rate `N Δt`, on all data or on
/// mini-batches, with exact expectation values or with those of finitely many measurement shots.
///
/// With all data and exact values it is the explicit Euler method of the flow, and `O(Δt)` from it. The noise of mini-batches of `B` data is
/// common to all experts, and leaves the mixture `O(√(Δt/B))` from the flow however many there are.
///
/// A shot is modelled as an observable of two outcomes `±c`, `c` the largest sum `Σ_m |C_ma|`, with the exact mean: the law of a Pauli string, and of sums
/// of strings the largest variance that one measurement can have. Gradients are by the parameter shift
/// `∂_p f = ½ (f(θ + ½π e_p) − f(θ − ½π e_p))`, with shots of their own, independent of the residuals'.
public struct GradientDescent: Sendable {
    /// The expert, its data and the initial law.
    public let problem: MeanFieldProblem
    /// The time `Δt` of a step.
    public let step: Double
    /// The data of a step, drawn with replacement; `nil`: all of them.
    public let batch: Int?
    /// The measurements of each expectation value; `nil`: it is exact.
    public let shots: Int?
    /// The seed of batches and shots.
    public let seed: UInt64

    /// - Throws: `GradientDescentError` where shots are asked for and the expert has no expansion, or an angle that is used more than once.
    public init(
        _ problem: MeanFieldProblem, step: Double, batch: Int? = nil, shots: Int? = nil, seed: UInt64 = 1
    ) throws {
        precondition(step > 0 && (batch ?? 1) >= 1 && (shots ?? 1) >= 1 && problem.prescribedWeights == nil)
        guard problem.basis.trigonometric != nil || (batch == nil && shots == nil) else {
            throw GradientDescentError.noExpansion
        }
        if shots != nil, let axis = problem.basis.harmonics.firstIndex(where: { $0 > 1 }) {
            throw GradientDescentError.parameterShift(axis: axis)
        }
        self.problem = problem
        self.step = step
        self.batch = batch
        self.shots = shots
        self.seed = seed
    }

    /// Trains an ensemble and visits it at given times, which are rounded to whole steps.
    ///
    /// - Parameters:
    ///   - replicate: tells the batches and shots of one run from another's.
    ///   - visit: called at each time with its index, the experts and the time reached.
    /// - Complexity: a step costs a right-hand side of the flow; with shots, `N n (2d + 1)` expectation values of so many random numbers.
    public func train(
        _ ensemble: Ensemble, times: [Double], replicate: Int, visit: (Int, Ensemble, Double) throws -> Void
    ) rethrows {
        var state = ensemble
        let sweep = PotentialSweep(problem.basis, count: ensemble.count, parallelism: .serial)
        var rate = ensemble.angles
        var moments = Array(repeating: 0.0, count: problem.basis.count)
        var taken = 0
        for (index, time) in times.enumerated() {
            let wanted = Int((time / step).rounded())
            while taken < wanted {
                if let shots {
                    descendByShots(&state.angles, count: ensemble.count, shots: shots, taken, replicate)
                } else {
                    state.angles.withUnsafeBufferPointer { angles in
                        guard let base = angles.baseAddress else { return }
                        sweep.moments(of: base, into: &moments)
                        let weights = weights(moments, data: data(taken, replicate))
                        sweep.gradient(at: base, followsMoments: true, weights: weights, scale: -step, into: &rate)
                    }
                    for i in rate.indices { state.angles[i] += rate[i] }
                }
                taken += 1
            }
            try visit(index, state, Double(taken) * step)
        }
    }

    /// The data of a step; `nil`: all.
    private func data(_ taken: Int, _ replicate: Int) -> [Int]? {
        guard let batch else { return nil }
        let (generator, n) = (Philox(seed: seed), problem.targets.count)
        return (0..<batch).map { place in
            let u = generator.uniforms(
                SIMD4(
                    UInt32(place), UInt32(truncatingIfNeeded: taken), UInt32(truncatingIfNeeded: replicate), 0x6261_7463
                ))
            return min(n - 1, Int(Double(n) * u[0]))
        }
    }

    private func weights(_ moments: [Double], data: [Int]?) -> [Double] {
        guard let data else { return problem.weights(moments: moments) }
        let n = problem.targets.count
        let function = problem.function(moments: moments)
        var weights = moments.map { _ in 0.0 }
        for a in data {
            let residual = (function[a] - problem.targets[a]) / Double(data.count)
            for m in weights.indices { weights[m] += residual * problem.coefficients[m * n + a] }
        }
        return weights
    }

    private func descendByShots(
        _ angles: inout [Double], count: Int, shots: Int, _ taken: Int, _ replicate: Int
    ) {
        guard let basis = problem.basis.trigonometric else { return }
        let (n, d, generator) = (problem.targets.count, problem.dimension, Philox(seed: seed))
        let used = data(taken, replicate) ?? Array(0..<n)
        let bound = (0..<n).reduce(0.0) { most, a in
            max(most, (0..<basis.count).reduce(0.0) { $0 + abs(problem.coefficients[$1 * n + a]) })
        }
        /// The mean of shots: `expert`, `place` and `datum` tell the measurements apart.
        func measured(_ theta: [Double], _ expert: Int, _ place: Int, _ a: Int, _ slot: Int) -> Double {
            var value = 0.0
            for (m, monomial) in basis.values(at: theta).enumerated() {
                value += problem.coefficients[m * n + a] * monomial
            }
            let probability = 0.5 * (1 + value / bound)
            var ups = 0
            for pair in 0..<(shots + 1) / 2 {
                // Expert and place share a word, datum and pair another: none of them reaches 2¹⁶ in what can be computed.
                let u = generator.uniforms(
                    SIMD4(
                        UInt32(truncatingIfNeeded: expert << 8 | place), UInt32(truncatingIfNeeded: slot << 16 | pair),
                        UInt32(truncatingIfNeeded: taken), UInt32(truncatingIfNeeded: replicate) | 0x8000_0000))
                if u[0] < probability { ups += 1 }
                if 2 * pair + 1 < shots, u[1] < probability { ups += 1 }
            }
            return bound * (2 * Double(ups) / Double(shots) - 1)
        }
        let thetas = (0..<count).map { i in (0..<d).map { angles[$0 * count + i] } }
        var change = Array(repeating: 0.0, count: angles.count)
        for (slot, a) in used.enumerated() {
            let function = thetas.indices.reduce(0.0) { $0 + measured(thetas[$1], $1, 0, a, slot) } / Double(count)
            let residual = (function - problem.targets[a]) / Double(used.count)
            for i in 0..<count {
                for axis in 0..<d {
                    var (more, less) = (thetas[i], thetas[i])
                    more[axis] += 0.5 * .pi
                    less[axis] -= 0.5 * .pi
                    let slope =
                        0.5 * (measured(more, i, 1 + 2 * axis, a, slot) - measured(less, i, 2 + 2 * axis, a, slot))
                    change[axis * count + i] += residual * slope
                }
            }
        }
        for i in angles.indices { angles[i] -= step * change[i] }
    }
}

/// Why a mixture cannot be trained in steps.
public enum GradientDescentError: Error, Equatable, CustomStringConvertible {
    /// Mini-batches and shots need the expert's expansion.
    case noExpansion
    /// An angle has harmonics beyond the first.
    case parameterShift(axis: Int)

    /// What was found, and what to do.
    public var description: String {
        switch self {
        case .noExpansion:
            "mini-batches and shots need the expert's expansion, and the state vector is the only way to its functions: raise expert.term_limit"
        case .parameterShift(let axis):
            "trained angle \(axis) enters more than one rotation, or a multiple of it does: the parameter shift of shots is for angles that are used once"
        }
    }
}
