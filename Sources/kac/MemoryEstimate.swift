import Foundation
import Torus

/// About how much memory an experiment takes, told before it is begun.
struct MemoryEstimate {
    /// Bytes.
    let bytes: Double

    /// Adds up the arrays that grow with the experiment: densities and positions at every output (computed, stored and
    /// compressed), the finer densities that judge the grid, the stages of the time steps of the ensembles that are trained at
    /// once, and the cells of their experts under transport in several angles.
    init(_ experiment: Experiment, threads: Int) {
        let outputs = Double(experiment.times.count)
        let cells = experiment.grid?.cells.reduce(1.0) { $0 * Double($1) } ?? 0
        let experts = Double(experiment.particles?.counts.last ?? 0)
        let atOnce = Double(min(threads, experiment.particles?.replicates ?? 1))
        let compared = Double(experiment.compare?.outputs.count ?? 0)
        let axes = experiment.grid?.dimension ?? 1
        let measures = !(experiment.compare?.wasserstein ?? []).isEmpty
        let finer = measures ? (0..<axes).reduce(compared) { cells, _ in 4 * cells } : 0
        // Measured: 1.5 kB an atom in two angles, 6 kB in three.
        let transport = measures ? [0, 200, 800][min(axes, 3) - 1] : 0.0
        let kept =
            experiment.output.ensembles == .all
            ? Double((experiment.particles?.counts ?? []).reduce(0, +)) * Double(experiment.particles?.replicates ?? 0)
                * Double(experiment.model.dimension) : 0
        bytes =
            8
            * (cells * (3 * outputs + finer + 16) + 4 * outputs * kept + experts
                * (4 * outputs + atOnce * (16 + compared + transport)))
    }

    /// Refuses what the machine cannot hold.
    ///
    /// - Throws: `MemoryEstimate.Excess`.
    func check(physicalMemory: UInt64 = ProcessInfo.processInfo.physicalMemory) throws {
        if bytes > Double(physicalMemory) { throw Excess(bytes: bytes, physicalMemory: physicalMemory) }
    }

    /// An experiment that needs more memory than there is.
    struct Excess: Error, CustomStringConvertible {
        let bytes: Double
        let physicalMemory: UInt64

        var description: String {
            func gigabytes(_ bytes: Double) -> String { String(format: "%.1f GB", bytes / 1e9) }
            return "the experiment needs about \(gigabytes(bytes)) of memory, this machine has "
                + "\(gigabytes(Double(physicalMemory))): take fewer experts (particles.counts), outputs (time.outputs) or "
                + "cells (continuum.grid)"
        }
    }
}
