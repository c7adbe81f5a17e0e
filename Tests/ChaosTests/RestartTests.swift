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
