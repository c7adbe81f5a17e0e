/// A call of the HDF5 library that failed.
public struct HDF5Error: Error, Sendable, Equatable, CustomStringConvertible {
    /// The library's name of the call, such as `H5Dread`.
    public let operation: String
    /// The object that the call was about: a path inside the file, or the file's own.
    public let path: String
    /// The library's error stack, the outermost call first, as `function: message`.
    public let messages: [String]

    /// An error with the given origin and messages.
    public init(operation: String, path: String, messages: [String]) {
        self.operation = operation
        self.path = path
        self.messages = messages
    }

    /// What failed, and why from the outermost call to the innermost.
    public var description: String {
        let stack = messages.isEmpty ? "no message" : messages.joined(separator: "; ")
        return "\(operation) failed for \(path): \(stack)"
    }

    /// The innermost message alone, without the function's name.
    var reason: String {
        guard let last = messages.last else { return "\(operation) failed" }
        return last.split(separator: ":", maxSplits: 1).last.map { $0.drop { $0 == " " } }.map(String.init) ?? last
    }
}
