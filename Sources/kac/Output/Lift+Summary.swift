import Experts
import Torus

extension Lift {
    /// What a log says of how experts are evaluated: the path, how many monomials they have, and why it was this one or what was left out.
    var summary: String {
        "experts: path \(path.rawValue), " + (expansion.map { "\($0.basis.count) monomials" } ?? "no expansion")
            + (reason.map { "; \($0)" } ?? "")
    }
}
