import Experts
import Foundation
import Testing
import Torus

/// The kernel under the uniform law against 50-digit values, and against averages of the state vector's gradients.
@Suite struct NeuralTangentKernelTests {
    static func expert(_ file: String) throws -> QuantumExpert {
        let circuit = try ReferenceCircuits.shipped(file)
        return try QuantumExpert(
            circuit: circuit, parameters: circuit.inputs.map(\.name).filter { $0.hasPrefix("theta") },
            observable: ReferenceCircuits.meanZ(4))
    }

    static let data = (0..<16).map { ReferenceCircuits.datum($0) }

    @Test func referenceValuesOfA() throws {
        let expansion = try Self.expert("reference-a.qasm").expansion(inputs: Self.data)
        let kernel = NeuralTangentKernel(underUniformLaw: expansion)
        // The reference values have fifteen decimals.
        #expect(abs(kernel[0, 0] - 0.000344777739057) <= 6e-16)
        #expect(abs(kernel[0, 1] - 0.000556955289013) <= 6e-16)
        #expect(abs(kernel.trace - 0.075088436012545) <= 1e-15)
        #expect(try KernelSpectrum(kernel).rank == 8)
        #expect(KernelSpectrum(underUniformLaw: expansion).rank == 8)
    }

    @Test func referenceValuesOfB() throws {
        let expansion = try Self.expert("reference-b.qasm").expansion(inputs: Self.data)
        let kernel = NeuralTangentKernel(underUniformLaw: expansion)
        #expect(abs(kernel[0, 0] - 0.04019309177657) <= 6e-15)
        #expect(abs(kernel[0, 1] - 0.005318105739245) <= 6e-15)
        #expect(abs(kernel.trace - 0.589371139449527) <= 1e-15)
        let spectrum = try KernelSpectrum(kernel)
        #expect(spectrum.rank == 16)
        let smallest = try #require(spectrum.smallest)
        // Given with seven decimals.
        #expect(abs(smallest - 0.0012115) <= 5e-8)
        #expect(abs(spectrum.eigenvalues.reduce(0, +) - kernel.trace) <= 1e-15)
    }

    /// Both ways to the spectrum: the data's matrix, and the monomials'.
    @Test func spectraAgree() throws {
        let many = (0..<40).map { ReferenceCircuits.datum($0).map { 1.1 * $0 + 0.01 } }
        let expansion = try Self.expert("reference-a.qasm").expansion(inputs: many)
        let long = try KernelSpectrum(NeuralTangentKernel(underUniformLaw: expansion))
        let short = KernelSpectrum(underUniformLaw: expansion)
        #expect(long.eigenvalues.count == 40 && short.eigenvalues.count == 40)
        #expect(long.rank == short.rank && short.rank <= 8)
        for (a, b) in zip(long.eigenvalues, short.eigenvalues) {
            #expect(abs(a - b) <= 40 * 2.2e-16 * long.eigenvalues[0])
        }
    }

    /// Equally spaced angles average a trigonometric polynomial of lower degree exactly: the four Clifford angles
    /// kπ/2 serve products of gradients of degree 1, finer ones those of higher harmonics.
    static func average(
        _ expert: QuantumExpert, _ data: [[Double]], angles: Int
    ) -> (values: [Double], points: [[Double]]) {
        let d = expert.parameterCount
        var values = Array(repeating: 0.0, count: data.count * data.count)
        var points: [[Double]] = []
        let total = (0..<d).reduce(1) { product, _ in product * angles }
        for number in 0..<total {
            var rest = number
            let theta = (0..<d).map { _ -> Double in
                defer { rest /= angles }
                return 2 * .pi * Double(rest % angles) / Double(angles)
            }
            points.append(theta)
            let gradients = data.map { expert.valueAndGradient(parameters: theta, inputs: $0).gradient }
            for a in data.indices {
                for b in data.indices {
                    values[a * data.count + b] +=
                        zip(gradients[a], gradients[b]).reduce(0) { $0 + $1.0 * $1.1 } / Double(total)
                }
            }
        }
        return (values, points)
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 1), (2, 2)])
    func cliffordAnglesAverageTheStateVectorsGradients(qubits: Int, layers: Int) throws {
        let circuit =
            try qubits == 1
            ? ReferenceCircuits.shipped("one-qubit.qasm") : ReferenceCircuits.ring(qubits: qubits, layers: layers)
        let observable = try PauliSum(qubits == 1 ? "Z0" : "0.7 Z0 - 0.4 X0 Y1 + 0.3 Z1")
        let expert = try QuantumExpert(circuit: circuit, parameters: ["theta"], observable: observable)
        let data = (0..<5).map { ReferenceCircuits.datum($0, count: expert.inputCount) }
        let expansion = try expert.expansion(inputs: data)
        let kernel = NeuralTangentKernel(underUniformLaw: expansion)
        let (average, points) = Self.average(expert, data, angles: 4)
        let atPoints = NeuralTangentKernel(expansion, points: points)
        for index in average.indices {
            // Roundings of numbers of size ‖O‖² at 30 gates.
            #expect(abs(kernel.values[index] - average[index]) <= 2e-14)
            #expect(abs(atPoints.values[index] - average[index]) <= 2e-14)
        }
    }

    /// Shared and multiplied angles, with every kind of gate.
    @Test(arguments: [UInt64](1...40)) func higherHarmonics(seed: UInt64) throws {
        var random = RandomNumbers(seed: 500 + seed)
        let circuit = try PathAgreementTests.randomCircuit(&random, qubits: 3)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["b"], observable: try random.observable(qubits: 3))
        let data = (0..<4).map { _ in (0..<4).map { _ in random.uniform(-3...3) } }
        // The angles a and c are data here; controlled rotations take them as well.
        let expansion = try expert.expansion(inputs: data)
        let kernel = NeuralTangentKernel(underUniformLaw: expansion)
        let harmonic = expansion.basis.harmonics.first ?? 0
        let (average, _) = Self.average(expert, data, angles: 2 * harmonic + 1)
        let size = 1 + pow(expert.observable.norm * Double(harmonic), 2)
        for index in average.indices {
            #expect(abs(kernel.values[index] - average[index]) <= 1e-13 * size, "seed \(seed)")
        }
    }

    @Test func isSymmetricAndPositive() throws {
        let expansion = try Self.expert("reference-b.qasm").expansion(inputs: Self.data)
        let kernel = NeuralTangentKernel(expansion, points: (0..<3).map { ReferenceCircuits.expert($0, count: 8) })
        for a in 0..<16 { for b in 0..<16 { #expect(kernel[a, b] == kernel[b, a]) } }
        // Three points with eight derivatives each.
        let spectrum = try KernelSpectrum(kernel)
        #expect(spectrum.rank == 16)
        #expect(try KernelSpectrum(NeuralTangentKernel(expansion, points: [Array(repeating: 0.3, count: 8)])).rank == 8)
        #expect(spectrum.eigenvalues.allSatisfy { $0 >= 0 })
    }

    @Test func ofAConstantIsZero() throws {
        let expansion = TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: 1, monomials: [.one]), datumCount: 2, coefficients: [1, 2])
        let spectrum = try KernelSpectrum(NeuralTangentKernel(underUniformLaw: expansion))
        #expect(spectrum.rank == 0 && spectrum.eigenvalues == [0, 0])
        #expect(KernelSpectrum(underUniformLaw: expansion) == spectrum)
    }

    /// What the moments of a law give, beside the gradients at its points; the constant and one monomial alone too.
    @Test(arguments: [UInt64](1...20)) func momentsOfMassesAtPoints(seed: UInt64) throws {
        var random = RandomNumbers(seed: 900 + seed)
        let circuit = try PathAgreementTests.randomCircuit(&random, qubits: 3)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["a", "b"], observable: try random.observable(qubits: 3))
        let data = (0..<4).map { _ in (0..<3).map { _ in random.uniform(-3...3) } }
        let expansion = try expert.expansion(inputs: data)
        let points = (0..<5).map { _ in (0..<2).map { _ in random.uniform(-9...9) } }
        let masses = (0..<5).map { _ in random.uniform(0...1) }
        let atPoints = NeuralTangentKernel(expansion, points: points, masses: masses)
        func sum(_ function: ([Double]) -> Double) -> Double {
            zip(points, masses).reduce(0) { $0 + $1.1 * function($1.0) }
        }
        func moment(_ monomial: TrigonometricMonomial) -> Double {
            sum { theta in monomial.factors.reduce(1) { $0 * $1.value(at: theta[$1.axis]) } }
        }
        func wave(_ k: [Int]) -> (real: Double, imaginary: Double) {
            func phase(_ theta: [Double]) -> Double { zip(k, theta).reduce(0) { $0 + Double($1.0) * $1.1 } }
            return (sum { cos(phase($0)) }, sum { sin(phase($0)) })
        }
        let fromMoments = NeuralTangentKernel(expansion, moments: moment)
        let fromWaves = NeuralTangentKernel(expansion, fourierMoments: wave)
        for a in data.indices {
            for b in data.indices {
                let x = zip(points, masses).reduce(0) { sum, point in
                    let gradients = [a, b].map {
                        expert.valueAndGradient(parameters: point.0, inputs: data[$0]).gradient
                    }
                    return sum + point.1 * zip(gradients[0], gradients[1]).reduce(0) { $0 + $1.0 * $1.1 }
                }
                // Rounding is relative to Σ |C_ma C_lb| (|k_m|² + |k_l|²): the sums of sizes, times the squared wave
                // numbers, which are at most 2 D² with D the largest harmonic; phases up to 9 D are rounded to 9 D ε.
                let harmonic = Double(expansion.basis.harmonics.max() ?? 0)
                func size(_ datum: Int) -> Double {
                    (0..<expansion.basis.count).reduce(0) { $0 + abs(expansion.coefficients[$1 * 4 + datum]) }
                }
                let tolerance = 1e-15 * (1 + 40 * harmonic * harmonic * harmonic) * (0.1 + size(a) * size(b))
                #expect(abs(atPoints[a, b] - x) <= tolerance, "seed \(seed)")
                #expect(abs(fromMoments[a, b] - x) <= tolerance, "seed \(seed)")
                #expect(abs(fromWaves[a, b] - x) <= tolerance, "seed \(seed)")
                #expect(fromMoments[a, b] == fromMoments[b, a])
            }
        }
    }

    @Test func momentsOfTheUniformLawAreTheClosedForm() throws {
        let expansion = try Self.expert("reference-b.qasm").expansion(inputs: Self.data)
        let closed = NeuralTangentKernel(underUniformLaw: expansion)
        var asked: Set<TrigonometricMonomial> = []
        let kernel = NeuralTangentKernel(
            expansion,
            moments: { monomial in
                #expect(asked.insert(monomial).inserted, "a moment is asked for once")
                return monomial == .one ? 1 : 0
            })
        for index in closed.values.indices {
            // Roundings of numbers of size ‖O‖² = 1, as different products of 74 monomials.
            #expect(abs(kernel.values[index] - closed.values[index]) <= 2e-15)
        }
        let fromWaves = NeuralTangentKernel(expansion, fourierMoments: { k in (k.allSatisfy { $0 == 0 } ? 1 : 0, 0) })
        #expect(kernel.values == fromWaves.values)
    }

    @Test func pointsWithMassesAreSumsOfPoints() throws {
        let expansion = try Self.expert("reference-a.qasm").expansion(inputs: Self.data)
        let points = [[0.3, -1.0], [2.0, 0.1], [-7.0, 4.0]]
        let weighted = NeuralTangentKernel(expansion, points: points, masses: [0.25, 0.5, 0.25])
        let repeated = NeuralTangentKernel(expansion, points: [points[0], points[1], points[1], points[2]])
        for index in weighted.values.indices {
            #expect(abs(weighted.values[index] - repeated.values[index]) <= 1e-17)
        }
        #expect(NeuralTangentKernel(expansion, points: [], masses: []).values.allSatisfy { $0 == 0 })
    }

    /// Squares beyond the numbers: the rank stands, and what cannot be written is infinite, zero or refused.
    @Test func coefficientsWhoseSquaresOverflow() throws {
        let plain = try Self.expert("reference-a.qasm").expansion(inputs: Self.data)
        let spectrum = KernelSpectrum(underUniformLaw: plain)
        let few = try Self.expert("reference-a.qasm").expansion(inputs: Array(Self.data.prefix(3)))
        for exponent in [-600, -500, 500, 600, 1020] {
            let scale = Double(sign: .plus, exponent: exponent, significand: 1)
            func scaled(_ expansion: TrigonometricExpansion) -> TrigonometricExpansion {
                TrigonometricExpansion(
                    basis: expansion.basis, datumCount: expansion.datumCount,
                    coefficients: expansion.coefficients.map { scale * $0 })
            }
            let large = KernelSpectrum(underUniformLaw: scaled(plain))
            #expect(large.rank == 8 && KernelSpectrum(underUniformLaw: scaled(few)).rank == 3)
            #expect(large.eigenvalues == spectrum.eigenvalues.map { $0 * scale * scale })
            let kernel = NeuralTangentKernel(underUniformLaw: scaled(plain))
            if exponent > 512 {
                #expect(throws: ExpansionError.self) { try KernelSpectrum(kernel) }
            } else {
                #expect(throws: Never.self) { try KernelSpectrum(kernel) }
            }
        }
        let broken = TrigonometricExpansion(
            basis: plain.basis, datumCount: 1,
            coefficients: plain.basis.monomials.indices.map { $0 == 1 ? .infinity : 1 })
        #expect(KernelSpectrum(underUniformLaw: broken).eigenvalues.allSatisfy { $0.isNaN })
    }
}
