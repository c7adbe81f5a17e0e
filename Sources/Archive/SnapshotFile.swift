public import Foundation
public import TimeStepping

/// A snapshot in an HDF5 file of its own.
///
/// ```
/// /            software="kac" kind="checkpoint" format=2
/// /manifest    u1: the text of a line a value, "kind count path", the paths sorted
/// /reals       f8: the reals of all values, one after the other; likewise
/// /integers    i8
/// /texts       u1: the bytes of all texts
/// ```
/// Few large arrays, whatever the number of values, in one piece each and as they are in memory, so that writing takes no longer than the disk.
/// A CRC-32 of the whole file stands behind its end, as in a run file.
public enum SnapshotFile {
    static let kind = "checkpoint"
    static let format: Int64 = 2

    /// Writes a file that is there whole when the call returns.
    ///
    /// - Throws: as `RunFileWriter.write`.
    public static func write(_ snapshot: Snapshot, to url: URL, overwrite: Bool = false) throws(ArchiveError) {
        let file = try DurableFile(url, overwrite: overwrite)
        let arrays = PackedSnapshot(snapshot)
        do {
            let image = try HDF5Image(path: url.path, expectedBytes: arrays.byteCount) { root throws(HDF5Error) in
                try arrays.write(into: root)
            }
            try image.withBytes { bytes throws(ArchiveError) in
                try DurableFile.write([.init(file: file, large: bytes, small: FileSeal.of(bytes))])
            }
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
            guard try FileSeal.verify(url.path) else {
                throw ArchiveError.damaged(path: url.path, part: "the file", reason: "its end is missing")
            }
            return try StoredSnapshot(root, path: url.path, fileSize: fileSize).snapshot(path: url.path)
        }
    }
}

/// The values of a snapshot, kind by kind. Arrays of reals share their memory with the snapshot.
private struct PackedSnapshot {
    private var manifest = ""
    private var reals: [[Double]] = []
    private var integers: [Int64] = []
    private var texts: [UInt8] = []

    init(_ snapshot: Snapshot) { add(snapshot, "") }

    /// Bytes of all arrays.
    var byteCount: Int {
        manifest.utf8.count + 8 * (reals.reduce(0) { $0 + $1.count } + integers.count) + texts.count
    }

    private mutating func add(_ snapshot: Snapshot, _ prefix: String) {
        for (name, value) in snapshot.values.sorted(by: { $0.key < $1.key }) {
            precondition(!name.contains { $0 == "/" || $0.isNewline }, "a name with a slash or an end of line")
            switch value {
            case .reals(let values):
                manifest += "r \(values.count) \(prefix)\(name)\n"
                reals.append(values)
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

    func write(into root: HDF5Group) throws(HDF5Error) {
        try root.setAttribute("software", NetCDFRootView.software)
        try root.setAttribute("kind", SnapshotFile.kind)
        try root.setAttribute("format", SnapshotFile.format)
        for (name, bytes) in [("manifest", Array(manifest.utf8)), ("texts", texts)] {
            let array = try array(name, .byte, bytes.count, in: root)
            if !bytes.isEmpty { try array.write(bytes) }
        }
        let integers = try array("integers", .integer, self.integers.count, in: root)
        if !self.integers.isEmpty { try integers.write(self.integers) }
        try writeReals(into: array("reals", .real, reals.reduce(0) { $0 + $1.count }, in: root))
    }

    /// Writes large arrays from where they are, and small ones together, which are many.
    private func writeReals(into array: HDF5Dataset) throws(HDF5Error) {
        let many = 1 << 14
        var (place, waiting) = (0, [Double]())
        func write(_ values: [Double]) throws(HDF5Error) {
            guard !values.isEmpty else { return }
            let result = values.withUnsafeBufferPointer { buffer in
                Result { () throws(HDF5Error) in try array.write(buffer, from: place) }
            }
            try result.get()
            place += values.count
        }
        for values in reals {
            if values.count < many { waiting += values }
            if values.count >= many || waiting.count >= many {
                try write(waiting)
                waiting.removeAll(keepingCapacity: true)
            }
            if values.count >= many { try write(values) }
        }
        try write(waiting)
    }

    private func array(
        _ name: String, _ type: HDF5Type, _ count: Int, in root: HDF5Group
    ) throws(HDF5Error) -> HDF5Dataset {
        try HDF5Dataset(name, in: root, type: type, extent: [count], layout: .init(chunk: []))
    }
}

/// The arrays of a checkpoint.
private struct StoredSnapshot {
    private let manifest: String
    private let reals: [Double]
    private let integers: [Int64]
    private let texts: [UInt8]

    init(_ root: HDF5Group, path: String, fileSize: Int) throws {
        func array(_ name: String, _ type: HDF5Type) throws -> (HDF5Dataset, Int) {
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
        func bytes(_ name: String) throws -> [UInt8] {
            let (dataset, count) = try array(name, .byte)
            return count == 0 ? [] : try dataset.bytes(count: count)
        }
        let (reals, realCount) = try array("reals", .real)
        self.reals = realCount == 0 ? [] : try reals.reals(count: realCount)
        let (integers, integerCount) = try array("integers", .integer)
        self.integers = integerCount == 0 ? [] : try integers.integers(count: integerCount)
        texts = try bytes("texts")
        manifest = String(decoding: try bytes("manifest"), as: UTF8.self)
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
