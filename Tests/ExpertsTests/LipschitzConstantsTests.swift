import Experts
import Foundation
import Testing
import Torus

/// The bounds are never exceeded, and are sharp where that is known.
@Suite struct LipschitzConstantsTests {
    /// The gradient's length and the Hessian's norm from the expansion's monomials.
    static func derivatives(_ expansion: TrigonometricExpansion, at theta: [Double], datum: Int) -> (Double, Double) {
        let d = expansion.basis.dimension
        let gradient = expansion.gradient(at: theta, datum: datum)
        var hessian = Array(repeating: 0.0, count: d * d)
        for (m, monomial) in expansion.basis.monomials.enumerated() {
            let c = expansion.coefficients[m * expansion.datumCount + datum]
            for p in monomial.factors {
                for q in monomial.factors {
                    hessian[p.axis * d + q.axis] += monomial.factors.reduce(c) { product, factor in
                        let angle = theta[factor.axis]
                        let count = (factor.axis == p.axis ? 1 : 0) + (factor.axis == q.axis ? 1 : 0)
                        let k = Double(factor.harmonic)
                        return product
                            * (count == 0
                                ? factor.value(at: angle)
                                : count == 1 ? factor.derivative(at: angle) : -k * k * factor.value(at: angle))
                    }
                }
            }
        }
        let eigenvalues = SymmetricEigenvalues.descending(of: hessian, order: d)
        return (
            gradient.reduce(0) { $0 + $1 * $1 }.squareRoot(), eigenvalues.reduce(0) { max($0, abs($1)) }
        )
    }

    static func check(
        _ expert: QuantumExpert, _ data: [[Double]], samples: Int, seed: UInt64, _ comment: Comment
    ) throws {
        let expansion = try expert.expansion(inputs: data)
        let gates = LipschitzConstants(circuit: expert.circuit, roles: expert.roles, observable: expert.observable)
        let waves = LipschitzConstants(expansion)
        let constants = gates.tightened(by: waves)
        var random = RandomNumbers(seed: seed)
        // Roundings of the derivatives themselves.
        let slack = 1e-12 * (1 + gates.hessian)
        for _ in 0..<samples {
            let theta = (0..<expert.parameterCount).map { _ in random.uniform(0...(2 * .pi)) }
            for datum in data.indices {
                let (gradient, hessian) = derivatives(expansion, at: theta, datum: datum)
                #expect(gradient <= constants.gradient + slack, comment)
                #expect(hessian <= constants.hessian + slack, comment)
            }
        }
    }

    /// Every kind of gate, shared and multiplied angles; short circuits, so that bounds are nearly reached.
    @Test(arguments: [UInt64](1...120)) func areNeverExceeded(seed: UInt64) throws {
        var random = RandomNumbers(seed: 7000 + seed)
        let qubits = 1 + Int(seed % 4)
        let circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        let short = try Circuit(
            qubitCount: qubits, inputs: circuit.inputs,
            instructions: Array(circuit.instructions.prefix(seed % 2 == 0 ? 6 : 30)))
        let expert = try QuantumExpert(
            circuit: short, parameters: ["a", "b", "c"], observable: try random.observable(qubits: qubits))
        let data = (0..<2).map { _ in [random.uniform(-3...3), random.uniform(-3...3)] }
        try Self.check(expert, data, samples: 40, seed: seed, "seed \(seed)")
    }

    @Test func areNotExceededByTheReferenceCircuit() throws {
        let expert = try NeuralTangentKernelTests.expert("reference-b.qasm")
        try Self.check(expert, NeuralTangentKernelTests.data, samples: 50, seed: 1, "B")
        let gates = LipschitzConstants(circuit: expert.circuit, roles: expert.roles, observable: expert.observable)
        // Angles used once: √d ‖O‖ and d ‖O‖, and every term's light cone is the whole circuit or less.
        #expect(gates.gradient <= 8.0.squareRoot() + 1e-15 && gates.hessian <= 8)
    }

    @Test func ofOneAngleAreSharp() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.shipped("one-qubit.qasm"), parameters: ["theta"],
            observable: PauliSum("3 I + 2 Z0"))
        // 3 + 2 cos(θ − x).
        let gates = LipschitzConstants(circuit: expert.circuit, roles: expert.roles, observable: expert.observable)
        #expect(gates == LipschitzConstants(gradient: 2, hessian: 2))
        let waves = LipschitzConstants(try expert.expansion(inputs: [[0.7]]))
        #expect(abs(waves.gradient - 2) <= 1e-15 && abs(waves.hessian - 2) <= 1e-15)
        #expect(LipschitzConstants(gradient: 2, hessian: 3).couplingRate(residual: 0.5, amplitude: 2) == 19)
    }

    /// `(1/d) Σ_p cos θ_p`: the gradient has length `1/√d` at most, the Hessian norm `1/d`.
    @Test func ofASumOverAnglesAreSharp() {
        let d = 5
        let expansion = TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: d, monomials: (0..<d).map { .init([.init(.cosine, axis: $0)]) }),
            datumCount: 1, coefficients: Array(repeating: 1 / Double(d), count: d))
        let constants = LipschitzConstants(expansion)
        #expect(abs(constants.gradient - 1 / Double(d).squareRoot()) <= 1e-15)
        #expect(abs(constants.hessian - 1 / Double(d)) <= 1e-15)
    }

    /// A product of cosines has a Hessian of norm 1 at the origin, however many its factors.
    @Test(arguments: [1, 2, 3, 12]) func ofAProductAreSharpInTheHessian(factors: Int) {
        let monomial = TrigonometricMonomial((0..<factors).map { .init(.cosine, axis: $0, harmonic: 2) })
        let expansion = TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: factors, monomials: [monomial]), datumCount: 1, coefficients: [-3])
        #expect(abs(LipschitzConstants(expansion).hessian - 12) <= 1e-14)
    }

    /// Squares beyond the numbers change nothing but the size.
    @Test(arguments: [-600, 600, 1015]) func scaleWithTheCoefficients(exponent: Int) {
        let scale = Double(sign: .plus, exponent: exponent, significand: 1)
        let monomials: [TrigonometricMonomial] = [
            .one, .init([.init(.cosine, axis: 0)]),
            .init([.init(.sine, axis: 0), .init(.cosine, axis: 1, harmonic: 3)]),
        ]
        func constants(_ scale: Double) -> LipschitzConstants {
            LipschitzConstants(
                TrigonometricExpansion(
                    basis: TrigonometricBasis(dimension: 2, monomials: monomials), datumCount: 2,
                    coefficients: [1, 2, -0.7, 0.2, 0.3, 1.1].map { scale * $0 }))
        }
        #expect(constants(scale).gradient == scale * constants(1).gradient)
        #expect(constants(scale).hessian == scale * constants(1).hessian)
        #expect(constants(.infinity) == LipschitzConstants(gradient: .infinity, hessian: .infinity))
    }
}
