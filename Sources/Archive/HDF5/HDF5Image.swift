import CHDF5
import Foundation

/// The bytes of a whole HDF5 file, built in memory.
///
/// The library never touches the disk while a file is made: it can neither hang, crash nor leave open files behind when
/// the disk is full, which it does when it meets the error itself. The image is at most about as large as the values.
///
/// The file's format is that of HDF5 1.10: it checksums all its metadata, stores large attributes, and is what virtual
/// datasets need. No times of objects are kept, so that equal contents make equal bytes.
struct HDF5Image: ~Copyable {
    private let buffer: Buffer
    private let count: Int

    /// Builds an image.
    ///
    /// - Parameters:
    ///   - path: the name of the file in error messages.
    ///   - expectedBytes: about how large the arrays are, so that the image is not moved while it grows.
    ///   - build: writes the file's contents into its root group, and keeps no group or dataset.
    /// - Throws: `HDF5Error`.
    init(
        path: String, expectedBytes: Int = 0, build: (HDF5Group) throws(HDF5Error) -> Void
    ) throws(HDF5Error) {
        let buffer = Buffer(expectedBytes: expectedBytes)
        let access = try HDF5Identifier("H5Pcreate", path, closingWith: H5Pclose) { H5Pcreate(H5P_FILE_ACCESS) }
        try HDF5.check("H5Pset_fapl_core", path) { H5Pset_fapl_core(access.value, Buffer.increment, false) }
        var callbacks = buffer.callbacks
        try HDF5.check("H5Pset_file_image_callbacks", path) { H5Pset_file_image_callbacks(access.value, &callbacks) }
        try HDF5.check("H5Pset_libver_bounds", path) {
            H5Pset_libver_bounds(access.value, H5F_LIBVER_V110, H5F_LIBVER_V110)
        }
        // Closing then fails while a group or dataset is open, instead of leaving the image unfinished.
        try HDF5.check("H5Pset_fclose_degree", path) { H5Pset_fclose_degree(access.value, H5F_CLOSE_SEMI) }
        let creation = try HDF5Identifier("H5Pcreate", path, closingWith: H5Pclose) { H5Pcreate(H5P_FILE_CREATE) }
        try HDF5.check("H5Pset_link_creation_order", path) {
            H5Pset_link_creation_order(creation.value, HDF5Group.creationOrder)
        }
        try HDF5.check("H5Pset_attr_creation_order", path) {
            H5Pset_attr_creation_order(creation.value, HDF5Group.creationOrder)
        }
        // Attributes in the object's header are under its checksum, those outside of it are not.
        try HDF5.check("H5Pset_attr_phase_change", path) { H5Pset_attr_phase_change(creation.value, 64, 32) }
        try HDF5.check("H5Pset_obj_track_times", path) { H5Pset_obj_track_times(creation.value, false) }

        // Under the name of a file that is there the library would first read all of that into memory, and it knows files that are
        // open by their names: one that no file can have, and no other path gives.
        let name = "/dev/null/\(path)"
        let file = try HDF5Identifier("H5Fcreate", path, closingWith: H5Fclose) {
            H5Fcreate(name, H5F_ACC_TRUNC, creation.value, access.value)
        }
        do {
            try build(HDF5Group(rootOf: file))
            try file.close()
        } catch {
            buffer.outliveTheLibrary()
            throw error
        }
        let head = UnsafeRawBufferPointer(start: buffer.start, count: min(buffer.count, HDF5Superblock.byteCount))
        guard let superblock = HDF5Superblock(head), superblock.fileSize <= buffer.count else {
            throw HDF5Error(operation: "H5Fclose", path: path, messages: ["kac: the file in memory was not finished"])
        }
        self.buffer = buffer
        self.count = superblock.fileSize
    }

    /// The file's bytes, for the time of the call.
    borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: buffer.start, count: count))
    }
}

/// The memory of an image, which the library grows through callbacks and leaves to us when it closes the file.
///
/// `H5Fget_file_image` is no way to get it: with HDF5 1.10 its copy has a superblock with a wrong checksum.
private final class Buffer {
    /// The library asks for memory in steps of this size.
    static let increment = 1 << 16

    private(set) var start: UnsafeMutableRawPointer?
    private(set) var count = 0
    /// Memory that is not used costs nothing: the system has not handed its pages out.
    private var capacity = 0
    private let expectedBytes: Int

    init(expectedBytes: Int) { self.expectedBytes = expectedBytes }

    /// The callbacks, valid as long as the buffer.
    var callbacks: H5FD_file_image_callbacks_t {
        H5FD_file_image_callbacks_t(
            image_malloc: { size, _, buffer in Buffer.of(buffer)?.resize(to: size) },
            image_memcpy: { destination, source, size, _, _ in
                guard let destination, let source else { return nil }
                return memcpy(destination, source, size)
            },
            image_realloc: { _, size, _, buffer in Buffer.of(buffer)?.resize(to: size) },
            image_free: { _, _, _ in 0 },
            udata_copy: { $0 },
            udata_free: { _ in 0 },
            udata: Unmanaged.passUnretained(self).toOpaque())
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> Buffer? {
        pointer.map { Unmanaged<Buffer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func resize(to size: Int) -> UnsafeMutableRawPointer? {
        if size > capacity {
            // Pages as a whole, which can be written past the system's cache.
            var larger: UnsafeMutableRawPointer?
            let wanted = max(2 * size, expectedBytes + 1 << 20)
            guard posix_memalign(&larger, DurableFile.page, wanted) == 0, let larger else { return nil }
            if let start { memcpy(larger, start, count) }
            free(start)
            (start, capacity) = (larger, wanted)
        }
        count = size
        return start
    }

    /// Never frees the memory: the library still holds a file that it could not close.
    func outliveTheLibrary() { _ = Unmanaged.passRetained(self) }

    deinit { free(start) }
}
