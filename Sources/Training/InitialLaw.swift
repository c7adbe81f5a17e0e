import Foundation
public import Torus

/// The law of the parameters at time 0: a probability density on the torus, per radian^d.
public enum InitialLaw: Sendable, Hashable {
    /// Independent angles, each uniform on the circle; of any dimension.
    case uniform
    /// Independent angles, one law an axis.
    case product([CircleLaw])
    /// A trigonometric polynomial.
    case polynomial(PolynomialLaw)
    /// A constant in each cell of a grid.
    case field(FieldLaw)

    /// The number of angles, or `nil` for a law of any number.
    public var dimension: Int? {
        switch self {
        case .uniform: nil
        case .product(let axes): axes.count
        case .polynomial(let law): law.basis.dimension
        case .field(let law): law.field.grid.dimension
        }
    }

    /// Whether the law can be that of `dimension` angles.
    ///
    /// - Throws: `InitialLawError.dimension` when it cannot.
    public func check(dimension: Int) throws(InitialLawError) {
        if let own = self.dimension, own != dimension {
            throw InitialLawError.dimension(law: own, expert: dimension)
        }
    }

    /// The density at a point, any representatives of its angles.
    public func density(at theta: [Double]) -> Double {
        switch self {
        case .uniform: theta.reduce(1) { product, _ in product / (2 * .pi) }
        case .product(let axes): zip(axes, theta).reduce(1) { $0 * $1.0.density(at: $1.1) }
        case .polynomial(let law): law.density(at: theta)
        case .field(let law): law.density(at: theta)
        }
    }

    /// The logarithm of the density at a point; `−∞` where there is none.
    ///
    /// For products it is found without the density, so it is finite far out in a tail too.
    public func logDensity(at theta: [Double]) -> Double {
        switch self {
        case .product(let axes): zip(axes, theta).reduce(0) { $0 + $1.0.logDensity(at: $1.1) }
        default: log(density(at: theta))
        }
    }

    /// The cell averages on a grid, exact up to rounding.
    ///
    /// Cost: a few operations a cell; for a field, those of its cells on both grids.
    public func averages(on grid: PeriodicGrid) -> Field {
        switch self {
        case .uniform: return .uniform(on: grid)
        case .product(let axes):
            let rows = axes.enumerated().map { axis, law in
                let faces = grid.faces(axis: axis)
                let masses = zip(faces, faces.dropFirst()).map { law.mass(from: $0, to: $1) }
                // Masses of narrow laws are right to 1e-12; that they are 1 in all is known better.
                let width = grid.spacing(axis: axis) * masses.reduce(0, +)
                return masses.map { $0 / width }
            }
            return Field(grid: grid, values: outerProduct(rows))
        case .polynomial(let law): return law.averages(on: grid)
        case .field(let law): return law.averages(on: grid)
        }
    }

    /// The Fourier moment `m_k = ∫ e^{ik·θ} dμ`.
    ///
    /// Cost: free for the uniform law and for wrapped Cauchy laws, a sum of hundreds of terms for von Mises laws, and over the
    /// monomials or the cells for the others.
    public func moment(_ k: [Int]) -> (real: Double, imaginary: Double) {
        switch self {
        case .uniform: return (k.allSatisfy { $0 == 0 } ? 1 : 0, 0)
        case .product(let axes):
            return zip(axes, k).reduce((1, 0)) { product, axis in
                let m = axis.0.moment(axis.1)
                return (
                    product.0 * m.real - product.1 * m.imaginary, product.0 * m.imaginary + product.1 * m.real
                )
            }
        case .polynomial(let law): return law.moment(k)
        case .field(let law): return law.moment(k)
        }
    }
}

/// The products `row₀[i₀]·row₁[i₁]·…`, the first axis fastest.
func outerProduct(_ rows: [[Double]]) -> [Double] {
    rows.reduce([1]) { values, row in
        row.flatMap { factor in values.map { $0 * factor } }
    }
}

/// Why a law cannot be one.
public enum InitialLawError: Error, Equatable, CustomStringConvertible {
    /// The law has another number of angles than the expert.
    case dimension(law: Int, expert: Int)
    /// A concentration is out of range.
    case concentration(Double, law: String, expected: String)
    /// A centre is not a finite number.
    case centre(Double)
    /// The density is negative somewhere.
    case negative(minimum: Double, at: [Double])
    /// The density does not integrate to 1.
    case notNormalised(integral: Double)

    /// What was found, what was expected, and what to do.
    public var description: String {
        switch self {
        case .dimension(let law, let expert):
            "the initial law has \(law) angles, the expert has \(expert) trained angles: they must agree"
        case .concentration(let value, let law, let expected):
            "found the concentration \(value) of a \(law) law, expected \(expected)"
        case .centre(let value): "found the centre \(value), expected an angle in radians"
        case .negative(let minimum, let place):
            "the density is negative, \(minimum) at the angles \(place), expected at least 0: raise a polynomial's constant, or "
                + "correct the cells of a field"
        case .notNormalised(let integral):
            "the density integrates to 1 \(integral < 1 ? "−" : "+") \(abs(integral - 1)), expected 1: "
                + "divide it by \(integral)"
        }
    }
}
