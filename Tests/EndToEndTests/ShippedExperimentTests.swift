import Archive
import Foundation
import Testing
import Torus

/// Every experiment that the project ships, run as a user runs it, with its errors asserted.
@Suite struct ShippedExperimentTests {
    static func run(_ name: String) throws -> (process: KacProcess, contents: RunContents) {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("run.h5")
        let process = try KacProcess.run(["run", "data/experiments/\(name).yml", "-o", file.path])
        try #require(process.status == 0, "\(process.errors)")
        return (process, try RunFileReader.contents(of: file))
    }

    static func reals(_ contents: RunContents, _ table: String, _ column: String) throws -> [Double] {
        let table = try #require(contents.tables.first { $0.name == table })
        guard case .reals(let values) = try #require(table.columns.first { $0.name == column }).values else {
            Issue.record("\(column) holds no numbers")
            return []
        }
        return values
    }

    static func texts(_ contents: RunContents, _ table: String, _ column: String) throws -> [String] {
        let table = try #require(contents.tables.first { $0.name == table })
        guard case .texts(let values) = try #require(table.columns.first { $0.name == column }).values else {
            Issue.record("\(column) holds no texts")
            return []
        }
        return values
    }

    static func integers(_ contents: RunContents, _ table: String, _ column: String) throws -> [Int64] {
        let table = try #require(contents.tables.first { $0.name == table })
        guard case .integers(let values) = try #require(table.columns.first { $0.name == column }).values else {
            Issue.record("\(column) holds no whole numbers")
            return []
        }
        return values
    }

    /// No experiment is shipped without a test here.
    @Test func everyExperimentIsListed() throws {
        let folder = KacProcess.root.appendingPathComponent("data/experiments")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yml") }
        #expect(
            files.sorted() == [
                "digits.yml", "iris-2d.yml", "iris-4d.yml", "iris-neuron.yml", "iris-polynomial.yml", "iris.yml",
                "one-qubit.yml",
                "transport-2d.yml",
            ])
    }

    @Test func oneQubit() throws {
        let (process, contents) = try Self.run("one-qubit")
        // Fifty-digit values of the loss (ReferenceProblems in the continuum's tests has them all).
        let losses = [
            0.08499999999999999, 0.06622473498492212, 0.05170637191364169, 0.031882938965156926, 0.008362635584805794,
            0.001188712480725464, 3.655979060844952e-05,
        ]
        let found = try #require(contents.series["loss"])
        #expect(contents.times == [0, 0.5, 1, 2, 5, 10, 20])
        for (a, b) in zip(found, losses) { #expect(abs(a - b) < 1e-10) }
        #expect(try #require(contents.series["exact_moment_error"]).allSatisfy { $0 < 1e-10 })
        #expect(try #require(contents.series["mass"]).allSatisfy { abs($0 - 1) < 1e-13 })
        #expect(process.output.contains("against the exact solution"))
    }

    @Test func digits() throws {
        let (process, contents) = try Self.run("digits")
        #expect(try #require(contents.series["mass"]).allSatisfy { abs($0 - 1) < 1e-13 })
        // 253 and 108 images: one more or less is 0.4 and 0.9 points.
        #expect(process.output.contains(/infinite mixture +0\.0025\d+ +98\.\d % +99\.1 %/), "\(process.output)")

        // Without rotations an expert compares the squared grey levels of quarters: rows 0, 1, 6, 7 count as +1, rows 2 to 5 as -1.
        struct Evaluated: Decodable {
            struct Path: Decodable { let f: [Double] }
            let direct, expansion: Path
        }
        let evaluated = try JSONDecoder().decode(
            Evaluated.self,
            from: Data(
                try KacProcess.run(["evaluate", "data/experiments/digits.yml", "--theta", "0,0", "--json"]).output.utf8)
        )
        let table = try String(
            contentsOf: KacProcess.root.appendingPathComponent("data/training/digits.csv"), encoding: .utf8)
        let images = table.split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",").compactMap { Double($0) }
        }
        let expected = images.filter { $0[64] == 4 || $0[64] == 9 }.map { image -> Double in
            let squares = image.prefix(64).map { $0 * $0 }
            let signed = squares.enumerated().map { [0, 1, 6, 7].contains($0.offset / 8) ? $0.element : -$0.element }
            return signed.reduce(0, +) / squares.reduce(0, +)
        }
        #expect(images.count == 1797 && expected.count == 361 && evaluated.direct.f.count == 361)
        for (a, (b, c)) in zip(expected, zip(evaluated.direct.f, evaluated.expansion.f)) {
            #expect(abs(a - b) < 1e-13 && abs(a - c) < 1e-13)
        }
    }

    @Test func irisTwoAngles() throws {
        let (_, contents) = try Self.run("iris-2d")
        #expect(contents.grid?.cells == [128, 128])
        let mass = try #require(contents.series["mass"])
        #expect(mass.allSatisfy { abs($0 - 1) < 1e-13 })
        // The loss falls at the rate of the dissipation: Simpson's rule over all outputs, whose spacing is 1.
        let loss = try #require(contents.series["loss"])
        let dissipation = try #require(contents.series["dissipation"])
        let fallen = dissipation.enumerated().reduce(0) { sum, entry in
            let weight = entry.offset == 0 || entry.offset == 10 ? 1.0 : (entry.offset % 2 == 1 ? 4 : 2)
            return sum + weight * entry.element / 3
        }
        // The rule errs by the fourth derivative of a rate that falls by a factor of ten over ten intervals.
        #expect(abs(loss[0] - loss[10] - fallen) < 2e-3 * (loss[0] - loss[10]))
        #expect(loss[10] < 0.05)
        // W2 is a bracket of nine digits that narrows with N, and the law of its mean square holds at every compared time.
        let (lower, upper) = try (
            Self.reals(contents, "comparison", "w2_lower"), Self.reals(contents, "comparison", "w2_upper")
        )
        #expect(lower.count == 15 && zip(lower, upper).allSatisfy { $0 <= $1 && $1 - $0 < 1e-9 * $1 })
        let counts = try Self.integers(contents, "comparison", "n_experts")
        let times = try Self.reals(contents, "comparison", "time")
        for time in [0.0, 5, 10] {
            let column = zip(zip(counts, times), lower).filter { $0.0.1 == time }.map(\.1)
            // Between neighbouring N the means differ by a factor of 1.6, their standard errors by a few per cent.
            #expect(column.count == 5 && zip(column, column.dropFirst()).allSatisfy { $0 > $1 }, "t = \(time)")
        }
        let grid = try zip(Self.texts(contents, "budget", "quantity"), Self.reals(contents, "budget", "grid"))
        #expect(grid.allSatisfy { $0.0 == "w2" && $0.1 >= 0 && $0.1 < 0.01 * (lower.last ?? 0) })
        let rates = try zip(
            zip(Self.texts(contents, "rates", "quantity"), Self.texts(contents, "rates", "verdict")),
            Self.reals(contents, "rates", "exponent"))
        for rate in rates where rate.0.0 == "w2" {
            #expect(rate.0.1 == "consistent" && abs(rate.1 + 0.5) < 0.02, "\(rate)")
        }
        // Coupling and function error fall as N^(-1/2) in any number of angles.
        let verdicts = try zip(Self.texts(contents, "rates", "quantity"), Self.texts(contents, "rates", "verdict"))
        #expect(verdicts.allSatisfy { $0.1 != "inconsistent" })
    }

    /// Beyond grids: no density, standard errors of the moments, and the rates of coupling and function all the same.
    @Test func irisFourAngles() throws {
        let (process, contents) = try Self.run("iris-4d")
        #expect(contents.grid == nil && contents.densities.isEmpty && contents.series["mass"] == nil)
        #expect(contents.experts?.positions.count == 4)
        let errors = try #require(contents.series["moment_error_grid"])
        // The tolerance of the standard error.
        #expect(errors.allSatisfy { $0 <= 1e-4 } && errors[5] > 1e-9)
        let loss = try #require(contents.series["loss"])
        #expect(zip(loss, loss.dropFirst()).allSatisfy { $0 > $1 } && loss[5] < 0.05)
        // From −4 log 2π the entropy grows at its rate: Simpson's rule over outputs 0 to 4, whose spacing is 1.
        let entropy = try #require(contents.series["entropy"])
        let rate = try #require(contents.series["entropy_rate"])
        #expect(abs(entropy[0] + 4 * log(2 * .pi)) < 1e-12)
        let grown = (rate[0] + 4 * rate[1] + 2 * rate[2] + 4 * rate[3] + rate[4]) / 3
        // The rate falls by less than half in each interval: the rule is good to some per cent.
        #expect(abs(entropy[4] - entropy[0] - grown) < 0.05 * grown, "\(entropy), \(rate)")
        let verdicts = try Self.texts(contents, "rates", "verdict")
        #expect(verdicts.contains("consistent") || verdicts.contains("not enough data"))
        #expect(!verdicts.contains("inconsistent"))
        #expect(process.output.contains("moment error") && !process.output.contains("mass"))
    }

    /// The energy falls at the rate of the dissipation in a given potential, and the density is that of fifty digits.
    @Test func transport() throws {
        let (process, contents) = try Self.run("transport-2d")
        #expect(contents.function == nil && contents.expertPath == nil && contents.perDatum.isEmpty)
        #expect(!process.output.contains("The fit"))
        // The cell average beside the value 0.1320195457613232 at (1, 2.5), which lies on cell (20, 50) of 128²:
        // the average is that of the values around, second order in the width 0.05 of a cell.
        let cell = contents.densities[2][50 * 128 + 20]
        #expect(abs(cell - 0.1320195457613232) < 0.03)
        let mass = try #require(contents.series["mass"]?.last)
        #expect(abs(mass - 1) < 1e-13)
    }

    /// The polynomial is the circuit's own function, so the limits are the same.
    @Test func irisPolynomial() throws {
        let (_, polynomial) = try Self.run("iris-polynomial")
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("circuit.h5")
        let process = try KacProcess.run(["solve", "data/experiments/iris.yml", "-o", file.path])
        try #require(process.status == 0, "\(process.errors)")
        let circuit = try RunFileReader.contents(of: file)
        let losses = try (#require(polynomial.series["loss"]), #require(circuit.series["loss"]))
        // The coefficients differ by roundings of a few units.
        for (a, b) in zip(losses.0, losses.1) { #expect(abs(a - b) < 1e-14) }
        for (a, b) in zip(polynomial.densities.joined(), circuit.densities.joined()) { #expect(abs(a - b) < 1e-13) }
        #expect(polynomial.expertPath == "expansion" && polynomial.expertPathReason == nil)
    }

    /// The laws of the quantum choir hold for the classical one.
    @Test func irisNeuron() throws {
        let (_, contents) = try Self.run("iris-neuron")
        #expect(try #require(contents.series["exact_moment_error"]).allSatisfy { $0 < 1e-10 })
        let verdicts = try Self.texts(contents, "rates", "verdict")
        #expect(!verdicts.contains("inconsistent"))
        #expect(verdicts.contains("consistent"))
    }

    @Test func iris() throws {
        let (process, contents) = try Self.run("iris")
        #expect(try #require(contents.series["exact_moment_error"]).allSatisfy { $0 < 1e-10 })
        let minimum = try #require(contents.series["minimum"]?.last)
        // A Poisson kernel with |z| < 0.9 stays above (1 − 0.9)/(1 + 0.9) of the uniform density.
        #expect(minimum * 2 * .pi > 0.1 / 1.9)

        let counts = try Self.integers(contents, "comparison", "n_experts")
        let times = try Self.reals(contents, "comparison", "time")
        #expect(Set(counts) == [10, 32, 100, 316, 1000, 3162, 10_000] && Set(times) == [0, 2.5, 5])
        #expect(try Self.integers(contents, "comparison", "replicates").allSatisfy { $0 >= 32 })
        for quantity in ["w1", "w2", "coupling", "function_error", "function_error_test", "function_error_sup"] {
            let means = try Self.reals(contents, "comparison", quantity)
            for time in [0, 2.5, 5] where quantity != "coupling" || time > 0 {
                let column = zip(zip(counts, times), means).filter { $0.0.1 == time }.map(\.1)
                // Between neighbouring N the means differ by a factor of 1.8, their standard errors by far less.
                #expect(zip(column, column.dropFirst()).allSatisfy { $0 > $1 }, "\(quantity) at t = \(time)")
            }
        }
        let lower = try Self.reals(contents, "comparison", "w2_lower")
        let upper = try Self.reals(contents, "comparison", "w2_upper")
        // The brackets are exact to rounding: a billionth at the most.
        #expect(zip(lower, upper).allSatisfy { $0 <= $1 && $1 - $0 < 1e-9 * $1 })

        let quantities = try Self.texts(contents, "rates", "quantity")
        let rateTimes = try Self.reals(contents, "rates", "time")
        let exponents = try Self.reals(contents, "rates", "exponent")
        for index in quantities.indices where ["w1", "w2"].contains(quantities[index]) && rateTimes[index] == 0 {
            #expect(abs(exponents[index] + 0.5) < 0.03, "\(quantities[index]): \(exponents[index])")
        }
        #expect(try Self.texts(contents, "rates", "verdict").allSatisfy { $0 != "inconsistent" })

        // What the README prints: accuracies of 70 and 30 flowers, and losses.
        for line in [
            /infinite mixture +0\.03843 +95\.7 % +93\.3 %/, /10000 experts +0\.038\d\d +95\.7 % +93\.3 %/,
            /best single expert +0\.0536 +92\.9 % +90\.0 %/, /logistic regression +- +97\.1 % +86\.7 %/,
        ] {
            #expect(process.output.contains(line))
        }
        #expect(contents.experts?.ensembleCount == 10_000)
        let text = try String(
            contentsOf: KacProcess.root.appendingPathComponent("data/experiments/iris.yml"), encoding: .utf8)
        #expect(contents.experiment == text)
    }
}
