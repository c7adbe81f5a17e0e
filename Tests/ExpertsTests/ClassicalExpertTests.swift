import Experts
import Foundation
import Testing
import Torus

/// Neurons and polynomials: formula, expansion and differences judge one another.
@Suite struct ClassicalExpertTests {
    /// Value and gradient against the expansion and against central differences.
    private static func check(_ expert: any Expert, seed: UInt64) throws {
        var random = RandomNumbers(seed: seed)
        let d = expert.parameterCount
        let data = (0..<3).map { _ in (0..<expert.inputCount).map { _ in random.uniform(-2...2) } }
        let lift = try expert.lift(inputs: data)
        #expect(lift.path == .expansion && lift.reason == nil)
        let expansion = try #require(lift.expansion)
        for (datum, x) in data.enumerated() {
            let theta = (0..<d).map { _ in random.uniform(-9...9) }
            let direct = expert.valueAndGradient(parameters: theta, inputs: x)
            #expect(expert.value(parameters: theta, inputs: x) == direct.value)
            // Sums and products of a few factors of size 10 at most, each rounded once or twice.
            #expect(abs(direct.value - expansion.value(at: theta, datum: datum)) < 1e-13, "seed \(seed)")
            let gradient = expansion.gradient(at: theta, datum: datum)
            for p in 0..<d {
                #expect(abs(direct.gradient[p] - gradient[p]) < 1e-13, "seed \(seed)")
                let h = 1e-5
                var (above, below) = (theta, theta)
                above[p] += h
                below[p] -= h
                let difference =
                    (expert.value(parameters: above, inputs: x) - expert.value(parameters: below, inputs: x)) / (2 * h)
                // Truncation h²/6 times a third derivative of 27 · 4 at most, roundoff 1e-15/h.
                #expect(abs(direct.gradient[p] - difference) < 3e-9, "seed \(seed)")
            }
        }
    }

    @Test(arguments: [UInt64](1...20))
    func neuronsAgreeWithTheirExpansions(seed: UInt64) throws {
        var random = RandomNumbers(seed: seed)
        for shape in Neuron.Shape.allCases where shape != .tanh {
            let inputs = random.integer(1..<4)
            let features = shape.hasOneFeature ? 1 : random.integer(1..<7)
            let frequencies = Neuron.normalFrequencies(
                features: features, inputs: inputs, standardDeviation: 1.5, seed: seed)
            try Self.check(
                Neuron(shape, inputs: (0..<inputs).map { "x\($0)" }, frequencies: frequencies), seed: seed)
        }
    }

    /// What the series leaves out is as it says; its derivative leaves out more, at most the harmonics' coefficients times their order.
    @Test(arguments: [(0.1, 1e-13), (1, 1e-9), (1, 1e-13), (2, 1e-3), (2, 1e-12), (8, 1e-6), (20, 1e-3)])
    func tanhIsItsSeries(gain: Double, tolerance: Double) throws {
        let neuron = try Neuron(
            .tanh, inputs: ["a", "b"], frequencies: [[0.7, -1.3]], gain: gain, tolerance: tolerance)
        #expect(neuron.truncation <= tolerance)
        let data = [[0.3, -1.2], [40, 1e5], [0, 0]]
        let lift = try neuron.lift(inputs: data)
        let expansion = try #require(lift.expansion)
        #expect(lift.reason?.contains("the series of tanh ends at frequency") ?? false)
        var worst = 0.0
        for (datum, x) in data.enumerated() {
            for step in 0..<400 {
                let theta = [-9 + 0.045 * Double(step)]
                let direct = neuron.valueAndGradient(parameters: theta, inputs: x)
                #expect(neuron.value(parameters: theta, inputs: x) == direct.value)
                worst = max(worst, abs(direct.value - expansion.value(at: theta, datum: datum)))
                let h = 1e-5
                let difference =
                    (neuron.value(parameters: [theta[0] + h], inputs: x)
                        - neuron.value(parameters: [theta[0] - h], inputs: x)) / (2 * h)
                // h²/6 times a third derivative of 2g³ + 3g² + g at most, roundoff of angles up to 2e5 over h.
                let bound = h * h / 6 * (2 * gain * gain * gain + 3 * gain * gain + gain) + 1e-11 / h * gain
                #expect(abs(direct.gradient[0] - difference) < bound)
            }
        }
        // Angles of 1e5 are known to 1e-11, and the slope is the gain.
        #expect(worst <= neuron.truncation + 4e-11 * gain)
        if tolerance > 1e-9 { #expect(worst > 0.01 * neuron.truncation, "the bound is no phantasy") }
    }

    /// The polynomial that is shipped is the series to three digits, found by another program.
    @Test func theSeriesOfTanhIsTheShippedPolynomial() throws {
        let neuron = try Neuron(.tanh, inputs: ["x"], frequencies: [[1]], gain: 2, tolerance: 1e-3)
        let expansion = try neuron.expansion(inputs: [[0]])
        #expect(expansion.basis.harmonics == [9])
        // From data/polynomials/tanh.yml.
        let shipped = [
            1.1179418373401764, -0.1887423247705867, 0.04300467596807178, -0.01010696609095765, 0.0023865052219488106,
        ]
        let found = expansion.coefficients.filter { $0 != 0 }
        #expect(found.count == 5 && zip(found, shipped).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    @Test(arguments: [
        (0.0, 1e-9), (-1, 1e-9), (.nan, 1e-9), (.infinity, 1e-9), (21, 1e-9), (1, 0), (1, 1), (20, 1e-12),
    ])
    func tanhWithBadNumbersIsRefused(gain: Double, tolerance: Double) {
        #expect(throws: NeuronError.self) {
            try Neuron(.tanh, inputs: ["x"], frequencies: [[1]], gain: gain, tolerance: tolerance)
        }
    }

    @Test func theCosineNeuronIsTheOneQubitExpert() throws {
        let circuit = try Circuit(
            qubitCount: 1, inputs: [.init("theta"), .init("x")],
            instructions: [
                .init(.ry, qubits: [0], angles: [.input(0)]),
                .init(.ry, qubits: [0], angles: [AffineAngle(constant: 0, terms: [.init(input: 1, factor: -1)])]),
            ])
        let quantum = try QuantumExpert(circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0"))
        let neuron = try Neuron(.cosine, parameters: ["theta"], inputs: ["x"], frequencies: [[1]])
        for x in [0, 0.4, -3, 20] {
            let (a, b) = try (quantum.expansion(inputs: [[x]]), neuron.expansion(inputs: [[x]]))
            for theta in [0.1, -7] {
                #expect(abs(a.value(at: [theta], datum: 0) - b.value(at: [theta], datum: 0)) < 1e-15)
            }
        }
    }

    @Test func aProductOfTeachersHasAllMonomials() throws {
        let identity = (0..<6).map { p in (0..<6).map { $0 == p ? 1.0 : 0 } }
        let neuron = try Neuron(.product, inputs: (0..<6).map { "x\($0)" }, frequencies: identity)
        #expect(try neuron.expansion(inputs: [[1, 2, 3, 4, 5, 6]]).basis.count == 64)
    }

    /// Mean 0 and variance σ², within 4 standard errors; the same numbers for a seed.
    @Test func frequenciesAreNormal() {
        let seed: UInt64 = 11
        let rows = Neuron.normalFrequencies(features: 100, inputs: 100, standardDeviation: 2, seed: seed)
        let all = rows.joined()
        let mean = all.reduce(0, +) / 1e4
        let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e4
        #expect(abs(mean) < 4 * 2 / 100, "seed \(seed)")
        // The standard error of a normal variance is σ²√(2/n).
        #expect(abs(variance - 4) < 4 * 4 * 0.0141421, "seed \(seed)")
        #expect(rows == Neuron.normalFrequencies(features: 100, inputs: 100, standardDeviation: 2, seed: seed))
        #expect(rows[0][0] != Neuron.normalFrequencies(features: 1, inputs: 1, standardDeviation: 2, seed: 12)[0][0])
    }

    @Test func neuronsThatDoNotFitAreRefused() {
        #expect(throws: NeuronError.features(found: 2, expected: 1)) {
            try Neuron(.cosine, inputs: ["x"], frequencies: [[1], [2]])
        }
        #expect(throws: NeuronError.features(found: 0, expected: 1)) {
            try Neuron(.additive, inputs: ["x"], frequencies: [])
        }
        #expect(throws: NeuronError.features(found: 17, expected: 16)) {
            try Neuron(.product, inputs: ["x"], frequencies: Array(repeating: [1], count: 17))
        }
        #expect(throws: NeuronError.frequencies(feature: 1, found: 2, expected: 1)) {
            try Neuron(.additive, inputs: ["x"], frequencies: [[1], [2, 3]])
        }
        #expect(throws: NeuronError.notFinite(feature: 0, value: .infinity)) {
            try Neuron(.cosine, inputs: ["x"], frequencies: [[.infinity]])
        }
        #expect(throws: NeuronError.parameters(found: 1, expected: 2)) {
            try Neuron(.twoAngle, parameters: ["a"], inputs: ["x"], frequencies: [[1]])
        }
        #expect(throws: NeuronError.repeatedName("x")) {
            try Neuron(.cosine, parameters: ["x"], inputs: ["x"], frequencies: [[1]])
        }
        #expect(throws: ExpansionError.wrongInputCount(datum: 0, found: 2, expected: 1)) {
            try Neuron(.cosine, inputs: ["x"], frequencies: [[1]]).expansion(inputs: [[1, 2]])
        }
    }

    @Test(arguments: [UInt64](1...20))
    func polynomialsAgreeWithTheirExpansions(seed: UInt64) throws {
        var random = RandomNumbers(seed: seed)
        var terms: [String: Double] = [:]
        for _ in 0..<8 {
            let factors = (0..<random.integer(1..<4)).map { _ in
                random.element([
                    "cos(a)", "sin(2*a)", "cos(-3*a)", "sin(b)", "cos(b)", "sin(-b)", "x", "cos(0.7*x)", "sin(y)", "y",
                ])
            }
            terms[factors.joined(separator: "*")] = random.uniform(-1...1)
        }
        terms["1"] = 0.25
        try Self.check(PolynomialExpert(parameters: ["a", "b"], inputs: ["x", "y"], terms: terms), seed: seed)
    }

    @Test func theIrisPolynomialIsTheFormula() throws {
        let expert = try PolynomialExpert(
            parameters: ["t"], inputs: ["x", "c"], terms: ["cos(t)*cos(2*x)": 2, "c*sin(t)": -3, "1": 0.5])
        let value = expert.value(parameters: [0.3], inputs: [0.7, 1.1])
        #expect(abs(value - (2 * cos(0.3) * cos(1.4) - 3.3 * sin(0.3) + 0.5)) < 1e-15)
    }

    @Test func polynomialsThatAreNoneAreRefused() {
        #expect(throws: PolynomialExpertError.noParameter) {
            try PolynomialExpert(parameters: [], inputs: [], terms: ["1": 1])
        }
        #expect(throws: PolynomialExpertError.noTerm) {
            try PolynomialExpert(parameters: ["a"], inputs: [], terms: [:])
        }
        #expect(throws: PolynomialExpertError.repeatedName("a")) {
            try PolynomialExpert(parameters: ["a"], inputs: ["a"], terms: ["cos(a)": 1])
        }
        for text in ["a", "cos(0.5*a)", "cos(c)", "cos(a"] {
            #expect(throws: (any Error).self, "\(text)") {
                try PolynomialExpert(parameters: ["a"], inputs: ["x"], terms: [text: 1])
            }
        }
    }
}
