import CHDF5

/// A handle of the library that closes with its last owner.
final class HDF5Identifier {
    /// The library's number of the handle.
    let value: hid_t
    private let operation: String
    private let path: String
    private let release: (hid_t) -> herr_t
    private var isOpen = true

    /// Opens or creates something.
    ///
    /// - Parameters:
    ///   - operation: the library's name of `open`.
    ///   - path: the object that the handle is for.
    ///   - release: the library's function that closes such a handle.
    ///   - open: the call that returns the handle.
    init(
        _ operation: String, _ path: String, closingWith release: @escaping (hid_t) -> herr_t, open: () -> hid_t
    ) throws(HDF5Error) {
        self.value = try HDF5.check(operation, path, open)
        self.operation = operation
        self.path = path
        self.release = release
    }

    /// Closes the handle early, where a failure matters. A handle that does not close is given up: the library may
    /// have freed half of it, so that a second try is not safe.
    func close() throws(HDF5Error) {
        guard isOpen else { return }
        isOpen = false
        try HDF5.check("closing after \(operation)", path) { release(value) }
    }

    deinit {
        if isOpen { HDF5.callIgnoringErrors { release(value) } }
    }
}
