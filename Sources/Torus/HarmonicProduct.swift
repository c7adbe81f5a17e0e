/// A product of named functions as a text says it: `cos(theta0)*sin(2*theta1)*x0`, and `1` for the empty product.
///
/// ```swift
/// let product = try HarmonicProduct("cos(theta0)*sin(2*theta1)")
/// product.factors    // [.harmonic(.cosine, multiple: 1, name: "theta0"), .harmonic(.sine, multiple: 2, name: "theta1")]
/// ```
public struct HarmonicProduct: Sendable, Equatable {
    /// One factor.
    public enum Factor: Sendable, Equatable {
        /// `cos(k·name)` or `sin(k·name)`.
        case harmonic(TrigonometricMonomial.Factor.Kind, multiple: Double, name: String)
        /// The named number itself.
        case value(name: String)

        /// The name that the factor depends on.
        public var name: String {
            switch self {
            case .harmonic(_, _, let name), .value(let name): name
            }
        }
    }

    /// The factors, in the order of the text.
    public let factors: [Factor]

    /// The product that a text says.
    ///
    /// - Throws: `HarmonicProductError` with the column of what was not understood.
    public init(_ text: String) throws {
        var parser = HarmonicProductParser(text)
        factors = try parser.product()
    }
}

/// Why a text is not a product of cosines, sines and names.
public struct HarmonicProductError: Error, Equatable, CustomStringConvertible {
    /// The whole text.
    public let text: String
    /// What stands where something else was expected.
    public let found: String
    /// Where, counted from 1.
    public let column: Int
    /// What was expected.
    public let expected: String

    /// What was found and what was expected.
    public var description: String { "found \(found) at column \(column) of '\(text)', expected \(expected)" }
}

/// Reads the text form of `HarmonicProduct`.
private struct HarmonicProductParser {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    mutating func product() throws -> [HarmonicProduct.Factor] {
        skipSpace()
        if isOne { return [] }
        var factors: [HarmonicProduct.Factor] = []
        while true {
            factors.append(try factor())
            skipSpace()
            guard current != nil else { return factors }
            try take("*", expected: "'*' or the end")
        }
    }

    private var isOne: Bool {
        current == "1" && scalars[(position + 1)...].allSatisfy(\.properties.isWhitespace)
    }

    private mutating func factor() throws -> HarmonicProduct.Factor {
        skipSpace()
        guard let name = name() else { throw refusal(expected: "cos(…), sin(…) or a name") }
        skipSpace()
        guard current == "(" else { return .value(name: name) }
        guard name == "cos" || name == "sin" else {
            throw refusal(expected: "'*' or the end: only cos and sin are known")
        }
        position += 1
        skipSpace()
        var multiple = 1.0
        if let sign = current, sign == "-" || sign == "−" {
            position += 1
            multiple = -1
            skipSpace()
        }
        if let number = try number() {
            multiple *= number
            skipSpace()
            try take("*", expected: "'*' and a name")
            skipSpace()
        }
        guard let angle = self.name() else {
            throw refusal(expected: "the name of an angle, or its multiple as in 2*theta0")
        }
        skipSpace()
        try take(")", expected: "')'")
        return .harmonic(name == "cos" ? .cosine : .sine, multiple: multiple, name: angle)
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func skipSpace() {
        while let scalar = current, scalar.properties.isWhitespace { position += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar, expected: String) throws {
        guard current == scalar else { throw refusal(expected: expected) }
        position += 1
    }

    /// A word of letters, digits and `_`, possibly with an index as in `theta[3]`.
    private mutating func name() -> String? {
        guard let first = current, first.properties.isAlphabetic || first == "_" else { return nil }
        var word = String.UnicodeScalarView()
        while let scalar = current, scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar) {
            word.append(scalar)
            position += 1
        }
        guard current == "[" else { return String(word) }
        let start = position
        var index = String.UnicodeScalarView()
        position += 1
        while let scalar = current, ("0"..."9").contains(scalar) {
            index.append(scalar)
            position += 1
        }
        guard !index.isEmpty, current == "]" else {
            position = start
            return String(word)
        }
        position += 1
        return "\(String(word))[\(String(index))]"
    }

    private mutating func number() throws -> Double? {
        let start = position
        while let scalar = current, ("0"..."9").contains(scalar) || scalar == "." { position += 1 }
        guard position > start else { return nil }
        var word = String.UnicodeScalarView()
        word.append(contentsOf: scalars[start..<position])
        guard let value = Double(String(word)), value.isFinite else {
            position = start
            throw refusal(expected: "a number")
        }
        return value
    }

    private func refusal(expected: String) -> HarmonicProductError {
        let found = current.map { "'\($0)'" } ?? "the end"
        return HarmonicProductError(text: text, found: found, column: position + 1, expected: expected)
    }
}
