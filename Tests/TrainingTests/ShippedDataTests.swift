import Experts
import Foundation
import Testing

@testable import Training

@Suite("Shipped circuits and tables")
struct ShippedDataTests {
    /// A file of the folder `data`.
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("data/\(name)").path
    }

    /// The training set of `data/experiments/iris.yml`.
    private func iris() throws -> TrainingSet {
        var source = TrainingSource(
            file: URL(fileURLWithPath: Self.path("training/iris.csv")),
            inputs: [.init(name: "x0", column: "petal_length_cm"), .init(name: "x1", column: "petal_width_cm")],
            target: "species")
        source.range = 0...Double.pi
        source.classes = [.init(name: "versicolor", value: -0.55), .init(name: "virginica", value: 0.55)]
        source.testFraction = 0.3
        source.splitSeed = 1
        return try TrainingSet(source, inputNames: ["x0", "x1"])
    }

    @Test("iris: 150 flowers, 50 of each species")
    func irisTable() throws {
        let table = try CSVTable(contentsOf: URL(fileURLWithPath: Self.path("training/iris.csv")))
        let species = try table.index(of: "species")
        #expect(table.header.count == 5)
        #expect(
            Dictionary(table.rows.map { ($0[species], 1) }, uniquingKeysWith: +) == [
                "setosa": 50, "versicolor": 50, "virginica": 50,
            ])
        for row in table.rows.indices {
            for column in 0..<4 { #expect(try (0.1...7.9).contains(table.number(row: row, column: column))) }
        }
    }

    @Test("iris: two species, 70 rows to train on and 30 held out, petals from 0 to π")
    func irisTrainingSet() throws {
        let set = try iris()
        #expect(set.training.count == 70 && set.heldOut.count == 30 && set.droppedRows == 50)
        let inputs = set.training.inputs + set.heldOut.inputs
        for column in 0..<2 {
            #expect(inputs.map { $0[column] }.min() == 0)
            #expect(inputs.map { $0[column] }.max() == .pi)
        }
    }

    /// The functions in the circuit's comment.
    @Test("the iris circuit reads the petals as it says")
    func irisCircuit() throws {
        let set = try iris()
        let circuit = try OpenQASMReader.read(contentsOf: Self.path("circuits/iris.qasm"))
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta0"], observable: PauliSum(["Z0": 1, "Z1": -0.1]))
        #expect(expert.inputNames == ["x0", "x1"])
        let form = try #require(AdditiveForm(MeanFieldProblem(expert: expert, trainingSet: set)))
        for (a, x) in set.training.inputs.enumerated() {
            #expect(abs(form.constant[a] + 0.1 * cos(x[1])) <= 1e-15)
            #expect(abs(form.cosine[0][a] - cos(x[0])) <= 1e-15)
            #expect(abs(form.sine[0][a] + sin(x[0]) * cos(x[1])) <= 1e-15)
        }
    }

    @Test("one qubit: the inputs 0 and π/2 to the last bit")
    func oneQubitTable() throws {
        let source = TrainingSource(
            file: URL(fileURLWithPath: Self.path("training/one-qubit.csv")), inputs: [.init(name: "x", column: "x")],
            target: "y")
        let set = try TrainingSet(source, inputNames: ["x"])
        #expect(set.training == .init(inputs: [[0], [.pi / 2]], targets: [0.5, 0.3]))
    }
}
