/// The counter-based generator Philox 4×32-10.
///
/// ```swift
/// Philox(seed: 7).uniforms(SIMD4(0, 1, 2, 3))    // two numbers in [0, 1), the same wherever and whenever asked
/// ```
///
/// A pure function of a 64-bit key and a 128-bit counter: any number of the sequence is found without the ones before
/// it, on any thread, in any order.
///
/// Source: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC11; the known-answer vectors
/// of Random123 are its tests.
public struct Philox: Sendable {
    /// The key.
    public let key: SIMD2<UInt32>

    /// The generator with the given key.
    public init(key: SIMD2<UInt32>) {
        self.key = key
    }

    /// The generator whose key is a seed, low word first.
    public init(seed: UInt64) {
        self.init(key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    /// Four independent 32-bit words for a counter.
    public func words(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var (x0, x1, x2, x3) = (counter[0], counter[1], counter[2], counter[3])
        var (k0, k1) = (key[0], key[1])
        for _ in 0..<10 {
            let p0 = UInt64(0xD251_1F53) &* UInt64(x0)
            let p1 = UInt64(0xCD9E_8D57) &* UInt64(x2)
            (x0, x1, x2, x3) = (
                UInt32(truncatingIfNeeded: p1 >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: p0)
            )
            k0 = k0 &+ 0x9E37_79B9
            k1 = k1 &+ 0xBB67_AE85
        }
        return SIMD4(x0, x1, x2, x3)
    }

    /// Two independent numbers, uniform on `[0, 1)` with 53 random bits each.
    public func uniforms(_ counter: SIMD4<UInt32>) -> SIMD2<Double> {
        let word = words(counter)
        let first = UInt64(word[0]) << 32 | UInt64(word[1])
        let second = UInt64(word[2]) << 32 | UInt64(word[3])
        return SIMD2(Double(first >> 11), Double(second >> 11)) * 0x1p-53
    }
}
