import Experts
import Foundation
import Testing
import Torus

/// Circuits of more qubits than a mask of 64 bits or a state vector has: every string sees its light cone alone.
@Suite struct WideCircuitTests {
    /// A small circuit at scattered places of a wide one, among gates that it does not see, is the small circuit.
    @Test(arguments: [UInt64](1...12)) func aSmallCircuitInsideAWideOne(seed: UInt64) throws {
        var random = RandomNumbers(seed: 4100 + seed)
        let small = try PathAgreementTests.randomCircuit(&random, qubits: 4)
        let places = random.distinct(4, below: 4).map { [3, 64, 130, 4000][$0] }
        var instructions: [Circuit.Instruction] = []
        for instruction in small.instructions {
            instructions.append(
                .init(instruction.gate, qubits: instruction.qubits.map { places[$0] }, angles: instruction.angles))
            instructions.append(.init(.ry, qubits: [5 + random.integer(0..<50)], angles: [.input(0)]))
            instructions.append(.init(.cz, qubits: [5 + random.integer(0..<50), 65 + random.integer(0..<50)]))
        }
        let wide = try Circuit(qubitCount: 4096, inputs: small.inputs, instructions: instructions)
        let observable = try random.observable(qubits: 4)
        let moved = try PauliSum(
            observable.terms.map { term in
                let letters = "\(term.string)".split(separator: " ").map { letter in
                    letter == "I" ? "I" : "\(letter.prefix(1))\(places[Int(letter.dropFirst()) ?? 0])"
                }
                return "\(term.coefficient) \(letters.joined(separator: " "))"
            }.joined(separator: " + ").replacing("+ -", with: "- "))
        let names = ["a", "b", "c"]
        let expert = try QuantumExpert(circuit: small, parameters: names, observable: observable)
        let other = try QuantumExpert(circuit: wide, parameters: names, observable: moved)
        #expect(!other.fitsStateVector && other.hasDirectValues)
        let data = (0..<3).map { _ in small.inputs.dropFirst(3).map { _ in random.uniform(-3...3) } }
        let (near, far) = try (expert.expansion(inputs: data), other.expansion(inputs: data))
        for (datum, row) in data.enumerated() {
            let theta = names.map { _ in random.uniform(-9...9) }
            let (one, two) = (
                expert.valueAndGradient(parameters: theta, inputs: row),
                other.valueAndGradient(parameters: theta, inputs: row)
            )
            // Four paths to one number, each a few hundred roundings of numbers of the size of the observable.
            for found in [
                two.value, other.value(parameters: theta, inputs: row), near.value(at: theta, datum: datum),
                far.value(at: theta, datum: datum),
            ] {
                #expect(abs(found - one.value) < 1e-13 * (1 + observable.norm), "seed \(seed)")
            }
            for (p, slope) in far.gradient(at: theta, datum: datum).enumerated() {
                #expect(abs(slope - one.gradient[p]) < 1e-12 * (1 + observable.norm), "seed \(seed)")
                #expect(abs(two.gradient[p] - one.gradient[p]) < 1e-12 * (1 + observable.norm), "seed \(seed)")
            }
        }
    }

    /// A chain with local gates: by light cones of state vectors and by propagation, at both ends and across the words of a mask.
    @Test(arguments: [65, 100, 512]) func aChain(qubits: Int) throws {
        var ansatz = Ansatz(
            .hardwareEfficient(rotations: [.ry], entangler: .cz, topology: .line), qubitCount: qubits, layerCount: 2)
        ansatz.encoding = .init(rotation: .rx, inputs: (0..<qubits).map { "x\($0 % 3)" })
        let observable = try PauliSum(
            terms: (0..<qubits).map { .init(try PauliSum("Z\($0)").terms[0].string, 1 / Double(qubits).squareRoot()) })
        let expert = try QuantumExpert(circuit: ansatz.circuit(), parameters: ["theta"], observable: observable)
        #expect(expert.parameterCount == 2 * qubits && expert.inputCount == 3)
        let data = [[0.3, -1, 2], [1.5, 0.2, -0.4]]
        let expansion = try expert.expansion(inputs: data)
        // Local: the monomials grow with the qubits, a few for each.
        #expect(expansion.basis.count < 60 * qubits)
        let theta = (0..<2 * qubits).map { 7 * sin(Double($0 * $0)) }
        for (datum, row) in data.enumerated() {
            let direct = expert.valueAndGradient(parameters: theta, inputs: row)
            #expect(abs(direct.value - expansion.value(at: theta, datum: datum)) < 1e-12)
            let gradient = expansion.gradient(at: theta, datum: datum)
            for p in gradient.indices { #expect(abs(gradient[p] - direct.gradient[p]) < 1e-12) }
        }
    }

    /// Gates that commute out of a cone are left out of it: a ladder of controlled phases is local, one of controlled X is not.
    @Test func aLadderOfCommutingGatesIsLocal() throws {
        func expert(_ gate: String, _ observable: String) throws -> QuantumExpert {
            let text =
                "input float t; qubit[80] q; " + (0..<80).map { "ry(t) q[\($0)]; " }.joined()
                + (0..<79).map { "\(gate) q[\($0)], q[\($0 + 1)]; " }.joined()
            return try QuantumExpert(
                circuit: OpenQASMReader.read(text), parameters: ["t"], observable: PauliSum(observable))
        }
        // X40 sees its neighbours, Z40 commutes with the ladder.
        for (observable, degree) in [("Z40", 1), ("X40", 3), ("X0", 2), ("X0 X40 X79", 7)] {
            #expect(try expert("cz", observable).expansion(inputs: [[]]).basis.harmonics == [degree], "\(observable)")
        }
        // ⟨Z_k⟩ behind the ladder is the parity of qubits 0 to k.
        let parity = try expert("cx", "Z50")
        #expect(abs(try parity.expansion(inputs: [[]]).value(at: [0.1], datum: 0) - pow(cos(0.1), 51)) < 1e-13)
        #expect(!parity.hasDirectValues)
        #expect(throws: ExpertError.coneTooWide(qubits: 71, limit: 64)) { try expert("cx", "Z70") }
    }

    /// Strings across many words: their texts, their order, and equal ones found.
    @Test func stringsOfManyQubits() throws {
        let sum = try PauliSum("0.5 Z4095 X1 Y64 - X63 + 0.25 X1 Y64 Z4095 + Z0 + I")
        #expect(sum.terms.map { "\($0.string)" } == ["I", "Z0", "X63", "X1 Y64 Z4095"])
        #expect(sum.terms.map(\.coefficient) == [1, 1, -1, 0.75])
        #expect(sum.width == 4096 && sum.terms[2].string.width == 64 && PauliString.identity.width == 0)
        #expect(sum.terms[3].string.qubits == [1, 64, 4095])
        #expect(try PauliSum("\(sum)") == sum)
    }
}
