import Foundation
import Testing

@Suite struct OtherCommandTests {
    private struct Answer: Decodable {
        struct Path: Decodable {
            let f: [Double]
            let gradient: [[Double]]
        }
        let theta: [Double]
        let direct: Path
        let expansion: Path?
    }

    @Test func anglesWhoseMultiplesOverflowAreRefused() throws {
        let small = try SmallExperiment()
        let process = try KacProcess.run(["evaluate", small.path, "--theta", "-1e300"])
        #expect(process.status == 64 && process.errors.contains("at most 1e290"), "\(process.errors)")
    }

    @Test(arguments: ["-0.1", "0.7", "-pi/3", "40"]) func evaluatePrintsBothPaths(theta: String) throws {
        let small = try SmallExperiment()
        let process = try KacProcess.run(["evaluate", small.path, "--theta", theta, "--json"])
        #expect(process.status == 0, "\(process.errors)")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(process.output.utf8))
        let angle = theta == "-pi/3" ? -Double.pi / 3 : try #require(Double(theta))
        #expect(answer.theta == [angle])
        let expansion = try #require(answer.expansion)
        for (datum, x) in [0, Double.pi / 2].enumerated() {
            // cos(θ − x) and its derivative; an expectation value of one qubit is good to a few 1e-16.
            for path in [answer.direct, expansion] {
                #expect(abs(path.f[datum] - cos(angle - x)) < 1e-14)
                #expect(abs(path.gradient[datum][0] + sin(angle - x)) < 1e-14)
            }
        }
    }

    /// Two trained angles, the first one negative; and the 50-digit values of reference circuit A at θ = (0.1, 0.2).
    @Test func evaluateTakesSeveralAngles() throws {
        let folder = try TemporaryFolder()
        let circuit = KacProcess.root.appendingPathComponent("data/circuits/reference-a.qasm").path
        try folder.write("x0,x1,x2,x3,y\n0.3,-0.4,0.5,-0.6,0\n", to: "data.csv")
        let path = try folder.write(
            """
            expert:
              circuit: \(circuit)
              parameters: [theta0, theta1]
              observable: 0.25 Z0 + 0.25 Z1 + 0.25 Z2 + 0.25 Z3
            training: {file: data.csv, target: y}
            """, to: "two-angles.yml")
        func answer(_ theta: String) throws -> Answer {
            let process = try KacProcess.run(["evaluate", path, "--theta", theta, "--json"])
            #expect(process.status == 0, "\(process.errors)")
            return try JSONDecoder().decode(Answer.self, from: Data(process.output.utf8))
        }
        let turned = try answer("-0.1,0.2")
        #expect(turned.theta == [-0.1, 0.2])
        let expansion = try #require(turned.expansion)
        #expect(abs(turned.direct.f[0] - expansion.f[0]) < 1e-13)
        let reference = try answer("0.1,0.2")
        for path in [reference.direct, try #require(reference.expansion)] {
            #expect(abs(path.f[0] - 0.24347158532142181866) < 1e-15)
            #expect(abs(path.gradient[0][0] + 0.0338006282011608705) < 2e-15)
            #expect(abs(path.gradient[0][1] + 0.116530028101645821) < 2e-15)
        }
        // The same experiment has no times to run over.
        let run = try KacProcess.run(["run", path])
        #expect(run.status == 65 && run.errors.contains("time: is missing"), "\(run.errors)")
    }

    @Test func evaluateTakesAllRowsInTheirOrder() throws {
        let small = try SmallExperiment(replacing: [
            ("x,y\n", "x,y\n1,0\n2,0\n"), ("target: y", "target: y, test: 0.5"),
        ])
        let process = try KacProcess.run(["evaluate", small.path, "--theta", "0", "--json"])
        let answer = try JSONDecoder().decode(Answer.self, from: Data(process.output.utf8))
        for (f, x) in zip(answer.direct.f, [1, 2, 0, Double.pi / 2]) { #expect(abs(f - cos(x)) < 1e-14) }
    }

    @Test func evaluateRefusesOtherAngles() throws {
        let small = try SmallExperiment()
        for theta in ["1,2", "", "nan", "x", "1e999"] {
            let process = try KacProcess.run(["evaluate", small.path, "--theta", theta])
            #expect(process.status == 64 && process.errors.contains("--theta"), "\(theta): \(process.errors)")
        }
        let table = try KacProcess.run(["evaluate", small.path, "--theta", "0.5"])
        #expect(table.output.contains("f direct") && table.output.contains("∂f/∂theta"))
    }

    @Test func inspectShowsTheRunAndGivesTheExperimentBack() throws {
        let small = try SmallExperiment()
        #expect(try small.run().status == 0)
        let file = small.folder.url.appendingPathComponent("small.h5").path
        let overview = try KacProcess.run(["inspect", file])
        #expect(overview.status == 0)
        for word in ["Small", "64 cells", "comparison", "rates", "/density", "bytes stored"] {
            #expect(overview.output.contains(word), "\(word)")
        }
        let text = try KacProcess.run(["inspect", file, "--experiment"])
        #expect(text.output == SmallExperiment.experiment + "\n")
        #expect(try KacProcess.run(["inspect", "nowhere.h5"]).status == 66)
        let foreign = try KacProcess.run(["inspect", small.path])
        #expect(foreign.status == 65 && foreign.errors.contains("small.yml"))
    }

    @Test func versionAndHelp() throws {
        #expect(try KacProcess.run(["--version"]).output == "0.1.0\n")
        let help = try KacProcess.run(["--help"])
        #expect(help.status == 0)
        for command in ["run", "solve", "evaluate", "lift", "inspect"] {
            #expect(help.output.contains("  \(command) "))
            let own = try KacProcess.run([command, "--help"])
            #expect(own.status == 0 && own.output.contains("  kac \(command) "), "an example of \(command)")
        }
    }
}
