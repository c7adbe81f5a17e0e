/// Texts of a fixed number of bytes, padded with zero bytes.
enum HDF5Text {
    /// The texts one after the other, each in `size` bytes.
    ///
    /// - Precondition: no text has more than `size` bytes.
    static func encode(_ texts: [String], size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.count * size)
        for text in texts {
            precondition(text.utf8.count <= size, "a text is longer than its column")
            bytes.append(contentsOf: text.utf8)
            bytes.append(contentsOf: repeatElement(0, count: size - text.utf8.count))
        }
        return bytes
    }

    /// The text in the bytes before the padding, or nil when they are not UTF-8.
    static func decode(_ bytes: some BidirectionalCollection<UInt8>) -> String? {
        let end = bytes.lastIndex { $0 != 0 }.map(bytes.index(after:)) ?? bytes.startIndex
        return String(validating: bytes[..<end], as: UTF8.self)
    }
}
