import CAllocationCounter
import Testing
import Torus
import Training

@testable import Continuum

/// Steps of the solvers ask for no memory but that of the history, which doubles its room.
@Suite(.enabled(if: kac_counts_allocations() != 0), .serialized)
struct AllocationTests {
    /// What a call asks for.
    static func allocations(_ work: () throws -> Void) rethrows -> Int {
        kac_begin_counting_allocations()
        try work()
        return kac_end_counting_allocations()
    }

    /// `V = −cos θ₀ − ½ sin(θ₀ + 2θ₁)`, or its first term alone.
    static func transport(dimension: Int) throws -> MeanFieldProblem {
        var terms = ["cos(theta0)": -1.0]
        if dimension > 1 {
            terms["sin(theta0)*cos(2*theta1)"] = -0.5
            terms["cos(theta0)*sin(2*theta1)"] = -0.5
        }
        let potential = try TrigonometricPolynomial(terms, names: (0..<dimension).map { "theta\($0)" })
        return MeanFieldProblem(potential: potential.basis, weights: potential.coefficients)
    }

    /// In a given potential the history is one piece an output: a hundred steps ask for as much as one.
    @Test(
        arguments: [Scheme.Reconstruction.upwind, .muscl(.vanLeer), .weno5], [[64], [24, 32], [12, 16, 8]])
    func finiteVolumeInAPotential(reconstruction: Scheme.Reconstruction, cells: [Int]) throws {
        let solver = try FiniteVolume(
            Self.transport(dimension: cells.count), grid: PeriodicGrid(cells: cells), reconstruction: reconstruction,
            tolerance: 1e-6, largestStep: 1e-3)
        // The first calls fill caches of the runtime, and room for some pieces of the history.
        for output in 1...17 { try solver.advance(to: 1e-3 * Double(output)) }
        let one = try Self.allocations { try solver.advance(to: 0.018) }
        let steps = solver.acceptedSteps
        let many = try Self.allocations { try solver.advance(to: 0.118) }
        #expect(solver.acceptedSteps - steps >= 100)
        #expect(many == one, "\(many) beside \(one)")
    }

    /// A law that makes its own potential has a piece of history a step: its two arrays double once between 33 and 64 pieces.
    @Test(arguments: [Scheme.Reconstruction.upwind, .muscl(.vanLeer), .weno5])
    func finiteVolumeOfAMeanField(reconstruction: Scheme.Reconstruction) throws {
        let solver = try FiniteVolume(
            ReferenceProblems.oneQubit, grid: PeriodicGrid(cells: [64]), reconstruction: reconstruction,
            tolerance: 1e-6, largestStep: 1e-3)
        try solver.advance(to: 0.033)
        let many = try Self.allocations { try solver.advance(to: 0.061) }
        #expect(many <= 2, "\(many)")
    }

    /// A fixed number of modes, a fixed step by outputs that are near.
    @Test(arguments: [1, 2, 3])
    func galerkin(dimension: Int) throws {
        for problem in [
            try Self.transport(dimension: dimension), try GalerkinTests.additive(dimension: dimension),
        ] {
            let solver = try Galerkin(problem, tolerance: 1e-6)
            var time = 0.0
            func advance(steps: Int) throws {
                for _ in 0..<steps {
                    time += 1e-3
                    try solver.advance(to: time)
                }
            }
            try advance(steps: 34)
            let modes = solver.resolution.unknowns
            let many = try Self.allocations { try advance(steps: 28) }
            #expect(solver.resolution.unknowns == modes)
            #expect(many <= 2, "\(many) in \(dimension) angles")
        }
    }
}
