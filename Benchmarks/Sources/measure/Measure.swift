import Foundation
import Jobs

/// Times jobs in turns and prints medians and minima.
///
/// `measure [--rounds R] [--only PREFIX] [--json FILE] [--processor]` times every job once a round, so that what slows the machine down for a
/// while slows all of them down, and prints a table; `--processor` counts processor time. `measure --serve` does what it is told on standard input, a line at a time, for a
/// caller that takes turns with other programs: `time NAME`, `result NAME FILE`. `measure --once NAME` does a job twice, the second time
/// inside a function that a counter of instructions can look for, `counted`.
@main
enum Measure {
    static func main() throws {
        var rounds = 30
        var prefix = ""
        var file: String?
        var clock = CLOCK_MONOTONIC
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch (argument, arguments.first) {
            case ("--serve", _): return try serve()
            case ("--once", let name?):
                guard let job = try Job.named(name) else { fail("no job is named \(name)") }
                return once(job)
            case ("--processor", _): clock = CLOCK_PROCESS_CPUTIME_ID
            case ("--rounds", let value?):
                guard let number = Int(value), number > 0 else { fail("--rounds takes a number, not \(value)") }
                rounds = number
                arguments.removeFirst()
            case ("--only", let value?):
                prefix = value
                arguments.removeFirst()
            case ("--json", let value?):
                file = value
                arguments.removeFirst()
            default: fail("unknown argument \(argument)")
            }
        }
        // A name may also be that of a job that is not on the list.
        let listed = Job.names.filter { $0.hasPrefix(prefix) }
        let names = listed.isEmpty ? [prefix] : listed
        let jobs = try names.compactMap(Job.named)
        guard !jobs.isEmpty else { fail("no job begins with \(prefix)") }
        var times = Array(repeating: [Double](), count: jobs.count)
        for _ in 0..<rounds {
            for (index, job) in jobs.enumerated() { times[index].append(seconds(job, clock: clock)) }
        }
        print("job                                   minimum      median      target")
        var rows: [[String: Any]] = []
        for (job, times) in zip(jobs, times) {
            let sorted = times.sorted()
            let (minimum, median) = (sorted[0], sorted[sorted.count / 2])
            // The machine's other work only ever adds time: the minimum is what the code takes.
            let verdict = job.target.map { text($0) + (minimum <= $0 ? "  met" : "  not met") } ?? "-"
            print("\(pad(job.name, -32)) \(pad(text(minimum), 12)) \(pad(text(median), 11))  \(verdict)")
            rows.append(["job": job.name, "minimum": minimum, "median": median, "target": job.target ?? NSNull()])
        }
        if let file {
            let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys]
            try JSONSerialization.data(withJSONObject: rows, options: options).write(to: URL(fileURLWithPath: file))
        }
    }

    /// The time of one call, the least of as many as fit into some milliseconds, at least two.
    static func seconds(_ job: Job, clock: clockid_t = CLOCK_MONOTONIC) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(clock, &time)
            return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
        }
        var least = Double.infinity
        var spent = 0.0
        var calls = 0
        while calls < 2 || spent < 0.01 {
            job.prepare()
            let start = now()
            job.run()
            let time = now() - start
            least = min(least, time)
            spent += time
            calls += 1
        }
        return least
    }

    static func once(_ job: Job) {
        // Caches of the runtime and plans of transforms are made in the first call.
        job.prepare()
        job.run()
        job.prepare()
        counted(job)
        guard !job.result().isEmpty else { fail("\(job.name) computed nothing") }
    }

    /// A call of a job, under a name of its own.
    @inline(never)
    static func counted(_ job: Job) { job.run() }

    static func serve() throws {
        var jobs: [String: Job] = [:]
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 2 else { fail("what is meant by: \(line)") }
            guard let job = try jobs[words[1]] ?? Job.named(words[1]) else { fail("no job is named \(words[1])") }
            jobs[words[1]] = job
            switch words[0] {
            case "time": print(seconds(job))
            case "result" where words.count == 3:
                job.prepare()
                job.run()
                try job.result().withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: words[2])) }
                print("written")
            default: fail("what is meant by: \(line)")
            }
            fflush(nil)
        }
    }

    static func text(_ seconds: Double) -> String {
        let (factor, unit) = seconds < 1e-3 ? (1e6, "µs") : (1e3, "ms")
        return String(format: "%.4g ", seconds * factor) + unit
    }

    static func pad(_ text: String, _ width: Int) -> String {
        let space = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? text + space : space + text
    }

    static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data("measure: \(message)\n".utf8))
        exit(64)
    }
}
