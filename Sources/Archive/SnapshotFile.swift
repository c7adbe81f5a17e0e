public import Foundation
public import TimeStepping

/// A snapshot in an HDF5 file of its own.
///
/// ```
/// /            software="kac" kind="checkpoint" format=1
/// /manifest    text: a line a value, "kind count path", the paths sorted
/// /reals       f8: the reals of all values, one after the other; likewise
/// /integers    i8
/// /texts       u1 as text: the bytes of all texts
/// ```
/// Few large arrays, whatever the number of values, so that writing takes no longer than the disk. Every array has a Fletcher-32
/// checksum a chunk, the structure has those of HDF5's format 1.10, and texts and integers a CRC-32 besides.
public enum SnapshotFile {
    static let kind = "checkpoint"
    static let format: Int64 = 1

    /// Writes a file that is there whole when the call returns.
    ///
    /// - Throws: as `RunFileWriter.write`.
    public static func write(_ snapshot: Snapshot, to url: URL, overwrite: Bool = false) throws(ArchiveError) {
        let file = try DurableFile(url, overwrite: overwrite)
        let packed = Packed(snapshot)
        do {
            let image = try HDF5Image(path: url.path) { root throws(HDF5Error) in try packed.write(into: root) }
            try image.withBytes { bytes throws(ArchiveError) in try file.write(bytes) }
        } catch let error as ArchiveError {
            throw error
        } catch let error as HDF5Error {
            throw .library(path: url.path, error)
        } catch {
            throw .system(path: url.path, operation: "writing", reason: "\(error)")
        }
    }

    /// Reads a file back.
    ///
    /// - Throws: `ArchiveError`.
    public static func read(_ url: URL) throws(ArchiveError) -> Snapshot {
        try RunFileReader.reading(url) { root, fileSize in
            guard try root.text(attribute: "software") == NetCDFRootView.software,
                try root.text(attribute: "kind") == kind
            else { throw ArchiveError.notACheckpoint(path: url.path, reason: "it is no checkpoint of kac") }
            let found = try root.integer(attribute: "format")
            guard found == format else {
                throw ArchiveError.notACheckpoint(
                    path: url.path, reason: "its format is \(found.map(String.init) ?? "missing"), expected \(format)")
            }
            return try Packed(root, path: url.path, fileSize: fileSize).snapshot(path: url.path)
        }
    }
}

/// The values of a snapshot, kind by kind.
private struct Packed {
    var manifest = ""
    var reals: [Double] = []
    var integers: [Int64] = []
    var texts: [UInt8] = []

    init(_ snapshot: Snapshot) {
        add(snapshot, "")
    }

    private mutating func add(_ snapshot: Snapshot, _ prefix: String) {
        for (name, value) in snapshot.values.sorted(by: { $0.key < $1.key }) {
            precondition(!name.contains { $0 == "/" || $0.isNewline }, "a name with a slash or an end of line")
            switch value {
            case .reals(let values):
                manifest += "r \(values.count) \(prefix)\(name)\n"
                reals += values
            case .integers(let values):
                manifest += "i \(values.count) \(prefix)\(name)\n"
                integers += values
            case .text(let text):
                manifest += "t \(text.utf8.count) \(prefix)\(name)\n"
                texts += text.utf8
            }
        }
        for (name, part) in snapshot.parts.sorted(by: { $0.key < $1.key }) { add(part, "\(prefix)\(name)/") }
    }

    private var check: Int64 {
        let words = integers.lazy.flatMap { word in (0..<8).lazy.map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        return Int64(CRC32.of(manifest.utf8)) << 32 ^ Int64(CRC32.of(texts)) << 16 ^ Int64(CRC32.of(words))
    }

    func write(into root: HDF5Group) throws(HDF5Error) {
        try root.setAttribute("software", NetCDFRootView.software)
        try root.setAttribute("kind", SnapshotFile.kind)
        try root.setAttribute("format", SnapshotFile.format)
        try root.setAttribute("crc32", check)
        for (name, bytes) in [("manifest", Array(manifest.utf8)), ("texts", texts)] {
            // Bytes in words of eight, as integers: texts of a fixed length lose zeros at their end.
            var words = [Int64](repeating: 0, count: (bytes.count + 7) / 8 + 1)
            words[0] = Int64(bytes.count)
            for (index, byte) in bytes.enumerated() { words[1 + index / 8] |= Int64(byte) << (index % 8 * 8) }
            try array(name, .integer, words.count, in: root).write(words)
        }
        let reals = try array("reals", .real, self.reals.count, in: root)
        if !self.reals.isEmpty { try reals.write(self.reals) }
        let integers = try array("integers", .integer, self.integers.count, in: root)
        if !self.integers.isEmpty { try integers.write(self.integers) }
    }

    private func array(
        _ name: String, _ type: HDF5Type, _ count: Int, in root: HDF5Group
    ) throws(HDF5Error) -> HDF5Dataset {
        try HDF5Dataset(
            name, in: root, type: type, extent: [count], layout: .init(chunk: count == 0 ? [] : [min(count, 1 << 17)]))
    }

    init(_ root: HDF5Group, path: String, fileSize: Int) throws {
        func count(_ name: String, _ type: HDF5Type) throws -> (HDF5Dataset, Int) {
            guard case .dataset(let dataset) = try root.member(name) else {
                throw ArchiveError.damaged(path: path, part: "/\(name)", reason: "it is no array")
            }
            let extent = try dataset.extent()
            // Nothing is compressed, so nothing is larger than the file.
            guard try dataset.type() == type, try dataset.chunk() != nil, extent.count == 1,
                extent[0] <= fileSize / type.size
            else {
                throw ArchiveError.damaged(
                    path: path, part: "/\(name)",
                    reason: "its extent \(extent) does not fit a file of \(fileSize) bytes")
            }
            return (dataset, extent[0])
        }
        func integers(_ name: String) throws -> [Int64] {
            let (dataset, count) = try count(name, .integer)
            return count == 0 ? [] : try dataset.integers(count: count)
        }
        func bytes(_ name: String) throws -> [UInt8] {
            let words = try integers(name)
            guard let first = words.first, let count = Int(exactly: first), count >= 0,
                count <= 8 * (words.count - 1)
            else { throw ArchiveError.damaged(path: path, part: "/\(name)", reason: "it has no length") }
            return (0..<count).map { UInt8(truncatingIfNeeded: words[1 + $0 / 8] >> ($0 % 8 * 8)) }
        }
        let (reals, realCount) = try count("reals", .real)
        self.reals = realCount == 0 ? [] : try reals.reals(count: realCount)
        self.integers = try integers("integers")
        texts = try bytes("texts")
        manifest = String(decoding: try bytes("manifest"), as: UTF8.self)
        guard try root.integer(attribute: "crc32") == check else {
            throw ArchiveError.damaged(
                path: path, part: "/manifest", reason: "it is not the one that was written, by its CRC-32")
        }
    }

    /// The values by name and part.
    func snapshot(path: String) throws -> Snapshot {
        var result = Snapshot()
        var (realStart, integerStart, textStart) = (0, 0, 0)
        func end(_ start: Int, _ count: Int, of total: Int) throws -> Int {
            let (end, overflow) = start.addingReportingOverflow(count)
            guard count >= 0, !overflow, end <= total else {
                throw ArchiveError.damaged(
                    path: path, part: "/manifest", reason: "it tells of more values than there are")
            }
            return end
        }
        for line in manifest.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let count = Int(words[1]) else {
                throw ArchiveError.damaged(path: path, part: "/manifest", reason: "a line is no value: \(line)")
            }
            let value: Snapshot.Value
            switch words[0] {
            case "r":
                let end = try end(realStart, count, of: reals.count)
                value = .reals(Array(reals[realStart..<end]))
                realStart = end
            case "i":
                let end = try end(integerStart, count, of: integers.count)
                value = .integers(Array(integers[integerStart..<end]))
                integerStart = end
            default:
                let end = try end(textStart, count, of: texts.count)
                value = .text(String(decoding: texts[textStart..<end], as: UTF8.self))
                textStart = end
            }
            result.store(value, at: words[2].split(separator: "/").map(String.init)[...])
        }
        return result
    }
}

extension Snapshot {
    /// Stores a value in a part of a part, and so on.
    fileprivate mutating func store(_ value: Value, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        if path.count == 1 {
            store(value, as: name)
        } else {
            parts[name, default: Snapshot()].store(value, at: path.dropFirst())
        }
    }
}
