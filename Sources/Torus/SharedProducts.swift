/// The products of factors that the monomials of a basis share, each computed once.
///
/// Every monomial is a product of two rows at most, rows being the functions `cos kθ_p`, `sin kθ_p`, 1, and products of two earlier
/// rows. Which products: the pair of factors that most monomials hold becomes one, and so on until no pair is shared (as Re-Pair
/// does with strings, but any two factors of a monomial are a pair). Derivatives go backward, by the chain rule: the adjoint of a row is
/// the sum over the monomials in which it stands of the weight times the other factor, and over the products of the product's adjoint
/// times the other factor. All derivatives together cost two multiplications a monomial and three a product.
///
/// ```swift
/// let products = SharedProducts(basis)    // once a basis
/// let sweep = TrigonometricSweep(products, count: 1000, parallelism: .allCores)
/// ```
///
/// - Complexity: of the initialiser, `O(Σ s²)` in the numbers `s` of the monomials' factors. With more than `pairLimit` pairs of
///   factors the products of a monomial's first factors are shared instead, in `O(Σ s)`.
public struct SharedProducts: Sendable {
    /// The most pairs of factors, over all monomials, among which the most frequent is looked for.
    public static let pairLimit = 1 << 21

    /// Two rows that are multiplied, or a weight and a row.
    struct Pair: Sendable, Equatable {
        let first: Int
        let second: Int
    }

    /// An adjoint: a weight, pairs of a weight and a row, then pairs of an adjoint's row and a row.
    struct Adjoint: Sendable {
        /// The number of the weight that it begins with; the one after the last monomial's is 0.
        let weight: Int
        let begin: Int
        let middle: Int
        let end: Int
    }

    /// The basis.
    public let basis: TrigonometricBasis
    /// The largest harmonic of each angle.
    let harmonics: [Int]
    /// Where each axis begins in the rows: `cos θ, sin θ, cos 2θ, sin 2θ, …`.
    let offsets: [Int]
    /// The number of rows of functions; the row after them is 1, and the products follow.
    let functionCount: Int
    /// The factors of the products, in the order of their rows.
    let products: [Pair]
    /// The factors of each monomial.
    let monomials: [Pair]
    /// The adjoints of the products, the last one first, then of the functions, in the order of their rows after the products'.
    let adjoints: [Adjoint]
    /// The pairs of the adjoints.
    let pairs: [Pair]

    /// The number of rows.
    var rowCount: Int { functionCount + 1 + products.count + adjoints.count }

    /// The products of a basis.
    public init(_ basis: TrigonometricBasis) { self.init(basis, pairLimit: Self.pairLimit) }

    init(_ basis: TrigonometricBasis, pairLimit: Int) {
        self.basis = basis
        let harmonics = basis.harmonics
        var next = 0
        let offsets = harmonics.map { count in
            defer { next += 2 * max(1, count) }
            return next
        }
        let functionCount = next
        let one = functionCount
        let factors = basis.monomials.map { monomial in
            monomial.factors.map { offsets[$0.axis] + 2 * ($0.harmonic - 1) + ($0.kind == .cosine ? 0 : 1) }
        }
        var sharing = FactorSharing(factors, firstProduct: one + 1)
        if sharing.pairCount <= pairLimit { sharing.shareFrequentPairs() }
        sharing.shareFirstPairs()
        let products = sharing.products
        let monomials = sharing.lists.map { Pair(first: $0.first ?? one, second: $0.count > 1 ? $0[1] : one) }

        // Where each row stands, and beside what; row 1 needs no adjoint.
        let firstAdjoint = one + 1 + products.count
        var weighted = Array(repeating: [Pair](), count: firstAdjoint)
        var multiplied = weighted
        var lone = Array(repeating: monomials.count, count: firstAdjoint)
        for (m, pair) in monomials.enumerated() {
            if pair.second == one, lone[pair.first] == monomials.count {
                lone[pair.first] = m
            } else {
                weighted[pair.first].append(Pair(first: m, second: pair.second))
                weighted[pair.second].append(Pair(first: m, second: pair.first))
            }
        }
        for (n, pair) in products.enumerated() {
            let adjoint = firstAdjoint + (products.count - 1 - n)
            multiplied[pair.first].append(Pair(first: adjoint, second: pair.second))
            multiplied[pair.second].append(Pair(first: adjoint, second: pair.first))
        }
        var (adjoints, pairs) = ([Adjoint](), [Pair]())
        for row in Array((one + 1..<firstAdjoint).reversed()) + Array(0..<one) {
            let begin = pairs.count
            pairs += weighted[row]
            let middle = pairs.count
            pairs += multiplied[row]
            adjoints.append(Adjoint(weight: lone[row], begin: begin, middle: middle, end: pairs.count))
        }
        self.harmonics = harmonics
        self.offsets = offsets
        self.functionCount = functionCount
        self.products = products
        self.monomials = monomials
        self.adjoints = adjoints
        self.pairs = pairs
    }
}
