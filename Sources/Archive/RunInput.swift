/// A file that an experiment names, such as its circuit or its training data, as it was when the run was made.
public struct RunInput: Sendable, Equatable {
    /// The name in the experiment.
    public var name: String
    /// The contents.
    public var bytes: [UInt8]

    /// A file's name and contents.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}
