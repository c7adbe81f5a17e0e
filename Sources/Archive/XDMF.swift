import Torus

/// The text of an XDMF file that shows the density and the experts of a run file, for VisIt and ParaView before 5.12.
///
/// Grids are always three-dimensional, a cell thick along axes that are not there; VisIt and VTK agree on nothing else.
enum XDMF {
    /// What such a file begins with.
    static let head = "<?xml version=\"1.0\"?>\n<!-- Made by kac beside the run file that it names. -->\n"

    /// The text of an XDMF file.
    ///
    /// - Parameters:
    ///   - outputs: those that are shown, where the run file's view as openPMD has them; `nil` for all.
    ///   - fields: what is shown of them.
    ///   - runFile: the run file's name, relative to the text's folder or from the root.
    static func text(
        of contents: RunContents, outputs: [Int]? = nil, fields: Set<RunField> = Set(RunField.allCases),
        runFile: String
    ) -> String {
        let file = escaped(runFile)
        var lines = [
            "<Xdmf Version=\"2.0\">", "<Domain>",
            "<Grid Name=\"run\" GridType=\"Collection\" CollectionType=\"Temporal\">",
        ]
        for output in OpenPMDView.outputs(of: contents.times.count) where outputs?.contains(output) ?? true {
            lines.append("<Grid Name=\"output \(output)\" GridType=\"Collection\" CollectionType=\"Spatial\">")
            lines.append("<Time Value=\"\(contents.times[output])\"/>")
            let arrays = arrays(of: contents, fields)
            if let grid = contents.grid, !arrays.isEmpty {
                let cells = (0..<3).map { $0 < grid.dimension ? grid.cells[$0] : 1 }
                let spacings = (0..<3).map { $0 < grid.dimension ? grid.spacing(axis: $0) : 1 }
                lines += [
                    "<Grid Name=\"density\">",
                    "<Topology TopologyType=\"3DCORECTMesh\" Dimensions=\"\(list(cells.map { $0 + 1 }))\"/>",
                    "<Geometry GeometryType=\"ORIGIN_DXDYDZ\">",
                    "<DataItem Format=\"XML\" NumberType=\"Float\" Precision=\"8\" Dimensions=\"3\">0 0 0</DataItem>",
                    "<DataItem Format=\"XML\" NumberType=\"Float\" Precision=\"8\" Dimensions=\"3\">\(list(spacings))</DataItem>",
                    "</Geometry>",
                ]
                for (name, path) in arrays {
                    lines += [
                        "<Attribute Name=\"\(name)\" AttributeType=\"Scalar\" Center=\"Cell\">",
                        "<DataItem Format=\"HDF\" NumberType=\"Float\" Precision=\"8\" Dimensions=\"\(list(cells))\">"
                            + "\(file):/data/\(output)/meshes/\(path)</DataItem>",
                        "</Attribute>",
                    ]
                }
                lines.append("</Grid>")
            }
            if let experts = contents.experts, experts.positions.count <= 3, fields.contains(.experts) {
                lines += grid(of: experts, output, file)
            }
            lines.append("</Grid>")
        }
        return head + (lines + ["</Grid>", "</Domain>", "</Xdmf>", ""]).joined(separator: "\n")
    }

    /// Whether a text would show nothing: beyond three angles there is neither a grid nor a place for experts.
    static func isEmpty(_ contents: RunContents, fields: Set<RunField>) -> Bool {
        let hasExperts = contents.experts.map { $0.positions.count <= 3 } ?? false
        return arrays(of: contents, fields).isEmpty && !(hasExperts && fields.contains(.experts))
    }

    /// The quantities of the cells that are shown, with where the meshes of the view as openPMD have them.
    private static func arrays(of contents: RunContents, _ fields: Set<RunField>) -> [(name: String, path: String)] {
        guard contents.grid != nil else { return [] }
        let velocities = fields.contains(.velocity) ? contents.velocity.map { NetCDFRootView.axes($0.count) } ?? [] : []
        return (fields.contains(.density) ? [("density", "density")] : [])
            + (fields.contains(.potential) && contents.potential != nil ? [("potential", "potential")] : [])
            + velocities.map { ("velocity_\($0)", "velocity/\($0)") }
    }

    /// The experts of an output: rows of the points of all outputs.
    private static func grid(of experts: ExpertTrajectories, _ output: Int, _ file: String) -> [String] {
        let (outputs, count) = (experts.weights.count, experts.weights[0].count)
        let position = { (first: Int) in
            "<DataItem Format=\"XML\" Dimensions=\"3 2\">\(first) 0 1 1 \(count) 3</DataItem>"
        }
        return [
            "<Grid Name=\"experts\">",
            "<Topology TopologyType=\"Polyvertex\" NumberOfElements=\"\(count)\" NodesPerElement=\"1\"/>",
            "<Geometry GeometryType=\"XYZ\">",
            "<DataItem ItemType=\"HyperSlab\" Dimensions=\"\(count) 3\">", position(output * count),
            "<DataItem Format=\"HDF\" NumberType=\"Float\" Precision=\"8\" Dimensions=\"\(outputs * count) 3\">"
                + "\(file):/VTKHDF_experts/Points</DataItem>",
            "</DataItem>", "</Geometry>",
            "<Attribute Name=\"weight\" AttributeType=\"Scalar\" Center=\"Node\">",
            "<DataItem Format=\"HDF\" NumberType=\"Float\" Precision=\"8\" Dimensions=\"\(count)\">"
                + "\(file):/data/\(output)/particles/experts/weighting</DataItem>",
            "</Attribute>", "</Grid>",
        ]
    }

    /// Numbers of the axes, the slowest first.
    private static func list(_ numbers: [some CustomStringConvertible]) -> String {
        numbers.reversed().map(\.description).joined(separator: " ")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
