import Continuum
import Experts
import Foundation
import Torus
import Training

/// The bound of the synchronous coupling and of the function with all its constants, times `√N`.
///
/// With `|∇f| ≤ L₁`, `‖∇²f‖ ≤ L₂`, the limit's residuals `R(t)` and the experts' scatter `σ(t)² = (1/n) Σ_a Var_{μ_t} f_a`, Grönwall's inequality gives
/// `(E|θ_i − θ̄_i|²)^{1/2} ≤ ε(t)/√N` with `ε' = (R L₂ + L₁²) ε + L₁ σ`, `ε(0) = 0`, and for the function
/// `(E (1/n) Σ_a (F_N − F)²)^{1/2} ≤ (L₁ ε + σ)/√N`. `R` falls along the flow, and between the times at which it is computed its value before
/// is taken: what is printed is a bound. It grows like `e^{λt}`: it proves the exponent, and says little of the size.
public struct ExplicitBound: Sendable {
    /// The times.
    public let times: [Double]
    /// `ε(t)`: the coupling's bound times `√N`.
    public let coupling: [Double]
    /// `L₁ ε + σ`: the bound of the function on the training inputs times `√N`.
    public let function: [Double]
    /// The same on the held-out inputs; on the training inputs where none are held out.
    public let heldOutFunction: [Double]

    /// Steps between outputs, so many in all.
    private static let steps = 64

    init(
        _ problem: MeanFieldProblem, flow: LinearizedFlow, times: [Double]
    ) throws {
        guard let basis = problem.basis.trigonometric else { throw FluctuationError.expansion }
        func constants(_ coefficients: [Double], _ data: Int) -> LipschitzConstants {
            LipschitzConstants(TrigonometricExpansion(basis: basis, datumCount: data, coefficients: coefficients))
        }
        let (n, held) = (problem.targets.count, problem.heldOutTargets.count)
        let trained = constants(problem.coefficients, n)
        let heldOut = held > 0 ? constants(problem.heldOutCoefficients, held) : trained
        let end = times.last ?? 0
        let fine = Set((0...Self.steps).map { end * Double($0) / Double(Self.steps) } + times + [0]).sorted()
        let nodes = flow.nodes
        let squares = SecondMoments(basis, problem.coefficients, n)
        let heldOutSquares = held > 0 ? SecondMoments(basis, problem.heldOutCoefficients, held) : squares
        let positions = try flow.positions(at: fine)
        let states = positions.map { places -> (residual: Double, scatter: Double) in
            let (moments, scatter) = squares.scatter(places, nodes)
            return ((2 * problem.loss(moments: moments)).squareRoot(), scatter)
        }
        var found = [0.0]
        for index in 1..<fine.count {
            let step = fine[index] - fine[index - 1]
            let rate = trained.couplingRate(residual: states[index - 1].residual)
            let drive = trained.gradient * max(states[index - 1].scatter, states[index].scatter)
            let growth = exp(rate * step)
            found.append(found[index - 1] * growth + drive * (rate > 0 ? (growth - 1) / rate : step))
        }
        let places = times.map { time in fine.firstIndex(of: time) ?? 0 }
        self.times = times
        coupling = places.map { found[$0] }
        function = places.map { trained.gradient * found[$0] + states[$0].scatter }
        heldOutFunction = places.map {
            heldOut.gradient * found[$0] + heldOutSquares.scatter(positions[$0], nodes).scatter
        }
    }

    /// The mean over data of `Var f_a`, from sums over nodes.
    private struct SecondMoments {
        let basis: TrigonometricBasis
        let gram: [Double]

        init(_ basis: TrigonometricBasis, _ c: [Double], _ n: Int) {
            self.basis = basis
            let count = basis.count
            gram = (0..<count * count).map { index in
                let (m, k) = (index / count, index % count)
                return (0..<n).reduce(0) { $0 + c[m * n + $1] * c[k * n + $1] } / Double(n)
            }
        }

        /// `vᵀ G v`: the mean square over data of `Σ_m C_ma v_m`.
        private func form(_ values: [Double]) -> Double {
            var total = 0.0
            for m in values.indices {
                var sum = 0.0
                for k in values.indices { sum += gram[m * values.count + k] * values[k] }
                total += values[m] * sum
            }
            return total
        }

        func scatter(_ places: [Double], _ nodes: LabelledNodes) -> (moments: [Double], scatter: Double) {
            var moments = Array(repeating: 0.0, count: basis.count)
            var square = 0.0
            for node in 0..<nodes.count {
                let values = basis.values(at: (0..<nodes.dimension).map { places[$0 * nodes.count + node] })
                for m in values.indices { moments[m] += nodes.masses[node] * values[m] }
                square += nodes.masses[node] * form(values)
            }
            return (moments, max(0, square - form(moments)).squareRoot())
        }
    }
}
