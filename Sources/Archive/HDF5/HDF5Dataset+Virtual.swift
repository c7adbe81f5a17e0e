import CHDF5
import Torus

extension HDF5Dataset {
    /// A block of a virtual array that shows a block of another array of the same file.
    struct Window {
        /// A block of an array: where it begins, and its length along each axis.
        struct Block {
            /// The extent of the whole array.
            var extent: [Int]
            var start: [Int]
            var count: [Int]
        }

        /// The path of the array that is shown.
        var source: String
        /// What is shown of it.
        var shown: Block
        /// Where it is shown; of as many elements.
        var place: Block
    }

    /// Makes an array that shows a block of another array, and is no larger.
    init(_ name: String, in group: HDF5Group, type: HDF5Type, showing window: Window) throws(HDF5Error) {
        try self.init(name, in: group, type: type, extent: window.place.extent, showing: [window])
    }

    /// Makes an array that holds nothing itself and shows parts of other arrays of the same file; elsewhere it is 0.
    ///
    /// The sources are named relative to the file, so that they are found again when it is renamed.
    init(
        _ name: String, in group: HDF5Group, type: HDF5Type, extent: [Int], showing windows: [Window]
    ) throws(HDF5Error) {
        let path = group.path(of: name)
        let properties = try Self.creationProperties(path)
        for window in windows {
            let place = try Self.space(window.place, path)
            let shown = try Self.space(window.shown, path)
            try HDF5.check("H5Pset_virtual", path) {
                H5Pset_virtual(properties.value, place.value, ".", window.source, shown.value)
            }
        }
        try self.init(name, in: group, type: type, extent: extent, limits: nil, properties: properties)
    }

    /// A dataspace in which a block is selected.
    private static func space(_ block: Window.Block, _ path: String) throws(HDF5Error) -> HDF5Identifier {
        let (extent, start, count) = (
            block.extent.map { hsize_t($0) }, block.start.map { hsize_t($0) }, block.count.map { hsize_t($0) }
        )
        let space = try HDF5Identifier("H5Screate_simple", path, closingWith: H5Sclose) {
            H5Screate_simple(Int32(extent.count), extent, nil)
        }
        try HDF5.check("H5Sselect_hyperslab", path) {
            H5Sselect_hyperslab(space.value, H5S_SELECT_SET, start, nil, count, nil)
        }
        return space
    }
}

extension HDF5Dataset.Window {
    /// One output of an array of the cells.
    static func cells(_ name: String, of grid: PeriodicGrid, output: Int, outputs: Int) -> HDF5Dataset.Window {
        let shape = Array(grid.cells.reversed())
        let origin = Array(repeating: 0, count: shape.count)
        return .init(
            source: "/\(name)",
            shown: .init(extent: [outputs] + shape, start: [output] + origin, count: [1] + shape),
            place: .init(extent: shape, start: origin, count: shape))
    }
}
