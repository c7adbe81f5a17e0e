/// Arithmetic in angles, affine in the inputs.
extension OpenQASMParser {
    /// Nesting of parentheses and signs beyond which an expression is refused: it bounds the stack.
    private static let deepestNesting = 100

    /// A value of the arithmetic.
    private struct Value {
        var angle: AffineAngle
        /// The value, when it is a whole number by type: divisions of such are refused unless they are exact, as
        /// OpenQASM would drop the remainder.
        var integer: Int?

        var isConstant: Bool { angle.terms.isEmpty }
    }

    /// An angle.
    mutating func angle(_ scope: Scope) throws -> AffineAngle {
        try sum(scope, depth: 0).angle
    }

    private mutating func sum(_ scope: Scope, depth: Int) throws -> Value {
        var result = try product(scope, depth: depth)
        while isSymbol("+") || isSymbol("-") {
            let sign = current
            advance()
            let next = try product(scope, depth: depth)
            let isMinus = sign.text == "-"
            result.angle = result.angle + (isMinus ? -1 : 1) * next.angle
            result.integer = combine(result.integer, next.integer) {
                isMinus ? $0.subtractingReportingOverflow($1) : $0.addingReportingOverflow($1)
            }
            try check(result, at: sign)
        }
        return result
    }

    private mutating func product(_ scope: Scope, depth: Int) throws -> Value {
        var result = try unary(scope, depth: depth)
        while true {
            let operation = current
            if isSymbol("*") {
                advance()
                let next = try unary(scope, depth: depth)
                guard result.isConstant || next.isConstant else {
                    throw refusal(
                        "an angle that is affine in the inputs", at: operation, found: "a product of two inputs")
                }
                let integer = combine(result.integer, next.integer) { $0.multipliedReportingOverflow(by: $1) }
                result.angle =
                    result.isConstant
                    ? result.angle.constant * next.angle : next.angle.constant * result.angle
                result.integer = integer
                try check(result, at: operation)
            } else if isSymbol("/") {
                advance()
                let next = try unary(scope, depth: depth)
                guard next.isConstant else {
                    throw refusal(
                        "an angle that is affine in the inputs", at: operation, found: "a division by an input")
                }
                let divisor = next.angle.constant
                guard divisor != 0 else {
                    throw refusal("a divisor that is not zero", at: operation, found: "a division by zero")
                }
                if let a = result.integer, let b = next.integer {
                    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
                    guard remainder == 0 else {
                        throw refusal(
                            "a decimal point, as in '\(a).0/\(b)': OpenQASM drops the remainder of a division of integers",
                            at: operation, found: "the integer division \(a)/\(b)")
                    }
                    result = Value(angle: AffineAngle(constant: Double(quotient)), integer: quotient)
                } else {
                    result.angle = AffineAngle(
                        constant: result.angle.constant / divisor,
                        terms: result.angle.terms.map { .init(input: $0.input, factor: $0.factor / divisor) })
                    result.integer = nil
                }
                try check(result, at: operation)
            } else if isSymbol("**") || isSymbol("%") {
                throw refusal("one of + - * / : angles are affine in the inputs")
            } else {
                return result
            }
        }
    }

    private mutating func unary(_ scope: Scope, depth: Int) throws -> Value {
        guard depth < Self.deepestNesting else {
            throw refusal("at most \(Self.deepestNesting) parentheses and signs inside one another")
        }
        if accept("-") {
            let value = try unary(scope, depth: depth + 1)
            return Value(
                angle: -1 * value.angle, integer: combine(0, value.integer) { $0.subtractingReportingOverflow($1) })
        }
        if accept("(") {
            let value = try sum(scope, depth: depth + 1)
            try expect(")", "to close the parenthesis")
            return value
        }
        return try primary(scope)
    }

    private mutating func primary(_ scope: Scope) throws -> Value {
        let token = current
        switch token.kind {
        case .integer, .real:
            guard let value = Double(token.text), value.isFinite else { throw refusal("a finite number") }
            advance()
            // Beyond 2^53 a Double does not hold every integer.
            let integer = token.kind == .integer ? Int(token.text).flatMap { abs($0) <= 1 << 53 ? $0 : nil } : nil
            guard token.kind == .real || integer != nil else {
                throw refusal("an integer up to 2^53, or a decimal point", at: token)
            }
            return Value(angle: AffineAngle(constant: value), integer: integer)
        case .identifier:
            advance()
            if let formal = scope.angles[token.text] { return Value(angle: .input(formal)) }
            if let constant = OpenQASMVocabulary.constants[token.text] {
                return Value(angle: AffineAngle(constant: constant))
            }
            if isSymbol("(") {
                throw refusal(
                    "numbers, pi and inputs with + - * / : angles are affine in the inputs", at: token,
                    found: "the function '\(token.text.prefix(40))'")
            }
            guard let (first, count) = inputIndices[token.text] else {
                let names = scope.gate == nil ? Array(inputIndices.keys) : Array(scope.angles.keys)
                let nearest = NearestName.of(token.text, among: names).map { "; did you mean '\($0)'?" } ?? ""
                let expected = scope.gate == nil ? "an input declared before" : "one of the gate's angles"
                throw refusal("\(expected), a number or pi\(nearest)", at: token)
            }
            guard scope.gate == nil else {
                throw refusal("one of the gate's angles: inputs are not seen inside a gate, pass them to it", at: token)
            }
            guard let count else {
                guard !isSymbol("[") else {
                    throw refusal("no index: the input '\(token.text.prefix(40))' is not an array")
                }
                return Value(angle: .input(first))
            }
            try expect("[", "and an index: the input '\(token.text.prefix(40))' is an array")
            let index = try integer(0...count - 1, "an index of '\(token.text)'")
            try expect("]", "after the index")
            return Value(angle: .input(first + index))
        default: throw refusal("an angle: numbers, pi and inputs with + - * /")
        }
    }

    private func check(_ value: Value, at token: OpenQASMToken) throws {
        guard value.angle.isFinite else {
            throw refusal("a finite number", at: token, found: "a result that overflows")
        }
        guard value.angle.terms.count <= Self.largestTermCount else {
            throw refusal("at most \(Self.largestTermCount) inputs in one angle", at: token)
        }
    }

    private func combine(_ a: Int?, _ b: Int?, _ operation: (Int, Int) -> (partialValue: Int, overflow: Bool)) -> Int? {
        guard let a, let b else { return nil }
        let (value, overflow) = operation(a, b)
        return overflow || value.magnitude > 1 << 53 ? nil : value
    }
}
