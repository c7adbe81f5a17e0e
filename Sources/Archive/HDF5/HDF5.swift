import CHDF5
import Foundation

/// The door to the HDF5 library: every call passes here.
///
/// Debian's libhdf5 is not thread-safe, its error stack is global: one lock of the process covers a call together with
/// the reading of its errors. The library prints nothing, and does nothing at the end of the process: a file that
/// could not be closed then neither hangs nor talks.
enum HDF5 {
    private static let lock = NSRecursiveLock()

    private static let isReady: Bool = {
        // Fails only when the library was told so before.
        _ = H5dont_atexit()
        return H5open() >= 0 && H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil) >= 0
    }()

    /// The default property list.
    static let defaults = hid_t(H5P_DEFAULT)

    /// Calls the library under the lock and checks what it returns: a negative code is an error.
    ///
    /// - Parameters:
    ///   - operation: the library's name of the call.
    ///   - path: the object that the call is about.
    /// - Throws: `HDF5Error` with the library's error stack.
    @discardableResult
    static func check<Code: FixedWidthInteger>(
        _ operation: String, _ path: String, _ call: () -> Code
    ) throws(HDF5Error) -> Code {
        lock.lock()
        defer { lock.unlock() }
        guard isReady else { throw HDF5Error(operation: "H5open", path: path, messages: []) }
        let code = call()
        guard code >= 0 else { throw HDF5Error(operation: operation, path: path, messages: errorStack()) }
        return code
    }

    /// Calls the library under the lock where no error can be reported, as when a handle dies.
    static func callIgnoringErrors(_ call: () -> herr_t) {
        lock.lock()
        defer { lock.unlock() }
        if isReady { _ = call() }
    }

    /// The messages of the library's error stack, the outermost call first.
    private static func errorStack() -> [String] {
        var messages: [String] = []
        withUnsafeMutablePointer(to: &messages) { messages in
            _ = H5Ewalk2(
                hid_t(H5E_DEFAULT), H5E_WALK_DOWNWARD,
                { _, entry, messages in
                    guard let entry, let messages else { return 0 }
                    let text = entry.pointee.desc.map { String(cString: $0) } ?? ""
                    let function = entry.pointee.func_name.map { String(cString: $0) } ?? ""
                    messages.assumingMemoryBound(to: [String].self).pointee.append("\(function): \(text)")
                    return 0
                }, messages)
        }
        _ = H5Eclear2(hid_t(H5E_DEFAULT))
        return messages
    }
}
