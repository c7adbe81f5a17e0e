/// Four blocks of eight numbers: enough independent work to hide what a list of operations costs to be read.
struct FourBlocks {
    typealias Lanes = SIMD8<Double>

    var a: Lanes
    var b: Lanes
    var c: Lanes
    var d: Lanes

    @inline(__always)
    init(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    @inline(__always)
    init(repeating value: Double) {
        let lanes = Lanes(repeating: value)
        self.init(lanes, lanes, lanes, lanes)
    }

    @inline(__always)
    static func + (x: Self, y: Self) -> Self { Self(x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d) }

    @inline(__always)
    static func - (x: Self, y: Self) -> Self { Self(x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d) }

    @inline(__always)
    static func * (x: Self, y: Self) -> Self { Self(x.a * y.a, x.b * y.b, x.c * y.c, x.d * y.d) }

    @inline(__always)
    static func * (x: Double, y: Self) -> Self { Self(x * y.a, x * y.b, x * y.c, x * y.d) }

    /// The sum of the blocks.
    @inline(__always)
    var sum: Lanes { (a + b) + (c + d) }
}
