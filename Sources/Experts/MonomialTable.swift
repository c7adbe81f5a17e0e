import Torus

/// Monomials by number, so that propagation compares and hashes integers.
///
/// The first time that an angle comes, its products are new whatever they multiply: they are kept as links to what they multiply
/// and are neither built nor looked up until an angle comes again, which in most circuits is never.
struct MonomialTable {
    /// A product of a monomial and a factor: at most two numbered monomials.
    struct Product {
        var first: Int32 = -1
        var firstCoefficient = 0.0
        var second: Int32 = -1
        var secondCoefficient = 0.0
    }

    /// The first monomials by number.
    private var built: [TrigonometricMonomial] = [.one]
    /// The numbers of the built monomials.
    private var numbers: [TrigonometricMonomial: Int32] = [.one: 0]
    /// The monomials after the built ones: another one, times a factor on an axis that it does not have.
    private var links: [(parent: Int32, factor: TrigonometricMonomial.Factor)] = []
    private var knownAxes: Set<Int> = []

    /// The number of the constant 1.
    static let one: Int32 = 0

    /// One past the largest number.
    var count: Int { built.count + links.count }

    /// Whether no monomial has a factor on an axis; from here on there may be some.
    mutating func claim(axis: Int) -> Bool { knownAxes.insert(axis).inserted }

    /// The product with a factor on an axis that no monomial had when it was claimed; to be asked once for each pair.
    mutating func freshProduct(of number: Int32, and factor: TrigonometricMonomial.Factor) -> Product {
        links.append((number, factor))
        return Product(first: Int32(count - 1), firstCoefficient: 1)
    }

    /// The product with any factor.
    mutating func product(of number: Int32, and factor: TrigonometricMonomial.Factor) -> Product {
        buildLinks()
        let sum = built[Int(number)].multiplied(by: factor)
        var product = Product(first: self.number(of: sum[0].monomial), firstCoefficient: sum[0].coefficient)
        if sum.count > 1 {
            product.second = self.number(of: sum[1].monomial)
            product.secondCoefficient = sum[1].coefficient
        }
        return product
    }

    /// The monomial with a number.
    func monomial(_ number: Int) -> TrigonometricMonomial {
        var factors: [TrigonometricMonomial.Factor] = []
        var number = number
        while number >= built.count {
            let link = links[number - built.count]
            factors.append(link.factor)
            number = Int(link.parent)
        }
        return TrigonometricMonomial(built[number].factors + factors)
    }

    private mutating func buildLinks() {
        guard !links.isEmpty else { return }
        for link in links {
            let monomial = TrigonometricMonomial(built[Int(link.parent)].factors + [link.factor])
            numbers[monomial] = Int32(built.count)
            built.append(monomial)
        }
        links = []
    }

    private mutating func number(of monomial: TrigonometricMonomial) -> Int32 {
        if let number = numbers[monomial] { return number }
        let number = Int32(built.count)
        built.append(monomial)
        numbers[monomial] = number
        return number
    }
}
