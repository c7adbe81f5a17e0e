import Chaos
import Foundation
import Synchronization

/// The measurements of a study as they are made, one ensemble a line, so that a study that is stopped or extended computes only what is missing.
///
/// The name holds a hash of everything that the measurements depend on but `N` and the replicate: another experiment has another file. A line
/// ends with a word of its own; one that was cut off is passed over.
final class SampleFile: Sendable {
    private static let mark = "end"

    /// The file.
    let path: String
    /// The measurements that it held when it was opened.
    let samples: [StudySample]
    private let handle: Mutex<FileHandle>

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - key: everything that the measurements depend on.
    ///   - names: of the values of a line.
    /// - Throws: `StudyError`.
    init(folder: URL, key: String, names: [String]) throws {
        let url = folder.appendingPathComponent("samples-\(Self.hash(key)).tsv")
        path = url.path
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw StudyError.notWritable(file: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StudyError.occupied(file: path)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let data = (try? file.readToEnd()) ?? Data()
        samples = Self.parse(String(decoding: data, as: UTF8.self), valueCount: names.count)
        if data.isEmpty {
            try file.write(contentsOf: Data("# n_experts\treplicate\t\(names.joined(separator: "\t"))\n".utf8))
        } else if data.last != 0x0A {
            try file.write(contentsOf: Data("\n".utf8))
        }
        handle = Mutex(file)
    }

    /// Adds a measurement.
    ///
    /// - Throws: what writing throws.
    func append(_ sample: StudySample) throws {
        // The shortest text that is read back as the same number.
        let words = ["\(sample.count)", "\(sample.replicate)"] + sample.values.map { "\($0)" } + [Self.mark]
        try handle.withLock { try $0.write(contentsOf: Data((words.joined(separator: "\t") + "\n").utf8)) }
    }

    private static func parse(_ text: String, valueCount: Int) -> [StudySample] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: "\t")
            guard words.count == valueCount + 3, words.last ?? "" == mark, let count = Int(words[0]),
                let replicate = Int(words[1])
            else { return nil }
            let values = words[2..<words.count - 1].compactMap { Double($0) }
            return values.count == valueCount
                ? StudySample(count: count, replicate: replicate, values: values) : nil
        }
    }

    /// The hash FNV-1a of 64 bits, in hexadecimal digits.
    static func hash(_ text: String) -> String {
        let value = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
