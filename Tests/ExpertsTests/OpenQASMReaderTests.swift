import Experts
import Foundation
import Testing

@Suite struct OpenQASMReaderTests {
    typealias Instruction = Circuit.Instruction

    /// What the statements after `declarations` read as.
    static let declarations = "input float[64] a; input array[float[64], 3] t; qubit[3] q; qubit r;\n"

    static func instructions(_ statements: String) throws -> [Instruction] {
        try OpenQASMReader.read(declarations + statements).instructions.map {
            Instruction($0.gate, qubits: $0.qubits, angles: $0.angles)
        }
    }

    static func angle(_ constant: Double, _ terms: (Int, Double)...) -> AffineAngle {
        AffineAngle(constant: constant, terms: terms.map { .init(input: $0.0, factor: $0.1) })
    }

    @Test(arguments: [
        "OPENQASM 3;", "OPENQASM 3.0;", "OPENQASM 3.1;", "include \"stdgates.inc\";", "include 'stdgates.inc';",
        "OPENQASM 3.0; include \"stdgates.inc\";", "// remark\n/* more\n */ OPENQASM 3;", "\u{FEFF}OPENQASM 3;\r\n", "",
    ])
    func headers(text: String) throws {
        #expect(try OpenQASMReader.read(text + "qubit q; h q;").instructions.map(\.gate) == [.h])
    }

    @Test func declarationsOfInputsAndQubits() throws {
        let circuit = try OpenQASMReader.read(
            """
            input float[64] a; input float b; input angle[32] c; input angle d; input array[float[64], 2] e;
            input array[angle, 1] _ünïcode_θ;
            qubit[2] q; qubit r; qubit[1] s;
            x q[1]; y r; z s[0]; h s;
            """)
        #expect(circuit.inputs.map(\.name) == ["a", "b", "c", "d", "e[0]", "e[1]", "_ünïcode_θ[0]"])
        #expect(circuit.inputs.map(\.array) == [nil, nil, nil, nil, "e", "e", "_ünïcode_θ"])
        #expect(circuit.qubitCount == 4)
        #expect(circuit.instructions.map(\.qubits) == [[1], [2], [3], [3]])
        #expect(circuit.instructions.map(\.line) == [4, 4, 4, 4])
    }

    @Test(arguments: [
        ("0", angle(0)), ("3", angle(3)), ("1_0", angle(10)), (".5", angle(0.5)), ("2.", angle(2)),
        ("1e-3", angle(1e-3)),
        ("pi", angle(.pi)), ("π/2", angle(.pi / 2)), ("tau", angle(2 * .pi)), ("τ", angle(2 * .pi)),
        ("euler", angle(2.718281828459045)), ("3*pi/4", angle(3 * .pi / 4)), ("-pi", angle(-.pi)), ("6/3", angle(2)),
        ("a", angle(0, (0, 1))), ("-a", angle(0, (0, -1))), ("--a", angle(0, (0, 1))), ("t[2]", angle(0, (3, 1))),
        ("2*a", angle(0, (0, 2))), ("a*2/4", angle(0, (0, 0.5))), ("a - a", angle(0)), ("0*a", angle(0)),
        ("pi/2 - 2*(a + t[0]) / 4.0", angle(.pi / 2, (0, -0.5), (1, -0.5))), ("1 - 2 - 3", angle(-4)),
        ("(((a)))", angle(0, (0, 1))), ("-(a - 1) * 2", angle(2, (0, -2))), ("a/2 + a/2", angle(0, (0, 1))),
    ])
    func angles(text: String, expected: AffineAngle) throws {
        #expect(try Self.instructions("rx(\(text)) q[0];") == [Instruction(.rx, qubits: [0], angles: [expected])])
    }

    @Test func everyGateByName() throws {
        for gate in Gate.allCases {
            let angles =
                gate.angleCount == 0
                ? "" : "(" + ["a", "2*a", "1"].prefix(gate.angleCount).joined(separator: ", ") + ")"
            let qubits = gate.qubitCount == 1 ? "q[2]" : "q[2], q[0]"
            let expected = Instruction(
                gate, qubits: gate.qubitCount == 1 ? [2] : [2, 0],
                angles: Array([Self.angle(0, (0, 1)), Self.angle(0, (0, 2)), Self.angle(1)].prefix(gate.angleCount)))
            #expect(try Self.instructions("\(gate.rawValue)\(angles) \(qubits);") == [expected])
        }
    }

    @Test func otherNamesOfGates() throws {
        let (half, a) = (Self.angle(.pi / 2), Self.angle(0, (0, 1)))
        let general = Instruction(.u, qubits: [0], angles: [half, a, a])
        #expect(
            try Self.instructions("U(pi/2, a, a) q[0]; u3(pi/2, a, a) q[0]; u2(a, a) q[0];") == [
                general, general, general,
            ])
        let phase = Instruction(.p, qubits: [0], angles: [a])
        #expect(try Self.instructions("u1(a) q[0]; phase(a) q[0]; p(a) q[0];") == [phase, phase, phase])
        #expect(try Self.instructions("cphase(a) q[0], r;") == [Instruction(.cp, qubits: [0, 3], angles: [a])])
        #expect(try Self.instructions("CX q[0], r;") == [Instruction(.cx, qubits: [0, 3])])
        #expect(try Self.instructions("x() r;") == [Instruction(.x, qubits: [3])])
    }

    @Test func gatesOnRegisters() throws {
        #expect(try Self.instructions("h q;").map(\.qubits) == [[0], [1], [2]])
        #expect(try Self.instructions("cx q, r;").map(\.qubits) == [[0, 3], [1, 3], [2, 3]])
        #expect(try Self.instructions("cx r, q;").map(\.qubits) == [[3, 0], [3, 1], [3, 2]])
        #expect(try Self.instructions("qubit[3] w; cx q, w;").map(\.qubits) == [[0, 4], [1, 5], [2, 6]])
    }

    /// As Qiskit writes circuits that have a layout, also without a device where `transpile` drops a swap.
    @Test func qubitsOfADevice() throws {
        let circuit = try OpenQASMReader.read(
            "include \"stdgates.inc\"; input float a; gate g(b) c, d { rz(b) d; cx c, d; } barrier $0; h $2; g(a) $2, $01;"
        )
        #expect(circuit.qubitCount == 3)
        #expect(circuit.instructions.map(\.qubits) == [[2], [1], [2, 1]])
    }

    @Test func barriersAndGlobalPhasesHaveNoEffect() throws {
        #expect(try Self.instructions("barrier; barrier q; barrier q[0], r; gphase(-pi/4); gphase(a); x r;").count == 1)
    }

    @Test func gateDefinitionsAreWrittenOut() throws {
        let expected = [
            Instruction(.h, qubits: [1]), Instruction(.rz, qubits: [3], angles: [Self.angle(1, (0, 2), (1, -1))]),
            Instruction(.h, qubits: [1]), Instruction(.rz, qubits: [3], angles: [Self.angle(0.5)]),
        ]
        let text = """
            gate inner(φ) a, b { h a; rz(φ) b; }
            gate outer(u, v) b, a { barrier a, b; inner(u - v) a, b; gphase(u); inner(v/2) a, b; }
            gate nothing a {}
            outer(2*a + 1 - t[0] + 1, 1) r, q[1]; nothing q;
            """
        #expect(try Self.instructions(text) == expected)
        // A definition's angles shadow the inputs; gates that are not in stdgates.inc may be defined again.
        #expect(
            try Self.instructions("include \"stdgates.inc\"; gate rzz(a) x, y { rz(2*a) y; } rzz(1) q[0], r;")
                == [Instruction(.rz, qubits: [3], angles: [Self.angle(2)])])
        #expect(
            try OpenQASMReader.read("gate ccx a, b, c { cx a, c; } qubit[3] q; ccx q[0], q[1], q[2];").instructions
                .count == 1)
    }

    /// Text, line, column, found and a part of what was expected.
    @Test(arguments: [
        ("", 1, 1, "the end of the file", "qubit[2] q;"),
        ("OPENQASM 2.0;", 1, 10, "'2.0'", "version 3"),
        ("OPENQASM 3", 1, 11, "the end of the file", "';'"),
        ("qubit q;\nOPENQASM 3;", 2, 1, "'OPENQASM'", "only once"),
        ("include \"other.inc\";", 1, 9, "the string \"other.inc\"", "stdgates.inc"),
        ("gate h a {} include \"stdgates.inc\";", 1, 21, "the string \"stdgates.inc\"", "'h'"),
        ("include \"stdgates.inc\"; gate h a {}", 1, 30, "'h'", "another name"),
        ("input int[32] n;", 1, 7, "'int'", "float, angle"),
        ("input float[0] a;", 1, 13, "'0'", "width"),
        ("input float[99999999999999999999] a;", 1, 13, "'99999999999999999999'", "width"),
        ("input array[float[64], 2, 2] a;", 1, 25, "','", "one dimension"),
        ("input array[int, 2] a;", 1, 13, "'int'", "float or angle"),
        ("input array[float, 0] a;", 1, 20, "'0'", "length"),
        ("input array[float, 65537] a;", 1, 20, "'65537'", "length"),
        ("input float pi;", 1, 13, "'pi'", "not a word"),
        ("input float a; input angle a;", 1, 28, "'a'", "not yet in use"),
        ("input float a; qubit a;", 1, 22, "'a'", "not yet in use"),
        ("input float a = 1;", 1, 15, "'='", "';'"),
        ("qubit[0] q;", 1, 7, "'0'", "number of qubits"),
        ("qubit[4097] q;", 1, 7, "'4097'", "from 1 to 4096"),
        ("qubit[n] q;", 1, 7, "'n'", "whole number"),
        ("qubit[4096] q; qubit r;", 1, 22, "'r'", "at most 4096"),
        ("qubit q; qubit q;", 1, 16, "'q'", "not yet in use"),
        ("qreg q[2];", 1, 1, "'qreg'", "qubit[n]"),
        ("bit[2] c;", 1, 1, "'bit'", "observable"),
        ("qubit q; measure q;", 1, 10, "'measure'", "no measurement"),
        ("qubit q; reset q;", 1, 10, "'reset'", "no reset"),
        ("const float b = 1;", 1, 1, "'const'", "only inputs"),
        ("float b = 1;", 1, 1, "'float'", "only inputs"),
        ("let b = q;", 1, 1, "'let'", "only inputs"),
        ("if (true) {}", 1, 1, "'if'", "straight line"),
        ("for int i in [0:3] {}", 1, 1, "'for'", "straight line"),
        ("while (true) {}", 1, 1, "'while'", "straight line"),
        ("def f() {}", 1, 1, "'def'", "straight line"),
        ("defcal h q {}", 1, 1, "'defcal'", "straight line"),
        ("delay[10ns] q;", 1, 1, "'delay'", "timing"),
        ("box {}", 1, 1, "'box'", "timing"),
        ("#pragma x", 1, 1, "'#'", "no pragma"),
        ("@note\nqubit q;", 1, 1, "'@'", "no annotation"),
        ("qubit[2] q; ctrl @ x q[0], q[1];", 1, 13, "'ctrl'", "modifiers"),
        ("qubit q; inv @ s q;", 1, 10, "'inv'", "modifiers"),
        ("qubit[3] q;\n  ccz q[0], q[1], q[2];", 2, 3, "the gate 'ccz'", "transpile"),
        ("qubit q; ryx(1) q;", 1, 10, "the unknown gate 'ryx'", "did you mean"),
        ("qubit q; a = 1;", 1, 10, "'a'", "assignment"),
        ("qubit q; 5;", 1, 10, "'5'", "a statement"),
        ("qubit q;;", 1, 9, "';'", "a statement"),
        ("qubit q; rx q;", 1, 10, "0 angles", "1 for the gate 'rx'"),
        ("qubit q; rx(1, 2) q;", 1, 10, "2 angles", "1 for"),
        ("qubit q; h(1) q;", 1, 10, "1 angle", "0 for"),
        ("qubit[2] q; h q[0], q[1];", 1, 13, "2 qubits", "1 for"),
        ("qubit[2] q; cx q[0];", 1, 13, "1 qubit", "2 for"),
        ("qubit[2] q; cx q[0], q[0];", 1, 22, "the same qubit twice in 'cx'", "different"),
        ("qubit[2] q; cx q, q[1];", 1, 19, "the same qubit twice in 'cx'", "different"),
        ("qubit[2] q; qubit[3] r; cx q, r;", 1, 31, "'r' with 3 qubits beside 2", "one size"),
        ("qubit[2] q; h q[2];", 1, 17, "'2'", "from 0 to 1"),
        ("qubit[2] q; h q[-1];", 1, 17, "'-'", "whole number"),
        ("qubit[2] q; h q[99999999999999999999];", 1, 17, "'99999999999999999999'", "from 0 to 1"),
        ("qubit[2] q; h q[0:1];", 1, 18, "':'", "one qubit at a time"),
        ("qubit[2] wires; h wire;", 1, 19, "'wire'", "did you mean 'wires'"),
        ("qubit[2] q; h $0;", 1, 15, "'$0'", "a qubit of a register"),
        ("h $0; qubit q;", 1, 7, "'qubit'", "no register"), ("h $;", 1, 3, "'$'", "a qubit"),
        ("h $4096;", 1, 3, "'$4096'", "$4095"), ("h $99999999999999999999;", 1, 3, "'$99999999999999999999'", "$4095"),
        ("cx $1, $1;", 1, 8, "the same qubit twice in 'cx'", "different"),
        ("gate g a { h $0; }", 1, 14, "'$0'", "one of the gate's qubits"),
        ("input float $0;", 1, 13, "'$0'", "the input's name"),
        ("qubit[2] q; h q[0]", 1, 19, "the end of the file", "';'"),
        ("input float eta; qubit q; rx(etta) q;", 1, 30, "'etta'", "did you mean 'eta'"),
        ("input float a; qubit q; rx(a*a) q;", 1, 29, "a product of two inputs", "affine"),
        ("input float a; qubit q; rx(1/a) q;", 1, 29, "a division by an input", "affine"),
        ("input float a; qubit q; rx(a**2) q;", 1, 29, "'**'", "affine"),
        ("input float a; qubit q; rx(a % 2) q;", 1, 30, "'%'", "affine"),
        ("input float a; qubit q; rx(sin(a)) q;", 1, 28, "the function 'sin'", "affine"),
        ("input float a; qubit q; rx(a[0]) q;", 1, 29, "'['", "not an array"),
        ("input array[float, 2] a; qubit q; rx(a) q;", 1, 39, "')'", "is an array"),
        ("input array[float, 2] a; qubit q; rx(a[2]) q;", 1, 40, "'2'", "from 0 to 1"),
        ("qubit q; rx(1/0) q;", 1, 14, "a division by zero", "not zero"),
        ("qubit q; rx(1/2) q;", 1, 14, "the integer division 1/2", "1.0/2"),
        ("qubit q; rx(1e200*1e200) q;", 1, 18, "a result that overflows", "finite"),
        ("qubit q; rx(1e999) q;", 1, 13, "'1e999'", "finite"),
        ("qubit q; rx(99999999999999999999) q;", 1, 13, "'99999999999999999999'", "2^53"),
        ("qubit q; rx(10ns) q;", 1, 13, "the number '10ns'", "without a unit"),
        ("qubit q; rx(0x1F) q;", 1, 13, "the number '0x1F'", "without a unit"),
        ("qubit q; rx(+1) q;", 1, 13, "'+'", "an angle"),
        ("qubit q; rx(1 q;", 1, 15, "'q'", "')'"),
        ("qubit q; rx((1) q;", 1, 17, "'q'", "')'"),
        ("gate g a { g a; }", 1, 12, "'g'", "cannot use itself"),
        ("gate g a { f a; } gate f a { }", 1, 12, "the unknown gate 'f'", "defined before"),
        ("gate g a {} gate g a {}", 1, 18, "'g'", "only once"),
        ("gate g(t, t) a {}", 1, 11, "'t'", "differ"),
        ("gate g(t) t {}", 1, 11, "'t'", "differ"),
        ("gate g a { h a[0]; }", 1, 15, "'['", "one qubit"),
        ("gate g a { h b; }", 1, 14, "'b'", "one of the gate's qubits"),
        ("gate g a { if (1) {} }", 1, 12, "'if'", "straight line"),
        ("gate g a { qubit b; }", 1, 12, "'qubit'", "'}'"),
        ("input float t; gate g a { rx(t) a; }", 1, 30, "'t'", "pass them"),
        ("gate g(t) a { rx(t*t) a; }", 1, 19, "a product of two inputs", "affine"),
        ("gate g a { h a;", 1, 16, "the end of the file", "'}'"),
        ("gate U a { }", 1, 6, "'U'", "not a word"),
        ("qubit q; gphase(1, 2);", 1, 10, "2 phases", "one phase"),
        ("qubit q; gphase q;", 1, 17, "'q'", "'('"),
        ("qubit q; /* never", 1, 10, "a comment without an end", "'*/'"),
        ("include \"stdgates.inc;\nqubit q;", 1, 9, "a string without an end", "quotation"),
        ("qubit q; h \u{0} q;", 1, 12, "the character U+0000", "OpenQASM"),
        ("qubit q; h q\u{FFFD};", 1, 13, "the character U+FFFD", "OpenQASM"),
        ("qubit q;\n\tx q; é̈? q;", 2, 7, "the unknown gate 'é̈'", "a gate of the subset"),
        ("qubit q; ccz q; /*", 1, 10, "the gate 'ccz'", "a gate of the subset"),
        ("qubit[3] q; ccx q[0], q[1], q[0];", 1, 29, "the same qubit twice in 'ccx'", "different"),
        ("qubit[2] q; cu(1, 2, 3) q[0], q[1];", 1, 13, "3 angles", "4 for the gate 'cu'"),
    ])
    func refused(text: String, line: Int, column: Int, found: String, expected: String) throws {
        let error = try #require(throws: OpenQASMError.self, "\(text)") {
            try OpenQASMReader.read(text, file: "a.qasm")
        }
        #expect(error.line == line, "\(text): \(error)")
        #expect(error.column == column, "\(text): \(error)")
        if !expected.isEmpty {
            #expect(error.found == found, "\(text): \(error)")
            #expect(error.expected.contains(expected), "\(text): \(error)")
        }
        #expect(error.description.hasPrefix("a.qasm:\(line):\(column): found "))
    }

    @Test func deepNestingIsAnError() throws {
        for (open, close) in [("(", ")"), ("-", ""), ("-(", ")")] {
            let text =
                "qubit q; rx(" + String(repeating: open, count: 100_000) + "1"
                + String(repeating: close, count: 100_000)
                + ") q;"
            let error = try #require(throws: OpenQASMError.self) { try OpenQASMReader.read(text) }
            #expect(error.expected.contains("inside one another"))
        }
    }

    @Test func explosiveDefinitionsAreAnError() throws {
        var text = "qubit q;\ngate g0(a) b { rx(a) b; rx(a) b; }\n"
        for level in 1...60 { text += "gate g\(level)(a) b { g\(level - 1)(a) b; g\(level - 1)(a) b; }\n" }
        let error = try #require(throws: OpenQASMError.self) { try OpenQASMReader.read(text) }
        #expect(error.expected.contains("at most 1048576 gates"))
        // Definitions without gates cost nothing, however often they are used.
        var empty = "qubit q;\ngate g0 b { }\n"
        for level in 1...60 { empty += "gate g\(level) b { g\(level - 1) b; g\(level - 1) b; }\n" }
        #expect(try OpenQASMReader.read(empty + "g60 q;").instructions.isEmpty)
    }

    /// As Qiskit 1.x writes a bound-free EfficientSU2-like circuit with a data input: escaped names, defined gates, π terms.
    @Test func aFileAsQiskitWritesIt() throws {
        let text = """
            OPENQASM 3.0;
            include "stdgates.inc";
            input float[64] x;
            input float[64] _θ_0_;
            input float[64] _θ_1_;
            gate rzz(p0) _gate_q_0, _gate_q_1 {
              cx _gate_q_0, _gate_q_1;
              rz(p0) _gate_q_1;
              cx _gate_q_0, _gate_q_1;
            }
            gate rzz_281473214 (_gate_p_0) _gate_q_0, _gate_q_1 {
              cx _gate_q_0, _gate_q_1;
              rz(2.0*_gate_p_0) _gate_q_1;
              cx _gate_q_0, _gate_q_1;
            }
            gate sxdg _gate_q_0 {
              s _gate_q_0;
              h _gate_q_0;
              s _gate_q_0;
            }
            qubit[2] q;
            gphase(-pi/4);
            h q[0];
            rx(pi - 2*x) q[0];
            ry(_θ_0_) q[0];
            sxdg q[1];
            barrier q[0], q[1];
            U(pi/2, _θ_1_, -pi) q[1];
            rzz(_θ_1_ + pi/2) q[0], q[1];
            rzz_281473214(x) q[0], q[1];
            crx(0.5*x) q[1], q[0];
            """
        let circuit = try OpenQASMReader.read(text)
        #expect(circuit.inputs.map(\.name) == ["x", "_θ_0_", "_θ_1_"])
        #expect(circuit.instructions.count == 3 + 3 + 1 + 3 + 3 + 1)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["_θ_0_", "_θ_1_"], observable: PauliSum("Z0 + 0.5 X1"))
        let expansion = try expert.expansion(inputs: [[0.4]])
        let direct = expert.valueAndGradient(parameters: [0.3, -1.2], inputs: [0.4])
        #expect(abs(expansion.value(at: [0.3, -1.2], datum: 0) - direct.value) <= 1.5e-13)
    }

    /// Cut, doubled, swapped and replaced pieces of valid files, 100,000 in all: a circuit or an `OpenQASMError`, never a
    /// crash.
    @Test(arguments: [UInt64](1...20))
    func mutatedFilesAreReadOrRefused(seed: UInt64) throws {
        var random = RandomNumbers(seed: seed)
        var files = try ["one-qubit", "reference-a", "reference-b"].map {
            try String(contentsOf: ReferenceCircuits.folder.appendingPathComponent("\($0).qasm"), encoding: .utf8)
        }
        let written = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Qiskit")
        for name in try FileManager.default.contentsOfDirectory(atPath: written.path).sorted()
        where name.hasSuffix(".qasm") {
            files.append(try String(contentsOf: written.appendingPathComponent(name), encoding: .utf8))
        }
        files.append(Self.declarations + "ch q[0], r; ccx q; cswap r, q[1], q[2]; cu(a, 2*a, -a, t[0]) q[2], r;")
        files.append(Self.declarations + "gate g(a, b) c, d { rxx(a/2.0 - b) c, d; U(a, b, pi) c; }\ng(t[1], -a) q, r;")
        let pieces = [
            "(", ")", "[", "]", "{", "}", ";", ",", "-", "*", "/", "**", "9", "99999999999999999999", "1e400", "\"",
            "/*",
            "*/", "//", "\n", "gate ", "input ", "qubit", "float", "array", "theta0", "q", "pi", "π", "\u{0}",
            "\u{301}",
            "🙂", ".", "e", "_", "$", "@", "U", "h q;", "0", "-1", "OPENQASM", "include",
        ].map { Array($0.unicodeScalars) }
        let originals = files.map { Array($0.unicodeScalars) }
        for _ in 0..<5000 {
            var text = random.element(originals)
            for _ in 0..<random.integer(1..<5) {
                let start = random.integer(0..<text.count + 1)
                let end = min(text.count, start + random.integer(0..<12))
                switch random.integer(0..<4) {
                case 0: text.removeSubrange(start..<end)
                case 1: text.insert(contentsOf: text[start..<end], at: random.integer(0..<text.count + 1))
                case 2: text.replaceSubrange(start..<end, with: random.element(pieces))
                default: text.insert(contentsOf: random.element(pieces), at: start)
                }
            }
            var source = String.UnicodeScalarView()
            source.append(contentsOf: text)
            do {
                let circuit = try OpenQASMReader.read(String(source))
                #expect(circuit.qubitCount >= 1)
                // What is read is an expert, or is refused as one.
                do {
                    _ = try QuantumExpert(
                        circuit: circuit, parameters: circuit.inputs.suffix(1).map(\.name), observable: PauliSum("Z0"))
                } catch {
                    #expect(error is ExpertError, "seed \(seed): \(error)")
                }
            } catch {
                #expect(error is OpenQASMError, "seed \(seed): \(String(source))")
            }
        }
    }

    @Test func missingFilesAreErrors() {
        #expect(throws: (any Error).self) { try OpenQASMReader.read(contentsOf: "/nonexistent/a.qasm") }
    }
}
