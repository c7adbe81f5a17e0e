import Foundation

/// Sixteen bytes behind the end of a run file, which HDF5 does not look at: "kac crc:" and the CRC-32 of all bytes before.
///
/// Arrays and structure of a run file have checksums, but for one part: where virtual arrays find their sources is in HDF5's global
/// heap, and the library's reader of it (1.10.8) writes beyond its memory when that is damaged. So the views are looked at
/// only in a file that is what was written. A file that another program has rewritten has no seal, and its views are left alone.
enum FileSeal {
    private static let mark = Array("kac crc:".utf8)
    static let byteCount = 16

    /// The seal of some bytes.
    static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let check = CRC32.of(bytes)
        return mark + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(check) >> (8 * UInt64($0))) }
    }

    /// Checks the bytes of a file that has a seal.
    ///
    /// - Returns: whether it has one.
    /// - Throws: `ArchiveError.damaged`.
    static func verify(_ path: String) throws(ArchiveError) -> Bool {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped),
            data.count > byteCount, data.suffix(byteCount).starts(with: mark)
        else { return false }
        let isSound = data.withUnsafeBytes { all in
            let bytes = UnsafeRawBufferPointer(rebasing: all.dropLast(byteCount))
            return all.suffix(byteCount).elementsEqual(of(bytes))
        }
        guard isSound else {
            throw .damaged(
                path: path, part: "the file", reason: "its bytes are not those that were written, by their CRC-32")
        }
        return true
    }
}
