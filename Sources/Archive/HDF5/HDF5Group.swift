import CHDF5

/// A group of a file. Groups keep the order in which their members were made.
struct HDF5Group: HDF5Object {
    let identifier: HDF5Identifier
    let path: String
    /// The file on disk, unless the file is being built.
    private let bytes: HDF5RawFile?

    /// Keep and index the order of creation.
    static let creationOrder = UInt32(H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED)

    /// The root group of an open file.
    init(rootOf file: HDF5Identifier, bytes: HDF5RawFile? = nil) throws(HDF5Error) {
        self.path = "/"
        self.bytes = bytes
        self.identifier = try HDF5Identifier("H5Gopen2", "/", closingWith: H5Gclose) {
            H5Gopen2(file.value, "/", HDF5.defaults)
        }
    }

    private init(identifier: HDF5Identifier, path: String, bytes: HDF5RawFile?) {
        self.identifier = identifier
        self.path = path
        self.bytes = bytes
    }

    /// The path of a member.
    func path(of name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

    /// Makes a group in this one.
    func createGroup(_ name: String) throws(HDF5Error) -> HDF5Group {
        let path = path(of: name)
        let properties = try HDF5Identifier("H5Pcreate", path, closingWith: H5Pclose) { H5Pcreate(H5P_GROUP_CREATE) }
        try HDF5.check("H5Pset_link_creation_order", path) {
            H5Pset_link_creation_order(properties.value, Self.creationOrder)
        }
        try HDF5.check("H5Pset_obj_track_times", path) { H5Pset_obj_track_times(properties.value, false) }
        let made = try HDF5Identifier("H5Gcreate2", path, closingWith: H5Gclose) {
            H5Gcreate2(identifier.value, name, HDF5.defaults, properties.value, HDF5.defaults)
        }
        return HDF5Group(identifier: made, path: path, bytes: bytes)
    }

    /// Gives an object of the file another name, in this group.
    func link(_ name: String, to target: String) throws(HDF5Error) {
        try HDF5.check("H5Lcreate_hard", path(of: name)) {
            H5Lcreate_hard(identifier.value, target, identifier.value, name, HDF5.defaults, HDF5.defaults)
        }
    }

    /// Makes a name for an object of another file.
    func link(_ name: String, to target: String, inFile file: String) throws(HDF5Error) {
        try HDF5.check("H5Lcreate_external", path(of: name)) {
            H5Lcreate_external(file, target, identifier.value, name, HDF5.defaults, HDF5.defaults)
        }
    }

    /// The names of the members that are stored in this very file, in the order of creation.
    ///
    /// Soft and external links are left out: following them could leave the file or go round in circles.
    func memberNames() throws(HDF5Error) -> [String] {
        var facts = H5G_info_t()
        try HDF5.check("H5Gget_info", path) { H5Gget_info(identifier.value, &facts) }
        var creation = UInt32(0)
        let properties = try HDF5Identifier("H5Gget_create_plist", path, closingWith: H5Pclose) {
            H5Gget_create_plist(identifier.value)
        }
        try HDF5.check("H5Pget_link_creation_order", path) { H5Pget_link_creation_order(properties.value, &creation) }
        let isOrdered = creation & UInt32(H5P_CRT_ORDER_INDEXED) != 0
        let index = isOrdered ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME
        var names: [String] = []
        for position in 0..<facts.nlinks {
            var link = H5L_info_t()
            try HDF5.check("H5Lget_info_by_idx", path) {
                H5Lget_info_by_idx(identifier.value, ".", index, H5_ITER_INC, position, &link, HDF5.defaults)
            }
            guard link.type == H5L_TYPE_HARD else { continue }
            let length = try HDF5.check("H5Lget_name_by_idx", path) {
                H5Lget_name_by_idx(identifier.value, ".", index, H5_ITER_INC, position, nil, 0, HDF5.defaults)
            }
            var bytes = [CChar](repeating: 0, count: length + 1)
            try HDF5.check("H5Lget_name_by_idx", path) {
                H5Lget_name_by_idx(
                    identifier.value, ".", index, H5_ITER_INC, position, &bytes, length + 1, HDF5.defaults)
            }
            names.append(String(decoding: bytes.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return names
    }

    /// What a member is.
    enum Member {
        /// A group.
        case group(HDF5Group)
        /// A dataset.
        case dataset(HDF5Dataset)
        /// Neither of the two.
        case other
    }

    /// Opens a member that `memberNames` lists.
    func member(_ name: String) throws(HDF5Error) -> Member {
        let path = path(of: name)
        _ = try kind(of: name, path)
        let object = try HDF5Identifier("H5Oopen", path, closingWith: H5Oclose) {
            H5Oopen(identifier.value, name, HDF5.defaults)
        }
        var kind = H5I_BADID
        try HDF5.check("H5Iget_type", path) {
            kind = H5Iget_type(object.value)
            return kind.rawValue
        }
        switch kind {
        case H5I_GROUP: return .group(HDF5Group(identifier: object, path: path, bytes: bytes))
        case H5I_DATASET: return .dataset(HDF5Dataset(identifier: object, path: path))
        default: return .other
        }
    }

    /// Opens a member, unless it is one that cannot be used as it is.
    func memberIfUsable(_ name: String) throws(HDF5Error) -> Member? {
        do {
            return try member(name)
        } catch {
            if error.isOfTheQuestion { return nil }
            throw error
        }
    }

    /// Looks at an object without opening it.
    ///
    /// - Throws: `HDF5Error` for one in another file, or one that the library might not survive.
    private func kind(of name: String, _ path: String) throws(HDF5Error) -> H5O_type_t {
        var (own, file, address, kind) = (UInt64(0), UInt64(0), UInt64(0), Int32(0))
        try HDF5.check("H5Oget_info", self.path) { chdf5_object_facts(identifier.value, ".", &own, &address, &kind) }
        try HDF5.check("H5Oget_info", path) { chdf5_object_facts(identifier.value, name, &file, &address, &kind) }
        guard let bytes else { return H5O_type_t(kind) }
        guard file == own else { throw .unusable(path, "it is in another file, by a link: name that file") }
        if kind == H5O_TYPE_DATASET.rawValue { try bytes.check(path, at: address) }
        return H5O_type_t(kind)
    }

    /// The array at a path inside the file.
    ///
    /// - Throws: `HDF5Error`, which says what there is where the path leads to nothing or to something else.
    func dataset(at path: String) throws(HDF5Error) -> HDF5Dataset {
        let names = path.split(separator: "/").map(String.init)
        var kind = H5O_TYPE_GROUP
        for count in 1..<(names.count + 1) {
            let place = names.prefix(count).joined(separator: "/")
            let before = names.prefix(count - 1).joined(separator: "/")
            guard kind == H5O_TYPE_GROUP else { throw .unusable(path, "/\(before) is no group") }
            guard try HDF5.check("H5Lexists", path, { H5Lexists(identifier.value, place, HDF5.defaults) }) > 0 else {
                throw .unusable(path, "there is no /\(place); \(try inventory(before))")
            }
            let leads = try? HDF5.check("H5Oexists_by_name", path) {
                H5Oexists_by_name(identifier.value, place, HDF5.defaults)
            }
            guard let leads, leads > 0 else {
                throw .unusable(path, "/\(place) is a link to something that is not there")
            }
            kind = try self.kind(of: place, path)
        }
        guard kind == H5O_TYPE_DATASET else {
            throw .unusable(
                path,
                kind == H5O_TYPE_GROUP
                    ? "it is no array but a group; \(try inventory(names.joined(separator: "/")))" : "it is no array")
        }
        let place = names.joined(separator: "/")
        return HDF5Dataset(
            identifier: try HDF5Identifier("H5Dopen2", path, closingWith: H5Dclose) {
                H5Dopen2(identifier.value, place, HDF5.defaults)
            }, path: path)
    }

    /// What a group of this one has, in words.
    private func inventory(_ place: String) throws(HDF5Error) -> String {
        var group = self
        if !place.isEmpty {
            let opened = try HDF5Identifier("H5Gopen2", "/\(place)", closingWith: H5Gclose) {
                H5Gopen2(identifier.value, place, HDF5.defaults)
            }
            group = HDF5Group(identifier: opened, path: "/\(place)", bytes: bytes)
        }
        let names = try group.memberNames()
        return "\(group.path) has \(names.isEmpty ? "nothing" : names.joined(separator: ", "))"
    }
}
