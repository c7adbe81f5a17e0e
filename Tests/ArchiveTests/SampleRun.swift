import Archive
import Foundation
import Torus

/// Contents with a value of its own in every place, so that swapped axes and rows show.
func sampleRun(
    cells: [Int], outputs: Int = 3, experts: Int? = 5, data: Int? = 4, experiment: String = "title: sample\n",
    tables: [RunTable] = sampleTables, hasCellArrays: Bool = true, hasEnsembles: Bool = true
) throws -> RunContents {
    let grid = try PeriodicGrid(cells: cells)
    let places = grid.cellCount
    var contents = RunContents(
        title: "A sample", experiment: experiment, softwareVersion: "0.1.0",
        date: Date(timeIntervalSince1970: 1_767_323_045), grid: grid, times: (0..<outputs).map { 0.25 * Double($0) },
        densities: (0..<outputs).map { time in (0..<places).map { Double(time) + Double($0) / Double(places) } },
        series: [
            "loss": (0..<outputs).map { exp(-Double($0)) }, "entropy": (0..<outputs).map { -Double($0) / 3 },
        ],
        tables: tables)
    contents.command = "run"
    if hasCellArrays {
        contents.potential = contents.densities.map { $0.map { -2 * $0 } }
        contents.velocity = cells.indices.map { axis in contents.densities.map { $0.map { $0 + Double(axis) / 8 } } }
    }
    contents.inputs = [
        RunInput(name: "../circuits/one.qasm", bytes: Array("OPENQASM 3.0;\n".utf8)),
        RunInput(name: "data π.npy", bytes: (0..<2000).map { UInt8(truncatingIfNeeded: $0 * $0) } + [0, 0]),
        RunInput(name: "empty.csv", bytes: []),
    ]
    contents.expertPath = "direct"
    contents.expertPathReason = "more than 7 terms"
    contents.limitEnd = "the loss is below 0.01"
    (contents.underResolvedFrom, contents.switchedAt) = (1.5, 1.25)
    if let experts {
        contents.experts = ExpertTrajectories(
            positions: cells.indices.map { axis in
                (0..<outputs).map { time in (0..<experts).map { Double(100 * axis + 10 * time) + Double($0) / 7 } }
            })
    }
    if hasEnsembles, let largest = contents.experts {
        contents.ensembles = [1, 2].flatMap { count in
            (0..<3).map { replicate in
                ExpertTrajectories(
                    positions: cells.indices.map { axis in
                        (0..<outputs).map { time in
                            (0..<count).map { Double(1000 * replicate + 100 * axis + 10 * time) + Double($0) / 3 }
                        }
                    }, replicate: replicate)
            }
        }
        if largest.ensembleCount > 2 { contents.ensembles.append(largest) }
    }
    if let data {
        contents.function = (0..<outputs).map { time in (0..<data).map { Double(time) - Double($0) / 9 } }
        contents.perDatum = ["target": (0..<data).map { $0.isMultiple(of: 2) ? 1 : -1 }]
    }
    return contents
}

/// One table that begins with integers, one that begins with texts.
let sampleTables = [
    RunTable(
        "comparison",
        columns: [
            .init("n_experts", .integers([10, 100, 1000, .max])),
            .init("time", .reals([0, 0, 0.5, 0.5])),
            .init("w2", .reals([0.3, 0.1, .infinity, -0.0]), units: "radian"),
        ]),
    RunTable(
        "rates",
        columns: [
            .init("quantity", .texts(["w2", "loss_gap", ""])),
            .init("exponent", .reals([-0.5, -1, 0])),
            .init("verdict", .texts(["consistent", "not enough data", "θ"])),
        ]),
]

/// A folder that goes away with the last reference to it.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "kac-archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    /// The names of all files in the folder, hidden ones too.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }

    deinit { try? FileManager.default.removeItem(at: url) }
}
