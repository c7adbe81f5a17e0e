import CHDF5

/// A group of a file. Groups keep the order in which their members were made.
struct HDF5Group: HDF5Object {
    let identifier: HDF5Identifier
    let path: String

    /// Keep and index the order of creation.
    static let creationOrder = UInt32(H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED)

    /// The root group of an open file.
    init(rootOf file: HDF5Identifier) throws(HDF5Error) {
        self.path = "/"
        self.identifier = try HDF5Identifier("H5Gopen2", "/", closingWith: H5Gclose) {
            H5Gopen2(file.value, "/", HDF5.defaults)
        }
    }

    private init(identifier: HDF5Identifier, path: String) {
        self.identifier = identifier
        self.path = path
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
        return HDF5Group(identifier: made, path: path)
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
        let object = try HDF5Identifier("H5Oopen", path, closingWith: H5Oclose) {
            H5Oopen(identifier.value, name, HDF5.defaults)
        }
        var kind = H5I_BADID
        try HDF5.check("H5Iget_type", path) {
            kind = H5Iget_type(object.value)
            return kind.rawValue
        }
        switch kind {
        case H5I_GROUP: return .group(HDF5Group(identifier: object, path: path))
        case H5I_DATASET: return .dataset(HDF5Dataset(identifier: object, path: path))
        default: return .other
        }
    }

    /// The array at a path inside the file.
    func dataset(at path: String) throws(HDF5Error) -> HDF5Dataset {
        HDF5Dataset(
            identifier: try HDF5Identifier("H5Dopen2", path, closingWith: H5Dclose) {
                H5Dopen2(identifier.value, path, HDF5.defaults)
            }, path: path)
    }
}
