import Foundation
import Particles
import Testing
import Torus
import Training

@testable import Chaos

@Suite struct FluctuationSpectrumTests {
    @Test func frequenciesAreHalfOfTheCube() {
        #expect(FluctuationSpectrum.frequencies(dimension: 1, degree: 3) == [[1], [2], [3]])
        let plane = FluctuationSpectrum.frequencies(dimension: 2, degree: 1)
        #expect(plane == [[1, 0], [0, 1], [1, 1], [1, -1]])
        #expect(FluctuationSpectrum.frequencies(dimension: 3, degree: 2).count == (125 - 1) / 2)
        #expect(FluctuationSpectrum.frequencies(dimension: 2, degree: 0).isEmpty)
    }

    /// One angle: `μ̂_k = z^k`, so independent draws have `1 − |z|^{2k}`; at the start both are 1.
    @Test func independentDrawsHaveTheClosedForm() throws {
        let frequencies = FluctuationSpectrum.frequencies(dimension: 1, degree: 6)
        let spectrum = try FluctuationSpectrum(ComparisonTests.problem, times: [0, 5], frequencies: frequencies)
        let (re, im) = (0.34316892203987537, 0.20590135322392517)
        for (index, k) in frequencies.enumerated() {
            #expect(abs(spectrum.trained[0][index] - 1) < 1e-13)
            #expect(abs(spectrum.independent[1][index] - (1 - pow(re * re + im * im, Double(k[0])))) < 1e-9)
            // Training corrects the waves that the expert sees; of the others it may make a little more.
            #expect(k[0] > 2 || spectrum.trained[1][index] < spectrum.independent[1][index])
        }
        #expect(abs(spectrum.moments[1][0].real - re) < 1e-9 && abs(spectrum.moments[1][0].imaginary - im) < 1e-9)
    }

    @Test func mixturesHaveThePredictedSpectrum() throws {
        let problem = ComparisonTests.problem
        let frequencies = FluctuationSpectrum.frequencies(dimension: 1, degree: 4)
        let spectrum = try FluctuationSpectrum(problem, times: [5], frequencies: frequencies)
        let (count, replicates, seed) = (1000, 1000, UInt64(5))
        var sums = frequencies.map { _ in (0.0, 0.0) }
        for replicate in 0..<replicates {
            let draws = Ensemble(drawing: count, dimension: 1, from: .uniform, seed: seed, replicate: replicate)
            try GradientFlow(problem, tolerance: 1e-7).train(draws, times: [5]) { _, ensemble, _ in
                for (index, k) in frequencies.enumerated() {
                    let mean = ensemble.angles.reduce((0.0, 0.0)) {
                        ($0.0 + cos(Double(k[0]) * $1), $0.1 + sin(Double(k[0]) * $1))
                    }
                    let moment = spectrum.moments[0][index]
                    let (x, y) = (mean.0 / Double(count) - moment.real, mean.1 / Double(count) - moment.imaginary)
                    let square = Double(count) * (x * x + y * y)
                    sums[index] = (sums[index].0 + square, sums[index].1 + square * square)
                }
            }
        }
        for index in frequencies.indices {
            let mean = sums[index].0 / Double(replicates)
            let error = ((sums[index].1 / Double(replicates) - mean * mean) / Double(replicates)).squareRoot()
            #expect(
                abs(mean - spectrum.trained[0][index]) < 4 * error,
                "seed \(seed), k = \(frequencies[index]): \(mean) ± \(error) beside \(spectrum.trained[0][index])")
            // What independent draws would have is told apart in the wave that the expert sees.
            #expect(index > 0 || abs(mean - spectrum.independent[0][index]) > 4 * error)
        }
    }
}
