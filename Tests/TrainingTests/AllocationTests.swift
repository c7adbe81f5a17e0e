import CAllocationCounter
import Experts
import Testing
import TimeStepping
import Torus
import Training

/// What is done at every step of a run asks for no memory.
@Suite(.enabled(if: kac_counts_allocations() != 0))
struct AllocationTests {
    /// The allocations of the second call: the first one may fill caches of the runtime.
    static func allocations(_ work: () -> Void) -> Int {
        work()
        kac_begin_counting_allocations()
        work()
        return kac_end_counting_allocations()
    }

    /// 1, cos θ₀, sin θ₀ cos 2θ₁ and cos θ₁ for three data, or for more data than would fit on the stack.
    static func problem(data: Int) -> MeanFieldProblem {
        let basis = TrigonometricBasis(
            dimension: 2,
            monomials: [
                .one, .init([.init(.cosine, axis: 0)]),
                .init([.init(.sine, axis: 0), .init(.cosine, axis: 1, harmonic: 2)]), .init([.init(.cosine, axis: 1)]),
            ])
        let coefficients = (0..<4 * data).map { Double($0 % 7) - 3 }
        return MeanFieldProblem(
            expansion: TrigonometricExpansion(basis: basis, datumCount: data, coefficients: coefficients),
            targets: (0..<data).map { Double($0 % 2) })
    }

    /// An array of a thousand numbers is one allocation, an aligned buffer too: the counter counts.
    @Test func anAllocationIsCounted() {
        var sum = 0.0
        #expect(
            Self.allocations {
                let numbers = [Double](unsafeUninitializedCapacity: 1000) { buffer, filled in
                    buffer.initialize(repeating: 1)
                    filled = 1000
                }
                sum += numbers[Int(sum) % 1000]
            } == 1)
        #expect(
            Self.allocations {
                let rows = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: 100)
                rows.initialize(repeating: SIMD8(repeating: sum), count: 100)
                sum += rows[Int(sum) % 100][0]
                rows.deallocate()
            } == 1)
        #expect(sum > 0)
    }

    @Test(arguments: [1, 3, 1000], [1, 33, 5000])
    func meanFieldFlow(data: Int, count: Int) {
        let flow = MeanFieldFlow(Self.problem(data: data), count: count, parallelism: .serial)
        let state = (0..<2 * count).map { Double($0) * 0.1 }
        var rate = state
        rate.withUnsafeMutableBufferPointer { rate in
            state.withUnsafeBufferPointer { state in
                guard let rate = rate.baseAddress, let state = state.baseAddress else { return }
                #expect(Self.allocations { flow.derivative(time: 0, state: state, rate: rate) } == 0)
            }
        }
        #expect(rate != state)
    }

    @Test(arguments: [1, 33, 5000])
    func drivenFlow(count: Int) {
        let basis = Self.problem(data: 3).basis
        var history = PiecewisePolynomial(dimension: 4, degree: 1, start: 0)
        history.append(upTo: 1, samples: [[0, 1, 2, 3], [1, -1, 0.5, 2]])
        let flow = DrivenFlow(basis: basis, history: history, count: count)
        let state = (0..<2 * count).map { Double($0) * 0.1 }
        var rate = state
        rate.withUnsafeMutableBufferPointer { rate in
            state.withUnsafeBufferPointer { state in
                guard let rate = rate.baseAddress, let state = state.baseAddress else { return }
                #expect(Self.allocations { flow.derivative(time: 0.5, state: state, rate: rate) } == 0)
            }
        }
        #expect(rate != state)
    }

    /// Circuits whose states are kept, and one whose states are not.
    @Test(arguments: [(1, 1), (4, 1000), (11, 9)])
    func stateVectorSweep(qubits: Int, count: Int) throws {
        let inputs = ["x", "theta", "phi"].map { Circuit.Input($0) }
        var gates: [Circuit.Instruction] = []
        for layer in 0..<8 {
            for qubit in 0..<qubits {
                gates.append(.init(.rx, qubits: [qubit], angles: [.input(0)]))
                gates.append(.init(.ry, qubits: [qubit], angles: [.input(1 + layer % 2)]))
            }
            if qubits > 1 {
                gates.append(.init(.cx, qubits: [layer % qubits, (layer + 1) % qubits]))
                gates.append(.init(.rzz, qubits: [0, 1], angles: [.input(2)]))
                gates.append(.init(.cz, qubits: [0, 1]))
            }
        }
        let expert = try QuantumExpert(
            circuit: Circuit(qubitCount: qubits, inputs: inputs, instructions: gates), parameters: ["theta", "phi"],
            observable: PauliSum("Z0 + 0.5 X0"))
        let sweep = try StateVectorSweep(expert, inputs: [[0.3], [-0.7]])
        let points = (0..<2 * count).map { Double($0) * 0.1 }
        let results = UnsafeMutablePointer<Double>.allocate(capacity: 6 * count)
        defer { results.deallocate() }
        points.withUnsafeBufferPointer { points in
            guard let points = points.baseAddress else { return }
            #expect(
                Self.allocations {
                    sweep.evaluate(
                        parameters: points, count: count, values: results, gradients: results + 2 * count)
                } == 0)
        }
    }

    /// Functions by the state vector: moments, and gradients with Laplacians.
    @Test(arguments: [1, 200])
    func stateVectorFunctions(count: Int) throws {
        let gates = (0..<6).map { Circuit.Instruction(.ry, qubits: [$0 % 2], angles: [.input(1 + $0 % 2)]) }
        let circuit = try Circuit(
            qubitCount: 2, inputs: ["x", "theta", "phi"].map { .init($0) },
            instructions: [.init(.rx, qubits: [0], angles: [.input(0)])] + gates + [.init(.cx, qubits: [0, 1])])
        let expert = try QuantumExpert(circuit: circuit, parameters: ["theta", "phi"], observable: PauliSum("Z1"))
        let sweep = StateVectorFunctionSweep(
            try StateVectorFunctions(expert, inputs: [[0.3], [-0.7]]), count: count, parallelism: .serial)
        let points = (0..<2 * count).map { Double($0) * 0.1 }
        let results = UnsafeMutablePointer<Double>.allocate(capacity: 3 * count + 4)
        defer { results.deallocate() }
        let weights = results + 3 * count
        points.withUnsafeBufferPointer { points in
            guard let points = points.baseAddress else { return }
            #expect(
                Self.allocations {
                    sweep.moments(of: points, into: weights)
                    sweep.gradient(at: points, weights: weights, scale: 1, into: results)
                    sweep.gradientAndLaplacian(at: points, weights: weights, scale: 1, into: results)
                } == 0)
        }
        #expect(results[2 * count] != 0)
    }
}
