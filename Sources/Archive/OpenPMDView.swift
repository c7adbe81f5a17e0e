import Torus

/// The view of a run file as openPMD 1.1, group based: an iteration an output, with the density as a mesh and the experts as
/// particles. Up to three angles; all values are virtual arrays over the master data.
///
/// An iteration costs about 10 kB of structure, so that of long runs only some outputs are shown.
enum OpenPMDView {
    /// The most outputs that are shown.
    static let iterationLimit = 128

    /// The outputs that are shown: all, or some that are evenly spread, with the first and the last.
    static func outputs(of count: Int) -> [Int] {
        guard count > iterationLimit else { return Array(0..<count) }
        return (0..<iterationLimit).map { $0 * (count - 1) / (iterationLimit - 1) }
    }

    /// Whether contents have such a view.
    static func isPossible(_ contents: RunContents) -> Bool { contents.grid != nil }

    /// The author that is written where an experiment names none; the standard's validator asks for one.
    static let unknownAuthor = "not given"

    /// Writes what the root group says of the view.
    static func writeAttributes(of contents: RunContents, into root: HDF5Group) throws(HDF5Error) {
        try root.setAttribute("openPMD", "1.1.0")
        try root.setAttribute("openPMDextension", unsigned: 0)
        try root.setAttribute("basePath", "/data/%T/")
        try root.setAttribute("meshesPath", "meshes/")
        if contents.experts != nil { try root.setAttribute("particlesPath", "particles/") }
        try root.setAttribute("iterationEncoding", "groupBased")
        try root.setAttribute("iterationFormat", "/data/%T/")
    }

    /// Writes the view of contents whose master data are in the root group already.
    static func write(_ contents: RunContents, into root: HDF5Group) throws(HDF5Error) {
        let data = try root.createGroup("data")
        let times = contents.times
        for output in outputs(of: times.count) {
            let iteration = try data.createGroup("\(output)")
            try iteration.setAttribute("time", times[output])
            let next = min(output + 1, times.count - 1)
            try iteration.setAttribute("dt", next > output ? times[next] - times[output] : lastStep(times))
            try iteration.setAttribute("timeUnitSI", 1.0)
            try writeMesh(contents, output, into: iteration.createGroup("meshes"))
            if let experts = contents.experts {
                try write(experts, output, into: iteration.createGroup("particles").createGroup("experts"))
            }
        }
    }

    private static func lastStep(_ times: [Double]) -> Double {
        times.count > 1 ? times[times.count - 1] - times[times.count - 2] : 0
    }

    private static func writeMesh(
        _ contents: RunContents, _ output: Int, into meshes: HDF5Group
    ) throws(HDF5Error) {
        guard let grid = contents.grid else { return }
        func component(_ name: String, _ source: String, in group: HDF5Group) throws(HDF5Error) -> HDF5Dataset {
            let array = try HDF5Dataset(
                name, in: group, type: .real,
                showing: .cells(source, of: grid, output: output, outputs: contents.times.count))
            try array.setAttribute("position", reals: grid.cells.map { _ in 0.5 })
            try array.setAttribute("unitSI", 1.0)
            return array
        }
        for name in ["density"] + (contents.potential == nil ? [] : ["potential"]) {
            try writeMeshRecord(component(name, name, in: meshes), on: grid)
        }
        if let velocity = contents.velocity {
            let record = try meshes.createGroup("velocity")
            for (axis, name) in RunContents.velocityNames(velocity.count).enumerated() {
                _ = try component(NetCDFRootView.axes(velocity.count)[axis], name, in: record)
            }
            try writeMeshRecord(record, on: grid)
        }
    }

    /// What every mesh has.
    private static func writeMeshRecord(_ mesh: some HDF5Object, on grid: PeriodicGrid) throws(HDF5Error) {
        try mesh.setAttribute("geometry", "cartesian")
        try mesh.setAttribute("dataOrder", "C")
        try mesh.setAttribute("axisLabels", texts: NetCDFRootView.axes(grid.dimension).reversed())
        try mesh.setAttribute("gridSpacing", reals: (0..<grid.dimension).reversed().map(grid.spacing(axis:)))
        try mesh.setAttribute("gridGlobalOffset", reals: grid.cells.map { _ in 0 })
        try mesh.setAttribute("gridUnitSI", 1.0)
        try writeRecord(mesh)
    }

    /// What every record has: no unit, and the time of the iteration.
    private static func writeRecord(_ record: some HDF5Object) throws(HDF5Error) {
        try record.setAttribute("unitDimension", reals: Array(repeating: 0, count: 7))
        try record.setAttribute("timeOffset", 0.0)
    }

    private static func write(
        _ experts: ExpertTrajectories, _ output: Int, into species: HDF5Group
    ) throws(HDF5Error) {
        let (outputs, count) = (experts.weights.count, experts.weights[0].count)
        let axes = NetCDFRootView.axes(experts.positions.count)
        func row(_ source: String) -> HDF5Dataset.Window {
            .init(
                source: source, shown: .init(extent: [outputs, count], start: [output, 0], count: [1, count]),
                place: .init(extent: [count], start: [0], count: [count]))
        }
        let position = try species.createGroup("position")
        let offset = try species.createGroup("positionOffset")
        for record in [position, offset] { try writeRecord(record) }
        for axis in axes {
            let component = try HDF5Dataset(
                axis, in: position, type: .real, extent: [count], showing: [row("/expert_\(axis)")])
            try component.setAttribute("unitSI", 1.0)
            let constant = try offset.createGroup(axis)
            try constant.setAttribute("value", 0.0)
            try constant.setAttribute("shape", unsigned: [UInt64(count)])
            try constant.setAttribute("unitSI", 1.0)
        }
        let weighting = try HDF5Dataset(
            "weighting", in: species, type: .real, extent: [count], showing: [row("/expert_weight")])
        let all = HDF5Dataset.Window.Block(extent: [count], start: [0], count: [count])
        let identity = try HDF5Dataset(
            "id", in: species, type: .unsigned, extent: [count],
            showing: [.init(source: "/expert", shown: all, place: all)])
        for record in [weighting, identity] {
            try writeRecord(record)
            try record.setAttribute("unitSI", 1.0)
        }
        try writePatches(count, axes, into: species.createGroup("particlePatches"))
    }

    /// One patch: all experts, on the whole torus.
    private static func writePatches(_ count: Int, _ axes: [String], into patches: HDF5Group) throws(HDF5Error) {
        for (name, value) in [("numParticles", UInt64(count)), ("numParticlesOffset", 0)] {
            try HDF5Dataset(name, in: patches, type: .unsigned, extent: [1], layout: .init(chunk: [1])).write([value])
        }
        for (name, value) in [("offset", 0.0), ("extent", 2 * Double.pi)] {
            let record = try patches.createGroup(name)
            try record.setAttribute("unitDimension", reals: Array(repeating: 0, count: 7))
            for axis in axes {
                let component = try HDF5Dataset(
                    axis, in: record, type: .real, extent: [1], layout: .init(chunk: [1]))
                try component.write([value])
                try component.setAttribute("unitSI", 1.0)
            }
        }
    }
}
