import Foundation
public import Torus

/// The moments `m_k = ∫ e^{ik·θ} dμ` of a law on the torus for all frequencies `|k_a| ≤ K`.
///
/// Those of atoms, of cell averages and of given modes, as arrays of the same layout: the first frequency from 0 to `K`, the others from
/// `−K` to `K`, the first fastest; the rest are complex conjugates.
public struct FourierMoments: Sendable, Equatable {
    /// The number `d` of angles.
    public let dimension: Int
    /// The largest frequency `K` along each axis.
    public let degree: Int
    /// The real parts.
    public private(set) var real: [Double]
    /// The imaginary parts.
    public private(set) var imaginary: [Double]

    /// The frequency at a place.
    public func frequency(_ place: Int) -> [Int] {
        var rest = place / (degree + 1)
        return [place % (degree + 1)]
            + (1..<Swift.max(dimension, 1)).map { _ in
                defer { rest /= 2 * degree + 1 }
                return rest % (2 * degree + 1) - degree
            }
    }

    /// The place of a frequency, and whether it is that of its negative, whose moment is the conjugate.
    public func place(_ frequency: [Int]) -> (place: Int, isConjugate: Bool) {
        precondition(
            frequency.count == dimension && frequency.allSatisfy { abs($0) <= degree },
            "no such frequency: \(frequency)")
        let sign = frequency[0] < 0 ? -1 : 1
        var (place, stride) = (sign * frequency[0], degree + 1)
        for k in frequency.dropFirst() {
            place += stride * (sign * k + degree)
            stride *= 2 * degree + 1
        }
        return (place, sign < 0)
    }

    private static func count(_ dimension: Int, _ degree: Int) -> Int {
        (1..<Swift.max(dimension, 1)).reduce(degree + 1) { count, _ in count * (2 * degree + 1) }
    }

    /// The moments of weighted atoms, by an FFT of their masses spread over a grid.
    ///
    /// Each atom is spread over fourteen nodes an axis of a grid twice as fine as the frequencies need, with the weights
    /// `exp(β((1 − z²)^{1/2} − 1))`; the transform is divided by that of these weights. The moments are off by about 1e-13.
    ///
    /// - Parameters:
    ///   - atoms: radians, axis by axis: angle `a` of atom `i` is at `a·N + i`.
    ///   - weights: one an atom; nil for equal weights of sum 1.
    /// - Throws: `TransportError` when there is no atom or an angle is not finite, `FourierTransformError`.
    /// - Complexity: O(N 14^d + (4K)^d log K).
    /// - Source: Barnett, Magland, af Klinteberg, *A parallel nonuniform fast Fourier transform library based on an "exponential of semicircle"
    ///   kernel*, SIAM J. Sci. Comput. 41 (2019).
    public init(atoms: [Double], weights: [Double]? = nil, dimension: Int, degree: Int) throws {
        precondition((1...3).contains(dimension) && degree >= 0, "one to three angles, and no negative degree")
        let coordinates = try AtomCoordinates(atoms, dimension: dimension)
        let weights = try weights.map { try checkedWeights($0, count: coordinates.count, tolerance: .infinity) }
        let kernel = SpreadingKernel()
        let side = Swift.max(2 * (2 * degree + 1), 2 * SpreadingKernel.width)
        let grid = try PeriodicGrid(cells: Array(repeating: side, count: dimension))
        let transform = try FourierTransform(grid: grid)
        kernel.spread(coordinates, weights, onto: transform.values, side: side)
        transform.forward()

        self.dimension = dimension
        self.degree = degree
        let count = Self.count(dimension, degree)
        real = Array(repeating: 0, count: count)
        imaginary = real
        let factors = (0...degree).map { 1 / kernel.transform(frequency: $0, side: side) }
        let row = side / 2 + 1
        for place in 0..<count {
            let frequency = self.frequency(place)
            var (source, stride, factor) = (frequency[0], row, factors[frequency[0]])
            for k in frequency.dropFirst() {
                source += stride * (k < 0 ? k + side : k)
                stride *= side
                factor *= factors[abs(k)]
            }
            // The transform has e^{−ik·θ}.
            real[place] = factor * transform.spectrum[2 * source]
            imaginary[place] = -factor * transform.spectrum[2 * source + 1]
        }
    }

    /// The exact moments of the piecewise constant density of cell averages: the transform of the averages times `Π_a sin(k_a h_a/2)/(k_a h_a/2)`,
    /// for frequencies of any size.
    ///
    /// - Throws: `FourierTransformError`.
    /// - Complexity: O(cells log cells + (2K)^d).
    public init(_ field: Field, degree: Int) throws {
        try self.init(field, degree: degree) { sine, half in sine / half }
    }

    /// The moments of the law whose exact averages the cells have, which need not be constant within them: the same with the factors
    /// `(k_a h_a/2)/sin(k_a h_a/2)`. Off by what the averages have of frequencies beyond those of the grid.
    ///
    /// - Precondition: `2K` is less than the cells along each axis.
    /// - Throws: `FourierTransformError`.
    public init(ofLawWithAverages field: Field, degree: Int) throws {
        precondition(field.grid.cells.allSatisfy { 2 * degree < $0 }, "more cells than frequencies are needed")
        try self.init(field, degree: degree) { sine, half in half / sine }
    }

    private init(_ field: Field, degree: Int, factor: (_ sine: Double, _ half: Double) -> Double) throws {
        precondition(
            (1...3).contains(field.grid.dimension) && degree >= 0, "one to three angles, and no negative degree")
        let grid = field.grid
        let spectrum = try FourierTransform(grid: grid).forward(field.values)
        dimension = grid.dimension
        self.degree = degree
        let count = Self.count(dimension, degree)
        real = Array(repeating: 0, count: count)
        imaginary = real
        let (row, volume) = (grid.cells[0] / 2 + 1, grid.cellVolume)
        for place in 0..<count {
            let frequency = self.frequency(place)
            var (size, angle) = (volume, 0.0)
            for (k, cells) in zip(frequency, grid.cells) where k != 0 {
                let half = Double.pi * Double(k % (2 * cells)) / Double(cells)
                size *= factor(sin(half), Double.pi * Double(k) / Double(cells))
                angle += half
            }
            // The remainders of the frequency, or of its negative where the first axis keeps that alone.
            let remainders = zip(frequency, grid.cells).map { (($0 % $1) + $1) % $1 }
            let isKept = remainders[0] < row
            var (source, stride) = (0, 1)
            for (axis, remainder) in remainders.enumerated() {
                let index = isKept ? remainder : (grid.cells[axis] - remainder) % grid.cells[axis]
                source += stride * index
                stride *= axis == 0 ? row : grid.cells[axis]
            }
            let (a, b) = (spectrum[2 * source], spectrum[2 * source + 1])
            // Σ v_j e^{+ik·x_j} at the corners is the conjugate of the transform; the centres are half a cell farther.
            let (re, im) = (a, isKept ? -b : b)
            real[place] = size * (re * cos(angle) - im * sin(angle))
            imaginary[place] = size * (re * sin(angle) + im * cos(angle))
        }
    }

    /// The moments of a density of given modes.
    public init(_ density: FourierDensity, degree: Int) {
        (dimension, self.degree) = (density.dimension, degree)
        let count = Self.count(density.dimension, degree)
        real = Array(repeating: 0, count: count)
        imaginary = real
        let volume = (0..<density.dimension).reduce(1.0) { value, _ in value * period }
        for mode in density.modes where mode.frequency.allSatisfy({ abs($0) <= degree }) {
            // The coefficient of e^{ik·θ} is the moment of −k over the volume.
            for sign in [-1, 1] {
                let (place, isConjugate) = self.place(mode.frequency.map { -sign * $0 })
                if isConjugate { continue }
                real[place] = volume * mode.real
                imaginary[place] = Double(sign) * volume * mode.imaginary
            }
        }
    }
}

/// The weights by which an atom is spread over the nodes next to it.
private struct SpreadingKernel {
    static let width = 14
    private let shape = 2.30 * Double(SpreadingKernel.width)
    /// A quadrature on `[0, 1]` for the kernel's transform.
    private let nodes: [Double]
    private let weights: [Double]

    init() {
        // The kernel is smooth in the angle φ of z = sin φ, and vanishes at the ends to e^−32.
        let count = 200
        let step = 0.5 * Double.pi / Double(count)
        let angles: [Double] = (0..<count).map { step * (Double($0) + 0.5) }
        nodes = angles.map { sin($0) }
        weights = angles.map { step * cos($0) }
    }

    @inline(__always)
    private func value(_ z: Double) -> Double { exp(shape * (Swift.max(0, 1 - z * z).squareRoot() - 1)) }

    /// `Σ` over the nodes of the kernel times `e^{ikx}`, about: its Fourier transform in units of the nodes' distance.
    func transform(frequency: Int, side: Int) -> Double {
        let half = 0.5 * Double(Self.width)
        let scale = period * Double(frequency) / Double(side) * half
        var sum = 0.0
        for (node, weight) in zip(nodes, weights) { sum += weight * value(node) * cos(scale * node) }
        return 2 * half * sum
    }

    func spread(
        _ atoms: AtomCoordinates, _ given: [Double]?, onto values: UnsafeMutablePointer<Double>, side: Int
    ) {
        let (width, dimension) = (Self.width, atoms.dimension)
        let count = (0..<dimension).reduce(1) { total, _ in total * side }
        for node in 0..<count { values[node] = 0 }
        var factors = [Double](repeating: 1, count: 3 * width)
        var places = [Int](repeating: 0, count: 3 * width)
        let (rows, layers) = (dimension > 1 ? width : 1, dimension > 2 ? width : 1)
        for atom in 0..<atoms.count {
            for axis in 0..<dimension {
                let place = atoms.values[atom * dimension + axis] * (Double(side) / period)
                let first = Int((place - 0.5 * Double(width)).rounded(.up))
                for index in 0..<width {
                    factors[axis * width + index] = value((Double(first + index) - place) * 2 / Double(width))
                    places[axis * width + index] = ((first + index) % side + side) % side
                }
            }
            let weight = given?[atom] ?? 1 / Double(atoms.count)
            for k in 0..<layers {
                for j in 0..<rows {
                    var (factor, row) = (weight, 0)
                    if dimension > 1 {
                        factor *= factors[width + j]
                        row = side * places[width + j]
                    }
                    if dimension > 2 {
                        factor *= factors[2 * width + k]
                        row += side * side * places[2 * width + k]
                    }
                    for i in 0..<width { values[row + places[i]] += factor * factors[i] }
                }
            }
        }
    }
}
