/// Recursive descent over the tokens of an OpenQASM text; see `OpenQASMReader`.
struct OpenQASMParser {
    /// A gate that the file or `stdgates.inc` defines, in gates of the set; qubits and inputs are its formal ones.
    struct Definition {
        let angleCount: Int
        let qubitCount: Int
        let body: [Circuit.Instruction]
    }

    /// What names mean at a place.
    struct Scope {
        /// Angles by name: formal ones in a gate's body.
        var angles: [String: Int] = [:]
        /// Qubits by name: formal ones in a gate's body.
        var qubits: [String: Int] = [:]
        /// The gate whose body it is.
        var gate: String?
    }

    private let tokens: [OpenQASMToken]
    private let failure: OpenQASMError?
    private let file: String?
    private var position = 0
    private var includesStandardGates = false
    private var definitions: [String: Definition] = [:]
    private var registers: [String: Range<Int>] = [:]
    private var qubitCount = 0
    /// Whether qubits are those of a device, `$0`, `$1`, …, which need no declaration.
    private var usesHardwareQubits = false
    private(set) var inputs: [Circuit.Input] = []
    /// Inputs by name; a scalar has no range.
    private(set) var inputIndices: [String: (first: Int, count: Int?)] = [:]
    private var expansion = 0

    init(_ tokens: [OpenQASMToken], failure: OpenQASMError?, file: String?) {
        self.tokens = tokens
        self.failure = failure
        self.file = file
    }

    /// The whole text.
    mutating func circuit() throws -> Circuit {
        var instructions: [Circuit.Instruction] = []
        if current.text == "OPENQASM", current.kind == .identifier { try version() }
        while current.kind != .end { try statement(&instructions) }
        if let failure { throw failure }
        guard qubitCount > 0 else { throw refusal("a declaration of qubits, such as 'qubit[2] q;'") }
        return try Circuit(qubitCount: qubitCount, inputs: inputs, instructions: instructions)
    }

    // MARK: Tokens

    var current: OpenQASMToken { tokens[position] }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    func refusal(_ expected: String, at token: OpenQASMToken? = nil, found: String? = nil) -> OpenQASMError {
        let token = token ?? current
        if token.kind == .end, let failure { return failure }
        return OpenQASMError(
            file: file, line: token.line, column: token.column, found: found ?? token.shown, expected: expected)
    }

    func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol && current.text == symbol }

    mutating func accept(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String, _ context: String) throws {
        guard accept(symbol) else { throw refusal("'\(symbol)' \(context)") }
    }

    /// A whole number from `range`.
    mutating func integer(_ range: ClosedRange<Int>, _ meaning: String) throws -> Int {
        let token = current
        guard token.kind == .integer else { throw refusal("\(meaning), a whole number") }
        guard let value = Int(token.text), range.contains(value) else {
            throw refusal("\(meaning) from \(range.lowerBound) to \(range.upperBound)")
        }
        advance()
        return value
    }

    /// A fresh name.
    private mutating func name(_ meaning: String) throws -> OpenQASMToken {
        let token = current
        guard token.kind == .identifier else { throw refusal("\(meaning)") }
        guard !OpenQASMVocabulary.reserved.contains(token.text) else {
            throw refusal("\(meaning) that is not a word of the language")
        }
        advance()
        return token
    }

    // MARK: Statements

    private mutating func version() throws {
        advance()
        guard ["3", "3.0", "3.1"].contains(current.text), current.kind != .string else {
            throw refusal("version 3, 3.0 or 3.1; convert older files, e.g. with Qiskit's qasm3.dumps")
        }
        advance()
        try expect(";", "after the version")
    }

    private mutating func statement(_ instructions: inout [Circuit.Instruction]) throws {
        let token = current
        guard token.kind == .identifier else {
            if token.text == "#" { throw refusal("no pragma; leave it out") }
            if token.text == "@" { throw refusal("no annotation; leave it out") }
            throw refusal("a statement: input, qubit, gate or the name of a gate")
        }
        switch token.text {
        case "OPENQASM": throw refusal("the version only once, at the top of the file")
        case "include": try include()
        case "input": try input()
        case "qubit": try qubits()
        case "gate": try definition()
        default: try operation(Scope(), &instructions)
        }
    }

    private mutating func include() throws {
        advance()
        guard current.kind == .string, current.text == "stdgates.inc" else {
            throw refusal("\"stdgates.inc\"; other files cannot be included, copy their gate definitions here")
        }
        if let name = definitions.keys.filter(OpenQASMVocabulary.standardGates.contains).min() {
            throw refusal("no definition of '\(name)' before, as stdgates.inc defines it")
        }
        advance()
        includesStandardGates = true
        try expect(";", "after the include")
    }

    private mutating func input() throws {
        advance()
        let type = current
        guard type.kind == .identifier else { throw refusal("a type: float, angle or array") }
        switch type.text {
        case "float", "angle":
            try scalarType()
            let name = try inputName()
            try declare(name, count: nil)
        case "array":
            advance()
            try expect("[", "with a type and a length, as in 'array[float[64], 8]'")
            try scalarType()
            try expect(",", "and the array's length")
            let count = try integer(1...OpenQASMReader.largestInputCount, "an array's length")
            guard !isSymbol(",") else { throw refusal("']': only arrays of one dimension are read") }
            try expect("]", "after the array's length")
            let name = try inputName()
            try declare(name, count: count)
        default: throw refusal("float, angle or array[float[64], n]: inputs are angles")
        }
        try expect(";", "after the input's name")
    }

    private mutating func scalarType() throws {
        guard current.kind == .identifier, current.text == "float" || current.text == "angle" else {
            throw refusal("float or angle: inputs are angles")
        }
        advance()
        if accept("[") {
            _ = try integer(1...Int(Int32.max), "a width in bits")
            try expect("]", "after the width")
        }
    }

    private mutating func inputName() throws -> OpenQASMToken {
        let token = try name("the input's name")
        guard inputIndices[token.text] == nil, registers[token.text] == nil else {
            throw refusal("a name that is not yet in use", at: token)
        }
        return token
    }

    private mutating func declare(_ name: OpenQASMToken, count: Int?) throws {
        guard inputs.count + (count ?? 1) <= OpenQASMReader.largestInputCount else {
            throw refusal("at most \(OpenQASMReader.largestInputCount) inputs in all", at: name)
        }
        inputIndices[name.text] = (inputs.count, count)
        if let count {
            inputs += (0..<count).map { Circuit.Input("\(name.text)[\($0)]", array: name.text) }
        } else {
            inputs.append(Circuit.Input(name.text))
        }
    }

    private mutating func qubits() throws {
        guard !usesHardwareQubits else { throw refusal("no register beside qubits such as $0") }
        advance()
        var count = 1
        if accept("[") {
            count = try integer(1...OpenQASMReader.largestQubitCount, "a number of qubits")
            try expect("]", "after the number of qubits")
        }
        let token = try name("the register's name")
        guard inputIndices[token.text] == nil, registers[token.text] == nil else {
            throw refusal("a name that is not yet in use", at: token)
        }
        guard qubitCount + count <= OpenQASMReader.largestQubitCount else {
            throw refusal("at most \(OpenQASMReader.largestQubitCount) qubits in all", at: token)
        }
        registers[token.text] = qubitCount..<qubitCount + count
        qubitCount += count
        try expect(";", "after the register's name")
    }

    private mutating func definition() throws {
        advance()
        let name = try name("the gate's name")
        guard definitions[name.text] == nil else {
            throw refusal("a name of its own: a gate is defined only once", at: name)
        }
        guard !includesStandardGates || !OpenQASMVocabulary.standardGates.contains(name.text) else {
            throw refusal("another name, as stdgates.inc defines '\(name.text)'", at: name)
        }
        var scope = Scope(gate: name.text)
        if accept("(") {
            if !isSymbol(")") { scope.angles = try formals("an angle's name", apartFrom: [:]) }
            try expect(")", "after the gate's angles")
        }
        scope.qubits = try formals("a qubit's name", apartFrom: scope.angles)
        try expect("{", "and the gate's body")
        var body: [Circuit.Instruction] = []
        while !isSymbol("}") {
            guard current.kind == .identifier else { throw refusal("a gate, or '}' at the end of the body") }
            if ["gate", "input", "qubit", "include", "OPENQASM"].contains(current.text) {
                throw refusal("a gate, or '}' at the end of the body")
            }
            try operation(scope, &body)
        }
        advance()
        definitions[name.text] = Definition(
            angleCount: scope.angles.count, qubitCount: scope.qubits.count, body: body)
    }

    private mutating func formals(_ meaning: String, apartFrom others: [String: Int]) throws -> [String: Int] {
        var formals: [String: Int] = [:]
        repeat {
            let token = try name(meaning)
            guard formals[token.text] == nil, others[token.text] == nil else {
                throw refusal("names that differ", at: token)
            }
            formals[token.text] = formals.count
        } while accept(",")
        return formals
    }

    // MARK: Gates

    /// A gate on qubits, `barrier` or `gphase`.
    private mutating func operation(_ scope: Scope, _ instructions: inout [Circuit.Instruction]) throws {
        let token = current
        if token.text == "barrier" {
            advance()
            if !isSymbol(";") { _ = try operands(scope) }
            return try expect(";", "after the barrier")
        }
        if let advice = OpenQASMVocabulary.refusedStatements[token.text] { throw refusal(advice) }
        advance()
        var angles: [AffineAngle] = []
        let hasAngles = isSymbol("(")
        if token.text == "gphase" {
            guard hasAngles else { throw refusal("'(' and the phase") }
        } else {
            try requireGate(token, scope)
        }
        if accept("(") {
            if !isSymbol(")") {
                repeat { angles.append(try angle(scope)) } while accept(",")
            }
            try expect(")", "after the angles")
        }
        if token.text == "gphase" {
            guard angles.count == 1 else { throw refusal("one phase", at: token, found: "\(angles.count) phases") }
            return try expect(";", "after the global phase")
        }
        let places = try operands(scope)
        try expect(";", "after the qubits")
        try append(token, angles, places, &instructions)
    }

    /// The file's own definition of a gate, otherwise that of `stdgates.inc`.
    private func definition(of name: String) -> Definition? {
        definitions[name] ?? OpenQASMVocabulary.products[name]
    }

    private func requireGate(_ token: OpenQASMToken, _ scope: Scope) throws {
        let name = token.text
        if name == scope.gate {
            throw refusal("a gate defined before: a definition cannot use itself", at: token)
        }
        if definition(of: name) != nil || OpenQASMVocabulary.gates[name] != nil { return }
        if isSymbol("=") || isSymbol("+=") || isSymbol("-=") || isSymbol("*=") || isSymbol("/=") {
            throw refusal("no assignment: the angles may be computed in place", at: token)
        }
        if OpenQASMVocabulary.refusedGates.contains(name) {
            throw refusal(
                "a gate of the subset; write it with those, e.g. by Qiskit's transpile with basis_gates=['rz', 'sx', 'cx']",
                at: token, found: "the gate '\(name)'")
        }
        let vocabulary = Array(OpenQASMVocabulary.gates.keys) + Array(OpenQASMVocabulary.products.keys)
        let known = vocabulary + Array(definitions.keys)
        let nearest = NearestName.of(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw refusal(
            "a gate of the subset or one defined before\(nearest)", at: token,
            found: "the unknown gate '\(name.prefix(40))'")
    }

    /// One operand: its qubits, and whether it is a whole register.
    private struct Operand {
        let qubits: Range<Int>
        let isRegister: Bool
        let token: OpenQASMToken
    }

    private mutating func operands(_ scope: Scope) throws -> [Operand] {
        var operands: [Operand] = []
        repeat {
            let token = current
            if token.kind == .hardwareQubit, scope.gate == nil {
                operands.append(try hardwareQubit())
                continue
            }
            guard token.kind == .identifier else {
                throw refusal(
                    scope.gate == nil ? "a qubit of a register, such as q[0]" : "the name of one of the gate's qubits")
            }
            advance()
            if scope.gate != nil {
                guard let qubit = scope.qubits[token.text] else {
                    throw refusal("the name of one of the gate's qubits", at: token)
                }
                guard !isSymbol("[") else { throw refusal("a qubit's name alone: inside a gate it is one qubit") }
                operands.append(Operand(qubits: qubit..<qubit + 1, isRegister: false, token: token))
                continue
            }
            guard let register = registers[token.text] else {
                let nearest = NearestName.of(token.text, among: registers.keys).map { "; did you mean '\($0)'?" } ?? ""
                throw refusal("a qubit of a register declared before\(nearest)", at: token)
            }
            if accept("[") {
                let index = try integer(0...register.count - 1, "an index of '\(token.text)'")
                guard !isSymbol(":"), !isSymbol(",") else { throw refusal("']': one qubit at a time") }
                try expect("]", "after the qubit's index")
                let qubit = register.lowerBound + index
                operands.append(Operand(qubits: qubit..<qubit + 1, isRegister: false, token: token))
            } else {
                operands.append(Operand(qubits: register, isRegister: register.count > 1, token: token))
            }
        } while accept(",")
        return operands
    }

    /// A qubit of a device: the circuit has as many qubits as the largest one says.
    private mutating func hardwareQubit() throws -> Operand {
        let token = current
        guard registers.isEmpty else { throw refusal("a qubit of a register, such as q[0], as registers are declared") }
        guard let index = Int(token.text.dropFirst()), index < OpenQASMReader.largestQubitCount else {
            throw refusal("a qubit from $0 to $\(OpenQASMReader.largestQubitCount - 1)")
        }
        advance()
        usesHardwareQubits = true
        qubitCount = max(qubitCount, index + 1)
        return Operand(qubits: index..<index + 1, isRegister: false, token: token)
    }

    /// Appends a gate, once or for every qubit of the registers that it is given.
    private mutating func append(
        _ token: OpenQASMToken, _ angles: [AffineAngle], _ operands: [Operand],
        _ instructions: inout [Circuit.Instruction]
    ) throws {
        let definition = definition(of: token.text)
        let builtIn = OpenQASMVocabulary.gates[token.text]
        let angleCount = definition?.angleCount ?? builtIn?.angleCount ?? 0
        let count = definition?.qubitCount ?? builtIn?.gate.qubitCount ?? 0
        guard angles.count == angleCount else {
            throw refusal(
                "\(angleCount) for the gate '\(token.text)'", at: token,
                found: angles.count == 1 ? "1 angle" : "\(angles.count) angles")
        }
        guard operands.count == count else {
            throw refusal(
                "\(count) for the gate '\(token.text)'", at: token,
                found: operands.count == 1 ? "1 qubit" : "\(operands.count) qubits")
        }
        var repeats = 1
        if let register = operands.first(where: \.isRegister) {
            repeats = register.qubits.count
            for other in operands where other.isRegister && other.qubits.count != repeats {
                throw refusal(
                    "registers of one size in one gate", at: other.token,
                    found: "'\(other.token.text)' with \(other.qubits.count) qubits beside \(repeats)")
            }
        }
        for step in 0..<repeats {
            let qubits = operands.map { $0.isRegister ? $0.qubits.lowerBound + step : $0.qubits.lowerBound }
            for (index, qubit) in qubits.enumerated() where qubits[..<index].contains(qubit) {
                throw refusal(
                    "different qubits in one gate", at: operands[index].token,
                    found: "the same qubit twice in '\(token.text)'")
            }
            if let definition {
                for inner in definition.body {
                    try append(
                        Circuit.Instruction(
                            inner.gate, qubits: inner.qubits.map { qubits[$0] },
                            angles: inner.angles.map { $0.substituting(angles) }, line: token.line,
                            column: token.column, definition: token.text),
                        at: token, &instructions)
                }
            } else if let builtIn {
                let leading = builtIn.leading.map { AffineAngle(constant: $0) }
                try append(
                    Circuit.Instruction(
                        builtIn.gate, qubits: qubits, angles: leading + angles, line: token.line, column: token.column),
                    at: token, &instructions)
            }
        }
    }

    private mutating func append(
        _ instruction: Circuit.Instruction, at token: OpenQASMToken, _ instructions: inout [Circuit.Instruction]
    ) throws {
        for angle in instruction.angles {
            guard angle.isFinite else {
                throw refusal("a finite number", at: token, found: "an angle of '\(token.text)' that overflows")
            }
            guard angle.terms.count <= Self.largestTermCount else {
                throw refusal("at most \(Self.largestTermCount) inputs in one angle", at: token)
            }
        }
        expansion += 1 + instruction.angles.reduce(0) { $0 + $1.terms.count }
        guard expansion <= OpenQASMReader.largestExpansion else {
            throw refusal(
                "a circuit of at most \(OpenQASMReader.largestExpansion) gates and inputs in angles", at: token)
        }
        instructions.append(instruction)
    }

    /// The most inputs in one angle.
    static let largestTermCount = 1024
}
