/// What a circuit file says that cannot be read, and where.
///
/// ```swift
/// try OpenQASMReader.read("OPENQASM 3.0;\nqubit[1] q;\nreset q;")    // throws an error of line 3, column 1
/// ```
public struct OpenQASMError: Error, Equatable, CustomStringConvertible {
    /// The file, when the text came from one.
    public let file: String?
    /// The line, counted from 1.
    public let line: Int
    /// The column in characters (Unicode scalars), counted from 1.
    public let column: Int
    /// What was found.
    public let found: String
    /// What was expected, and what to do.
    public let expected: String

    /// The text `file:line:column: found …, expected …`.
    public var description: String {
        "\(file ?? "circuit"):\(line):\(column): found \(found), expected \(expected)"
    }
}
