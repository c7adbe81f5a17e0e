import Torus

/// Monomials by number, so that propagation compares and hashes integers.
struct MonomialTable {
    /// A product of a monomial and a factor: at most two numbered monomials.
    struct Product {
        var first: Int32 = -1
        var firstCoefficient = 0.0
        var second: Int32 = -1
        var secondCoefficient = 0.0
    }

    private(set) var monomials: [TrigonometricMonomial] = [.one]
    private var numbers: [TrigonometricMonomial: Int32] = [.one: 0]

    /// The number of the constant 1.
    static let one: Int32 = 0

    /// A monomial's product with one more factor.
    mutating func product(of number: Int32, and factor: TrigonometricMonomial.Factor) -> Product {
        let sum = monomials[Int(number)].multiplied(by: factor)
        var product = Product(first: self.number(of: sum[0].monomial), firstCoefficient: sum[0].coefficient)
        if sum.count > 1 {
            product.second = self.number(of: sum[1].monomial)
            product.secondCoefficient = sum[1].coefficient
        }
        return product
    }

    private mutating func number(of monomial: TrigonometricMonomial) -> Int32 {
        if let number = numbers[monomial] { return number }
        let number = Int32(monomials.count)
        monomials.append(monomial)
        numbers[monomial] = number
        return number
    }
}
