import Foundation
import Testing
import TimeStepping

@Suite struct PiecewisePolynomialTests {
    @Test func polynomialsOfItsDegreeAreExact() {
        var history = PiecewisePolynomial(dimension: 2, degree: 7, start: -1)
        for end in [0.5, 0.75, 3] {
            let samples = history.nodes(upTo: end).map { [pow($0, 7) - $0, 2.0] }
            history.append(upTo: end, samples: samples)
        }
        for time in [-1, -0.3, 0.5, 0.6, 0.75, 1.9, 3] {
            let value = history.value(at: time)
            #expect(abs(value[0] - (pow(time, 7) - time)) < 1e-11 && abs(value[1] - 2) < 1e-14)
        }
        #expect(history.pieceCount == 3 && history.start == -1 && history.end == 3)
    }

    @Test func theErrorFallsWithThePowerOfTheDegree() {
        func error(pieces: Int) -> Double {
            var history = PiecewisePolynomial(dimension: 1, degree: 7, start: 0)
            for piece in 1...pieces {
                let end = Double(piece) / Double(pieces)
                history.append(upTo: end, samples: history.nodes(upTo: end).map { [sin(5 * $0)] })
            }
            return (0...500).map { abs(history.value(at: Double($0) / 500)[0] - sin(Double($0) / 100)) }.max() ?? 0
        }
        let order = log2(error(pieces: 2) / error(pieces: 4))
        #expect(order > 7.3, "observed order \(order)")
    }
}
