import Continuum
import Torus
import Training

/// What an ensemble is compared with at each output: a limit's moments, function, loss, kernel and density.
struct StudyReference: Sendable {
    let functions: [[Double]]
    let heldOutFunctions: [[Double]]
    let losses: [Double]
    let waves: [[(real: Double, imaginary: Double)]]
    let kernels: [[Double]]
    /// The densities that distances are measured to; `nil` where there is none.
    let densities: [ComparedDensity?]

    /// The limit of `problem` at given times; losses and functions are those of `measured`, whose data count.
    ///
    /// The moments are sums over nodes, exact to the tolerance, whatever the method of the densities.
    init(
        _ problem: MeanFieldProblem, measured: MeanFieldProblem, nodes: LabelledNodes, times: [Double],
        densities: [ComparedDensity?], basis: StudyBasis, tolerance: Double, parallelism: Parallelism
    ) throws {
        let flow = LinearizedFlow(problem: problem, nodes: nodes, tolerance: tolerance, parallelism: parallelism)
        let moments = try flow.positions(at: times).map {
            basis.moments($0, count: nodes.count, masses: nodes.masses, parallelism: parallelism)
        }
        let own = moments.map(basis.problemMoments)
        functions = own.map(measured.function(moments:))
        heldOutFunctions = own.map(measured.heldOutFunction(moments:))
        losses = own.map(measured.loss(moments:))
        waves = moments.map(basis.waves)
        kernels = moments.map(basis.kernel)
        self.densities = densities
    }
}
