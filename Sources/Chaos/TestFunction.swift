import Foundation
import Torus
public import Training

/// A function of an expert's parameters whose mean over the mixture is looked at.
public enum TestFunction: Sendable, Equatable {
    /// `Σ_m c_m Φ_m(θ)` in the functions of a problem's basis: the mean is `Σ_m c_m M_m`, such as the generated function at an input.
    case combination([Double])
    /// `cos(k·θ)`.
    case cosine([Int])
    /// `sin(k·θ)`.
    case sine([Int])

    /// What the mixture generates at a held-out input.
    public static func heldOut(_ input: Int, of problem: MeanFieldProblem) -> TestFunction {
        let count = problem.heldOutTargets.count
        return .combination((0..<problem.basis.count).map { problem.heldOutCoefficients[$0 * count + input] })
    }

    /// What the mixture generates at a training input.
    public static func training(_ input: Int, of problem: MeanFieldProblem) -> TestFunction {
        let count = problem.targets.count
        return .combination((0..<problem.basis.count).map { problem.coefficients[$0 * count + input] })
    }

    /// What the mixture generates at a held-out input, or at a training input where none are held out.
    public static func input(_ input: Int, of problem: MeanFieldProblem) -> TestFunction {
        problem.heldOutTargets.isEmpty ? training(input, of: problem) : heldOut(input, of: problem)
    }

    /// The functions of the problem's basis themselves, in which all that the mixture generates is linear.
    public static func basis(of problem: MeanFieldProblem) -> [TestFunction] {
        (0..<problem.basis.count).map { own in
            .combination((0..<problem.basis.count).map { $0 == own ? 1 : 0 })
        }
    }

    /// The value and the slopes at a point.
    func values(at theta: [Double], _ problem: MeanFieldProblem) -> (slopes: [Double], value: Double) {
        switch self {
        case .combination(let coefficients):
            guard let basis = problem.basis.trigonometric else { preconditionFailure("an expansion is needed") }
            func sum(_ values: [Double]) -> Double { zip(coefficients, values).reduce(0) { $0 + $1.0 * $1.1 } }
            return (basis.gradients(at: theta).map(sum), sum(basis.values(at: theta)))
        case .cosine(let k):
            let phase = Self.phase(k, theta)
            return (k.map { -Double($0) * sin(phase) }, cos(phase))
        case .sine(let k):
            let phase = Self.phase(k, theta)
            return (k.map { Double($0) * cos(phase) }, sin(phase))
        }
    }

    private static func phase(_ k: [Int], _ theta: [Double]) -> Double {
        zip(k, theta).reduce(0) { $0 + Double($1.0) * $1.1 }
    }

    /// The largest harmonic of any angle, for a problem's basis.
    func harmonic(_ problem: MeanFieldProblem) -> Int {
        switch self {
        case .combination: problem.basis.harmonics.max() ?? 0
        case .cosine(let k), .sine(let k): k.map(abs).max() ?? 0
        }
    }
}
