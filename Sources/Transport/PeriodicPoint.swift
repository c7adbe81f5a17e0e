/// A point or vector in up to three angles; the axes that a torus does not have stay 0.
typealias PeriodicPoint = SIMD4<Double>

/// The angles' common period.
let period = 2 * Double.pi

extension SIMD4<Double> {
    @inline(__always)
    func dot(_ other: Self) -> Double {
        let product = self * other
        return (product.x + product.y) + (product.z + product.w)
    }

    @inline(__always)
    func cross(_ other: Self) -> Self {
        Self(
            y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x, 0)
    }

    @inline(__always)
    func lowered(by other: Self) -> Self { replacing(with: other, where: other .< self) }

    @inline(__always)
    func raised(by other: Self) -> Self { replacing(with: other, where: other .> self) }
}
