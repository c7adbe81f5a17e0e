import CHDF5

/// The kinds of values in a run file.
enum HDF5Type: Equatable {
    /// `IEEE_F64LE`.
    case real
    /// `STD_I64LE`.
    case integer
    /// `STD_U64LE`, in views that ask for it.
    case unsigned
    /// `STD_I32LE`, in attributes of views that ask for it.
    case integer32
    /// `STD_U32LE`, in attributes of views that ask for it.
    case unsigned32
    /// `STD_U8LE`, the bytes of a file.
    case byte
    /// Text of a fixed number of bytes, padded with zero bytes; ASCII, or UTF-8 when a character needs it.
    ///
    /// Variable-length and null-terminated texts break some reader. UTF-8 of a fixed length is read by h5py, h5netcdf
    /// and netCDF4 alike; everything that is ASCII is marked ASCII, for the readers that know nothing else.
    case text(bytes: Int, isASCII: Bool)

    /// The type that holds every one of the texts.
    init(holding texts: [String]) {
        self = .text(
            bytes: max(1, texts.reduce(0) { max($0, $1.utf8.count) }),
            isASCII: texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
    }

    /// The type as it is stored.
    func stored(for path: String) throws(HDF5Error) -> HDF5Identifier {
        switch self {
        case .real: return try copy(path) { H5T_IEEE_F64LE }
        case .integer: return try copy(path) { H5T_STD_I64LE }
        case .unsigned: return try copy(path) { H5T_STD_U64LE }
        case .integer32: return try copy(path) { H5T_STD_I32LE }
        case .unsigned32: return try copy(path) { H5T_STD_U32LE }
        case .byte: return try copy(path) { H5T_STD_U8LE }
        case .text(let bytes, let isASCII):
            let type = try copy(path) { H5T_C_S1 }
            try HDF5.check("H5Tset_size", path) { H5Tset_size(type.value, bytes) }
            try HDF5.check("H5Tset_strpad", path) { H5Tset_strpad(type.value, H5T_STR_NULLPAD) }
            try HDF5.check("H5Tset_cset", path) {
                H5Tset_cset(type.value, isASCII ? H5T_CSET_ASCII : H5T_CSET_UTF8)
            }
            return type
        }
    }

    /// The type as it is in this machine's memory.
    func native(for path: String) throws(HDF5Error) -> HDF5Identifier {
        switch self {
        case .real: try copy(path) { H5T_NATIVE_DOUBLE }
        case .integer: try copy(path) { H5T_NATIVE_INT64 }
        case .unsigned: try copy(path) { H5T_NATIVE_UINT64 }
        case .integer32: try copy(path) { H5T_NATIVE_INT32 }
        case .unsigned32: try copy(path) { H5T_NATIVE_UINT32 }
        case .byte: try copy(path) { H5T_NATIVE_UINT8 }
        case .text: try stored(for: path)
        }
    }

    /// Bytes of a value.
    var size: Int {
        switch self {
        case .real, .integer, .unsigned: 8
        case .integer32, .unsigned32: 4
        case .byte: 1
        case .text(let bytes, _): bytes
        }
    }

    /// What a type found in a file is; nil when a run file has no such values.
    init?(found type: HDF5Identifier, for path: String) throws(HDF5Error) {
        var kind = H5T_NO_CLASS
        var size = 0
        try HDF5.check("H5Tget_class", path) {
            kind = H5Tget_class(type.value)
            return kind.rawValue
        }
        try HDF5.check("H5Tget_size", path) {
            size = H5Tget_size(type.value)
            return size == 0 ? -1 : 0
        }
        switch kind {
        case H5T_FLOAT where size == 8: self = .real
        case H5T_INTEGER where size == 8: self = .integer
        case H5T_INTEGER where size == 1: self = .byte
        case H5T_STRING:
            let isVariable = try HDF5.check("H5Tis_variable_str", path) { H5Tis_variable_str(type.value) }
            guard isVariable == 0 else { return nil }
            let characters = try HDF5.check("H5Tget_cset", path) { H5Tget_cset(type.value).rawValue }
            self = .text(bytes: size, isASCII: characters == H5T_CSET_ASCII.rawValue)
        default: return nil
        }
    }

    private func copy(_ path: String, _ type: () -> hid_t) throws(HDF5Error) -> HDF5Identifier {
        try HDF5Identifier("H5Tcopy", path, closingWith: H5Tclose) { H5Tcopy(type()) }
    }
}

extension HDF5Type: CustomStringConvertible {
    var description: String {
        switch self {
        case .real: "64-bit reals"
        case .integer: "64-bit integers"
        case .unsigned: "unsigned 64-bit integers"
        case .integer32: "32-bit integers"
        case .unsigned32: "unsigned 32-bit integers"
        case .byte: "bytes"
        case .text: "texts"
        }
    }
}
