import Torus

/// Whether experts have third moments `E[∇(∇f(x)·∇f(x′))·∇f(x″)]` under the uniform law, which move the tangent kernel in the lazy scaling.
///
/// A product of three monomials has a mean where along every angle the sines are even in number and one harmonic is the sum of the other two (one
/// that is absent counts as 0); a derivative changes neither. Where no three do, the moments vanish for all inputs, as for one qubit's rotation or
/// products of one harmonic an angle.
enum ThirdMoments {
    /// Expansions of more monomials are not looked at: the pairs are up to half a million.
    static let mostMonomials = 1000

    /// Whether some three monomials have a mean, or nil where there are too many to look.
    static func exist(_ basis: TrigonometricBasis) -> Bool? {
        let monomials = basis.monomials.filter { !$0.factors.isEmpty }
        guard monomials.count <= mostMonomials else { return nil }
        let known = Set(monomials)
        for (index, first) in monomials.enumerated() {
            for second in monomials[index...] where partners(first, second).contains(where: known.contains) {
                return true
            }
        }
        return false
    }

    /// The monomials whose product with these two has a mean: along an angle that both have two, otherwise one.
    private static func partners(
        _ first: TrigonometricMonomial, _ second: TrigonometricMonomial
    ) -> [TrigonometricMonomial] {
        var found: [[TrigonometricMonomial.Factor]] = [
            first.factors.filter { factor in
                !second.factors.contains { $0.axis == factor.axis }
            }
        ]
        for factor in second.factors {
            guard let other = first.factors.first(where: { $0.axis == factor.axis }) else {
                found = found.map { $0 + [factor] }
                continue
            }
            let kind: TrigonometricMonomial.Factor.Kind = factor.kind == other.kind ? .cosine : .sine
            let harmonics = [factor.harmonic + other.harmonic, abs(factor.harmonic - other.harmonic)]
            found = found.flatMap { factors in
                harmonics.compactMap { harmonic in
                    harmonic > 0
                        ? factors + [.init(kind, axis: factor.axis, harmonic: harmonic)]
                        : kind == .cosine ? factors : nil
                }
            }
        }
        return found.map { TrigonometricMonomial($0) }
    }
}
