public import Torus
/// trial
public func trial(_ atoms: TorusAtoms, _ density: TorusDensity) -> (Double, Double, Int) {
    density.withUnsafeTable { table in
        if atoms.dimension == 2 {
            var dual = SemiDiscreteDual<LaguerrePolygon>(atoms, table, weights: Array(repeating: 0, count: atoms.weights.count), parallelism: .serial)
            print("sum", dual.diagram.masses.reduce(0,+))
            _ = dual.ascend(to: 1e-10, limit: 60)
            dual.measure()
            let c = dual.diagram.costs.reduce(0,+)
            let lower = zip(zip(atoms.weights, dual.diagram.masses), dual.weights).reduce(c) { $0 + ($1.0.0 - $1.0.1)*$1.1 }
            return (c, lower, dual.evaluations)
        } else {
            var dual = SemiDiscreteDual<LaguerrePolyhedron>(atoms, table, weights: Array(repeating: 0, count: atoms.weights.count), parallelism: .serial)
            print("sum", dual.diagram.masses.reduce(0,+))
            _ = dual.ascend(to: 1e-10, limit: 60)
            dual.measure()
            let c = dual.diagram.costs.reduce(0,+)
            let lower = zip(zip(atoms.weights, dual.diagram.masses), dual.weights).reduce(c) { $0 + ($1.0.0 - $1.0.1)*$1.1 }
            return (c, lower, dual.evaluations)
        }
    }
}
