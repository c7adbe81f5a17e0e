import Foundation
import Testing
import Torus

@Suite struct SineCosineTests {
    @Test func specialAngles() {
        let (sine, cosine) = sineCosine(
            SIMD8(0, -0.0, .pi / 2, -.pi / 2, .pi, 2 * .pi, 1e-300, -1e-8))
        #expect(sine[0] == 0 && cosine[0] == 1 && sine[1] == 0)
        #expect(sine[2] == 1 && sine[3] == -1 && cosine[4] == -1 && cosine[5] == 1)
        #expect(sine[6] == 1e-300 && sine[7] == -1e-8)
    }

    @Test func notANumberStaysNotANumber() {
        let (sine, cosine) = sineCosine(SIMD8(repeating: .nan))
        #expect(sine[0].isNaN && cosine[0].isNaN)
        #expect(sineCosine(SIMD8(repeating: .infinity)).sine[0].isNaN)
    }

    #if arch(x86_64) && os(Linux)
        /// The largest distances from the exact values in ulps of the result, by the library in extended precision, whose own
        /// error is a two-thousandth of an ulp.
        static func worst(_ angles: some Sequence<Double>) -> (sine: Double, cosine: Double, angles: (Double, Double)) {
            var worst = (sine: 0.0, cosine: 0.0, angles: (0.0, 0.0))
            func ulps(_ value: Double, _ exact: Float80) -> Double {
                guard value.isFinite else { return .infinity }
                return Double(abs(Float80(value) - exact) / Float80(Double(exact).ulp))
            }
            var block = SIMD8<Double>()
            func compare(_ lanes: Int) {
                let (sine, cosine) = sineCosine(block)
                for lane in 0..<lanes {
                    let s = ulps(sine[lane], Foundation.sin(Float80(block[lane])))
                    let c = ulps(cosine[lane], Foundation.cos(Float80(block[lane])))
                    if s > worst.sine { (worst.sine, worst.angles.0) = (s, block[lane]) }
                    if c > worst.cosine { (worst.cosine, worst.angles.1) = (c, block[lane]) }
                }
            }
            var lanes = 0
            for angle in angles {
                block[lanes] = angle
                lanes += 1
                if lanes == 8 {
                    compare(8)
                    lanes = 0
                }
            }
            compare(lanes)
            return worst
        }

        /// Four periods, densely.
        @Test func periodsAreGoodToThreeUlps() {
            let steps = 400_000
            let worst = Self.worst((-steps...steps).lazy.map { 4 * Double.pi * Double($0) / Double(steps) })
            #expect(worst.sine <= 3 && worst.cosine <= 3, "\(worst)")
        }

        /// Zeros of the sine or of the cosine, and their nearest neighbours: what is left of the angle is rounding error of the
        /// argument, and has to be right in all its digits.
        @Test func neighboursOfZerosAreGoodToThreeUlps() {
            let generator = Philox(seed: 13)
            let farthest = 0x1p20 / (Double.pi / 2) - 1
            let multiples =
                (0..<20_000).map(Double.init)
                + (0..<20_000).map { (generator.uniforms(SIMD4(UInt32($0), 0, 0, 0))[0] * farthest).rounded() }
            let worst = Self.worst(
                multiples.lazy.flatMap { multiple in
                    let zero = multiple * (Double.pi / 2)
                    return (-3...3).flatMap { [zero + Double($0) * zero.ulp, -zero - Double($0) * zero.ulp] }
                })
            #expect(worst.sine <= 3 && worst.cosine <= 3, "\(worst), seed 13")
        }

        /// Up to the end of the reduction, and beyond it; the seams of the quadrants too.
        @Test(arguments: [1.0, 100, 1e4, 0x1p20, 1e9, 1e18])
        func largeAnglesAreGoodToThreeUlps(range: Double) {
            let generator = Philox(seed: 7)
            let worst = Self.worst(
                (0..<UInt32(200_000)).lazy.map { range * (2 * generator.uniforms(SIMD4($0, 0, 0, 0))[0] - 1) })
            #expect(worst.sine <= 3 && worst.cosine <= 3, "\(worst), seed 7")
            let seams = Self.worst(
                (0..<UInt32(50_000)).lazy.map { index -> Double in
                    let turn = (range * generator.uniforms(SIMD4(index, 1, 0, 0))[0] / (Double.pi / 2)).rounded()
                    return (turn + 0.5) * (Double.pi / 2)
                })
            #expect(seams.sine <= 3 && seams.cosine <= 3, "\(seams), seed 7")
        }

        @Test func smallAnglesAreGoodToThreeUlps() {
            let worst = Self.worst(
                (0...2000).lazy.flatMap { index -> [Double] in
                    let angle = Double.pi / 4 * pow(0.7, Double(index))
                    return [angle, -angle]
                })
            #expect(worst.sine <= 3 && worst.cosine <= 3, "\(worst)")
        }
    #endif
}
