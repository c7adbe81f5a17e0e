import Experts
import Foundation
import Testing
import Torus

/// The sweep over many points and data against one point and datum at a time.
@Suite struct StateVectorSweepTests {
    /// Points axis by axis.
    static func points(_ random: inout RandomNumbers, dimension: Int, count: Int) -> [Double] {
        (0..<dimension * count).map { _ in random.uniform(-7...7) }
    }

    static func data(_ random: inout RandomNumbers, inputs: Int, count: Int) -> [[Double]] {
        (0..<count).map { _ in (0..<inputs).map { _ in random.uniform(-3...3) } }
    }

    /// Compares with the adjoint derivative of one state; `tolerance` is relative to the observable's norm.
    static func expectAgreement(
        _ expert: QuantumExpert, points: [Double], count: Int, data: [[Double]], tolerance: Double = 1e-13,
        _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let sweep = try StateVectorSweep(expert, inputs: data)
        let (values, gradients) = sweep.valuesAndGradients(parameters: points, count: count)
        #expect(sweep.values(parameters: points, count: count) == values, comment, sourceLocation: sourceLocation)
        let d = expert.parameterCount
        var differentiation = AdjointDifferentiation(expert)
        var gradient = Array(repeating: 0.0, count: d)
        var error = 0.0
        for (a, x) in data.enumerated() {
            for i in 0..<count {
                let theta = (0..<d).map { points[$0 * count + i] }
                let value = differentiation.valueAndGradient(parameters: theta, inputs: x, gradient: &gradient)
                error = max(error, abs(values[a * count + i] - value))
                for p in 0..<d { error = max(error, abs(gradients[(a * d + p) * count + i] - gradient[p])) }
                // A maximum would hide a NaN.
                if !values[a * count + i].isFinite { error = .infinity }
                for p in 0..<d where !gradients[(a * d + p) * count + i].isFinite { error = .infinity }
            }
        }
        #expect(error <= tolerance * expert.observable.norm, comment, sourceLocation: sourceLocation)
    }

    /// A few roundings at each of up to 25 gates; angles up to 60 and factors of 3 lose a factor of ten.
    @Test(arguments: [UInt64](1...300))
    func randomCircuitsAgree(seed: UInt64) throws {
        var random = RandomNumbers(seed: 40_000 + seed)
        let qubits = 1 + Int(seed % 6)
        let circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["a", "b", "c"], observable: random.observable(qubits: qubits))
        let count = [1, 7, 8, 9, 33][Int(seed / 6) % 5]
        let data = Self.data(&random, inputs: 2, count: seed % 2 == 0 ? 1 : 3)
        let points = Self.points(&random, dimension: 3, count: count)
        try Self.expectAgreement(expert, points: points, count: count, data: data, "seed \(seed)")
    }

    /// Every gate with every kind of angle between gates that leave nothing symmetric.
    @Test(arguments: Gate.allCases)
    func everyGateAgrees(gate: Gate) throws {
        let inputs = ["a", "b", "x"].map { Circuit.Input($0) }
        let trained = AffineAngle(constant: 0.3, terms: [.init(input: 0, factor: 1), .init(input: 1, factor: -2)])
        let mixed = AffineAngle(constant: -0.7, terms: [.init(input: 0, factor: 1), .init(input: 2, factor: 0.6)])
        let datum = AffineAngle(constant: 0.2, terms: [.init(input: 2, factor: 1.5)])
        let fixed = AffineAngle(constant: 1.1)
        let quarter = AffineAngle(constant: -.pi / 2)
        let isControlledTurn = [.crx, .cry, .crz].contains(gate)
        let kinds = isControlledTurn ? [datum, fixed, quarter] : [trained, mixed, datum, fixed, quarter]
        var random = RandomNumbers(seed: 5)
        for (kind, angle) in (gate.angleCount == 0 ? [fixed] : kinds).enumerated() {
            for qubits in [[0, 1], [2, 0], [1, 2], [2, 1]] {
                func layer(_ shift: Double) -> [Circuit.Instruction] {
                    (0..<3).flatMap { qubit -> [Circuit.Instruction] in
                        let turn = AffineAngle(
                            constant: shift + Double(qubit), terms: [.init(input: qubit == 1 ? 1 : 0, factor: 1)])
                        return [
                            .init(.ry, qubits: [qubit], angles: [turn]),
                            .init(.u, qubits: [qubit], angles: [fixed, datum, fixed]),
                        ]
                    }
                }
                let instruction = Circuit.Instruction(
                    gate, qubits: Array(qubits.prefix(gate.qubitCount)),
                    angles: (0..<gate.angleCount).map { $0 == 0 ? angle : trained })
                let observable = try random.observable(qubits: 3)
                // In the middle, at the beginning and at the end.
                let (before, after) = (layer(0.4), layer(0.9))
                for gates in [before + [instruction] + after, [instruction] + after, before + [instruction]] {
                    let expert = try QuantumExpert(
                        circuit: Circuit(qubitCount: 3, inputs: inputs, instructions: gates), parameters: ["a", "b"],
                        observable: observable)
                    // A few roundings at each of up to 20 gates.
                    try Self.expectAgreement(
                        expert, points: Self.points(&random, dimension: 2, count: 9), count: 9,
                        data: Self.data(&random, inputs: 1, count: 2), "\(gate) \(qubits) angle \(kind)")
                }
            }
        }
    }

    @Test func shippedCircuitsAgree() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: ReferenceCircuits.folder.path)
            .filter { $0.hasSuffix(".qasm") }.sorted()
        #expect(files.count >= 3)
        for file in files {
            let circuit = try ReferenceCircuits.shipped(file)
            // Chains of many qubits are judged by their light cones, see WideCircuitTests.
            guard circuit.qubitCount <= 10 else { continue }
            let parameters = circuit.inputs.map(\.name).filter { $0.hasPrefix("theta") }
            var random = RandomNumbers(seed: 71)
            for count in [1, 7, 8, 9, 33] {
                for datumCount in [1, 3, 17] {
                    let expert = try QuantumExpert(
                        circuit: circuit, parameters: parameters,
                        observable: random.observable(qubits: circuit.qubitCount))
                    let points = Self.points(&random, dimension: expert.parameterCount, count: count)
                    let data = Self.data(&random, inputs: expert.inputCount, count: datumCount)
                    // A few roundings at each gate.
                    try Self.expectAgreement(expert, points: points, count: count, data: data, "\(file) \(count)")
                }
            }
        }
    }

    /// Narrow and wide, with and without kept states; 11 qubits and more find their states again on the way back.
    @Test(arguments: [1, 2, 6, 8, 11, 16])
    func widerCircuitsAgree(qubits: Int) throws {
        // A ring needs two qubits.
        let circuit =
            try qubits > 1
            ? ReferenceCircuits.ring(qubits: qubits, layers: 1)
            : Circuit(
                qubitCount: 1, inputs: [.init("x"), .init("theta")],
                instructions: [
                    .init(.rx, qubits: [0], angles: [.input(0)]), .init(.ry, qubits: [0], angles: [.input(1)]),
                    .init(.rx, qubits: [0], angles: [AffineAngle(constant: 1)]),
                ])
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta"],
            observable: PauliSum(qubits > 1 ? "0.5 Z0 - 0.25 X0 + Y1" : "Z0 - Y0"))
        var random = RandomNumbers(seed: UInt64(qubits))
        let count = qubits > 12 ? 2 : 9
        // A few roundings at each gate.
        try Self.expectAgreement(
            expert, points: Self.points(&random, dimension: expert.parameterCount, count: count), count: count,
            data: Self.data(&random, inputs: expert.inputCount, count: 2))
    }

    /// A tail of many kinds of fixed gates, which is moved onto the observable or not.
    @Test(arguments: [UInt64](1...60))
    func fixedTailsAgree(seed: UInt64) throws {
        var random = RandomNumbers(seed: 9000 + seed)
        let qubits = 2 + Int(seed % 3)
        var gates = (0..<qubits).map {
            Circuit.Instruction(.u, qubits: [$0], angles: [.input(0), .input(1), AffineAngle(constant: 0.4)])
        }
        for _ in 0..<random.integer(1..<9) {
            let gate = random.element(Gate.allCases)
            let angles = (0..<gate.angleCount).map { _ in
                AffineAngle(constant: random.element([.pi / 2, -.pi, random.uniform(-4...4)]))
            }
            gates.append(.init(gate, qubits: random.distinct(gate.qubitCount, below: qubits), angles: angles))
        }
        let expert = try QuantumExpert(
            circuit: Circuit(qubitCount: qubits, inputs: [.init("a"), .init("b")], instructions: gates),
            parameters: ["a", "b"], observable: random.observable(qubits: qubits))
        // A few roundings at each gate.
        try Self.expectAgreement(
            expert, points: Self.points(&random, dimension: 2, count: 9), count: 9, data: [[]], "seed \(seed)")
    }

    @Test func nothingTrainedIsAConstant() throws {
        let circuit = try Circuit(
            qubitCount: 1, inputs: [.init("x")], instructions: [.init(.ry, qubits: [0], angles: [.input(0)])])
        let expert = try QuantumExpert(circuit: circuit, parameters: [], observable: PauliSum("Z0"))
        let sweep = try StateVectorSweep(expert, inputs: [[0.3], [1.2]])
        let (values, gradients) = sweep.valuesAndGradients(parameters: [], count: 2)
        // Two roundings.
        for (value, x) in zip(values, [0.3, 0.3, 1.2, 1.2]) { #expect(abs(value - cos(x)) <= 4e-16) }
        #expect(gradients.isEmpty)
        #expect(sweep.values(parameters: [], count: 0).isEmpty)
    }

    @Test(arguments: [(4, 33, 40), (4, 1000, 16), (11, 17, 3)])
    func anyNumberOfThreadsGivesTheSameBits(qubits: Int, count: Int, datumCount: Int) throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: qubits, layers: 2), parameters: ["theta"],
            observable: ReferenceCircuits.meanZ(qubits))
        var random = RandomNumbers(seed: 12)
        let points = Self.points(&random, dimension: expert.parameterCount, count: count)
        let data = Self.data(&random, inputs: qubits, count: datumCount)
        let serial = try StateVectorSweep(expert, inputs: data).valuesAndGradients(parameters: points, count: count)
        for threads in [2, 3] {
            let sweep = try StateVectorSweep(expert, inputs: data, parallelism: Parallelism(threads: threads))
            for _ in 0..<2 {
                let parallel = sweep.valuesAndGradients(parameters: points, count: count)
                #expect(parallel.values.map(\.bitPattern) == serial.values.map(\.bitPattern))
                #expect(parallel.gradients.map(\.bitPattern) == serial.gradients.map(\.bitPattern))
            }
        }
    }

    /// 2e-15 is about ten roundings of numbers of size ‖O‖ = 1, for some thirty gates.
    @Test(arguments: ReferenceValueTests.references)
    func fiftyDigitsAreMatched(reference: ReferenceValueTests.Reference) throws {
        let circuit = try ReferenceCircuits.shipped(reference.file)
        let parameters = circuit.inputs.map(\.name).filter { $0.hasPrefix("theta") }
        let expert = try QuantumExpert(
            circuit: circuit, parameters: parameters, observable: ReferenceCircuits.meanZ(4))
        let sweep = try StateVectorSweep(expert, inputs: [reference.x])
        let (values, gradients) = sweep.valuesAndGradients(parameters: reference.theta, count: 1)
        #expect(abs(values[0] - reference.value) <= 2e-15)
        for p in reference.gradient.indices { #expect(abs(gradients[p] - reference.gradient[p]) <= 2e-15) }
    }

    @Test func badDataAreRefused() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.shipped("one-qubit.qasm"), parameters: ["theta"], observable: PauliSum("Z0"))
        #expect(throws: ExpansionError.noDatum) { try StateVectorSweep(expert, inputs: []) }
        #expect(throws: ExpansionError.wrongInputCount(datum: 1, found: 2, expected: 1)) {
            try StateVectorSweep(expert, inputs: [[0], [1, 2]])
        }
        #expect(throws: ExpansionError.notFinite(datum: 0, input: "x", value: .infinity)) {
            try StateVectorSweep(expert, inputs: [[.infinity]])
        }
    }
}
