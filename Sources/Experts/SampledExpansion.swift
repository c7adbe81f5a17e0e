import Torus

/// The exact expansion of a quantum expert from its values at equal-spaced angles, by the state vector.
///
/// A function of degree `D_p` in the angle `θ_p` is known from its values at `2D_p + 1` equal-spaced angles; its coefficients are
/// sums of these values, to rounding. This serves where Pauli propagation meets too many terms and the angles are few.
///
/// - Complexity: `Π_p (2D_p + 1)` values a datum, each of gates times `2^qubits`.
struct SampledExpansion {
    /// The most values a datum that are sampled.
    static let sampleLimit = 1 << 20
    /// The most values for all data: a gibibyte.
    private static let valueLimit = 1 << 27
    /// The most operations for all values: some minutes on two cores.
    private static let operationLimit = 1e11
    /// What a gate costs an amplitude, in operations of Pauli propagation: an estimate from the times of `direct/B` and `expansion/8x2`
    /// in Benchmarks, some 0.04 ns beside 3 ns, raised for states that leave the cache.
    private static let gateCost = 0.05

    private let expert: QuantumExpert
    private let datumCount: Int
    /// The degree `D_p` in each angle.
    let degrees: [Int]

    init(_ expert: QuantumExpert, datumCount: Int) {
        self.expert = expert
        self.datumCount = datumCount
        degrees = Self.degrees(of: expert)
    }

    /// The degrees that the gates allow: every angle of a gate turns with eigenphases 1 apart, times the factor of the input.
    static func degrees(of expert: QuantumExpert) -> [Int] {
        var axes: [Int: Int] = [:]
        for (axis, input) in expert.roles.parameters.enumerated() { axes[input] = axis }
        var degrees = Array(repeating: 0, count: expert.parameterCount)
        for term in expert.circuit.instructions.lazy.flatMap(\.angles).flatMap(\.terms) {
            if let axis = axes[term.input] { degrees[axis] += Int(abs(term.factor).rounded()) }
        }
        return degrees
    }

    /// The values that are needed a datum; `nil` when they are beyond counting.
    var sampleCount: Int? {
        var product = 1
        for degree in degrees {
            let (next, overflow) = product.multipliedReportingOverflow(by: 2 * degree + 1)
            if overflow { return nil }
            product = next
        }
        return product
    }

    /// About what the values of all data cost, in operations of Pauli propagation.
    var operations: Double {
        let (gates, states) = (Double(expert.circuit.instructions.count), Double(1 << expert.circuit.qubitCount))
        return Double(sampleCount ?? .max) * Double(datumCount) * gates * states * Self.gateCost
    }

    /// Coefficients up to this share of `‖O‖` are zeros, since a value may be off by as much: by two roundings a gate, and by
    /// half a unit of the last place of every trained angle, which is at most `2π` times its factor.
    private var zeroThreshold: Double {
        let angles = 2 * Double.pi * Double(degrees.reduce(0, +))
        return 0.5 * .ulpOfOne * (angles + 2 * Double(expert.circuit.instructions.count) + 16)
    }

    /// Whether the values are few enough.
    var isFeasible: Bool {
        sampleCount.map {
            $0 <= Self.sampleLimit && $0 <= Self.valueLimit / max(1, datumCount) && operations <= Self.operationLimit
        } ?? false
    }

    /// What of the values is too much.
    var excess: String {
        guard let sampleCount, sampleCount <= Self.sampleLimit else {
            return "finding it from values of the state vector would take "
                + "\(sampleCount.map(String.init) ?? "too many") of them a datum, with \(Self.sampleLimit) the limit"
        }
        return "finding it from \(sampleCount) values of the state vector a datum would take too long"
    }

    /// The expansion for the given data.
    ///
    /// - Throws: `ExpansionError` when a row does not fit.
    /// - Precondition: `isFeasible`.
    func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion {
        let lengths = degrees.map { 2 * $0 + 1 }
        let count = lengths.reduce(1, *)
        precondition(count <= Self.sampleLimit, "too many values to sample")
        let sweep = try StateVectorSweep(expert, inputs: inputs, parallelism: .allCores)
        var points = Array(repeating: 0.0, count: lengths.count * count)
        for index in 0..<count {
            var rest = index
            for (axis, length) in lengths.enumerated() {
                points[axis * count + index] = 2 * .pi * Double(rest % length) / Double(length)
                rest /= length
            }
        }
        var values = sweep.values(parameters: points, count: count)
        let monomials = (0..<count).map { Self.monomial($0, lengths: lengths) }
        try Self.transform(&values, lengths: lengths)
        let threshold = zeroThreshold * expert.observable.norm
        let kept = (0..<count)
            .filter { m in inputs.indices.contains { abs(values[$0 * count + m]) > threshold } }
            .sorted { monomials[$0] < monomials[$1] }
        return TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: lengths.count, monomials: kept.map { monomials[$0] }),
            datumCount: inputs.count, coefficients: kept.flatMap { m in inputs.indices.map { values[$0 * count + m] } })
    }

    /// The function that position `index` of the transformed values belongs to: along an axis 1, cos θ, sin θ, cos 2θ, …
    private static func monomial(_ index: Int, lengths: [Int]) -> TrigonometricMonomial {
        var rest = index
        var factors: [TrigonometricMonomial.Factor] = []
        for (axis, length) in lengths.enumerated() {
            let place = rest % length
            rest /= length
            if place > 0 {
                factors.append(.init(place % 2 == 1 ? .cosine : .sine, axis: axis, harmonic: (place + 1) / 2))
            }
        }
        return TrigonometricMonomial(factors)
    }

    /// Values at equal-spaced angles become coefficients, one axis after the other, for all data.
    private static func transform(_ values: inout [Double], lengths: [Int]) throws {
        var stride = 1
        for length in lengths {
            defer { stride *= length }
            guard length > 1 else { continue }
            let line = try FourierTransform(grid: PeriodicGrid(cells: [length]))
            let share = 2 / Double(length)
            for block in Swift.stride(from: 0, to: values.count, by: stride * length) {
                for start in block..<block + stride {
                    for j in 0..<length { line.values[j] = values[start + j * stride] }
                    line.forward()
                    values[start] = 0.5 * share * line.spectrum[0]
                    for k in 1...(length / 2) {
                        values[start + (2 * k - 1) * stride] = share * line.spectrum[2 * k]
                        values[start + 2 * k * stride] = -share * line.spectrum[2 * k + 1]
                    }
                }
            }
        }
    }
}
