import Experts
import Foundation
import Testing
import Torus

@testable import Training

@Suite("Mean-field problems")
struct MeanFieldProblemTests {
    /// A random expansion with random targets, and an ensemble of seven experts to check the contraction on.
    struct Sample: CustomTestStringConvertible {
        let expansion: TrigonometricExpansion
        let targets: [Double]
        let heldOutTargets: [Double]
        let ensemble: [[Double]]

        init(dimension: Int, monomials: [TrigonometricMonomial], data: Int, heldOut: Int, seed: UInt64) {
            func numbers(_ count: Int, stream: UInt32) -> [Double] {
                (0..<count).map { 2 * Philox(seed: seed).uniforms(SIMD4(UInt32($0), stream, 0, 0))[0] - 1 }
            }
            expansion = TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: dimension, monomials: monomials), datumCount: data + heldOut,
                coefficients: numbers(monomials.count * (data + heldOut), stream: 1))
            targets = numbers(data, stream: 2)
            heldOutTargets = numbers(heldOut, stream: 3)
            let angles = numbers(7 * dimension, stream: 4).map { .pi * $0 }
            ensemble = (0..<7).map { Array(angles[$0 * dimension..<($0 + 1) * dimension]) }
        }

        /// The moments `M_m` of the ensemble's empirical law.
        var moments: [Double] {
            let values = ensemble.map { expansion.basis.values(at: $0) }
            return expansion.basis.monomials.indices.map { m in values.reduce(0) { $0 + $1[m] } / 7 }
        }

        /// `(α/N) Σ_i f(θ_i, x_a)`.
        func function(_ datum: Int, amplitude: Double = 1) -> Double {
            amplitude * ensemble.reduce(0) { $0 + expansion.value(at: $1, datum: datum) } / 7
        }

        func residuals(amplitude: Double = 1) -> [Double] {
            targets.indices.map { function($0, amplitude: amplitude) - targets[$0] }
        }

        func problem(amplitude: Double = 1) -> MeanFieldProblem {
            MeanFieldProblem(
                expansion: expansion, targets: targets, heldOutTargets: heldOutTargets, amplitude: amplitude)
        }

        var testDescription: String { "\(expansion.basis.count) monomials, \(targets.count) data" }
    }

    private static let twoAngles: [TrigonometricMonomial] = [
        .one, .init([.init(.cosine, axis: 0)]), .init([.init(.sine, axis: 1)]),
        .init([.init(.cosine, axis: 0), .init(.sine, axis: 1)]),
        .init([.init(.sine, axis: 0, harmonic: 2), .init(.cosine, axis: 1)]),
    ]

    /// More data than monomials, as many, fewer, and one.
    static let samples = [23, 6, 5, 4, 1].map {
        Sample(dimension: 2, monomials: twoAngles, data: $0, heldOut: 3, seed: UInt64($0))
    }

    /// A few dozen roundings of numbers of order 1.
    private let tolerance = 1e-14

    @Test("function and loss are the sums over experts and data", arguments: samples)
    func functionAndLoss(_ sample: Sample) {
        let problem = sample.problem()
        let (n, moments) = (sample.targets.count, sample.moments)
        let values = problem.function(moments: moments)
        #expect(values.count == n)
        for datum in 0..<n { #expect(abs(values[datum] - sample.function(datum)) <= tolerance) }
        let heldOut = problem.heldOutFunction(moments: moments)
        #expect(heldOut.count == 3)
        for datum in 0..<3 { #expect(abs(heldOut[datum] - sample.function(n + datum)) <= tolerance) }
        let loss = sample.residuals().reduce(0) { $0 + $1 * $1 } / (2 * Double(n))
        #expect(abs(problem.loss(moments: moments) - loss) <= tolerance)
    }

    @Test("weights are the residuals' means, and their potential has the loss's gradient", arguments: samples)
    func weights(_ sample: Sample) {
        let (n, residuals) = (sample.targets.count, sample.residuals())
        let weights = sample.problem().weights(moments: sample.moments)
        for m in weights.indices {
            let mean =
                (0..<n).reduce(0) {
                    $0 + residuals[$1] * sample.expansion.coefficients[m * sample.expansion.datumCount + $1]
                } / Double(n)
            #expect(abs(weights[m] - mean) <= tolerance)
        }
        for theta in sample.ensemble {
            let potential = sample.expansion.basis.gradients(at: theta).map {
                zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 }
            }
            for axis in 0..<2 {
                let direct =
                    (0..<n).reduce(0) {
                        $0 + residuals[$1] * sample.expansion.gradient(at: theta, datum: $1)[axis]
                    } / Double(n)
                #expect(abs(potential[axis] - direct) <= 3 * tolerance)
            }
        }
    }

    @Test("an amplitude multiplies function and potential, not the targets", arguments: samples)
    func amplitude(_ sample: Sample) {
        let problem = sample.problem(amplitude: -2.5)
        let (n, moments, residuals) = (sample.targets.count, sample.moments, sample.residuals(amplitude: -2.5))
        let values = problem.function(moments: moments)
        for datum in 0..<n { #expect(abs(values[datum] + 2.5 * sample.function(datum)) <= 3 * tolerance) }
        #expect(abs(problem.heldOutFunction(moments: moments)[0] + 2.5 * sample.function(n)) <= 3 * tolerance)
        let loss = residuals.reduce(0) { $0 + $1 * $1 } / (2 * Double(n))
        #expect(abs(problem.loss(moments: moments) - loss) <= 10 * tolerance)
        let weights = problem.weights(moments: moments)
        for m in weights.indices {
            let mean =
                (0..<n).reduce(0) {
                    $0 - 2.5 * residuals[$1] * sample.expansion.coefficients[m * sample.expansion.datumCount + $1]
                } / Double(n)
            #expect(abs(weights[m] - mean) <= 10 * tolerance)
        }
    }

    /// Against the sum of the kernel over all pairs of atoms.
    @Test("the discrepancy is that of the expert's kernel", arguments: samples)
    func discrepancy(_ sample: Sample) {
        let n = sample.targets.count
        let others = (0..<4).map { atom in sample.ensemble[0].map { 1.7 * $0 + Double(atom) } }
        func kernel(_ a: [[Double]], _ b: [[Double]]) -> Double {
            var sum = 0.0
            for x in a {
                for y in b {
                    for datum in 0..<n {
                        sum += sample.expansion.value(at: x, datum: datum) * sample.expansion.value(at: y, datum: datum)
                    }
                }
            }
            return sum / Double(n * a.count * b.count)
        }
        let square =
            kernel(sample.ensemble, sample.ensemble) - 2 * kernel(sample.ensemble, others) + kernel(others, others)
        let values = others.map { sample.expansion.basis.values(at: $0) }
        let moments = sample.expansion.basis.monomials.indices.map { m in values.reduce(0) { $0 + $1[m] } / 4 }
        let found = sample.problem().discrepancy(moments: sample.moments, moments)
        // The pairs' sums cancel to their roundings.
        #expect(abs(found * found - square) <= 100 * tolerance)
        // Where the other law reaches the targets, it is the loss.
        let reached = MeanFieldProblem(
            expansion: sample.expansion, targets: sample.problem().function(moments: moments),
            heldOutTargets: sample.heldOutTargets)
        #expect(abs(found * found - 2 * reached.loss(moments: sample.moments)) <= 10 * tolerance)
    }

    @Test("held-out data move nothing", arguments: samples)
    func heldOutData(_ sample: Sample) {
        let (n, all) = (sample.targets.count, sample.expansion.datumCount)
        let alone = MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: sample.expansion.basis, datumCount: n,
                coefficients: sample.expansion.basis.monomials.indices.flatMap { m in
                    sample.expansion.coefficients[m * all..<m * all + n]
                }), targets: sample.targets)
        let problem = sample.problem()
        #expect(problem.weights(moments: sample.moments) == alone.weights(moments: sample.moments))
        #expect(problem.loss(moments: sample.moments) == alone.loss(moments: sample.moments))
        #expect(problem.heldOutTargets == sample.heldOutTargets)
        #expect(alone.heldOutFunction(moments: sample.moments) == [])
    }

    @Test("weights written in place are the same", arguments: samples)
    func inPlace(_ sample: Sample) {
        let problem = sample.problem()
        var weights = Array(repeating: Double.nan, count: problem.basis.count)
        sample.moments.withUnsafeBufferPointer { moments in
            weights.withUnsafeMutableBufferPointer { weights in
                guard let from = moments.baseAddress, let to = weights.baseAddress else { return }
                problem.weights(moments: from, into: to)
            }
        }
        #expect(weights == problem.weights(moments: sample.moments))
    }

    @Test("an expert on a training set: training data first, held-out data after them")
    func expert() throws {
        let set = TrainingSet(
            inputNames: ["x"], training: .init(inputs: [[0], [.pi / 2]], targets: [0.5, 0.3]),
            heldOut: .init(inputs: [[1]], targets: [0.4]))
        let circuit = try OpenQASMReader.read(contentsOf: ShippedDataTests.path("circuits/one-qubit.qasm"))
        let expert = try QuantumExpert(circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0"))
        let problem = try MeanFieldProblem(expert: expert, trainingSet: set)
        #expect(problem.dimension == 1)
        #expect(problem.targets == [0.5, 0.3] && problem.heldOutTargets == [0.4])
        // The law at one point: F is the expert's own value.
        let moments = problem.basis.values(at: [0.7])
        let values = problem.function(moments: moments) + problem.heldOutFunction(moments: moments)
        for (value, x) in zip(values, [0, Double.pi / 2, 1]) {
            #expect(abs(value - cos(0.7 - x)) <= tolerance)
        }
        // Under the uniform law F = 0.
        let uniform = try #require(problem.basis.trigonometric).monomials.map { $0.degree == 0 ? 1.0 : 0 }
        #expect(abs(problem.loss(moments: uniform) - (0.25 + 0.09) / 4) <= 1e-16)
    }
}
