import Foundation
import Torus

/// Starting weights from a coarser problem: each leaf of the atoms' tree becomes one atom at its centre of mass.
///
/// Where the transport is far from the identity most cells are empty at first; with few atoms that is soon mended, and what
/// was found there says where the many cells belong.
struct MultiscaleStart<Cell: LaguerreCell> {
    let atoms: TorusAtoms
    let density: TorusDensity
    let parallelism: Parallelism

    /// The most atoms of a problem that is solved by continuation in the density.
    private static var coarsest: Int { 16 }

    /// Weights near the best ones.
    func weights() -> [Double] {
        atoms.weights.count <= Self.coarsest ? continued() : prolongated()
    }

    /// From the uniform density to the given one through `(1 − ε)ρ + ε/(2π)^d`, `ε` falling from 1 to 0; a step of `ε` at which
    /// Newton's method stops is tried again half as large in its logarithm.
    func continued() -> [Double] {
        var weights = [Double](repeating: 0, count: atoms.weights.count)
        var (part, ratio) = (1.0, 0.5)
        var isFirst = true
        while part > 0 {
            let next = isFirst ? 1 : part * ratio > 0x1p-40 ? part * ratio : 0
            let solved = density.mixed(with: next).withUnsafeTable { table -> [Double]? in
                var dual = SemiDiscreteDual<Cell>(atoms, table, weights: weights, parallelism: parallelism)
                dual.fillStarved()
                return dual.ascend(to: 0.05, limit: 30) == .arrived ? dual.weights : nil
            }
            if let solved {
                weights = solved
                part = next
                ratio = Swift.max(ratio * ratio, 0.25)
                isFirst = false
            } else {
                ratio = ratio.squareRoot()
                // Where even small steps fail, the last weights are still a start.
                if isFirst || ratio > 0.98 { return weights }
            }
        }
        return weights
    }

    private func prolongated() -> [Double] {
        let leaves = atoms.tree.nodes.filter(\.isLeaf)
        var centres: [PeriodicPoint] = []
        var sums: [Double] = []
        for leaf in leaves {
            let range = Int(leaf.first)..<Int(leaf.end)
            var (sum, first) = (0.0, PeriodicPoint.zero)
            for atom in range {
                let offset = atoms.tree.points[atom] - leaf.centre
                sum += atoms.weights[atom]
                first += atoms.weights[atom] * offset
            }
            centres.append(leaf.centre + first / sum)
            sums.append(sum)
        }
        let coarse = TorusAtoms(dimension: atoms.dimension, points: centres, weights: sums)
        let start = MultiscaleStart(atoms: coarse, density: density, parallelism: parallelism).weights()
        var result = [Double](repeating: 0, count: atoms.weights.count)
        density.withUnsafeTable { table in
            var dual = SemiDiscreteDual<Cell>(coarse, table, weights: start, parallelism: parallelism)
            dual.fillStarved()
            _ = dual.ascend(to: 0.02, limit: 40)
            dual.measure()
            let potential = SoftPotential(dual)
            for (index, leaf) in leaves.enumerated() {
                let place = Int(coarse.places[index])
                let neighbourhood = potential.neighbourhood(of: place)
                for atom in Int(leaf.first)..<Int(leaf.end) {
                    let offset = atoms.tree.points[atom] - coarse.tree.points[place]
                    result[atom] = potential.weight(at: offset, near: place, among: neighbourhood)
                }
            }
        }
        return result
    }

    /// The weights of a solved problem as a function of the position.
    ///
    /// At the mean place `y_k` of the mass in each cell the potential `φ(y) = min_i |y − x_i|² − w_i` is known, and the weight at `x` is the least
    /// of `|y_k − x|² − φ(y_k)`. As `|x|²` minus that is convex, no cell is empty; a soft minimum keeps it convex and spreads the
    /// mass over the cells between.
    private struct SoftPotential {
        /// A cell, and where its atom lies from the atom in question.
        typealias Neighbour = (atom: Int, offset: PeriodicPoint)

        /// The width of the soft minimum, relative to the change of the cost from neighbour to neighbour: below 0.3 the mass gathers at the
        /// `y_k`, above 1 it is smeared.
        private static var softness: Double { 0.4 }

        let dual: SemiDiscreteDual<Cell>
        /// The width of the soft minimum at each atom, in radians².
        private let widths: [Double]

        init(_ dual: SemiDiscreteDual<Cell>) {
            self.dual = dual
            let (points, diagram) = (dual.atoms.tree.points, dual.diagram)
            let own = points.indices.map { atom -> Double in
                var (sum, count) = (0.0, 0.0)
                for neighbour in Self.neighbours(of: atom, dual) {
                    let apart =
                        neighbour.offset + diagram.displacements[neighbour.atom] - diagram.displacements[atom]
                    sum += (neighbour.offset.dot(neighbour.offset) * apart.dot(apart)).squareRoot()
                    count += 1
                }
                return count > 0 ? Self.softness * sum / count : 1
            }
            widths = points.indices.map { atom in
                var (sum, count) = (own[atom], 1.0)
                for neighbour in Self.neighbours(of: atom, dual) {
                    sum += own[neighbour.atom]
                    count += 1
                }
                return sum / count
            }
        }

        private static func neighbours(of atom: Int, _ dual: SemiDiscreteDual<Cell>) -> [Neighbour] {
            let (points, diagram) = (dual.atoms.tree.points, dual.diagram)
            return diagram.facets[diagram.starts[atom]..<diagram.starts[atom + 1]].map { facet in
                let (other, window) = (Int(facet.label) / 27, Int(facet.label) % 27)
                return (other, (points[other] - points[atom]) + CellCutter<Cell>.shift(window))
            }
        }

        /// An atom, its neighbours and theirs.
        func neighbourhood(of atom: Int) -> [Neighbour] {
            var found: [Neighbour] = [(atom, .zero)]
            var next = 0
            for _ in 0..<2 {
                for (between, offset) in Array(found[next...]) {
                    next += 1
                    for (other, step) in Self.neighbours(of: between, dual) {
                        let place = offset + step
                        let isKnown = found.contains {
                            // Copies of an atom are a period apart.
                            $0.atom == other && ($0.offset - place).dot($0.offset - place) < 1
                        }
                        if !isKnown { found.append((other, place)) }
                    }
                }
            }
            return found.filter { dual.diagram.masses[$0.atom] > 0 }
        }

        func weight(at place: PeriodicPoint, near atom: Int, among neighbours: [Neighbour]) -> Double {
            let values = neighbours.map { other, offset in
                let displacement = dual.diagram.displacements[other]
                let way = offset + displacement - place
                return way.dot(way) - displacement.dot(displacement) + dual.weights[other]
            }
            guard let least = values.min() else { return dual.weights[atom] }
            let width = widths[atom]
            var sum = 0.0
            for value in values { sum += exp((least - value) / width) }
            // The sum over a lattice, taken out so that the width may change from place to place.
            let lattice = pow(.pi * Self.softness, 0.5 * Double(Cell.dimension))
            return least - width * log(sum / lattice)
        }
    }
}
