import Experts
import Testing

@Suite struct AnsatzTests {
    /// The gates as text: `ry0(t3) cx0,1`; data by their names.
    static func gates(_ ansatz: Ansatz) throws -> String {
        let circuit = try ansatz.circuit()
        return circuit.instructions.map { instruction in
            let angles = instruction.angles.map { angle in
                angle.terms.map { term in
                    let name = circuit.inputs[term.input].name.replacing("theta[", with: "t").replacing("]", with: "")
                    return (term.factor == 1 ? "" : "\(term.factor)") + name
                }.joined(separator: "+")
            }
            return instruction.gate.rawValue + instruction.qubits.map(String.init).joined(separator: ",")
                + (angles.isEmpty ? "" : "(\(angles.joined(separator: ",")))")
        }.joined(separator: " ")
    }

    @Test(arguments: [
        (Ansatz(.hardwareEfficient(), qubitCount: 1, layerCount: 2), "ry0(t0) ry0(t1)"),
        (Ansatz(.hardwareEfficient(), qubitCount: 2, layerCount: 1), "ry0(t0) ry1(t1) cz0,1"),
        (
            Ansatz(.hardwareEfficient(rotations: [.ry, .rz], entangler: .cx), qubitCount: 3, layerCount: 1),
            "ry0(t0) ry1(t1) ry2(t2) rz0(t3) rz1(t4) rz2(t5) cx0,1 cx1,2 cx2,0"
        ),
        (
            Ansatz(
                .hardwareEfficient(entangler: .cx, topology: .line), qubitCount: 3, layerCount: 1,
                hasFinalRotations: true),
            "ry0(t0) ry1(t1) ry2(t2) cx0,1 cx1,2 ry0(t3) ry1(t4) ry2(t5)"
        ),
        (
            Ansatz(
                .hardwareEfficient(rotations: [.rz]), qubitCount: 2, layerCount: 2,
                encoding: .init(inputs: ["a", "b"])),
            "rx0(a) rx1(b) rz0(t0) rz1(t1) cz0,1 rz0(t2) rz1(t3) cz0,1"
        ),
        (
            Ansatz(
                .hardwareEfficient(), qubitCount: 2, layerCount: 2,
                encoding: .init(rotation: .ry, inputs: ["a"], isRepeated: true, scale: -0.5)),
            "ry0(-0.5a) ry0(t0) ry1(t1) cz0,1 ry0(-0.5a) ry0(t2) ry1(t3) cz0,1"
        ),
        // One name for several qubits is one input.
        (
            Ansatz(
                .basicEntangler(rotation: .rz), qubitCount: 2, layerCount: 1, encoding: .init(inputs: ["a", "a"])),
            "rx0(a) rx1(a) rz0(t0) rz1(t1) cx0,1"
        ),
        (Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1), "rx0(t0)"),
        (
            Ansatz(.basicEntangler(), qubitCount: 3, layerCount: 2),
            "rx0(t0) rx1(t1) rx2(t2) cx0,1 cx1,2 cx2,0 rx0(t3) rx1(t4) rx2(t5) cx0,1 cx1,2 cx2,0"
        ),
        (Ansatz(.stronglyEntangling, qubitCount: 1, layerCount: 1), "rz0(t0) ry0(t1) rz0(t2)"),
        (
            Ansatz(.stronglyEntangling, qubitCount: 2, layerCount: 2),
            "rz0(t0) ry0(t1) rz0(t2) rz1(t3) ry1(t4) rz1(t5) cx0,1 cx1,0 "
                + "rz0(t6) ry0(t7) rz0(t8) rz1(t9) ry1(t10) rz1(t11) cx0,1 cx1,0"
        ),
    ])
    func gatesInOrder(ansatz: Ansatz, expected: String) throws {
        #expect(try Self.gates(ansatz) == expected)
    }

    /// The range of the entanglers goes up by one from layer to layer, and begins anew after `n − 1`.
    @Test func rangesOfStronglyEntanglingLayers() throws {
        let circuit = try Ansatz(.stronglyEntangling, qubitCount: 4, layerCount: 4).circuit()
        let pairs = circuit.instructions.filter { $0.gate == .cx }.map(\.qubits)
        let ranges = [1, 2, 3, 1]
        #expect(pairs == ranges.flatMap { range in (0..<4).map { [$0, ($0 + range) % 4] } })
    }

    @Test(arguments: [
        Ansatz(.hardwareEfficient(rotations: [.rx, .ry, .rz]), qubitCount: 5, layerCount: 3, hasFinalRotations: true),
        Ansatz(.basicEntangler(), qubitCount: 7, layerCount: 2),
        Ansatz(.stronglyEntangling, qubitCount: 3, layerCount: 5),
    ])
    func everyAngleIsOneElementOfTheta(ansatz: Ansatz) throws {
        let circuit = try ansatz.circuit()
        #expect(circuit.inputs.map(\.name) == (0..<ansatz.parameterCount).map { "theta[\($0)]" })
        let terms = circuit.instructions.flatMap(\.angles).flatMap(\.terms)
        #expect(terms.map(\.input) == Array(0..<ansatz.parameterCount) && terms.allSatisfy { $0.factor == 1 })
        let roles = try InputRoles(circuit: circuit, parameters: ["theta"])
        #expect(roles.parameters == Array(circuit.inputs.indices) && roles.data.isEmpty)
    }

    @Test(arguments: [
        (Ansatz(.stronglyEntangling, qubitCount: 0, layerCount: 1), AnsatzError.noQubit(0)),
        (Ansatz(.stronglyEntangling, qubitCount: 1, layerCount: 0), .noLayer(0)),
        (Ansatz(.hardwareEfficient(rotations: []), qubitCount: 1, layerCount: 1), .noRotation),
        (Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1, hasFinalRotations: true), .noFinalRotations),
        (
            Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1, encoding: .init(inputs: ["a", "b"])),
            .tooManyInputs(2, qubitCount: 1)
        ),
        (
            Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1, encoding: .init(inputs: ["theta"])),
            .badInput("theta")
        ),
        (Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1, encoding: .init(inputs: ["pi"])), .badInput("pi")),
        (Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1, encoding: .init(inputs: ["a b"])), .badInput("a b")),
        (Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1, encoding: .init(inputs: [""])), .badInput("")),
        (
            Ansatz(.basicEntangler(), qubitCount: 1, layerCount: 1, encoding: .init(inputs: ["a"], scale: 0)),
            .badScale(0)
        ),
    ])
    func refused(ansatz: Ansatz, error: AnsatzError) {
        #expect(throws: error) { try ansatz.circuit() }
    }
}
