/// A function `f(θ, x)`, 2π-periodic in every parameter `θ_p`: one voice of the mixture.
///
/// ```swift
/// let expert: any Expert = try Neuron(.cosine, inputs: ["x"], frequencies: [[1]])
/// let (value, gradient) = expert.valueAndGradient(parameters: [0.3], inputs: [0.1])    // cos 0.2, [−sin 0.2]
/// let lift = try expert.lift(inputs: [[0.1], [0.7]])                                   // both data at once
/// ```
public protocol Expert: Sendable {
    /// The names of the parameters `θ`, in order.
    var parameterNames: [String] { get }
    /// The names of the data inputs `x`, in order.
    var inputNames: [String] { get }

    /// The names of the data inputs that are amplitudes of a state rather than angles: they have no unit, and only their
    /// ratios count. None, unless a type says otherwise.
    var amplitudeNames: [String] { get }

    /// Refuses data that the expert cannot take.
    ///
    /// - Parameter inputs: one row of input values a datum.
    /// - Throws: `ExpansionError` when there is no datum, or a row has a wrong number of values or one that is not finite.
    func check(inputs: [[Double]]) throws

    /// The value `f(θ, x)`.
    ///
    /// - Precondition: there are as many parameters and inputs as names.
    func value(parameters: [Double], inputs: [Double]) -> Double

    /// The value `f(θ, x)` and its derivatives `∂f/∂θ_p`, in the order of the parameters.
    ///
    /// - Precondition: there are as many parameters and inputs as names.
    func valueAndGradient(parameters: [Double], inputs: [Double]) -> (value: Double, gradient: [Double])

    /// The same function as a trigonometric polynomial in the parameters, for each of the given data.
    ///
    /// - Parameter inputs: one row of input values a datum.
    /// - Throws: `ExpansionError` when a row does not fit or the expansion grows too large.
    func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion

    /// The trigonometric polynomial by whichever path there is, and which it was.
    ///
    /// - Parameter inputs: one row of input values a datum.
    /// - Throws: `ExpansionError` when a row does not fit or there is no path.
    func lift(inputs: [[Double]]) throws -> Lift

    /// The form in which a flow uses what was lifted on the same data: that, or one that costs a step much less.
    func trainingForm(of lift: Lift, inputs: [[Double]]) throws -> Lift
}

extension Expert {
    /// None.
    public var amplitudeNames: [String] { [] }

    /// Refuses rows of another length, and values that are not finite.
    public func check(inputs: [[Double]]) throws { try ExpansionError.check(inputs, names: inputNames) }

    /// The number of parameters `d`.
    public var parameterCount: Int { parameterNames.count }

    /// The number of data inputs.
    public var inputCount: Int { inputNames.count }

    /// What was lifted.
    public func trainingForm(of lift: Lift, inputs: [[Double]]) throws -> Lift { lift }

    /// The lift by the expert's structure.
    public func lift(inputs: [[Double]]) throws -> Lift { Lift(try expansion(inputs: inputs)) }
}
