/// An angle that is affine in a circuit's inputs: `constant + Σ factor · input`, in radians.
///
/// ```swift
/// // 2 x₀ − π/2, with x₀ the first input of a circuit
/// let angle = AffineAngle(constant: -.pi / 2, terms: [.init(input: 0, factor: 2)])
/// ```
public struct AffineAngle: Sendable, Hashable {
    /// One input's share of an angle.
    public struct Term: Sendable, Hashable {
        /// The input's index in the circuit.
        public let input: Int
        /// What the input is multiplied by; not zero.
        public let factor: Double

        /// The share of an input.
        public init(input: Int, factor: Double) {
            self.input = input
            self.factor = factor
        }
    }

    /// The part that depends on no input.
    public let constant: Double
    /// The inputs' shares in the order of the inputs, at most one an input, none with factor zero.
    public let terms: [Term]

    /// The angle with the given parts; terms of one input are added.
    public init(constant: Double = 0, terms: [Term] = []) {
        self.constant = constant
        var merged: [Term] = []
        for term in terms.sorted(by: { $0.input < $1.input }) {
            if let last = merged.last, last.input == term.input {
                merged[merged.count - 1] = Term(input: term.input, factor: last.factor + term.factor)
            } else {
                merged.append(term)
            }
        }
        self.terms = merged.filter { $0.factor != 0 }
    }

    /// The angle that is one input.
    public static func input(_ index: Int) -> AffineAngle {
        AffineAngle(terms: [Term(input: index, factor: 1)])
    }

    /// The value in radians for given values of all inputs.
    public func value(_ inputs: [Double]) -> Double {
        var sum = constant
        for term in terms { sum += term.factor * inputs[term.input] }
        return sum
    }

    /// Whether every number in it is finite.
    var isFinite: Bool { constant.isFinite && terms.allSatisfy { $0.factor.isFinite } }

    /// The sum of two angles.
    static func + (a: AffineAngle, b: AffineAngle) -> AffineAngle {
        AffineAngle(constant: a.constant + b.constant, terms: a.terms + b.terms)
    }

    /// A multiple of an angle.
    static func * (factor: Double, angle: AffineAngle) -> AffineAngle {
        AffineAngle(
            constant: factor * angle.constant,
            terms: angle.terms.map { Term(input: $0.input, factor: factor * $0.factor) })
    }

    /// The angle in which every input is replaced by an angle in other inputs.
    func substituting(_ actuals: [AffineAngle]) -> AffineAngle {
        var constant = constant
        var terms: [Term] = []
        for term in self.terms {
            let actual = actuals[term.input]
            constant += term.factor * actual.constant
            terms += actual.terms.map { Term(input: $0.input, factor: term.factor * $0.factor) }
        }
        return AffineAngle(constant: constant, terms: terms)
    }
}
