import Experts
import Foundation
import Testing

/// State vector and Pauli propagation judge each other.
@Suite struct PathAgreementTests {
    /// A random circuit with every kind of gate; inputs 0…2 are trained, 3 and 4 are data.
    static func randomCircuit(_ random: inout RandomNumbers, qubits: Int) throws -> Circuit {
        let inputs = ["a", "b", "c", "x", "y"].map { Circuit.Input($0) }
        let gates = Gate.allCases.filter { $0.qubitCount <= qubits }
        var instructions: [Circuit.Instruction] = []
        for _ in 0..<random.integer(4..<26) {
            let gate = random.element(gates)
            let angles = (0..<gate.angleCount).map { _ -> AffineAngle in
                var terms: [AffineAngle.Term] = []
                if ![.crx, .cry, .crz].contains(gate) {
                    for input in 0..<3 where random.uniform() < 0.3 {
                        terms.append(.init(input: input, factor: random.element([1, 1, 1, -1, 2, -3])))
                    }
                }
                for input in 3..<5 where random.uniform() < 0.3 {
                    terms.append(.init(input: input, factor: random.uniform(-2...2)))
                }
                return AffineAngle(constant: random.element([0, 0, .pi / 2, random.uniform(-7...7)]), terms: terms)
            }
            instructions.append(.init(gate, qubits: random.distinct(gate.qubitCount, below: qubits), angles: angles))
        }
        return try Circuit(qubitCount: qubits, inputs: inputs, instructions: instructions)
    }

    /// The degree of the model: the sum of the trained factors' sizes, which bounds every frequency.
    static func degree(_ circuit: Circuit) -> Double {
        circuit.instructions.flatMap(\.angles).flatMap(\.terms).filter { $0.input < 3 }.reduce(0) {
            $0 + abs($1.factor)
        }
    }

    /// The derivatives by the rule of two shifts, occurrence by occurrence: each angle of a gate turns with eigenphases 1 apart, so
    /// its derivative is half the difference of the values at plus and minus a quarter turn.
    private static func shiftedGradient(_ expert: QuantumExpert, _ theta: [Double], _ x: [Double]) throws -> [Double] {
        let circuit = expert.circuit
        func value(shifting place: Int, _ index: Int, by shift: Double) throws -> Double {
            let instructions = circuit.instructions.enumerated().map { number, gate -> Circuit.Instruction in
                guard number == place else { return gate }
                let angles = gate.angles.enumerated().map { i, angle in
                    i == index ? AffineAngle(constant: angle.constant + shift, terms: angle.terms) : angle
                }
                return .init(gate.gate, qubits: gate.qubits, angles: angles)
            }
            let shifted = try Circuit(
                qubitCount: circuit.qubitCount, inputs: circuit.inputs, instructions: instructions)
            return try QuantumExpert(
                circuit: shifted, parameters: expert.parameterNames, observable: expert.observable
            ).value(parameters: theta, inputs: x)
        }
        var gradient = theta.map { _ in 0.0 }
        for (place, gate) in circuit.instructions.enumerated() {
            for (index, angle) in gate.angles.enumerated() where angle.terms.contains(where: { $0.input < 3 }) {
                let slope =
                    try 0.5 * (value(shifting: place, index, by: .pi / 2) - value(shifting: place, index, by: -.pi / 2))
                for term in angle.terms where term.input < 3 { gradient[term.input] += term.factor * slope }
            }
        }
        return gradient
    }

    @Test(arguments: [UInt64](1...1000))
    func randomCircuitsAgree(seed: UInt64) throws {
        var random = RandomNumbers(seed: seed)
        let qubits = 1 + Int(seed % 6)
        let circuit = try Self.randomCircuit(&random, qubits: qubits)
        let observable = try random.observable(qubits: qubits)
        let expert = try QuantumExpert(circuit: circuit, parameters: ["a", "b", "c"], observable: observable)
        let data = (0..<3).map { _ in [random.uniform(-3...3), random.uniform(-3...3)] }
        let expansion = try expert.expansion(inputs: data)
        // A few roundings at each of 25 gates; angles up to 25 lose a factor of ten.
        let tolerance = 1e-13 * observable.norm
        for (datum, x) in data.enumerated() {
            let theta = (0..<3).map { _ in random.uniform(-8...8) }
            let direct = expert.valueAndGradient(parameters: theta, inputs: x)
            let value = expansion.value(at: theta, datum: datum)
            let gradient = expansion.gradient(at: theta, datum: datum)
            #expect(abs(direct.value - value) <= tolerance, "seed \(seed)")
            for p in 0..<3 {
                #expect(abs(direct.gradient[p] - gradient[p]) <= tolerance, "seed \(seed)")
            }
            guard datum == 0 else { continue }
            for (a, b) in zip(direct.gradient, try Self.shiftedGradient(expert, theta, x)) {
                #expect(abs(a - b) <= tolerance, "seed \(seed)")
            }
        }
    }

    /// For an angle that enters one rotation, `∂f = (f(θ + π/2) − f(θ − π/2))/2` exactly.
    @Test func adjointGradientIsTheParameterShift() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: 4, layers: 2), parameters: ["theta"],
            observable: PauliSum("0.5 X0 Y1 - Z2 + 0.3 Z0 Z3"))
        for i in 0..<8 {
            let theta = ReferenceCircuits.expert(i, count: 8)
            let x = ReferenceCircuits.datum(i)
            let gradient = expert.valueAndGradient(parameters: theta, inputs: x).gradient
            for p in theta.indices {
                var (above, below) = (theta, theta)
                above[p] += .pi / 2
                below[p] -= .pi / 2
                let shift =
                    (expert.value(parameters: above, inputs: x) - expert.value(parameters: below, inputs: x)) / 2
                // The shifted angles are rounded to 4e-16 or so.
                #expect(abs(gradient[p] - shift) <= 5e-15)
            }
        }
    }

    /// Whole periods change nothing, on either path.
    @Test(arguments: [UInt64](1...40))
    func trainedAnglesAreTwoPiPeriodic(seed: UInt64) throws {
        var random = RandomNumbers(seed: 1000 + seed)
        let circuit = try Self.randomCircuit(&random, qubits: 3)
        let observable = try random.observable(qubits: 3)
        let expert = try QuantumExpert(circuit: circuit, parameters: ["a", "b", "c"], observable: observable)
        let x = [random.uniform(-3...3), random.uniform(-3...3)]
        let theta = (0..<3).map { _ in random.uniform(0...6) }
        let expansion = try expert.expansion(inputs: [x])
        for turns in [-3, 1, 1000] {
            let far = theta.map { $0 + Double(turns) * 2 * .pi }
            // The far angle is rounded to its last place, and so is 2π; the slope is at most the degree.
            let bound =
                observable.norm * (1e-13 + 2 * (2 * .pi * Double(abs(turns) + 1)).ulp * (1 + Self.degree(circuit)) * 3)
            #expect(
                abs(expert.value(parameters: far, inputs: x) - expert.value(parameters: theta, inputs: x)) <= bound)
            #expect(abs(expansion.value(at: far, datum: 0) - expansion.value(at: theta, datum: 0)) <= bound)
        }
    }

    @Test(arguments: [2, 6, 11, 16])
    func widerCircuitsAgree(qubits: Int) throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: qubits, layers: 1), parameters: ["theta"],
            observable: PauliSum("0.5 Z0 - 0.25 X0 + Y1"))
        var random = RandomNumbers(seed: UInt64(qubits))
        let theta = (0..<expert.parameterCount).map { _ in random.uniform(-4...4) }
        let x = (0..<expert.inputCount).map { _ in random.uniform(-3...3) }
        let expansion = try expert.expansion(inputs: [x])
        let direct = expert.valueAndGradient(parameters: theta, inputs: x)
        let gradient = expansion.gradient(at: theta, datum: 0)
        // A few roundings at each gate.
        #expect(abs(direct.value - expansion.value(at: theta, datum: 0)) <= 1e-13)
        for p in theta.indices { #expect(abs(direct.gradient[p] - gradient[p]) <= 1e-13) }
    }

    /// Every circuit in data/circuits, with the inputs named theta… trained.
    @Test func shippedCircuitsAgree() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: ReferenceCircuits.folder.path)
            .filter { $0.hasSuffix(".qasm") }.sorted()
        #expect(files.count >= 3)
        for file in files {
            let circuit = try ReferenceCircuits.shipped(file)
            // Chains of many qubits are judged by their light cones, see WideCircuitTests.
            guard circuit.qubitCount <= 10 else { continue }
            let parameters = circuit.inputs.map(\.name).filter { $0.hasPrefix("theta") }
            var random = RandomNumbers(seed: 17)
            var observables = [try PauliSum("Z0")]
            for _ in 0..<4 { observables.append(try random.observable(qubits: circuit.qubitCount)) }
            for observable in observables {
                let expert = try QuantumExpert(circuit: circuit, parameters: parameters, observable: observable)
                let data = (0..<8).map { _ in (0..<expert.inputCount).map { _ in random.uniform(-3.2...3.2) } }
                let expansion = try expert.expansion(inputs: data)
                for (datum, x) in data.enumerated() {
                    let theta = (0..<expert.parameterCount).map { _ in random.uniform(-7...7) }
                    let direct = expert.valueAndGradient(parameters: theta, inputs: x)
                    let gradient = expansion.gradient(at: theta, datum: datum)
                    // A few roundings at each gate.
                    let tolerance = 1e-13 * observable.norm
                    #expect(abs(direct.value - expansion.value(at: theta, datum: datum)) <= tolerance, "\(file)")
                    for p in theta.indices { #expect(abs(direct.gradient[p] - gradient[p]) <= tolerance, "\(file)") }
                }
            }
        }
    }
}
