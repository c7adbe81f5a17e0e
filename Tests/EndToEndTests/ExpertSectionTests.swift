import Archive
import Foundation
import Testing

/// The kinds of experts of an experiment file, through the tool.
@Suite struct ExpertSectionTests {
    private static let quantum = "expert: {circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}}"

    private static func losses(_ expert: String) throws -> [Double] {
        let experiment = try SmallExperiment(replacing: [(quantum, "expert: \(expert)")])
        let process = try KacProcess.run(["solve", experiment.path, "-o", "limit.h5"], in: experiment.folder.url)
        try #require(process.status == 0, "\(process.errors)")
        let contents = try RunFileReader.contents(of: experiment.folder.url.appendingPathComponent("limit.h5"))
        return try #require(contents.series["loss"])
    }

    /// `cos(θ − x)` in three spellings.
    @Test func aCircuitANeuronAndAPolynomialAreOneFunction() throws {
        let circuit = try Self.losses("{circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}}")
        let neuron = try Self.losses("{neuron: cosine, inputs: [x]}")
        let polynomial = try Self.losses(
            "{polynomial: {parameters: [t], inputs: [x], terms: {cos(t)*cos(x): 1, sin(t)*sin(x): 1}}}")
        for other in [neuron, polynomial] {
            #expect(other.count == circuit.count)
            for (a, b) in zip(circuit, other) { #expect(abs(a - b) < 1e-14) }
        }
    }

    @Test func theFallBackIsReported() throws {
        let limited = "{circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}, term_limit: 1}"
        let experiment = try SmallExperiment(replacing: [(Self.quantum, "expert: \(limited)")])
        let process = try experiment.run()
        try #require(process.status == 0, "\(process.errors)")
        #expect(process.errors.contains("path direct"))
        let contents = try RunFileReader.contents(of: experiment.folder.url.appendingPathComponent("small.h5"))
        #expect(contents.expertPath == "direct")
        #expect(contents.expertPathReason?.contains("more than 1 terms") ?? false)
        let free = try Self.losses("{circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}}")
        for (a, b) in zip(free, try #require(contents.series["loss"])) { #expect(abs(a - b) < 1e-14) }
    }

    /// Fourteen angles on two qubits have 3¹⁴ monomials at most, more than are sampled: the run goes by the state vector, as it does
    /// where that is asked for, and finds what the expansion says.
    @Test func withoutAnExpansionARunIsByTheStateVector() throws {
        func losses(_ key: String, path: String, reason: String?) throws -> [Double] {
            let ansatz =
                "{ansatz: {name: hardware_efficient, qubits: 2, layers: 7, rotations: [ry], entangler: cx, topology: line, "
                + "encoding: {rotation: rx, inputs: [x], reuploading: true}}, observable: {Z0: 1}\(key)}"
            let experiment = try SmallExperiment(replacing: [
                (Self.quantum, "expert: \(ansatz)"), ("inputs: {x: x}, ", ""),
                ("method: galerkin, grid: {cells: [64]}, tolerance: 1e-9", "method: characteristics, nodes: 64"),
                ("counts: [10, 100, 200, 400]", "counts: [5, 10]"), ("wasserstein: [1, 2], ", ""),
            ])
            let process = try experiment.run()
            try #require(process.status == 0, "\(process.errors)")
            #expect(process.errors.contains("path \(path)"))
            #expect(process.errors.contains("no expansion") == (path == "direct"))
            let contents = try RunFileReader.contents(of: experiment.folder.url.appendingPathComponent("small.h5"))
            #expect(contents.expertPath == path)
            #expect(contents.expertPathReason == reason)
            #expect(contents.series["entropy"] == nil || path == "expansion")
            let means = contents.tables.flatMap(\.columns).filter { ["coupling", "function_error"].contains($0.name) }
                .flatMap { column -> [Double] in
                    if case .reals(let values) = column.values { values } else { [] }
                }
            #expect(!means.isEmpty)
            return try #require(contents.series["loss"]) + means
        }
        let expansion = try losses("", path: "expansion", reason: nil)
        let limited = try losses(
            ", term_limit: 10", path: "direct",
            reason:
                "Pauli propagation meets more than 10 terms, and finding it from values of the state vector "
                + "would take 4782969 of them a datum, with 1048576 the limit")
        #expect(try losses(", path: direct", path: "direct", reason: "asked for") == limited)
        // Time steps that hold a tolerance of 1e-4 and 1e-8, the same but for the measure of their errors.
        for (a, b) in zip(expansion, limited) where a.isFinite || b.isFinite { #expect(abs(a - b) < 1e-4) }
        #expect(expansion.count == limited.count && limited[2] < limited[0])
    }

    @Test(arguments: [
        (
            "{circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}, path: dircet}",
            "expected one of auto, expansion, direct"
        ),
        ("{neuron: cosin, inputs: [x]}", "did you mean 'cosine'"),
        ("{neuron: cosine, inputs: [x], frequencies: [1, 2]}", "feature 0 has 2 frequencies"),
        ("{neuron: cosine, inputs: [x], frequency: [1]}", "did you mean 'frequencies'"),
        ("{neuron: cosine, inputs: [x], frequencies: {deviation: -1}}", "expected a number above 0"),
        ("{neuron: two_angle, inputs: [x], parameters: [a]}", "found 1 names of angles, expected 2"),
        ("{neuron: cosine, circuit: circuit.qasm, inputs: [x]}", "unknown key 'circuit'"),
        ("{polynomial: {parameters: [t], inputs: [x], terms: {cos(0.5*t): 1}}}", "whole number"),
        ("{polynomial: {parameters: [t], inputs: [x], terms: {cos(t: 1}}}", "column 6 of 'cos(t'"),
        ("{polynomial: {parameters: [t], inputs: [x], terms: {cos(t)*z: 1}}}", "there is no 'z'"),
        ("{polynomial: {parameters: [t], inputs: [x], terms: {}}}", "found no terms"),
        ("{polynomial: {parameters: [], inputs: [x], terms: {cos(t): 1}}}", "found no angles"),
        ("{parameters: [theta]}", "expected one of the keys circuit, ansatz, neuron and polynomial"),
    ])
    func whatIsWrongIsNamed(expert: String, part: String) throws {
        let experiment = try SmallExperiment(replacing: [(Self.quantum, "expert: \(expert)")])
        let process = try experiment.run()
        #expect(process.status == 65, "\(process.errors)")
        #expect(process.errors.contains("small.yml:2: expert"), "\(process.errors)")
        #expect(process.errors.contains(part), "\(process.errors)")
        #expect(!experiment.folder.contents.contains("small.h5"))
    }

    @Test func aMissingPolynomialFileIsMissingInput() throws {
        let experiment = try SmallExperiment(replacing: [(Self.quantum, "expert: {polynomial: none.yml}")])
        let process = try experiment.run()
        #expect(process.status == 66 && process.errors.contains("the polynomial"), "\(process.errors)")
    }

    @Test func classicalExpertsAreLiftedAndEvaluated() throws {
        let experiment = try SmallExperiment(replacing: [(Self.quantum, "expert: {neuron: two_angle, inputs: [x]}")])
        let lift = try KacProcess.run(["lift", "--experiment", experiment.path, "--json"])
        try #require(lift.status == 0, "\(lift.errors)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(lift.output.utf8)) as? [String: Any])
        #expect(object["monomials"] as? Int == 2 && object["path"] as? String == "expansion")
        let coefficients = try #require(object["coefficients"] as? [String: [Double]])
        #expect(Set(coefficients.keys) == ["cos(theta0)*cos(theta1)", "cos(theta0)*sin(theta1)"])
        let evaluation = try KacProcess.run(["evaluate", experiment.path, "--theta", "0.2,0.3"])
        #expect(evaluation.status == 0 && evaluation.output.contains("f expansion"))
        let refused = try KacProcess.run(["lift", "--experiment", experiment.path, "--observable", "Z0"])
        #expect(refused.status == 64 && refused.errors.contains("no circuit"))
        // A limit that would bound nothing.
        let limited = try KacProcess.run(["lift", "--experiment", experiment.path, "--term-limit", "1"])
        #expect(limited.status == 64 && limited.errors.contains("--term-limit: the experiment's expert is no circuit"))
    }
}
