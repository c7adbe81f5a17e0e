import Foundation

/// An array in NumPy's file format, of reals or integers.
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
        guard let element = Element(rawValue: String(kind.dropFirst())),
            kind.hasPrefix("<") || kind.hasPrefix(">") || (kind.hasPrefix("|") && element.size == 1)
        else { throw refusal("its elements are of the kind '\(kind)', expected real or whole numbers") }
        let size = element.size
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
            (0..<count).map { element.number(raw, at: start + length + $0 * size, isBig: isBig) }
        }
    }

    /// The kinds of numbers, as NumPy names them: real, signed or unsigned, and their bytes.
    private enum Element: String {
        case f8, f4, i8, i4, i2, i1, u8, u4, u2, u1

        var size: Int {
            switch self {
            case .f8, .i8, .u8: 8
            case .f4, .i4, .u4: 4
            case .i2, .u2: 2
            case .i1, .u1: 1
            }
        }

        func number(_ bytes: UnsafeRawBufferPointer, at place: Int, isBig: Bool) -> Double {
            func word<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type) -> Word {
                let word = bytes.loadUnaligned(fromByteOffset: place, as: Word.self)
                return isBig ? Word(bigEndian: word) : Word(littleEndian: word)
            }
            return switch self {
            case .f8: Double(bitPattern: word(UInt64.self))
            case .f4: Double(Float(bitPattern: word(UInt32.self)))
            case .i8: Double(word(Int64.self))
            case .i4: Double(word(Int32.self))
            case .i2: Double(word(Int16.self))
            case .i1: Double(word(Int8.self))
            case .u8: Double(word(UInt64.self))
            case .u4: Double(word(UInt32.self))
            case .u2: Double(word(UInt16.self))
            case .u1: Double(word(UInt8.self))
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
