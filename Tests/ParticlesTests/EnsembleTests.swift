import Particles
import Testing
import Torus
import Training

@Suite struct EnsembleTests {
    @Test func theFirstExpertsOfALargerEnsembleAreTheSame() {
        let small = Ensemble(drawing: 7, dimension: 2, from: .uniform, seed: 5, replicate: 3)
        let large = Ensemble(drawing: 1000, dimension: 2, from: .uniform, seed: 5, replicate: 3)
        #expect(large.prefix(7) == small)
    }

    @Test func seedsReplicatesAndAxesDiffer() {
        let base = Ensemble(drawing: 50, dimension: 2, from: .uniform, seed: 5, replicate: 3)
        for other in [
            Ensemble(drawing: 50, dimension: 2, from: .uniform, seed: 6, replicate: 3),
            Ensemble(drawing: 50, dimension: 2, from: .uniform, seed: 5, replicate: 4),
        ] {
            #expect(Set(base.angles).isDisjoint(with: other.angles))
        }
        #expect(Set(base.angles).count == 100)
        #expect(base.angles.allSatisfy { $0 >= 0 && $0 < 2 * .pi })
    }
}
