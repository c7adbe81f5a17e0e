import Testing
import Torus

@Suite struct PhiloxTests {
    /// The known-answer vectors of Random123's kat_vectors (philox 4x32, 10 rounds).
    @Test(
        arguments: [
            (
                SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
                [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
            ),
            (
                SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
                SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [(SIMD4<UInt32>, SIMD2<UInt32>, [UInt32])])
    func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: [UInt32]) {
        let word = Philox(key: key).words(counter)
        #expect((0..<4).map { word[$0] } == expected)
    }

    @Test func uniformsAreInTheHalfOpenUnitIntervalWithTheRightMoments() {
        let generator = Philox(seed: 20_24)
        let count = 100_000
        var sum = 0.0
        var square = 0.0
        for i in 0..<UInt32(count / 2) {
            let pair = generator.uniforms(SIMD4(i, 0, 0, 0))
            for u in [pair[0], pair[1]] {
                #expect(u >= 0 && u < 1)
                sum += u
                square += u * u
            }
        }
        // Five standard errors: 1/√12 and √(4/45) a number.
        #expect(abs(sum / Double(count) - 0.5) < 5 * (1 / 12.0).squareRoot() / Double(count).squareRoot())
        #expect(abs(square / Double(count) - 1 / 3.0) < 5 * (4 / 45.0).squareRoot() / Double(count).squareRoot())
    }
}
