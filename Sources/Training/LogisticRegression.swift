import Foundation

/// A linear classifier `P(true | x) = 1/(1 + exp(−(b + w·x)))` fitted by maximum likelihood.
///
/// The baseline that a mixture of experts is compared with. The fit minimises the mean logistic loss plus
/// `ridge/2·|w̃|²`, with `w̃` the weights of the standardised features; the intercept is not penalised. The ridge
/// makes the minimum unique and finite even when the classes can be separated or a feature is constant.
public struct LogisticRegression: Sendable, Equatable {
    /// The weight `w` of each feature, per unit of the feature as given.
    public let weights: [Double]
    /// The intercept `b`.
    public let intercept: Double
    /// Newton steps that the fit took.
    public let iterations: Int

    /// The classifier fitted to labelled inputs.
    ///
    /// Damped Newton (iteratively reweighted least squares: McCullagh, Nelder, *Generalized Linear Models*, §4.4) with
    /// backtracking on the loss, until the steps are at the level of rounding.
    ///
    /// - Parameters:
    ///   - inputs: one row of features a datum, all of one length.
    ///   - labels: the class of each datum.
    ///   - ridge: the strength of the penalty, above 0; the default moves well-determined weights by about `1e-8`
    ///     relative.
    /// - Throws: `LogisticRegressionError` when there are no data, only one class, rows or labels do not match, an input
    ///   is not finite, the ridge is not positive, or the iteration does not settle.
    /// - Complexity: O(n·p²) a step for `n` data and `p` features; about ten steps, thirty for separable data.
    public static func fit(inputs: [[Double]], labels: [Bool], ridge: Double = 1e-8) throws -> LogisticRegression {
        try validate(inputs, labels)
        guard ridge > 0 && ridge.isFinite else { throw LogisticRegressionError.ridge(ridge) }
        guard let first = labels.first, labels.contains(!first) else {
            throw LogisticRegressionError.oneClass(labels.first ?? false)
        }
        let features = inputs[0].count
        var (means, scales) = ([Double](), [Double]())
        for feature in 0..<features {
            let mean = inputs.reduce(0) { $0 + $1[feature] / Double(inputs.count) }
            let variance = inputs.reduce(0) { $0 + ($1[feature] - mean) * ($1[feature] - mean) / Double(inputs.count) }
            means.append(mean)
            // A constant feature varies by the rounding of its mean only: it tells nothing and keeps the weight 0.
            let isConstant = variance.squareRoot() <= 1e-14 * abs(mean)
            scales.append(isConstant ? 0 : 1 / variance.squareRoot())
        }
        let rows = inputs.map { row in [1] + (0..<features).map { (row[$0] - means[$0]) * scales[$0] } }
        let objective = PenalisedLikelihood(rows: rows, signs: labels.map { $0 ? 1 : -1 }, ridge: ridge)
        let (solution, iterations) = try objective.minimum()
        let weights = (0..<features).map { solution[$0 + 1] * scales[$0] }
        let offset = (0..<features).reduce(0) { $0 + weights[$1] * means[$1] }
        return LogisticRegression(weights: weights, intercept: solution[0] - offset, iterations: iterations)
    }

    /// The probability of the class `true` at one input.
    ///
    /// - Throws: `LogisticRegressionError.featureCount` when the input has another number of features than the fit.
    public func probability(_ input: [Double]) throws -> Double {
        logistic(try margin(input))
    }

    /// The probability of the class `true` at each input.
    ///
    /// - Throws: `LogisticRegressionError.featureCount` when an input has another number of features than the fit.
    public func probability(_ inputs: [[Double]]) throws -> [Double] {
        try inputs.map { try probability($0) }
    }

    /// The share of inputs whose more probable class is their label; an even chance counts as `true`.
    ///
    /// - Throws: `LogisticRegressionError` when there are no data, or rows or labels do not match.
    public func accuracy(inputs: [[Double]], labels: [Bool]) throws -> Double {
        try validate(inputs, labels)
        var correct = 0
        for (input, label) in zip(inputs, labels) where try (margin(input) >= 0) == label { correct += 1 }
        return Double(correct) / Double(labels.count)
    }

    private func margin(_ input: [Double]) throws -> Double {
        guard input.count == weights.count else {
            throw LogisticRegressionError.featureCount(datum: 0, found: input.count, expected: weights.count)
        }
        return zip(weights, input).reduce(intercept) { $0 + $1.0 * $1.1 }
    }
}

/// Why a logistic regression cannot be fitted or evaluated.
public enum LogisticRegressionError: Error, Equatable, CustomStringConvertible {
    /// There is no datum.
    case noData
    /// There are not as many labels as inputs.
    case labelCount(found: Int, expected: Int)
    /// A row has another number of features than expected.
    case featureCount(datum: Int, found: Int, expected: Int)
    /// An input is infinite or not a number.
    case nonFinite(datum: Int, feature: Int, value: Double)
    /// All labels are the same.
    case oneClass(Bool)
    /// The ridge is not a positive number.
    case ridge(Double)
    /// Newton's method did not settle.
    case notConverged(iterations: Int)

    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .noData: "found no data, expected at least one datum of each class"
        case .labelCount(let found, let expected): "found \(found) labels for \(expected) inputs"
        case .featureCount(let datum, let found, let expected):
            "datum \(datum) has \(found) features, expected \(expected)"
        case .nonFinite(let datum, let feature, let value):
            "feature \(feature) of datum \(datum) is \(value), expected a finite number"
        case .oneClass(let label): "every label is \(label), expected two classes"
        case .ridge(let value): "the ridge is \(value), expected a positive number"
        case .notConverged(let iterations): "the fit did not settle in \(iterations) Newton steps"
        }
    }
}

private func validate(_ inputs: [[Double]], _ labels: [Bool]) throws {
    guard let first = inputs.first else { throw LogisticRegressionError.noData }
    guard labels.count == inputs.count else {
        throw LogisticRegressionError.labelCount(found: labels.count, expected: inputs.count)
    }
    for (datum, row) in inputs.enumerated() {
        guard row.count == first.count else {
            throw LogisticRegressionError.featureCount(datum: datum, found: row.count, expected: first.count)
        }
        for (feature, value) in row.enumerated() where !value.isFinite {
            throw LogisticRegressionError.nonFinite(datum: datum, feature: feature, value: value)
        }
    }
}

/// `1/(1 + e^−m)` without overflow and, for negative margins, without cancellation.
private func logistic(_ margin: Double) -> Double {
    let decay = exp(-abs(margin))
    return margin >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
}

/// The mean of `log(1 + exp(−s·β·z))` plus the penalty `ridge/2·Σ_{j ≥ 1} β_j²`.
private struct PenalisedLikelihood {
    let rows: [[Double]]
    let signs: [Double]
    let ridge: Double

    func loss(_ beta: [Double]) -> Double {
        var sum = 0.0
        for (row, sign) in zip(rows, signs) {
            let margin = sign * dot(row, beta)
            sum += Swift.max(-margin, 0) + log1p(exp(-abs(margin)))
        }
        return sum / Double(rows.count) + 0.5 * ridge * beta.dropFirst().reduce(0) { $0 + $1 * $1 }
    }

    /// The gradient and the lower triangle of the Hessian.
    func derivatives(_ beta: [Double]) -> (gradient: [Double], hessian: [[Double]]) {
        let size = beta.count
        var gradient = [Double](repeating: 0, count: size)
        var hessian = (0..<size).map { [Double](repeating: 0, count: $0 + 1) }
        let share = 1 / Double(rows.count)
        for (row, sign) in zip(rows, signs) {
            let margin = sign * dot(row, beta)
            let wrong = logistic(-margin)
            let spread = wrong * logistic(margin) * share
            for i in 0..<size {
                gradient[i] -= sign * wrong * share * row[i]
                for j in 0...i { hessian[i][j] += spread * row[i] * row[j] }
            }
        }
        for i in 1..<Swift.max(size, 1) {
            gradient[i] += ridge * beta[i]
            hessian[i][i] += ridge
        }
        return (gradient, hessian)
    }

    func minimum() throws -> (beta: [Double], iterations: Int) {
        let limit = 200
        var beta = [Double](repeating: 0, count: rows[0].count)
        var loss = loss(beta)
        var previous = Double.infinity
        for iteration in 1...limit {
            let (gradient, hessian) = derivatives(beta)
            let step = try solve(hessian, gradient, iteration)
            // Twice the loss that the quadratic model promises.
            let decrement = dot(gradient, step)
            // The loss is a sum of positive terms, exact to about n ulps: below that only the gradient still tells
            // progress, and steps are full until they stop shrinking.
            let isSettling = decrement <= 1e-12 * loss
            if isSettling && (decrement >= 0.25 * previous || decrement == 0) { return (beta, iteration) }
            var length = 1.0
            var next = zip(beta, step).map { $0 - $1 }
            var nextLoss = self.loss(next)
            while !isSettling && !(nextLoss <= loss - 1e-4 * length * decrement) {
                length *= 0.5
                guard length > 1e-12 else { throw LogisticRegressionError.notConverged(iterations: iteration) }
                next = zip(beta, step).map { $0 - length * $1 }
                nextLoss = self.loss(next)
            }
            (beta, loss, previous) = (next, nextLoss, isSettling ? decrement : .infinity)
        }
        throw LogisticRegressionError.notConverged(iterations: limit)
    }

    /// Cholesky's factorisation of a lower triangle, then two substitutions.
    private func solve(_ matrix: [[Double]], _ right: [Double], _ iteration: Int) throws -> [Double] {
        var (factor, x) = (matrix, right)
        for i in x.indices {
            for j in 0...i {
                var sum = factor[i][j]
                for k in 0..<j { sum -= factor[i][k] * factor[j][k] }
                if i == j {
                    guard sum > 0 else { throw LogisticRegressionError.notConverged(iterations: iteration) }
                    factor[i][i] = sum.squareRoot()
                } else {
                    factor[i][j] = sum / factor[j][j]
                }
            }
        }
        for i in x.indices {
            for k in 0..<i { x[i] -= factor[i][k] * x[k] }
            x[i] /= factor[i][i]
        }
        for i in x.indices.reversed() {
            for k in (i + 1)..<Swift.max(x.count, i + 1) { x[i] -= factor[k][i] * x[k] }
            x[i] /= factor[i][i]
        }
        return x
    }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
}
