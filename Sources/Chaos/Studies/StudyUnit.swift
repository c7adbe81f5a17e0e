import Continuum
import Foundation
import Particles
import TimeStepping
import Torus
import Training
import Transport

/// The measurements of one ensemble: `N` experts of one replicate, trained, beside their synchronous copies, which are independent draws from
/// the limit. What it gives depends on `N`, the replicate and the plan alone, so that stored measurements can be kept.
struct StudyUnit: Sendable {
    let problem: MeanFieldProblem
    let history: PiecewisePolynomial
    let times: [Double]
    let plan: RateStudyPlan
    let basis: StudyBasis
    let columns: [StudyColumn]
    let right: StudyReference
    let wrong: StudyReference
    /// The limit's moments for the control variate, for each output; `nil` where there is none.
    var variates: [FourierMoments?]

    /// The same with other control variates.
    func with(variates: [FourierMoments?]) -> StudyUnit {
        var copy = self
        copy.variates = variates
        return copy
    }

    /// The measurements, `[output][column]`.
    ///
    /// - Throws: `TimeSteppingError`.
    func values(count: Int, replicate: Int, parallelism: Parallelism) throws -> [Double] {
        let draws = Ensemble(
            drawing: count, dimension: problem.dimension, from: problem.initialLaw, seed: plan.seed,
            replicate: replicate)
        let mixture = AdaptiveRungeKutta(
            MeanFieldFlow(problem, count: count, parallelism: parallelism), state: draws.angles,
            pair: .dormandPrince54, tolerance: plan.tolerance)
        let copies = AdaptiveRungeKutta(
            DrivenFlow(basis: problem.basis, history: history, count: count, parallelism: parallelism),
            state: draws.angles, pair: .dormandPrince54, tolerance: plan.tolerance)
        let sweep = TrigonometricSweep(basis.products, count: count, parallelism: parallelism)
        let moved = plan.inputs.isEmpty ? nil : MovedExpert(problem, draws: draws.angles, parallelism: parallelism)
        let measures = replicate < plan.distanceReplicates
        var result: [Double] = []
        result.reserveCapacity(times.count * columns.count)
        for (output, time) in times.enumerated() {
            try mixture.advance(to: time)
            try copies.advance(to: time)
            let trained = Cloud(mixture.state, count, sweep, self)
            let independent = Cloud(copies.state, count, sweep, self)
            let coupling = Self.coupling(mixture.state, copies.state, count: count)
            let near =
                !measures
                ? [[:], [:]]
                : distances(mixture.state, count, [right.densities[output], wrong.densities[output]], parallelism)
            let far = !measures ? [[:]] : distances(copies.state, count, [right.densities[output]], parallelism)
            let variate = try (measures ? variates[output] : nil).map { reference in
                let own = try FourierMoments(
                    atoms: Array(copies.state), dimension: problem.dimension, degree: reference.degree)
                let distance = own.sobolevDistance(to: reference)
                return distance * distance
            }
            let responses = try moved?.slopes(at: time, inputs: plan.inputs) ?? [:]
            for column in columns {
                let cloud = column.family == .independent ? independent : trained
                let reference = column.family == .wrong ? wrong : right
                let distance =
                    switch column.family {
                    case .trained: near[0]
                    case .wrong: near[1]
                    case .independent: far[0]
                    }
                switch column.kind {
                case .quantity(.w1): result.append(distance[.one] ?? .nan)
                case .quantity(.w2): result.append(distance[.two] ?? .nan)
                case .quantity(.coupling): result.append(coupling)
                case .variate: result.append(variate ?? .nan)
                case .response(let input): result.append(Double(count) * (responses[input] ?? .nan))
                default: result.append(cloud.value(column.kind, beside: reference, output: output))
                }
            }
        }
        return result
    }

    private func distances(
        _ state: UnsafeBufferPointer<Double>, _ count: Int, _ densities: [ComparedDensity?], _ parallelism: Parallelism
    ) -> [[WassersteinOrder: Double]] {
        guard !plan.wasserstein.isEmpty else { return densities.map { _ in [:] } }
        let ensemble = Ensemble(count: count, dimension: problem.dimension, angles: Array(state))
        let circle = problem.dimension == 1 ? try? CircleAtoms(angles: ensemble.angles) : nil
        return densities.map { density in
            switch density {
            case .circle(let density):
                guard let circle else { return [:] }
                return Dictionary(
                    uniqueKeysWithValues: plan.wasserstein.map {
                        ($0, wasserstein(atoms: circle, density: density, order: $0).midpoint)
                    })
            case .torus:
                let found = try? density?.distances(plan.wasserstein, to: ensemble, parallelism: parallelism)
                return found?.mapValues(\.midpoint) ?? [:]
            case nil: return [:]
            }
        }
    }

    /// `(1/N Σ_i |θ_i − θ̄_i|²)^{1/2}`.
    private static func coupling(
        _ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>, count: Int
    ) -> Double {
        var sum = 0.0
        for index in a.indices { sum += (a[index] - b[index]) * (a[index] - b[index]) }
        return (sum / Double(count)).squareRoot()
    }
}

/// What is measured of some atoms through their moments.
private struct Cloud {
    let function: [Double]
    let heldOut: [Double]
    let loss: Double
    let waves: [(real: Double, imaginary: Double)]
    let kernel: [Double]
    /// The means of products of the expert's functions, in the order of the plan's pairs of inputs.
    let products: [Double]
    let unit: StudyUnit
    let count: Int

    init(_ state: UnsafeBufferPointer<Double>, _ count: Int, _ sweep: TrigonometricSweep, _ unit: StudyUnit) {
        let (basis, problem) = (unit.basis, unit.problem)
        var moments = Array(repeating: 0.0, count: basis.products.basis.count)
        if let base = state.baseAddress { sweep.moments(of: base, into: &moments) }
        let own = basis.problemMoments(moments)
        function = problem.function(moments: own)
        heldOut = problem.heldOutFunction(moments: own)
        loss = problem.loss(moments: own)
        waves = basis.waves(moments)
        kernel = basis.kernel(moments)
        products = basis.inputProducts(moments)
        self.unit = unit
        self.count = count
    }

    /// What is generated at an input, by the atoms and by the limit.
    private func generated(_ input: Int, _ reference: StudyReference, _ output: Int) -> (own: Double, limit: Double) {
        heldOut.isEmpty
            ? (function[input], reference.functions[output][input])
            : (heldOut[input], reference.heldOutFunctions[output][input])
    }

    func value(_ kind: StudyColumn.Kind, beside reference: StudyReference, output: Int) -> Double {
        switch kind {
        case .quantity(.functionError): return rootMeanSquare(function, reference.functions[output])
        case .quantity(.functionErrorTest): return rootMeanSquare(heldOut, reference.heldOutFunctions[output])
        case .quantity(.functionErrorSup):
            return max(
                zip(function, reference.functions[output]).reduce(0) { max($0, abs($1.0 - $1.1)) },
                zip(heldOut, reference.heldOutFunctions[output]).reduce(0) { max($0, abs($1.0 - $1.1)) })
        case .quantity(.lossGap): return loss - reference.losses[output]
        case .kernelError: return rootMeanSquare(kernel, reference.kernels[output])
        case .deviation:
            let (own, limit) = generated(0, reference, output)
            return own - limit
        case .covariance(let a, let b):
            let (first, second) = (generated(a, reference, output), generated(b, reference, output))
            return (first.own - first.limit) * (second.own - second.limit)
        case .pair(let a, let b):
            guard let place = unit.plan.inputPairs.firstIndex(where: { $0 == (a, b) }), count > 1 else { return .nan }
            let (first, second) = (generated(a, reference, output), generated(b, reference, output))
            let (x, y) = (first.own - first.limit, second.own - second.limit)
            // Over all pairs, less those of an expert with itself.
            let own = products[place] - first.own * second.own + x * y
            return (Double(count) * x * y - own) / Double(count - 1)
        case .wave(let k):
            return unit.basis.positions[k].map { index in
                let (own, other) = (waves[index], reference.waves[output][index])
                let (x, y) = (own.real - other.real, own.imaginary - other.imaginary)
                return x * x + y * y
            } ?? .nan
        case .quantity, .variate, .response: return .nan
        }
    }

    private func rootMeanSquare(_ a: [Double], _ b: [Double]) -> Double {
        (zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(a.count)).squareRoot()
    }
}
