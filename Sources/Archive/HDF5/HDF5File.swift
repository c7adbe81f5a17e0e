import CHDF5

/// A file on disk, open for reading.
struct HDF5File {
    private let identifier: HDF5Identifier
    private let bytes: HDF5RawFile?

    /// Opens a file.
    ///
    /// Files appear by renaming and never change afterwards: no lock is taken on them, so that file systems without
    /// locks do.
    init(reading path: String) throws(HDF5Error) {
        bytes = HDF5RawFile(path)
        let access = try HDF5Identifier("H5Pcreate", path, closingWith: H5Pclose) { H5Pcreate(H5P_FILE_ACCESS) }
        try HDF5.check("H5Pset_file_locking", path) { H5Pset_file_locking(access.value, false, true) }
        self.identifier = try HDF5Identifier("H5Fopen", path, closingWith: H5Fclose) {
            H5Fopen(path, H5F_ACC_RDONLY, access.value)
        }
    }

    /// The root group.
    func root() throws(HDF5Error) -> HDF5Group { try HDF5Group(rootOf: identifier, bytes: bytes) }
}
