import Foundation
import Testing
import Torus

@testable import Chaos

@Suite struct DiscreteTrainingStudyTests {
    @Test func exponentsAreTheTheorys() throws {
        typealias Setting = DiscreteTrainingStudy.Setting
        let steps = [0.02, 0.01, 0.005, 0.0025]
        let study = try DiscreteTrainingStudy(
            ComparisonTests.problem,
            series: [
                .init("full", .step, steps.map { Setting(step: $0) }, theory: 1),
                .init("batch", .step, steps.map { Setting(step: $0, batch: 1) }, theory: 0.5),
                .init("size", .batch, [1, 2, 4, 8].map { Setting(step: 0.005, batch: $0) }, theory: -0.5),
                .init("shots", .shots, [1, 4, 16].map { Setting(step: 0.02, shots: $0) }, theory: -0.5),
            ], count: 20, replicates: 48, time: 1, seed: 3)
        for finding in study.findings {
            // 48 replicates of few degrees of freedom over a range of eight: standard errors of 0.04.
            #expect(
                abs(finding.slope - finding.series.theory) < (finding.series.name == "full" ? 0.02 : 0.15),
                "\(finding.series.name): \(finding.slope) in [\(finding.lower), \(finding.upper)]")
            #expect(finding.distances.allSatisfy { $0.value > 0 })
        }
    }
}
