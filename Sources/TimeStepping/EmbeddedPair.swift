/// The coefficients of an explicit Runge–Kutta method with an error estimate, as a value.
///
/// `k_i = g(t + c_i h, y + h Σ_j a_ij k_j)`, `y⁺ = y + h Σ_i b_i k_i`.
public struct EmbeddedPair: Sendable {
    /// One nonzero entry `(column, value)` of a row of coefficients.
    typealias Entry = (stage: Int, weight: Double)

    /// The method's name.
    public let name: String
    /// The order of the solution that is kept.
    public let order: Int
    /// Nodes `c_i`.
    let nodes: [Double]
    /// Rows `a_i`, without zeros.
    let rows: [[Entry]]
    /// Weights `b`, without zeros.
    let weights: [Entry]
    /// Weights of the error estimate, without zeros; the stage after the last is `g` at the end of the step.
    let errorWeights: [Entry]
    /// Weights of a second estimate of lower order that damps the first (Hairer, Nørsett, Wanner II.10), or none.
    let damping: [Entry]
    /// The exponent of the step controller: the error scales as `h` to the inverse of it.
    let controlExponent: Double
    /// What makes the solution continuous between the ends of a step, if the pair has it.
    let dense: DenseCoefficients?

    /// Coefficients of a dense output of order 7 with extra stages.
    struct DenseCoefficients: Sendable {
        let nodes: [Double]
        let rows: [[Entry]]
        let polynomial: [[Entry]]
    }

    init(
        name: String, order: Int, nodes: [Double], rows: [[Double]], weights: [Double], errorWeights: [Double],
        damping: [Double] = [], controlExponent: Double, dense: DenseCoefficients? = nil
    ) {
        self.name = name
        self.order = order
        self.nodes = nodes
        self.rows = rows.map(Self.sparse)
        self.weights = Self.sparse(weights)
        self.errorWeights = Self.sparse(errorWeights)
        self.damping = Self.sparse(damping)
        self.controlExponent = controlExponent
        self.dense = dense
    }

    private init(_ pair: EmbeddedPair, dense: DenseCoefficients?) {
        name = pair.name
        order = pair.order
        nodes = pair.nodes
        rows = pair.rows
        weights = pair.weights
        errorWeights = pair.errorWeights
        damping = pair.damping
        controlExponent = pair.controlExponent
        self.dense = dense
    }

    /// The same pair without its dense output, for which an integration then keeps no memory.
    public var withoutDenseOutput: EmbeddedPair { EmbeddedPair(self, dense: nil) }

    static func sparse(_ row: [Double]) -> [Entry] {
        row.enumerated().filter { $0.element != 0 }.map { ($0.offset, $0.element) }
    }

    var stageCount: Int { nodes.count }
}

extension EmbeddedPair {
    /// Dormand and Prince's pair of order 5(4).
    ///
    /// Source: Dormand, Prince, *A family of embedded Runge–Kutta formulae*, J. Comput. Appl. Math. 6 (1980).
    public static let dormandPrince54 = EmbeddedPair(
        name: "Dormand–Prince 5(4)", order: 5,
        nodes: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1],
        rows: [
            [],
            [1 / 5],
            [3 / 40, 9 / 40],
            [44 / 45, -56 / 15, 32 / 9],
            [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
            [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
        ],
        weights: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
        errorWeights: [-71 / 57600, 0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40],
        controlExponent: 1.0 / 5)
}
