/// What a view of a run file costs: a group that shows the master data in another form.
public struct StoredView: Sendable, Equatable {
    /// The name of the group in the root.
    public let name: String
    /// The arrays that it has beside the master data's.
    public var arrayCount: Int
    /// Bytes in the file: its arrays and the structure around them.
    public var storedBytes: Int
}
