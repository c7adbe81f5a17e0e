import Experts
import Foundation
import Particles
import Testing
import Torus
import Training

@testable import Chaos

@Suite struct ScalingStudyTests {
    /// Slopes in two angles with a zero mean: −½ and −½ lazy, 0 and 0 mean-field.
    @Test func slopesAreTheTheorys() throws {
        let study = try ScalingStudy(
            FluctuationsTests.plane(), gammas: [0.5, 0.75, 1], counts: [100, 400, 1600, 6400], replicates: 24, time: 1,
            seed: 6)
        func slope(_ measure: ScalingStudy.Measure, _ gamma: Double) throws -> ScalingStudy.Slope {
            try #require(study.slopes.first { $0.measure == measure && $0.gamma == gamma })
        }
        for measure in [ScalingStudy.Measure.displacement, .kernelDrift] {
            let (lazy, between, meanField) = (try slope(measure, 0.5), try slope(measure, 0.75), try slope(measure, 1))
            // 24 replicates over a range of 64 in N: standard errors of about 0.03.
            #expect(lazy.theory == -0.5 && abs(lazy.slope + 0.5) < 0.1, "\(lazy)")
            // What the mixture generates by chance at the start adds to the residuals, of the order N^{½−γ}: slopes are steeper at finite N.
            #expect(meanField.theory == 0 && meanField.slope > -0.2 && meanField.slope < 0.03, "\(meanField)")
            #expect(between.slope > lazy.slope && between.slope < meanField.slope, "\(between)")
        }
        #expect(study.slopes.count == 12 && study.means.count == 48)
    }

    /// Three monomials have a mean exactly where the mean of their product says so, and the measured drift follows.
    @Test func thirdMomentsSayHowTheLazyKernelMoves() throws {
        typealias Monomial = TrigonometricMonomial
        let factors: [[Monomial.Factor]] = [
            [], [.init(.cosine, axis: 0)], [.init(.sine, axis: 0)],
            [.init(.cosine, axis: 0, harmonic: 2)], [.init(.sine, axis: 0, harmonic: 2)],
        ]
        let others: [[Monomial.Factor]] = [[], [.init(.cosine, axis: 1)], [.init(.sine, axis: 1, harmonic: 3)]]
        let all = factors.flatMap { first in others.map { Monomial(first + $0) } }
        var seen = Set<Bool>()
        for choice in 0..<all.count {
            for second in 0..<all.count {
                for third in 0..<all.count where Set([choice, second, third]).count == 3 {
                    let basis = TrigonometricBasis(dimension: 2, monomials: [all[choice], all[second], all[third]])
                    let monomials = basis.monomials
                    // Every product of three, one monomial perhaps more than once, by summation over a lattice that is finer than its harmonics.
                    let (side, spacing) = (13, 2 * Double.pi / 13)
                    var means: [Double] = []
                    let values = (0..<side * side).map {
                        basis.values(at: [spacing * Double($0 % side), spacing * Double($0 / side)])
                    }
                    for a in 0..<3 where !monomials[a].factors.isEmpty {
                        for b in a..<3 where !monomials[b].factors.isEmpty {
                            for c in b..<3 where !monomials[c].factors.isEmpty {
                                means.append(values.reduce(0) { $0 + $1[a] * $1[b] * $1[c] } / Double(side * side))
                            }
                        }
                    }
                    let truth = means.contains { abs($0) > 1e-9 }
                    #expect(ThirdMoments.exist(basis) == truth, "\(monomials)")
                    seen.insert(truth)
                }
            }
        }
        #expect(seen == [false, true])
    }

    /// One wide network of qubits that do not see one another is the lazy mixture of as many experts, angle by angle.
    @Test func aNetworkOfSeparateQubitsIsALazyMixture() throws {
        let set = TrainingSet(
            inputNames: ["x"], training: .init(inputs: [[0.2], [1.1], [2.5]], targets: [0.4, -0.1, 0.3]),
            heldOut: .init(inputs: [[0.7]], targets: [0.2]))
        func problem(_ qubits: Int) throws -> MeanFieldProblem {
            let circuit = try Circuit(
                qubitCount: qubits, inputs: (0..<qubits).map { .init("t\($0)") } + [.init("x")],
                instructions: (0..<qubits).flatMap { qubit in
                    [
                        Circuit.Instruction(.ry, qubits: [qubit], angles: [.input(qubit)]),
                        .init(
                            .ry, qubits: [qubit],
                            angles: [AffineAngle(constant: 0, terms: [.init(input: qubits, factor: -1)])]),
                    ]
                })
            let scale = 1 / Double(qubits).squareRoot()
            let expert = try QuantumExpert(
                circuit: circuit, parameters: (0..<qubits).map { "t\($0)" },
                observable: PauliSum((0..<qubits).map { "\(scale) Z\($0)" }.joined(separator: " + ")))
            let lift = try expert.lift(inputs: set.training.inputs + set.heldOut.inputs)
            return MeanFieldProblem(lift: lift, trainingSet: set, initialLaw: .uniform)
        }
        let widths = [4, 16, 100]
        let study = try ScalingStudy(
            networks: widths.map { ($0, try problem($0)) }, replicates: 12, time: 2, seed: 8, tolerance: 1e-10)
        let displacement = try #require(study.slopes.first { $0.measure == .displacement })
        #expect(displacement.lower < -0.4 && displacement.upper > -0.6 && displacement.theory == -0.5)
        // The same angles as experts of one qubit, whose sum has the same scale: angle p of the network is drawn as axis p, not as expert p.
        let one = try problem(1)
        for width in [4, 16] {
            let scale = Double(width).squareRoot()
            let mixture = one.multiplied(by: scale)
            let draw = Ensemble(drawing: 1, dimension: width, from: .uniform, seed: 8, replicate: 3)
            let experts = Ensemble(count: width, dimension: 1, angles: draw.angles)
            var (ends, angles) = ([Double](), [Double]())
            try GradientFlow(mixture, tolerance: 1e-10).train(experts, times: [2 / (scale * scale)]) { _, found, _ in
                ends = found.angles
            }
            try GradientFlow(problem(width), tolerance: 1e-10).train(draw, times: [2]) { _, found, _ in
                angles = found.angles
            }
            // The tolerance of a step, some tens of them.
            for (one, other) in zip(ends, angles) { #expect(abs(one - other) < 1e-8) }
        }
    }

    @Test func expertsWithAMeanAreRefusedOrCentred() throws {
        let problem = FluctuationsTests.plane(.product([try .vonMises(centre: 1, concentration: 1), .uniform]))
        func study(_ gammas: [Double], centring: Bool) throws -> ScalingStudy {
            try ScalingStudy(
                problem, gammas: gammas, counts: [100, 1600], replicates: 8, time: 1, seed: 6, centring: centring)
        }
        #expect(throws: ScalingError.self) { try study([0.5], centring: false) }
        // Mean-field mixtures may have a mean.
        #expect(try study([1], centring: false).means.count == 8)
        let lazy = try #require(study([0.5], centring: true).slopes.first { $0.measure == .displacement })
        #expect(abs(lazy.slope + 0.5) < 0.1)
        let centred = try problem.centred(refusing: false)
        let moments = try #require(centred.basis.trigonometric).monomials.map {
            $0.mean(dimension: 2, fourierMoments: centred.initialLaw.moment)
        }
        for value in centred.function(moments: moments) + centred.heldOutFunction(moments: moments) {
            #expect(abs(value) < 1e-13)
        }
    }
}
