import Foundation

/// Numbers as people write angles: `0.3`, `pi`, `-pi/2`, `2*pi`, `3*pi/4`.
enum AngleText {
    /// The number, or `nil` for any other text.
    static func number(_ text: String) -> Double? {
        var rest = Substring(text.trimmingCharacters(in: .whitespaces))
        var sign = 1.0
        if let first = rest.first, first == "-" || first == "+" {
            if first == "-" { sign = -1 }
            rest = rest.dropFirst()
        }
        var value: Double?
        var divides = false
        while true {
            let end = rest.firstIndex { $0 == "*" || $0 == "/" } ?? rest.endIndex
            let word = rest[..<end].trimmingCharacters(in: .whitespaces)
            guard let factor = word == "pi" || word == "π" ? Double.pi : unsigned(word) else { return nil }
            value = value.map { divides ? $0 / factor : $0 * factor } ?? factor
            guard end < rest.endIndex else { break }
            divides = rest[end] == "/"
            rest = rest[rest.index(after: end)...]
        }
        guard let value, value.isFinite else { return nil }
        return sign * value
    }

    /// A decimal number without a sign; `Double` alone would also take `nan`, `inf` and hexadecimals.
    private static func unsigned(_ word: String) -> Double? {
        guard let first = word.first, first.isNumber || first == ".", !word.lowercased().hasPrefix("0x") else {
            return nil
        }
        return Double(word)
    }
}
