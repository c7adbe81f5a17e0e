import TimeStepping
import Torus
import Training

/// The hierarchy of the moments `m_k = ∫ e^{ik·θ} dμ`, `dm_k/dt = Σ_l (k·l) V_l m_{k+l}`, closed by `m_k = 0` beyond the lattice.
///
/// The state is the real parts of all modes of the lattice, then the imaginary parts. The potential has few modes `V_l`, so the
/// sum is a short stencil; where they are many it is a convolution by FFT on a grid that is padded by the degree, which
/// leaves no aliasing. The shorter way is chosen by counting operations, never by a clock.
///
/// - Complexity: of a right-hand side, `modes · harmonics of the potential`, or `modes · log(modes)`. Nothing is allocated.
final class MomentHierarchy: DynamicalSystem {
    let lattice: ModeLattice
    var dimension: Int { 2 * lattice.count }
    /// Whether the potential depends on the law.
    var isCoupled: Bool { problem.prescribedWeights == nil }
    /// The places of the potential's own modes in the state: real parts, then imaginary parts.
    let potentialPlaces: [Int]

    private let problem: MeanFieldProblem
    private let potential: FourierPotential
    private let parallelism: Parallelism
    private let stencil: MomentStencil?
    private let convolution: MomentConvolution?
    /// The basis's moments and weights, and the real and imaginary parts of the potential's modes.
    private let memory: UnsafeMutablePointer<Double>
    private var basisMoments: UnsafeMutablePointer<Double> { memory }
    private var basisWeights: UnsafeMutablePointer<Double> { memory + problem.basis.count }
    private var waveReal: UnsafeMutablePointer<Double> { memory + 2 * problem.basis.count }
    private var waveImaginary: UnsafeMutablePointer<Double> { waveReal + potential.count }

    /// The ways to the right-hand side.
    enum Path { case stencil, convolution }

    /// A hierarchy on a lattice that holds the potential's modes.
    ///
    /// - Parameter path: `nil`: the one with fewer operations.
    /// - Throws: `FourierTransformError`.
    init(
        _ problem: MeanFieldProblem, _ potential: FourierPotential, lattice: ModeLattice, parallelism: Parallelism,
        path: Path? = nil
    ) throws {
        self.problem = problem
        self.potential = potential
        self.lattice = lattice
        self.parallelism = parallelism
        let places = potential.modes.map { lattice.place($0)?.index ?? 0 }
        potentialPlaces = places + places.map { lattice.count + $0 }
        let waves = potential.count - 1
        let direct = MomentStencil.operations(lattice, waves: waves)
        let byTransform = MomentConvolution.operations(lattice, harmonics: potential.harmonics)
        switch path ?? (direct <= byTransform ? .stencil : .convolution) {
        case .stencil:
            stencil = MomentStencil(lattice: lattice, potential: potential)
            convolution = nil
        case .convolution:
            stencil = nil
            convolution = try MomentConvolution(lattice: lattice, potential: potential)
        }
        let size = 2 * problem.basis.count + 2 * potential.count
        memory = .allocate(capacity: size)
        memory.initialize(repeating: 0, count: size)
    }

    deinit { memory.deallocate() }

    /// Writes the basis's moments from the values of the potential's own modes, in the order of `potentialPlaces`.
    func moments(ofModes modes: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>) {
        potential.moments(real: modes, imaginary: modes + potential.count, into: moments, count: problem.basis.count)
    }

    /// Writes the weights from the values of the potential's own modes, in the order of `potentialPlaces`.
    func weights(ofModes modes: UnsafePointer<Double>, into weights: UnsafeMutablePointer<Double>) {
        moments(ofModes: modes, into: basisMoments)
        problem.weights(moments: basisMoments, into: weights)
    }

    /// Writes the basis's moments of a state.
    func moments(state: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>) {
        for q in 0..<2 * potential.count { waveReal[q] = state[potentialPlaces[q]] }
        self.moments(ofModes: waveReal, into: moments)
    }

    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        moments(state: state, into: basisMoments)
        problem.weights(moments: basisMoments, into: basisWeights)
        potential.coefficients(weights: basisWeights, real: waveReal, imaginary: waveImaginary)
        if let stencil {
            stencil.apply(state, waveReal, waveImaginary, into: rate, parallelism)
        } else {
            convolution?.apply(state, waveReal, waveImaginary, into: rate)
        }
    }
}
