import Foundation

/// Messages for the user.
enum StandardError {
    /// Writes a text. Where nobody can read it, on a full disk or when the terminal is gone, the work goes on.
    static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
