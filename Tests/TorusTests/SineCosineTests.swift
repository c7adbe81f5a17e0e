import Foundation
import Testing
import Torus

@Suite struct SineCosineTests {
    /// Against the library in extended precision; the bound is the one of the doc comment.
    @Test(arguments: [1.0, 2 * Double.pi, 100, 1e4, 0x1p20, 1e9])
    func agreesWithTheLibrary(range: Double) {
        let generator = Philox(seed: 7)
        var worst = 0.0
        for i in 0..<UInt32(20_000) {
            var angle = SIMD8<Double>()
            for lane in 0..<4 {
                let pair = generator.uniforms(SIMD4(i, UInt32(lane), 0, 0))
                angle[lane] = range * (2 * pair[0] - 1)
                angle[lane + 4] = range * (2 * pair[1] - 1)
            }
            let (sine, cosine) = sineCosine(angle)
            for lane in 0..<8 {
                worst = max(worst, abs(sine[lane] - sin(angle[lane])), abs(cosine[lane] - cos(angle[lane])))
            }
        }
        // 2.3e-16 of ours and half an ulp of the library's.
        #expect(worst <= 3.4e-16, "worst error \(worst), seed 7")
    }

    @Test func specialAngles() {
        let (sine, cosine) = sineCosine(
            SIMD8(0, -0.0, .pi / 2, -.pi / 2, .pi, 2 * .pi, 1e-300, -1e-8))
        #expect(sine[0] == 0 && cosine[0] == 1 && sine[1] == 0)
        #expect(sine[2] == 1 && sine[3] == -1 && cosine[4] == -1 && cosine[5] == 1)
        #expect(sine[6] == 1e-300 && sine[7] == -1e-8)
    }

    @Test func notANumberStaysNotANumber() {
        let (sine, _) = sineCosine(SIMD8(repeating: .nan))
        #expect(sine[0].isNaN)
    }
}
