import Torus

/// The view of a run file as VTKHDF 2.0, for VTK, ParaView and PyVista: the density as temporal image data, the experts as
/// temporal points. Up to three angles; nothing of the master data is stored again.
///
/// ```
/// /VTKHDF          ImageData: CellData/density (and potential) and Steps/Values are hard links to /density and /time; CellData/velocity
///                  is a virtual array of vectors;
///                  of one output CellData/density is a virtual array, and there are no Steps
/// /VTKHDF_experts  PolyData: Points and PointData/weight are virtual arrays over /expert_x, …; missing axes are 0
/// ```
enum VTKHDFView {
    /// Writes the view of contents whose master data are in the root group already.
    static func write(_ contents: RunContents, into root: HDF5Group) throws(HDF5Error) {
        if let grid = contents.grid { try write(contents, on: grid, into: root.createGroup("VTKHDF")) }
        if let experts = contents.experts, experts.positions.count <= 3 {
            try write(experts, into: root.createGroup("VTKHDF_experts"))
        }
    }

    /// Writes the quantities of the cells as image data into a group of its own.
    static func write(_ contents: RunContents, on grid: PeriodicGrid, into image: HDF5Group) throws(HDF5Error) {
        let outputs = contents.times.count
        try image.setAttribute("Version", integers: [2, 0])
        try image.setAttribute("Type", "ImageData")
        let spacings = (0..<3).map { $0 < grid.dimension ? grid.spacing(axis: $0) : 1 }
        let extents = (0..<3).flatMap { [0, $0 < grid.dimension ? grid.cells[$0] : 0] }
        try image.setAttribute("WholeExtent", integers: extents.map { Int32($0) })
        try image.setAttribute("Origin", reals: [0, 0, 0])
        try image.setAttribute("Spacing", reals: spacings)
        try image.setAttribute("Direction", reals: [1, 0, 0, 0, 1, 0, 0, 0, 1])
        let cells = try image.createGroup("CellData")
        for name in contents.arraysOnGrid.map(\.name) where !RunContents.velocityNames(grid.dimension).contains(name) {
            if outputs > 1 {
                try cells.link(name, to: "/\(name)")
            } else {
                // VTK takes one step for none, and an axis of time for an axis of space.
                _ = try HDF5Dataset(
                    name, in: cells, type: .real, showing: .cells(name, of: grid, output: 0, outputs: 1))
            }
        }
        if let velocity = contents.velocity {
            let windows = RunContents.velocityNames(velocity.count).enumerated().map { axis, name in
                HDF5Dataset.Window.component(name, axis: axis, of: grid, outputs: outputs)
            }
            _ = try HDF5Dataset(
                "velocity", in: cells, type: .real, extent: windows[0].place.extent, showing: windows)
        }
        guard outputs > 1 else { return }
        let steps = try image.createGroup("Steps")
        try steps.setAttribute("NSteps", integer: Int32(outputs))
        try steps.link("Values", to: "/time")
    }

    /// Writes the experts as points into a group of its own.
    static func write(_ experts: ExpertTrajectories, into group: HDF5Group) throws(HDF5Error) {
        let (outputs, count) = (experts.weights.count, experts.weights[0].count)
        let all = outputs * count
        try group.setAttribute("Version", integers: [2, 0])
        try group.setAttribute("Type", "PolyData")
        let axes = NetCDFRootView.axes(experts.positions.count)
        let trajectories = HDF5Dataset.Window.Block(extent: [outputs, count], start: [0, 0], count: [outputs, count])
        _ = try HDF5Dataset(
            "Points", in: group, type: .real, extent: [all, 3],
            showing: axes.enumerated().map { axis, name in
                HDF5Dataset.Window(
                    source: "/expert_\(name)", shown: trajectories,
                    place: .init(extent: [all, 3], start: [0, axis], count: [all, 1]))
            })
        _ = try HDF5Dataset(
            "weight", in: group.createGroup("PointData"), type: .real, extent: [all],
            showing: [
                .init(
                    source: "/expert_weight", shown: trajectories,
                    place: .init(extent: [all], start: [0], count: [all]))
            ])
        try write([Int64(count)], "NumberOfPoints", into: group)
        for kind in ["Vertices", "Lines", "Polygons", "Strips"] {
            // Every expert is a vertex; there is nothing else.
            let cells = kind == "Vertices" ? count : 0
            let part = try group.createGroup(kind)
            try write([Int64(cells)], "NumberOfCells", into: part)
            try write([Int64(cells)], "NumberOfConnectivityIds", into: part)
            try write((0...cells).map { Int64($0) }, "Offsets", into: part)
            try write((0..<cells).map { Int64($0) }, "Connectivity", into: part)
        }
        guard outputs > 1 else { return }
        let steps = try group.createGroup("Steps")
        try steps.setAttribute("NSteps", integer: Int32(outputs))
        try steps.link("Values", to: "/time")
        let zeros = Array(repeating: Int64(0), count: outputs)
        let starts = (0..<outputs).map { Int64($0 * count) }
        try write(zeros, "PartOffsets", into: steps)
        try write(zeros.map { _ in 1 }, "NumberOfParts", into: steps)
        try write(starts, "PointOffsets", into: steps)
        try write(starts, "weight", into: steps.createGroup("PointDataOffsets"))
        for name in ["CellOffsets", "ConnectivityIdOffsets"] {
            let offsets = try HDF5Dataset(
                name, in: steps, type: .integer, extent: [outputs, 4], layout: .init(chunk: [outputs, 4]))
            try offsets.write(Array(repeating: Int64(0), count: 4 * outputs))
        }
    }

    private static func write(_ values: [Int64], _ name: String, into group: HDF5Group) throws(HDF5Error) {
        let array = try HDF5Dataset(
            name, in: group, type: .integer, extent: [values.count],
            layout: .init(chunk: values.isEmpty ? [] : [values.count]))
        if !values.isEmpty { try array.write(values) }
    }
}
