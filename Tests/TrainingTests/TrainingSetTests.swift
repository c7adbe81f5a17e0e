import Foundation
import Testing

@testable import Training

@Suite("Training sets")
struct TrainingSetTests {
    private let files = TemporaryFiles()

    /// Inputs that no binary fraction hits exactly, three classes.
    private static let flowers = """
        name,b,a
        red,0.3,7.1
        blue,0.9,3.3
        green,100,-100
        red,1.7,5.9
         blue ,0.1,6.3
        red,1.1,4.7

        """

    private func twoInputs(_ file: URL, classes: [String: Double]? = nil) -> TrainingSource {
        var source = TrainingSource(
            file: file, inputs: [.init(name: "x0", column: "a"), .init(name: "x1", column: "b")],
            target: classes == nil ? "y" : "name")
        source.classes = classes?.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }
        return source
    }

    /// Rows `a = index`, `b` scrambled by a seed, `y = index`.
    private func numbered(_ count: Int, seed: Int = 0) throws -> URL {
        try files.file("a,b,y\n" + (0..<count).map { "\($0),\(($0 * 37 + seed) % 101),\($0)\n" }.joined())
    }

    @Test("numerical targets, inputs in the expert's order")
    func numerical() throws {
        let file = try files.file("y,b,a\n0.5,1,10\n-0.25,2,20\n")
        let set = try TrainingSet(twoInputs(file), inputNames: ["x0", "x1"])
        #expect(set.training == .init(inputs: [[10, 1], [20, 2]], targets: [0.5, -0.25]))
        #expect(set.heldOut.count == 0 && set.droppedRows == 0 && set.labels == nil)
        #expect(try TrainingSet(twoInputs(file), inputNames: ["x1", "x0"]).training.inputs == [[1, 10], [2, 20]])
    }

    @Test("listed classes are kept, others dropped and counted")
    func classes() throws {
        let file = try files.file(Self.flowers)
        let set = try TrainingSet(twoInputs(file, classes: ["red": 0.5, "blue": -0.5]), inputNames: ["x0", "x1"])
        #expect(set.training.targets == [0.5, -0.5, 0.5, -0.5, 0.5])
        #expect(set.training.inputs.map { $0[0] } == [7.1, 3.3, 5.9, 6.3, 4.7])
        #expect(set.labels == [-0.5, 0.5])
        #expect(set.droppedRows == 1)
        #expect(throws: TrainingError.absentClass(path: file.path, name: "pink", found: ["blue", "green", "red"])) {
            try TrainingSet(twoInputs(file, classes: ["red": 0.5, "pink": -0.5]), inputNames: ["x0", "x1"])
        }
    }

    @Test(
        "the extent of each column over the selected rows goes exactly onto the ends of the range",
        arguments: [0...Double.pi, -Double.pi / 3...2 * .pi / 3, 0.1...0.7, 1.1...1.3])
    func range(_ range: ClosedRange<Double>) throws {
        let file = try files.file(Self.flowers)
        var source = twoInputs(file, classes: ["red": 1, "blue": -1])
        source.range = range
        let inputs = try TrainingSet(source, inputNames: ["x0", "x1"]).training.inputs
        for column in 0..<2 {
            #expect(inputs.map { $0[column] }.min() == range.lowerBound)
            #expect(inputs.map { $0[column] }.max() == range.upperBound)
        }
        // 4.7 of 3.3…7.1 and 1.1 of 0.1…1.7.
        let width = range.upperBound - range.lowerBound
        #expect(abs(inputs[4][0] - (range.lowerBound + width * 1.4 / 3.8)) <= 1e-15)
        #expect(abs(inputs[4][1] - (range.lowerBound + width / 1.6)) <= 1e-15)
    }

    @Test("the cells of unlisted classes are not looked at")
    func unlistedRows() throws {
        let file = try files.file("name,a,b\nred,1,2\ngreen,,nan\nblue,3,4\n")
        let set = try TrainingSet(twoInputs(file, classes: ["red": 1, "blue": -1]), inputNames: ["x0", "x1"])
        #expect(set.training.count == 2)
        #expect(throws: CSVError.notANumber(path: file.path, line: 3, column: "a", found: "")) {
            try TrainingSet(twoInputs(file, classes: ["red": 1, "green": -1]), inputNames: ["x0", "x1"])
        }
    }

    @Test("a split has the right size, in the file's order, both parts disjoint and together whole")
    func split() throws {
        let file = try numbered(101)
        for (fraction, size) in [(0, 0), (0.3, 30), (0.5, 51), (0.004, 0), (0.006, 1), (0.99, 100)] {
            var source = twoInputs(file)
            source.testFraction = fraction
            let set = try TrainingSet(source, inputNames: ["x0", "x1"])
            #expect(set.heldOut.count == size)
            #expect(set.training.count == 101 - size)
            for part in [set.training, set.heldOut] {
                #expect(part.targets == part.targets.sorted())
                #expect(part.inputs.map { $0[0] } == part.targets)
            }
            #expect(Set(set.training.targets + set.heldOut.targets) == Set((0..<101).map(Double.init)))
        }
    }

    @Test("a seed fixes the split, whatever the values in the rows")
    func splitSeeds() throws {
        var first = twoInputs(try numbered(100))
        let other = try numbered(100, seed: 5)
        first.testFraction = 0.3
        first.splitSeed = 7
        let set = try TrainingSet(first, inputNames: ["x0", "x1"])
        #expect(try TrainingSet(first, inputNames: ["x0", "x1"]) == set)
        var second = first
        second.file = other
        #expect(try TrainingSet(second, inputNames: ["x0", "x1"]).heldOut.targets == set.heldOut.targets)
        second.range = 0...1
        #expect(try TrainingSet(second, inputNames: ["x0", "x1"]).heldOut.targets == set.heldOut.targets)
        second.splitSeed = 8
        #expect(try TrainingSet(second, inputNames: ["x0", "x1"]).heldOut.targets != set.heldOut.targets)
        // A larger share holds the same rows out, and more.
        #expect(
            TrainingSet.heldOutRows(count: 100, fraction: 0.3, seed: 7)
                .isSubset(of: TrainingSet.heldOutRows(count: 100, fraction: 0.5, seed: 7)))
    }

    @Test("every row is held out about equally often")
    func splitIsFair() {
        var counts = Array(repeating: 0, count: 50)
        for seed in 0..<1000 {
            for row in TrainingSet.heldOutRows(count: 50, fraction: 0.3, seed: UInt64(seed)) { counts[row] += 1 }
        }
        // Binomial, 300 ± 14.5: five standard deviations.
        #expect(counts.allSatisfy { abs($0 - 300) <= 73 })
    }

    @Test("an evaluation file is mapped as the training file is, and may lack a class")
    func evaluation() throws {
        let file = try files.file("name,a,b\nred,1,10\nblue,3,30\nblue,2,15\n")
        let other = try files.file("b,name,a\n20,red,4\n0,green,0\n30,red,1\n")
        var source = twoInputs(file, classes: ["red": 1, "blue": -1])
        source.range = 0...2
        source.evaluation = other
        let set = try TrainingSet(source, inputNames: ["x0", "x1"])
        #expect(set.training == .init(inputs: [[0, 0], [2, 2], [1, 0.5]], targets: [1, -1, -1]))
        #expect(set.heldOut == .init(inputs: [[3, 1], [0, 2]], targets: [1, 1]))
        #expect(set.droppedRows == 1)
        let foreign = try files.file("b,name,a\n20,pink,4\n")
        source.evaluation = foreign
        #expect(throws: TrainingError.absentClass(path: foreign.path, name: "blue", found: ["pink"])) {
            try TrainingSet(source, inputNames: ["x0", "x1"])
        }
    }

    @Test("a constant column cannot be mapped to a range, and needs none")
    func constantColumn() throws {
        let file = try files.file("a,b,y\n1,2,3\n4,2,6\n")
        var source = twoInputs(file)
        #expect(try TrainingSet(source, inputNames: ["x0", "x1"]).training.count == 2)
        source.range = 0...1
        #expect(throws: TrainingError.constantColumn(path: file.path, column: "b", value: 2)) {
            try TrainingSet(source, inputNames: ["x0", "x1"])
        }
    }

    @Test("each input of the expert is fed by a column of the table, and no other input")
    func inputNames() throws {
        let file = try files.file("a,b,y\n1,2,3\n")
        #expect(throws: TrainingError.unknownInput(name: "x1", expected: ["x0"])) {
            try TrainingSet(twoInputs(file), inputNames: ["x0"])
        }
        #expect(throws: TrainingError.missingInput(name: "x2")) {
            try TrainingSet(twoInputs(file), inputNames: ["x0", "x1", "x2"])
        }
        var source = twoInputs(file)
        source.inputs[1] = .init(name: "x1", column: "c")
        #expect(throws: CSVError.unknownColumn(path: file.path, name: "c", header: ["a", "b", "y"])) {
            try TrainingSet(source, inputNames: ["x0", "x1"])
        }
    }

    @Test("a training set with everything held out is refused")
    func nothingLeft() throws {
        let file = try numbered(10)
        var source = twoInputs(file)
        source.testFraction = 0.99
        #expect(throws: TrainingError.nothingLeft(path: file.path, rows: 10)) {
            try TrainingSet(source, inputNames: ["x0", "x1"])
        }
    }

    @Test("accuracy is the share of predictions nearest to their own label")
    func accuracy() {
        let part = TrainingSet.Part(inputs: [[0], [0], [0], [0]], targets: [-1, 0, 3, 3])
        let set = TrainingSet(inputNames: ["x"], training: part, labels: [-1, 0, 3])
        #expect(set.accuracy(of: [-1, 0, 3, 3], on: part) == 1)
        #expect(set.accuracy(of: [-9, 0.4, 1.6, 1.4], on: part) == 0.75)
        #expect(set.accuracy(of: [0, 3, -1, 0], on: part) == 0)
        #expect(set.accuracy(of: [], on: set.heldOut) == nil)
        #expect(TrainingSet(inputNames: ["x"], training: part).accuracy(of: [0, 0, 0, 0], on: part) == nil)
    }
}
