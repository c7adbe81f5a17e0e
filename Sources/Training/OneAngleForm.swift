import Torus

/// An expert of one angle used once, `f = a(x) + Re(c(x) e^{−iθ})`, on its training data.
///
/// Every problem of this form from the uniform law has an exact solution.
public struct OneAngleForm: Sendable, Equatable {
    /// `a(x_a)`.
    public let constant: [Double]
    /// `Re c(x_a)`, the coefficient of `cos θ`.
    public let cosine: [Double]
    /// `Im c(x_a)`, the coefficient of `sin θ`.
    public let sine: [Double]
    /// `y_a`.
    public let targets: [Double]

    /// The form of a problem, or `nil` when it has more angles, higher harmonics, or another initial law.
    public init?(_ problem: MeanFieldProblem) {
        guard problem.dimension == 1, problem.prescribedWeights == nil, (problem.basis.harmonics.first ?? 0) <= 1,
            problem.initialLaw == .uniform
        else {
            return nil
        }
        let n = problem.targets.count
        var rows = (constant: Array(repeating: 0.0, count: n), cosine: Array(repeating: 0.0, count: n))
        var sine = rows.constant
        for (m, monomial) in problem.basis.monomials.enumerated() {
            let row = Array(problem.coefficients[m * n..<(m + 1) * n])
            switch monomial.factors.first?.kind {
            case nil: rows.constant = row
            case .cosine: rows.cosine = row
            case .sine: sine = row
            }
        }
        constant = rows.constant
        cosine = rows.cosine
        self.sine = sine
        targets = problem.targets
    }
}
