import Continuum
import Foundation
import Torus

/// The section `continuum` of an experiment file: how the limit is solved, and on which grid it is written.
struct ContinuumSection {
    private let keys: [String: ConfigurationNode]

    init(_ node: ConfigurationNode) throws {
        keys = try node.children(known: [
            "method", "grid", "tolerance", "limiter", "nodes", "potential", "resolution", "error",
        ])
    }

    /// The potential that is given in the place of an expert.
    var potential: ConfigurationNode? { keys["potential"] }

    /// The method of a number of trained angles that nobody has chosen.
    static func defaultScheme(dimension: Int) -> Scheme {
        dimension <= 3 ? .galerkin(tolerance: 1e-9) : .characteristics(nodes: nil, tolerance: 1e-4)
    }

    /// The method with its options.
    ///
    /// - Parameter dimension: the number of angles that it must serve; `nil` for any.
    func scheme(dimension: Int?) throws -> Scheme {
        let methods = ["galerkin", "characteristics", "weno5", "muscl", "upwind"]
        let isBeyondGrids = dimension.map { $0 > 3 } ?? false
        let method = try keys["method"]?.choice(of: methods) ?? (isBeyondGrids ? "characteristics" : "galerkin")
        if isBeyondGrids, method != "characteristics", let node = keys["method"], let dimension {
            throw node.error(
                "\(method) is for one to three trained angles, found \(dimension): take characteristics, or train fewer"
            )
        }
        func only(_ option: String, for methods: [String]) throws {
            if let node = keys[option], !methods.contains(method) {
                throw node.error(
                    "the method \(method) has no such option; it belongs to \(methods.joined(separator: ", "))")
            }
        }
        try only("limiter", for: ["muscl"])
        try only("nodes", for: ["characteristics"])
        func tolerance(default value: Double) throws -> Double {
            try Experiment.tolerance(keys["tolerance"], default: value)
        }
        switch method {
        case "characteristics":
            let nodes = try keys["nodes"]?.integer(in: 8...Characteristics.nodeLimit)
            // Beyond three angles errors fall with the nodes by a power, not exponentially.
            return .characteristics(nodes: nodes, tolerance: try tolerance(default: isBeyondGrids ? 1e-4 : 1e-9))
        case "muscl":
            let name = try keys["limiter"]?.choice(of: SlopeLimiter.allCases.map(\.rawValue))
            let limiter = name.flatMap(SlopeLimiter.init) ?? .vanLeer
            return .finiteVolume(.muscl(limiter), tolerance: try tolerance(default: 1e-6))
        case "weno5": return .finiteVolume(.weno5, tolerance: try tolerance(default: 1e-8))
        case "upwind": return .finiteVolume(.upwind, tolerance: try tolerance(default: 1e-6))
        default: return .galerkin(tolerance: try tolerance(default: 1e-9))
        }
    }

    /// What is done where the law concentrates beyond what a method resolves.
    func policy() throws -> ResolutionPolicy {
        let word = try keys["resolution"]?.choice(of: ResolutionPolicy.allCases.map(\.rawValue))
        return word.flatMap(ResolutionPolicy.init) ?? .refine
    }

    /// Whether the limit's own error is estimated.
    func estimatesErrors() throws -> Bool {
        try keys["error"]?.choice(of: ["estimate", "none"]) != "none"
    }

    /// The number of cells that nobody has chosen: fewer an axis where there are more axes.
    static func defaultGrid(dimension: Int) throws -> PeriodicGrid {
        try PeriodicGrid(cells: Array(repeating: [256, 128, 48][min(dimension, 3) - 1], count: dimension))
    }

    /// The grid, from its file or in place, and where its cells are given.
    ///
    /// - Parameter dimension: the number of axes that it must have; `nil` for any.
    func grid(dimension: Int?, in folder: InputFiles) throws -> (grid: PeriodicGrid, cells: ConfigurationNode)? {
        guard let node = keys["grid"] else { return nil }
        if let dimension, dimension > 3 {
            throw node.error(
                "densities on a grid are for one to three trained angles, found \(dimension): leave the grid out")
        }
        var body = node
        if !node.isMapping {
            let file = try Experiment.resolve(node, in: folder)
            let text = try Experiment.contents(of: file.path, role: "the grid")
            body = try ConfigurationNode(yaml: text, source: file.relativePathIfShorter)
        }
        let cells = try Experiment.child("cells", of: body.children(known: ["cells"]), body)
        do {
            let grid = try PeriodicGrid(cells: cells.elements().map { try $0.integer(in: 1...1 << 26) })
            if let dimension, grid.dimension != dimension {
                throw cells.error(
                    "found \(Self.count(grid.dimension, "axis", "axes")), expected one for each of the "
                        + Self.count(dimension, "angle", "angles"))
            }
            return (grid, cells)
        } catch let error as GridError {
            throw cells.error("\(error)")
        }
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
