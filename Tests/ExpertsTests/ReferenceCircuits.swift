import Experts
import Foundation

/// The circuit family of the reference values.
enum ReferenceCircuits {
    /// `qubits × layers`: RX data encoding and RY per qubit in every layer, a ring of CZ, a tail of RX(π/3).
    static func ring(qubits: Int, layers: Int) throws -> Circuit {
        let inputs =
            (0..<qubits).map { Circuit.Input("x[\($0)]", array: "x") }
            + (0..<qubits * layers).map { Circuit.Input("theta[\($0)]", array: "theta") }
        var gates: [Circuit.Instruction] = []
        for layer in 0..<layers {
            for k in 0..<qubits { gates.append(.init(.rx, qubits: [k], angles: [.input(k)])) }
            for k in 0..<qubits {
                gates.append(.init(.ry, qubits: [k], angles: [.input(qubits + layer * qubits + k)]))
            }
            for k in 0..<qubits { gates.append(.init(.cz, qubits: [k, (k + 1) % qubits])) }
        }
        for k in 0..<qubits { gates.append(.init(.rx, qubits: [k], angles: [AffineAngle(constant: .pi / 3)])) }
        return try Circuit(qubitCount: qubits, inputs: inputs, instructions: gates)
    }

    /// The mean of Z over the qubits.
    static func meanZ(_ qubits: Int) throws -> PauliSum {
        try PauliSum(
            terms: (0..<qubits).map { .init(PauliString(z: 1 << UInt64($0)), 1 / Double(qubits)) })
    }

    /// Datum `j`, coordinate `k`.
    static func datum(_ j: Int, count: Int = 4) -> [Double] {
        (0..<count).map { k -> Double in
            let word = (5 * j + 3 * k + j * k) % 16
            return (Double(word) - 7.5) / 5
        }
    }

    /// Expert `i`.
    static func expert(_ i: Int, count: Int) -> [Double] {
        let primes: [UInt64] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        return (0..<count).map { p -> Double in
            let word = UInt64(i + 1) * primes[p] % (1 << 32)
            return 2 * Double.pi * Double(word) / 4_294_967_296
        }
    }

    /// The folder of the shipped circuits.
    static var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("data/circuits")
    }

    static func shipped(_ name: String) throws -> Circuit {
        try OpenQASMReader.read(contentsOf: folder.appendingPathComponent(name).path)
    }
}
