extension RunContents {
    /// The position of an output; the last one without a time.
    ///
    /// - Parameter name: stands for the run file in a complaint.
    /// - Throws: `GridFileError.noOutput` when the run has none within rounding of the time.
    public func output(at time: Double?, name: String) throws(GridFileError) -> Int {
        guard let last = times.indices.last else { throw .empty(name: name) }
        guard let time else { return last }
        guard let index = times.firstIndex(where: { abs($0 - time) <= 1e-9 * max(1, abs(time)) }) else {
            throw .noOutput(name: name, time: time, times: times)
        }
        return index
    }
}
