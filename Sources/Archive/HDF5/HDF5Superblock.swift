/// The first bytes of an HDF5 file, in the versions 2 and 3 that a run file may have.
///
/// Source: HDF5 File Format Specification, version 3.0, section II.A.
struct HDF5Superblock {
    /// The bytes that are enough to know the superblock.
    static let byteCount = 48

    /// Bytes of the whole file.
    let fileSize: Int

    /// The signature that every HDF5 file begins with.
    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The superblock in a file's first bytes; nil when they are no such superblock.
    init?(_ bytes: some Sequence<UInt8>) {
        let head = Array(bytes.prefix(Self.byteCount))
        guard head.count == Self.byteCount, head.starts(with: Self.signature) else { return nil }
        let (version, bytesOfAddress) = (head[8], head[9])
        guard version == 2 || version == 3, bytesOfAddress == 8 else { return nil }
        let end = head[28..<36].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let size = Int(exactly: end), size >= Self.byteCount else { return nil }
        self.fileSize = size
    }
}
