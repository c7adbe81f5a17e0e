/// The monomials of a basis as a tree of factors: a node is a product, its parent the product without the last factor.
///
/// Products that monomials share are computed once. Forward, every product is its parent's times a factor. Backward, with a weight
/// on every monomial, the sum of what hangs on a node, divided by the node's product, is its weight and its children's sums times
/// their factors; a derivative by a factor is the sum over the nodes that end in it, of the parent's product times the sum. That is
/// reverse-mode differentiation: two multiplications a node for all derivatives. Sums are lists of pairs, so that they are added in
/// registers. A leaf's sum is its weight alone.
///
/// Numbers are in rows: the functions `cos kθ_p`, `sin kθ_p`; 1; the products; the sums; the derivatives by the functions.
struct MonomialTrie: Sendable {
    /// Two rows that are multiplied, or a weight and a row.
    struct Pair: Sendable {
        let first: Int
        let second: Int
    }

    /// A sum: pairs of a weight and a row, then pairs of two rows.
    struct Sum: Sendable {
        /// The weight that it begins with; the one after the last monomial's is 0.
        let weight: Int
        let begin: Int
        let middle: Int
        let end: Int
    }

    /// The largest harmonic of each angle.
    let harmonics: [Int]
    /// Where each axis begins in the rows: `cos θ, sin θ, cos 2θ, sin 2θ, …`.
    let offsets: [Int]
    /// The number of rows of functions; the row after them is 1.
    let functionCount: Int
    /// The number of rows.
    let rowCount: Int
    /// The factors of the products that monomials share, in the order of their rows.
    let products: [Pair]
    /// The factors of each monomial.
    let monomials: [Pair]
    /// The sums that hang on nodes, children first, in the order of their rows; then the derivatives by the functions.
    let sums: [Sum]
    /// The pairs of the sums.
    let pairs: [Pair]

    private struct Node {
        let factor: Int
        let parent: Int
        var children: [Int: Int] = [:]
        var monomial = -1
    }

    init(_ basis: TrigonometricBasis) {
        harmonics = basis.harmonics
        var next = 0
        offsets = harmonics.map { count in
            defer { next += 2 * max(1, count) }
            return next
        }
        functionCount = next
        let offsets = offsets
        let factors = basis.monomials.map { monomial in
            monomial.factors.map { offsets[$0.axis] + 2 * ($0.harmonic - 1) + ($0.kind == .cosine ? 0 : 1) }
        }
        // In a circuit's expansion the later angles are often the more widely shared ones.
        let (forward, backward) = (Self.nodes(factors), Self.nodes(factors.map { $0.reversed() }))
        let nodes = backward.count < forward.count ? backward : forward

        let one = next
        let inner = nodes.indices.dropFirst().filter { !nodes[$0].children.isEmpty }
        var rows = [Int: Int]()
        var products: [Pair] = []
        for index in inner {
            let node = nodes[index]
            if node.parent == 0 {
                rows[index] = node.factor
            } else {
                rows[index] = one + 1 + products.count
                products.append(Pair(first: rows[node.parent] ?? one, second: node.factor))
            }
        }
        self.products = products

        var monomials = Array(repeating: Pair(first: one, second: one), count: basis.count)
        var hanging = [Int: Int]()
        for (place, index) in inner.reversed().enumerated() { hanging[index] = one + 1 + products.count + place }
        for (index, node) in nodes.enumerated().dropFirst() where node.monomial >= 0 {
            monomials[node.monomial] =
                node.children.isEmpty
                ? Pair(first: rows[node.parent] ?? one, second: node.factor)
                : Pair(first: rows[index] ?? one, second: one)
        }
        self.monomials = monomials

        var (sums, pairs) = ([Sum](), [Pair]())
        /// Appends the sum of the weights or sums of some nodes times a row each.
        func append(weight: Int, _ terms: [(node: Int, row: Int)]) {
            let begin = pairs.count
            pairs += terms.filter { hanging[$0.node] == nil }
                .map { Pair(first: nodes[$0.node].monomial, second: $0.row) }
            let middle = pairs.count
            pairs += terms.compactMap { term in hanging[term.node].map { Pair(first: $0, second: term.row) } }
            sums.append(Sum(weight: weight, begin: begin, middle: middle, end: pairs.count))
        }
        for index in inner.reversed() {
            let node = nodes[index]
            append(
                weight: node.monomial >= 0 ? node.monomial : basis.count,
                node.children.values.sorted().map { ($0, nodes[$0].factor) })
        }
        var ends = Array(repeating: [(node: Int, row: Int)](), count: functionCount)
        for (index, node) in nodes.enumerated().dropFirst() {
            ends[node.factor].append((index, rows[node.parent] ?? one))
        }
        for terms in ends { append(weight: basis.count, terms) }
        self.sums = sums
        self.pairs = pairs
        rowCount = one + 1 + products.count + sums.count
    }

    /// The nodes of the tree of lists of factors, the root first and a parent before its children.
    private static func nodes(_ lists: [[Int]]) -> [Node] {
        var nodes = [Node(factor: -1, parent: -1)]
        for (index, list) in lists.enumerated() {
            var place = 0
            for factor in list {
                if let child = nodes[place].children[factor] {
                    place = child
                } else {
                    nodes[place].children[factor] = nodes.count
                    nodes.append(Node(factor: factor, parent: place))
                    place = nodes.count - 1
                }
            }
            nodes[place].monomial = index
        }
        return nodes
    }
}
