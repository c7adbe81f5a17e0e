import Foundation
import Torus

/// An expert that is a sum of first harmonics of single angles, `f = a(x) + Σ_p Re(c_p(x) e^{−iθ_p})`, on its training data.
///
/// Every expert with one angle that is used once is of this form. Every such problem from a product of uniform and wrapped Cauchy
/// laws has an exact solution.
public struct AdditiveForm: Sendable, Equatable {
    /// `a(x_a)`.
    public let constant: [Double]
    /// `Re c_p(x_a)`, the coefficient of `cos θ_p`, as `[p][a]`.
    public let cosine: [[Double]]
    /// `Im c_p(x_a)`, the coefficient of `sin θ_p`, as `[p][a]`.
    public let sine: [[Double]]
    /// `y_a`.
    public let targets: [Double]
    /// `∫ e^{iθ_p} dμ` at time 0, one an axis.
    public let initialMoments: [(real: Double, imaginary: Double)]

    /// The form of a problem, or `nil` when its expert has higher harmonics or products of angles, or the initial law is another
    /// one.
    public init?(_ problem: MeanFieldProblem) {
        guard let basis = problem.basis.trigonometric, problem.prescribedWeights == nil,
            basis.monomials.allSatisfy({ $0.degree <= 1 }),
            let initial = Self.initialMoments(problem.initialLaw, dimension: basis.dimension)
        else { return nil }
        let n = problem.targets.count
        let zeros = Array(repeating: 0.0, count: n)
        var constant = zeros
        var cosine = Array(repeating: zeros, count: basis.dimension)
        var sine = cosine
        for (m, monomial) in basis.monomials.enumerated() {
            let row = Array(problem.coefficients[m * n..<(m + 1) * n])
            guard let factor = monomial.factors.first else {
                constant = row
                continue
            }
            switch factor.kind {
            case .cosine: cosine[factor.axis] = row
            case .sine: sine[factor.axis] = row
            }
        }
        self.constant = constant
        self.cosine = cosine
        self.sine = sine
        targets = problem.targets
        initialMoments = initial
    }

    /// The first moments of a product of Poisson kernels; `nil` for other laws.
    private static func initialMoments(
        _ law: InitialLaw, dimension: Int
    ) -> [(real: Double, imaginary: Double)]? {
        switch law {
        case .uniform: return Array(repeating: (0, 0), count: dimension)
        case .product(let axes):
            let isPoisson = axes.allSatisfy { axis in
                if case .vonMises(_, let concentration) = axis.family { concentration == 0 } else { true }
            }
            return isPoisson ? axes.map { $0.moment(1) } : nil
        case .polynomial, .field: return nil
        }
    }

    /// Whether all numbers are the same.
    public static func == (a: Self, b: Self) -> Bool {
        a.constant == b.constant && a.cosine == b.cosine && a.sine == b.sine && a.targets == b.targets
            && a.initialMoments.elementsEqual(b.initialMoments, by: ==)
    }
}
