extension TrigonometricMonomial {
    /// The mean `∫ Φ dμ` under a law, from its Fourier moments.
    ///
    /// Each `cos(kθ)` is `½ Σ_σ e^{iσkθ}` and each `sin(kθ)` is `½ Σ_σ (−iσ) e^{iσkθ}`, `σ = ±1`; opposite signs of all factors give
    /// conjugate terms, so half of them suffice.
    ///
    /// - Parameters:
    ///   - dimension: the number of angles, above every factor's axis.
    ///   - fourierMoments: `m_k = ∫ e^{ik·θ} dμ` for a wave vector `k`, one component an angle.
    /// - Complexity: `2^(f−1)` Fourier moments for `f` factors.
    public func mean(
        dimension: Int, fourierMoments: ([Int]) throws -> (real: Double, imaginary: Double)
    ) rethrows -> Double {
        precondition((factors.last?.axis ?? -1) < dimension, "an axis is out of range")
        var wave = Array(repeating: 0, count: dimension)
        guard !factors.isEmpty else { return try fourierMoments(wave).real }
        let halves = 1 << (factors.count - 1)
        let sines = factors.count { $0.kind == .sine }
        var sum = 0.0
        for signs in 0..<halves {
            // The last factor keeps its sign.
            var isNegative = false
            for (index, factor) in factors.enumerated() {
                let isReversed = signs >> index & 1 == 1
                wave[factor.axis] = isReversed ? -factor.harmonic : factor.harmonic
                if isReversed, factor.kind == .sine { isNegative.toggle() }
            }
            let moment = try fourierMoments(wave)
            // The real part of (−i)^sines times the moment.
            let part: Double
            switch sines % 4 {
            case 0: part = moment.real
            case 1: part = moment.imaginary
            case 2: part = -moment.real
            default: part = -moment.imaginary
            }
            sum += isNegative ? -part : part
        }
        return sum / Double(halves)
    }
}
