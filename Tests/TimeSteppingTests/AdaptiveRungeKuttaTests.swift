import Foundation
import Testing

@testable import TimeStepping

/// Kepler's problem with eccentricity 0.5: the state after a period is the first one.
private struct Orbit: DynamicalSystem {
    let dimension = 4
    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        let cube = pow(state[0] * state[0] + state[1] * state[1], 1.5)
        (rate[0], rate[1], rate[2], rate[3]) = (state[2], state[3], -state[0] / cube, -state[1] / cube)
    }
    static let start = [0.5, 0, 0, 3.0.squareRoot()]
}

/// `y' = rate(t)·y`.
private struct Growth: DynamicalSystem {
    let dimension = 1
    let factor: @Sendable (Double) -> Double
    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        rate[0] = factor(time) * state[0]
    }
}

/// A turn at a constant rate, whose steps never grow.
private struct Turn: DynamicalSystem {
    let dimension = 2
    let rate: Double
    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        (rate[0], rate[1]) = (-self.rate * state[1], self.rate * state[0])
    }
}

@Suite struct AdaptiveRungeKuttaTests {
    /// An orbit of eccentricity 0.5 turns an early error in speed into one in phase: three digits in a period.
    @Test(arguments: [("5(4)", 1e-9, 1e-6), ("8(5,3)", 1e-12, 1e-9)])
    func anOrbitCloses(method: String, tolerance: Double, bound: Double) throws {
        let pair: EmbeddedPair = method == "5(4)" ? .dormandPrince54 : .dormandPrince853
        let solver = AdaptiveRungeKutta(Orbit(), state: Orbit.start, pair: pair, tolerance: tolerance)
        try solver.advance(to: 2 * .pi)
        #expect(solver.time == 2 * .pi)
        for i in 0..<4 { #expect(abs(solver.state[i] - Orbit.start[i]) < bound, "component \(i)") }
    }

    /// The order conditions that a mistyped coefficient breaks: row sums, and quadrature exact to the order.
    @Test func theCoefficientsAreConsistent() {
        for pair in [EmbeddedPair.dormandPrince54, .dormandPrince853] {
            for (row, node) in zip(pair.rows, pair.nodes) {
                #expect(abs(row.reduce(0) { $0 + $1.weight } - node) < 1e-13)
            }
            for power in 0..<pair.order {
                let sum = pair.weights.reduce(0) { $0 + $1.weight * pow(pair.nodes[$1.stage], Double(power)) }
                #expect(abs(sum - 1 / Double(power + 1)) < 1e-13, "\(pair.name), power \(power)")
            }
            #expect(abs(pair.errorWeights.reduce(0) { $0 + $1.weight }) < 1e-13)
        }
    }

    /// With the step held by the output times, halving it divides the error by 2^order.
    @Test(arguments: [("5(4)", 5.0), ("8(5,3)", 8.0)])
    func theOrderIsTheOneStated(method: String, order: Double) throws {
        let pair: EmbeddedPair = method == "5(4)" ? .dormandPrince54 : .dormandPrince853
        func error(steps: Int) throws -> Double {
            let solver = AdaptiveRungeKutta(Orbit(), state: Orbit.start, pair: pair, tolerance: 1)
            for step in 1...steps {
                solver.proposeStep(10)
                try solver.advance(to: 2 * .pi * Double(step) / Double(steps))
            }
            #expect(solver.acceptedSteps == steps)
            return hypot(solver.state[0] - 0.5, solver.state[1])
        }
        let coarse = method == "5(4)" ? 400 : 120
        let observed = try log2(error(steps: coarse) / error(steps: 2 * coarse))
        #expect(abs(observed - order) < 0.5, "observed order \(observed)")
    }

    @Test func outputTimesAreMetExactlyAndDoNotShortenTheStep() throws {
        let system = Growth { _ in -1 }
        let free = AdaptiveRungeKutta(system, state: [1], pair: .dormandPrince54, tolerance: 1e-8)
        try free.advance(to: 3)
        let landing = AdaptiveRungeKutta(system, state: [1], pair: .dormandPrince54, tolerance: 1e-8)
        for time in [0.1, 0.1 + 1e-9, 0.3, 1 / 3.0, 3] {
            try landing.advance(to: time)
            #expect(landing.time == time)
            #expect(abs(landing.state[0] - exp(-time)) < 1e-7)
        }
        #expect(landing.acceptedSteps <= free.acceptedSteps + 10)
    }

    @Test func denseOutputIsAsAccurateAsTheStep() throws {
        let solver = AdaptiveRungeKutta(Orbit(), state: Orbit.start, pair: .dormandPrince853, tolerance: 1e-11)
        let fine = AdaptiveRungeKutta(Orbit(), state: Orbit.start, pair: .dormandPrince853, tolerance: 1e-13)
        var buffer = [0.0, 0, 0, 0]
        try solver.advance(to: 6) {
            let middle = 0.3 * solver.previousTime + 0.7 * solver.time
            try fine.advance(to: middle)
            solver.interpolate(at: middle, into: &buffer)
            for i in 0..<4 { #expect(abs(buffer[i] - fine.state[i]) < 2e-8, "t = \(middle)") }
        }
    }

    @Test func anUndoneStepIsTakenAgain() throws {
        let solver = AdaptiveRungeKutta(Growth { cos($0) }, state: [1], pair: .dormandPrince853, tolerance: 1e-12)
        try solver.advance(to: 1)
        try solver.step(limit: 2)
        solver.undoStep()
        #expect(solver.time == 1 && solver.state[0] > 0)
        try solver.advance(to: 2)
        #expect(abs(solver.state[0] - exp(sin(2.0))) < 1e-11)
    }

    /// Nobody waits for a million million steps, whether they are short or the end is far.
    @Test(arguments: [(1e200, 1.0), (1, 1e300)])
    func anEndOutOfReachIsGivenUp(rate: Double, end: Double) throws {
        let solver = AdaptiveRungeKutta(Turn(rate: rate), state: [1, 0], pair: .dormandPrince54, tolerance: 1e-6)
        #expect(throws: TimeSteppingError.self) { try solver.advance(to: end) }
        #expect(solver.acceptedSteps == 10_000 && solver.time > 1 / rate && solver.time < 1e-12 * end)
        #expect(abs(hypot(solver.state[0], solver.state[1]) - 1) < 0.1)
        // A nearer end is reached all the same.
        try solver.advance(to: solver.time + 10 / rate)
    }

    @Test func blowUpIsReportedWithItsTime() throws {
        // y' = y/(1 − t) has no solution beyond t = 1.
        let solver = AdaptiveRungeKutta(Growth { 1 / (1 - $0) }, state: [1], pair: .dormandPrince54, tolerance: 1e-8)
        #expect(throws: TimeSteppingError.self) { try solver.advance(to: 2) }
        #expect(solver.time > 0.99 && solver.time <= 1)
        let broken = AdaptiveRungeKutta(Growth { _ in .nan }, state: [1], pair: .dormandPrince54, tolerance: 1e-8)
        #expect(throws: TimeSteppingError.notFinite(time: 0)) { try broken.advance(to: 1) }
    }
}
