import Continuum
import Experts
import TimeStepping
import Torus
import Training

/// The law on a grid, `∂_t μ = div(μ ∇V[μ])`, by its density over the uniform one.
///
/// The state is the half spectrum of that density. A right-hand side takes `2 + 2d` transforms: of the density, of the potential's slopes, and of the fluxes.
final class GridFlow: DynamicalSystem {
    let space: SpectralGrid
    let problem: MeanFieldProblem
    let potential: FourierPotential
    let work: SpectralWorkspace
    /// The density at the points, then the potential's slopes, axis by axis.
    let density: UnsafeMutablePointer<Double>
    let slopes: UnsafeMutablePointer<Double>
    let cells: Int
    private var real: [Double]
    private var imaginary: [Double]
    private var moments: [Double]
    private var weights: [Double]
    private var waves: [Double]

    init(_ problem: MeanFieldProblem, _ space: SpectralGrid, _ potential: FourierPotential) throws {
        self.space = space
        self.problem = problem
        self.potential = potential
        work = try SpectralWorkspace(space)
        cells = space.grid.cellCount
        density = .allocateLines(capacity: cells)
        slopes = .allocateLines(capacity: cells * space.grid.dimension)
        real = Array(repeating: 0, count: potential.count)
        imaginary = real
        moments = Array(repeating: 0, count: problem.basis.count)
        weights = moments
        waves = Array(repeating: 0, count: 2 * space.spectrumCount)
    }

    deinit {
        density.deallocate()
        slopes.deallocate()
    }

    var dimension: Int { 2 * space.spectrumCount }

    /// The spectrum of the initial law.
    func start() -> [Double] {
        var state = Array(repeating: 0.0, count: dimension)
        for place in 0..<space.spectrumCount where space.mask[place] != 0 {
            let m = problem.initialLaw.moment(space.frequencies.map { Int($0[place]) })
            state[2 * place] = m.real
            state[2 * place + 1] = -m.imaginary
        }
        return state
    }

    /// Fills density and slopes for a law.
    func fill(_ state: UnsafePointer<Double>) {
        for (mode, places) in space.places.enumerated() {
            real[mode] = state[2 * places[0].index]
            imaginary[mode] = -state[2 * places[0].index + 1]
        }
        potential.moments(real: real, imaginary: imaginary, into: &moments, count: moments.count)
        problem.weights(moments: moments, into: &weights)
        potential.coefficients(weights: weights, real: &real, imaginary: &imaginary)
        for index in waves.indices { waves[index] = 0 }
        for (mode, places) in space.places.enumerated() {
            for (index, isConjugate) in places {
                waves[2 * index] = real[mode]
                waves[2 * index + 1] = isConjugate ? -imaginary[mode] : imaginary[mode]
            }
        }
        for axis in 0..<space.grid.dimension {
            work.synthesizeSlope(waves, axis: axis)
            (slopes + axis * cells).update(from: work.transform.values, count: cells)
        }
        work.synthesize(state)
        density.update(from: work.transform.values, count: cells)
    }

    func derivative(time: Double, state: UnsafePointer<Double>, rate: UnsafeMutablePointer<Double>) {
        fill(state)
        for index in 0..<dimension { rate[index] = 0 }
        let (values, spectrum) = (work.transform.values, work.transform.spectrum)
        let (density, cells, scale, count) = (density, cells, 1 / Double(cells), space.spectrumCount)
        for axis in 0..<space.grid.dimension {
            let slope = slopes + axis * cells
            for cell in 0..<cells { values[cell] = density[cell] * slope[cell] }
            work.transform.forward()
            space.frequencies[axis].withUnsafeBufferPointer { frequencies in
                space.mask.withUnsafeBufferPointer { mask in
                    for place in 0..<count {
                        let k = scale * mask[place] * frequencies[place]
                        rate[2 * place] -= k * spectrum[2 * place + 1]
                        rate[2 * place + 1] += k * spectrum[2 * place]
                    }
                }
            }
        }
    }
}
