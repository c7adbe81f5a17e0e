public import Experts
import Foundation

/// The experts that are measured: the reference circuits, and the family that they belong to.
public enum ReferenceExperts {
    /// Circuit A (4 qubits, 2 layers, 2 trained angles) or B (the same with 8 trained angles), or the ring of `QUBITSxLAYERS` or
    /// `QUBITSxLAYERSxANGLES`; nil for another name.
    public static func named(_ name: String) throws -> QuantumExpert? {
        switch name {
        case "A": try shipped("reference-a.qasm")
        case "B": try shipped("reference-b.qasm")
        default: try ring(sizes: name.split(separator: "x").map { Int($0) ?? 0 })
        }
    }

    private static func ring(sizes: [Int]) throws -> QuantumExpert? {
        guard (2...3).contains(sizes.count), sizes.allSatisfy({ $0 > 0 }) else { return nil }
        return try ring(qubits: sizes[0], layers: sizes[1], angles: sizes.count == 3 ? sizes[2] : nil)
    }

    private static func shipped(_ file: String) throws -> QuantumExpert {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("data/circuits")
        let circuit = try OpenQASMReader.read(contentsOf: folder.appendingPathComponent(file).path)
        return try QuantumExpert(
            circuit: circuit, parameters: circuit.inputs.map(\.name).filter { $0.hasPrefix("theta") },
            observable: meanZ(circuit.qubitCount))
    }

    /// RX of data and RY on every qubit in every layer, a ring of CZ, a tail of RX(π/3); each RY has an angle of its own, unless fewer
    /// angles are asked for, which take turns.
    public static func ring(qubits: Int, layers: Int, angles: Int? = nil) throws -> QuantumExpert {
        let angles = angles ?? qubits * layers
        let inputs =
            (0..<qubits).map { Circuit.Input("x[\($0)]", array: "x") }
            + (0..<angles).map { Circuit.Input("theta[\($0)]", array: "theta") }
        var gates: [Circuit.Instruction] = []
        for layer in 0..<layers {
            for k in 0..<qubits { gates.append(.init(.rx, qubits: [k], angles: [.input(k)])) }
            for k in 0..<qubits {
                gates.append(.init(.ry, qubits: [k], angles: [.input(qubits + (layer * qubits + k) % angles)]))
            }
            for k in 0..<qubits { gates.append(.init(.cz, qubits: [k, (k + 1) % qubits])) }
        }
        for k in 0..<qubits { gates.append(.init(.rx, qubits: [k], angles: [AffineAngle(constant: .pi / 3)])) }
        return try QuantumExpert(
            circuit: Circuit(qubitCount: qubits, inputs: inputs, instructions: gates), parameters: ["theta"],
            observable: meanZ(qubits))
    }

    private static func meanZ(_ qubits: Int) throws -> PauliSum {
        try PauliSum(terms: (0..<qubits).map { .init(PauliString(z: 1 << UInt64($0)), 1 / Double(qubits)) })
    }

    /// The data, `x_jk = (((5j + 3k + jk) mod 16) − 7.5)/5`.
    public static func data(_ count: Int, inputs: Int = 4) -> [[Double]] {
        (0..<count).map { j in
            (0..<inputs).map { k -> Double in
                let word = (5 * j + 3 * k + j * k) % 16
                return (Double(word) - 7.5) / 5
            }
        }
    }

    /// The parameters of `count` experts, axis by axis: `θ_ip = 2π (((i + 1)·H_p) mod 2³²)/2³²`, `H_p` the first bits of
    /// the fractions of the square roots of the primes; at most eight axes.
    public static func parameters(_ count: Int, dimension: Int) -> [Double] {
        let factors: [UInt64] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        return (0..<dimension).flatMap { p in
            (0..<count).map { i -> Double in
                let word = UInt64(i + 1) * factors[p] % (1 << 32)
                return 2 * Double.pi * Double(word) / 4_294_967_296
            }
        }
    }
}
