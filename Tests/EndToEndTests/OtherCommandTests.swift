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
