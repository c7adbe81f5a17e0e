import Experts
import Testing

@Suite struct InputRolesTests {
    static let source = """
        input array[float[64], 3] theta;
        input float x;
        input angle phi;
        qubit[2] q;
        rx(theta[0]) q[0];
        ry(theta[1] - 2 * theta[2]) q[1];
        crx(x) q[0], q[1];
        rz(0.5 * phi) q[0];
        cp(3 * theta[0]) q[0], q[1];
        """

    static func expert(
        _ parameters: [String], _ source: String = source, observable: String = "Z0"
    ) throws
        -> QuantumExpert
    {
        try QuantumExpert(
            circuit: OpenQASMReader.read(source), parameters: parameters, observable: PauliSum(observable))
    }

    @Test func namesChooseParametersInTheirOrder() throws {
        let arrays = try Self.expert(["theta"])
        #expect(arrays.parameterNames == ["theta[0]", "theta[1]", "theta[2]"])
        #expect(arrays.inputNames == ["x", "phi"])
        #expect(arrays.parameterCount == 3)
        #expect(arrays.inputCount == 2)
        let elements = try Self.expert(["theta[2]", "theta[0]"])
        #expect(elements.parameterNames == ["theta[2]", "theta[0]"])
        #expect(elements.inputNames == ["theta[1]", "x", "phi"])
        #expect(try Self.expert([]).parameterCount == 0)
    }

    @Test func unknownAndRepeatedNamesAreRefused() {
        #expect(throws: ExpertError.unknownParameter("eta", inputs: ["theta[0]", "theta[1]", "theta[2]", "x", "phi"])) {
            try Self.expert(["eta"])
        }
        #expect(throws: ExpertError.repeatedParameter("theta[1]")) { try Self.expert(["theta", "theta[1]"]) }
        #expect(throws: ExpertError.repeatedParameter("theta[0]")) { try Self.expert(["theta", "theta"]) }
    }

    @Test(arguments: [
        ("rx(a/2) q[0];", Gate.rx), ("cp(0.5*a) q[0], q[1];", .cp), ("U(0, 1.5*a, 0) q[0];", .u),
        ("crx(a) q[0], q[1];", .crx), ("cry(2*a) q[0], q[1];", .cry), ("crz(4*a) q[0], q[1];", .crz),
        ("rzz(1025*a) q[0], q[1];", .rzz), ("p(1e300*a) q[0];", .p),
    ])
    func anglesThatBreakThePeriodAreRefusedWhenTrained(statement: String, gate: Gate) throws {
        let source = "input float a;\nqubit[2] q;\n\(statement)"
        let error = try #require(throws: ExpertError.self) { try Self.expert(["a"], source) }
        guard case .notPeriodic(let input, let instruction, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(input == "a")
        #expect(instruction.gate == gate)
        #expect(error.description.hasPrefix("line 3, column 1: gate \(gate.rawValue): "))
        #expect(error.description(file: "a.qasm").hasPrefix("a.qasm:3:1: gate \(gate.rawValue): "))
        #expect(error.description.contains("2π-periodic"))
        // As data, any real factor is welcome.
        #expect(try Self.expert([], source).inputNames == ["a"])
    }

    @Test func observablesMustFitTheCircuit() {
        #expect(throws: ExpertError.observableTooWide(qubit: 2, qubitCount: 2)) {
            try Self.expert(["theta"], observable: "Z0 X2")
        }
    }

    @Test func circuitsTooWideForPropagationAreRefused() throws {
        #expect(try !Self.expert([], "qubit[21] q; h q;").fitsStateVector)
        #expect(try Self.expert([], "qubit[65] q; h q;").hasDirectValues)
        let chain = "qubit[65] q; h q; " + (0..<64).map { "cx q[\($0)], q[\($0 + 1)]; " }.joined()
        // The observable is Z0, at the end of the chain or at its beginning.
        let reversed = "qubit[65] q; h q; " + (0..<64).reversed().map { "cz q[\($0)], q[\($0 + 1)]; h q; " }.joined()
        #expect(try Self.expert([], chain).hasDirectValues)
        #expect(throws: ExpertError.coneTooWide(qubits: 65, limit: 64)) { try Self.expert([], reversed) }
    }

    @Test func dataThatDoNotFitAreRefused() throws {
        let expert = try Self.expert(["theta"])
        #expect(throws: ExpansionError.noDatum) { try expert.expansion(inputs: []) }
        #expect(throws: ExpansionError.wrongInputCount(datum: 1, found: 1, expected: 2)) {
            try expert.expansion(inputs: [[0, 0], [0]])
        }
        #expect(throws: ExpansionError.notFinite(datum: 0, input: "phi", value: .infinity)) {
            try expert.expansion(inputs: [[0, .infinity]])
        }
    }

    @Test func growthBeyondTheLimitIsAnError() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: 4, layers: 3), parameters: ["theta"],
            observable: ReferenceCircuits.meanZ(4), termLimit: 1000)
        #expect(throws: ExpansionError.tooManyTerms(limit: 1000)) {
            try expert.expansion(inputs: [ReferenceCircuits.datum(1)])
        }
    }
}
