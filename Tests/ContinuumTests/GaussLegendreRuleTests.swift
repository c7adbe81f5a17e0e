import Foundation
import Testing

@testable import Continuum

@Suite struct GaussLegendreRuleTests {
    @Test(arguments: 1...12)
    func integratesPolynomialsUpToItsDegree(points: Int) {
        let rule = GaussLegendreRule(points: points)
        func sum(_ degree: Int) -> Double {
            zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
        }
        // A dozen terms that add up to 1 at most, each with a rounding or two.
        for degree in 0..<2 * points { #expect(abs(sum(degree) - 1 / Double(degree + 1)) < 1e-15) }
        // x^{2n} has the derivative (2n)! of order 2n.
        let expected = GaussLegendreRule.errorConstant(points: points) * exp(lgamma(Double(2 * points + 1)))
        let error = 1 / Double(2 * points + 1) - sum(2 * points)
        #expect(abs(error - expected) < 1e-3 * expected + 1e-15)
        #expect(rule.nodes == rule.nodes.sorted() && rule.weights.allSatisfy { $0 > 0 })
    }
}
