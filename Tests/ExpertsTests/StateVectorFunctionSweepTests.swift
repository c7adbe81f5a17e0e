import Experts
import Testing
import Torus

/// Moments, gradients and Laplacians by the state vector against those of the expansion.
@Suite struct StateVectorFunctionSweepTests {
    /// What the sweeps of the two ways say.
    private struct Results: Equatable {
        var moments: [Double]
        var gradient: [Double]
        var withLaplacian: [Double]
    }

    private static func results(
        _ functions: StateVectorFunctions, points: [Double], count: Int, masses: [Double]?, weights: [Double],
        threads: Int
    ) -> Results {
        let d = functions.dimension
        let sweep = StateVectorFunctionSweep(
            functions, count: count, parallelism: Parallelism(threads: threads))
        var moments = Array(repeating: Double.nan, count: functions.count)
        var gradient = Array(repeating: Double.nan, count: d * count)
        var both = Array(repeating: Double.nan, count: (d + 1) * count)
        if let masses {
            sweep.moments(of: points, masses: masses, into: &moments)
        } else {
            sweep.moments(of: points, into: &moments)
        }
        sweep.gradient(at: points, weights: weights, scale: -1.5, into: &gradient)
        sweep.gradientAndLaplacian(at: points, weights: weights, scale: -1.5, into: &both)
        return Results(moments: moments, gradient: gradient, withLaplacian: both)
    }

    @Test(arguments: [UInt64](1...40))
    func agreesWithTheExpansion(seed: UInt64) throws {
        var random = RandomNumbers(seed: 9100 + seed)
        let qubits = 1 + Int(seed % 4)
        var circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        while PathAgreementTests.degree(circuit) > 8 {
            circuit = try PathAgreementTests.randomCircuit(&random, qubits: qubits)
        }
        let observable = try random.observable(qubits: qubits)
        let expert = try QuantumExpert(circuit: circuit, parameters: ["a", "b", "c"], observable: observable)
        let data = (0..<3).map { _ in [random.uniform(-3...3), random.uniform(-3...3)] }
        let functions = try StateVectorFunctions(expert, inputs: data)
        // One point, parts of a block, of a chunk, and more chunks.
        let count = [1, 2, 7, 8, 65, 131][Int(seed % 6)]
        let points = (0..<3 * count).map { _ in random.uniform(-9...9) }
        let masses = seed % 2 == 0 ? (0..<count).map { _ in random.uniform(0...1) / Double(count) } : nil
        let weights = [random.uniform(-1...1), 0, random.uniform(-1...1)]
        let found = Self.results(
            functions, points: points, count: count, masses: masses, weights: weights, threads: 1)
        #expect(
            found
                == Self.results(
                    functions, points: points, count: count, masses: masses, weights: weights, threads: 3),
            "seed \(seed)")

        let expansion = try expert.expansion(inputs: data)
        // As the two paths of values; a second derivative by 8 shifts of a degree 8 weighs values by up to 43 in all.
        let tolerance = 1e-13 * observable.norm
        for datum in data.indices {
            let exact = (0..<count).reduce(0) { sum, i in
                let theta = (0..<3).map { points[$0 * count + i] }
                return sum + (masses?[i] ?? 1 / Double(count)) * expansion.value(at: theta, datum: datum)
            }
            #expect(abs(found.moments[datum] - exact) <= tolerance, "seed \(seed)")
        }
        for i in 0..<count {
            let theta = (0..<3).map { points[$0 * count + i] }
            var laplacian = 0.0
            for axis in 0..<3 {
                let exact = data.indices.reduce(0) {
                    $0 - 1.5 * weights[$1] * expansion.gradient(at: theta, datum: $1)[axis]
                }
                #expect(abs(found.gradient[axis * count + i] - exact) <= 3 * tolerance, "seed \(seed)")
                #expect(found.withLaplacian[axis * count + i] == found.gradient[axis * count + i], "seed \(seed)")
            }
            let values = expansion.basis.values(at: theta)
            for (m, monomial) in expansion.basis.monomials.enumerated() {
                let square = monomial.factors.reduce(0) { $0 + $1.harmonic * $1.harmonic }
                for datum in data.indices {
                    laplacian -=
                        Double(square) * weights[datum] * expansion.coefficients[m * data.count + datum] * values[m]
                }
            }
            #expect(abs(found.withLaplacian[3 * count + i] - laplacian) <= 100 * tolerance, "seed \(seed)")
        }
    }

    @Test func dataAreRefused() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: 2, layers: 1), parameters: ["theta"], observable: PauliSum("Z0"))
        #expect(throws: ExpansionError.noDatum) { try StateVectorFunctions(expert, inputs: []) }
        #expect(throws: ExpansionError.wrongInputCount(datum: 0, found: 1, expected: 2)) {
            try StateVectorFunctions(expert, inputs: [[1]])
        }
    }
}
