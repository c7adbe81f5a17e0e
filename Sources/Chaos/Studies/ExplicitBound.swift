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

    /// Steps between outputs, so many in all.
    private static let steps = 64

    init(
        _ problem: MeanFieldProblem, flow: LinearizedFlow, times: [Double]
    ) throws {
        guard let basis = problem.basis.trigonometric else { throw FluctuationError.expansion }
        let constants = LipschitzConstants(
            TrigonometricExpansion(
                basis: basis, datumCount: problem.targets.count, coefficients: problem.coefficients))
        let end = times.last ?? 0
        let fine = Set((0...Self.steps).map { end * Double($0) / Double(Self.steps) } + times + [0]).sorted()
        let (nodes, n) = (flow.nodes, problem.targets.count)
        let squares = SecondMoments(problem)
        let states = try flow.positions(at: fine).map { places -> (residual: Double, scatter: Double) in
            let moments = squares.moments(places, nodes)
            let loss = problem.loss(moments: moments.own)
            return ((2 * loss).squareRoot(), max(0, moments.square - moments.functionSquare / Double(n)).squareRoot())
        }
        var (found, scatters) = ([0.0], [states[0].scatter])
        for index in 1..<fine.count {
            let step = fine[index] - fine[index - 1]
            let rate = constants.couplingRate(residual: states[index - 1].residual)
            let drive = constants.gradient * max(states[index - 1].scatter, states[index].scatter)
            let growth = exp(rate * step)
            found.append(found[index - 1] * growth + drive * (rate > 0 ? (growth - 1) / rate : step))
            scatters.append(states[index].scatter)
        }
        let places = times.map { time in fine.firstIndex(of: time) ?? 0 }
        self.times = times
        coupling = places.map { found[$0] }
        function = places.map { constants.gradient * found[$0] + scatters[$0] }
    }

    /// The mean over data of `∫ f_a² dμ`, a sum over nodes.
    private struct SecondMoments {
        let problem: MeanFieldProblem
        let products: SharedProducts
        let gram: [Double]

        init(_ problem: MeanFieldProblem) {
            guard case .monomials(let products) = problem.basis else { preconditionFailure("an expansion is needed") }
            self.problem = problem
            self.products = products
            let (count, n) = (problem.basis.count, problem.targets.count)
            let c = problem.coefficients
            gram = (0..<count * count).map { index in
                let (m, k) = (index / count, index % count)
                return (0..<n).reduce(0) { $0 + c[m * n + $1] * c[k * n + $1] } / Double(n)
            }
        }

        func moments(
            _ places: [Double], _ nodes: LabelledNodes
        ) -> (own: [Double], square: Double, functionSquare: Double) {
            let count = products.basis.count
            var own = Array(repeating: 0.0, count: count)
            var square = 0.0
            for node in 0..<nodes.count {
                let values = products.basis.values(
                    at: (0..<nodes.dimension).map { places[$0 * nodes.count + node] })
                var form = 0.0
                for m in 0..<count {
                    own[m] += nodes.masses[node] * values[m]
                    var sum = 0.0
                    for k in 0..<count { sum += gram[m * count + k] * values[k] }
                    form += values[m] * sum
                }
                square += nodes.masses[node] * form
            }
            let function = problem.function(moments: own)
            return (own, square, function.reduce(0) { $0 + $1 * $1 })
        }
    }
}
