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
        #expect(contents.grid.cells == [128, 128])
        // dz/dt = ½ (1 − z²) from 0: z = tanh(t/2).
        #expect(abs(try #require(contents.series["moment_real_x"]?.last) - tanh(0.5)) < 1e-8)
        #expect(abs(try #require(contents.series["moment_real_y"]?.last) + tanh(0.5)) < 1e-8)
    }

    /// Half a circle in eight cells, by a file beside the experiment.
    @Test func aFieldFromAFile() throws {
        let folder = try TemporaryFolder()
        let height = 1 / Double.pi
        try folder.write((0..<8).map { "\($0 < 4 ? height : 0)" }.joined(separator: "\n"), to: "half.csv")
        func solve(_ method: String) throws -> KacProcess {
            let path = try folder.write(
                "time: {outputs: [0]}\ninitial: {field: half.csv}\n"
                    + "continuum: {method: \(method), potential: {cos(theta0): -1}, grid: {cells: [64]}}\n", to: "a.yml"
            )
            return try KacProcess.run(["solve", path, "-o", "limit.h5", "--overwrite"], in: folder.url)
        }
        let process = try solve("muscl")
        try #require(process.status == 0, "\(process.errors)")
        let contents = try RunFileReader.contents(of: folder.url.appendingPathComponent("limit.h5"))
        #expect(contents.densities[0] == (0..<64).map { $0 < 32 ? height : 0 })
        // ∫ sin θ over the half circle, (1/π)·2.
        #expect(abs(try #require(contents.series["moment_imaginary_x"]?.first) - 2 / .pi) < 1e-3)
        let galerkin = try solve("galerkin")
        #expect(galerkin.status == 65 && galerkin.errors.contains("cannot start from this law"), "\(galerkin.errors)")
        try folder.write((0..<8).map { _ in "0.2" }.joined(separator: "\n"), to: "half.csv")
        let heavy = try solve("muscl")
        #expect(heavy.status == 65 && heavy.errors.contains("integrates to 1 +"), "\(heavy.errors)")
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
        let gradient = try #require(
            try Self.solve(base + "time: {end: 500, outputs: 6, stop: {gradient: 1e-3}}\n").contents)
        let dissipation = try #require(gradient.series["dissipation"])
        #expect(dissipation.last ?? 1 < 1e-6 && gradient.times.last ?? 500 < 500)
        let whole = try #require(try Self.solve(base + "time: {end: 2, outputs: 3, stop: {wall: 3600}}\n").contents)
        #expect(whole.times == [0, 1, 2])
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
        #expect(refine.contents?.times.count == 7)
        let stop = try run("stop")
        #expect(stop.process.errors.contains("the limit ends with the output at"))
        #expect((1..<7).contains(stop.contents?.times.count ?? 0))
        let other = try run("switch")
        #expect(other.process.errors.contains("by characteristics"))
        #expect(other.contents?.times.count == 7)
        let error = try #require(other.contents?.series["exact_moment_error"]?.last)
        // Characteristics at the tolerance asked for; errors of steps add up.
        #expect(error < 1e-3)
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
        ("time: {outputs: [0, 1], stop: {loss: -1}}", "expected a number above 0"),
        ("time: {outputs: [0, 1], stop: {gradent: 1}}", "did you mean 'gradient'"),
    ])
    func whatIsWrongIsNamed(line: String, part: String) throws {
        let time = line.hasPrefix("time") ? "" : "time: {outputs: [0, 1]}\n"
        let (process, _) = try Self.solve(
            time + "continuum: {potential: {cos(theta0): -1}, grid: {cells: [64]}}\n" + line + "\n", status: 65)
        #expect(process.errors.contains(part), "\(process.errors)")
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
