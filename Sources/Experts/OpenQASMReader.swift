import Foundation

/// Reads a strict subset of OpenQASM 3.
///
/// Read: the version, `include "stdgates.inc"`, `input` of `float` and `angle` (scalars and arrays; widths are ignored), `qubit`
/// registers or the qubits `$0`, `$1`, … of a device, the gates of `Gate` under the names of `stdgates.inc`, `gate`
/// definitions without control flow, `barrier` and `gphase` (both without effect on an expectation value), comments, and angles
/// that are affine in the inputs.
/// Everything else is refused by name, line and column, never approximated.
///
/// ```swift
/// let circuit = try OpenQASMReader.read("input float theta; qubit q; ry(theta) q;")
/// ```
///
/// Source: *OpenQASM 3.0 specification*; Cross et al., ACM Trans. Quantum Comput. 3, 12 (2022).
public enum OpenQASMReader {
    /// The most qubits that a file may declare.
    public static let largestQubitCount = 4096
    /// The most inputs that a file may declare, array elements included.
    public static let largestInputCount = 65_536
    /// The most gates with their inputs' shares that a file may expand to, gate definitions included.
    public static let largestExpansion = 1 << 20

    /// The circuit that a text describes.
    ///
    /// - Parameter file: the name to show in errors.
    /// - Throws: `OpenQASMError` at the first thing that is not in the subset.
    /// - Complexity: linear in the length of the text and the number of gates that it expands to.
    public static func read(_ source: String, file: String? = nil) throws -> Circuit {
        var lexer = OpenQASMLexer(source, file: file)
        let (tokens, failure) = lexer.tokens()
        var parser = OpenQASMParser(tokens, failure: failure, file: file)
        return try parser.circuit()
    }

    /// The circuit in a file, read as UTF-8.
    ///
    /// - Throws: `OpenQASMError`, and Foundation's error when the file cannot be read.
    public static func read(contentsOf path: String) throws -> Circuit {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        // Bytes that are not UTF-8 become U+FFFD, which the lexer refuses outside comments, with its place.
        return try read(String(decoding: data, as: UTF8.self), file: path)
    }
}
