/// Reads the text forms of `PauliSum`.
struct PauliSumParser {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    /// A whole text of signed terms.
    mutating func sum() throws -> [PauliSum.Term] {
        var terms: [PauliSum.Term] = []
        skipSpace()
        guard current != nil else { throw PauliSumError.empty }
        var sign = readSign() ?? 1
        while true {
            skipSpace()
            let coefficient = try number()
            skipSpace()
            if coefficient != nil, current == "*" {
                position += 1
                skipSpace()
                guard let letter = current, "IXYZ".unicodeScalars.contains(letter) else {
                    throw refusal(expected: "a Pauli string such as 'X1 Z2' after '*'")
                }
            }
            let string = try pauliString(mayBeEmpty: coefficient != nil)
            terms.append(.init(string, sign * (coefficient ?? 1)))
            skipSpace()
            guard current != nil else { return terms }
            guard let next = readSign() else { throw refusal(expected: "X, Y or Z with a qubit, '+', '-' or the end") }
            sign = next
        }
    }

    /// A whole text that is one string without a coefficient.
    mutating func wholeString() throws -> PauliString {
        skipSpace()
        let string = try pauliString(mayBeEmpty: false)
        skipSpace()
        guard current == nil else { throw refusal(expected: "X, Y or Z with a qubit, or the end") }
        return string
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func skipSpace() {
        while let scalar = current, scalar.properties.isWhitespace { position += 1 }
    }

    private mutating func readSign() -> Double? {
        switch current {
        case "+":
            position += 1
            return 1
        case "-", "−":
            position += 1
            return -1
        default: return nil
        }
    }

    private mutating func digits() -> String {
        var found = ""
        while let scalar = current, ("0"..."9").contains(scalar) {
            found.unicodeScalars.append(scalar)
            position += 1
        }
        return found
    }

    private mutating func number() throws -> Double? {
        let start = position
        var found = digits()
        if current == "." {
            position += 1
            found += "." + digits()
        }
        guard found.contains(where: { $0 != "." }) else {
            position = start
            return nil
        }
        if current == "e" || current == "E" {
            position += 1
            found += "e"
            if current == "+" || current == "-" {
                found += current == "-" ? "-" : "+"
                position += 1
            }
            let exponent = digits()
            guard !exponent.isEmpty else { throw refusal(expected: "an exponent") }
            found += exponent
        }
        // Without a digit before or after the point, Double's own parser declines.
        if found.hasPrefix(".") { found = "0" + found }
        found = found.replacing(".e", with: ".0e")
        if found.hasSuffix(".") { found += "0" }
        guard let value = Double(found), value.isFinite else { throw PauliSumError.notFinite(text, .infinity) }
        return value
    }

    private mutating func pauliString(mayBeEmpty: Bool) throws -> PauliString {
        var (flips, signs): (Set<Int>, Set<Int>) = ([], [])
        var isEmpty = true
        while let letter = current, "IXYZ".unicodeScalars.contains(letter) {
            let letterPosition = position
            position += 1
            let index = digits()
            if letter == "I", index.isEmpty {
                guard isEmpty else {
                    position = letterPosition
                    throw refusal(expected: "the identity I alone")
                }
                return .identity
            }
            guard !index.isEmpty else { throw refusal(expected: "the index of a qubit, as in \(letter)0") }
            guard let qubit = Int(index), qubit < OpenQASMReader.largestQubitCount else {
                throw PauliSumError.qubitOutOfRange(index, in: text, largest: OpenQASMReader.largestQubitCount - 1)
            }
            guard letter != "I" else {
                position = letterPosition
                throw refusal(expected: "X, Y or Z (leave out qubits with the identity)")
            }
            guard !flips.contains(qubit), !signs.contains(qubit) else {
                throw PauliSumError.repeatedQubit(qubit, in: text)
            }
            if letter != "Z" { flips.insert(qubit) }
            if letter != "X" { signs.insert(qubit) }
            isEmpty = false
            skipSpace()
            guard current == "*" else { continue }
            position += 1
            skipSpace()
            guard let next = current, "XYZ".unicodeScalars.contains(next) else {
                throw refusal(expected: "X, Y or Z with a qubit after '*'")
            }
        }
        if isEmpty, !mayBeEmpty { throw refusal(expected: "a Pauli string such as 'X1 Z2'") }
        return PauliString(flipping: flips, signing: signs)
    }

    private func refusal(expected: String) -> PauliSumError {
        let found = current.map { "'\($0)'" } ?? "the end"
        return .notUnderstood(found: found, column: position + 1, expected: expected, in: text)
    }
}
