import Experts
import Testing
import Torus

/// The two ways to an expansion, and which of them is taken.
@Suite struct LiftTests {
    /// A random circuit of three trained angles, and what it is asked about.
    private struct Sample {
        let circuit: Circuit
        let observable: PauliSum
        let data: [[Double]]

        func lift(limit: Int) throws -> Lift {
            try QuantumExpert(
                circuit: circuit, parameters: ["a", "b", "c"], observable: observable, termLimit: limit
            ).lift(inputs: data)
        }
    }

    private static func sample(seed: UInt64) throws -> Sample {
        var random = RandomNumbers(seed: 7000 + seed)
        let qubits = 1 + Int(seed % 4)
        var circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        // At most 2·12 + 1 values an angle.
        while PathAgreementTests.degree(circuit) > 12 {
            circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        }
        let observable = try random.observable(qubits: qubits)
        return Sample(
            circuit: circuit, observable: observable,
            data: (0..<2).map { _ in [random.uniform(-3...3), random.uniform(-3...3)] })
    }

    /// Most of the circuits below are sampled when one term is the limit: the comparison is one.
    @Test func mostOfTheCircuitsAreSampled() throws {
        let sampled = try (UInt64(1)...60).count { try Self.sample(seed: $0).lift(limit: 1).path == .direct }
        #expect(sampled >= 40, "\(sampled)")
    }

    /// Propagation and sampling find the same polynomials.
    @Test(arguments: [UInt64](1...60))
    func theTwoWaysAgree(seed: UInt64) throws {
        let sample = try Self.sample(seed: seed)
        let (observable, data) = (sample.observable, sample.data)
        func lift(limit: Int) throws -> Lift { try sample.lift(limit: limit) }
        let exact = try lift(limit: 1 << 20)
        let sampled = try lift(limit: 1)
        #expect(exact.path == .expansion && exact.reason == nil)
        // One term is enough for a circuit without branches.
        guard sampled.path == .direct else { return }
        #expect(sampled.reason?.contains("more than 1 terms") ?? false)
        for datum in data.indices {
            func coefficients(_ lift: Lift) throws -> [TrigonometricMonomial: Double] {
                let expansion = try #require(lift.expansion)
                return Dictionary(
                    uniqueKeysWithValues: expansion.basis.monomials.enumerated().map {
                        ($1, expansion.coefficients[$0 * data.count + datum])
                    })
            }
            let (a, b) = try (coefficients(exact), coefficients(sampled))
            // Noise is no monomial.
            #expect(Set(b.keys).isSubset(of: a.keys), "seed \(seed)")
            for monomial in Set(a.keys).union(b.keys) {
                // As for the values of the two paths; a coefficient is a mean of values.
                #expect(
                    abs((a[monomial] ?? 0) - (b[monomial] ?? 0)) <= 1e-13 * observable.norm, "seed \(seed): \(monomial)"
                )
            }
        }
    }

    /// Beyond terms and samples the state vector is left, and it is the function.
    @Test func withoutAnExpansionThereIsTheStateVector() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: 8, layers: 2), parameters: ["theta"], observable: PauliSum("Z0"),
            termLimit: 10)
        let row = Array(repeating: 0.3, count: 8)
        let lift = try expert.lift(inputs: [row])
        #expect(lift.path == .direct && lift.expansion == nil)
        #expect(
            lift.reason
                == "Pauli propagation meets more than 10 terms, and finding it from values of the state vector would take "
                + "43046721 of them a datum, with 1048576 the limit")
        guard case .states(let functions) = lift.form else { throw UnexpectedForm() }
        let theta = (0..<16).map { 0.1 * Double($0) }
        #expect(functions.values(at: theta) == [expert.value(parameters: theta, inputs: row)])
    }

    private struct UnexpectedForm: Error {}

    /// A flow takes the state vector where the expansion would take a step much longer, in more angles than grids have.
    @Test(arguments: [(4, 1, true), (3, 1, false), (4, 60, false)])
    func flowsTakeTheCheaperForm(layers: Int, data: Int, isDirect: Bool) throws {
        var gates: [Circuit.Instruction] = []
        for layer in 0..<layers {
            gates.append(.init(.rx, qubits: [0], angles: [.input(0)]))
            for _ in 0..<3 {
                gates.append(.init(.ry, qubits: [0], angles: [.input(1 + layer)]))
                gates.append(.init(.rx, qubits: [0], angles: [AffineAngle(constant: 0.7)]))
            }
        }
        let circuit = try Circuit(
            qubitCount: 1, inputs: [.init("x")] + (0..<layers).map { .init("t\($0)") }, instructions: gates)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: (0..<layers).map { "t\($0)" }, observable: PauliSum("Z0"))
        let rows = (0..<data).map { [0.1 + 0.05 * Double($0)] }
        let lift = try expert.lift(inputs: rows)
        let form = try expert.trainingForm(of: lift, inputs: rows)
        #expect(lift.expansion != nil)
        #expect((form.expansion == nil) == isDirect)
        if isDirect { #expect(form.path == .direct && form.reason?.contains("times as long") ?? false) }
        // Who asks for the expansion gets it.
        #expect(try expert.choosing(.expansion).trainingForm(of: lift, inputs: rows).expansion != nil)
        #expect(try expert.choosing(.direct).trainingForm(of: lift, inputs: rows).expansion == nil)
    }

    @Test func anglesThatOverflowAreRefused() throws {
        let circuit = try Circuit(
            qubitCount: 1, inputs: [.init("x"), .init("a")],
            instructions: [
                .init(.ry, qubits: [0], angles: [AffineAngle(terms: [.init(input: 0, factor: 2.5)])]),
                .init(.ry, qubits: [0], angles: [.input(1)]),
            ])
        let expert = try QuantumExpert(circuit: circuit, parameters: ["a"], observable: PauliSum("Z0"))
        #expect(throws: ExpansionError.angleOverflow(datum: 1)) { try expert.lift(inputs: [[1e300], [1e308]]) }
    }

    /// What is asked for is done, or refused.
    @Test func thePathCanBeAskedFor() throws {
        func expert(qubits: Int, _ path: PathChoice, termLimit: Int = 1000) throws -> QuantumExpert {
            let circuit = try Circuit(
                qubitCount: qubits, inputs: [.init("a")],
                instructions: [.init(.ry, qubits: [qubits - 1], angles: [.input(0)])])
            return try QuantumExpert(
                circuit: circuit, parameters: ["a"], observable: PauliSum("X\(qubits - 1) + Z\(qubits - 1)"),
                termLimit: termLimit, path: path)
        }
        #expect(try expert(qubits: 2, .expansion).lift(inputs: [[]]).path == .expansion)
        let direct = try expert(qubits: 2, .direct).lift(inputs: [[]])
        #expect(direct.path == .direct && direct.expansion == nil && direct.reason == "asked for")
        #expect(throws: ExpansionError.tooManyQubits(40)) { try expert(qubits: 40, .direct).lift(inputs: [[]]) }
        #expect(throws: ExpansionError.tooManyTerms(limit: 1)) {
            try expert(qubits: 2, .expansion, termLimit: 1).lift(inputs: [[]])
        }
    }

    /// One angle used 40 times on five qubits with data between: the Pauli strings are all there soon, and 81 values tell everything.
    @Test func deepCircuitsOfFewAnglesAreSampled() throws {
        let qubits = 5
        var instructions = [Circuit.Instruction]()
        for layer in 0..<40 {
            for qubit in 0..<qubits {
                instructions.append(
                    .init(
                        .rx, qubits: [qubit],
                        angles: [AffineAngle(constant: Double(layer), terms: [.init(input: 0, factor: 1)])]))
                instructions.append(.init(.rz, qubits: [qubit], angles: [AffineAngle(constant: 0.3 + Double(layer))]))
                instructions.append(.init(.cz, qubits: [qubit, (qubit + 1) % qubits]))
            }
            instructions.append(.init(.ry, qubits: [layer % qubits], angles: [.input(1)]))
        }
        let circuit = try Circuit(
            qubitCount: qubits, inputs: [.init("x"), .init("theta")], instructions: instructions)
        let expert = try QuantumExpert(circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0 Z2"))
        let data = [[0.3], [1.1], [-2.0]]
        let lift = try expert.lift(inputs: data)
        let expansion = try #require(lift.expansion)
        #expect(lift.path == .direct)
        #expect(lift.reason?.hasPrefix("Pauli propagation takes more operations") ?? false)
        let propagated = try expert.expansion(inputs: data)
        for theta in [0.2, 4.0] {
            for datum in data.indices {
                // Values of size up to 1 after 640 gates; the polynomial adds 81 terms.
                let exact = expert.value(parameters: [theta], inputs: data[datum])
                #expect(abs(expansion.value(at: [theta], datum: datum) - exact) < 1e-13)
                #expect(abs(propagated.value(at: [theta], datum: datum) - exact) < 1e-13)
            }
        }
    }

    /// The observable keeps its sign when X is put around every gate, and the angle does not: the function is even.
    @Test(arguments: [1, 60, 600])
    func roundingsOfManyGatesAreNoMonomials(layers: Int) throws {
        var instructions = [Circuit.Instruction]()
        for layer in 0..<layers {
            instructions.append(
                .init(.rx, qubits: [0], angles: [AffineAngle(terms: [.init(input: 0, factor: Double(layer + 1))])]))
            instructions.append(.init(.ry, qubits: [0], angles: [.input(1)]))
        }
        let circuit = try Circuit(qubitCount: 1, inputs: [.init("x"), .init("theta")], instructions: instructions)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0"), termLimit: 1)
        let lift = try expert.lift(inputs: [[0.37]])
        let expansion = try #require(lift.expansion)
        #expect(lift.path == .direct || layers == 1)
        #expect(expansion.basis.count <= layers + 1)
        #expect(expansion.basis.monomials.allSatisfy { $0.factors.allSatisfy { $0.kind == .cosine } })
        for theta in [0.1, 2.5] {
            // As many roundings as there are gates and coefficients.
            let exact = expert.value(parameters: [theta], inputs: [0.37])
            #expect(abs(expansion.value(at: [theta], datum: 0) - exact) < Double(layers) * 1e-14)
        }
    }

    @Test func moreQubitsThanAStateVectorAreLifted() throws {
        let circuit = try Circuit(
            qubitCount: 40, inputs: [.init("a")],
            instructions: [.init(.ry, qubits: [39], angles: [.input(0)]), .init(.cx, qubits: [39, 0])])
        let expert = try QuantumExpert(circuit: circuit, parameters: ["a"], observable: PauliSum("Z0"))
        #expect(!expert.fitsStateVector)
        let expansion = try #require(try expert.lift(inputs: [[]]).expansion)
        #expect(expansion.basis.monomials.map(\.description) == ["cos(theta0)"])
        #expect(expansion.coefficients == [1])
    }
}
