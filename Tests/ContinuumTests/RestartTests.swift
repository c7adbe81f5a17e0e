import Experts
import Foundation
import Synchronization
import Testing
import TimeStepping
import Torus
import Training

@testable import Continuum

/// A limit that goes on from a snapshot is the one that was never interrupted, to the bit.
@Suite struct RestartTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let problem: @Sendable () throws -> MeanFieldProblem
        let scheme: Scheme
        var cells: [Int]?
        var policy = ResolutionPolicy.refine
        var stops: [StopCondition] = []
        var times = [0, 0.3, 0.9, 1.0]

        var testDescription: String { name }

        func limit(_ track: Recorder.Track?, threads: Int = 1) throws -> Limit {
            try Limit(
                problem(), scheme: scheme, grid: cells.map { try PeriodicGrid(cells: $0) }, times: times,
                refinedOutputs: cells == nil ? [] : [0, 2], policy: policy, stops: stops, estimatesErrors: true,
                parallelism: Parallelism(threads: threads), track: track)
        }
    }

    /// Transport in a given potential, whose solvers need no weights.
    private static func driven() throws -> MeanFieldProblem {
        let basis = TrigonometricBasis(
            dimension: 1, monomials: [[.init(.cosine, axis: 0)], [.init(.sine, axis: 0)]].map { .init($0) })
        return MeanFieldProblem(potential: basis, weights: [-1, 0.4], initialLaw: .uniform)
    }

    static let cases: [Case] = {
        let twoQubits: @Sendable () throws -> MeanFieldProblem = { try TwoQubits.problem() }
        let threeHarmonics: @Sendable () throws -> MeanFieldProblem = { ReferenceProblems.threeHarmonics }
        let concentrating: @Sendable () throws -> MeanFieldProblem = { ReferenceProblems.concentrating }
        return [
            Case(
                name: "upwind", problem: threeHarmonics, scheme: .finiteVolume(.upwind, tolerance: 1e-6), cells: [63]),
            Case(
                name: "muscl", problem: twoQubits, scheme: .finiteVolume(.muscl(.vanLeer), tolerance: 1e-6),
                cells: [40, 33]),
            Case(name: "weno5", problem: twoQubits, scheme: .finiteVolume(.weno5, tolerance: 1e-8), cells: [33, 40]),
            Case(
                name: "weno5 in a potential", problem: driven, scheme: .finiteVolume(.weno5, tolerance: 1e-8),
                cells: [64]),
            Case(name: "galerkin", problem: twoQubits, scheme: .galerkin(tolerance: 1e-8), cells: [32, 33]),
            Case(
                name: "galerkin that refines", problem: concentrating, scheme: .galerkin(tolerance: 1e-9), cells: [65],
                times: [0, 1, 4]),
            Case(name: "galerkin in a potential", problem: driven, scheme: .galerkin(tolerance: 1e-9), cells: [64]),
            Case(
                name: "characteristics", problem: twoQubits, scheme: .characteristics(nodes: nil, tolerance: 1e-6),
                cells: [16, 17]),
            Case(
                name: "characteristics on lattices",
                problem: { try FourAngles.problem() }, scheme: .characteristics(nodes: 256, tolerance: 1e-5)),
            Case(
                name: "from finite volumes to characteristics", problem: concentrating,
                scheme: .finiteVolume(.muscl(.minmod), tolerance: 1e-6), cells: [32], policy: .switch,
                times: [0, 2, 8, 9]),
            Case(
                name: "ended by a condition", problem: concentrating, scheme: .galerkin(tolerance: 1e-9), cells: [64],
                stops: [.loss(below: 0.4)], times: [0, 0.5, 4]),
        ]
    }()

    @Test(arguments: cases) func aRestartChangesNoBit(_ given: Case) throws {
        let collected = Collected()
        let recorder = Recorder(cadence: .init(seconds: 0), isEager: true, save: collected.add)
        let whole = try given.limit(recorder.track("limit"))
        let snapshots = collected.snapshots
        #expect(snapshots.count > given.times.count)
        let plain = try given.limit(nil)
        let expected = Self.bits(whole)
        let isUnchanged = Self.bits(plain) == expected
        #expect(isUnchanged, "offering snapshots changes nothing")
        // The first ones, the last ones, and some on the way.
        let chosen = Set([0, 1, snapshots.count - 2, snapshots.count - 1] + (1...6).map { $0 * snapshots.count / 7 })
        for index in chosen.sorted() {
            let again = Recorder(resuming: snapshots[index], cadence: .init(seconds: .infinity)) { _ in true }
            // Another number of threads changes nothing either.
            let resumed = try given.limit(again.track("limit"), threads: 1 + index % 2)
            let isEqual = Self.bits(resumed) == expected
            #expect(isEqual, "from snapshot \(index) of \(snapshots.count)")
            #expect(resumed.end == whole.end && resumed.switchedAt == whole.switchedAt)
            #expect(resumed.errorEstimateFailure == whole.errorEstimateFailure)
        }
    }

    @Test func aSnapshotOfAnotherProblemIsRefused() throws {
        let collected = Collected()
        let recorder = Recorder(cadence: .init(seconds: 0), isEager: true, save: collected.add)
        _ = try Self.cases[4].limit(recorder.track("limit"))
        let snapshot = try #require(collected.snapshots.first)
        for other in [0, 1, 7] {
            let again = Recorder(resuming: snapshot, cadence: .init(seconds: .infinity)) { _ in true }
            #expect(throws: SnapshotError.self) { try Self.cases[other].limit(again.track("limit")) }
        }
    }

    /// Every number of a limit.
    static func bits(_ limit: Limit) -> [UInt64] {
        var numbers = limit.times + limit.densities.flatMap(\.values) + limit.moments.flatMap(\.self)
        for output in limit.refinedDensities.keys.sorted() {
            numbers += limit.refinedDensities[output]?.values ?? []
        }
        numbers += limit.firstMoments.flatMap { $0.flatMap { [$0.real, $0.imaginary] } }
        numbers += limit.functions.flatMap(\.self) + limit.diagnostics.flatMap(\.values)
        numbers += limit.resolutions.flatMap { [Double($0.unknowns), $0.value, $0.lostAt ?? -1] }
        for instant in stride(from: 0, through: limit.history.end, by: limit.history.end / 37) where instant > 0 {
            numbers += limit.history.value(at: instant)
        }
        for terms in (limit.errorEstimate?.density ?? []) + (limit.errorEstimate?.moment ?? []) {
            numbers += [terms.grid, terms.timeStep]
        }
        return numbers.map(\.bitPattern)
    }

    /// Snapshots in the order in which they were saved.
    final class Collected: Sendable {
        private let list = Mutex<[Snapshot]>([])
        var snapshots: [Snapshot] { list.withLock(\.self) }
        func add(_ snapshot: Snapshot) -> Bool {
            list.withLock { $0.append(snapshot) }
            return true
        }
    }
}

/// Four trained angles, one a product of the others' neighbours.
enum FourAngles {
    static func problem() throws -> MeanFieldProblem {
        let monomials = (0..<4).map { axis in
            TrigonometricMonomial([.init(.cosine, axis: axis), .init(.sine, axis: (axis + 1) % 4)])
        }
        return MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: 4, monomials: monomials), datumCount: 2,
                coefficients: [0.9, 0.2, -0.4, 0.5, 0.1, -0.6, 0.3, 0.8]), targets: [0.4, -0.2])
    }
}
