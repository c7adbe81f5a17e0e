import Foundation
import Testing

@testable import Transport

/// The sum of up to three centred uniform numbers.
@Suite struct UniformSumTests {
    /// Against the midpoint rule in three dimensions; widths of any ratio, none, one or two of them 0.
    @Test(arguments: [
        PeriodicPoint(1, 0.7, 0.3, 0), PeriodicPoint(0.2, 1, 1, 0), PeriodicPoint(1, 1, 1, 0),
        PeriodicPoint(0.5, 0, 2, 0),
        PeriodicPoint(0, 0, 1.5, 0), PeriodicPoint(1, 1e-3, 1e-3, 0), PeriodicPoint(1, 0.4, 1e-6, 0),
        PeriodicPoint(1, 1, 0.01, 0),
    ]) func againstAQuadrature(widths: PeriodicPoint) {
        let sum = UniformSum(widths)
        let side = 60
        func point(_ index: Int) -> Double { (2 * Double(index) + 1) / Double(side) - 1 }
        let total = widths.x + widths.y + widths.z
        for step in -12...12 {
            let t = total * Double(step) / 10
            let found = sum.positivePart(t)
            var (probability, mean) = (0.0, 0.0)
            for i in 0..<side {
                for j in 0..<side {
                    for k in 0..<side {
                        let value = t + widths.x * point(i) + widths.y * point(j) + widths.z * point(k)
                        if value > 0 {
                            probability += 1
                            mean += value
                        }
                    }
                }
            }
            let count = Double(side * side * side)
            // A rule of 60 points: a jump is off by at most one step, a kink by its square.
            #expect(abs(found.probability - probability / count) <= 1.0 / Double(side), "\(widths) \(t)")
            #expect(abs(found.mean - mean / count) <= total / Double(side * side) + sum.error, "\(widths) \(t)")
        }
    }

    /// The derivative of the mean is the probability, and that of the probability the density.
    @Test func derivatives() {
        for widths in [PeriodicPoint(1, 0.7, 0.3, 0), PeriodicPoint(0.9, 0.4, 0, 0)] {
            let sum = UniformSum(widths)
            for step in -18...18 {
                let (t, h) = (0.1 * Double(step) + 0.013, 1e-4)
                let (a, b, c) = (sum.positivePart(t - h), sum.positivePart(t), sum.positivePart(t + h))
                #expect(abs((c.mean - a.mean) / (2 * h) - b.probability) < 1e-6)
                #expect(abs((c.probability - a.probability) / (2 * h) - b.density) < 1e-3)
            }
        }
    }

    @Test func aPoint() {
        let sum = UniformSum(.zero)
        #expect(sum.positivePart(0.5) == (1, 0.5, 0) && sum.positivePart(-0.5) == (0, 0, 0) && sum.error == 0)
    }
}
