extension TrigonometricMonomial {
    /// The product of this monomial and one more factor, as a sum of at most two monomials.
    ///
    /// On an axis that the monomial does not use, the factor joins it. On one that it uses, the two harmonics `a` and `k`
    /// become `a + k` and `|a − k|`, as in `cos aθ · cos kθ = ½ cos (a − k)θ + ½ cos (a + k)θ`; the coefficients are exact.
    /// - Complexity: linear in the number of factors.
    public func multiplied(by factor: Factor) -> [(coefficient: Double, monomial: TrigonometricMonomial)] {
        guard let old = factors.first(where: { $0.axis == factor.axis }) else {
            return [(1, TrigonometricMonomial(factors + [factor]))]
        }
        let others = factors.filter { $0.axis != factor.axis }
        let (sum, difference) = (old.harmonic + factor.harmonic, old.harmonic - factor.harmonic)

        func cosine(_ harmonic: Int) -> TrigonometricMonomial {
            let factor = harmonic == 0 ? [] : [Factor(.cosine, axis: factor.axis, harmonic: abs(harmonic))]
            return TrigonometricMonomial(others + factor)
        }
        func sines(_ sign: Double) -> [(coefficient: Double, monomial: TrigonometricMonomial)] {
            let first = TrigonometricMonomial(others + [Factor(.sine, axis: factor.axis, harmonic: sum)])
            guard difference != 0 else { return [(0.5, first)] }
            let second = TrigonometricMonomial(others + [Factor(.sine, axis: factor.axis, harmonic: abs(difference))])
            return [(0.5, first), (difference > 0 ? sign * 0.5 : sign * -0.5, second)]
        }
        switch (old.kind, factor.kind) {
        case (.cosine, .cosine): return [(0.5, cosine(difference)), (0.5, cosine(sum))]
        case (.sine, .sine): return [(0.5, cosine(difference)), (-0.5, cosine(sum))]
        case (.sine, .cosine): return sines(1)
        case (.cosine, .sine): return sines(-1)
        }
    }

    /// The product of two monomials as a sum of different monomials: at most two for each angle that both use.
    ///
    /// - Complexity: `2^s` terms, `s` the number of angles that both use.
    public func multiplied(
        by other: TrigonometricMonomial
    ) -> [(coefficient: Double, monomial: TrigonometricMonomial)] {
        other.factors.reduce([(1, self)]) { sum, factor in
            sum.flatMap { term in
                term.monomial.multiplied(by: factor).map { (term.coefficient * $0.coefficient, $0.monomial) }
            }
        }
    }
}
