import Foundation

/// An array in NumPy's file format, of 8-byte or 4-byte reals.
///
/// Source: the format's description in NumPy's documentation (`numpy.lib.format`), versions 1 to 3.
struct NumPyArray {
    /// Elements along each axis; empty for a single number.
    let shape: [Int]
    /// The elements as they are stored.
    let values: [Double]
    /// Whether axis 0 is fastest; otherwise the last axis is.
    let isColumnMajor: Bool

    /// Reads the bytes of a file; `name` stands for it in complaints.
    ///
    /// - Throws: `GridFileError.notNumPy`.
    init(_ data: Data, name: String) throws(GridFileError) {
        func refusal(_ reason: String) -> GridFileError { .notNumPy(name: name, reason: reason) }
        let bytes = [UInt8](data)
        guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw refusal("the file does not begin as such arrays do")
        }
        let isShort = bytes[6] == 1
        guard (1...3).contains(bytes[6]) else { throw refusal("the format's version is \(bytes[6])") }
        let start = isShort ? 10 : 12
        let length =
            isShort
            ? Int(bytes[8]) | Int(bytes[9]) << 8
            : Int(bytes[8]) | Int(bytes[9]) << 8 | Int(bytes[10]) << 16 | Int(bytes[11]) << 24
        guard bytes.count >= start + length else { throw refusal("the file ends within its header") }
        let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
        guard let kind = Self.text("descr", in: header), let order = Self.word("fortran_order", in: header),
            let shape = Self.shape(in: header)
        else { throw refusal("the header '\(header.prefix(80))' is not understood") }
        let size: Int
        switch kind.dropFirst() {
        case "f8": size = 8
        case "f4": size = 4
        default: throw refusal("its elements are of the kind '\(kind)'")
        }
        guard kind.hasPrefix("<") || kind.hasPrefix(">") else {
            throw refusal("its elements are of the kind '\(kind)'")
        }
        var count = 1
        for cells in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: cells)
            guard !overflow else { throw refusal("its shape is \(shape)") }
            count = product
        }
        let rest = bytes.count - start - length
        guard count <= rest / size, count * size == rest else {
            throw refusal("it holds \(rest) bytes for \(count) numbers of \(size)")
        }
        let isBig = kind.hasPrefix(">")
        self.shape = shape
        isColumnMajor = order == "True"
        values = bytes.withUnsafeBytes { raw in
            (0..<count).map { index in
                let place = start + length + index * size
                if size == 8 {
                    let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    return Double(bitPattern: isBig ? UInt64(bigEndian: word) : UInt64(littleEndian: word))
                }
                let word = raw.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                return Double(Float(bitPattern: isBig ? UInt32(bigEndian: word) : UInt32(littleEndian: word)))
            }
        }
    }

    /// What follows a key of the header.
    private static func rest(after key: String, in header: String) -> Substring? {
        guard let range = header.range(of: "'\(key)':") else { return nil }
        return header[range.upperBound...].drop { $0 == " " }
    }

    private static func text(_ key: String, in header: String) -> String? {
        guard let rest = rest(after: key, in: header), rest.first == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != "'" })
    }

    private static func word(_ key: String, in header: String) -> String? {
        rest(after: key, in: header).map { String($0.prefix { $0.isLetter }) }.flatMap {
            $0 == "True" || $0 == "False" ? $0 : nil
        }
    }

    private static func shape(in header: String) -> [Int]? {
        guard let rest = rest(after: "shape", in: header), rest.first == "(", let end = rest.firstIndex(of: ")") else {
            return nil
        }
        let words = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",")
        let numbers = words.map { Int($0.trimmingCharacters(in: .whitespaces)) }
        return numbers.contains { $0 == nil || $0 ?? -1 < 0 } ? nil : numbers.compactMap { $0 }
    }
}
