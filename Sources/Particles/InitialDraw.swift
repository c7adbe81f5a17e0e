import Torus
import Training

/// The draws of experts from a law, each a function of seed, replicate, expert and axis alone.
struct InitialDraw {
    private let law: InitialLaw
    private let dimension: Int
    private let replicate: Int
    private let generator: Philox
    /// The inverse distribution function of each axis, for products.
    private let quantiles: [CircleQuantile]
    /// The mass up to the end of each cell, for fields.
    private let cellMasses: [Double]

    init(law: InitialLaw, dimension: Int, seed: UInt64, replicate: Int) {
        precondition((try? law.check(dimension: dimension)) != nil, "the law has another dimension")
        self.law = law
        self.dimension = dimension
        self.replicate = replicate
        generator = Philox(seed: seed)
        quantiles = if case .product(let axes) = law { axes.map { CircleQuantile($0) } } else { [] }
        guard case .field(let field) = law else {
            cellMasses = []
            return
        }
        var sum = 0.0
        cellMasses = field.field.values.map { value in
            sum += value
            return sum
        }
    }

    /// Two uniform numbers for an expert, an axis and an attempt.
    private func uniforms(_ expert: Int, _ axis: Int, attempt: Int = 0) -> SIMD2<Double> {
        generator.uniforms(
            SIMD4(
                UInt32(truncatingIfNeeded: expert), UInt32(truncatingIfNeeded: expert >> 32) << 16 | UInt32(axis),
                UInt32(truncatingIfNeeded: replicate), UInt32(attempt)))
    }

    /// Calls `body` with each axis and the expert's angle.
    func write(expert: Int, _ body: (_ axis: Int, _ angle: Double) -> Void) {
        switch law {
        case .uniform:
            for axis in 0..<dimension { body(axis, 2 * .pi * uniforms(expert, axis)[0]) }
        case .product:
            for axis in 0..<dimension { body(axis, quantiles[axis](uniforms(expert, axis)[0])) }
        case .polynomial(let polynomial):
            // Rejection: a polynomial of some degree is below the sum of its coefficients' sizes.
            let bound = polynomial.coefficients.reduce(0) { $0 + abs($1) }
            var attempt = 0
            while true {
                let numbers = (0..<dimension).map { uniforms(expert, $0, attempt: attempt) }
                let theta = numbers.map { 2 * .pi * $0[0] }
                if numbers[0][1] * bound < polynomial.density(at: theta) {
                    for axis in 0..<dimension { body(axis, theta[axis]) }
                    return
                }
                attempt += 1
            }
        case .field(let field):
            // The second number of axis 0 chooses the cell, the first of each axis the place in it.
            let wanted = uniforms(expert, 0)[1] * (cellMasses.last ?? 0)
            var (low, high) = (0, cellMasses.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if cellMasses[middle] <= wanted { low = middle + 1 } else { high = middle }
            }
            let grid = field.field.grid
            for axis in 0..<dimension {
                let cell = Double(low % grid.cells[axis])
                low /= grid.cells[axis]
                body(axis, grid.spacing(axis: axis) * (cell + uniforms(expert, axis)[0]))
            }
        }
    }
}
