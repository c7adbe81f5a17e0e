/// Writes circuits as OpenQASM 3.
///
/// ```swift
/// let text = try OpenQASMWriter.text(of: circuit)
/// try OpenQASMReader.read(text)    // the same circuit, with line numbers
/// ```
///
/// Numbers are written so that they are read back as they are. `rxx`, `ryy` and `rzz`, which `stdgates.inc` lacks, are
/// defined by other gates where they occur, and read back as those. Amplitudes of the initial state have no words in
/// OpenQASM: their inputs are declared, and a comment says what they are.
public enum OpenQASMWriter {
    /// The text of a circuit.
    ///
    /// - Throws: `OpenQASMWriterError` when an input's name is not one of OpenQASM, or the elements of an array are not in
    ///   order.
    public static func text(of circuit: Circuit) throws -> String {
        var lines = ["OPENQASM 3.0;", "include \"stdgates.inc\";"]
        let gates = Set(circuit.instructions.map(\.gate))
        for (gate, definition) in definitions where gates.contains(gate) { lines.append(definition) }
        let (declarations, names) = try declarations(of: circuit.inputs)
        lines += declarations
        if !circuit.amplitudes.isEmpty {
            let amplitudes = circuit.amplitudes.map { circuit.inputs[$0].name }.joined(separator: ", ")
            lines.append("// The first amplitudes of the initial state, to be normalised: \(amplitudes).")
        }
        var register = "q"
        while names.contains(register) { register += "_" }
        lines.append("qubit[\(circuit.qubitCount)] \(register);")
        for instruction in circuit.instructions {
            let name = instruction.gate == .u ? "U" : instruction.gate.rawValue
            let angles = instruction.angles.map { text(of: $0, circuit.inputs) }.joined(separator: ", ")
            let qubits = instruction.qubits.map { "\(register)[\($0)]" }.joined(separator: ", ")
            lines.append("\(name)\(angles.isEmpty ? "" : "(\(angles))") \(qubits);")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let definitions: [(Gate, String)] = [
        (.rxx, "gate rxx(phi) a, b { h a; h b; cx a, b; rz(phi) b; cx a, b; h b; h a; }"),
        (.ryy, "gate ryy(phi) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(phi) b; cx a, b; rx(-pi/2) b; rx(-pi/2) a; }"),
        (.rzz, "gate rzz(phi) a, b { cx a, b; rz(phi) b; cx a, b; }"),
    ]

    /// The declarations of the inputs, and the names that they take.
    private static func declarations(of inputs: [Circuit.Input]) throws -> (lines: [String], names: Set<String>) {
        var lines: [String] = []
        var names: Set<String> = []
        var first = 0
        while first < inputs.count {
            let name = inputs[first].array ?? inputs[first].name
            guard OpenQASMVocabulary.isName(name), names.insert(name).inserted else {
                throw OpenQASMWriterError(input: inputs[first].name)
            }
            guard inputs[first].array != nil else {
                lines.append("input float[64] \(name);")
                first += 1
                continue
            }
            let count = inputs[first...].prefix { $0.array == name }.count
            for (index, input) in inputs[first..<first + count].enumerated() where input.name != "\(name)[\(index)]" {
                throw OpenQASMWriterError(input: input.name)
            }
            lines.append("input array[float[64], \(count)] \(name);")
            first += count
        }
        return (lines, names)
    }

    private static func text(of angle: AffineAngle, _ inputs: [Circuit.Input]) -> String {
        var text = ""
        func add(_ factor: Double, _ word: (_ size: Double) -> String) {
            let isNegative = factor < 0
            text += text.isEmpty ? (isNegative ? "-" : "") : (isNegative ? " - " : " + ")
            text += word(abs(factor))
        }
        for term in angle.terms {
            let name = inputs[term.input].name
            add(term.factor) { $0 == 1 ? name : "\($0) * \(name)" }
        }
        if angle.constant != 0 || text.isEmpty { add(angle.constant, number) }
        return text
    }

    /// A positive number, as a simple multiple of π where it is exactly that.
    private static func number(_ value: Double) -> String {
        for divisor in [1.0, 2, 3, 4, 6, 8, 16] {
            let multiple = (value / .pi * divisor).rounded()
            if multiple >= 1, multiple <= 32, multiple * .pi / divisor == value {
                return (multiple == 1 ? "pi" : "\(Int(multiple)) * pi") + (divisor == 1 ? "" : " / \(Int(divisor))")
            }
        }
        return "\(value)"
    }
}

/// An input that OpenQASM has no declaration for.
///
/// ```swift
/// try OpenQASMWriter.text(of: circuit)    // throws when an input is called "two words"
/// ```
public struct OpenQASMWriterError: Error, Equatable, CustomStringConvertible {
    /// The input's name.
    public let input: String

    /// What was found and what was expected.
    public var description: String {
        "the input '\(input)' cannot be written as OpenQASM, expected a name of its own that is no word of the language, and "
            + "the elements of an array in their order"
    }
}
