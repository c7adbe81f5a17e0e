import Foundation
import Testing

@testable import Transport

@Suite("The zero of a monotone slope")
struct MonotoneZeroTests {
    @Test("a linear slope takes Newton's step and one probe")
    func linear() {
        let zero = MonotoneZero(from: 0, in: -10...10, resolution: 0x1p-50) { (3 * ($0 - 0.7), 3) }
        #expect(abs(zero.point - 0.7) <= zero.reach + 1e-16)
        #expect(zero.reach <= 0x1p-48)
        #expect(zero.evaluations <= 4)
    }

    @Test("a jump across zero is bisected to rounding")
    func jump() {
        let zero = MonotoneZero(from: 0.1, in: -1...1, resolution: 0x1p-52) { ($0 < 0.3 ? -1 : 2, 0) }
        #expect(abs(zero.point - 0.3) <= 0x1p-52)
        #expect(zero.reach <= 0x1p-52)
        #expect(zero.evaluations <= 60)
    }

    @Test("a slope on which Newton cycles")
    func cycling() {
        let zero = MonotoneZero(from: 1, in: -10...10, resolution: 0x1p-50) { x in
            let root = abs(x - 0.2).squareRoot()
            return (x < 0.2 ? -root : root, root == 0 ? 0 : 0.5 / root)
        }
        #expect(abs(zero.point - 0.2) <= 0x1p-50)
        #expect(zero.evaluations <= 200)
    }
}
