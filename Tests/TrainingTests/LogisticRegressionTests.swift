import Foundation
import Testing

@testable import Training

@Suite("Logistic regression")
struct LogisticRegressionTests {
    private let inputs: [[Double]] = [
        [0.5, 1], [0.75, 3], [1, -1], [1.25, 0], [1.5, 2], [1.75, -2], [2, 1], [2.25, 0], [2.5, -1], [3, 2],
    ]
    private let labels = [false, false, false, false, true, false, true, false, true, true]

    /// `scipy.optimize.minimize(lambda b: np.logaddexp(0, -s * (b[0] + Z @ b[1:])).mean() + 0.5e-8 * b[1:] @ b[1:],
    /// np.zeros(3), method="BFGS", options={"gtol": 1e-10})` on the standardised features `Z = (X - X.mean(0)) / X.std(0)`
    /// and signs `s`, polished by Newton steps, mapped back.
    @Test("the optimum that scipy finds")
    func scipy() throws {
        let fit = try LogisticRegression.fit(inputs: inputs, labels: labels)
        #expect(abs(fit.intercept + 16.461810683025284) <= 1e-9)
        #expect(abs(fit.weights[0] - 7.814567573063966) <= 1e-9)
        #expect(abs(fit.weights[1] - 2.7934601055980064) <= 1e-9)
    }

    @Test("the gradient vanishes at the optimum")
    func gradient() throws {
        let ridge = 1e-3
        let fit = try LogisticRegression.fit(inputs: inputs, labels: labels, ridge: ridge)
        let residuals = try zip(fit.probability(inputs), labels).map { $0 - ($1 ? 1 : 0) }
        #expect(abs(residuals.reduce(0, +)) <= 1e-13)
        for feature in 0..<2 {
            let column = inputs.map { $0[feature] }
            let mean = column.reduce(0, +) / 10
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10
            let slope = zip(residuals, column).reduce(0) { $0 + $1.0 * $1.1 } / 10
            #expect(abs(slope + ridge * variance * fit.weights[feature]) <= 1e-13)
        }
    }

    /// Two points ±1 with shares of 3/4 and 1/4: the probabilities are these shares, so `w = log 3`, `b = 0`.
    @Test("a symmetric case in one dimension")
    func symmetric() throws {
        let fit = try LogisticRegression.fit(
            inputs: [[1], [1], [1], [1], [-1], [-1], [-1], [-1]],
            labels: [true, true, true, false, false, false, false, true])
        #expect(abs(fit.intercept) <= 1e-14)
        // The ridge moves the weight by ridge·w/P(1 − P).
        #expect(abs(fit.weights[0] - log(3) * (1 - 1e-8 / 0.1875)) <= 1e-13)
        #expect(abs(try fit.probability([1]) - 0.75) <= 1e-7)
        #expect(try fit.accuracy(inputs: [[1], [-1], [2], [0]], labels: [true, true, true, true]) == 0.75)
    }

    @Test("separable data converge, with every datum right")
    func separable() throws {
        let inputs = (0..<20).map { [Double($0), 1000 * sin(Double($0))] }
        let labels = (0..<20).map { $0 >= 10 }
        let fit = try LogisticRegression.fit(inputs: inputs, labels: labels)
        #expect(try fit.accuracy(inputs: inputs, labels: labels) == 1)
        #expect(fit.weights.allSatisfy { $0.isFinite })
        #expect(fit.iterations < 100)
    }

    @Test("units and offsets of features do not matter")
    func equivariance() throws {
        let fit = try LogisticRegression.fit(inputs: inputs, labels: labels)
        let other = try LogisticRegression.fit(
            inputs: inputs.map { [1e6 * $0[0] + 3e6, 1e-6 * $0[1]] }, labels: labels)
        #expect(abs(other.weights[0] * 1e6 - fit.weights[0]) <= 1e-9)
        #expect(abs(other.weights[1] * 1e-6 - fit.weights[1]) <= 1e-9)
    }

    @Test("a constant feature has no weight, no feature leaves the share of the class")
    func degenerateFeatures() throws {
        let constant = try LogisticRegression.fit(inputs: inputs.map { $0 + [0.1] }, labels: labels)
        let fit = try LogisticRegression.fit(inputs: inputs, labels: labels)
        #expect(constant.weights[2] == 0)
        #expect(abs(constant.weights[0] - fit.weights[0]) <= 1e-10)
        let none = try LogisticRegression.fit(inputs: labels.map { _ in [] }, labels: labels)
        #expect(abs(try none.probability([]) - 0.4) <= 1e-14)
    }

    @Test("far from the boundary the probability neither overflows nor cancels")
    func extremes() throws {
        let fit = try LogisticRegression.fit(
            inputs: [[1], [1], [-1], [-1], [1]], labels: [true, true, false, false, false])
        #expect(try fit.probability([1e6]) == 1)
        #expect(try fit.probability([-1e6]) == 0)
        #expect(try fit.probability([-20]) > 0)
    }

    @Test("bad data are refused")
    func refusals() throws {
        #expect(throws: LogisticRegressionError.noData) { try LogisticRegression.fit(inputs: [], labels: []) }
        #expect(throws: LogisticRegressionError.oneClass(true)) {
            try LogisticRegression.fit(inputs: [[1], [2]], labels: [true, true])
        }
        #expect(throws: LogisticRegressionError.labelCount(found: 1, expected: 2)) {
            try LogisticRegression.fit(inputs: [[1], [2]], labels: [true])
        }
        #expect(throws: LogisticRegressionError.featureCount(datum: 1, found: 2, expected: 1)) {
            try LogisticRegression.fit(inputs: [[1], [2, 3]], labels: [true, false])
        }
        #expect(throws: LogisticRegressionError.nonFinite(datum: 1, feature: 0, value: .infinity)) {
            try LogisticRegression.fit(inputs: [[1], [.infinity]], labels: [true, false])
        }
        #expect(throws: LogisticRegressionError.ridge(0)) {
            try LogisticRegression.fit(inputs: [[1], [2]], labels: [true, false], ridge: 0)
        }
        let fit = try LogisticRegression.fit(inputs: inputs, labels: labels)
        #expect(throws: LogisticRegressionError.featureCount(datum: 0, found: 1, expected: 2)) {
            try fit.probability([1])
        }
    }
}
