import CHDF5

/// Something in a file that has attributes: a group or a dataset.
protocol HDF5Object {
    /// The open handle.
    var identifier: HDF5Identifier { get }
    /// The path inside the file.
    var path: String { get }
}

extension HDF5Object {
    /// Where the object is in the file, which tells it from others whatever its names, and the bytes of its header and indexes.
    func place() throws(HDF5Error) -> (address: UInt64, bytes: Int) {
        var (address, bytes) = (UInt64(0), UInt64(0))
        try HDF5.check("H5Oget_info", path) { chdf5_object_place(identifier.value, &address, &bytes) }
        return (address, Int(clamping: bytes))
    }

    /// Writes a text attribute: a scalar of exactly as many bytes as the text (at least one), padded with zero bytes.
    ///
    /// Texts above 64 KiB are stored outside the object's header, which the file's format version allows.
    func setAttribute(_ name: String, _ text: String) throws(HDF5Error) {
        let type = HDF5Type(holding: [text])
        try setAttribute(name, type: type, bytes: text.isEmpty ? [0] : Array(text.utf8))
    }

    /// Writes a real scalar attribute.
    func setAttribute(_ name: String, _ value: Double) throws(HDF5Error) {
        try setAttribute(name, type: .real, bytes: withUnsafeBytes(of: value) { Array($0) })
    }

    /// Writes an integer scalar attribute.
    func setAttribute(_ name: String, _ value: Int64) throws(HDF5Error) {
        try setAttribute(name, type: .integer, bytes: withUnsafeBytes(of: value) { Array($0) })
    }

    /// A text attribute, or nil when there is no such attribute.
    ///
    /// - Throws: `HDF5Error` also when the attribute is there and is no text of UTF-8 characters.
    func text(attribute name: String) throws(HDF5Error) -> String? {
        guard let bytes = try bytes(attribute: name, isWanted: { if case .text = $0 { true } else { false } }) else {
            return nil
        }
        guard let text = HDF5Text.decode(bytes) else { throw wrong(attribute: name, "is not UTF-8 text") }
        return text
    }

    /// A real attribute, or nil when there is no such attribute.
    func real(attribute name: String) throws(HDF5Error) -> Double? {
        guard let bytes = try bytes(attribute: name, isWanted: { $0 == .real }) else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
    }

    /// An integer attribute, or nil when there is no such attribute.
    func integer(attribute name: String) throws(HDF5Error) -> Int64? {
        guard let bytes = try bytes(attribute: name, isWanted: { $0 == .integer }) else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    }

    /// Writes a 32-bit integer scalar attribute.
    func setAttribute(_ name: String, integer value: Int32) throws(HDF5Error) {
        try setAttribute(name, type: .integer32, bytes: withUnsafeBytes(of: value) { Array($0) })
    }

    /// Writes an unsigned 32-bit integer scalar attribute.
    func setAttribute(_ name: String, unsigned value: UInt32) throws(HDF5Error) {
        try setAttribute(name, type: .unsigned32, bytes: withUnsafeBytes(of: value) { Array($0) })
    }

    /// Writes an attribute of 32-bit integers, an array even when it is one.
    func setAttribute(_ name: String, integers values: [Int32]) throws(HDF5Error) {
        try setAttribute(name, type: .integer32, count: values.count, bytes: values.withUnsafeBytes { Array($0) })
    }

    /// Writes an attribute of unsigned 64-bit integers, an array even when it is one.
    func setAttribute(_ name: String, unsigned values: [UInt64]) throws(HDF5Error) {
        try setAttribute(name, type: .unsigned, count: values.count, bytes: values.withUnsafeBytes { Array($0) })
    }

    /// Writes an attribute of reals, an array even when it is one.
    func setAttribute(_ name: String, reals values: [Double]) throws(HDF5Error) {
        try setAttribute(name, type: .real, count: values.count, bytes: values.withUnsafeBytes { Array($0) })
    }

    /// Writes an attribute of texts of one length, an array even when it is one.
    func setAttribute(_ name: String, texts: [String]) throws(HDF5Error) {
        let type = HDF5Type(holding: texts)
        try setAttribute(name, type: type, count: texts.count, bytes: HDF5Text.encode(texts, size: type.size))
    }

    /// - Parameter count: the elements of an array; `nil` for a scalar.
    private func setAttribute(
        _ name: String, type: HDF5Type, count: Int? = nil, bytes: [UInt8]
    ) throws(HDF5Error) {
        let object = "\(path)@\(name)"
        let stored = try type.stored(for: object)
        let native = try type.native(for: object)
        let space = try HDF5Identifier("H5Screate", object, closingWith: H5Sclose) {
            guard let count else { return H5Screate(H5S_SCALAR) }
            return H5Screate_simple(1, [hsize_t(count)], nil)
        }
        let attribute = try HDF5Identifier("H5Acreate2", object, closingWith: H5Aclose) {
            H5Acreate2(identifier.value, name, stored.value, space.value, HDF5.defaults, HDF5.defaults)
        }
        try HDF5.check("H5Awrite", object) {
            bytes.withUnsafeBytes { H5Awrite(attribute.value, native.value, $0.baseAddress) }
        }
        try attribute.close()
    }

    /// The native bytes of an attribute with one value.
    private func bytes(attribute name: String, isWanted: (HDF5Type) -> Bool) throws(HDF5Error) -> [UInt8]? {
        let object = "\(path)@\(name)"
        guard try HDF5.check("H5Aexists", object, { H5Aexists(identifier.value, name) }) > 0 else { return nil }
        let attribute = try HDF5Identifier("H5Aopen", object, closingWith: H5Aclose) {
            H5Aopen(identifier.value, name, HDF5.defaults)
        }
        let stored = try HDF5Identifier("H5Aget_type", object, closingWith: H5Tclose) { H5Aget_type(attribute.value) }
        let space = try HDF5Identifier("H5Aget_space", object, closingWith: H5Sclose) { H5Aget_space(attribute.value) }
        let count = try HDF5.check("H5Sget_simple_extent_npoints", object) {
            H5Sget_simple_extent_npoints(space.value)
        }
        guard count == 1, let type = try HDF5Type(found: stored, for: object), isWanted(type) else {
            throw wrong(attribute: name, "is not of the kind that a run file has there")
        }
        let native = try type.native(for: object)
        var bytes = [UInt8](repeating: 0, count: type.size)
        try HDF5.check("H5Aread", object) {
            bytes.withUnsafeMutableBytes { H5Aread(attribute.value, native.value, $0.baseAddress) }
        }
        return bytes
    }

    private func wrong(attribute name: String, _ reason: String) -> HDF5Error {
        HDF5Error(
            operation: "reading an attribute", path: "\(path)@\(name)", messages: ["kac: the attribute \(reason)"])
    }
}
