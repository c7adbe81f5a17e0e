/// A real combination of Pauli strings: a Hermitian observable by construction.
///
/// ```swift
/// let observable = try PauliSum("0.25 Z0 - 0.5 X1 Z2")
/// let same = try PauliSum(["Z0": 0.25, "X1 Z2": -0.5])
/// ```
public struct PauliSum: Sendable, Hashable {
    /// A Pauli string with its coefficient.
    public struct Term: Sendable, Hashable {
        /// The string.
        public let string: PauliString
        /// Its coefficient, finite.
        public let coefficient: Double

        /// A string with its coefficient.
        public init(_ string: PauliString, _ coefficient: Double) {
            self.string = string
            self.coefficient = coefficient
        }
    }

    /// The terms, ordered by their strings, every string once.
    public let terms: [Term]

    /// The sum of the given terms; equal strings are added.
    ///
    /// - Throws: `PauliSumError` when there is no term or a coefficient is not finite.
    public init(terms: [Term]) throws {
        guard !terms.isEmpty else { throw PauliSumError.empty }
        let sorted = terms.enumerated().sorted {
            ($0.element.string, $0.offset) < ($1.element.string, $1.offset)
        }
        var merged: [Term] = []
        for (_, term) in sorted {
            if let last = merged.last, last.string == term.string {
                merged[merged.count - 1] = Term(term.string, last.coefficient + term.coefficient)
            } else {
                merged.append(term)
            }
        }
        if let term = merged.first(where: { !$0.coefficient.isFinite }) {
            throw PauliSumError.notFinite("\(term.string)", term.coefficient)
        }
        let norm = merged.reduce(0) { $0 + abs($1.coefficient) }
        guard norm.isFinite else { throw PauliSumError.notFinite("the sum of all strings", norm) }
        self.terms = merged
    }

    /// The sum that a text says: terms such as `0.25 Z0`, `-X1 Z2`, `0.5*Z0*Y3`, `0.5 I`, joined by `+` and `-`.
    ///
    /// - Throws: `PauliSumError` with the column of what was not understood, for a qubit that repeats in a string or is
    ///   above 4095, and for a coefficient that is not finite.
    public init(_ text: String) throws {
        var parser = PauliSumParser(text)
        try self.init(terms: parser.sum())
    }

    /// The sum of strings such as `X1 Z2` with their coefficients.
    ///
    /// - Throws: `PauliSumError`, as for a text.
    public init(_ map: [String: Double]) throws {
        try self.init(
            terms: map.sorted { $0.key < $1.key }.map { text, coefficient in
                var parser = PauliSumParser(text)
                return Term(try parser.wholeString(), coefficient)
            })
    }

    /// `Σ|c_k|`, a bound of every expectation value.
    public var norm: Double { terms.reduce(0) { $0 + abs($1.coefficient) } }

    /// One past the last qubit that any string touches.
    public var width: Int { terms.reduce(0) { max($0, $1.string.width) } }
}

extension PauliSum: CustomStringConvertible {
    /// The text form, such as `0.25 Z0 - 0.5 X1 Z2`.
    public var description: String {
        var text = ""
        for term in terms {
            let isNegative = term.coefficient.sign == .minus
            text += text.isEmpty ? (isNegative ? "-" : "") : (isNegative ? " - " : " + ")
            text += "\(term.coefficient.magnitude) \(term.string)"
        }
        return text
    }
}

/// Why a text or a map is not an observable.
///
/// ```swift
/// try PauliSum("Z0 Z0")    // throws .repeatedQubit(0, in: "Z0 Z0")
/// ```
public enum PauliSumError: Error, Equatable, CustomStringConvertible {
    /// There is no term.
    case empty
    /// A coefficient is infinite or not a number.
    case notFinite(String, Double)
    /// A string names a qubit twice.
    case repeatedQubit(Int, in: String)
    /// A qubit's index is out of range.
    case qubitOutOfRange(String, in: String, largest: Int)
    /// Something else than a Pauli string stands at a column, counted from 1.
    case notUnderstood(found: String, column: Int, expected: String, in: String)

    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .empty: "the observable is empty, expected Pauli strings such as '0.5 Z0 + 0.5 Z1'"
        case .notFinite(let string, let value): "the coefficient of '\(string)' is \(value), expected a finite number"
        case .repeatedQubit(let qubit, let text):
            "found qubit \(qubit) twice in one Pauli string of '\(text)', expected each qubit at most once"
        case .qubitOutOfRange(let found, let text, let largest):
            "found qubit \(found) in '\(text)', expected 0 to \(largest)"
        case .notUnderstood(let found, let column, let expected, let text):
            "found \(found) at column \(column) of the observable '\(text)', expected \(expected)"
        }
    }
}
