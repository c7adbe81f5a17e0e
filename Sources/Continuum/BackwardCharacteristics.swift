import Foundation
import TimeStepping
import Torus
import Training

/// The flow of the limit followed backward through the weight history, with the growth of the density carried along.
///
/// Along the flow `d log ρ/dt = ΔV`, so `ρ(θ, T) = ρ₀(Θ₀)·exp ∫₀ᵀ ΔV ds` with the origin `Θ₀` of the point: positive by construction,
/// and finite in logarithm however thin the tail. Points go in blocks, each with its own steps, on any thread: the blocks
/// are fixed by the problem, so the numbers are too, and memory is that of one block a thread.
struct BackwardCharacteristics: Sendable {
    /// Points in a block: the stages of three rows stay in the cache of a core.
    static let blockLength = 1024

    let basis: PotentialBasis
    let law: InitialLaw
    let history: PiecewisePolynomial
    /// The time `T`.
    let time: Double
    var tolerance: Double
    let parallelism: Parallelism

    /// The logarithms of the density at points given axis by axis, one block at a time.
    ///
    /// - Throws: `TimeSteppingError`.
    func logDensities(_ points: [Double], count: Int) throws -> [Double] {
        let d = basis.dimension
        let blocks = try parallelism.map((count + Self.blockLength - 1) / Self.blockLength) { block in
            let first = block * Self.blockLength
            let length = min(Self.blockLength, count - first)
            var state = Array(repeating: 0.0, count: (d + 1) * length)
            for axis in 0..<d {
                for i in 0..<length { state[axis * length + i] = points[axis * count + first + i] }
            }
            return try logDensities(block: state, count: length)
        }
        return blocks.flatMap { $0 }
    }

    /// The logarithms of the density at the points of one block: angles axis by axis, then a row of zeros.
    func logDensities(block state: [Double], count: Int) throws -> [Double] {
        try follow(state, count: count, carryingGrowth: true) { state in
            let d = basis.dimension
            var theta = Array(repeating: 0.0, count: d)
            return (0..<count).map { i in
                for axis in 0..<d { theta[axis] = state[axis * count + i] }
                return law.logDensity(at: theta) + state[d * count + i]
            }
        }
    }

    /// The origins `Θ₀` of the points of one block, not wrapped, axis by axis.
    func origins(block points: [Double], count: Int) throws -> [Double] {
        try follow(points, count: count, carryingGrowth: false) { Array($0) }
    }

    private func follow(
        _ state: [Double], count: Int, carryingGrowth: Bool, _ read: (UnsafeBufferPointer<Double>) -> [Double]
    ) throws -> [Double] {
        guard time > 0, count > 0 else { return state.withUnsafeBufferPointer(read) }
        let flow = DrivenFlow(
            basis: basis, history: history, backwardFrom: time, count: count, carryingGrowth: carryingGrowth)
        let solver = AdaptiveRungeKutta(
            flow, state: state, pair: .dormandPrince853.withoutDenseOutput, tolerance: tolerance)
        solver.proposeStep(firstStep)
        try solver.advance(to: time)
        return read(solver.state)
    }

    /// The steps of the forward flow near the end are a good first guess; the last one may be cut short.
    private var firstStep: Double {
        let ends = history.breakpoints.filter { $0 < time } + [time]
        return zip(ends.suffix(3), ends.suffix(3).dropFirst()).map { $1 - $0 }.max() ?? time
    }
}
