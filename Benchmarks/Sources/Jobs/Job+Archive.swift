import Archive
import Foundation
import TimeStepping
import Torus
import Training

extension Job {
    /// A run file of densities that move over a square grid and of experts, or the checkpoint of such a run, on the disk of
    /// temporary files: compressed, checked, synced, renamed.
    static func archive(
        _ name: String, _ kind: String, cells: Int, outputs: Int = 41, experts: Int = 10_000, target: Double?
    ) throws -> Job? {
        let contents = try run(cells: cells, outputs: outputs, experts: experts)
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("kac-benchmark-\(UUID().uuidString).h5")
        let write: () throws -> Void
        switch kind {
        case "write": write = { try RunFileWriter.write(contents, to: url, overwrite: true) }
        case "checkpoint":
            var snapshot = Snapshot()
            for (output, values) in contents.densities.enumerated() { snapshot.store(values, as: "\(output)") }
            let whole = snapshot
            write = { try SnapshotFile.write(whole, to: url, overwrite: true) }
        default: return nil
        }
        return Job(name: name, target: target) {
            // What cannot be written leaves no size behind.
            try? write()
        } result: {
            defer { try? FileManager.default.removeItem(at: url) }
            let size = try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Double
            return [size ?? .nan]
        }
    }

    /// Products of von Mises laws that wander and grow narrow, as densities do.
    private static func run(cells: Int, outputs: Int, experts: Int) throws -> RunContents {
        let grid = try PeriodicGrid(cells: [cells, cells])
        let times = (0..<outputs).map { 0.25 * Double($0) }
        let densities = try times.map { time in
            InitialLaw.product([
                try .vonMises(centre: 1 + 0.1 * time, concentration: 0.5 + time),
                try .vonMises(centre: 3 - 0.2 * time, concentration: 1 + 0.5 * time),
            ]).averages(on: grid).values
        }
        let places = Philox(seed: 1)
        let positions = (0..<2).map { axis in
            times.map { time in
                (0..<experts).map { expert in
                    2 * Double.pi * places.uniforms(SIMD4(UInt32(expert), UInt32(axis), UInt32(time * 4), 0))[0]
                }
            }
        }
        var contents = RunContents(
            title: "benchmark", experiment: "title: benchmark\n", softwareVersion: "0.1.0",
            date: Date(timeIntervalSince1970: 0), grid: grid, times: times, densities: densities,
            series: ["loss": times.map { exp(-$0) }])
        contents.experts = ExpertTrajectories(positions: positions)
        return contents
    }
}
