/// The cyclic redundancy check CRC-32 of IEEE 802.3, as zlib and PNG have it.
public enum CRC32 {
    /// What a byte adds to the remainder.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0xEDB8_8320)
        }
    }

    /// The check of some bytes.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.reduce(.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
        }
    }
}
