public import Experts
public import Torus

/// An expert, its training data and the initial law, contracted to what the dynamics needs.
///
/// With the moments `M_m = ∫ Φ_m dμ` of a law `μ`: the generated function is `F = Cᵀ M`, the weights are
/// `w = C r / n`, `r = F − y`, and the potential is `V[μ](θ) = Σ_m w_m Φ_m(θ)`. When there are fewer monomials than
/// data the sum over the data is contracted once more: `w = G M − b`, `G = C Cᵀ / n`, `b = C y / n`; nothing of the size
/// of the data is left in the dynamics.
///
/// Source: docs/model.md; Melchor Hernandez, Pastorello, De Palma, arXiv 2501.14660.
public struct MeanFieldProblem: Sendable {
    /// The functions `Φ_m`: the monomials of the expert's expansion, or without one its own functions `f(·, x_a)`.
    public let basis: PotentialBasis
    /// The training targets `y_a`.
    public let targets: [Double]
    /// The held-out targets.
    public let heldOutTargets: [Double]
    /// The law at time 0.
    public let initialLaw: InitialLaw

    /// `C_{ma}` at `m·n + a`, the training data's; none without an expansion.
    public let coefficients: [Double]
    /// The same of the held-out data.
    public let heldOutCoefficients: [Double]
    /// `α` of `F = α ∫ f dμ`; in `C` it is contained.
    private let amplitude: Double

    /// The weights of a potential that is given, and does not depend on the law; `nil` when training makes it.
    public let prescribedWeights: [Double]?

    /// `G` and `b`, when they are the shorter way.
    private let contracted: (gram: [Double], offset: [Double])?

    /// The problem of an expert on a training set.
    ///
    /// - Parameter amplitude: `α` of `F = (α/N) Σ_i f(θ_i, ·)`.
    /// - Throws: what the expert's lift throws; `InitialLawError.dimension`.
    public init(
        expert: any Expert, trainingSet: TrainingSet, initialLaw: InitialLaw = .uniform, amplitude: Double = 1
    ) throws {
        try initialLaw.check(dimension: expert.parameterCount)
        let (training, heldOut) = (trainingSet.training, trainingSet.heldOut)
        let inputs = training.inputs + heldOut.inputs
        self.init(
            lift: try expert.trainingForm(of: expert.lift(inputs: inputs), inputs: inputs), trainingSet: trainingSet,
            initialLaw: initialLaw, amplitude: amplitude)
    }

    /// The problem of an expert that is lifted on the inputs of a training set: the training data, then the held-out data.
    ///
    /// - Precondition: the lift has as many data as the set.
    public init(
        lift: Lift, trainingSet: TrainingSet, initialLaw: InitialLaw = .uniform, amplitude: Double = 1
    ) {
        let (targets, heldOutTargets) = (trainingSet.training.targets, trainingSet.heldOut.targets)
        switch lift.form {
        case .polynomials(let expansion):
            self.init(
                expansion: expansion, targets: targets, heldOutTargets: heldOutTargets, initialLaw: initialLaw,
                amplitude: amplitude)
        case .states(let functions):
            self.init(
                functions: functions, targets: targets, heldOutTargets: heldOutTargets, initialLaw: initialLaw,
                amplitude: amplitude)
        }
    }

    /// The problem of an expert whose functions only the state vector has, on the training data and, after them, the
    /// held-out data: `M_a = ∫ f(·, x_a) dμ`, and `w_a = α r_a / n` for training data, 0 for the others.
    ///
    /// - Precondition: there are as many functions as targets, and at least one training datum.
    public init(
        functions: StateVectorFunctions, targets: [Double], heldOutTargets: [Double] = [],
        initialLaw: InitialLaw = .uniform, amplitude: Double = 1
    ) {
        precondition(
            !targets.isEmpty && functions.count == targets.count + heldOutTargets.count,
            "one target a datum, and at least one datum")
        precondition(
            (try? initialLaw.check(dimension: functions.dimension)) != nil, "the law has another dimension")
        basis = .states(functions)
        self.targets = targets
        self.heldOutTargets = heldOutTargets
        self.initialLaw = initialLaw
        self.amplitude = amplitude
        (coefficients, heldOutCoefficients, prescribedWeights, contracted) = ([], [], nil, nil)
    }

    /// The problem of an expansion whose data are the training data and, after them, the held-out data.
    ///
    /// - Precondition: the expansion has as many data as there are targets, and at least one training datum.
    public init(
        expansion: TrigonometricExpansion, targets: [Double], heldOutTargets: [Double] = [],
        initialLaw: InitialLaw = .uniform, amplitude: Double = 1
    ) {
        let (n, all) = (targets.count, expansion.datumCount)
        precondition(n >= 1 && all == n + heldOutTargets.count, "one target a datum, and at least one datum")
        precondition(
            (try? initialLaw.check(dimension: expansion.basis.dimension)) != nil, "the law has another dimension")
        let count = expansion.basis.count
        func columns(_ range: Range<Int>) -> [Double] {
            (0..<count).flatMap { m in range.map { amplitude * expansion.coefficients[m * all + $0] } }
        }
        let c = columns(0..<n)
        basis = .monomials(SharedProducts(expansion.basis))
        self.amplitude = amplitude
        self.targets = targets
        self.heldOutTargets = heldOutTargets
        self.initialLaw = initialLaw
        coefficients = c
        heldOutCoefficients = columns(n..<all)
        prescribedWeights = nil
        guard count < n else {
            contracted = nil
            return
        }
        func row(_ m: Int) -> ArraySlice<Double> { c[m * n..<(m + 1) * n] }
        func mean(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(n)
        }
        contracted = (
            gram: (0..<count).flatMap { m in (0..<count).map { mean(row(m), row($0)) } },
            offset: (0..<count).map { mean(row($0), targets) }
        )
    }

    /// Transport in a given potential `V = Σ_m w_m Φ_m`, constant in time: `∂_t μ = div(μ ∇V)`, without data.
    ///
    /// The loss is then the energy `∫ V dμ`, which falls at the same rate `∫ |∇V|² dμ`.
    ///
    /// - Precondition: one weight a monomial, and the law fits the dimension.
    public init(potential basis: TrigonometricBasis, weights: [Double], initialLaw: InitialLaw = .uniform) {
        precondition(weights.count == basis.count, "one weight a monomial")
        precondition((try? initialLaw.check(dimension: basis.dimension)) != nil, "the law has another dimension")
        self.basis = .monomials(SharedProducts(basis))
        amplitude = 1
        self.initialLaw = initialLaw
        prescribedWeights = weights
        (targets, heldOutTargets, coefficients, heldOutCoefficients) = ([], [], [], [])
        contracted = nil
    }

    /// The number of parameters `d` of an expert.
    public var dimension: Int { basis.dimension }

    /// Writes the weights `w` of the potential for given moments.
    ///
    /// Cost: `nnz²` or `nnz·n` multiplications, whichever is fewer; allocates nothing.
    ///
    /// - Parameter residual: memory for a number a training datum.
    public func weights(
        moments: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>,
        residual: UnsafeMutablePointer<Double>
    ) {
        let count = basis.count
        if let prescribedWeights {
            for m in 0..<count { weights[m] = prescribedWeights[m] }
            return
        }
        if let contracted {
            contracted.gram.withUnsafeBufferPointer { gram in
                contracted.offset.withUnsafeBufferPointer { offset in
                    for m in 0..<count {
                        var sum = -offset[m]
                        for k in 0..<count { sum += gram[m &* count &+ k] * moments[k] }
                        weights[m] = sum
                    }
                }
            }
            return
        }
        let n = targets.count
        if case .states = basis {
            for a in 0..<n { weights[a] = amplitude * (amplitude * moments[a] - targets[a]) / Double(n) }
            for a in n..<count { weights[a] = 0 }
            return
        }
        coefficients.withUnsafeBufferPointer { c in
            for a in 0..<n { residual[a] = -targets[a] }
            for m in 0..<count {
                let moment = moments[m]
                for a in 0..<n { residual[a] += c[m &* n &+ a] * moment }
            }
            for m in 0..<count {
                var sum = 0.0
                for a in 0..<n { sum += c[m &* n &+ a] * residual[a] }
                weights[m] = sum / Double(n)
            }
        }
    }

    /// Writes the weights `w` of the potential for given moments; allocates memory for the residual.
    public func weights(moments: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: targets.count) { residual in
            // There is at least one datum.
            guard let residual = residual.baseAddress else { return }
            self.weights(moments: moments, into: weights, residual: residual)
        }
    }

    /// The weights `w` of the potential for given moments.
    public func weights(moments: [Double]) -> [Double] {
        precondition(moments.count == basis.count, "one moment a function")
        var result = moments
        result.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { weights(moments: moments, into: base) }
        }
        return result
    }

    /// The generated function `F(x_a)` at the training inputs.
    public func function(moments: [Double]) -> [Double] {
        if case .states = basis { return moments.prefix(targets.count).map { amplitude * $0 } }
        return Self.contract(coefficients, moments, data: targets.count)
    }

    /// The generated function at the held-out inputs.
    public func heldOutFunction(moments: [Double]) -> [Double] {
        if case .states = basis { return moments.dropFirst(targets.count).map { amplitude * $0 } }
        return Self.contract(heldOutCoefficients, moments, data: heldOutTargets.count)
    }

    /// The half mean squared residual `L = (1/2n) Σ_a (F(x_a) − y_a)²`; in a given potential the energy `∫ V dμ`.
    public func loss(moments: [Double]) -> Double {
        if let prescribedWeights { return zip(prescribedWeights, moments).reduce(0) { $0 + $1.0 * $1.1 } }
        return zip(function(moments: moments), targets).reduce(0) { sum, pair in
            sum + (pair.0 - pair.1) * (pair.0 - pair.1)
        } / (2 * Double(targets.count))
    }

    /// The maximum mean discrepancy of two laws, given by their moments, for the expert's own kernel
    /// `k(θ, θ') = (1/n) Σ_a f(θ, x_a) f(θ', x_a)`: `((1/n) Σ_a (F_μ(x_a) − F_ν(x_a))²)^{1/2}`.
    ///
    /// It sees of a law what training sees. When `ν` reaches the targets it is `(2 L(μ))^{1/2}`.
    ///
    /// - Precondition: there are data, so the potential is not a given one.
    public func discrepancy(moments: [Double], _ others: [Double]) -> Double {
        precondition(prescribedWeights == nil, "a given potential has no data")
        let differences = zip(function(moments: moments), function(moments: others)).map(-)
        return (differences.reduce(0) { $0 + $1 * $1 } / Double(targets.count)).squareRoot()
    }

    private static func contract(_ c: [Double], _ moments: [Double], data: Int) -> [Double] {
        var values = Array(repeating: 0.0, count: data)
        for (m, moment) in moments.enumerated() {
            for a in 0..<data { values[a] += c[m * data + a] * moment }
        }
        return values
    }
}
