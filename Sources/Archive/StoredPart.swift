/// What one array of a run file costs.
public struct StoredPart: Sendable, Equatable {
    /// The path inside the file.
    public let path: String
    /// Elements along each axis, the last one fastest.
    public let extent: [Int]
    /// Bytes in the file, after compression.
    public let storedBytes: Int
    /// Bytes in memory.
    public let plainBytes: Int
}
