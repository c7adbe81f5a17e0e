import Foundation
import TimeStepping
import Torus
import Training

/// About how far a limit is from the true one at each output, found by solving it again with fewer unknowns or longer steps.
///
/// A companion's distance from the limit is the companion's own error but for a small part; what the method's order, or the decay of its
/// errors, says of the way from there to the limit's unknowns gives the limit's:
///
/// - Finite volumes: half the cells along each axis, and a quarter of them to see the order (Richardson), or as few as the method
///   needs.
/// - Galerkin and characteristics: half and a quarter of the frequencies or nodes along each axis, whose errors fall geometrically;
///   cell averages in several angles are also compared with a finer quadrature. Beyond three angles the standard error over the
///   shifted lattices.
///
/// What a time step does is the same with fewer unknowns, so two companions tell it, with half the cells, frequencies or nodes (an
/// eighth of a lattice): one takes the limit's steps, the other takes them in halves. Costs, counted in the limit's own: about
/// `relativeCost`.
public struct ErrorEstimate: Sendable, Equatable {
    /// What an error is made of.
    public struct Terms: Sendable, Equatable {
        /// Cells, modes or nodes.
        public var grid: Double
        /// The time step.
        public var timeStep: Double

        /// All of it.
        public var total: Double { grid + timeStep }

        static let unknown = Terms(grid: .nan, timeStep: .nan)
    }

    /// Of the density, `∫ |ρ − ρ_true| dθ`; NaN where it is not known.
    public internal(set) var density: [Terms]
    /// The largest of the moments `M_m` and `z_p`; NaN where it is not known.
    public internal(set) var moment: [Terms]

    /// What half the steps leave of an error of Dormand and Prince's 8(5,3).
    private static let leftByHalfSteps = 1.0 / 256
    /// Points at which the densities of characteristics are compared.
    static let samplePoints = 256
    /// Cells in several angles whose averages are found again.
    static let sampleCells = 64

    /// About what the companions cost beside the limit.
    static func relativeCost(_ scheme: Scheme, dimension: Int) -> Double {
        switch scheme {
        case .finiteVolume: [1, 0.44, 0.2][min(dimension, 3) - 1]
        case .galerkin: [2.75, 0.81, 0.39][min(dimension, 3) - 1]
        case .characteristics: dimension > 3 ? 0.4 : 0.3
        }
    }

    /// What is known of a law at an output.
    struct Sample {
        var time: Double
        var moments: [Double]
        var firstMoments: [(real: Double, imaginary: Double)]
        /// Cell averages, unless they are dear.
        var density: Field?

        init(time: Double, moments: [Double], firstMoments: [(real: Double, imaginary: Double)], density: Field?) {
            self.time = time
            self.moments = moments
            self.firstMoments = firstMoments
            self.density = density
        }

        init(_ solver: any ContinuumSolver, dimension: Int, grid: PeriodicGrid?) throws {
            self.init(
                time: solver.time, moments: solver.moments(),
                firstMoments: (0..<dimension).map { axis in
                    solver.moment((0..<dimension).map { $0 == axis ? 1 : 0 })
                }, density: try grid.map(solver.density(on:)))
        }

        /// Of the density in `L¹`, on the coarser of the two grids, and of the largest moment.
        func distance(to other: Sample) throws -> Distance {
            var largest = zip(moments, other.moments).reduce(0) { max($0, abs($1.0 - $1.1)) }
            for (a, b) in zip(firstMoments, other.firstMoments) {
                largest = max(largest, hypot(a.real - b.real, a.imaginary - b.imaginary))
            }
            var density = Double.nan
            if let fine = self.density, let coarse = other.density {
                // The cells of odd numbers are not nested.
                let own = try fine.averages(on: coarse.grid) ?? fine.resampled(on: coarse.grid)
                density = zip(own.values, coarse.values).reduce(0) { $0 + abs($1.0 - $1.1) } * coarse.grid.cellVolume
            }
            return Distance(density: density, moment: largest)
        }
    }

    /// How far two laws are apart.
    struct Distance {
        var density: Double
        var moment: Double

        static func + (a: Distance, b: Distance) -> Distance {
            Distance(density: a.density + b.density, moment: a.moment + b.moment)
        }

        /// A law's error from some distances, found for density and moment alike.
        static func combine(_ distances: [Distance], _ law: ([Double]) -> Double) -> Distance {
            Distance(density: law(distances.map(\.density)), moment: law(distances.map(\.moment)))
        }
    }

    /// Solves again what a solver has solved.
    ///
    /// - Parameters:
    ///   - solver: at the last output.
    ///   - samples: the limit at its outputs.
    ///   - tails: the method's own measure of its resolution there.
    ///   - resumed: the snapshot to go on from.
    ///   - progress: called with the time reached after each step of a companion, and a snapshot for who wants it; when it
    ///     throws `Interruption`, the errors of the outputs that are left are not known.
    /// - Throws: what the companions throw.
    init(
        of solver: any ContinuumSolver, samples: [Sample], tails: [Double], resuming resumed: Snapshot? = nil,
        progress: (Double, () -> Snapshot) throws -> Void
    ) throws {
        density = []
        moment = []
        do {
            switch solver {
            case let solver as FiniteVolume: try estimate(solver, samples, resumed, progress)
            case let solver as Galerkin: try estimate(solver, samples, resumed, progress)
            case let solver as Characteristics: try estimate(solver, samples, tails, resumed, progress)
            default: preconditionFailure("an estimate for every solver")
            }
        } catch is Interruption {
            let left = samples.dropFirst(density.count).map { _ in Terms.unknown }
            density += left
            moment += left
        }
    }

    /// Ends the companions before the last output.
    struct Interruption: Error {}

    /// The error of `n` unknowns from the distances of `n/2` and `n/4`, where errors fall as `qⁿ`.
    private static func geometric(_ distances: [Double]) -> Double {
        let gain = distances[1] > 0 ? min(1, distances[0] / distances[1]) : 0
        return distances[0] * gain * gain
    }

    /// The order `p` that the distances of three grids show: `h`, `r h` and `r s h` err by `h^p`, `(r h)^p` and `(r s h)^p`.
    ///
    /// Seen at one time it may be anything, because differences pass through 0, so it is kept within what is expected.
    private static func order(
        _ distances: [Double], ratios: (fine: Double, coarse: Double), among orders: ClosedRange<Double>
    ) -> Double {
        // The quotient of the distances grows with the order.
        var (low, high) = (orders.lowerBound, orders.upperBound)
        for _ in 0..<50 {
            let order = 0.5 * (low + high)
            let fine = pow(ratios.fine, order)
            if distances[0] * fine * (pow(ratios.coarse, order) - 1) > distances[1] * (fine - 1) {
                high = order
            } else {
                low = order
            }
        }
        return low
    }

    private mutating func append(grid: Distance, timeStep: Distance) {
        // Laws are no further apart than this: more of it is a companion that has left its way.
        func known(_ grid: Double, _ timeStep: Double, atMost bound: Double) -> Terms {
            grid <= bound && timeStep <= bound || grid.isNaN || timeStep.isNaN
                ? Terms(grid: grid, timeStep: timeStep) : .unknown
        }
        density.append(known(grid.density, timeStep.density, atMost: 2))
        moment.append(known(grid.moment, timeStep.moment, atMost: 2))
    }

    private mutating func estimate(
        _ solver: FiniteVolume, _ samples: [Sample], _ resumed: Snapshot?,
        _ progress: (Double, () -> Snapshot) throws -> Void
    ) throws {
        let dimension = solver.cells.dimension
        // The companions that show what cells do take the limit's own steps, or nearly: where the Courant number sets them, parts of
        // what they would be on larger cells.
        let part = solver.isCourantLimited ? 0.5 : 1
        guard let half = try solver.companion(dividingCellsBy: 2, stepShare: part),
            let other = try solver.companion(dividingCellsBy: 2, stepShare: part == 1 ? 0.5 : 1)
        else {
            (density, moment) = (samples.map { _ in .unknown }, samples.map { _ in .unknown })
            return
        }
        let quarter = try half.companion(dividingCellsBy: 2, stepShare: part)
        // Half the steps keep 2^−q of an error, q the order in time. Of the pair the longer steps are the limit's own, or twice as
        // long.
        let kept = pow(0.5, solver.timeOrder)
        // How much wider cells are: 2, or less where their numbers were odd or small.
        func widening(_ fine: FiniteVolume, _ coarse: FiniteVolume) -> Double {
            pow(Double(fine.cells.cellCount) / Double(coarse.cells.cellCount), 1 / Double(dimension))
        }
        let ratio = widening(solver, half)
        let quarterRatio = quarter.map { widening(half, $0) } ?? 2
        let stepScale = (part == 1 ? 1 : kept) / (1 - kept)
        let all = [half, other, quarter]
        try restore(resumed, all)
        for sample in samples.dropFirst(density.count) {
            let companions = try all.map { companion -> Sample? in
                guard let companion else { return nil }
                try companion.advance(to: sample.time) { try progress($0) { snapshot(all) } }
                return try Sample(companion, dimension: dimension, grid: companion.cells)
            }
            guard let ofHalf = companions[0], let ofOther = companions[1] else { continue }
            let toHalf = try sample.distance(to: ofHalf)
            let toQuarter = try companions[2].map(ofHalf.distance(to:))
            append(
                grid: .combine([toHalf, toQuarter ?? toHalf]) { distances in
                    // Without a third grid nothing shows the order.
                    let order =
                        toQuarter == nil
                        ? 1
                        : Self.order(
                            distances, ratios: (ratio, quarterRatio), among: 0.5...max(0.5, solver.spatialOrder))
                    return distances[0] / (pow(ratio, order) - 1)
                }, timeStep: .combine([try ofHalf.distance(to: ofOther)]) { $0[0] * stepScale })
        }
    }

    private mutating func estimate(
        _ solver: Galerkin, _ samples: [Sample], _ resumed: Snapshot?,
        _ progress: (Double, () -> Snapshot) throws -> Void
    ) throws {
        let dimension = samples.first?.firstMoments.count ?? 1
        let half = try Galerkin(companionOf: solver, dividingFrequenciesBy: 2)
        let quarter = try Galerkin(companionOf: solver, dividingFrequenciesBy: 4)
        // On the circle all frequencies are cheap.
        let halves = try Galerkin(
            companionOf: solver, dividingFrequenciesBy: dimension == 1 ? 1 : 2, stepParts: 2)
        let all = [half, quarter, halves]
        try restore(resumed, all)
        for sample in samples.dropFirst(density.count) {
            let companions = try all.map { companion in
                try companion.advance(to: sample.time) { try progress($0) { snapshot(all) } }
                return try Sample(companion, dimension: dimension, grid: sample.density?.grid)
            }
            let steps = try (dimension == 1 ? sample : companions[0]).distance(to: companions[2])
            append(
                grid: .combine(try companions.prefix(2).map(sample.distance(to:)), Self.geometric),
                timeStep: .combine([steps]) { $0[0] / (1 - Self.leftByHalfSteps) })
        }
    }

    private mutating func estimate(
        _ solver: Characteristics, _ samples: [Sample], _ tails: [Double], _ resumed: Snapshot?,
        _ progress: (Double, () -> Snapshot) throws -> Void
    ) throws {
        let isTensor = !solver.nodesPerAxis.isEmpty
        let divisor = isTensor ? 2 : 8
        guard let half = try solver.companion(dividingNodesBy: divisor),
            let halves = try solver.companion(dividingNodesBy: divisor, stepParts: 2)
        else {
            (density, moment) = (samples.map { _ in .unknown }, samples.map { _ in .unknown })
            return
        }
        let quarter = isTensor ? try solver.companion(dividingNodesBy: 4) : nil
        let all = [half, halves, quarter]
        try restore(resumed, all)
        for (sample, tail) in zip(samples, tails).dropFirst(density.count) {
            let companions = try all.map { companion -> Sample? in
                try companion?.advance(to: sample.time) { try progress($0) { snapshot(all) } }
                return try companion.map { try Sample($0, dimension: sample.firstMoments.count, grid: nil) }
            }
            guard let ofHalf = companions[0], let ofHalves = companions[1] else { continue }
            var quadrature = Double.nan
            var steps = try ofHalf.distance(to: ofHalves)
            var toHalf = try sample.distance(to: ofHalf)
            // The most that laws are apart, where there are too few nodes for a quarter.
            var toQuarter = try companions[2].map(sample.distance(to:)) ?? Distance(density: 2, moment: 1)
            if isTensor {
                let places = half.sample(atMost: Self.samplePoints).filter { $0.mass > 0 }
                let own = try solver.logDensity(at: places.map(\.point), time: sample.time)
                let ofHalf = try half.logDensity(at: places.map(\.point))
                steps.density = Self.distance(ofHalf, try halves.logDensity(at: places.map(\.point)), places)
                toHalf.density = Self.distance(own, ofHalf, places)
                if let quarter {
                    toQuarter.density = Self.distance(own, try quarter.logDensity(at: places.map(\.point)), places)
                }
            }
            if let field = sample.density {
                quadrature = try solver.cellAverageError(of: field, time: sample.time, atMost: Self.sampleCells)
            }
            append(
                grid: isTensor
                    ? .combine([toHalf, toQuarter], Self.geometric) + Distance(density: quadrature, moment: 0)
                    : Distance(density: .nan, moment: tail),
                timeStep: .combine([steps]) { $0[0] / (1 - Self.leftByHalfSteps) })
        }
    }

    /// `∫ |ρ − ρ'| dθ = ∫ |1 − ρ'/ρ| dμ`, a sum over nodes.
    private static func distance(
        _ own: [Double], _ other: [Double], _ places: [(mass: Double, point: [Double])]
    ) -> Double {
        var (sum, mass) = (0.0, 0.0)
        for (index, place) in places.enumerated() where own[index].isFinite {
            sum += place.mass * abs(1 - exp(other[index] - own[index]))
            mass += place.mass
        }
        return sum / mass
    }
}
