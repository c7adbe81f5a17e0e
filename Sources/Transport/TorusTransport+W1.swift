public import Torus

extension TorusTransport {
    /// A bracket of `W₁` on the torus in two and three angles.
    ///
    /// The cost `(|x − y|² + ε²)^{1/2}` is followed from `ε = ∞`, where it is that of `W₂`, towards 0, Newton's method keeping the masses
    /// right and secants leading from one `ε` to the next. At each `ε` the weights give a lower bound, the dual of `W₁`, and the cells a plan;
    /// both are proven, and the search ends where they are close. Neither needs the best weights of `W₁`, whose cells are thin.
    ///
    /// - Parameters:
    ///   - plan: a plan for `W₂` between the same atoms and density, where the path begins; nil to have it found.
    ///   - accuracy: the relative width of the bracket at which the search ends. A search that ends before says so in the method's name.
    ///   - parallelism: the threads; the result is the same to the bit for any number.
    /// - Throws: `TransportError` when the numbers of angles or of atoms differ.
    /// - Complexity: some tens of partitions into Apollonius cells, each O(cells + N/accuracy) in two angles; up to `partitions` where
    ///   mass is carried much farther than its cells are wide.
    /// - Source: Hartmann, Schuhmacher, *Semi-discrete optimal transport: a solution procedure for the unsquared Euclidean distance case*, Math.
    ///   Methods Oper. Res. 92 (2020), for the dual and its cells.
    public static func w1(
        _ atoms: TorusAtoms, _ density: TorusDensity, from plan: SemiDiscretePlan? = nil, accuracy: Double = 0.005,
        parallelism: Parallelism = .serial, partitions: Int = 400
    ) throws -> Distance {
        let plan = try plan ?? self.plan(atoms, density, parallelism: parallelism)
        let start = try w1(atoms, density, within: plan)
        let path = ApolloniusPath(atoms, density, plan: plan, parallelism: parallelism)
        let found = path.bracket(within: start.lower...start.upper, accuracy: accuracy, limit: partitions)
        let isClose = found.ends.upperBound - found.ends.lowerBound <= accuracy * found.ends.upperBound
        return Distance(
            lower: Swift.max(0, found.ends.lowerBound - atoms.spread), upper: found.ends.upperBound + atoms.spread,
            method: "torus W1: Apollonius cells" + (isClose ? "" : earlyEnd), iterations: found.partitions)
    }

    /// A bracket of `W₁` on the torus in two and three angles from the circle distances of the marginals and a plan for `W₂`.
    ///
    /// Below: for any plan `γ` and any unit vector `u ≥ 0`, `∫ |x − y| dγ ≥ Σ_a u_a ∫ |x_a − y_a| dγ ≥ Σ_a u_a W₁(marginals of
    /// axis a)`; the best `u` gives the Euclidean norm of the marginals' distances. Above: the plan for `W₂` is a plan for `W₁`, and
    /// by Jensen's inequality in each cell, of mass `m_i` and cost `c_i`, its cost is at most `Σ_i (m_i c_i)^{1/2}`; that is at
    /// most `W₂`.
    ///
    /// The bracket is not narrow: for independent atoms the marginals are much closer than the laws, and the lower end falls
    /// like `N^{−1/2}` in any number of angles.
    ///
    /// - Parameter plan: a plan between the same atoms and density.
    /// - Throws: `TransportError` when the numbers of angles or of atoms differ.
    /// - Complexity: O(d (N log N + cells)).
    public static func w1(
        _ atoms: TorusAtoms, _ density: TorusDensity, within plan: SemiDiscretePlan
    ) throws -> Distance {
        guard atoms.dimension == density.dimension else {
            throw TransportError.dimension(found: density.dimension, expected: atoms.dimension)
        }
        guard plan.masses.count == atoms.count else {
            throw TransportError.startCount(found: plan.masses.count, expected: atoms.count)
        }
        var squares = 0.0
        var iterations = plan.distance.iterations
        for axis in 0..<atoms.dimension {
            let distance = CircleTransport.w1(try atoms.marginal(axis: axis), try density.marginal(axis: axis))
            // The masses of the marginals' cells and the weights carry a few roundings, each worth at most half a turn.
            let lower = Swift.max(0, distance.lower - 0x1p-49)
            squares += lower * lower
            iterations += distance.iterations
        }
        let greatest = (Double(atoms.dimension)).squareRoot() * Double.pi
        var (sum, mass, surplus) = (CompensatedSum(), CompensatedSum(), 0.0)
        for (index, place) in atoms.places.enumerated() where place >= 0 {
            sum.add((plan.masses[index] * plan.costs[index]).squareRoot())
            mass.add(plan.masses[index])
            surplus += abs(plan.masses[index] - atoms.shares[index] * atoms.weights[Int(place)])
        }
        // Half of what the cells hold too much or too little goes elsewhere, at most the greatest distance away; what the
        // cells miss or hold twice by rounding is charged the same.
        let rerouted = (0.5 * surplus + abs(mass.value - 1)) * greatest
        let upper = Swift.min(plan.distance.upper, (sum.value + rerouted) * (1 + 0x1p-48))
        let lower = (squares.squareRoot() * (1 - 0x1p-50))
        return Distance(
            lower: Swift.max(0, Swift.min(lower, upper) - atoms.spread), upper: upper + plan.spread,
            method: "torus W1: marginals and W2 plan" + (plan.distance.isEarly ? earlyEnd : ""), iterations: iterations)
    }
}

extension TorusAtoms {
    /// The angles of one axis with the weights.
    ///
    /// - Complexity: O(N log N).
    func marginal(axis: Int) throws -> CircleAtoms {
        try CircleAtoms(angles: tree.points.map { $0[axis] }, weights: weights)
    }
}

extension TorusDensity {
    /// The density of one angle alone.
    ///
    /// - Complexity: O(cells).
    func marginal(axis: Int) throws -> CircleDensity {
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: grid.cells[axis])
        let stride = grid.cells[..<axis].reduce(1, *)
        for (cell, value) in values.enumerated() { sums[cell / stride % grid.cells[axis]].add(value) }
        let others = grid.cellVolume / grid.spacing(axis: axis)
        return try CircleDensity(cellAverages: sums.map { $0.value * others })
    }
}
