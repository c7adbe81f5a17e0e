/// A word of an OpenQASM text and its place.
struct OpenQASMToken {
    enum Kind {
        case identifier
        case integer
        case real
        case string
        /// `$3`: the qubit 3 of a device.
        case hardwareQubit
        case symbol
        case end
    }

    let kind: Kind
    let text: String
    let line: Int
    let column: Int

    /// How an error message names it.
    var shown: String {
        switch kind {
        case .end: "the end of the file"
        case .string: "the string \"\(text.prefix(40))\""
        default: "'\(text.prefix(40))'"
        }
    }
}

/// Splits an OpenQASM text into tokens; comments and white space are left out.
struct OpenQASMLexer {
    private let scalars: [Unicode.Scalar]
    private let file: String?
    private var position = 0
    private var line = 1
    private var column = 1

    init(_ source: String, file: String?) {
        scalars = Array(source.unicodeScalars)
        self.file = file
        if scalars.first == "\u{FEFF}" { position = 1 }
    }

    /// All tokens, the last one being the end, and what stopped the lexer before the end of the text.
    ///
    /// The parser throws the failure where it gets there, so that the first error of a file is the one that is shown.
    mutating func tokens() -> (tokens: [OpenQASMToken], failure: OpenQASMError?) {
        var tokens: [OpenQASMToken] = []
        do throws(OpenQASMError) {
            while true {
                try skipSpaceAndComments()
                let token = try next()
                tokens.append(token)
                if token.kind == .end { return (tokens, nil) }
            }
        } catch {
            tokens.append(OpenQASMToken(kind: .end, text: "", line: error.line, column: error.column))
            return (tokens, error)
        }
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    private mutating func advance() {
        if scalars[position] == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        position += 1
    }

    private mutating func skipSpaceAndComments() throws(OpenQASMError) {
        while let scalar = peek() {
            if Self.isSpace(scalar) {
                advance()
            } else if scalar == "/", peek(1) == "/" {
                while let scalar = peek(), scalar != "\n" { advance() }
            } else if scalar == "/", peek(1) == "*" {
                let (startLine, startColumn) = (line, column)
                advance()
                advance()
                while !(peek() == "*" && peek(1) == "/") {
                    guard peek() != nil else {
                        throw OpenQASMError(
                            file: file, line: startLine, column: startColumn, found: "a comment without an end",
                            expected: "'*/' before the end of the file")
                    }
                    advance()
                }
                advance()
                advance()
            } else {
                return
            }
        }
    }

    private mutating func next() throws(OpenQASMError) -> OpenQASMToken {
        let (startLine, startColumn) = (line, column)
        func token(_ kind: OpenQASMToken.Kind, _ text: String) -> OpenQASMToken {
            OpenQASMToken(kind: kind, text: text, line: startLine, column: startColumn)
        }
        func refusal(_ found: String, _ expected: String) -> OpenQASMError {
            OpenQASMError(file: file, line: startLine, column: startColumn, found: found, expected: expected)
        }
        guard let scalar = peek() else { return token(.end, "") }
        if Self.startsIdentifier(scalar) {
            return token(.identifier, take { Self.continuesIdentifier($0) })
        }
        if Self.isDigit(scalar) || scalar == "." && peek(1).map(Self.isDigit) == true {
            let (text, isReal) = number()
            if let after = peek(), Self.startsIdentifier(after) {
                let rest = take { Self.continuesIdentifier($0) }
                throw refusal(
                    "the number '\((text + rest).prefix(40))'", "a decimal number without a unit, such as 3 or 0.5e-2")
            }
            return token(isReal ? .real : .integer, text.replacing("_", with: ""))
        }
        if scalar == "$", peek(1).map(Self.isDigit) == true {
            advance()
            return token(.hardwareQubit, "$" + take(while: Self.isDigit))
        }
        if scalar == "\"" || scalar == "'" {
            advance()
            let text = take { $0 != scalar && $0 != "\n" }
            guard peek() == scalar else { throw refusal("a string without an end", "a closing quotation mark") }
            advance()
            return token(.string, text)
        }
        if let second = peek(1), let symbol = Self.symbols.first(where: { $0.0 == scalar && $0.1 == second })?.2 {
            advance()
            advance()
            return token(.symbol, symbol)
        }
        guard scalar.isASCII, scalar.value > 32, scalar.value < 127 else {
            let code = String(scalar.value, radix: 16, uppercase: true)
            throw refusal(
                "the character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)", "OpenQASM 3")
        }
        advance()
        return token(.symbol, String(Character(scalar)))
    }

    private mutating func take(while condition: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek(), condition(scalar) {
            text.append(scalar)
            advance()
        }
        return String(text)
    }

    private mutating func number() -> (text: String, isReal: Bool) {
        var text = take { Self.isDigit($0) || $0 == "_" }
        var isReal = false
        if peek() == "." {
            isReal = true
            advance()
            let fraction = take { Self.isDigit($0) || $0 == "_" }
            text = (text.isEmpty ? "0" : text) + "." + (fraction.isEmpty ? "0" : fraction)
        }
        if peek() == "e" || peek() == "E" {
            let hasSign = peek(1) == "+" || peek(1) == "-"
            if peek(hasSign ? 2 : 1).map(Self.isDigit) == true {
                isReal = true
                text += "e"
                advance()
                if hasSign {
                    text += peek() == "-" ? "-" : "+"
                    advance()
                }
                text += take { Self.isDigit($0) || $0 == "_" }
            }
        }
        return (text, isReal)
    }

    /// The symbols of two characters.
    private static let symbols: [(Unicode.Scalar, Unicode.Scalar, String)] = [
        ("*", "*", "**"), ("+", "+", "++"), ("-", ">", "->"), ("=", "=", "=="), ("+", "=", "+="), ("-", "=", "-="),
        ("*", "=", "*="), ("/", "=", "/="),
    ]

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func startsIdentifier(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || scalar == "_" || !scalar.isASCII && scalar.properties.isIDStart
    }

    private static func continuesIdentifier(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || isDigit(scalar) || scalar == "_" || !scalar.isASCII && scalar.properties.isIDContinue
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    /// Spaces, tabs, ends of lines and what Unicode has besides.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || (9...13).contains(scalar.value) || !scalar.isASCII && scalar.properties.isWhitespace
    }
}
