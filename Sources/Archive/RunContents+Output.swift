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

    /// The experts of an ensemble; of what is not named, those of the largest one and of replicate 0.
    ///
    /// - Parameter name: stands for the run file in a complaint.
    /// - Throws: `AtomFileError.noExperts` or `.notStored`.
    public func storedEnsemble(
        count: Int?, replicate: Int?, name: String
    ) throws(AtomFileError) -> ExpertTrajectories {
        guard let experts else { throw .noExperts(name: name) }
        let all = [experts] + ensembles
        let wanted = (count ?? experts.ensembleCount, replicate ?? 0)
        guard let found = all.first(where: { ($0.ensembleCount, $0.replicate) == wanted }) else {
            let sizes = Dictionary(grouping: all, by: \.ensembleCount).mapValues { Set($0.map(\.replicate)).count }
            throw .notStored(name: name, count: wanted.0, replicate: wanted.1, replicates: sizes)
        }
        return found
    }
}
