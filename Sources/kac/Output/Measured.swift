import Foundation

/// Numbers as a person reads them beside their uncertainty.
enum Measured {
    /// `0.01234(5)`: the value with its standard error in units of the last digit shown.
    static func text(_ value: Double, error: Double) -> String {
        guard value.isFinite else { return "-" }
        guard error.isFinite, error > 0 else { return error == 0 && value == 0 ? "0" : number(value) }
        // Two digits of the error; one that rounds up to 100 units is 10 of the next larger.
        var digits = max(0, 1 - Int(floor(log10(error))))
        if digits > 0, (error * pow(10, Double(digits))).rounded() >= 100 { digits -= 1 }
        guard digits <= 12, abs(value) < 1e6, error < 1e6 else { return "\(number(value)) ± \(number(error))" }
        let units = Int((error * pow(10, Double(digits))).rounded())
        return String(format: "%.\(digits)f", value) + "(\(units))"
    }

    /// Four significant digits.
    static func number(_ value: Double) -> String { value.isFinite ? String(format: "%.4g", value) : "-" }

    /// An exponent.
    static func exponent(_ value: Double) -> String { value.isFinite ? String(format: "%.3f", value) : "-" }

    /// A share in per cent.
    static func percent(_ share: Double?) -> String { share.map { String(format: "%.1f %%", 100 * $0) } ?? "-" }

    /// A time without needless digits.
    static func time(_ value: Double) -> String { String(format: "%.6g", value) }
}
