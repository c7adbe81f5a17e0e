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
                return dual.ascend(to: 0.05, limit: 30) ? dual.weights : nil
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
        var variances: [Double] = []
        for leaf in leaves {
            let range = Int(leaf.first)..<Int(leaf.end)
            var (sum, first, second) = (0.0, PeriodicPoint.zero, 0.0)
            for atom in range {
                let offset = atoms.tree.points[atom] - leaf.centre
                sum += atoms.weights[atom]
                first += atoms.weights[atom] * offset
                second += atoms.weights[atom] * offset.dot(offset)
            }
            let mean = first / sum
            centres.append(leaf.centre + mean)
            sums.append(sum)
            variances.append(Swift.max(0, second / sum - mean.dot(mean)))
        }
        let coarse = TorusAtoms(dimension: atoms.dimension, points: centres, weights: sums)
        let start = MultiscaleStart(atoms: coarse, density: density, parallelism: parallelism).weights()
        var result = [Double](repeating: 0, count: atoms.weights.count)
        density.withUnsafeTable { table in
            var dual = SemiDiscreteDual<Cell>(coarse, table, weights: start, parallelism: parallelism)
            dual.fillStarved()
            _ = dual.ascend(to: 0.02, limit: 40)
            dual.measure()
            let models = LocalModels(dual, variances: coarse.tree.order.map { variances[Int($0)] })
            for (index, leaf) in leaves.enumerated() {
                let place = Int(coarse.places[index])
                for atom in Int(leaf.first)..<Int(leaf.end) {
                    result[atom] = models.weight(at: atoms.tree.points[atom], near: place)
                }
            }
        }
        return result
    }

    /// The weights of a solved problem as a function of the position: near each atom
    /// `w(x_j + δ) = w_j − 2 d_j·δ + (1 − λ_j)|δ|²`, as the gradient of `w` is twice the way from where the mass lies; `d_j` leads to
    /// the middle of the cell and `λ_j` is the size of the cell over that of the cluster. Neighbours are blended.
    private struct LocalModels {
        let dual: SemiDiscreteDual<Cell>
        let variances: [Double]
        let stretches: [Double]

        init(_ dual: SemiDiscreteDual<Cell>, variances: [Double]) {
            (self.dual, self.variances) = (dual, variances)
            stretches = variances.indices.map { atom in
                let displacement = dual.diagram.displacements[atom]
                let mass = dual.diagram.masses[atom]
                guard mass > 0, variances[atom] > 0 else { return 1 }
                let spread = dual.diagram.costs[atom] / mass - displacement.dot(displacement)
                return (Swift.max(0, spread) / variances[atom]).squareRoot()
            }
        }

        func weight(at point: PeriodicPoint, near atom: Int) -> Double {
            let points = dual.atoms.tree.points
            var (sum, total) = (0.0, 0.0)
            func blend(_ other: Int, _ offset: PeriodicPoint) {
                let squared = offset.dot(offset)
                let model =
                    dual.weights[other] - 2 * dual.diagram.displacements[other].dot(offset)
                    + (1 - stretches[other]) * squared
                let nearness = 1 / (squared + 0.01 * variances[atom] + 1e-300)
                sum += nearness * nearness * model
                total += nearness * nearness
            }
            blend(atom, point - points[atom])
            for index in dual.diagram.starts[atom]..<dual.diagram.starts[atom + 1] {
                let label = Int(dual.diagram.facets[index].label)
                blend(label / 27, (point - points[label / 27]) - CellCutter<Cell>.shift(label % 27))
            }
            return sum / total
        }
    }
}
