/// The cyclic redundancy check CRC-32 of IEEE 802.3, as zlib and PNG have it.
public enum CRC32 {
    /// What a byte adds to the remainder when it is followed by 0 to 7 others, one after the other: eight bytes are taken at a time.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { remainder, _ in
                remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0xEDB8_8320)
            }
        }
        for entry in 256..<2048 {
            let before = tables[entry - 256]
            tables.append(before >> 8 ^ tables[Int(before & 255)])
        }
        return tables
    }()

    /// The check of some bytes.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        if let check = bytes.withContiguousStorageIfAvailable({ of(UnsafeRawBufferPointer($0)) }) { return check }
        return of(Array(bytes))
    }

    /// The check of some bytes.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            guard let base = bytes.baseAddress, let table = tables.baseAddress else { return 0 }
            var remainder = UInt32.max
            var place = 0
            while place + 8 <= bytes.count {
                let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                let mixed = word ^ UInt64(remainder)
                var next: UInt32 = 0
                for byte in 0..<8 {
                    next ^= table[(7 &- byte) &* 256 &+ Int(truncatingIfNeeded: mixed >> UInt64(8 &* byte) & 255)]
                }
                remainder = next
                place &+= 8
            }
            while place < bytes.count {
                remainder = remainder >> 8 ^ table[Int((remainder ^ UInt32(bytes[place])) & 255)]
                place &+= 1
            }
            return ~remainder
        }
    }
}
