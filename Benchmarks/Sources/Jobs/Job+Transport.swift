import Foundation
import Torus
import Transport

extension Job {
    /// Atoms that look drawn from the product of `exp(κ cos(θ − 2π·0.37))` on a grid, and that density.
    ///
    /// Everything follows from whole numbers, so that a program in another language has the same: `hash` below, and quantiles of the grid's
    /// piecewise constant law.
    private static func sample(
        count: Int, dimension: Int, cells: Int, kappa: Double, seed: Int = 0
    ) throws -> (atoms: [Double], density: Field) {
        let width = 2 * Double.pi / Double(cells)
        let centre = 2 * Double.pi * 0.37
        var masses = (0..<cells).map { cell -> Double in
            let angle = (Double(cell) + 0.5) * width
            return exp(kappa * (cos(angle - centre) - 1))
        }
        let sum = masses.reduce(0, +)
        for cell in masses.indices { masses[cell] /= sum }
        var ends = [0.0]
        for mass in masses { ends.append(ends[ends.count - 1] + mass) }
        var atoms = [Double](repeating: 0, count: count * dimension)
        for index in atoms.indices {
            let level = Double(hash(UInt64(index + seed * atoms.count)) >> 11) * 0x1p-53 * ends[cells]
            var (low, high) = (0, cells - 1)
            while low < high {
                let middle = (low + high) / 2
                if ends[middle + 1] > level { high = middle } else { low = middle + 1 }
            }
            atoms[index] = width * (Double(low) + (level - ends[low]) / masses[low])
        }
        let grid = try PeriodicGrid(cells: Array(repeating: cells, count: dimension))
        let values = (0..<grid.cellCount).map { cell in
            var (rest, value) = (cell, 1.0)
            for _ in 0..<dimension {
                value *= masses[rest % cells] / width
                rest /= cells
            }
            return value
        }
        return (atoms, Field(grid: grid, values: values))
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014), of a counter.
    private static func hash(_ counter: UInt64) -> UInt64 {
        var word = (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    private static let cells = [1: 4096, 2: 64, 3: 16]

    /// The job of the rest of a name: `w2-1d/N/THREADS` and so on to `w2-3d`, `w1-1d` to `w1-3d`; `sorted-1d/N/1`, both distances of atoms that are
    /// in order; `replicates/N/THREADS`, a hundred sets of N atoms in two angles; each with `κ` as a further word, 1 unless given.
    ///
    /// The result is the lower and upper bound, of both distances or of all sets one after the other.
    static func transport(_ name: String, _ words: [String], target: Double?) throws -> Job? {
        guard (3...4).contains(words.count), let count = Int(words[1]), let threads = Int(words[2]) else { return nil }
        guard let kappa = words.count == 4 ? Double(words[3]) : 1 else { return nil }
        let parallelism = Parallelism(threads: threads)
        let found = Found()
        func job(_ compute: @escaping () throws -> [Distance]) -> Job {
            // The data are valid: an error would leave the result empty.
            Job(name: name, target: target) {
                found.distances = (try? compute()) ?? []
            } result: {
                found.distances.flatMap { [$0.lower, $0.upper] }
            }
        }
        let parts = words[0].split(separator: "-")
        switch (parts.first, parts.last) {
        case ("replicates", _):
            let sets = try (0..<100).map { try sample(count: count, dimension: 2, cells: 64, kappa: kappa, seed: $0) }
            let density = try TorusDensity(sets[0].density)
            return job {
                try parallelism.map(sets.count) { set in
                    try wasserstein(
                        atoms: TorusAtoms(angles: sets[set].atoms, dimension: 2), density: density, order: .two)
                }
            }
        case ("sorted", _):
            let (atoms, density) = try sample(count: count, dimension: 1, cells: 4096, kappa: kappa)
            let (ordered, circle) = (atoms.sorted(), try CircleDensity(density))
            return job {
                let atoms = try CircleAtoms(angles: ordered)
                return [WassersteinOrder.one, .two].map { wasserstein(atoms: atoms, density: circle, order: $0) }
            }
        case (let order?, let last?):
            guard let dimension = Int(last.dropLast()), last.hasSuffix("d"), let cells = cells[dimension],
                let order = Int(order.dropFirst()).flatMap(WassersteinOrder.init), parts[0].hasPrefix("w")
            else { return nil }
            let (atoms, density) = try sample(count: count, dimension: dimension, cells: cells, kappa: kappa)
            return job {
                [try wasserstein(atoms: atoms, density: density, order: order, parallelism: parallelism)]
            }
        default: return nil
        }
    }

    private final class Found {
        var distances: [Distance] = []
    }
}
