/// The words of OpenQASM 3 that the reader knows.
enum OpenQASMVocabulary {
    /// A gate that needs no definition.
    struct BuiltIn {
        let gate: Gate
        /// Angles before those that the file gives.
        var leading: [Double] = []

        var angleCount: Int { gate.angleCount - leading.count }
    }

    /// Gates by the names of the language, of `stdgates.inc` and of Qiskit.
    static let gates: [String: BuiltIn] = {
        var gates: [String: BuiltIn] = [:]
        for gate in Gate.allCases { gates[gate.rawValue] = BuiltIn(gate: gate) }
        gates["U"] = BuiltIn(gate: .u)
        gates["u3"] = BuiltIn(gate: .u)
        gates["u2"] = BuiltIn(gate: .u, leading: [.pi / 2])
        gates["u1"] = BuiltIn(gate: .p)
        gates["phase"] = BuiltIn(gate: .p)
        gates["cphase"] = BuiltIn(gate: .cp)
        gates["CX"] = BuiltIn(gate: .cx)
        return gates
    }()

    /// Gates of `stdgates.inc` that are products of gates of the set, phases included; qubits and inputs are the formal ones.
    static let products: [String: OpenQASMParser.Definition] = {
        func gate(_ gate: Gate, _ qubits: Int..., by angles: AffineAngle...) -> Circuit.Instruction {
            Circuit.Instruction(gate, qubits: qubits, angles: angles)
        }
        func turn(_ angle: Double) -> AffineAngle { AffineAngle(constant: angle) }
        // The square of cp(π/2) is cz: Barenco et al., Phys. Rev. A 52, 3457 (1995), lemma 6.1.
        func toffoli(_ a: Int, _ b: Int, _ c: Int) -> [Circuit.Instruction] {
            [
                gate(.h, c), gate(.cp, b, c, by: turn(.pi / 2)), gate(.cx, a, b), gate(.cp, b, c, by: turn(-.pi / 2)),
                gate(.cx, a, b), gate(.cp, a, c, by: turn(.pi / 2)), gate(.h, c),
            ]
        }
        return [
            // H is Z, turned by π/4 about Y.
            "ch": .init(
                angleCount: 0, qubitCount: 2,
                body: [gate(.ry, 1, by: turn(-.pi / 4)), gate(.cz, 0, 1), gate(.ry, 1, by: turn(.pi / 4))]),
            "ccx": .init(angleCount: 0, qubitCount: 3, body: toffoli(0, 1, 2)),
            "cswap": .init(
                angleCount: 0, qubitCount: 3, body: [gate(.cx, 2, 1)] + toffoli(0, 1, 2) + [gate(.cx, 2, 1)]),
            // e^{iγ} U(θ, φ, λ) is e^{iγ} P(φ) RY(θ) P(λ).
            "cu": .init(
                angleCount: 4, qubitCount: 2,
                body: [
                    gate(.p, 0, by: .input(3)), gate(.cp, 0, 1, by: .input(2)), gate(.cry, 0, 1, by: .input(0)),
                    gate(.cp, 0, 1, by: .input(1)),
                ]),
        ]
    }()

    /// The gates that `stdgates.inc` defines, which a file that includes it may not define again.
    static let standardGates: Set<String> = [
        "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz", "cp", "crx", "cry",
        "crz", "ch", "swap", "ccx", "cswap", "cu", "CX", "phase", "cphase", "id", "u1", "u2", "u3",
    ]

    /// Known gates outside the subset.
    static let refusedGates: Set<String> = [
        "cu1", "cu3", "csx", "cs", "csdg", "sxdg", "iswap", "ecr", "dcx", "rccx", "rcccx",
        "c3x", "c4x", "mcx", "ccz", "rzx", "r", "xx_plus_yy", "xx_minus_yy", "u0", "cnot", "toffoli",
    ]

    static let constants: [String: Double] = [
        "pi": .pi, "π": .pi, "tau": 2 * .pi, "τ": 2 * .pi, "euler": 2.718281828459045, "ℇ": 2.718281828459045,
    ]

    /// Statements outside the subset, and what to do instead.
    static let refusedStatements: [String: String] = {
        let classical = "only inputs, qubits and gates; the angles may be computed in place"
        let flow = "only inputs, qubits and gates, in a straight line; write the gates out"
        let measured = "no measurement; leave it out, the observable is given apart from the circuit"
        let modified = "a gate without modifiers; write it with gates of the subset"
        var advice: [String: String] = [
            "bit": measured, "creg": measured, "measure": measured,
            "reset": "no reset; qubits start in |0>, leave it out",
            "qreg": "'qubit[n] name;', the declaration of OpenQASM 3",
            "opaque": "a gate definition with a body",
            "output": measured, "pragma": "no pragma; leave it out",
            "delay": "no timing; leave it out", "box": "no timing; leave it out",
            "stretch": "no timing; leave it out", "duration": "no timing; leave it out",
            "nop": "no timing; leave it out",
        ]
        for word in [
            "const", "int", "uint", "bool", "float", "angle", "complex", "array", "let", "mutable", "readonly", "void",
        ] {
            advice[word] = classical
        }
        for word in [
            "if", "else", "for", "while", "switch", "case", "default", "in", "end", "break", "continue", "return",
            "def",
            "extern", "cal", "defcal", "defcalgrammar",
        ] {
            advice[word] = flow
        }
        for word in ["ctrl", "negctrl", "inv", "pow"] { advice[word] = modified }
        return advice
    }()

    /// Words that cannot be names.
    static let reserved: Set<String> = Set(refusedStatements.keys).union(constants.keys).union([
        "OPENQASM", "include", "input", "qubit", "gate", "barrier", "gphase", "U", "true", "false", "durationof",
        "sizeof",
    ])

    /// Whether a text can be the name of an input or a register.
    static func isName(_ text: String) -> Bool {
        var lexer = OpenQASMLexer(text, file: nil)
        let (tokens, failure) = lexer.tokens()
        return failure == nil && tokens.first?.kind == .identifier && tokens.first?.text == text
            && !reserved.contains(text)
    }
}
