/// The cyclic redundancy check CRC-32 of IEEE 802.3, as zlib and PNG have it.
enum CRC32 {
    /// The check of some bytes.
    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder: UInt32 = .max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        return ~remainder
    }
}
