import Experts

/// A circuit file of which no expert can be made.
struct CircuitRefusal: Error, CustomStringConvertible {
    let error: ExpertError
    /// The circuit's file.
    let file: String

    var description: String { error.description(file: file) }
}
