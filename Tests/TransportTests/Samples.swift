import Foundation
import Torus

@testable import Transport

/// A stream of uniform numbers of a seed.
struct UniformStream {
    private let generator: Philox
    private var counter: UInt32 = 0

    init(seed: UInt64) {
        generator = Philox(seed: seed)
    }

    mutating func next() -> Double {
        counter += 1
        return generator.uniforms(SIMD4(counter, 0, 0, 0))[0]
    }

    /// Independent uniform angles in `[0, 2π)`.
    mutating func angles(_ count: Int) -> [Double] {
        (0..<count).map { _ in 2 * .pi * next() }
    }

    /// An integer of `range`.
    mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() * Double(range.count))
    }
}

let turn = 2 * Double.pi

/// The density with the given cell masses, up to a factor.
func density(masses: [Double]) throws -> CircleDensity {
    let total = masses.reduce(0, +)
    return try CircleDensity(cellAverages: masses.map { $0 / total * Double(masses.count) / turn })
}

/// The uniform density on `cells` cells.
func uniform(_ cells: Int) throws -> CircleDensity {
    try CircleDensity(.uniform(on: PeriodicGrid(cells: [cells])))
}

/// Cell masses in proportion to `exp(κ(cos(θ − centre) − 1))` at the cell centres.
func peak(cells: Int, concentration: Double, centre: Double) -> [Double] {
    (0..<cells).map { exp(concentration * (cos(turn * (Double($0) + 0.5) / Double(cells) - centre) - 1)) }
}

/// `W₂²` between atoms of equal weight and the uniform density, as the variance of the atoms about equally spaced places.
func squaredDistanceToUniform(_ angles: [Double]) -> Double {
    let sorted = angles.sorted()
    let total = Double(sorted.count)
    let offsets = sorted.indices.map { sorted[$0] - turn * (Double($0) + 0.5) / total }
    var sum = CompensatedSum()
    for offset in offsets { sum.add(offset) }
    let mean = sum.value / total
    var squares = CompensatedSum()
    for offset in offsets { squares.add((offset - mean) * (offset - mean)) }
    return turn * turn / (12 * total * total) + squares.value / total
}

/// Watson's form of the same: `(2π)² N⁻² ΣΣ ½B₂({(θ_i − θ_j)/2π})`, `B₂(t) = t² − t + 1/6`.
func watson(_ angles: [Double]) -> Double {
    var sum = CompensatedSum()
    for a in angles {
        for b in angles {
            let t = abs(a - b) / turn
            sum.add(0.5 * (t * t - t + 1.0 / 6))
        }
    }
    let total = Double(angles.count)
    return turn * turn * sum.value / (total * total)
}

/// A case with a known answer on the circle of length 1: atoms at `places/64`, weights and masses up to a factor.
///
/// `w1` and `squaredW2` were found in exact rational arithmetic: both objectives are piecewise quadratic in the level
/// or shift, so they were evaluated at every kink and at the vertex between every two neighbouring kinks, by
/// enumeration of all of them (Python's `fractions`), then printed to 20 digits.
struct RationalCase: Sendable, CustomStringConvertible {
    let name: String
    let places: [Double]
    let weights: [Double]
    let masses: [Double]
    let w1: Double
    let squaredW2: Double

    var description: String { name }

    func atoms() throws -> CircleAtoms {
        let total = weights.reduce(0, +)
        return try CircleAtoms(angles: places.map { turn * $0 / 64 }, weights: weights.map { $0 / total })
    }

    func density() throws -> CircleDensity { try TransportTests.density(masses: masses) }

    init(
        _ name: String, _ places: [Double], weights: [Double]? = nil, _ masses: [Double], w1: Double, squaredW2: Double
    ) {
        self.name = name
        self.places = places
        self.weights = weights ?? places.map { _ in 1 }
        self.masses = masses
        self.w1 = w1
        self.squaredW2 = squaredW2
    }

    static let smooth: [Double] = [1, 2, 4, 8, 7, 3, 2, 1]

    static let all: [RationalCase] = [
        RationalCase(
            "five atoms", [3, 10, 11, 40, 55], smooth,
            w1: 0.17007672991071428571, squaredW2: 0.03668353434305659437),
        RationalCase(
            "given weights, one zero", [3, 10, 11, 40, 55], weights: [3, 0, 2, 7, 4], smooth,
            w1: 0.14239986359126984127, squaredW2: 0.02517339647593137018),
        RationalCase(
            "a shift of one turn", [57, 60, 61, 62], [9, 4, 1, 0, 0, 0, 0, 0],
            w1: 0.17857142857142857143, squaredW2: 0.03593033079117063492),
        RationalCase(
            "a shift of one turn back", [1, 2, 5], [0, 0, 0, 0, 0, 0, 1, 6],
            w1: 0.12202380952380952381, squaredW2: 0.01639746610449735450),
        RationalCase(
            "half of the circle is empty", [0, 5, 8, 30, 33, 50], [1, 3, 2, 1, 0, 0, 0, 0],
            w1: 0.15550595238095238095, squaredW2: 0.02811145481902899547),
        RationalCase(
            "all mass in one cell", [20, 20, 52], [0, 0, 0, 1, 0, 0, 0, 0],
            w1: 0.18055555555555555556, squaredW2: 0.04470486111111111111),
        RationalCase(
            "all atoms at one point", [16, 16, 16], smooth, w1: 0.24107142857142857143,
            squaredW2: 0.07552083333333333333),
        RationalCase(
            "atoms on the faces", [0, 8, 16, 24, 32, 40, 48, 56], smooth, w1: 0.09741260060362173038,
            squaredW2: 0.01237104894516619850),
        RationalCase(
            "concentrated", [3, 10, 11, 40, 55], [1, 1_000_000, 1, 1, 1, 1, 1000, 1],
            w1: 0.17034910941067312258, squaredW2: 0.04863665318893496081),
        RationalCase(
            "one empty cell", [0, 48, 54, 18, 4, 12, 42, 30, 40, 8, 62, 10, 44], [1, 2, 4, 8, 7, 0, 2, 1],
            w1: 0.13878081854043392505, squaredW2: 0.02307803727181288657),
        RationalCase("one atom", [13], smooth, w1: 0.26722935267857142857, squaredW2: 0.08839053199404761905),
        RationalCase(
            "two holes", [2, 30, 60], [5, 0, 0, 1, 3, 0, 0, 1], w1: 0.07867476851851851852,
            squaredW2: 0.01141493055555555556),
    ]
}

/// The mean of samples and the standard error of that mean.
func meanAndError(_ samples: [Double]) -> (mean: Double, error: Double) {
    let total = Double(samples.count)
    let mean = samples.reduce(0, +) / total
    let variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (total - 1)
    return (mean, (variance / total).squareRoot())
}

/// The product of rows of cell masses, one an axis.
func product(_ rows: [[Double]]) throws -> Field {
    let grid = try PeriodicGrid(cells: rows.map(\.count))
    var values = [Double](repeating: 1, count: grid.cellCount)
    for cell in values.indices {
        var rest = cell
        for row in rows {
            values[cell] *= row[rest % row.count]
            rest /= row.count
        }
    }
    let mass = values.reduce(0, +) * grid.cellVolume
    return Field(grid: grid, values: values.map { $0 / mass })
}

/// The product of lists of angles, with its weights.
func product(atoms axes: [[Double]]) -> [Double] {
    let count = axes.map(\.count).reduce(1, *)
    var angles = [Double](repeating: 0, count: count * axes.count)
    for atom in 0..<count {
        var rest = atom
        for (axis, places) in axes.enumerated() {
            angles[axis * count + atom] = places[rest % places.count]
            rest /= places.count
        }
    }
    return angles
}
