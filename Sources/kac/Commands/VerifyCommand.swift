import ArgumentParser
import Foundation
import Torus

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "The solvers of the limit against exact solutions: errors, orders, conservation.",
        discussion: """
            Solves problems whose exact solution is known (any expert with one angle that is used once, and sums of such over \
            several angles) by every method, and prints each error beside its bound, with pass or fail. Takes some seconds. \
            Ends with 70 when a number misses its bound.

              kac verify
              kac verify --json
            """)

    @Flag(help: "Print JSON: an object with checks and passes.")
    var json = false

    @Option(help: "Threads to use; the numbers are the same for any. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads: found \(threads), expected at least 1") }
    }

    private struct Answer: Encodable {
        let checks: [VerificationCheck]
        let passes: Bool
    }

    func run() throws {
        try FailureReport.reporting {
            let progress = Progress()
            let verification = try Verification(
                parallelism: threads.map { Parallelism(threads: $0) } ?? .allCores, progress: progress.note)
            let checks = verification.checks
            let passes = checks.allSatisfy(\.passes)
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
                print(String(decoding: try encoder.encode(Answer(checks: checks, passes: passes)), as: UTF8.self))
            } else {
                print(Self.table(checks).text)
                let failed = checks.count { !$0.passes }
                print(failed == 0 ? "\n\(checks.count) checks pass" : "\n\(failed) of \(checks.count) checks fail")
            }
            if !passes { throw ExitCode(EX_SOFTWARE) }
        }
    }

    private static func table(_ checks: [VerificationCheck]) -> TextTable {
        var table = TextTable(header: ["problem", "method", "what", "measured", "bound", ""])
        for check in checks {
            let sign = check.side == .atMost ? "≤" : "≥"
            table.rows.append([
                check.problem, check.method, check.quantity, Measured.number(check.value),
                "\(sign) \(Measured.number(check.bound))", check.passes ? "pass" : "FAIL",
            ])
        }
        return table
    }
}
