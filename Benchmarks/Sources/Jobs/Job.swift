import Experts
import Foundation
import Torus
import Training

/// A piece of work that is timed: made once, called often.
public final class Job {
    /// Its name, such as `direct/B/1000/1`.
    public let name: String
    /// The time that it should take, in seconds, where one is set.
    public let target: Double?
    /// Makes what the work uses up; its time does not count.
    public let prepare: () -> Void
    /// Does the work once.
    public let run: () -> Void
    /// What the work computes, to be checked.
    public let result: () -> [Double]

    init(
        name: String, target: Double?, prepare: @escaping () -> Void = {}, run: @escaping () -> Void,
        result: @escaping () -> [Double]
    ) {
        self.name = name
        self.target = target
        self.prepare = prepare
        self.run = run
        self.result = result
    }

    /// Values and gradients of an expert at all points and data by the state vector.
    static func direct(
        _ name: String, _ expert: QuantumExpert, count: Int, data: Int, threads: Int, target: Double? = nil
    ) throws -> Job {
        let sweep = try StateVectorSweep(
            expert, inputs: ReferenceExperts.data(data, inputs: expert.inputCount),
            parallelism: Parallelism(threads: threads))
        let points = Numbers(ReferenceExperts.parameters(count, dimension: expert.parameterCount))
        let results = Numbers(count: count * data * (1 + expert.parameterCount))
        return Job(name: name, target: target) {
            sweep.evaluate(
                parameters: points.base, count: count, values: results.base, gradients: results.base + count * data)
        } result: {
            results.array
        }
    }

    /// The right-hand side of the mean-field flow on the sparse expansion.
    static func flow(
        _ name: String, _ expert: QuantumExpert, count: Int, data: Int, threads: Int, target: Double? = nil
    ) throws -> Job {
        let expansion = try expert.expansion(inputs: ReferenceExperts.data(data, inputs: expert.inputCount))
        let problem = MeanFieldProblem(expansion: expansion, targets: (0..<data).map { $0 % 2 == 0 ? 0.5 : -0.5 })
        let flow = MeanFieldFlow(problem, count: count, parallelism: Parallelism(threads: threads))
        let state = Numbers(ReferenceExperts.parameters(count, dimension: expert.parameterCount))
        let rate = Numbers(count: count * expert.parameterCount)
        return Job(name: name, target: target) {
            flow.derivative(time: 0, state: state.base, rate: rate.base)
        } result: {
            rate.array
        }
    }

    /// The expansion of a circuit for some data.
    static func expansion(_ name: String, _ expert: QuantumExpert, data: Int, target: Double? = nil) -> Job {
        let inputs = ReferenceExperts.data(data, inputs: expert.inputCount)
        let last = Latest()
        return Job(name: name, target: target) {
            // The propagation of these circuits does not throw: `result` would be empty.
            last.expansion = try? expert.expansion(inputs: inputs)
        } result: {
            last.expansion?.coefficients ?? []
        }
    }

    private final class Latest {
        var expansion: TrigonometricExpansion?
    }

    /// Numbers that stay where they are.
    private final class Numbers {
        let base: UnsafeMutablePointer<Double>
        let count: Int

        init(count: Int) {
            self.count = count
            base = .allocate(capacity: count)
            base.initialize(repeating: 0, count: count)
        }

        convenience init(_ values: [Double]) {
            self.init(count: values.count)
            for (index, value) in values.enumerated() { base[index] = value }
        }

        deinit { base.deallocate() }

        var array: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }
    }
}

extension Job {
    /// The names of all jobs.
    public static let names = [
        "direct/A/1000/1", "direct/A/1000/2", "direct/B/1000/1", "direct/B/1000/2",
        "flow/A/1000/1", "flow/B/1000/1", "flow/A/1000000/2", "flow/B/1000000/2",
        "expansion/8x2/16",
        "continuum/muscl/512/1", "continuum/muscl/512/2", "continuum/weno5/512/1", "continuum/weno5/512/2",
        "continuum/muscl-3d/128/1", "continuum/muscl-3d/128/2", "continuum/galerkin/128/1",
        "continuum/galerkin/512/1", "continuum/characteristics/512/1",
        "archive/write/256", "archive/checkpoint/256",
        "transport/sorted-1d/100000/1", "transport/w2-1d/100000/1", "transport/w2-2d/1000/1", "transport/w2-2d/10000/1",
        "transport/w2-3d/1000/1", "transport/w1-2d/1000/1",
    ]

    /// The times that jobs should take on two cores, in seconds.
    private static let targets = [
        "direct/B/1000/1": 2.5e-3, "flow/A/1000/1": 12e-6, "flow/B/1000/1": 135e-6, "flow/A/1000000/2": 13e-3,
        "flow/B/1000000/2": 0.15, "expansion/8x2/16": 5e-3,
        // 110 million steps of a cell a second, and 1.8 times as many on two threads.
        "continuum/muscl/512/1": 114 * 512 * 512 / 110e6, "continuum/muscl/512/2": 114 * 512 * 512 / 198e6,
        "continuum/galerkin/128/1": 5e-3, "continuum/galerkin/512/1": 0.155, "archive/write/256": 1,
        // 20 ns an atom.
        "transport/sorted-1d/100000/1": 2e-3, "transport/w2-1d/100000/1": 0.02,
        "transport/w2-2d/1000/1": 0.05, "transport/w2-2d/10000/1": 0.5, "transport/w2-2d/100000/1": 6,
        "transport/w2-2d/1000000/1": 100, "transport/w2-3d/1000/1": 0.5, "transport/w2-3d/10000/1": 4,
        "transport/w2-3d/100000/1": 25, "transport/replicates/1000/2": 4,
    ]

    /// The job of a name, or nil: `direct/CIRCUIT/POINTS/THREADS`, `flow/CIRCUIT/POINTS/THREADS`, both for 16 data unless their number
    /// follows, `expansion/QUBITSxLAYERS/DATA`, `continuum/METHOD/CELLS/THREADS`, `archive/KIND/CELLS`, or `transport/KIND/ATOMS/THREADS`.
    /// A circuit is one of `ReferenceExperts`.
    public static func named(_ name: String) throws -> Job? {
        let words = name.split(separator: "/").map(String.init)
        let target = targets[name]
        if words.count == 3, words[0] == "expansion", let data = Int(words[2]) {
            guard let expert = try ReferenceExperts.named(words[1]) else { return nil }
            return expansion(name, expert, data: data, target: target)
        }
        if words.count == 3, words[0] == "archive", let cells = Int(words[2]), cells > 0 {
            return try archive(name, words[1], cells: cells, target: target)
        }
        if words.first == "continuum" { return try continuum(name, Array(words.dropFirst()), target: target) }
        if words.first == "transport" { return try transport(name, Array(words.dropFirst()), target: target) }
        let numbers = words.dropFirst(2).compactMap(Int.init)
        guard (4...5).contains(words.count), numbers.count == words.count - 2, numbers.allSatisfy({ $0 > 0 }),
            let expert = try ReferenceExperts.named(words[1]), expert.parameterCount <= 8
        else { return nil }
        let (count, threads, data) = (numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 16)
        return switch words[0] {
        case "direct": try direct(name, expert, count: count, data: data, threads: threads, target: target)
        case "flow": try flow(name, expert, count: count, data: data, threads: threads, target: target)
        default: nil
        }
    }
}
