import Experts
import Foundation
import Testing
import Torus

/// The names of `stdgates.inc`, and the gates among them that are products of others against explicit matrices.
@Suite struct StandardGatesTests {
    /// Names with the numbers of angles and qubits, in the order of the specification of OpenQASM 3.
    static let names: [(name: String, angles: Int, qubits: Int)] = [
        ("p", 1, 1), ("x", 0, 1), ("y", 0, 1), ("z", 0, 1), ("h", 0, 1), ("s", 0, 1), ("sdg", 0, 1), ("t", 0, 1),
        ("tdg", 0, 1), ("sx", 0, 1), ("rx", 1, 1), ("ry", 1, 1), ("rz", 1, 1), ("cx", 0, 2), ("cy", 0, 2),
        ("cz", 0, 2), ("cp", 1, 2), ("crx", 1, 2), ("cry", 1, 2), ("crz", 1, 2), ("ch", 0, 2), ("swap", 0, 2),
        ("ccx", 0, 3), ("cswap", 0, 3), ("cu", 4, 2), ("CX", 0, 2), ("phase", 1, 1), ("cphase", 1, 2), ("id", 0, 1),
        ("u1", 1, 1), ("u2", 2, 1), ("u3", 3, 1),
    ]

    static func call(_ name: String, _ angles: [String], _ qubits: [Int]) -> String {
        name + (angles.isEmpty ? "" : "(" + angles.joined(separator: ", ") + ")") + " "
            + qubits.map { "q[\($0)]" }.joined(separator: ", ") + ";"
    }

    @Test func everyNameIsReadWithItsAnglesAndQubits() throws {
        for (name, angles, qubits) in Self.names {
            for header in ["", "include \"stdgates.inc\"; "] {
                func read(_ angles: Int, _ qubits: Int) throws -> Circuit {
                    let call = Self.call(name, Array(repeating: "0.3", count: angles), Array(0..<qubits))
                    return try OpenQASMReader.read(header + "qubit[5] q; " + call)
                }
                #expect(try !read(angles, qubits).instructions.isEmpty, "\(name)")
                #expect(throws: OpenQASMError.self, "\(name)") { try read(angles + 1, qubits) }
                #expect(throws: OpenQASMError.self, "\(name)") { try read(angles, qubits + 1) }
            }
            // With the include it is taken.
            let arguments = angles == 0 ? "" : "(" + (0..<angles).map { "t\($0)" }.joined(separator: ", ") + ")"
            let definition = "gate \(name)\(arguments) " + (0..<qubits).map { "a\($0)" }.joined(separator: ", ") + " {}"
            let error = try #require(throws: OpenQASMError.self) {
                try OpenQASMReader.read("include \"stdgates.inc\"; \(definition) qubit q;")
            }
            #expect(error.expected.contains("stdgates.inc defines"), "\(error)")
        }
    }

    /// The product of a circuit's gates, phases included.
    private static func unitary(_ circuit: Circuit) -> DenseMatrix {
        circuit.instructions.reduce(.identity(1 << circuit.qubitCount)) { product, step in
            let angles = step.angles.map { $0.value([]) }
            return DenseMatrix.gate(step.gate, angles, step.qubits, count: circuit.qubitCount) * product
        }
    }

    /// A 2×2 matrix on one qubit of three where the controls are 1, entry by entry; qubit 0 is the highest bit.
    private static func controlled(
        _ entries: [[(re: Double, im: Double)]], controls: [Int], target: Int
    ) -> DenseMatrix {
        var matrix = DenseMatrix(size: 8)
        for column in 0..<8 {
            guard controls.allSatisfy({ column >> (2 - $0) & 1 == 1 }) else {
                matrix.re[column * 8 + column] = 1
                continue
            }
            let bit = column >> (2 - target) & 1
            for image in 0..<2 {
                let row = column ^ (bit ^ image) << (2 - target)
                (matrix.re[row * 8 + column], matrix.im[row * 8 + column]) = entries[image][bit]
            }
        }
        return matrix
    }

    private static func expectEqual(_ a: DenseMatrix, _ b: DenseMatrix, _ comment: String) {
        for k in a.re.indices {
            // Some gates, each an exponential by a series: a few digits of 1e-16.
            #expect(abs(a.re[k] - b.re[k]) <= 1e-14 && abs(a.im[k] - b.im[k]) <= 1e-14, "\(comment), entry \(k)")
        }
    }

    @Test func productsAreTheirExplicitMatrices() throws {
        func read(_ call: String) throws -> DenseMatrix { Self.unitary(try OpenQASMReader.read("qubit[3] q; " + call)) }
        let r = 0.5.squareRoot()
        let not = [[(re: 0.0, im: 0.0), (1, 0)], [(1, 0), (0, 0)]]
        for a in 0..<3 {
            for b in 0..<3 where b != a {
                Self.expectEqual(
                    try read(Self.call("ch", [], [a, b])),
                    Self.controlled([[(r, 0), (r, 0)], [(r, 0), (-r, 0)]], controls: [a], target: b), "ch \(a) \(b)")
                let c = 3 - a - b
                Self.expectEqual(
                    try read(Self.call("ccx", [], [a, b, c])), Self.controlled(not, controls: [a, b], target: c),
                    "ccx \(a) \(b) \(c)")
                var exchange = DenseMatrix(size: 8)
                for column in 0..<8 {
                    func bit(_ qubit: Int) -> Int { column >> (2 - qubit) & 1 }
                    let differs = bit(a) == 1 && bit(b) != bit(c)
                    let row = differs ? column ^ (1 << (2 - b) | 1 << (2 - c)) : column
                    exchange.re[row * 8 + column] = 1
                }
                Self.expectEqual(try read(Self.call("cswap", [], [a, b, c])), exchange, "cswap \(a) \(b) \(c)")
                for angles in [[0.7, -1.9, 2.3, 0.4], [0, 0, 0, 8.5], [.pi, 1, 0, 0], [-7.1, .pi / 2, -3, 1.2]] {
                    let (theta, phi, lambda, gamma) = (angles[0], angles[1], angles[2], angles[3])
                    func entry(_ size: Double, _ phase: Double) -> (re: Double, im: Double) {
                        (size * cos(phase), size * sin(phase))
                    }
                    let general = [
                        [entry(cos(theta / 2), gamma), entry(-sin(theta / 2), gamma + lambda)],
                        [entry(sin(theta / 2), gamma + phi), entry(cos(theta / 2), gamma + phi + lambda)],
                    ]
                    Self.expectEqual(
                        try read(Self.call("cu", angles.map { "\($0)" }, [a, b])),
                        Self.controlled(general, controls: [a], target: b), "cu \(angles) \(a) \(b)")
                }
            }
        }
    }

    /// `Z₂` before a Toffoli gate is `½(1 + Z₀ + Z₁ − Z₀Z₁) Z₂`: four monomials, and no more by rounding.
    @Test func aToffoliGateLeavesNothingBehind() throws {
        let circuit = try OpenQASMReader.read(
            "include \"stdgates.inc\"; input array[float, 3] t; qubit[3] q; "
                + "ry(t[0]) q[0]; ry(t[1]) q[1]; ry(t[2]) q[2]; ccx q[0], q[1], q[2];")
        let expert = try QuantumExpert(circuit: circuit, parameters: ["t"], observable: PauliSum("Z2"))
        let expansion = try expert.expansion(inputs: [[]])
        let texts = expansion.basis.monomials.map(\.description)
        #expect(
            Set(texts) == [
                "cos(theta2)", "cos(theta0)*cos(theta2)", "cos(theta1)*cos(theta2)",
                "cos(theta0)*cos(theta1)*cos(theta2)",
            ])
        for (text, coefficient) in zip(texts, expansion.coefficients) {
            // Some roundings of numbers of size 1.
            #expect(abs(coefficient - (text.contains("theta0)*cos(theta1") ? -0.5 : 0.5)) <= 2e-15, "\(text)")
        }
    }

    /// Three of the angles of `cu` are phases of period 2π; the first is that of a controlled rotation.
    @Test func trainedAnglesOfTheControlledGeneralGate() throws {
        let start = "include \"stdgates.inc\"; input float a; input float x;\nqubit[2] q; h q;\n"
        for call in ["cu(x, a, 2*a, -a) q[0], q[1];", "cu(x, x, x, 3*a) q[1], q[0];"] {
            let circuit = try OpenQASMReader.read(start + call + " h q; t q; h q;")
            let expert = try QuantumExpert(circuit: circuit, parameters: ["a"], observable: PauliSum("Z0 + X0 Y1"))
            let expansion = try expert.expansion(inputs: [[0.7]])
            for angle in [0.4, -2.0] {
                let value = expert.value(parameters: [angle], inputs: [0.7])
                // Some gates on a value of size 2; angles of size 10 are rounded to 1e-15, times factors up to 3.
                #expect(abs(expert.value(parameters: [angle + 2 * .pi], inputs: [0.7]) - value) <= 2e-14)
                #expect(abs(expansion.value(at: [angle], datum: 0) - value) <= 2e-14)
                #expect(abs(expert.value(parameters: [angle + .pi], inputs: [0.7]) - value) > 1e-2)
            }
        }
        for (call, gate, reason) in [
            ("cu(a, 0, 0, 0) q[0], q[1];", "cry", "the period 4π"), ("cu(0, a/2, 0, 0) q[0], q[1];", "cp", "0.5"),
            ("cu(0, 0, 1.5*a, 0) q[0], q[1];", "cp", "1.5"), ("cu(0, 0, 0, a/2) q[0], q[1];", "p", "0.5"),
        ] {
            let circuit = try OpenQASMReader.read(start + "  " + call)
            let error = try #require(throws: ExpertError.self) {
                try QuantumExpert(circuit: circuit, parameters: ["a"], observable: PauliSum("Z0"))
            }
            let text = error.description(file: "c.qasm")
            #expect(
                text.hasPrefix("c.qasm:3:3: gate \(gate) in the definition of 'cu': the trained input 'a'"), "\(text)")
            #expect(text.contains(reason), "\(text)")
        }
    }

    /// A gate of a file's own takes the name where `stdgates.inc` is not included.
    @Test func ownDefinitionsComeFirst() throws {
        let circuit = try OpenQASMReader.read("gate cu(t) a { rx(t) a; } qubit q; cu(0.5) q;")
        #expect(circuit.instructions.map(\.gate) == [.rx])
    }
}
