import Experts
import Torus
public import Training

extension MeanFieldProblem {
    /// The same with the expert multiplied by a number.
    func multiplied(by factor: Double) -> MeanFieldProblem {
        rebuilt(extra: nil) { _, _, value in factor * value }
    }

    /// The same with each expert's mean under the initial law taken off, at every input.
    ///
    /// - Parameter refusing: whether a mean that is not 0 is an error instead.
    /// - Throws: `ScalingError.mean`, `FluctuationError.expansion`.
    func centred(refusing: Bool) throws -> MeanFieldProblem {
        guard let basis = basis.trigonometric else { throw FluctuationError.expansion }
        let moments = basis.monomials.map { monomial in
            monomial.mean(dimension: basis.dimension, fourierMoments: initialLaw.moment)
        }
        let means = function(moments: moments) + heldOutFunction(moments: moments)
        let size = (coefficients + heldOutCoefficients).reduce(0) { max($0, abs($1)) }
        let largest = means.reduce(0) { max($0, abs($1)) }
        guard largest > 1e-12 * size else { return self }
        if refusing { throw ScalingError.mean(largest: largest) }
        return rebuilt(extra: means.map { -$0 }) { _, _, value in value }
    }

    /// The same expert and data with all training targets multiplied by a number: another limit, which mixtures of this problem do not have.
    ///
    /// - Precondition: the problem has an expansion.
    public func multiplyingTargets(by factor: Double) -> MeanFieldProblem {
        rebuilt(extra: nil, targets: targets.map { factor * $0 }) { _, _, value in value }
    }

    /// The same expert with other coefficients, and a constant added at each datum, the training data first.
    private func rebuilt(
        extra: [Double]?, targets changed: [Double]? = nil,
        _ change: (_ monomial: Int, _ datum: Int, _ value: Double) -> Double
    ) -> MeanFieldProblem {
        guard let basis = basis.trigonometric else { preconditionFailure("an expansion is needed") }
        let (n, held) = (targets.count, heldOutTargets.count)
        var monomials = basis.monomials
        var rows: [[Double]] = monomials.indices.map { m in
            let own = (0..<n).map { change(m, $0, coefficients[m * n + $0]) }
            let other = (0..<held).map { change(m, n + $0, heldOutCoefficients[m * held + $0]) }
            return own + other
        }
        if let extra {
            if let constant = monomials.firstIndex(of: .one) {
                rows[constant] = zip(rows[constant], extra).map(+)
            } else {
                monomials.append(.one)
                rows.append(extra)
            }
        }
        return MeanFieldProblem(
            expansion: TrigonometricExpansion(
                basis: TrigonometricBasis(dimension: basis.dimension, monomials: monomials), datumCount: n + held,
                coefficients: Array(rows.joined())), targets: changed ?? targets, heldOutTargets: heldOutTargets,
            initialLaw: initialLaw)
    }
}
