import Torus

/// A quantity of the cells, as an array of a run file.
struct CellArray {
    /// The array's name.
    let name: String
    let title: String
    /// At every output, one value a cell with θ₀ fastest.
    let rows: [[Double]]
}

extension RunContents {
    /// The names of the arrays of a velocity.
    static func velocityNames(_ dimension: Int) -> [String] { axisNames(dimension).map { "velocity_\($0)" } }

    /// All quantities of the cells that there are, the density first.
    var arraysOnGrid: [CellArray] {
        (densities.isEmpty
            ? [] : [CellArray(name: "density", title: "density of the limit law, cell averages", rows: densities)])
            + cellArrays
    }

    /// Potential and velocity, where they are stored.
    var cellArrays: [CellArray] {
        var arrays: [CellArray] = []
        if let potential {
            arrays.append(
                CellArray(name: "potential", title: "potential V of the limit, at the cells' centres", rows: potential))
        }
        for (axis, rows) in (velocity ?? []).enumerated() {
            arrays.append(
                CellArray(
                    name: Self.velocityNames(velocity?.count ?? 0)[axis],
                    title: "velocity -dV/dtheta_\(axis) of the limit, at the cells' centres", rows: rows))
        }
        return arrays
    }
}

extension HDF5Dataset.Window {
    /// All outputs of an array of the cells as the component `axis` of an array of vectors with three components; of one output
    /// without the axis of time.
    static func component(_ name: String, axis: Int, of grid: PeriodicGrid, outputs: Int) -> HDF5Dataset.Window {
        let shape = Array(grid.cells.reversed())
        let stored = [outputs] + shape
        let vectors = (outputs == 1 ? shape : stored) + [3]
        let origin = Array(repeating: 0, count: vectors.count - 1)
        return .init(
            source: "/\(name)", shown: .init(extent: stored, start: stored.map { _ in 0 }, count: stored),
            place: .init(extent: vectors, start: origin + [axis], count: vectors.dropLast() + [1]))
    }
}
