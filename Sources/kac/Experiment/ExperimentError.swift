/// What is wrong in an experiment file or in a `--set` option, and where.
struct ExperimentError: Error, CustomStringConvertible {
    /// The file, or `--set`.
    let source: String
    /// The line, counted from 1, when it is known.
    let line: Int?
    /// The key, as a path such as `particles.counts`; empty for the whole file.
    let key: String
    /// What was found, what was expected, what to do.
    let problem: String

    var description: String {
        let place = line.map { "\(source):\($0)" } ?? source
        return key.isEmpty ? "\(place): \(problem)" : "\(place): \(key): \(problem)"
    }
}

/// A file that an experiment needs does not exist or cannot be read.
struct MissingInput: Error, CustomStringConvertible {
    let path: String
    /// What the file is wanted for, such as `the experiment`.
    let role: String

    var description: String { "\(path): cannot read \(role): check the path and the permissions" }
}
