import CHDF5

/// An array in a file, the last axis fastest.
struct HDF5Dataset: HDF5Object {
    let identifier: HDF5Identifier
    let path: String

    /// How an array is laid out in the file: in chunks, each with a Fletcher-32 checksum, or in one piece.
    struct Layout {
        /// Elements of a chunk along each axis; none for an array in one piece, such as one without values.
        var chunk: [Int]
        /// The level of shuffle and deflate; 0 for neither.
        var deflation = 0
        /// The first axis may grow.
        var isExtensible = false
    }

    /// The dataset of an open handle.
    init(identifier: HDF5Identifier, path: String) {
        self.identifier = identifier
        self.path = path
    }

    /// Makes an array in a group.
    ///
    /// - Precondition: no axis of a chunk is empty.
    init(_ name: String, in group: HDF5Group, type: HDF5Type, extent: [Int], layout: Layout) throws(HDF5Error) {
        let path = group.path(of: name)
        var limits = extent.map { hsize_t($0) }
        if layout.isExtensible { limits[0] = H5S_UNLIMITED }
        let properties = try Self.creationProperties(path)
        if !layout.chunk.isEmpty { try Self.set(layout, in: properties, path) }
        try self.init(name, in: group, type: type, extent: extent, limits: limits, properties: properties)
    }

    private static func set(_ layout: Layout, in properties: HDF5Identifier, _ path: String) throws(HDF5Error) {
        let chunk = layout.chunk.map { hsize_t($0) }
        try HDF5.check("H5Pset_chunk", path) { H5Pset_chunk(properties.value, Int32(chunk.count), chunk) }
        if layout.deflation > 0 {
            try HDF5.check("H5Pset_shuffle", path) { H5Pset_shuffle(properties.value) }
            try HDF5.check("H5Pset_deflate", path) { H5Pset_deflate(properties.value, UInt32(layout.deflation)) }
        }
        try HDF5.check("H5Pset_fletcher32", path) { H5Pset_fletcher32(properties.value) }
    }

    /// How arrays of a run file are made: attributes in their order, no times.
    static func creationProperties(_ path: String) throws(HDF5Error) -> HDF5Identifier {
        let properties = try HDF5Identifier("H5Pcreate", path, closingWith: H5Pclose) { H5Pcreate(H5P_DATASET_CREATE) }
        try HDF5.check("H5Pset_attr_creation_order", path) {
            H5Pset_attr_creation_order(properties.value, HDF5Group.creationOrder)
        }
        try HDF5.check("H5Pset_obj_track_times", path) { H5Pset_obj_track_times(properties.value, false) }
        return properties
    }

    /// Makes an array with the given properties, which cannot grow beyond `limits`, or at all.
    init(
        _ name: String, in group: HDF5Group, type: HDF5Type, extent: [Int], limits: [hsize_t]?,
        properties: HDF5Identifier
    ) throws(HDF5Error) {
        let path = group.path(of: name)
        let stored = try type.stored(for: path)
        let sizes = extent.map { hsize_t($0) }
        let space = try HDF5Identifier("H5Screate_simple", path, closingWith: H5Sclose) {
            H5Screate_simple(Int32(sizes.count), sizes, limits)
        }
        self.identifier = try HDF5Identifier("H5Dcreate2", path, closingWith: H5Dclose) {
            H5Dcreate2(
                group.identifier.value, name, stored.value, space.value, HDF5.defaults, properties.value, HDF5.defaults)
        }
        self.path = path
    }

    // MARK: Values

    /// Writes all values.
    func write(_ values: [Double]) throws(HDF5Error) {
        try transfer("H5Dwrite", type: .real, row: nil) { dataset, memory, file, native in
            values.withUnsafeBytes { H5Dwrite(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
    }

    /// Writes all values.
    func write(_ values: [Int64]) throws(HDF5Error) {
        try transfer("H5Dwrite", type: .integer, row: nil) { dataset, memory, file, native in
            values.withUnsafeBytes { H5Dwrite(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
    }

    /// Writes all values.
    func write(_ values: [UInt64]) throws(HDF5Error) {
        try transfer("H5Dwrite", type: .unsigned, row: nil) { dataset, memory, file, native in
            values.withUnsafeBytes { H5Dwrite(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
    }

    /// Writes all bytes.
    func write(_ bytes: [UInt8]) throws(HDF5Error) {
        try transfer("H5Dwrite", type: .byte, row: nil) { dataset, memory, file, native in
            bytes.withUnsafeBytes { H5Dwrite(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
    }

    /// Writes all texts, in the dataset's own type.
    func write(_ texts: [String], type: HDF5Type) throws(HDF5Error) {
        let bytes = HDF5Text.encode(texts, size: type.size)
        try transfer("H5Dwrite", type: type, row: nil) { dataset, memory, file, native in
            bytes.withUnsafeBytes { H5Dwrite(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
    }

    /// Writes the values of one index of the first axis.
    func write(_ values: [Double], row: Int) throws(HDF5Error) {
        try transfer("H5Dwrite", type: .real, row: row) { dataset, memory, file, native in
            values.withUnsafeBytes { H5Dwrite(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
    }

    /// Reads `count` reals: all, or those of one index of the first axis.
    ///
    /// - Precondition: `count` is the number of elements of what is read.
    func reals(count: Int, row: Int? = nil) throws(HDF5Error) -> [Double] {
        var values = [Double](repeating: 0, count: count)
        try transfer("H5Dread", type: .real, row: row) { dataset, memory, file, native in
            values.withUnsafeMutableBytes { H5Dread(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
        return values
    }

    /// Reads all `count` integers.
    func integers(count: Int) throws(HDF5Error) -> [Int64] {
        var values = [Int64](repeating: 0, count: count)
        try transfer("H5Dread", type: .integer, row: nil) { dataset, memory, file, native in
            values.withUnsafeMutableBytes { H5Dread(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
        return values
    }

    /// Reads all `count` bytes.
    func bytes(count: Int) throws(HDF5Error) -> [UInt8] {
        var values = [UInt8](repeating: 0, count: count)
        try transfer("H5Dread", type: .byte, row: nil) { dataset, memory, file, native in
            values.withUnsafeMutableBytes { H5Dread(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
        return values
    }

    /// Reads all `count` texts of the dataset's own type.
    func texts(count: Int, type: HDF5Type) throws(HDF5Error) -> [String] {
        var bytes = [UInt8](repeating: 0, count: count * type.size)
        try transfer("H5Dread", type: type, row: nil) { dataset, memory, file, native in
            bytes.withUnsafeMutableBytes { H5Dread(dataset, native, memory, file, HDF5.defaults, $0.baseAddress) }
        }
        var texts: [String] = []
        texts.reserveCapacity(count)
        for start in stride(from: 0, to: bytes.count, by: type.size) {
            guard let text = HDF5Text.decode(bytes[start..<(start + type.size)]) else {
                throw HDF5Error(operation: "reading texts", path: path, messages: ["kac: a text is not UTF-8"])
            }
            texts.append(text)
        }
        return texts
    }

    /// Selects all or one row in memory and file, and hands (dataset, memory space, file space, memory type) to a call.
    private func transfer(
        _ operation: String, type: HDF5Type, row: Int?, _ call: (hid_t, hid_t, hid_t, hid_t) -> herr_t
    ) throws(HDF5Error) {
        let native = try type.native(for: path)
        guard let row else {
            try HDF5.check(operation, path) { call(identifier.value, hid_t(H5S_ALL), hid_t(H5S_ALL), native.value) }
            return
        }
        let space = try self.space()
        var count = try extent(of: space).map { hsize_t($0) }
        var start = count.map { _ in hsize_t(0) }
        start[0] = hsize_t(row)
        count[0] = 1
        try HDF5.check("H5Sselect_hyperslab", path) {
            H5Sselect_hyperslab(space.value, H5S_SELECT_SET, start, nil, count, nil)
        }
        let memory = try HDF5Identifier("H5Screate_simple", path, closingWith: H5Sclose) {
            H5Screate_simple(Int32(count.count), count, nil)
        }
        try HDF5.check(operation, path) { call(identifier.value, memory.value, space.value, native.value) }
    }

    // MARK: Shape and storage

    /// Elements along each axis.
    func extent() throws(HDF5Error) -> [Int] { try extent(of: space()) }

    /// Whether the first axis may grow.
    func isExtensible() throws(HDF5Error) -> Bool {
        let space = try self.space()
        let rank = try HDF5.check("H5Sget_simple_extent_ndims", path) { H5Sget_simple_extent_ndims(space.value) }
        var limits = [hsize_t](repeating: 0, count: Int(rank))
        try HDF5.check("H5Sget_simple_extent_dims", path) { H5Sget_simple_extent_dims(space.value, nil, &limits) }
        return limits.first == H5S_UNLIMITED
    }

    /// The kind of the values; nil when a run file has no such values.
    func type() throws(HDF5Error) -> HDF5Type? {
        let stored = try HDF5Identifier("H5Dget_type", path, closingWith: H5Tclose) { H5Dget_type(identifier.value) }
        return try HDF5Type(found: stored, for: path)
    }

    /// Refuses values that are no numbers.
    func requireNumbers() throws(HDF5Error) {
        let stored = try HDF5Identifier("H5Dget_type", path, closingWith: H5Tclose) { H5Dget_type(identifier.value) }
        var kind = H5T_NO_CLASS
        try HDF5.check("H5Tget_class", path) {
            kind = H5Tget_class(stored.value)
            return kind.rawValue
        }
        switch kind {
        case H5T_INTEGER, H5T_FLOAT, H5T_ENUM: return
        case H5T_STRING: throw .unusable(path, "it holds texts, expected numbers")
        case H5T_COMPOUND: throw .unusable(path, "it holds records, such as complex numbers are, expected numbers")
        default: throw .unusable(path, "it holds values of another kind than numbers")
        }
    }

    /// Bytes of a value in the file, of whatever kind.
    func bytesOfElement() throws(HDF5Error) -> Int {
        let stored = try HDF5Identifier("H5Dget_type", path, closingWith: H5Tclose) { H5Dget_type(identifier.value) }
        return Int(clamping: try HDF5.check("H5Tget_size", path) { H5Tget_size(stored.value) })
    }

    /// Bytes that the values take in the file.
    func storedBytes() throws(HDF5Error) -> Int {
        Int(clamping: try HDF5.check("H5Dget_storage_size", path) { H5Dget_storage_size(identifier.value) })
    }

    /// Where the values are: elements of a chunk along each axis, empty when they are in one piece; nil when they
    /// are elsewhere, in other datasets or in other files.
    func chunk() throws(HDF5Error) -> [Int]? {
        let properties = try HDF5Identifier("H5Dget_create_plist", path, closingWith: H5Pclose) {
            H5Dget_create_plist(identifier.value)
        }
        guard try HDF5.check("H5Pget_external_count", path, { H5Pget_external_count(properties.value) }) == 0 else {
            return nil
        }
        var layout = H5D_LAYOUT_ERROR
        try HDF5.check("H5Pget_layout", path) {
            layout = H5Pget_layout(properties.value)
            return layout.rawValue
        }
        switch layout {
        case H5D_COMPACT, H5D_CONTIGUOUS: return []
        case H5D_CHUNKED:
            var chunk = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
            let rank = try HDF5.check("H5Pget_chunk", path) {
                H5Pget_chunk(properties.value, Int32(H5S_MAX_RANK), &chunk)
            }
            return chunk.prefix(Int(rank)).map { Int(clamping: $0) }
        default: return nil
        }
    }

    private func space() throws(HDF5Error) -> HDF5Identifier {
        try HDF5Identifier("H5Dget_space", path, closingWith: H5Sclose) { H5Dget_space(identifier.value) }
    }

    private func extent(of space: HDF5Identifier) throws(HDF5Error) -> [Int] {
        let rank = try HDF5.check("H5Sget_simple_extent_ndims", path) { H5Sget_simple_extent_ndims(space.value) }
        var sizes = [hsize_t](repeating: 0, count: Int(rank))
        try HDF5.check("H5Sget_simple_extent_dims", path) { H5Sget_simple_extent_dims(space.value, &sizes, nil) }
        return sizes.map { Int(clamping: $0) }
    }
}
