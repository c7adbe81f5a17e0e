import Foundation

extension FourierMoments {
    /// `Σ_{0 < |k|_∞ ≤ K} λ(k) |m_k − m'_k|²` over both halves of the frequencies: a squared distance for every non-negative `λ` with
    /// `λ(−k) = λ(k)`, and the squared maximum mean discrepancy of the kernel `Σ_k λ(k) e^{ik·(θ − θ')}`.
    ///
    /// - Complexity: O((2K)^d).
    public func squaredDistance(to other: FourierMoments, weight: ([Int]) -> Double) -> Double {
        precondition(other.dimension == dimension && other.degree == degree, "moments of the same frequencies")
        return sum { place in
            let (a, b) = (real[place] - other.real[place], imaginary[place] - other.imaginary[place])
            return (a * a + b * b, weight(frequency(place)))
        }
    }

    /// The norm of the difference in `H^{−s}`, truncated to `|k|_∞ ≤ K`: `(Σ |k|^{−2s} |m_k − m'_k|²)^{1/2}`.
    ///
    /// It is the largest mean difference of functions of these frequencies whose `s`-th derivative has the mean square 1 under the uniform law.
    /// For `s = 1` and laws close to the uniform one it is about `W₂`, and for the uniform law on the circle and all frequencies exactly so. Without
    /// truncation that of atoms diverges where `2s ≤ d`.
    public func sobolevDistance(to other: FourierMoments, order s: Double = 1) -> Double {
        squaredDistance(to: other) { Self.sobolevWeight($0, s) }.squareRoot()
    }

    /// The mean of the square of `sobolevDistance` between this law and `count` independent atoms of it: `(1/N) Σ |k|^{−2s} (1 − |m_k|²)`, exact for
    /// any number of atoms.
    public func meanSquaredSobolevDistance(ofAtoms count: Int, order s: Double = 1) -> Double {
        precondition(count >= 1, "at least one atom")
        return sum { place in
            let square = real[place] * real[place] + imaginary[place] * imaginary[place]
            return (1 - square, Self.sobolevWeight(frequency(place), s))
        } / Double(count)
    }

    private static func sobolevWeight(_ frequency: [Int], _ s: Double) -> Double {
        pow(frequency.reduce(0) { $0 + Double($1) * Double($1) }, -s)
    }

    private func sum(_ term: (Int) -> (value: Double, weight: Double)) -> Double {
        var total = CompensatedSum()
        let centre = place(Array(repeating: 0, count: dimension)).place
        for place in real.indices where place != centre {
            let (value, weight) = term(place)
            // Of a pair ±k with first frequency 0 both are there.
            total.add((place % (degree + 1) == 0 ? 1 : 2) * weight * value)
        }
        return total.value
    }
}
