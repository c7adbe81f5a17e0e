import Experts
import Foundation

extension Experiment {
    /// Reads the section `expert`: a circuit, its trained inputs and an observable.
    static func expert(_ node: ConfigurationNode, in folder: URL) throws -> QuantumExpert {
        let keys = try node.children(known: ["circuit", "parameters", "observable"])
        let file = try resolve(child("circuit", of: keys, node), in: folder)
        let path = file.relativePathIfShorter
        let circuit = try Self.circuit(at: file.path, name: path)
        let parametersNode = try child("parameters", of: keys, node)
        let parameters = try parametersNode.elements().map { try $0.text() }
        guard !parameters.isEmpty else { throw parametersNode.error("found no names, expected the trained inputs") }
        let observableNode = try child("observable", of: keys, node)
        let observable: PauliSum
        do {
            if observableNode.isMapping {
                let terms = try observableNode.entries().map { ($0.0, try $0.1.number()) }
                observable = try PauliSum(Dictionary(terms) { $0 + $1 })
            } else {
                observable = try PauliSum(observableNode.text())
            }
        } catch let error as PauliSumError {
            throw observableNode.error("\(error)")
        }
        do {
            return try QuantumExpert(circuit: circuit, parameters: parameters, observable: observable)
        } catch let error as ExpertError {
            throw node.error("\(error)")
        }
    }
}
