import CZlib

/// The bytes of a chunk of 64-bit values as HDF5's filters leave them: shuffle, deflate, Fletcher-32.
///
/// They are the same bytes that the library makes, which holds its lock meanwhile: here chunks are compressed side by side.
struct CompressedChunk {
    let bytes: [UInt8]

    /// Compresses values; nil when there is no memory for it.
    init?(_ values: [Double], level: Int) {
        let shuffled = Self.shuffled(values)
        var length = compressBound(uLong(shuffled.count))
        var status = Z_OK
        var compressed = [UInt8](unsafeUninitializedCapacity: Int(length) + 4) { buffer, count in
            status = compress2(buffer.baseAddress, &length, shuffled, uLong(shuffled.count), Int32(level))
            count = status == Z_OK ? Int(length) : 0
        }
        guard status == Z_OK else { return nil }
        let check = compressed.withUnsafeBufferPointer(Self.fletcher32)
        for shift in [0, 8, 16, 24] { compressed.append(UInt8(truncatingIfNeeded: check >> UInt32(shift))) }
        bytes = compressed
    }

    /// The first bytes of all values, then the second ones, and so on: alike bytes are beside each other.
    private static func shuffled(_ values: [Double]) -> [UInt8] {
        let count = values.count
        return [UInt8](unsafeUninitializedCapacity: 8 * count) { bytes, filled in
            filled = 8 * count
            guard let base = bytes.baseAddress else { return }
            values.withUnsafeBufferPointer { values in
                for index in 0..<count {
                    let word = values[index].bitPattern.littleEndian
                    for byte in 0..<8 {
                        base[byte &* count &+ index] = UInt8(truncatingIfNeeded: word >> UInt64(8 &* byte))
                    }
                }
            }
        }
    }

    /// Fletcher's check of the bytes taken as big-endian words of 16 bits, a last odd one followed by zero.
    ///
    /// Source: HDF5 1.10, `H5_checksum_fletcher32`. Sums are folded modulo 2¹⁶ − 1 before they can overflow, after 360 words.
    static func fletcher32(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var (first, second): (UInt32, UInt32) = (0, 0)
        func fold() {
            first = (first & 0xFFFF) &+ (first >> 16)
            second = (second & 0xFFFF) &+ (second >> 16)
        }
        let words = bytes.count / 2
        var word = 0
        while word < words {
            let end = min(words, word &+ 360)
            while word < end {
                first &+= UInt32(bytes[2 &* word]) << 8 | UInt32(bytes[2 &* word &+ 1])
                second &+= first
                word &+= 1
            }
            fold()
        }
        if bytes.count % 2 == 1 {
            first &+= UInt32(bytes[bytes.count - 1]) << 8
            second &+= first
            fold()
        }
        fold()
        return second << 16 | first
    }
}
