/// Arrays in NumPy's archive format `.npz`: a ZIP file of arrays in `.npy` format, not compressed.
///
/// Sources: the description of `numpy.lib.format`; PKWARE's APPNOTE 6.3, sections 4.3 and 4.4.
struct NumPyArchive {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// The largest file without the extension for more than 32 bits.
    static let largestSize = Int(UInt32.max)

    /// Adds reals, the first axis fastest.
    mutating func add(_ name: String, _ reals: [Double], shape: [Int]) {
        add(name, kind: "<f8", shape: shape, reals.withUnsafeBytes(Array.init))
    }

    /// Adds whole numbers.
    mutating func add(_ name: String, _ integers: [Int64]) {
        add(name, kind: "<i8", shape: [integers.count], integers.withUnsafeBytes(Array.init))
    }

    /// Adds texts, as UTF-8 in as many bytes as the longest has.
    mutating func add(_ name: String, _ texts: [String]) {
        let size = max(1, texts.map(\.utf8.count).max() ?? 1)
        add(name, kind: "|S\(size)", shape: [texts.count], HDF5Text.encode(texts, size: size))
    }

    private mutating func add(_ name: String, kind: String, shape: [Int], _ data: [UInt8]) {
        let extent = shape.map { "\($0)," }.joined(separator: " ")
        var header = "{'descr': '\(kind)', 'fortran_order': True, 'shape': (\(extent)), }"
        // The data begin at a multiple of 64 bytes.
        header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
        let length = header.utf8.count
        let file: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + data
        let fileName = Array("\(name).npy".utf8)
        // Version 2.0, no flags, stored, 1 January 1980: what both headers have in common.
        var facts: [UInt8] = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]
        for word in [CRC32.of(file), UInt32(file.count), UInt32(file.count)] { facts += Self.little(word, 4) }
        facts += Self.little(UInt32(fileName.count), 2) + [0, 0]
        directory += [0x50, 0x4B, 1, 2, 20, 0] + facts + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        directory += Self.little(UInt32(bytes.count), 4) + fileName
        bytes += [0x50, 0x4B, 3, 4] + facts + fileName + file
        count += 1
    }

    /// The whole file.
    func finished() -> [UInt8] {
        let number = Self.little(UInt32(count), 2)
        return bytes + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + number + number
            + Self.little(UInt32(directory.count), 4) + Self.little(UInt32(bytes.count), 4) + [0, 0]
    }

    private static func little(_ value: UInt32, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
}
