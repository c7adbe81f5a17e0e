import Archive
import Foundation
import Testing
import Torus

/// Initial laws, given potentials, early ends and what is done about concentration, through the tool.
@Suite struct LimitSectionTests {
    private static func solve(
        _ text: String, status: Int32 = 0
    ) throws -> (process: KacProcess, contents: RunContents?) {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "experiment.yml")
        try folder.write(SmallExperiment.circuit, to: "circuit.qasm")
        try folder.write(SmallExperiment.data, to: "data.csv")
        try folder.write("0.1,0.2\n0.3,0.4\n", to: "plane.csv")
        try folder.write("0.1\nnan\n0.3\n", to: "holes.csv")
        let process = try KacProcess.run(["solve", path, "-o", "limit.h5"], in: folder.url)
        #expect(process.status == status, "\(process.errors)")
        guard process.status == 0 else { return (process, nil) }
        return (process, try RunFileReader.contents(of: folder.url.appendingPathComponent("limit.h5")))
    }

    private static let qubit = """
        expert: {circuit: circuit.qasm, parameters: [theta], observable: {Z0: 1}}
        training: {file: data.csv, inputs: {x: x}, target: y}

        """

    /// `V = −cos θ` from any initial law: the mean of `cos θ` of the start is the moment of the law.
    @Test(
        arguments: [
            ("{wrapped_cauchy: {centre: 1, concentration: 0.5}}", 0.5 * cos(1)),
            ("[{wrapped_cauchy: {centre: 0, concentration: 0.25}}]", 0.25),
            ("[uniform]", 0), ("uniform", 0),
            // (1 + cos θ)/2π has ∫ cos θ dμ = ½.
            ("{polynomial: {'1': 0.15915494309189535, cos(theta0): 0.15915494309189535}}", 0.5),
            // I₁(2)/I₀(2)
            ("{von_mises: {centre: 0, concentration: 2}}", 0.6977746579640080),
        ] as [(String, Double)])
    func initialLaws(law: String, moment: Double) throws {
        let text =
            "time: {outputs: [0]}\ninitial: \(law)\n"
            + "continuum: {potential: {cos(theta0): -1}, grid: {cells: [64]}}\n"
        let contents = try #require(try Self.solve(text).contents)
        let found = try #require(contents.series["moment_real_x"]?.first)
        #expect(abs(found - moment) < 1e-14)
        #expect(try #require(contents.series["loss"]?.first) == -found)
    }

    /// `cos θ₀` and `cos θ₁` separate: the law stays a product, and each axis obeys its own equation.
    @Test func aPotentialOfTwoAngles() throws {
        let text = "time: {outputs: [0, 1]}\ncontinuum: {potential: {cos(theta0): -1, cos(theta1): 1}}\n"
        let contents = try #require(try Self.solve(text).contents)
        #expect(contents.grid?.cells == [128, 128])
        // dz/dt = ½ (1 − z²) from 0: z = tanh(t/2).
        #expect(abs(try #require(contents.series["moment_real_x"]?.last) - tanh(0.5)) < 1e-8)
        #expect(abs(try #require(contents.series["moment_real_y"]?.last) + tanh(0.5)) < 1e-8)
    }

    /// The same for four angles, by characteristics; an energy may be below 0.
    @Test func aPotentialOfFourAngles() throws {
        let text =
            "time: {outputs: [0, 1, 50], stop: {loss: -1.5}}\n"
            + "continuum: {method: characteristics, tolerance: 1e-3, potential: {cos(theta0): -1, cos(theta3): 1}}\n"
        let (process, contents) = try Self.solve(text)
        let moments = try #require(contents?.series["moment_real_theta3"], "\(process.errors)")
        // Lattice rules of eight shifts at the tolerance.
        #expect(abs(moments[1] + tanh(0.5)) < 1e-2, "\(moments)")
        #expect(contents?.limitEnd == "the loss is below -1.5")
        // −2 tanh(t/2) = −1.5 at t = 1.95.
        #expect((1.9...4).contains(try #require(contents?.times.last)))
    }

    /// Half a circle in eight cells, by a file beside the experiment.
    @Test func aFieldFromAFile() throws {
        let folder = try TemporaryFolder()
        let height = 1 / Double.pi
        func write(_ value: (Int) -> Double) throws {
            try folder.write((0..<64).map { "\(value($0))" }.joined(separator: "\n"), to: "half.csv")
        }
        // Single precision and printed digits are divided out.
        try write { $0 < 32 ? height * (1 + 1e-8) : 0 }
        func solve(_ method: String, grid: String = ", grid: {cells: [64]}") throws -> KacProcess {
            let path = try folder.write(
                "time: {outputs: [0]}\ninitial: {field: half.csv}\n"
                    + "continuum: {method: \(method), potential: {cos(theta0): -1}\(grid)}\n", to: "a.yml")
            return try KacProcess.run(["solve", path, "-o", "limit.h5", "--overwrite"], in: folder.url)
        }
        let process = try solve("muscl")
        try #require(process.status == 0, "\(process.errors)")
        let contents = try RunFileReader.contents(of: folder.url.appendingPathComponent("limit.h5"))
        let expected = (0..<64).map { $0 < 32 ? height : 0 }
        #expect(zip(contents.densities[0], expected).allSatisfy { abs($0 - $1) < 1e-15 })
        // ∫ sin θ over the half circle, (1/π)·2.
        #expect(abs(try #require(contents.series["moment_imaginary_x"]?.first) - 2 / .pi) < 1e-3)
        let galerkin = try solve("galerkin")
        #expect(galerkin.status == 65 && galerkin.errors.contains("cannot start from this law"), "\(galerkin.errors)")
        // Without a grid the field's own cells are taken; another number of cells is no density on the grid that was asked for.
        let own = try solve("muscl", grid: "")
        #expect(own.status == 0, "\(own.errors)")
        #expect(try RunFileReader.contents(of: folder.url.appendingPathComponent("limit.h5")).grid?.cells == [64])
        let other = try solve("muscl", grid: ", grid: {cells: [63]}")
        #expect(
            other.status == 65 && other.errors.contains("a.yml:2: initial.field: found 64 cells, expected 63"),
            "\(other.errors)")
        try write { _ in 0.2 }
        let heavy = try solve("muscl")
        #expect(
            heavy.status == 65 && heavy.errors.contains("initial.field: the density integrates to 1 +"),
            "\(heavy.errors)")
    }

    @Test func theLimitEndsWhereAConditionIsMet() throws {
        let base = Self.qubit + "continuum: {grid: {cells: [64]}}\n"
        let (process, loss) = try Self.solve(base + "time: {end: 50, outputs: 6, stop: {loss: 0.01}}\n")
        let losses = try #require(loss?.series["loss"])
        let times = try #require(loss?.times)
        // From 0.085 at t = 0 the loss is 0.0084 at t = 5.
        #expect(times.count == 2 && (3..<6).contains(times[1]))
        #expect(try #require(losses.last) < 0.01)
        #expect(process.errors.contains("the loss is below 0.01"))
        #expect(process.output.contains("ended: the loss is below 0.01") && loss?.limitEnd == "the loss is below 0.01")
        let gradient = try #require(
            try Self.solve(base + "time: {end: 500, outputs: 6, stop: {gradient: 1e-3}}\n").contents)
        let dissipation = try #require(gradient.series["dissipation"])
        #expect(dissipation.last ?? 1 < 1e-6 && gradient.times.last ?? 500 < 500)
        let whole = try #require(try Self.solve(base + "time: {end: 2, outputs: 3, stop: {wall: 3600}}\n").contents)
        #expect(whole.times == [0, 1, 2])
    }

    /// Where the cells are given, and how many it takes.
    @Test func tooFewCells() throws {
        let (process, _) = try Self.solve(
            Self.qubit + "time: {end: 1}\ncontinuum: {method: muscl, grid: {cells: [4]}}\n", status: 65)
        for word in ["experiment.yml:4: continuum.grid.cells: 4 cells along axis 0", "expected at least 8"] {
            #expect(process.errors.contains(word), "\(process.errors)")
        }
    }

    /// An end out of reach: a condition is met on the way, or the steps that are left are too many.
    @Test func anEndOutOfReach() throws {
        let base = Self.qubit + "continuum: {method: muscl, grid: {cells: [16]}}\n"
        let met = try #require(try Self.solve(base + "time: {outputs: [0, 1e300], stop: {loss: 0.01}}\n").contents)
        #expect(met.times.count == 2 && met.times[1] < 20)
        let (process, _) = try Self.solve(base + "time: {outputs: [0, 1e300]}\n", status: 70)
        for word in ["a million million steps", "end earlier", "is in limit.h5"] {
            #expect(process.errors.contains(word), "\(process.errors)")
        }
        let (late, _) = try Self.solve(base + "time: {end: 1e301}\n", status: 65)
        #expect(late.errors.contains("time.end: found 1e+301, expected at most 1e+300"), "\(late.errors)")
    }

    /// Targets beyond the experts' reach: the law concentrates on a point.
    @Test func concentrationBeyondTheGrid() throws {
        let data = Self.qubit.replacingOccurrences(
            of: "target: y", with: "target: y, classes: {'0.5': 0.9, '0.3': 0.8}")
        let base = data + "time: {end: 30, outputs: 7}\n"
        func run(_ policy: String) throws -> (process: KacProcess, contents: RunContents?) {
            try Self.solve(
                base + "continuum: {method: muscl, grid: {cells: [64]}, tolerance: 1e-4, resolution: \(policy)}\n")
        }
        let refine = try run("refine")
        #expect(refine.process.errors.contains("under-resolved from t ="))
        #expect(refine.contents?.times.count == 7 && refine.contents?.limitEnd == nil)
        let lost = try #require(refine.contents?.underResolvedFrom)
        #expect(refine.process.output.contains("resolved until t = "))
        let stop = try run("stop")
        #expect(stop.process.errors.contains("the limit ends with the output at"))
        #expect((1..<7).contains(stop.contents?.times.count ?? 0))
        #expect(stop.contents?.underResolvedFrom == lost)
        #expect(stop.contents?.limitEnd?.contains("concentrates beyond the method's resolution") == true)
        let other = try run("switch")
        #expect(other.process.errors.contains("by characteristics"))
        #expect(other.contents?.times.count == 7)
        #expect(other.contents?.switchedAt == lost && other.contents?.underResolvedFrom == nil)
        #expect(other.process.output.contains("on by characteristics"))
        let error = try #require(other.contents?.series["exact_moment_error"]?.last)
        // Characteristics at the tolerance asked for; errors of steps add up.
        #expect(error < 1e-3)
    }

    private static func fourAngles(_ continuum: String, more: String = "") throws -> KacProcess {
        let folder = try TemporaryFolder()
        try folder.write("x0,x1,x2,x3,y\n0,1,2,0.5,0.3\n1,0.2,0.7,2,-0.2\n", to: "four.csv")
        let path = try folder.write(
            "expert: {neuron: additive, inputs: [x0, x1, x2, x3]}\ntraining: {file: four.csv, target: y}\n"
                + "time: {outputs: [0, 1]}\n" + continuum + more, to: "four.yml")
        return try KacProcess.run(["run", path, "-o", "four.h5"], in: folder.url)
    }

    /// Beyond three angles there are characteristics, and no grid.
    @Test func fourAngles() throws {
        for continuum in ["", "continuum: {method: characteristics, nodes: 2048}\n"] {
            let process = try Self.fourAngles(continuum)
            #expect(process.status == 0, "\(process.errors)")
            #expect(process.output.contains("against the exact solution"))
        }
        for (continuum, more, words) in [
            ("continuum: {method: galerkin}\n", "", ["four.yml:4", "continuum.method", "found 4", "characteristics"]),
            ("continuum: {method: muscl}\n", "", ["continuum.method", "found 4"]),
            ("continuum: {grid: {cells: [8, 8, 8, 8]}}\n", "", ["four.yml:4", "continuum.grid", "leave the grid out"]),
            ("", "particles: {counts: [10]}\ncompare: {wasserstein: 1}\n", ["compare", "wasserstein"]),
        ] {
            let process = try Self.fourAngles(continuum, more: more)
            #expect(process.status == 65)
            for word in words { #expect(process.errors.contains(word), "\(word) in \(process.errors)") }
        }
    }

    /// The limit's own error beside its fields, unless it is not wanted; finite volumes get verdicts by it.
    @Test func theLimitKnowsItsError() throws {
        // A shared angle: no exact solution.
        let changes = [
            ("method: galerkin, grid: {cells: [64]}, tolerance: 1e-9", "method: muscl, grid: {cells: [256]}"),
            ("ry(-x) q[0];", "ry(-x) q[0]; rz(theta) q[0]; ry(0.3) q[0];"),
        ]
        let small = try SmallExperiment(replacing: changes)
        let process = try small.run()
        #expect(process.status == 0 && !process.errors.contains("no verdicts"), "\(process.errors)")
        #expect(process.output.contains("estimated error at the end"))
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        for name in ["density_error_grid", "density_error_time_step", "moment_error_grid", "moment_error_time_step"] {
            let errors = try #require(contents.series[name])
            #expect(errors[0] < 1e-14 && (1e-12..<1e-2).contains(errors[2]), "\(name): \(errors)")
        }
        let steps = try ShippedExperimentTests.reals(contents, "budget", "time_step")
        let whole = try ShippedExperimentTests.reals(contents, "budget", "solver")
        #expect(zip(steps, whole).allSatisfy { $0 <= $1 })
        let verdicts = try zip(
            ShippedExperimentTests.texts(contents, "rates", "quantity"),
            ShippedExperimentTests.texts(contents, "rates", "verdict"))
        #expect(verdicts.contains { $0 == ("coupling", "not enough data") || $0 == ("coupling", "consistent") })
        let without = try small.run(["--overwrite", "--set", "continuum.error=none"])
        #expect(without.errors.contains("continuum.error: estimate finds it"), "\(without.errors)")
        let bad = try small.run(["--overwrite", "--set", "continuum.error=maybe"])
        #expect(bad.status == 65 && bad.errors.contains("'maybe'"), "\(bad.errors)")
    }

    /// What was solved before the modes ran out is written, with the last good state as its last output.
    @Test func whatWasSolvedIsKept() throws {
        let small = try SmallExperiment(replacing: [
            ("0,0.5\n", "0,0.9\n"), ("1.5707963267948966,0.3", "1.5707963267948966,0.8"),
            ("end: 2, outputs: 3", "outputs: [0, 5, 1000]"),
        ])
        let process = try small.run()
        #expect(process.status == 70, "\(process.errors)")
        #expect(process.errors.contains("the law concentrates beyond") && process.errors.contains("is in small.h5"))
        let contents = try RunFileReader.contents(of: small.folder.url.appendingPathComponent("small.h5"))
        #expect(contents.times.count == 3 && contents.times[1] == 5)
        #expect((5..<1000).contains(contents.times[2]))
        #expect(try #require(contents.series["exact_moment_error"]).allSatisfy { $0 < 1e-6 })
        #expect(contents.tables.isEmpty)
    }

    @Test(arguments: [
        ("initial: {von_mises: {centre: 1}}", "initial.von_mises: the key 'concentration' is missing"),
        ("initial: {von_mises: {centre: 1, concentration: -1}}", "initial: found the concentration -1.0"),
        ("initial: {wrapped_cauchy: {centre: 1, concentration: 1}}", "to below 1"),
        ("initial: {polynomial: {cos(theta0): 1}}", "integrates to 1 − 1.0"),
        ("initial: {polynomial: {'1': 0.15915494309189535, cos(theta0): 1}}", "the density is negative"),
        ("initial: [uniform, uniform]", "the initial law has 2 angles"),
        ("initial: gaussian", "expected uniform"), ("initial: {gauss: 1}", "unknown key 'gauss'"),
        ("initial: {}", "found 0 laws"),
        ("expert: {neuron: cosine, inputs: [x]}", "leave 'expert' or the potential out"),
        ("initial: {field: plane.csv}", "found 2 × 2 cells, expected one axis for each of the 1 angles"),
        ("initial: {field: holes.csv}", "found nan in cell 1"),
        ("time: {outputs: [0, 1], stop: {gradient: -1}}", "expected a number above 0"),
        ("time: {outputs: [0, 1], stop: {gradent: 1}}", "did you mean 'gradient'"),
    ])
    func whatIsWrongIsNamed(line: String, part: String) throws {
        let time = line.hasPrefix("time") ? "" : "time: {outputs: [0, 1]}\n"
        let (process, _) = try Self.solve(
            time + "continuum: {potential: {cos(theta0): -1}, grid: {cells: [64]}}\n" + line + "\n", status: 65)
        #expect(process.errors.contains(part), "\(process.errors)")
    }

    /// Velocities beyond what steps can follow.
    @Test(arguments: ["galerkin", "muscl", "weno5", "characteristics"])
    func aPotentialThatBlowsUp(method: String) throws {
        let (process, _) = try Self.solve(
            "time: {outputs: [0, 1]}\ncontinuum: {method: \(method), potential: {cos(theta0): 1e200, sin(2*theta0): 3}}\n",
            status: 70)
        #expect(process.errors.contains(" at t = "), "\(process.errors)")
        #expect(process.errors.contains("end earlier"), "\(process.errors)")
        #expect(process.errors.contains("is in limit.h5"), "\(process.errors)")
    }

    @Test(arguments: [
        ("{cos(theta0*2): -1}", "expected ')'"), ("{}", "found no terms"), ("{cos(x): 1}", "there is no 'x'"),
        ("{theta0: 1}", "must stand in a cos or a sin"), ("{cos(0.5*theta0): 1}", "whole number"),
    ])
    func potentialsThatAreNoneAreRefused(potential: String, part: String) throws {
        let (process, _) = try Self.solve(
            "time: {outputs: [0, 1]}\ncontinuum: {potential: \(potential)}\n", status: 65)
        #expect(process.errors.contains(part), "\(process.errors)")
    }
}
