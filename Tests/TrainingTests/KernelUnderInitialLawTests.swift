import Experts
import Foundation
import Testing
import Torus
import Training

/// The kernel under densities by their moments, beside quadrature of the expert's own gradients.
@Suite struct KernelUnderInitialLawTests {
    private static let data = [[0.3], [-1.1], [2.0]]

    /// Two angles, one of them used twice: products of gradients have harmonics up to 4.
    private static func expert() throws -> QuantumExpert {
        let circuit = try OpenQASMReader.read(
            "input float x; input float a; input float b; qubit[2] q; ry(x) q[0]; rx(a) q[0]; ry(b) q[1]; "
                + "cx q[0], q[1]; rx(0.7) q[1]; ry(a + x) q[1]; ry(0.4) q[0];")
        return try QuantumExpert(circuit: circuit, parameters: ["a", "b"], observable: PauliSum("Z0 + 0.5 X0 Z1"))
    }

    /// The rectangle rule, whose error for a smooth periodic function falls faster than any power.
    private static func quadrature(_ expert: QuantumExpert, _ law: InitialLaw, points: Int) -> [Double] {
        let n = data.count
        var sums = Array(repeating: 0.0, count: n * n)
        let width = 2 * .pi / Double(points)
        for i in 0..<points {
            for j in 0..<points {
                let theta = [Double(i) * width, Double(j) * width]
                let mass = law.density(at: theta) * width * width
                let gradients = data.map { expert.valueAndGradient(parameters: theta, inputs: $0).gradient }
                for a in 0..<n {
                    for b in 0..<n {
                        sums[a * n + b] += mass * zip(gradients[a], gradients[b]).reduce(0) { $0 + $1.0 * $1.1 }
                    }
                }
            }
        }
        return sums
    }

    @Test func quadratureAgrees() throws {
        let expert = try Self.expert()
        let expansion = try expert.expansion(inputs: Self.data)
        #expect(expansion.basis.harmonics == [2, 1])
        let polynomial = try PolynomialLaw(
            basis: TrigonometricBasis(
                dimension: 2, monomials: [.one, .init([.init(.sine, axis: 0, harmonic: 3), .init(.cosine, axis: 1)])]),
            coefficients: [1 / (4 * .pi * .pi), 0.02])
        let laws: [InitialLaw] = [
            .uniform,
            .product([.uniform, .uniform]),
            .product([try .vonMises(centre: 1, concentration: 2), try .vonMises(centre: -2.5, concentration: 0.7)]),
            .product([try .wrappedCauchy(centre: 0.3, concentration: 0.4), try .vonMises(centre: 4, concentration: 5)]),
            .polynomial(polynomial),
        ]
        for law in laws {
            let kernel = try NeuralTangentKernel(expansion, under: law)
            // The waves of the slowest law fall like 0.4^k: 96 points err by 0.4^90. Then roundings of numbers of size 4.
            for (found, expected) in zip(kernel.values, Self.quadrature(expert, law, points: 96)) {
                #expect(abs(found - expected) <= 2e-14, "\(law)")
            }
        }
        #expect(throws: InitialLawError.dimension(law: 1, expert: 2)) {
            try NeuralTangentKernel(expansion, under: .product([.uniform]))
        }
    }

    /// `cos(θ − x)` under a von Mises law: `K(x, x') = ½ (cos(x − x') − Re(m₂ e^{−i(x + x')}))`.
    @Test func oneAngleInClosedForm() throws {
        let expansion = try Neuron(.cosine, inputs: ["x"], frequencies: [[1]]).expansion(inputs: Self.data)
        let axis = try CircleLaw.vonMises(centre: 0.8, concentration: 3)
        let kernel = try NeuralTangentKernel(expansion, under: .product([axis]))
        let second = axis.moment(2)
        for a in 0..<3 {
            for b in 0..<3 {
                let (x, y) = (Self.data[a][0], Self.data[b][0])
                let wave = second.real * cos(x + y) + second.imaginary * sin(x + y)
                #expect(abs(kernel[a, b] - 0.5 * (cos(x - y) - wave)) <= 1e-15)
            }
        }
    }
}
