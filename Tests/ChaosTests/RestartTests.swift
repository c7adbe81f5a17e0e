import Chaos
import Continuum
import Foundation
import Particles
import Synchronization
import Testing
import TimeStepping
import Torus

/// Mixtures that are trained on from a snapshot are those that were never interrupted, to the bit.
@Suite struct RestartTests {
    @Test(arguments: [1, 2], [(true, false), (false, true)])
    func aRestartChangesNoBit(dimension: Int, keeps: (copies: Bool, ensembles: Bool)) throws {
        let problem = dimension == 1 ? ComparisonTests.problem : TorusComparisonTests.problem(2)
        let limit =
            try dimension == 1
            ? ComparisonTests.limit() : TorusComparisonTests.limit(problem, cells: 32, times: [0, 0.5, 1])
        var plan = ComparisonPlan(counts: [3, 17, 40], replicates: 3, seed: 5, outputs: [0, 2])
        (plan.coupling, plan.keepsEnsembles) = (keeps.copies, keeps.ensembles)
        let collected = Mutex<[Snapshot]>([])
        let recorder = Recorder(cadence: .init(seconds: 0), isEager: true) { snapshot in
            collected.withLock { $0.append(snapshot) }
            return true
        }
        let whole = try Comparison(problem, limit: limit, plan: plan, parallelism: .serial, recorder: recorder)
        let snapshots = collected.withLock(\.self)
        #expect(snapshots.count > 40)
        let plain = try Comparison(problem, limit: limit, plan: plan, parallelism: .serial)
        let expected = Self.bits(whole)
        let isUnchanged = Self.bits(plain) == expected
        #expect(isUnchanged, "offering snapshots changes nothing")
        let chosen = Set([0, 1, snapshots.count - 2, snapshots.count - 1] + (1...12).map { $0 * snapshots.count / 13 })
        for index in chosen {
            let again = Recorder(resuming: snapshots[index], cadence: .init(seconds: .infinity)) { _ in true }
            let resumed = try Comparison(
                problem, limit: limit, plan: plan, parallelism: Parallelism(threads: 1 + index % 2), recorder: again)
            let isEqual = Self.bits(resumed) == expected
            #expect(isEqual, "from snapshot \(index) of \(snapshots.count)")
        }
    }

    /// The share of the work that is told: what was done before is told first, and the rest makes it whole.
    @Test(arguments: [(true, false), (false, true), (true, true)])
    func progressGoesOnWhereItWas(keeps: (copies: Bool, ensembles: Bool)) throws {
        var plan = ComparisonPlan(counts: [3, 17, 40], replicates: 3, seed: 5, outputs: [0, 2])
        (plan.coupling, plan.keepsEnsembles) = (keeps.copies, keeps.ensembles)
        let limit = try ComparisonTests.limit()
        let shares = Mutex<[Double]>([])
        // The share that was told before each snapshot.
        let collected = Mutex<[(snapshot: Snapshot, share: Double)]>([])
        let recorder = Recorder(cadence: .init(seconds: 0), isEager: true) { snapshot in
            let share = shares.withLock(\.last) ?? 0
            collected.withLock { $0.append((snapshot, share)) }
            return true
        }
        _ = try Comparison(
            ComparisonTests.problem, limit: limit, plan: plan, parallelism: .serial, recorder: recorder,
            progress: { share in shares.withLock { $0.append(share) } })
        // Sums of some hundred terms of order one.
        let rounding = 1e-12
        #expect(shares.withLock(\.first) == 0)
        #expect(abs((shares.withLock(\.last) ?? 0) - 1) < rounding)
        for (snapshot, share) in collected.withLock(\.self) {
            let told = Mutex<[Double]>([])
            let again = Recorder(resuming: snapshot, cadence: .init(seconds: .infinity)) { _ in true }
            _ = try Comparison(
                ComparisonTests.problem, limit: limit, plan: plan, parallelism: .serial, recorder: again,
                progress: { share in told.withLock { $0.append(share) } })
            #expect(abs((told.withLock(\.first) ?? -1) - share) < rounding)
            #expect(abs((told.withLock(\.last) ?? 0) - 1) < rounding)
        }
    }

    /// After each replicate there is the comparison of those that are done: the whole one's numbers.
    @Test func replicatesThatAreDoneAreSeen() throws {
        var plan = ComparisonPlan(counts: [3, 17, 40], replicates: 5, seed: 5, outputs: [0, 2])
        plan.keepsEnsembles = true
        let parts = Mutex<[Comparison?]>([])
        let whole = try Comparison(
            ComparisonTests.problem, limit: ComparisonTests.limit(), plan: plan, parallelism: Parallelism(threads: 2),
            visit: { part in
                let part = part()
                parts.withLock { $0.append(part) }
            })
        let found = parts.withLock(\.self)
        #expect(found.count == 5 && found.contains { $0?.replicateNumbers == [0, 1, 2, 3, 4] })
        for part in found.compactMap(\.self) {
            #expect(part.plan.replicates == part.replicateNumbers.count)
            for (position, replicate) in part.replicateNumbers.enumerated() {
                for count in plan.counts.indices {
                    #expect(
                        part.trajectory(count: count, replicate: position)
                            == whole.trajectory(count: count, replicate: replicate))
                    for quantity in whole.quantities {
                        #expect(
                            part.sample(quantity, count: count, output: 1, replicate: position)
                                == whole.sample(quantity, count: count, output: 1, replicate: replicate))
                    }
                }
            }
        }
    }

    /// Who looks at a comparison that goes on sees at once all replicates that were done before, and never fewer.
    @Test func replicatesThatWereDoneAreSeenFirst() throws {
        let plan = ComparisonPlan(counts: [3, 17], replicates: 6, seed: 5, outputs: [0, 2])
        let last = Mutex<Snapshot?>(nil)
        let recorder = Recorder(cadence: .init(seconds: 0), isEager: true) { snapshot in
            last.withLock { kept in
                let names = snapshot.parts.keys.filter { $0.hasPrefix("replicate") }
                if names.count <= 4 { kept = snapshot }
            }
            return true
        }
        let limit = try ComparisonTests.limit()
        _ = try Comparison(
            ComparisonTests.problem, limit: limit, plan: plan, parallelism: .serial, recorder: recorder)
        let seen = Mutex<[Int]>([])
        let snapshot = last.withLock { $0 }
        let again = Recorder(resuming: try #require(snapshot), cadence: .init(seconds: .infinity)) { _ in true }
        _ = try Comparison(
            ComparisonTests.problem, limit: limit, plan: plan, parallelism: .serial, recorder: again,
            visit: { part in
                let count = part()?.plan.replicates ?? 0
                seen.withLock { $0.append(count) }
            })
        // Four were done: one look at them, and one after each further one.
        #expect(seen.withLock(\.self) == [4, 5, 6])
    }

    /// Every number of a comparison.
    static func bits(_ comparison: Comparison) -> [UInt64] {
        var numbers = comparison.plan.counts.indices.flatMap { count in
            (0..<comparison.plan.replicates).flatMap { replicate in
                comparison.trajectory(count: count, replicate: replicate).flatMap(\.angles)
            }
        }
        numbers += comparison.largestFunctions.flatMap { $0.training + $0.heldOut }
        for quantity in comparison.quantities {
            for count in comparison.plan.counts.indices {
                for output in comparison.plan.outputs.indices {
                    numbers += comparison.samples(quantity, count: count, output: output)
                        .flatMap { [$0.value, $0.lower, $0.upper] }
                }
            }
        }
        for count in comparison.plan.counts.indices {
            for output in comparison.plan.outputs.indices {
                if let found = comparison.squaredW2(count: count, output: output) { numbers += [found.mean] }
            }
        }
        return numbers.map(\.bitPattern)
    }
}
