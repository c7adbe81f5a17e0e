import Foundation

/// The Fourier series of `tanh(g cos u)`, cut where little is left: `Σ c_k cos(k u)` over odd `k`.
///
/// The function has poles at `g cos u = ±iπ/2`, so the coefficients fall like `e^{−k asinh(π/2g)}`: a neuron whose activation has no last
/// frequency becomes a trigonometric polynomial whose error is known.
struct TanhSeries: Sendable, Hashable {
    /// The largest gain: beyond it the series would need more than `largestHarmonic` terms for a thousandth.
    static let largestGain = 20.0
    /// The highest frequency that is kept.
    static let largestHarmonic = 255
    /// The smallest tolerance: the rounding of the coefficients' sum.
    static let smallestTolerance = 1e-13

    /// Points of the trapezoidal rule, whose error is the coefficients near this frequency: none that a number shows.
    private static let points = 4096

    /// The frequencies 1, 3, 5, ….
    let harmonics: [Int]
    /// The coefficient of each.
    let coefficients: [Double]
    /// A bound of what is left out, `Σ |c_k|` over the other frequencies.
    let truncation: Double

    /// The shortest series that leaves out at most a tolerance.
    ///
    /// - Throws: `NeuronError.gain`, `.tolerance`, or `.series` when the series is longer than it may be.
    init(gain: Double, tolerance: Double) throws(NeuronError) {
        guard gain.isFinite, gain > 0, gain <= Self.largestGain else { throw .gain(gain) }
        guard tolerance >= Self.smallestTolerance, tolerance < 1 else { throw .tolerance(tolerance) }
        let values = (0..<Self.points).map { tanh(gain * cos(2 * .pi * Double($0) / Double(Self.points))) }
        // The angle k·j/points is reduced in whole numbers.
        let circle = (0..<Self.points).map { cos(2 * .pi * Double($0) / Double(Self.points)) }
        var all: [(harmonic: Int, coefficient: Double)] = []
        for harmonic in stride(from: 1, through: 4 * Self.largestHarmonic, by: 2) {
            var sum = 0.0
            for (place, value) in values.enumerated() { sum += value * circle[harmonic * place % Self.points] }
            let coefficient = 2 * sum / Double(Self.points)
            // Roundings of the sum, from here on.
            if abs(coefficient) < 1e-16 { break }
            all.append((harmonic, coefficient))
        }
        var rest = 0.0
        while let last = all.last, rest + abs(last.coefficient) <= tolerance, all.count > 1 {
            rest += abs(last.coefficient)
            all.removeLast()
        }
        guard let last = all.last, last.harmonic <= Self.largestHarmonic else {
            throw .series(gain: gain, tolerance: tolerance, largest: Self.largestHarmonic)
        }
        harmonics = all.map(\.harmonic)
        coefficients = all.map(\.coefficient)
        truncation = max(rest, Self.smallestTolerance)
    }
}
