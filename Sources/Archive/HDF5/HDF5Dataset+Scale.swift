import CHDF5

extension HDF5Dataset {
    /// Makes the dataset a dimension scale: the coordinates of an axis of other datasets.
    func becomeScale(named name: String) throws(HDF5Error) {
        try HDF5.check("H5DSset_scale", path) { H5DSset_scale(identifier.value, name) }
    }

    /// Attaches the scale of each axis, in the order of the axes.
    func attach(_ scales: [HDF5Dataset]) throws(HDF5Error) {
        for (axis, scale) in scales.enumerated() {
            try HDF5.check("H5DSattach_scale", path) {
                H5DSattach_scale(identifier.value, scale.identifier.value, UInt32(axis))
            }
        }
    }
}
