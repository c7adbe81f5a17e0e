/// A call of the HDF5 library that failed.
public struct HDF5Error: Error, Sendable, Equatable, CustomStringConvertible {
    /// The library's name of the call, such as `H5Dread`.
    public let operation: String
    /// The object that the call was about: a path inside the file, or the file's own.
    public let path: String
    /// The library's error stack, the outermost call first, as `function: message`.
    public let messages: [String]

    /// Whether the file is sound, and what was asked for is not there or of another kind.
    public let isOfTheQuestion: Bool

    /// An error with the given origin and messages.
    public init(operation: String, path: String, messages: [String], isOfTheQuestion: Bool = false) {
        self.isOfTheQuestion = isOfTheQuestion
        self.operation = operation
        self.path = path
        self.messages = messages
    }

    /// Something that is not there or is not what was looked for, in a sound file.
    static func unusable(_ path: String, _ reason: String) -> HDF5Error {
        HDF5Error(operation: "looking for an array", path: path, messages: [reason], isOfTheQuestion: true)
    }

    /// What failed, and why from the outermost call to the innermost.
    public var description: String {
        let stack = messages.isEmpty ? "no message" : messages.joined(separator: "; ")
        return "\(operation) failed for \(path): \(stack)"
    }

    /// The innermost message alone, without the function's name.
    var reason: String {
        if isOfTheQuestion { return messages.joined(separator: "; ") }
        guard let last = messages.last else { return "\(operation) failed" }
        return last.split(separator: ":", maxSplits: 1).last.map { $0.drop { $0 == " " } }.map(String.init) ?? last
    }
}
