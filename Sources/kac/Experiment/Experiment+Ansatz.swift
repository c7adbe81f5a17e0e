import Experts
import Foundation

extension Experiment {
    /// The circuit of the section `expert`: a file or an ansatz, on amplitudes of data where it names them.
    ///
    /// - Parameter keys: the section's keys.
    static func circuit(
        _ keys: [String: ConfigurationNode], of section: ConfigurationNode, in folder: InputFiles
    ) throws -> Circuit {
        let circuit: Circuit
        switch (keys["circuit"], keys["ansatz"]) {
        case (let file?, nil):
            let url = try resolve(file, in: folder)
            circuit = try Self.circuit(at: url.path, name: url.relativePathIfShorter)
        case (nil, let node?):
            do {
                circuit = try ansatz(node).circuit()
            } catch let error as AnsatzError {
                throw node.error("\(error)")
            }
        case (_?, let node?): throw node.error("the gates come from 'circuit' or from 'ansatz': leave one out")
        case (nil, nil):
            throw section.error("found no expert, expected one of the keys circuit, ansatz, neuron and polynomial")
        }
        guard let node = keys["amplitude_encoding"] else { return circuit }
        let names = try node.elements().map { try $0.text() }
        guard !names.isEmpty else { throw node.error("found no names, expected the data inputs in the order of |j⟩") }
        do {
            return try circuit.encodingAmplitudes(names)
        } catch let error as CircuitError {
            throw node.error("\(error)")
        }
    }

    private static let families = ["hardware_efficient", "basic_entangler", "strongly_entangling"]

    private static func ansatz(_ node: ConfigurationNode) throws -> Ansatz {
        let keys = try node.children(known: [
            "name", "qubits", "layers", "rotations", "rotation", "entangler", "topology", "final_rotations", "encoding",
        ])
        let name = try child("name", of: keys, node).choice(of: families)
        func only(_ options: [String], for family: String) throws {
            guard name != family else { return }
            for option in options {
                if let node = keys[option] {
                    throw node.error("the ansatz \(name) has no such option; it belongs to \(family)")
                }
            }
        }
        try only(["rotations", "entangler", "topology", "final_rotations"], for: families[0])
        try only(["rotation"], for: families[1])
        let family: Ansatz.Family
        switch name {
        case "basic_entangler": family = .basicEntangler(rotation: try keys["rotation"].map(choice) ?? .rx)
        case "strongly_entangling": family = .stronglyEntangling
        default:
            family = .hardwareEfficient(
                rotations: try keys["rotations"].map(rotations) ?? [.ry],
                entangler: try keys["entangler"].map(choice) ?? .cz,
                topology: try keys["topology"].map(choice) ?? .ring)
        }
        return Ansatz(
            family, qubitCount: try child("qubits", of: keys, node).integer(in: 1...OpenQASMReader.largestQubitCount),
            layerCount: try child("layers", of: keys, node).integer(in: 1...1000),
            encoding: try keys["encoding"].map(encoding),
            hasFinalRotations: try keys["final_rotations"]?.truth() ?? false)
    }

    private static func encoding(_ node: ConfigurationNode) throws -> Ansatz.Encoding {
        let keys = try node.children(known: ["rotation", "inputs", "reuploading", "scale"])
        let inputs = try child("inputs", of: keys, node)
        return Ansatz.Encoding(
            rotation: try keys["rotation"].map(choice) ?? .rx, inputs: try inputs.elements().map { try $0.text() },
            isRepeated: try keys["reuploading"]?.truth() ?? false, scale: try keys["scale"]?.number() ?? 1)
    }

    /// A rotation, or several in the order of their application.
    private static func rotations(_ node: ConfigurationNode) throws -> [Ansatz.Rotation] {
        try (node.isList ? node.elements() : [node]).map(choice)
    }

    /// One of the words of a type.
    private static func choice<Words: CaseIterable & RawRepresentable<String>>(
        _ node: ConfigurationNode
    ) throws -> Words {
        let words = Words.allCases.map(\.rawValue)
        let word = try node.choice(of: words)
        guard let value = Words(rawValue: word) else { preconditionFailure("a word that is none") }
        return value
    }
}
