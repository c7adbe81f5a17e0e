import Foundation

/// What is asked of a file's bytes before the library looks at an object: how the array is laid out.
///
/// Where a virtual array finds its sources is in the file's global heap, without a checksum, and the library reads it while it opens the array:
/// HDF5 1.10.8 then hangs, writes beyond its memory or ends the process when the heap is damaged. So such arrays are opened only in files that
/// have the seal of kac and are what it says.
final class HDF5RawFile {
    private let path: String
    private let descriptor: Int32
    private var bytesOfOffset = 8
    private var bytesOfLength = 8
    private lazy var isSealed = (try? FileSeal.verify(path)) ?? false

    /// Opens a file beside the library; nil when it cannot be read.
    init?(_ path: String) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let head = read(16, at: 0) else { return nil }
        // Source: HDF5 File Format Specification, version 3.0, section II.A.
        let isOld = head[8] < 2
        (bytesOfOffset, bytesOfLength) = (Int(head[isOld ? 13 : 9]), Int(head[isOld ? 14 : 10]))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Refuses an array that the library might not survive.
    ///
    /// - Parameter address: where its header is.
    func check(_ path: String, at address: UInt64) throws(HDF5Error) {
        guard let isVirtual = isVirtual(at: address) else {
            throw HDF5Error(
                operation: "reading the header", path: path, messages: ["kac: its header is not understood"])
        }
        guard !isVirtual || isSealed else {
            throw .unusable(
                path,
                "it is a virtual array, which shows other arrays; such are read in whole files of kac's alone: "
                    + "write its values into an array of its own")
        }
    }

    /// Whether the layout of the array at an address is the virtual one; nil when its header is none.
    private func isVirtual(at address: UInt64) -> Bool? {
        guard let start = Int(exactly: address), let head = read(16, at: start) else { return nil }
        var blocks: [(start: Int, count: Int)]
        let bytesOfMessage: Int
        let isOld = !head.starts(with: "OHDR".utf8)
        if isOld {
            guard head[0] == 1 else { return nil }
            blocks = [(start + 16, number(head[8..<12]))]
            bytesOfMessage = 8
        } else {
            let flags = head[5]
            var place = 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
            let width = 1 << Int(flags & 3)
            guard let size = read(width, at: start + place) else { return nil }
            place += width
            blocks = [(start + place, number(size[...]))]
            bytesOfMessage = flags & 4 == 0 ? 4 : 6
        }
        var isVirtual = false
        var (next, total) = (0, 0)
        while next < blocks.count {
            let block = blocks[next]
            next += 1
            total += block.count
            guard block.count >= 0, total <= 1 << 20, next <= 1000, let bytes = read(block.count, at: block.start)
            else {
                return nil
            }
            var place = 0
            while place + bytesOfMessage <= bytes.count {
                let kind = isOld ? number(bytes[place..<place + 2]) : Int(bytes[place])
                let length = number(isOld ? bytes[place + 2..<place + 4] : bytes[place + 1..<place + 3])
                let body = place + bytesOfMessage
                guard body + length <= bytes.count else { return nil }
                if kind == Self.layout, length >= 2, bytes[body] >= 3 { isVirtual = isVirtual || bytes[body + 1] == 3 }
                if kind == Self.continuation {
                    guard length >= bytesOfOffset + bytesOfLength else { return nil }
                    let middle = body + bytesOfOffset
                    var (start, count) = (
                        number(bytes[body..<middle]), number(bytes[middle..<middle + bytesOfLength])
                    )
                    // Later versions have a signature before and a checksum behind.
                    if !isOld { (start, count) = (start &+ 4, count &- 8) }
                    blocks.append((start, count))
                }
                place = body + length
            }
        }
        return isVirtual
    }

    /// Kinds of a header's messages.
    private static let (layout, continuation) = (0x08, 0x10)

    private func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(truncatingIfNeeded: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private func read(_ count: Int, at place: Int) -> [UInt8]? {
        guard count >= 0, place >= 0, count <= 1 << 20 else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return pread(descriptor, &bytes, count, off_t(place)) == count ? bytes : nil
    }
}
