/// The functions `f(·, x_a)` of a quantum expert on given data, by the state vector: what a potential is made of where no
/// expansion is within reach.
///
/// ```swift
/// let functions = try StateVectorFunctions(expert, inputs: data)
/// let sweep = StateVectorFunctionSweep(functions, count: 1000, parallelism: .allCores)
/// ```
///
/// What depends on data alone is computed here once, for all sweeps. Memory: as for `StateVectorSweep`, but for the threads' part.
public final class StateVectorFunctions: Sendable {
    /// The expert.
    public let expert: QuantumExpert
    /// The data, one row of input values a datum.
    public let inputs: [[Double]]
    /// The degree in each angle as a trigonometric polynomial, at most.
    public let harmonics: [Int]
    let core: StateVectorSweep.Core

    /// The functions on the given data.
    ///
    /// - Throws: `ExpansionError` when there is no datum, or a row is not one that the expert can take.
    /// - Precondition: the expert fits the state vector.
    public init(_ expert: QuantumExpert, inputs: [[Double]]) throws {
        precondition(expert.fitsStateVector, "a state vector holds \(QuantumExpert.largestQubitCount) qubits")
        try expert.check(inputs: inputs)
        self.expert = expert
        self.inputs = inputs
        harmonics = SampledExpansion.degrees(of: expert)
        core = StateVectorSweep.Core(expert, inputs: inputs)
    }

    deinit { core.deallocate() }

    /// The number of functions, one a datum.
    public var count: Int { inputs.count }

    /// The number of angles `d`.
    public var dimension: Int { expert.parameterCount }

    /// The values `f(θ, x_a)` at one point.
    public func values(at theta: [Double]) -> [Double] {
        inputs.map { expert.value(parameters: theta, inputs: $0) }
    }
}
