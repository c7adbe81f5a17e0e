import Continuum
import TimeStepping
import Torus
import Training

/// Influences of test functions on a grid: the law is solved forward and kept, and the functions are carried back through it.
///
/// It shares neither points, derivatives nor quadrature with `LinearizedFlow`. Errors fall exponentially with the points along an axis, until the time
/// steps' show: the share of the outermost frequencies tells, and along axes where it is too large the points grow by a half and a third in turn.
struct GridLinearization {
    /// What is found for a time.
    struct Output {
        /// The law at the time, as masses of the grid's points.
        let law: LabelledNodes
        /// The test functions at the points.
        let values: [[Double]]
        let influences: [LinearizedFlow.Influence]
        /// The largest share of outermost frequencies, of the law and of the functions carried back.
        let tail: Double
    }

    /// The law at the start.
    let start: LabelledNodes
    let outputs: [Output]

    /// The most points along an axis, the most bytes of the law's history, and of an integration back.
    private static let (pointLimit, historyLimit, byteLimit) = (4096, 1 << 30, 256 << 20)

    /// - Parameter cells: the points along each axis; `nil`: as many as the tolerance takes.
    /// - Throws: `FluctuationError`, `TimeSteppingError`, `FourierTransformError`.
    init(
        _ problem: MeanFieldProblem, times: [Double], of functions: [TestFunction], cells: [Int]?, tolerance: Double,
        parallelism: Parallelism
    ) throws {
        let d = problem.dimension
        guard let basis = problem.basis.trigonometric else { throw FluctuationError.expansion }
        guard d <= 3 else { throw FluctuationError.grid(dimension: d) }
        if case .field = problem.initialLaw { throw FluctuationError.initialLaw }
        let potential = FourierPotential(basis)
        let harmonic = functions.map { $0.harmonic(problem) }.max() ?? 0
        let least = potential.harmonics.map { 2 * (max($0, harmonic) + $0) + 2 }
        if let cells {
            guard cells.count == d, zip(cells, least).allSatisfy({ $0 >= $1 }) else {
                throw FluctuationError.coarse(cells: cells, least: least)
            }
            let trial = try Trial(problem, potential, cells, times, functions, tolerance, parallelism)
            (start, outputs) = (trial.start, trial.outputs)
            return
        }
        var points = least.map { least in Self.sizes.first { $0 >= max(16, 2 * least) } ?? Self.pointLimit }
        while true {
            let trial = try Trial(problem, potential, points, times, functions, tolerance, parallelism)
            if trial.tails.allSatisfy({ $0 <= tolerance }) {
                (start, outputs) = (trial.start, trial.outputs)
                return
            }
            let grown = zip(points, trial.tails).map { count, tail in
                tail > tolerance ? Self.sizes.first { $0 > count } ?? count : count
            }
            let spectrum = grown.reduce(1, *)
            guard grown != points, spectrum * 64 <= Self.historyLimit / 16 else {
                throw FluctuationError.unresolved(cells: points, tail: trial.tails.max() ?? 0)
            }
            points = grown
        }
    }

    /// Powers of two, and one and a half times them.
    private static let sizes = (4...12).flatMap { [1 << $0, 3 << ($0 - 1)] }.filter { $0 <= pointLimit }

    /// The solution with a given number of points.
    private struct Trial {
        let start: LabelledNodes
        private(set) var outputs: [Output] = []
        /// The largest shares of outermost frequencies, axis by axis.
        private(set) var tails: [Double]

        init(
            _ problem: MeanFieldProblem, _ potential: FourierPotential, _ cells: [Int], _ times: [Double],
            _ functions: [TestFunction], _ tolerance: Double, _ parallelism: Parallelism
        ) throws {
            let space = SpectralGrid(grid: try PeriodicGrid(cells: cells), potential: potential)
            let law = try GridFlow(problem, space, potential)
            // The integrator measures the root mean square over its unknowns: Parseval's sum is what is held.
            let fine = 0.1 * tolerance / Double(law.dimension).squareRoot()
            let forward = AdaptiveRungeKutta(law, state: law.start(), pair: .dormandPrince853, tolerance: fine)
            let points = Self.points(space.grid)
            let count = space.grid.cellCount
            func nodes(_ spectrum: UnsafePointer<Double>) -> LabelledNodes {
                law.work.synthesize(spectrum)
                return LabelledNodes(
                    dimension: problem.dimension, positions: Array(points.joined()),
                    masses: (0..<count).map { law.work.transform.values[$0] / Double(count) })
            }
            var worst = cells.map { _ in 0.0 }
            func note(_ found: [Double], scale: Double = 1) -> Double {
                worst = zip(worst, found).map { max($0, $1 / scale) }
                return (found.max() ?? 0) / scale
            }
            start = nodes(Array(forward.state))
            _ = note(space.tails(Array(forward.state)))
            var history = PiecewisePolynomial(dimension: law.dimension, degree: 7, start: 0)
            var places = Array(repeating: 0.0, count: problem.dimension)
            let own = functions.map { function in
                (0..<count).map { point in
                    for axis in places.indices { places[axis] = points[axis][point] }
                    return function.values(at: places, problem).value
                }
            }
            for time in times {
                while forward.time < time {
                    try forward.step(limit: time)
                    let (begin, end) = (forward.previousTime, forward.time)
                    history.append(upTo: end) { place, value in
                        forward.interpolate(at: place == 1 ? end : begin + place * (end - begin), into: value)
                    }
                    guard 64 * history.pieceCount * law.dimension <= GridLinearization.historyLimit else {
                        throw FluctuationError.unresolved(
                            cells: cells, tail: space.tails(Array(forward.state)).max() ?? 0)
                    }
                }
                let state = Array(forward.state)
                var tail = note(space.tails(state))
                let nodesAtTime = nodes(state)
                var influences: [LinearizedFlow.Influence] = []
                let batch = max(1, GridLinearization.byteLimit / (8 * 24 * law.dimension))
                for first in stride(from: 0, to: functions.count, by: batch) {
                    let part = own[first..<min(functions.count, first + batch)]
                    let spectra = part.map { Self.spectrum(of: $0, law) }
                    let adjoint = try GridAdjoint(
                        law, history: history, from: time, functionCount: part.count, parallelism: parallelism)
                    let backward = AdaptiveRungeKutta(
                        adjoint, state: Array(spectra.joined()), pair: .dormandPrince853, tolerance: fine)
                    try backward.advance(to: time)
                    for (index, spectrum) in spectra.enumerated() {
                        let carried = Array(
                            backward.state[index * law.dimension..<(index + 1) * law.dimension])
                        let size = space.size(spectrum)
                        if size > 0 { tail = max(tail, note(space.tails(carried), scale: size)) }
                        law.work.synthesize(carried)
                        let values = (0..<count).map { law.work.transform.values[$0] }
                        let slopes = cells.indices.flatMap { axis in
                            law.work.synthesizeSlope(carried, axis: axis)
                            return (0..<count).map { law.work.transform.values[$0] }
                        }
                        influences.append(LinearizedFlow.Influence(values: values, slopes: slopes))
                    }
                }
                outputs.append(Output(law: nodesAtTime, values: own, influences: influences, tail: tail))
            }
            tails = worst
        }

        /// The angles of the grid's points, axis by axis; the first is at 0.
        private static func points(_ grid: PeriodicGrid) -> [[Double]] {
            var stride = 1
            return grid.cells.indices.map { axis in
                defer { stride *= grid.cells[axis] }
                let step = stride
                return (0..<grid.cellCount).map { grid.spacing(axis: axis) * Double($0 / step % grid.cells[axis]) }
            }
        }

        private static func spectrum(of values: [Double], _ law: GridFlow) -> [Double] {
            let all = law.work.transform.forward(values)
            return all.indices.map { all[$0] * law.space.mask[$0 / 2] / Double(values.count) }
        }
    }
}
