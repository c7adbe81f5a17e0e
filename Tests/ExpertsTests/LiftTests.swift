import Experts
import Testing
import Torus

/// The two ways to an expansion, and which of them is taken.
@Suite struct LiftTests {
    /// Propagation and sampling find the same polynomials.
    @Test(arguments: [UInt64](1...60))
    func theTwoWaysAgree(seed: UInt64) throws {
        var random = RandomNumbers(seed: 7000 + seed)
        let qubits = 1 + Int(seed % 4)
        var circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        // At most 2·12 + 1 values an angle.
        while PathAgreementTests.degree(circuit) > 12 {
            circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        }
        let observable = try random.observable(qubits: qubits)
        let data = (0..<2).map { _ in [random.uniform(-3...3), random.uniform(-3...3)] }
        func lift(limit: Int) throws -> Lift {
            try QuantumExpert(
                circuit: circuit, parameters: ["a", "b", "c"], observable: observable, termLimit: limit
            ).lift(inputs: data)
        }
        let exact = try lift(limit: 1 << 20)
        let sampled = try lift(limit: 1)
        #expect(exact.path == .expansion && exact.reason == nil)
        // One term may be enough for a circuit without branches.
        guard sampled.path == .direct else { return }
        #expect(sampled.reason?.contains("more than 1 terms") ?? false)
        for datum in data.indices {
            func coefficients(_ lift: Lift) -> [TrigonometricMonomial: Double] {
                let expansion = lift.expansion
                return Dictionary(
                    uniqueKeysWithValues: expansion.basis.monomials.enumerated().map {
                        ($1, expansion.coefficients[$0 * data.count + datum])
                    })
            }
            let (a, b) = (coefficients(exact), coefficients(sampled))
            for monomial in Set(a.keys).union(b.keys) {
                // As for the values of the two paths; a coefficient is a mean of values.
                #expect(
                    abs((a[monomial] ?? 0) - (b[monomial] ?? 0)) <= 1e-13 * observable.norm, "seed \(seed): \(monomial)"
                )
            }
        }
    }

    @Test func withoutAPathThereIsAnError() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: 8, layers: 2), parameters: ["theta"], observable: PauliSum("Z0"),
            termLimit: 10)
        let row = Array(repeating: 0.3, count: 8)
        #expect(throws: ExpansionError.noPath(termLimit: 10, samples: 43_046_721, sampleLimit: 65_536)) {
            try expert.lift(inputs: [row])
        }
    }

    @Test func moreQubitsThanAStateVectorAreLifted() throws {
        let circuit = try Circuit(
            qubitCount: 40, inputs: [.init("a")],
            instructions: [.init(.ry, qubits: [39], angles: [.input(0)]), .init(.cx, qubits: [39, 0])])
        let expert = try QuantumExpert(circuit: circuit, parameters: ["a"], observable: PauliSum("Z0"))
        #expect(!expert.fitsStateVector)
        let lift = try expert.lift(inputs: [[]])
        #expect(lift.expansion.basis.monomials.map(\.description) == ["cos(theta0)"])
        #expect(lift.expansion.coefficients == [1])
    }
}
