import Experts
import Foundation
import Testing

/// Files that Qiskit wrote, read as they are; `Tests/peers/write_qiskit_files.py` says how they were made.
@Suite struct QiskitFilesTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Qiskit")

    struct Reference: Decodable, Sendable {
        struct Point: Decodable, Sendable {
            let x: [Double]
            let f: Double
        }
        let name: String
        let inputs: [String]
        /// Letters, that of qubit 0 first.
        let observable: [String: Double]
        let points: [Point]
    }

    private struct Values: Decodable {
        let cases: [Reference]
    }

    static func references() throws -> [Reference] {
        try JSONDecoder().decode(Values.self, from: Data(contentsOf: folder.appendingPathComponent("values.json")))
            .cases
    }

    static func observable(_ letters: [String: Double]) throws -> PauliSum {
        let terms = letters.map { word, weight in
            (
                word.enumerated().filter { $0.element != "I" }.map { "\($0.element)\($0.offset)" }
                    .joined(separator: " "), weight
            )
        }
        return try PauliSum(Dictionary(uniqueKeysWithValues: terms))
    }

    @Test func allOfThemGiveQiskitsValues() throws {
        let references = try Self.references()
        #expect(references.count == 12)
        for reference in references {
            let path = Self.folder.appendingPathComponent("read-\(reference.name).qasm").path
            let circuit = try OpenQASMReader.read(contentsOf: path)
            #expect(circuit.inputs.map(\.name) == reference.inputs, "\(reference.name)")
            let observable = try Self.observable(reference.observable)
            // What may be trained, is: Qiskit calls its angles θ.
            let trained = reference.inputs.filter { $0.hasPrefix("_θ") && reference.name != "n-local" }
            let expert = try QuantumExpert(circuit: circuit, parameters: trained, observable: observable)
            // Angles up to 1.5e10 are rounded to 2e-6 there, in the same way by both; a few roundings at each of 100 gates.
            let tolerance = 1e-13 * observable.norm
            for point in reference.points {
                let values = Dictionary(uniqueKeysWithValues: zip(reference.inputs, point.x))
                let theta = expert.parameterNames.compactMap { values[$0] }
                let x = expert.inputNames.compactMap { values[$0] }
                let direct = expert.value(parameters: theta, inputs: x)
                let expansion = try expert.expansion(inputs: [x]).value(at: theta, datum: 0)
                #expect(abs(direct - point.f) <= tolerance, "\(reference.name)")
                #expect(abs(expansion - point.f) <= tolerance, "\(reference.name)")
            }
        }
    }

    /// What Qiskit writes of a circuit that is none of ours: file, line, column, what is found.
    @Test(arguments: [
        ("measured", 4, 1, "'bit'"), ("conditional", 4, 1, "'bit'"),
        ("loop", 5, 1, "'for'"), ("reset", 6, 1, "'reset'"), ("delayed", 5, 1, "'delay'"),
        ("quadratic", 13, 8, "a product of two inputs"), ("sine", 6, 4, "the function 'sin'"),
    ])
    func refused(name: String, line: Int, column: Int, found: String) throws {
        let path = Self.folder.appendingPathComponent("refused-\(name).qasm").path
        let error = try #require(throws: OpenQASMError.self) { try OpenQASMReader.read(contentsOf: path) }
        #expect(error.line == line && error.column == column && error.found == found, "\(error)")
        #expect(error.file == path)
    }
}
