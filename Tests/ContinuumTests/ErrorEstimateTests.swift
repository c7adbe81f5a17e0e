import Foundation
import Testing
import Torus
import Training

@testable import Continuum

/// What a limit says of its own error, beside its true error where a solution is known.
@Suite struct ErrorEstimateTests {
    /// The true errors of a limit of the exact family, of density and moments, at each output.
    static func trueErrors(_ limit: Limit) throws -> [(density: Double, moment: Double)] {
        let exact = try #require(limit.exact)
        let moments = try #require(limit.exactMomentErrors)
        return try limit.times.indices.map { output in
            guard let grid = limit.grid else { return (.nan, moments[output]) }
            let averages = try exact.law(output: output).averages(on: grid)
            let distance = zip(limit.densities[output].values, averages.values).reduce(0) { $0 + abs($1.0 - $1.1) }
            return (distance * grid.cellVolume, moments[output])
        }
    }

    /// One angle in the exact family, smooth and drawn to a point, and products in two and three.
    enum Case: String, CaseIterable, Sendable {
        case oneQubit, concentrating, twoAngles, threeAngles

        func problem() throws -> MeanFieldProblem {
            switch self {
            case .oneQubit: ReferenceProblems.oneQubit
            case .concentrating: ReferenceProblems.concentrating
            case .twoAngles: try GalerkinTests.additive(dimension: 2)
            case .threeAngles: try GalerkinTests.additive(dimension: 3)
            }
        }

        func grid() throws -> PeriodicGrid {
            switch self {
            case .oneQubit: try PeriodicGrid(cells: [128])
            case .concentrating: try PeriodicGrid(cells: [256])
            case .twoAngles: try PeriodicGrid(cells: [96, 64])
            case .threeAngles: try PeriodicGrid(cells: [32, 32, 24])
            }
        }
    }

    /// The ratio of estimate and truth is within the factors, for density and moments; errors below `floor` are rounding.
    static func check(
        _ scheme: Scheme, _ problem: Case, times: [Double],
        factors: (density: ClosedRange<Double>, moment: ClosedRange<Double>),
        floor: Double
    ) throws {
        let limit = try Limit(
            problem.problem(), scheme: scheme, grid: problem.grid(), times: times, estimatesErrors: true,
            parallelism: .allCores)
        let estimate = try #require(limit.errorEstimate, "\(limit.errorEstimateFailure ?? "")")
        for (output, truth) in try trueErrors(limit).enumerated() {
            for (name, estimated, truth, factors) in [
                ("density", estimate.density[output].total, truth.density, factors.density),
                ("moment", estimate.moment[output].total, truth.moment, factors.moment),
            ] {
                let words =
                    "\(problem) \(scheme.name) \(scheme.tolerance) \(name) t = \(times[output]): \(estimated), \(truth)"
                if truth < floor {
                    #expect(estimated < factors.upperBound * floor, "\(words)")
                } else {
                    #expect(factors.contains(estimated / truth), "\(words)")
                }
            }
        }
    }

    /// Richardson's extrapolation with the order that is seen: it errs as the next term of the error does, and as limiters do. Moments
    /// of MUSCL may be better than its order, which the estimate does not count on.
    @Test(
        arguments: [
            Scheme.finiteVolume(.upwind, tolerance: 1e-6), .finiteVolume(.muscl(.minmod), tolerance: 1e-6),
            .finiteVolume(.muscl(.vanLeer), tolerance: 1e-6),
            .finiteVolume(.muscl(.monotonizedCentral), tolerance: 1e-3), .finiteVolume(.weno5, tolerance: 1e-8),
            .finiteVolume(.weno5, tolerance: 1e-4),
        ], Case.allCases)
    func finiteVolumes(scheme: Scheme, problem: Case) throws {
        // The concentrating law is resolved up to t = 5: eight cells across the peak.
        // In three angles the third grid has eight cells an axis, where high orders are not seen yet: that errs upwards.
        let most = (density: problem == .threeAngles ? 5.0 : 3, moment: problem == .threeAngles ? 10.0 : 8)
        try Self.check(
            scheme, problem, times: [0.5, 2, 5], factors: (0.3...most.density, 0.3...most.moment), floor: 1e-12)
    }

    /// Of modes and nodes an extrapolation of geometric decay; of time steps half of them. Each is a power of what is seen, so the
    /// factor is wider.
    @Test(
        arguments: [
            Scheme.galerkin(tolerance: 1e-9), .galerkin(tolerance: 1e-5),
            .characteristics(nodes: nil, tolerance: 1e-9), .characteristics(nodes: nil, tolerance: 1e-5),
            .characteristics(nodes: 16, tolerance: 1e-9),
        ], Case.allCases)
    func spectralMethods(scheme: Scheme, problem: Case) throws {
        try Self.check(
            scheme, problem, times: [0.5, 2, 5], factors: (0.1...20, 0.1...20),
            floor: problem == .concentrating ? 1e-10 : 1e-12)
    }

    /// A limit without an exact solution is known all the same, and its steps are the same with an estimate and without.
    @Test func outsideTheExactFamily() throws {
        let grid = try PeriodicGrid(cells: [256])
        let scheme = Scheme.finiteVolume(.muscl(.vanLeer), tolerance: 1e-6)
        let problem = ReferenceProblems.threeHarmonics
        let plain = try Limit(problem, scheme: scheme, grid: grid, times: [0, 2])
        #expect(plain.errorEstimate == nil && plain.solverErrors[0] == 0 && plain.solverErrors[1].isNaN)
        var shares: [Double] = []
        let limit = try Limit(
            problem, scheme: scheme, grid: grid, times: [0, 2], estimatesErrors: true, progress: { shares.append($0) })
        #expect(limit.densities == plain.densities)
        #expect(shares.last == 1 && shares.first == 0 && shares.dropFirst().allSatisfy { $0 > 0 && $0 <= 1 })
        let judge = try Limit(
            problem, scheme: .characteristics(nodes: nil, tolerance: 1e-11), grid: grid, times: [0, 2])
        let truth = zip(limit.moments[1], judge.moments[1]).map { abs($0 - $1) }.max() ?? 1
        #expect((0.3...4).contains(limit.solverErrors[1] / truth), "\(limit.solverErrors[1]), \(truth)")
        // Moments of the same averages, summed on other grids.
        #expect(limit.solverErrors[0] < 1e-15)
    }

    /// Too few cells for half of them: what cannot be known is NaN.
    @Test func gridsThatCannotBeHalved() throws {
        let scheme = Scheme.finiteVolume(.muscl(.vanLeer), tolerance: 1e-6)
        let few = try Limit(
            ReferenceProblems.oneQubit, scheme: scheme, grid: PeriodicGrid(cells: [8]), times: [1],
            estimatesErrors: true)
        #expect(try #require(few.errorEstimate).moment[0].total.isNaN)
    }

    /// Cells that are not even in number are halved upwards, and compared by their waves.
    @Test(arguments: [Scheme.Reconstruction.upwind, .muscl(.vanLeer), .weno5], [[101], [75, 49]])
    func oddNumbersOfCells(reconstruction: Scheme.Reconstruction, cells: [Int]) throws {
        let limit = try Limit(
            cells.count == 1 ? ReferenceProblems.oneQubit : GalerkinTests.additive(dimension: 2),
            scheme: .finiteVolume(reconstruction, tolerance: 1e-7), grid: PeriodicGrid(cells: cells), times: [0.5, 2],
            estimatesErrors: true, parallelism: .allCores)
        let estimate = try #require(limit.errorEstimate)
        for (output, truth) in try Self.trueErrors(limit).enumerated() {
            // The factors of even numbers.
            #expect((0.3...3).contains(estimate.density[output].total / truth.density), "\(estimate), \(truth)")
            #expect((0.3...8).contains(estimate.moment[output].total / truth.moment), "\(estimate), \(truth)")
        }
    }

    /// Too few cells for a quarter of them: the third grid is as coarse as the method allows.
    @Test(arguments: [Scheme.Reconstruction.upwind, .muscl(.minmod), .muscl(.vanLeer), .weno5])
    func gridsThatCannotBeQuartered(reconstruction: Scheme.Reconstruction) throws {
        let limit = try Limit(
            GalerkinTests.additive(dimension: 3), scheme: .finiteVolume(reconstruction, tolerance: 1e-7),
            grid: PeriodicGrid(cells: [24, 20, 31]), times: [0.5, 2], estimatesErrors: true, parallelism: .allCores)
        let estimate = try #require(limit.errorEstimate)
        for (output, truth) in try Self.trueErrors(limit).enumerated() {
            #expect((0.3...5).contains(estimate.density[output].total / truth.density), "\(estimate), \(truth)")
        }
    }

    /// Laws that begin with more modes than they need later: what is left of the highest would grow in companions that kept them.
    @Test(arguments: [2.5, 4, 12], [1e-6, 1e-9])
    func galerkinOfLawsThatSpread(concentration: Double, tolerance: Double) throws {
        let problem = try ReferenceProblems.oneQubit(
            from: .product([.vonMises(centre: 1, concentration: concentration)]))
        let (grid, times) = (try PeriodicGrid(cells: [101]), [0, 0.5, 2, 5, 10])
        let limit = try Limit(
            problem, scheme: .galerkin(tolerance: tolerance), grid: grid, times: times, estimatesErrors: true)
        let judge = try Limit(problem, scheme: .characteristics(nodes: nil, tolerance: 1e-13), grid: grid, times: times)
        let estimate = try #require(limit.errorEstimate, "\(limit.errorEstimateFailure ?? "")")
        for output in 1..<times.count {
            let truth =
                zip(limit.densities[output].values, judge.densities[output].values).reduce(0) { $0 + abs($1.0 - $1.1) }
                * grid.cellVolume
            // The factors of the other spectral cases; below, the judge's own rounding.
            if truth > 1e-12 {
                #expect((0.1...20).contains(estimate.density[output].total / truth), "\(estimate), \(truth)")
            } else {
                #expect(estimate.density[output].total < 2e-11, "\(estimate), \(truth)")
            }
        }
    }

    /// What is left of the time on the clock bounds the companions too: errors that they have not reached are not known.
    @Test(arguments: [
        Scheme.finiteVolume(.upwind, tolerance: 1e-6), .galerkin(tolerance: 1e-9),
        .characteristics(nodes: nil, tolerance: 1e-9),
    ])
    func theWallTimeEndsCompanions(scheme: Scheme) throws {
        let limit = try Limit(
            ReferenceProblems.oneQubit, scheme: scheme, grid: PeriodicGrid(cells: [64]), times: [0, 5],
            stops: [.wallTime(seconds: 1e-9)], estimatesErrors: true)
        #expect(limit.times.count == 2 && limit.times[1] < 5)
        let estimate = try #require(limit.errorEstimate)
        #expect(!estimate.moment[0].total.isNaN && estimate.moment[1].total.isNaN)
        #expect(estimate.density.count == 2 && estimate.density[1].total.isNaN)
        #expect(limit.errorEstimateFailure?.contains("seconds have passed") == true)
    }

    /// Beyond three angles the lattices' spread is the error, and there is no density to judge.
    @Test func fourAngles() throws {
        let problem = try GalerkinTests.product(dimension: 4)
        let limit = try Limit(
            problem, scheme: .characteristics(nodes: 1 << 11, tolerance: 1e-4), grid: nil, times: [0, 1, 2],
            estimatesErrors: true)
        let judge = try Limit(
            problem, scheme: .characteristics(nodes: 1 << 17, tolerance: 1e-9), grid: nil, times: [0, 1, 2],
            parallelism: .allCores)
        let estimate = try #require(limit.errorEstimate)
        for output in 1...2 {
            let truth = zip(limit.moments[output], judge.moments[output]).map { abs($0 - $1) }.max() ?? 1
            // The largest of sixteen errors beside the largest of sixteen standard errors of eight copies each.
            #expect((0.1...4).contains(truth / estimate.moment[output].grid), "\(truth), \(estimate.moment[output])")
            #expect(estimate.density[output].total.isNaN)
            #expect(estimate.moment[output].timeStep < 1e-6)
        }
    }
}
