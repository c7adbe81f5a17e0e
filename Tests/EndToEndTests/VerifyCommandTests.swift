import Foundation
import Testing

@Suite struct VerifyCommandTests {
    private struct Answer: Decodable {
        struct Check: Decodable {
            let problem: String
            let method: String
            let quantity: String
            let value: Double?
            let bound: Double
            let side: String
            let passes: Bool
        }
        let checks: [Check]
        let passes: Bool
    }

    @Test func everyCheckPasses() throws {
        let process = try KacProcess.run(["verify", "--json"])
        let answer = try JSONDecoder().decode(Answer.self, from: Data(process.output.utf8))
        for check in answer.checks {
            #expect(check.passes, "\(check.problem), \(check.method), \(check.quantity): \(check.value ?? .nan)")
            // The verdict is what number and bound say.
            let value = try #require(check.value)
            #expect(check.passes == (check.side == "atMost" ? value <= check.bound : value >= check.bound))
        }
        #expect(process.status == 0 && answer.passes)
        let methods = Set(answer.checks.map(\.method))
        #expect(methods.isSuperset(of: ["galerkin", "characteristics", "upwind", "muscl, vanLeer", "weno5"]))
        #expect(answer.checks.contains { $0.problem.contains("3 angles") })
        // Errors are measured, not zeros that were written down.
        #expect(answer.checks.count { ($0.value ?? 0) > 0 } > answer.checks.count / 2)
    }

    @Test func theTableSaysIt() throws {
        let process = try KacProcess.run(["verify", "--threads", "1"])
        #expect(process.status == 0 && process.output.contains("checks pass"), "\(process.output)")
        #expect(try KacProcess.run(["verify", "--threads", "0"]).status == 64)
    }
}
