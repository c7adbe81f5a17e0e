import Foundation
import Testing
import Torus
import Training

@testable import Chaos

@Suite struct ScalingStudyTests {
    /// Slopes in two angles with a zero mean: −½ and −½ lazy, 0 and 0 mean-field.
    @Test func slopesAreTheTheorys() throws {
        let study = try ScalingStudy(
            FluctuationsTests.plane(), gammas: [0.5, 0.75, 1], counts: [100, 400, 1600, 6400], replicates: 24, time: 1,
            seed: 6)
        func slope(_ measure: ScalingStudy.Measure, _ gamma: Double) throws -> ScalingStudy.Slope {
            try #require(study.slopes.first { $0.measure == measure && $0.gamma == gamma })
        }
        for measure in [ScalingStudy.Measure.displacement, .kernelDrift] {
            let (lazy, between, meanField) = (try slope(measure, 0.5), try slope(measure, 0.75), try slope(measure, 1))
            // 24 replicates over a range of 64 in N: standard errors of about 0.03.
            #expect(lazy.theory == -0.5 && abs(lazy.slope + 0.5) < 0.1, "\(lazy)")
            // What the mixture generates by chance at the start adds to the residuals, of the order N^{½−γ}: slopes are steeper at finite N.
            #expect(meanField.theory == 0 && meanField.slope > -0.2 && meanField.slope < 0.03, "\(meanField)")
            #expect(between.slope > lazy.slope && between.slope < meanField.slope, "\(between)")
        }
        #expect(study.slopes.count == 12 && study.means.count == 48)
    }

    @Test func expertsWithAMeanAreRefusedOrCentred() throws {
        let problem = FluctuationsTests.plane(.product([try .vonMises(centre: 1, concentration: 1), .uniform]))
        func study(_ gammas: [Double], centring: Bool) throws -> ScalingStudy {
            try ScalingStudy(
                problem, gammas: gammas, counts: [100, 1600], replicates: 8, time: 1, seed: 6, centring: centring)
        }
        #expect(throws: ScalingError.self) { try study([0.5], centring: false) }
        // Mean-field mixtures may have a mean.
        #expect(try study([1], centring: false).means.count == 8)
        let lazy = try #require(study([0.5], centring: true).slopes.first { $0.measure == .displacement })
        #expect(abs(lazy.slope + 0.5) < 0.1)
        let centred = try problem.centred(refusing: false)
        let moments = try #require(centred.basis.trigonometric).monomials.map {
            $0.mean(dimension: 2, fourierMoments: centred.initialLaw.moment)
        }
        for value in centred.function(moments: moments) + centred.heldOutFunction(moments: moments) {
            #expect(abs(value) < 1e-13)
        }
    }
}
