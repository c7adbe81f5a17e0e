import Archive
import Foundation
import Testing
import Torus

/// `kac distance` on everyone's data.
@Suite struct DistanceCommandTests {
    private struct Answer: Decodable {
        let p: Int
        let d: Int
        let atoms: Int
        let lower: Double
        let upper: Double
        let method: String
        let iterations: Int
        let seconds: Double
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String]) throws -> KacProcess {
        try KacProcess.run(["distance"] + arguments, in: folder.url)
    }

    /// The answer, with what was said beside it.
    private func answer(_ arguments: [String]) throws -> (Answer, notices: String) {
        let process = try run(arguments + ["--json"])
        try #require(process.status == 0, "\(process.errors)")
        return (try JSONDecoder().decode(Answer.self, from: Data(process.output.utf8)), process.errors)
    }

    /// A file of NumPy's, as `numpy.save` writes it.
    private func writeArray(_ values: [Double], shape: String, to name: String) throws {
        var header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
        while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0])
        data.append(contentsOf: header.utf8)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        try data.write(to: folder.url.appendingPathComponent(name))
    }

    /// One atom and the uniform law: W1 = 1/4 and W2² = 1/12 on the circle of length 1, d/12 on the torus.
    @Test func oneAtomInThePeriodOfTheUser() throws {
        try folder.write("0.7\n", to: "atoms.csv")
        try folder.write("1,1,1,1\n", to: "density.csv")
        for (period, value) in [("1", "1"), ("360", "\(1.0 / 360)"), ("2*pi", "\(0.5 / Double.pi)"), ("0.001", "1000")]
        {
            let length = period == "2*pi" ? 2 * Double.pi : try #require(Double(period))
            try folder.write(Array(repeating: value, count: 4).joined(separator: ","), to: "density.csv")
            let arguments = ["atoms.csv", "density.csv", "--period", period]
            let (first, notices) = try answer(arguments + ["-p", "1"])
            let (second, _) = try answer(arguments)
            #expect(first.p == 1 && second.p == 2 && second.d == 1 && second.atoms == 1)
            #expect(first.lower <= length / 4 && length / 4 <= first.upper)
            #expect(first.upper - first.lower < 1e-13 * length)
            let truth = length / 12.0.squareRoot()
            // The truth is rounded too.
            #expect(second.lower <= truth * (1 + 1e-15) && truth * (1 - 1e-15) <= second.upper)
            #expect(second.upper - second.lower < 1e-13 * length && second.iterations > 0 && second.seconds >= 0)
            #expect(first.method == "circle W1: level median" && notices.contains("outside") == (length < 0.7))
        }
        try writeArray([0.2, 0.3, 0.4], shape: "(1, 3)", to: "atom.npy")
        try writeArray(Array(repeating: 7, count: 24), shape: "(2, 3, 4)", to: "cube.npy")
        let (cube, notices) = try answer(["atom.npy", "cube.npy", "--period", "1", "--normalise"])
        #expect(cube.d == 3 && abs(cube.lower * cube.lower - 3.0 / 12) < 1e-9 && notices.contains("mass 7"))
        let text = try run(["atom.npy", "cube.npy", "--period", "1", "--normalise"])
        #expect(text.output.hasPrefix("W2 ") && text.output.contains("in [0.49"))
    }

    /// The same atoms and density written in every way, with axes that differ.
    @Test func everyFormatIsTheSame() throws {
        let atoms = [(0.5, 1.0), (2.0, 6.0), (4.5, 3.0)]
        try folder.write(atoms.map { "\($0.0),\($0.1)" }.joined(separator: "\n"), to: "plain.csv")
        try folder.write(
            "\"theta0\",weight,theta1\n" + atoms.map { "\($0.0),2,\($0.1)" }.joined(separator: "\r\n"), to: "named.csv")
        try writeArray(atoms.flatMap { [$0.0, $0.1] }, shape: "(3, 2)", to: "atoms.npy")
        let rows = [[1.0, 2, 3], [4, 0, 6]]
        try folder.write(rows.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n"), to: "grid.csv")
        try writeArray(rows.joined().map { $0 }, shape: "(2, 3)", to: "grid.npy")
        try writeArray([1, 4, 2, 0, 3, 6], shape: "(3, 2)", to: "turned.npy")
        for p in ["1", "2"] {
            let (reference, _) = try answer(["plain.csv", "grid.npy", "-p", p, "--normalise"])
            for other in [
                ["named.csv", "grid.csv"], ["atoms.npy", "grid.csv"], ["atoms.npy", "turned.npy", "--axes", "1,0"],
            ] {
                let (found, _) = try answer(other + ["-p", p, "--normalise"])
                #expect(found.lower == reference.lower && found.upper == reference.upper, "\(other)")
            }
        }
        let (turned, _) = try answer(["plain.csv", "turned.npy", "--normalise"])
        let (reference, _) = try answer(["plain.csv", "grid.npy", "--normalise"])
        #expect(abs(turned.lower - reference.lower) > 1e-3)
    }

    /// Atoms and atoms: on the circle of any number and weights, in several angles by an assignment.
    @Test func betweenAtoms() throws {
        try folder.write("0.1\n0.9\n", to: "two.csv")
        try folder.write("x,weight\n0.2,3\n0.5,1\n", to: "weighted.csv")
        // By hand: a half goes from 0.1 to 0.2, a quarter from 0.9 to 0.2, a quarter from 0.9 to 0.5.
        let (first, notices) = try answer(
            ["two.csv", "weighted.csv", "--atoms", "--period", "1", "-p", "1", "--normalise"])
        #expect(first.d == 1 && first.atoms == 2 && notices.contains("weights sum to 4"))
        #expect(abs(first.lower - (0.05 + 0.075 + 0.1)) < 1e-12 && first.upper - first.lower < 1e-12)
        try folder.write("0,0,0,0.1\n0.5,0,0,0\n", to: "four.csv")
        try folder.write("0.5,0,0,0\n0.9,0,0,0.1\n", to: "moved.csv")
        let (second, _) = try answer(["four.csv", "moved.csv", "--atoms", "--period", "1"])
        #expect(second.d == 4 && second.method == "torus W2: assignment")
        #expect(second.lower <= 0.1 / 2.0.squareRoot() + 1e-15 && 0.1 / 2.0.squareRoot() - 1e-15 <= second.upper)
        #expect(second.upper - second.lower < 1e-14)
        for (arguments, complaint) in [
            (["two.csv", "four.csv"], "expected as many"), (["four.csv", "moved.csv", "--axes", "1,0"], "--atoms"),
            (["four.csv", "moved.csv", "--time", "1"], "neither"),
        ] {
            let process = try run(arguments + ["--atoms"])
            #expect(process.status != 0 && process.errors.contains(complaint), "\(process.errors)")
        }
        try folder.write("0,0\n", to: "one.csv")
        try folder.write("0,0\n1,1\n", to: "pair.csv")
        let uneven = try run(["one.csv", "pair.csv", "--atoms"])
        #expect(uneven.status == 65 && uneven.errors.contains("expected equal numbers"), "\(uneven.errors)")
    }

    /// All ensembles of a run: their distances have the mean that the run's table tells, and begin nested.
    @Test func storedEnsembles() throws {
        let small = try SmallExperiment(replacing: [("counts: [10, 100, 200, 400]", "counts: [3, 40]")])
        #expect(try small.run(["-o", "run.h5", "--store-ensembles", "all"]).status == 0)
        let file = small.folder.url.appendingPathComponent("run.h5")
        let contents = try RunFileReader.contents(of: file)
        #expect(contents.experiment.contains("--set output.ensembles=all"))
        #expect(contents.ensembles.count == 8)
        let means = try ShippedExperimentTests.reals(contents, "comparison", "w2")
        for (index, count) in [3, 40].enumerated() {
            for (row, time) in contents.times.enumerated() {
                let found = try (0..<4).map { replicate in
                    try answer([
                        file.path, file.path, "--count", "\(count)", "--replicate", "\(replicate)", "--time", "\(time)",
                    ]).0
                }
                #expect(Set(found.map(\.lower)).count == 4 && found.allSatisfy { $0.atoms == count })
                let mean = found.map { ($0.lower + $0.upper) / 2 }.reduce(0, +) / 4
                // Wrapped angles are rounded ones.
                #expect(abs(mean - means[index * contents.times.count + row]) < 1e-12)
            }
        }
        let nested = try contents.storedEnsemble(count: 40, replicate: 2, name: "").positions[0][0].prefix(3)
        #expect(try contents.storedEnsemble(count: 3, replicate: 2, name: "").positions[0][0] == Array(nested))
        let missing = try KacProcess.run(["distance", file.path, file.path, "--count", "3", "--replicate", "4"])
        #expect(missing.status == 65 && missing.errors.contains("3 experts, replicates 0 to 3"), "\(missing.errors)")
        let compared = try KacProcess.run([
            "compare", file.path, "-p", "2", "--count", "3", "--replicate", "1", "--json",
        ])
        #expect(compared.status == 0 && compared.output.contains("\"n_experts\" : 3"), "\(compared.errors)")
        let inspected = try KacProcess.run(["inspect", file.path])
        #expect(inspected.output.contains("ensembles 4 of 40 experts"))
        #expect(inspected.output.firstMatch(of: /\/ensembles\/n3 +9 arrays +[0-9]+ +[0-9]+/) != nil)
        let exported = try KacProcess.run(
            [
                "export", "run.h5", "--to", "csv", "--fields", "experts", "--times", "2", "--count", "3", "--replicate",
                "1",
            ],
            in: small.folder.url)
        #expect(exported.status == 0, "\(exported.errors)")
        let atoms = small.folder.url.appendingPathComponent("run-export.experts.csv").path
        let direct = try answer([file.path, file.path, "--count", "3", "--replicate", "1"]).0
        #expect(try answer([atoms, file.path]).0.lower == direct.lower)
    }

    /// The stored ensemble and density of a run give the sample of replicate 0, at any output; arrays of the file do too.
    @Test func runFiles() throws {
        let small = try SmallExperiment(replacing: [
            ("counts: [10, 100, 200, 400]", "counts: [40]"), ("replicates: 4", "replicates: 1"),
        ])
        #expect(try small.run(["-o", "run.h5"]).status == 0)
        let file = small.folder.url.appendingPathComponent("run.h5")
        let contents = try RunFileReader.contents(of: file)
        for (row, time) in contents.times.enumerated() {
            for (p, name) in [("1", "w1"), ("2", "w2")] {
                let stored = try ShippedExperimentTests.reals(contents, "comparison", name)[row]
                let (found, _) = try answer([file.path, file.path, "-p", p, "--time", "\(time)"])
                #expect(found.atoms == 40 && found.lower <= stored + 1e-14 && stored - 1e-14 <= found.upper)
                #expect(found.upper - found.lower < 1e-9)
                let (dataset, _) = try answer([file.path, file.path + ":/density", "-p", p, "--time", "\(time)"])
                #expect(dataset.lower == found.lower)
                let (named, _) = try answer([
                    file.path, file.path, "-p", p, "--time", "\(time)", "--dataset", "density",
                ])
                #expect(named.lower == found.lower)
            }
        }
        let (last, _) = try answer([file.path, file.path])
        let (named, _) = try answer([
            file.path, file.path, "--time", "2", "--count", "40", "--replicate", "0", "--dataset", "/density",
        ])
        #expect(last.lower == named.lower)
        // The atoms of a table with the density of a run, and the other way round.
        let experts = try #require(contents.experts)
        try folder.write(experts.positions[0][2].map { "\($0)" }.joined(separator: "\n"), to: "atoms.csv")
        let averages = contents.densities[2]
        try writeArray(averages, shape: "(\(averages.count),)", to: "density.npy")
        #expect(try answer(["atoms.csv", file.path]).0.lower == last.lower)
        #expect(try answer([file.path, "density.npy", "--time", "2"]).0.lower == last.lower)
    }

    /// Wrapping changes nothing and is said; points beyond one period are counted once.
    @Test func atomsOutsideThePeriodAreWrapped() throws {
        try folder.write("0.25\n0.5\n0.875\n", to: "inside.csv")
        try folder.write("-0.75\n0.5\n5.875\n", to: "outside.csv")
        try folder.write("2,1,0.5,0.5\n", to: "density.csv")
        let (inside, silent) = try answer(["inside.csv", "density.csv", "--period", "1"])
        let (outside, said) = try answer(["outside.csv", "density.csv", "--period", "1"])
        #expect(inside.lower == outside.lower && silent.isEmpty)
        #expect(said == "kac: note: 2 of 3 atoms are outside [0, 1.0) and wrapped into it\n")
    }

    /// Masses near the least number there is.
    @Test func smallMasses() throws {
        try folder.write("x,Weights\n0.1,3e-310\n0.6,1e-310\n", to: "atoms.csv")
        try folder.write("2e-310,0,6e-310,0", to: "masses.csv")
        try folder.write("x,weight\n0.1,0.75\n0.6,0.25\n", to: "unit.csv")
        try folder.write("1,0,3,0", to: "unit-masses.csv")
        let (small, _) = try answer(["atoms.csv", "masses.csv", "--period", "1", "--normalise"])
        let (reference, _) = try answer(["unit.csv", "unit-masses.csv", "--period", "1", "--normalise"])
        // Numbers of that size have thirteen digits.
        #expect(abs(small.lower - reference.lower) < 1e-12)
    }

    @Test func weightsAndMassesAreDividedOutOnRequest() throws {
        try folder.write("x,weight\n0.1,3\n0.6,1\n", to: "atoms.csv")
        try folder.write("x\n0.1\n0.6\n0.1\n0.1\n", to: "repeated.csv")
        try folder.write("0.5,0.25,0.25\n", to: "masses.csv")
        let refused = try run(["atoms.csv", "masses.csv", "--period", "1"])
        #expect(refused.status == 65 && refused.errors.contains("sum to 4") && refused.errors.contains("--normalise"))
        let mass = try run(["repeated.csv", "masses.csv", "--period", "1"])
        #expect(mass.status == 65 && mass.errors.contains("--normalise") && mass.errors.contains("cell masses"))
        let (weighted, notices) = try answer(["atoms.csv", "masses.csv", "--period", "1", "--normalise"])
        let (repeated, _) = try answer(["repeated.csv", "masses.csv", "--period", "1", "--normalise"])
        #expect(abs(weighted.lower - repeated.lower) < 1e-14)
        #expect(notices.contains("the weights sum to 4.0") && notices.contains("has the mass"))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let mentions: [String]
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String, _ status: Int32, _ mentions: String...) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            (self.status, self.mentions) = (status, mentions)
        }
    }

    @Test(arguments: [
        Case("none.csv grid.csv", 66, "none.csv"), Case("atoms.csv none.npy", 66, "none.npy"),
        Case("none.h5 grid.csv", 66, "none.h5"), Case("atoms.csv none.h5:/x", 66, "none.h5"),
        Case("atoms.csv", 64), Case("atoms.csv grid.csv -p 3", 64, "expected 1 or 2"),
        Case("atoms.csv grid.csv --period -1", 64, "--period"), Case("atoms.csv grid.csv --period far", 64, "'far'"),
        Case("atoms.csv grid.csv --threads 0", 64, "--threads"),
        Case("atoms.csv grid.csv --time 1", 64, "--time", "no", "run file"),
        Case("atoms.csv grid.csv --count 3", 64, "--count"), Case("atoms.csv grid.csv --replicate 0", 64, "--count"),
        Case("atoms.csv grid.csv --axes 1,2", 64, "--axes"), Case("atoms.csv grid.csv --axes 1,0", 64, "--axes"),
        Case("atoms.csv grid.csv --axes a", 64, "'a'"),
        Case("atoms.csv plane.csv", 65, "1 angle", "2 angles"), Case("pairs.csv grid.csv", 65, "2 angles"),
        Case("empty.csv grid.csv", 65, "empty.csv", "no numbers"), Case("atoms.csv empty.csv", 65, "empty.csv"),
        Case("names.csv grid.csv", 65, "names.csv", "no numbers"), Case("words.csv grid.csv", 65, "words.csv:2", "'a'"),
        Case("infinite.csv grid.csv", 65, "line 2", "inf"), Case("four.csv grid.csv", 65, "4 columns"),
        Case("atoms.dat grid.csv", 65, ".csv, .npy"), Case("atoms.csv grid.dat", 65, ".npy, .csv"),
        Case("negative-weight.csv grid.csv", 65, "negative-weight.csv:3", "-1.0"),
        Case("no-weight.csv grid.csv --normalise", 65, "weights sum to 0"),
        Case("two-weights.csv grid.csv", 65, "more than one column of weights"),
        Case("semicolons.csv grid.csv", 65, "semicolons.csv:1", "'1;2'"),
        Case("folder.csv grid.csv", 66, "is a folder"),
        Case("atoms.csv negative.csv", 65, "cell [1]", "-0.5"), Case("atoms.csv nan.csv", 65, "cell [0]", "nan"),
        Case("atoms.csv zero.csv --normalise", 65, "sum to 0"), Case("atoms.csv doubled.csv", 65, "--normalise"),
        Case("atoms.csv bytes.npy", 65, "bytes.npy"), Case("bytes.npy grid.csv", 65, "bytes.npy"),
        Case("bytes.h5 grid.csv", 65, "bytes.h5"), Case("bytes.csv grid.csv", 65, "UTF-8"),
    ])
    func whatIsWrongIsSaid(_ bad: Case) throws {
        let uniform = 0.5 / Double.pi
        for (name, text) in [
            ("atoms.csv", "1\n2\n"), ("pairs.csv", "1,2\n3,4\n"), ("grid.csv", "\(uniform),\(uniform)"),
            ("plane.csv", "1,1\n1,1\n"), ("empty.csv", ""), ("names.csv", "x,y\n"), ("words.csv", "1\na\n"),
            ("infinite.csv", "1\ninf\n"), ("four.csv", "1,2,3,4\n"), ("atoms.dat", "1"), ("grid.dat", "1"),
            ("negative-weight.csv", "x,weight\n1,2\n1,-1\n"), ("no-weight.csv", "x,weight\n1,0\n"),
            ("negative.csv", "1,-0.5"), ("nan.csv", "nan,1"), ("zero.csv", "0,0"), ("doubled.csv", "1,1"),
            ("bytes.h5", "something else"),
        ] {
            try folder.write(text, to: name)
        }
        try folder.write("weight,x,Weights\n1,2,3\n", to: "two-weights.csv")
        try folder.write("1;2\n3;4\n", to: "semicolons.csv")
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("folder.csv"), withIntermediateDirectories: false)
        for name in ["bytes.npy", "bytes.csv"] {
            try Data([0xff, 0xfe, 0x00, 0x80]).write(to: folder.url.appendingPathComponent(name))
        }
        let process = try run(bad.arguments)
        #expect(process.status == bad.status, "\(process.errors)")
        for word in bad.mentions { #expect(process.errors.contains(word), "\(word) in: \(process.errors)") }
        #expect(process.output.isEmpty)
    }

    @Test func runFilesThatDoNotFit() throws {
        let small = try SmallExperiment(replacing: [("counts: [10, 100, 200, 400]", "counts: [5]")])
        #expect(try small.run(["-o", "run.h5"]).status == 0)
        #expect(try KacProcess.run(["solve", small.path, "-o", "limit.h5"], in: small.folder.url).status == 0)
        func fails(_ arguments: String, _ status: Int32, _ words: String...) throws {
            let process = try KacProcess.run(
                ["distance"] + arguments.split(separator: " ").map(String.init), in: small.folder.url)
            #expect(process.status == status, "\(arguments): \(process.errors)")
            for word in words { #expect(process.errors.contains(word), "\(word) in \(process.errors)") }
        }
        try fails("run.h5 run.h5 --time 0.3", 65, "0.0, 1.0, 2.0")
        try fails("run.h5 run.h5 --count 100", 65, "100 experts", "has 5 experts")
        try fails("run.h5 run.h5 --replicate 1", 65, "replicate 1")
        try fails("limit.h5 run.h5", 65, "no experts")
        try fails("run.h5 run.h5 --period 1", 65, "--period")
        try fails("run.h5 run.h5 --axes 0", 64, "--axes")
        try fails("run.h5:/density run.h5", 65, "shape")
        try fails("run.h5 run.h5:/nothing", 65, "/nothing")
    }

    @Test func helpSaysTheFormats() throws {
        let help = try run(["--help"])
        #expect(help.status == 0)
        for word in ["any.npy", "run.h5", "any.h5:/path", "--normalise", "--period", "--axes", "--dataset"] {
            #expect(help.output.contains(word))
        }
    }
}
